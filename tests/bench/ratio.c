/* SPDX-License-Identifier: MIT */
/*
 * Compares two commands in one go: ratio FILE PROGRAM_A [WORD...] -- PROGRAM_B [WORD...] runs both
 * in turn on FILE, which is their last word, and prints the processor time and the peak memory of
 * each, and the ratio run by run. Medians: a busy machine disturbs both alike.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 7
#define MOST_WORDS 16

struct figures {
	double seconds[RUNS];
	double mebibytes[RUNS];
};

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void run(char **words, struct figures *figures, int which)
{
	struct rusage usage;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
			_exit(126);
		execv(words[0], words);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0) {
		fprintf(stderr, "ratio: %s failed\n", words[0]);
		exit(1);
	}
	if (which < 0)
		return;
	figures->seconds[which] = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	figures->mebibytes[which] = (double)usage.ru_maxrss / 1024;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(const double values[static RUNS])
{
	double sorted[RUNS];

	memcpy(sorted, values, sizeof sorted);
	qsort(sorted, RUNS, sizeof *sorted, compare);
	return sorted[RUNS / 2];
}

static void tell(char **words, const struct figures *figures)
{
	printf("%8.3f s %7.1f MiB ", median(figures->seconds), median(figures->mebibytes));
	for (int i = 0; words[i]; i++)
		printf(" %s", words[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	char *words[2][MOST_WORDS + 2] = {{NULL}};
	struct figures figures[2] = {0};
	double ratios[RUNS];
	int side = 0, n = 0;

	for (int i = 2; i < argc && n < MOST_WORDS; i++) {
		bool is_next = strcmp(argv[i], "--") == 0 && side == 0;
		if (is_next) {
			side = 1;
			n = 0;
		} else {
			words[side][n++] = argv[i];
			words[side][n] = argv[1];
		}
	}
	if (!words[0][0] || !words[1][0]) {
		fprintf(stderr, "usage: ratio FILE PROGRAM [WORD...] -- PROGRAM [WORD...]\n");
		return 2;
	}
	for (int i = -1; i < RUNS; i++) { /* the first run only warms up */
		run(words[0], &figures[0], i);
		run(words[1], &figures[1], i);
	}
	for (int i = 0; i < RUNS; i++)
		ratios[i] = figures[0].seconds[i] / figures[1].seconds[i];
	tell(words[0], &figures[0]);
	tell(words[1], &figures[1]);
	printf("%8.2f times\n", median(ratios));
	return 0;
}
