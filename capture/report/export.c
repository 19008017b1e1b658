/* SPDX-License-Identifier: MIT */
#include "export.h"

#include "bounds.h"
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE (EXPORT_NAME + 8) /* with ".part" */

/* A message under way. */
struct export_file {
	struct export *export;
	struct export_file *next; /* all that have not ended form a list */
	struct export_file *before;
	uint32_t session; /* its number, and the attempt's */
	uint32_t attempt;
	int fd;           /* -1: closed for now */
	size_t place;     /* where it stands among the open ones */
	uint64_t used_at; /* the number of its newest write */
	bool is_over;     /* nothing more is taken: it is done, or given up */
};

/* A message that has ended, and waits to be asked for. */
struct held {
	uint32_t session;
	uint32_t attempt;
	bool is_whole;
};

struct export {
	struct message_sink sink;
	bool (*is_wanted)(const void *context, uint32_t number); /* NULL: all are */
	const void *wanted_context;
	struct pool held;
	char *folder;
	int folder_fd;
	struct export_file *first;
	struct export_file *open[LIMIT_EXPORT_FILES]; /* those with a descriptor, and NULLs */
	uint64_t writes;
	struct export_names names;
	struct export_counts counts;
	struct fault fault; /* the first one */
};

static void name_of(const struct export_file *file, bool is_whole, char out[static NAME_SIZE])
{
	const struct export_names *names = &file->export->names;
	char name[EXPORT_NAME];

	if (names->name)
		names->name(names->context, file->attempt, name);
	else
		snprintf(name, sizeof name, "%" PRIu32 "-%" PRIu32 ".eml", file->session,
			 file->attempt);
	snprintf(out, NAME_SIZE, "%s%s", name, is_whole ? "" : ".part");
}

static void temporary_name_of(const struct export_file *file, char out[static NAME_SIZE])
{
	snprintf(out, NAME_SIZE, ".%" PRIu32 "-%" PRIu32 ".%ld.tmp", file->session, file->attempt,
		 (long)getpid());
}

/* ---- Descriptors -------------------------------------------------------------------------- */

/* False: its last bytes may not have arrived. */
static bool close_file(struct export_file *file)
{
	if (file->fd < 0)
		return true;
	file->export->open[file->place] = NULL;
	bool is_fine = close(file->fd) == 0;
	file->fd = -1;
	return is_fine;
}

static void give_up(struct export_file *file, const char *name, int error);

/* A place for one more open file; of too many the one written to longest ago is closed. */
static size_t make_place(struct export *export)
{
	size_t place = 0;
	char name[NAME_SIZE];

	for (size_t i = 0; i < LIMIT_EXPORT_FILES; i++) {
		if (!export->open[i])
			return i;
		if (export->open[i]->used_at < export->open[place]->used_at)
			place = i;
	}
	struct export_file *idlest = export->open[place];
	name_of(idlest, true, name);
	if (!close_file(idlest))
		give_up(idlest, name, errno);
	return place;
}

