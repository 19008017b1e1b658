/* SPDX-License-Identifier: MIT */
#include "terminal/crash.h"

#include <curses.h>
#include <signal.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define CRASH_STACK 65536

/* Found by the handler; written only while no crash is watched for. */
static struct {
	volatile sig_atomic_t is_watched;
	int fd;
	bool has_settings;
	struct termios settings;
	size_t len;
	char reset[256];
	char stack[CRASH_STACK]; /* of the handler: the program's own may have overflowed */
} crash;

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static void restore(int number)
{
	if (crash.is_watched) {
		ssize_t written = write(crash.fd, crash.reset, crash.len);
		(void)written;
		if (crash.has_settings)
			tcsetattr(crash.fd, TCSANOW, &crash.settings);
	}
	/* SA_RESETHAND has put the default back: this time it kills. */
	raise(number);
}

/** Adds a capability without its padding ("$<5>"). */
static void add(const char *capability)
{
	if (!capability)
		return;
	for (const char *p = capability; *p && crash.len < sizeof crash.reset; p++) {
		const char *end = p[0] == '$' && p[1] == '<' ? strchr(p, '>') : NULL;
		if (end)
			p = end;
		else
			crash.reset[crash.len++] = *p;
	}
}

void crash_remember_settings(int fd)
{
	crash.fd = fd;
	crash.has_settings = tcgetattr(fd, &crash.settings) == 0;
}

void crash_watch(bool has_mouse)
{
	crash.is_watched = 0;
	crash.len = 0;
	if (has_mouse && key_mouse)
		add("\033[?1006;1000l");
	add(exit_attribute_mode);
	add(orig_pair);
	add(keypad_local);
	add(exit_ca_mode);
	add(cursor_normal);
	add("\r\n");
	const stack_t stack = {.ss_sp = crash.stack, .ss_size = sizeof crash.stack};
	sigaltstack(&stack, NULL);
	struct sigaction action = {.sa_handler = restore,
				   .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK)};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
	crash.is_watched = 1;
}

void crash_unwatch(void)
{
	crash.is_watched = 0;
}

void crash_watch_again(void)
{
	crash.is_watched = 1;
}
