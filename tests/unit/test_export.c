/* SPDX-License-Identifier: MIT */
/* Messages in files: what is in them, what they are called, and what is never overwritten. */
#include "bounds.h"
#include "export.h"
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_export.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	return mkdtemp(folder) ? 0 : -1;
}

static const char *path_of(const char *name)
{
	static char path[sizeof folder + 300];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* How many files are in the folder; with REMOVE they are no more. */
static int count_files(bool remove)
{
	DIR *dir = opendir(folder);
	int count = 0;

	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (remove)
			unlink(path_of(entry->d_name));
	}
	closedir(dir);
	return count;
}

static int remove_folder(void **state)
{
	(void)state;
	count_files(true);
	return rmdir(folder);
}

static void expect_file(const char *name, const char *content)
{
	char read[2000];
	FILE *file = fopen(path_of(name), "rb");

	if (!file)
		fail_msg("no file %s", name);
	read[fread(read, 1, sizeof read - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(read, content);
}

static void put_file(const char *name, const char *content)
{
	FILE *file = fopen(path_of(name), "wb");

	fputs(content, file);
	fclose(file);
}

static struct export *new_export(void)
{
	struct fault fault = {0};
	struct export *export = export_new(folder, &fault);

	if (!export)
		fail_msg("%s", fault.text);
	return export;
}

/* Writes the messages of PLAY, which ends here, to files. */
static void export_play(struct play *play, uint32_t whole, uint32_t partial)
{
	struct export *export = new_export();
	struct ledger *ledger = ledger_new(1);
	struct dialogues *dialogues = dialogues_new(ledger);
	struct tcp_sink sink = dialogues_sink(dialogues);
	struct tcp *tcp = tcp_new(&sink, 1);

	dialogues_give_messages(dialogues, export_sink(export));
	for (uint32_t i = 0; i < play->count; i++)
		tcp_feed(tcp, &play->segments[i]);
	tcp_finish(tcp);
	tcp_free(tcp);
	assert_true(export_finish(export, NULL));
	assert_int_equal(export_counts(export).whole, whole);
	assert_int_equal(export_counts(export).partial, partial);
	assert_int_equal(count_files(false), whole + partial);
	export_free(export);
	dialogues_free(dialogues);
	ledger_free(ledger);
	play_end(play);
}

static void test_export_writes_the_message_unstuffed_without_its_dot(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say_cut(&play, SIDE_CLIENT, "Subject: s\r\n\r\n..\r\n..x\nbare\r\n.\r\n", 3);
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	export_play(&play, 1, 0);
	expect_file("0-0.eml", "Subject: s\r\n\r\n.\r\n.x\nbare\r\n");
}

static void test_export_joins_the_chunks_of_bdat(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 6\r\n..a\r\n.");
	play_say(&play, SIDE_CLIENT, "BDAT 4 LAST\r\n.\r\n.");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
	export_play(&play, 1, 0);
	expect_file("0-0.eml", "..a\r\n..\r\n.");
}

static void test_export_takes_a_dot_between_bare_lfs_out(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "hello\n.\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	export_play(&play, 1, 0);
	expect_file("0-0.eml", "hello\n");
}

static void test_export_writes_an_empty_message(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 0 LAST\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 ok\r\n");
	export_play(&play, 1, 0);
	expect_file("0-0.eml", "");
}

static void test_export_calls_a_message_without_an_end_part(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "half a mess");
	play_rst(&play, SIDE_CLIENT);
	export_play(&play, 0, 1);
	expect_file("0-0.eml.part", "half a mess");
}

static void test_export_calls_a_message_with_a_gap_part(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_envelope(&play, "a@x", "b@y");
	play_say(&play, SIDE_CLIENT, "one\r\n");
	play_say(&play, SIDE_CLIENT, "two\r\n");
	play_lose(&play, play.count - 1);
	play_say(&play, SIDE_CLIENT, "three\r\n.\r\n");
	play_say(&play, SIDE_SERVER, "250 ok\r\n");
	export_play(&play, 0, 1);
	expect_file("0-0.eml.part", "one\r\nthree\r\n");
}

static void test_export_ends_chunks_that_were_abandoned(void **state)
{
	struct play play;
	(void)state;
	play_begin(&play);
	play_open(&play);
	play_say(&play, SIDE_SERVER, "220 mx\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 5\r\nhello");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 five\r\n");
	play_say(&play, SIDE_CLIENT, "RSET\r\n");
	play_say(&play, SIDE_SERVER, "250 forgotten\r\n");
	play_say(&play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 3 LAST\r\nyou");
	play_say(&play, SIDE_SERVER, "250 ok\r\n250 ok\r\n250 three\r\n");
	export_play(&play, 1, 1);
	expect_file("0-0.eml.part", "hello");
	expect_file("0-1.eml", "you");
}

/* The message of an attempt by its number, in a session by its own. */
static void *begin(const struct message_sink *sink, uint32_t session, uint32_t attempt)
{
	return sink->begin(sink->context, &(struct session){.number = session},
			   &(struct attempt){.number = attempt});
}

static void test_export_never_overwrites(void **state)
{
	struct export *export = new_export();
	const struct message_sink *sink = export_sink(export);
	struct fault fault = {0};
	(void)state;
	put_file("3-7.eml", "yours");
	void *owner = begin(sink, 3, 7);
	sink->bytes(owner, span_of("mine"));
	sink->end(owner, true);
	owner = begin(sink, 3, 8);
	sink->bytes(owner, span_of("mine too"));
	sink->end(owner, true);
	assert_false(export_finish(export, &fault));
	assert_non_null(strstr(fault.text, path_of("3-7.eml")));
	assert_int_equal(export_counts(export).failed, 1);
	export_free(export);
	expect_file("3-7.eml", "yours");
	expect_file("3-8.eml", "mine too");
	assert_int_equal(count_files(false), 2);
}

static void call_after_attempt(const void *context, uint32_t number, char out[static EXPORT_NAME])
{
	snprintf(out, EXPORT_NAME, "%s%u", (const char *)context, number);
}

static void test_export_calls_files_as_it_is_told_and_overwrites_with_leave(void **state)
{
	struct export *export = new_export();
	const struct message_sink *sink = export_sink(export);
	const struct export_names names = {call_after_attempt, "mine-", true};
	(void)state;
	put_file("mine-7", "old");
	export_name(export, &names);
	void *owner = begin(sink, 3, 7);
	sink->bytes(owner, span_of("new"));
	expect_file("mine-7", "old");
	sink->end(owner, true);
	sink->end(begin(sink, 3, 8), false);
	assert_true(export_finish(export, NULL));
	export_free(export);
	expect_file("mine-7", "new");
	expect_file("mine-8.part", "");
	assert_int_equal(count_files(false), 2);
}

static void test_export_keeps_few_files_open_for_many_messages(void **state)
{
	enum { MANY = 3 * LIMIT_EXPORT_FILES };
	struct export *export = new_export();
	const struct message_sink *sink = export_sink(export);
	void *owners[MANY];
	char text[40], name[40];
	(void)state;
	int before = count_descriptors();
	for (uint32_t i = 0; i < MANY; i++)
		owners[i] = begin(sink, i, i);
	for (int round = 0; round < 3; round++)
		for (uint32_t i = 0; i < MANY; i++) {
			snprintf(text, sizeof text, "%d of %u\n", round, i);
			sink->bytes(owners[i], span_of(text));
		}
	assert_int_equal(count_descriptors() - before, LIMIT_EXPORT_FILES);
	for (uint32_t i = 0; i < MANY; i++)
		sink->end(owners[i], true);
	assert_true(export_finish(export, NULL));
	export_free(export);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "%u-%u.eml", i, i);
		snprintf(text, sizeof text, "0 of %u\n1 of %u\n2 of %u\n", i, i, i);
		expect_file(name, text);
	}
}