static bool open_file(struct export_file *file, int flags)
{
	struct export *export = file->export;
	char name[NAME_SIZE];

	file->place = make_place(export);
	temporary_name_of(file, name);
	file->fd = openat(export->folder_fd, name,
			  O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
	if (file->fd < 0)
		return false;
	export->open[file->place] = file;
	return true;
}

/* ---- Ends --------------------------------------------------------------------------------- */

static void note_fault(struct export_file *file, const char *name, int error)
{
	struct export *export = file->export;

	export->counts.failed++;
	if (export->fault.kind == FAULT_NONE)
		fault_set(&export->fault, FAULT_OPEN, "%s/%s could not be written: %s",
			  export->folder, name, strerror(error));
}

static void give_up(struct export_file *file, const char *name, int error)
{
	char temporary[NAME_SIZE];

	note_fault(file, name, error);
	file->is_over = true;
	(void)close_file(file);
	temporary_name_of(file, temporary);
	(void)unlinkat(file->export->folder_fd, temporary, 0);
}

/* As rename(2), but without leave a file that is there stays. Not every file system can do that in
 * one step. */
static bool take_name(int folder_fd, const char *from, const char *to, bool may_overwrite)
{
	if (may_overwrite)
		return renameat(folder_fd, from, folder_fd, to) == 0;
	if (renameat2(folder_fd, from, folder_fd, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL)
		return false;
	if (faccessat(folder_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(folder_fd, from, folder_fd, to) == 0;
}

/* Gives a message that is closed its name. */
static void give_name(struct export_file *file, bool is_whole)
{
	struct export *export = file->export;
	char name[NAME_SIZE], temporary[NAME_SIZE];

	name_of(file, is_whole, name);
	temporary_name_of(file, temporary);
	if (!take_name(export->folder_fd, temporary, name, export->names.may_overwrite)) {
		give_up(file, name, errno);
		return;
	}
	if (is_whole)
		export->counts.whole++;
	else
		export->counts.partial++;
}

/* Notes that a message has ended. False: no memory, with errno. */
static bool hold(struct export_file *file, bool is_whole)
{
	uint32_t index;
	struct held *held = pool_add(&file->export->held, &index);

	if (held)
		*held = (struct held){file->session, file->attempt, is_whole};
	return held != NULL;
}

static void complete(struct export_file *file, bool is_whole)
{
	char name[NAME_SIZE];

	if (file->is_over)
		return;
	name_of(file, is_whole, name);
	if (!close_file(file) || (file->export->is_wanted && !hold(file, is_whole))) {
		give_up(file, name, errno);
		return;
	}
	if (!file->export->is_wanted)
		give_name(file, is_whole);
	file->is_over = true;
}

/* Names those that are wanted, and removes the others. */
static void release_held(struct export *export)
{
	char temporary[NAME_SIZE];

	for (uint32_t i = 0; i < export->held.count; i++) {
		const struct held *held = pool_get(&export->held, i);
		struct export_file file = {.export = export,
					   .session = held->session,
					   .attempt = held->attempt,
					   .fd = -1};
		temporary_name_of(&file, temporary);
		if (export->is_wanted(export->wanted_context, held->attempt))
			give_name(&file, held->is_whole);
		else
			(void)unlinkat(export->folder_fd, temporary, 0);
	}
	pool_empty(&export->held);
}

static void free_file(struct export_file *file)
{
	struct export *export = file->export;

	if (file->before)
		file->before->next = file->next;
	else
		export->first = file->next;
	if (file->next)
		file->next->before = file->before;
	free(file);
}

/* ---- The sink ----------------------------------------------------------------------------- */

static void *begin_message(void *context, const struct session *session,
			   const struct attempt *attempt)
{
	struct export *export = context;
	struct export_file *file = calloc(1, sizeof *file);
	char name[NAME_SIZE];

	if (!file) {
		export->counts.failed++;
		if (export->fault.kind == FAULT_NONE)
			fault_set(&export->fault, FAULT_MEMORY, "no memory for a message's file");
		return NULL;
	}
	*file = (struct export_file){.export = export,
				     .next = export->first,
				     .session = session->number,
				     .attempt = attempt->number,
				     .fd = -1,
				     .used_at = ++export->writes};
	if (file->next)
		file->next->before = file;
	export->first = file;
	if (!open_file(file, O_CREAT | O_EXCL)) {
		int error = errno;
		temporary_name_of(file, name);
		note_fault(file, name, error);
		free_file(file);
		return NULL;
	}
	return file;
}

static void take_bytes(void *owner, struct span bytes)
{
	struct export_file *file = owner;
	char name[NAME_SIZE];

	if (file->is_over)
		return;
	file->used_at = ++file->export->writes;
	bool is_fine = file->fd >= 0 || open_file(file, 0);
	while (is_fine && bytes.n) {
		ssize_t n = write(file->fd, bytes.p, bytes.n);
		if (n >= 0)
			bytes = span_skip(bytes, (size_t)n);
		else
			is_fine = errno == EINTR;
	}
	if (!is_fine) {
		int error = errno;
		name_of(file, true, name);
		give_up(file, name, error);
	}
}

static void end_message(void *owner, bool is_whole)
{
	complete(owner, is_whole);
	free_file(owner);
}

/* ---- The whole ---------------------------------------------------------------------------- */

struct export *export_new(const char *folder, struct fault *fault)
{
	struct export *export = calloc(1, sizeof *export);

	if (!export) {
		fault_set(fault, FAULT_MEMORY, "no memory");
		return NULL;
	}
	export->sink = (struct message_sink){export, begin_message, take_bytes, end_message};
	export->held = pool_of(sizeof(struct held));
	export->folder = strdup(folder);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		export->folder_fd = -1;
	else
		export->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (export->folder_fd < 0 || !export->folder ||
	    faccessat(export->folder_fd, ".", W_OK | X_OK, AT_EACCESS) != 0) {
		fault_set(fault, FAULT_OPEN, "%s cannot be used as a folder: %s", folder,
			  strerror(errno));
		export_free(export);
		return NULL;
	}
	return export;
}

void export_free(struct export *export)
{
	if (!export)
		return;
	(void)export_finish(export, NULL);
	while (export->first)
		free_file(export->first);
	if (export->folder_fd >= 0)
		close(export->folder_fd);
	free(export->folder);
	free(export);
}

void export_drop(struct export *export)
{
	char temporary[NAME_SIZE];

	for (struct export_file *file = export->first; file; file = file->next) {
		if (file->is_over)
			continue;
		file->is_over = true;
		(void)close_file(file);
		temporary_name_of(file, temporary);
		(void)unlinkat(export->folder_fd, temporary, 0);
	}
	for (uint32_t i = 0; i < export->held.count; i++) {
		const struct held *held = pool_get(&export->held, i);
		const struct export_file file = {.session = held->session,
						 .attempt = held->attempt};
		temporary_name_of(&file, temporary);
		(void)unlinkat(export->folder_fd, temporary, 0);
	}
	pool_empty(&export->held);
}

void export_name(struct export *export, const struct export_names *names)
{
	export->names = *names;
}

void export_choose(struct export *export, bool (*is_wanted)(const void *context, uint32_t number),
		   const void *context)
{
	export->is_wanted = is_wanted;
	export->wanted_context = context;
}

const struct message_sink *export_sink(const struct export *export)
{
	return &export->sink;
}

bool export_finish(struct export *export, struct fault *fault)
{
	for (struct export_file *file = export->first; file; file = file->next)
		complete(file, false);
	release_held(export);
	if (export->counts.failed == 0)
		return true;
	return fault_set(fault, export->fault.kind, "%s", export->fault.text);
}

struct export_counts export_counts(const struct export *export)
{
	return export->counts;
}
