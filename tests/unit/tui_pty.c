/* SPDX-License-Identifier: MIT */
#include "tui_pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#define DEADLINE_MS 20000 /* for what will come: a busy machine takes its time */
#define SCREEN_TEXT_SIZE 65536

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct pty *pty = user;
	if (property == VTERM_PROP_ALTSCREEN)
		pty->has_alternate = value->boolean;
	if (property == VTERM_PROP_CURSORVISIBLE)
		pty->has_cursor = value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

const char *pty_program(void)
{
	static char path[512];
	const char *build = getenv("BUILD");
	snprintf(path, sizeof path, "%s/smtpscope", build ? build : "build");
	return path;
}

/** ENVIRONMENT: more of it, "TERM=vt100"; a NULL ends it. */
static void run_program(const char *path, const char *const *environment,
			const char *const *arguments)
{
	char *argv[16] = {strdup(path)};
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("PS1", "shell> ", 1);
	unsetenv("ENV");
	unsetenv("LINES");
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	for (int i = 0; environment && environment[i]; i++)
		putenv(strdup(environment[i]));
	for (int i = 0; i < 14 && arguments[i]; i++)
		argv[i + 1] = strdup(arguments[i]);
	execv(path, argv);
	perror(path);
	_exit(127);
}

static void start(struct pty *pty, int rows, int columns, const char *path,
		  const char *const *environment, const char *const *arguments)
{
	const struct winsize size = {.ws_row = (unsigned short)rows,
				     .ws_col = (unsigned short)columns};
	*pty = (struct pty){.rows = rows, .columns = columns, .has_cursor = true};
	assert_int_equal(openpty(&pty->master, &pty->slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(pty->slave, &pty->before), 0);
	fflush(NULL);
	pty->pid = fork();
	assert_true(pty->pid >= 0);
	if (pty->pid == 0) {
		close(pty->master);
		login_tty(pty->slave);
		run_program(path, environment, arguments);
	}
	fcntl(pty->master, F_SETFL, O_NONBLOCK);
	fcntl(pty->master, F_SETFD, FD_CLOEXEC);
	pty->vterm = vterm_new(rows, columns);
	vterm_set_utf8(pty->vterm, 1);
	pty->screen = vterm_obtain_screen(pty->vterm);
	vterm_screen_set_callbacks(pty->screen, &callbacks, pty);
	vterm_screen_enable_altscreen(pty->screen, 1);
	vterm_screen_reset(pty->screen, 1);
}

void pty_start(struct pty *pty, int rows, int columns, const char *const *arguments)
{
	start(pty, rows, columns, pty_program(), NULL, arguments);
}

void pty_start_in(struct pty *pty, int rows, int columns, const char *const *environment,
		  const char *const *arguments)
{
	start(pty, rows, columns, pty_program(), environment, arguments);
}

void pty_start_shell(struct pty *pty, int rows, int columns)
{
	static const char *const interactive[] = {"-i", NULL};
	start(pty, rows, columns, "/bin/sh", NULL, interactive);
	pty_expect(pty, "shell> ");
}

void pty_stop(struct pty *pty)
{
	if (pty->pid > 0) {
		kill(pty->pid, SIGKILL);
		waitpid(pty->pid, NULL, 0);
	}
	if (pty->master >= 0)
		close(pty->master);
	if (pty->slave >= 0)
		close(pty->slave);
	vterm_free(pty->vterm);
}

/** Takes in what the program writes, waiting at most MS for the first of it. */
static void drain(struct pty *pty, int ms)
{
	char bytes[8192];
	struct pollfd fd = {.fd = pty->master, .events = POLLIN};
	if (pty->master < 0 || poll(&fd, 1, ms) <= 0)
		return;
	ssize_t n;
	while ((n = read(pty->master, bytes, sizeof bytes)) > 0) {
		pty->written += (size_t)n;
		if (pty->forbidden &&
		    memmem(bytes, (size_t)n, pty->forbidden, strlen(pty->forbidden)))
			pty->wrote_forbidden = true;
		vterm_input_write(pty->vterm, bytes, (size_t)n);
	}
}

static void read_screen(struct pty *pty, char *out)
{
	size_t used = 0;
	for (int row = 0; row < pty->rows; row++) {
		VTermRect line = {row, row + 1, 0, pty->columns};
		used += vterm_screen_get_text(pty->screen, out + used, SCREEN_TEXT_SIZE - used - 2,
					      line);
		out[used++] = '\n';
	}
	out[used] = '\0';
}

bool pty_shows(struct pty *pty, const char *text)
{
	static char screen[SCREEN_TEXT_SIZE];
	read_screen(pty, screen);
	return strstr(screen, text) != NULL;
}

static void expect(struct pty *pty, const char *text, bool is_wanted)
{
	static char screen[SCREEN_TEXT_SIZE];
	int64_t until = now_ms() + DEADLINE_MS;
	while (pty_shows(pty, text) != is_wanted && now_ms() < until)
		drain(pty, 20);
	if (pty_shows(pty, text) == is_wanted)
		return;
	read_screen(pty, screen);
	fprintf(stderr, "%s", screen);
	fail_msg("the screen above %s \"%s\"", is_wanted ? "lacks" : "keeps", text);
}

void pty_expect(struct pty *pty, const char *text)
{
	expect(pty, text, true);
}

void pty_expect_gone(struct pty *pty, const char *text)
{
	expect(pty, text, false);
}

void pty_type(struct pty *pty, const char *bytes)
{
	size_t n = strlen(bytes);
	while (n > 0) {
		ssize_t written = write(pty->master, bytes, n);
		if (written > 0) {
			bytes += written;
			n -= (size_t)written;
		} else {
			assert_int_equal(errno, EAGAIN);
			drain(pty, 20);
		}
	}
}

void pty_resize(struct pty *pty, int rows, int columns)
{
	const struct winsize size = {.ws_row = (unsigned short)rows,
				     .ws_col = (unsigned short)columns};
	pty->rows = rows;
	pty->columns = columns;
	vterm_set_size(pty->vterm, rows, columns);
	assert_int_equal(ioctl(pty->master, TIOCSWINSZ, &size), 0);
}

void pty_hang_up(struct pty *pty)
{
	close(pty->slave);
	close(pty->master);
	pty->slave = pty->master = -1;
}

int pty_wait(struct pty *pty, int within_ms)
{
	int status = 0;
	int64_t until = now_ms() + within_ms;
	while (waitpid(pty->pid, &status, WNOHANG) != pty->pid) {
		if (now_ms() >= until)
			fail_msg("the program still runs after %d ms", within_ms);
		if (pty->master >= 0)
			drain(pty, 5);
		else
			poll(NULL, 0, 5);
	}
	pty->pid = 0;
	drain(pty, 0);
	return status;
}

void pty_settle(struct pty *pty)
{
	while (pty_written_within(pty, 30))
		;
}

size_t pty_written_within(struct pty *pty, int ms)
{
	size_t before = pty->written;
	int64_t until = now_ms() + ms;
	while (now_ms() < until)
		drain(pty, 20);
	return pty->written - before;
}

bool pty_is_restored(struct pty *pty)
{
	struct termios after;
	drain(pty, 50);
	if (tcgetattr(pty->slave, &after))
		return false;
	return !pty->has_alternate && pty->has_cursor && after.c_lflag == pty->before.c_lflag &&
	       after.c_iflag == pty->before.c_iflag && after.c_oflag == pty->before.c_oflag;
}
