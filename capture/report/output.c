/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(int fd, struct fault *fault, const char *path, const char *reason)
{
	fault_set(fault, FAULT_OPEN, "%s %s", strcmp(path, "-") == 0 ? "standard output" : path,
		  reason);
	if (fd >= 0)
		close(fd);
	return -1;
}

int output_open(const char *path, const struct source *source, bool is_binary, struct fault *fault)
{
	int fd;

	/* Bodies and addresses of mail are nobody else's business. */
	if (strcmp(path, "-") == 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	else
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0) {
		fault_set(fault, errno == EACCES ? FAULT_PERMISSION : FAULT_OPEN,
			  "%s cannot be written: %s", path, strerror(errno));
		return -1;
	}
	if (source_reads(source, fd))
		return refuse(fd, fault, path, "is being read: it is not written over");
	if (is_binary && isatty(fd))
		return refuse(fd, fault, path, "is a terminal: packets are not written to it");
	return fd;
}

bool output_clear(int fd, struct fault *fault)
{
	struct stat status;
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && flags & O_APPEND)
		return true;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && ftruncate(fd, 0) < 0)
		return fault_set(fault, FAULT_OPEN, "the file cannot be written: %s",
				 strerror(errno));
	return true;
}
