/* SPDX-License-Identifier: MIT */
#include "save/save_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool save_file_exists(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0;
}

static bool fail(const char *path, struct fault *fault)
{
	enum fault_kind kind = errno == EACCES || errno == EPERM ? FAULT_PERMISSION : FAULT_OPEN;
	return fault_set(fault, kind, "%s: %s", strerror(errno), path);
}

bool save_file_open(struct save_file *file, const char *path, bool may_overwrite,
		    struct fault *fault)
{
	struct stat status;
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;
	*file = (struct save_file){.may_overwrite = may_overwrite};
	if (strlen(path) >= sizeof file->path)
		return fault_set(fault, FAULT_OPEN, "the name is too long");
	if (!path[folder] || (lstat(path, &status) == 0 && !S_ISREG(status.st_mode)))
		return fault_set(fault, FAULT_OPEN, "%s is no file", path);
	snprintf(file->path, sizeof file->path, "%s", path);
	snprintf(file->temporary, sizeof file->temporary, "%.*s.smtpscope-XXXXXX", folder, path);
	int fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(path, fault);
	file->out = fdopen(fd, "w");
	if (file->out)
		return true;
	close(fd);
	unlink(file->temporary);
	return fail(path, fault);
}

/** The name, where nothing has it yet or what has it may go. */
static bool take_name(const struct save_file *file)
{
	if (file->may_overwrite)
		return rename(file->temporary, file->path) == 0;
	return renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0;
}

bool save_file_finish(struct save_file *file, struct fault *fault)
{
	bool is_written = fflush(file->out) == 0 && !ferror(file->out);
	is_written = fclose(file->out) == 0 && is_written;
	file->out = NULL;
	if (is_written && take_name(file))
		return true;
	fail(file->path, fault);
	unlink(file->temporary);
	return false;
}

void save_file_drop(struct save_file *file)
{
	if (!file->out)
		return;
	fclose(file->out);
	file->out = NULL;
	unlink(file->temporary);
}
