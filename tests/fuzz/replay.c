/* SPDX-License-Identifier: MIT */
/*
 * replay: runs a fuzz target on files, without libFuzzer. replay PATH...: each a file or a folder
 * of them; prints how many there were. What a target finds ends the program by a signal, and the
 * file it was found in is named last on standard error.
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 4096

/* The file that runs, for the handler of a failed assertion or a sanitizer's report to follow. */
static bool run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	size_t n = 0, room = 0;

	if (!file)
		return false;
	for (size_t got = 1; got; n += got) {
		if (n == room) {
			room = room ? room * 2 : 65536;
			bytes = realloc(bytes, room);
			if (!bytes)
				abort();
		}
		got = fread(bytes + n, 1, room - n, file);
	}
	fclose(file);

	/* In a block of just that size, so that a read past its end is seen. */
	uint8_t *exact = malloc(n ? n : 1);
	if (!exact)
		abort();
	memcpy(exact, bytes, n);
	free(bytes);
	fprintf(stderr, "\r%s", path);
	(void)LLVMFuzzerTestOneInput(exact, n);
	fprintf(stderr, "\r%*s\r", (int)strlen(path), "");
	free(exact);
	return true;
}

/* Returns how many files ran; -1: PATH cannot be read. */
static int run_path(const char *path)
{
	struct stat info;
	struct dirent **names;
	int ran = 0;

	if (stat(path, &info) != 0)
		return -1;
	if (!S_ISDIR(info.st_mode))
		return run_file(path) ? 1 : -1;
	int count = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char inner[PATH_SIZE];
		snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && ran >= 0)
			ran = run_file(inner) ? ran + 1 : -1;
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return count < 0 ? -1 : ran;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		int ran = run_path(argv[i]);
		if (ran < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
			return EXIT_FAILURE;
		}
		total += ran;
	}
	printf("%d inputs\n", total);
	return total ? EXIT_SUCCESS : EXIT_FAILURE;
}