static void test_export_finishes_what_has_not_ended_as_part(void **state)
{
	struct export *export = new_export();
	const struct message_sink *sink = export_sink(export);
	(void)state;
	void *owner = begin(sink, 1, 2);
	sink->bytes(owner, span_of("so far"));
	assert_true(export_finish(export, NULL));
	sink->bytes(owner, span_of(" and no further"));
	sink->end(owner, true);
	assert_int_equal(export_counts(export).partial, 1);
	assert_int_equal(export_counts(export).whole, 0);
	export_free(export);
	expect_file("1-2.eml.part", "so far");
}

static void test_export_gives_up_a_message_that_cannot_be_written(void **state)
{
	struct export *export = new_export();
	const struct message_sink *sink = export_sink(export);
	struct fault fault = {0};
	(void)state;
	/* Its file is taken away between two writes, which lie far apart enough for it to have
	 * been closed. */
	void *owner = begin(sink, 0, 0);
	count_files(true);
	for (uint32_t i = 1; i <= LIMIT_EXPORT_FILES; i++)
		(void)begin(sink, 1, i);
	sink->bytes(owner, span_of("lost"));
	sink->end(owner, true);
	assert_false(export_finish(export, &fault));
	assert_non_null(strstr(fault.text, path_of("0-0.eml")));
	assert_int_equal(export_counts(export).failed, 1);
	assert_int_equal(export_counts(export).partial, LIMIT_EXPORT_FILES);
	export_free(export);
}

static void test_export_makes_its_folder_and_refuses_what_is_none(void **state)
{
	struct fault fault = {0};
	(void)state;
	char made[400];
	snprintf(made, sizeof made, "%s", path_of("made"));
	struct export *export = export_new(made, &fault);
	assert_non_null(export);
	export_free(export);
	struct stat status;
	assert_int_equal(stat(made, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(rmdir(made), 0);
	put_file("file", "");
	assert_null(export_new(path_of("file"), &fault));
	assert_non_null(strstr(fault.text, path_of("file")));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(test_export_writes_the_message_unstuffed_without_its_dot),
		WITH_FOLDER(test_export_joins_the_chunks_of_bdat),
		WITH_FOLDER(test_export_takes_a_dot_between_bare_lfs_out),
		WITH_FOLDER(test_export_writes_an_empty_message),
		WITH_FOLDER(test_export_calls_a_message_without_an_end_part),
		WITH_FOLDER(test_export_calls_a_message_with_a_gap_part),
		WITH_FOLDER(test_export_ends_chunks_that_were_abandoned),
		WITH_FOLDER(test_export_never_overwrites),
		WITH_FOLDER(test_export_calls_files_as_it_is_told_and_overwrites_with_leave),
		WITH_FOLDER(test_export_keeps_few_files_open_for_many_messages),
		WITH_FOLDER(test_export_finishes_what_has_not_ended_as_part),
		WITH_FOLDER(test_export_gives_up_a_message_that_cannot_be_written),
		WITH_FOLDER(test_export_makes_its_folder_and_refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
