/* SPDX-License-Identifier: MIT */
/*
 * Measures what a user at a terminal feels: screen PROGRAM FILE... runs PROGRAM on the files in a
 * pseudo-terminal of 200x50, presses keys, and prints how long each took until the screen
 * answered: the first screen, keys while the files are read, then moves and steps with all of
 * them in, then sorts, filters and searches: how long each took to its end, and keys meanwhile.
 *
 * A key's time ends with the first bytes that the program writes after it; it writes a screen at
 * once. On a machine that does other things, too, a program waits for its turn: what it spent of
 * the processor from the key to the answer is therefore told beside the worst. Work has ended
 * when the program rests; it writes something every 100 ms as long as it does not.
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROWS 50
#define COLUMNS 200
#define MOST_TIMES 20000
#define MOVES 1000
#define PATIENCE_MS 30000
#define SILENCE_MS 300 /* the program rests */
#define BETWEEN_KEYS_MS 23 /* no multiple of what the program does in turns */

struct bench {
	int terminal;
	pid_t program;
	clockid_t used; /* the program's processor time */
	double times_ms[MOST_TIMES];
	size_t count;
	double most_used_ms; /* of the processor, by one key */
};

static double ms_now(clockid_t clock)
{
	struct timespec now = {0, 0};

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void give_up(struct bench *bench, const char *why)
{
	fprintf(stderr, "screen: %s\n", why);
	kill(bench->program, SIGKILL);
	exit(1);
}

/* Waits for bytes from the program and throws them away. False: none came within TIMEOUT_MS. */
static bool drain(struct bench *bench, int timeout_ms)
{
	char bytes[65536];
	struct pollfd fd = {.fd = bench->terminal, .events = POLLIN};

	if (poll(&fd, 1, timeout_ms) <= 0)
		return false;
	if (read(bench->terminal, bytes, sizeof bytes) <= 0)
		give_up(bench, "the program has ended");
	return true;
}

/* Throws away what the program writes within the next MS. */
static void rest(struct bench *bench, int ms)
{
	double until = ms_now(CLOCK_MONOTONIC) + ms;

	for (double left = ms; left > 0; left = until - ms_now(CLOCK_MONOTONIC))
		drain(bench, (int)left + 1);
}

static void wait_for_answer(struct bench *bench, double since_ms, double used_ms)
{
	if (!drain(bench, PATIENCE_MS))
		give_up(bench, "no answer");
	double took = ms_now(CLOCK_MONOTONIC) - since_ms, used = ms_now(bench->used) - used_ms;

	if (bench->count < MOST_TIMES)
		bench->times_ms[bench->count++] = took;
	if (used > bench->most_used_ms)
		bench->most_used_ms = used;
}

static void press(struct bench *bench, const char *keys)
{
	double start = ms_now(CLOCK_MONOTONIC), used = ms_now(bench->used);

	if (write(bench->terminal, keys, strlen(keys)) < 0)
		give_up(bench, "the terminal takes no keys");
	wait_for_answer(bench, start, used);
}

static int compare_times(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Prints what was measured since the last call. */
static void tell(struct bench *bench, const char *what)
{
	qsort(bench->times_ms, bench->count, sizeof *bench->times_ms, compare_times);
	if (bench->count == 1)
		printf("%-28s %8.1f ms\n", what, bench->times_ms[0]);
	else if (bench->count)
		printf("%-28s %8.1f ms median, %.1f ms 99 of 100, %.1f ms worst of %zu (%.1f ms of "
		       "the processor)\n",
		       what, bench->times_ms[bench->count / 2],
		       bench->times_ms[bench->count * 99 / 100],
		       bench->times_ms[bench->count - 1], bench->count, bench->most_used_ms);
	fflush(stdout);
	bench->count = 0;
	bench->most_used_ms = 0;
}

static void start(struct bench *bench, char **command)
{
	struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};

	bench->program = forkpty(&bench->terminal, NULL, NULL, &size);
	if (bench->program == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execv(command[0], command);
		_exit(127);
	}
	if (bench->program < 0 || clock_getcpuclockid(bench->program, &bench->used) != 0)
		give_up(bench, "cannot run the program");
}

/* Whether the program rests: it used less than a fifth of the processor in the last WALL_MS. */
static bool is_idle(const struct bench *bench, double *used_ms, double wall_ms)
{
	double used = ms_now(bench->used), spent = used - *used_ms;

	*used_ms = used;
	return spent < wall_ms / 5;
}

static void measure_loading(struct bench *bench)
{
	double start = ms_now(CLOCK_MONOTONIC), used = ms_now(bench->used), looked = start;

	for (bool is_down = true;; is_down = !is_down) {
		rest(bench, BETWEEN_KEYS_MS);
		press(bench, is_down ? "j" : "k");
		double now = ms_now(CLOCK_MONOTONIC);
		if (now - looked < 500)
			continue;
		if (is_idle(bench, &used, now - looked))
			break;
		looked = now;
	}
	printf("%-28s %8.1f s\n", "all was read after", (looked - start) / 1e3);
	tell(bench, "keys while it is read");
}

static void measure_moves(struct bench *bench, const char *what, const char *keys)
{
	size_t n = strlen(keys);

	for (size_t i = 0; i < MOVES; i++) {
		char key[2] = {keys[i % n], '\0'};
		press(bench, key);
		rest(bench, 2);
	}
	tell(bench, what);
}

/* Types KEYS but the last of them, which is returned. */
static const char *type(struct bench *bench, const char *keys)
{
	for (; keys[1]; keys++) {
		char key[2] = {keys[0], '\0'};
		press(bench, key);
		rest(bench, 2);
	}
	bench->count = 0;
	bench->most_used_ms = 0;
	return keys;
}

/* Presses KEY, and returns how long the program works on it. */
static double measure_work(struct bench *bench, const char *key)
{
	double start = ms_now(CLOCK_MONOTONIC), end;

	press(bench, key);
	do
		end = ms_now(CLOCK_MONOTONIC);
	while (drain(bench, SILENCE_MS));
	return end - start;
}

/* Presses a key that changes every row, during the next MS: one that moves may be at an end. */
static void measure_meanwhile(struct bench *bench, double ms)
{
	double end = ms_now(CLOCK_MONOTONIC) + ms;

	while (ms_now(CLOCK_MONOTONIC) < end) {
		press(bench, "t");
		rest(bench, 3);
	}
}

/* Types KEYS, and measures the work of the last of them; then, with the same or with AGAIN, keys
 * during such work. */
static void measure(struct bench *bench, const char *what, const char *keys, const char *again)
{
	double took = measure_work(bench, type(bench, keys));

	printf("%-28s %8.1f ms, its key %.1f ms\n", what, took, bench->times_ms[0]);
	press(bench, type(bench, again));
	measure_meanwhile(bench, took);
	tell(bench, "  keys meanwhile");
	while (drain(bench, SILENCE_MS))
		;
}

/* Types KEYS, and measures the last of them. */
static void measure_key(struct bench *bench, const char *what, const char *keys)
{
	press(bench, type(bench, keys));
	rest(bench, 200);
	tell(bench, what);
}

int main(int argc, char **argv)
{
	struct bench *bench = calloc(1, sizeof *bench);
	double begun = ms_now(CLOCK_MONOTONIC);

	if (argc < 3 || !bench) {
		fprintf(stderr, "usage: screen PROGRAM FILE...\n");
		return 2;
	}
	start(bench, argv + 1);
	wait_for_answer(bench, begun, 0);
	tell(bench, "first screen");
	measure_loading(bench);
	measure_moves(bench, "moves in the list", "jjjGkkgj");
	for (int i = 0; i < 12; i++)
		measure(bench, "sort by the next column", ">", "r");
	measure(bench, "filter by a word", "&user77\r", "&user78\r");
	measure(bench, "filter by fields", "&state=delivered and waited>2ms\r",
		"&state=delivered and waited>3ms\r");
	measure(bench, "filter by nothing", "&\r", "&\r");
	measure(bench, "search", "/reader99\r", "n");
	measure(bench, "search for a number", "/99\r", "n");
	measure(bench, "the list of sessions", "\t", "r");
	measure(bench, "the list of servers", "\t", "r");
	measure_key(bench, "the list of senders", "\t");
	measure_key(bench, "the list of notes", "\t");
	measure(bench, "the list of deliveries", "\t", "r");
	measure(bench, "follow", "F", "F");
	measure(bench, "another timer", "T\177\17760\r", "T\177\17790\r");
	measure_key(bench, "open the lanes", "\r");
	measure_moves(bench, "steps in the lanes", "lh");
	measure_key(bench, "the next delivery", "j");
	kill(bench->program, SIGTERM);
	waitpid(bench->program, NULL, 0);
	free(bench);
	return 0;
}
