/* SPDX-License-Identifier: MIT */
/*
 * Rows of lists and ladders, on sample captures.
 */
#include "list/notes.h"
#include "list/rows.h"
#include "list/wait_bars.h"
#include "tally.h"
#include "view/ladder.h"

#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/** A capture, read to its end in small steps, as the screens read it. */
struct reading {
	struct source *source;
	struct analysis *analysis;
	struct model model;
	struct notes notes;
};

static struct reading *read_capture(const char *path)
{
	const struct analysis_options options = {.delivery.timer_ns = DEFAULT_TIMER_NS, .seed = 1};
	struct fault fault = {0};
	struct reading *reading = calloc(1, sizeof *reading);
	assert_non_null(reading);
	reading->source = source_new(NULL);
	assert_true(source_add_file(reading->source, path, &fault));
	reading->analysis = analysis_new(reading->source, &options);
	assert_non_null(reading->analysis);
	while (analysis_read(reading->analysis, 5, &fault) != SOURCE_END)
		assert_true(analysis_update(reading->analysis, NO_TIME));
	assert_true(analysis_update(reading->analysis, NO_TIME));
	reading->model = model_over(reading->analysis);
	reading->model.notes = &reading->notes;
	reading->model.origin_ns = source_input(reading->source, 0)->first_ns;
	reading->model.now_ns = analysis_now(reading->analysis);
	notes_collect(&reading->notes, &reading->model);
	return reading;
}

static void close_capture(struct reading *reading)
{
	analysis_free(reading->analysis);
	source_free(reading->source);
	free(reading);
}

static const struct column *column_named(const struct rows_kind *kind, const char *name)
{
	for (size_t i = 0; i < kind->column_count; i++)
		if (strcmp(kind->columns[i].name, name) == 0)
			return &kind->columns[i];
	fail_msg("no column %s", name);
	return NULL;
}

/** Fails unless column NAME of ROW shows EXPECTED. */
static void expect_cell(const struct reading *reading, const struct rows_kind *kind, uint32_t row,
			const char *name, const char *expected)
{
	struct cell_text cell;
	column_named(kind, name)->print(&reading->model, row, &cell);
	assert_string_equal(cell.text, expected);
}

static void test_rows_tell_a_delivery_in_full(void **state)
{
	struct reading *r = read_capture("pcaps/q154083.pcap");
	struct prose prose;
	(void)state;
	r->model.when = WHEN_UTC;
	rows_deliveries.tell(&r->model, 0, &prose);
	assert_string_equal(
		prose.text,
		"DUPLICATED, 3 copies\n"
		"alice@msn.example -> bob@example.net  \"quarterly figures\"\n"
		"twice the 250 came 10 s after the sender had given up; attempt 3 was confirmed\n"
		"attempt 1  10:02:11Z  250 too late, at 100 s\n"
		"attempt 2  10:04:09Z  250 too late, at 100 s\n"
		"attempt 3  10:06:07Z  confirmed after 4.1 s");
	close_capture(r);
}

static void test_rows_say_what_encryption_hides(void **state)
{
	struct reading *r = read_capture("pcaps/tls-slow.pcap");
	struct prose prose;
	(void)state;
	expect_cell(r, &rows_deliveries, 0, "from", "(not seen)");
	expect_cell(r, &rows_deliveries, 0, "to", "(not seen)");
	rows_deliveries.tell(&r->model, 0, &prose);
	assert_non_null(strstr(prose.text, "(sender not seen) -> (recipient not seen)"));
	close_capture(r);
}

static void test_rows_tell_a_session_with_both_ends(void **state)
{
	struct reading *r = read_capture("pcaps/q154083.pcap");
	struct prose prose;
	(void)state;
	rows_sessions.tell(&r->model, 1, &prose);
	assert_string_equal(prose.text, "session 2\n"
					"client 192.0.2.10:39098 (mail.msn.example)\n"
					"server 198.51.100.25:25 (mx.example.net)");
	close_capture(r);
}

static void test_rows_of_deliveries_tell_tries_copies_wait_and_cause(void **state)
{
	struct reading *r = read_capture("pcaps/q154083.pcap");
	(void)state;
	assert_int_equal(rows_deliveries.count(&r->model), 1);
	expect_cell(r, &rows_deliveries, 0, "from", "alice@msn.example");
	expect_cell(r, &rows_deliveries, 0, "to", "bob@example.net");
	expect_cell(r, &rows_deliveries, 0, "subject", "quarterly figures");
	expect_cell(r, &rows_deliveries, 0, "try", "3");
	expect_cell(r, &rows_deliveries, 0, "copies", "3");
	expect_cell(r, &rows_deliveries, 0, "waited", "89.9 s");
	expect_cell(r, &rows_deliveries, 0, "why", "reply-late");
	expect_cell(r, &rows_deliveries, 0, "state", "duplicated");
	assert_int_equal(rows_deliveries.style(&r->model, 0), SCREEN_DUPLICATED);
	close_capture(r);
}

static void test_rows_of_deliveries_show_an_open_number_of_copies_as_a_range(void **state)
{
	struct reading *r = read_capture("pcaps/still-waiting.pcap");
	(void)state;
	expect_cell(r, &rows_deliveries, 0, "copies", "0..1");
	expect_cell(r, &rows_deliveries, 0, "why", "still-waiting");
	close_capture(r);
}

static void test_rows_of_sessions_tell_both_ends(void **state)
{
	struct reading *r = read_capture("pcaps/q154083.pcap");
	struct cell_text cell;
	(void)state;
	assert_int_equal(rows_sessions.count(&r->model), 3);
	column_named(&rows_sessions, "server")->print(&r->model, 0, &cell);
	assert_string_equal(cell.text, "198.51.100.25:25 mx.example.net");
	expect_cell(r, &rows_sessions, 0, "try", "1");
	expect_cell(r, &rows_sessions, 0, "closed by", "client");
	close_capture(r);
}

static void test_rows_of_notes_tell_gaps_before_inputs(void **state)
{
	struct reading *r = read_capture("pcaps/gap-reply.pcap");
	struct cell_text cell;
	uint32_t gaps = NO_ROW;
	uint32_t packets = NO_ROW;
	(void)state;
	for (uint32_t i = 0; i < rows_notes.count(&r->model); i++) {
		column_named(&rows_notes, "note")->print(&r->model, i, &cell);
		if (strcmp(cell.text, "gaps") == 0)
			gaps = i;
		if (strcmp(cell.text, "packets") == 0)
			packets = i;
	}
	assert_true(gaps < packets);
	assert_true(packets != NO_ROW);
	assert_int_equal(rows_notes.style(&r->model, gaps), SCREEN_WARNING);
	close_capture(r);
}

/** A party with two answers at once, one after 4 s, and one that never came. */
static struct party party_of_four(void)
{
	struct party party = {.ends = 4, .answered = 3, .unanswered = 1};
	assert_true(sketch_add(&party.answers, 20 * NS_PER_MS));
	assert_true(sketch_add(&party.answers, 30 * NS_PER_MS));
	assert_true(sketch_add(&party.answers, 4 * NS_PER_SECOND));
	return party;
}

static void test_rows_of_servers_draw_waits_as_bars(void **state)
{
	struct party party = party_of_four();
	struct party nothing = {0};
	char bars[WAIT_BARS_TEXT];
	(void)state;
	assert_string_equal(wait_bars_draw(&party, false, bars), "█···▅···▅");
	assert_string_equal(wait_bars_draw(&party, true, bars), "#...*...*");
	assert_string_equal(wait_bars_draw(&nothing, true, bars), ".........");
	sketch_clear(&party.answers);
}

static void test_rows_of_servers_say_waits_in_words(void **state)
{
	struct party party = party_of_four();
	struct prose words;
	(void)state;
	prose_clear(&words);
	wait_bars_say(&party, &words);
	assert_string_equal(words.text, "under 100 ms: 2, 3 s to 10 s: 1, never: 1");
	sketch_clear(&party.answers);
}

static void test_rows_of_servers_and_senders_tell_answers_and_timers(void **state)
{
	struct reading *r = read_capture("pcaps/server-silent.pcap");
	struct tally *tally = tally_new();
	struct prose prose;
	(void)state;
	assert_true(tally_collect(tally, r->model.ledger, r->model.deliveries,
				  (struct delivery_choice){0}));
	r->model.tally = tally;
	expect_cell(r, &rows_servers, 0, "answered", "1 of 2");
	expect_cell(r, &rows_servers, 0, "late", "1");
	expect_cell(r, &rows_servers, 0, "duplicated", "1?");
	expect_cell(r, &rows_senders, 0, "timer", "90.0 s?");
	expect_cell(r, &rows_senders, 0, "as that of", "MSN");
	rows_senders.tell(&r->model, 0, &prose);
	assert_string_equal(
		prose.text,
		"sender 192.0.2.10 (mail.msn.example)\n"
		"1 message in 2 attempts, 1 delivery maybe duplicated\n"
		"Left after 90.0 s on 1 of 2 attempts: as it seems a 90 s timer (MSN's, Q154083), "
		"less than the 10 min of RFC 5321\n"
		"Tried again after 118.2 s, once\n"
		"Answered 1 of 2 after 3.0 s; 1 never answered, the longest for 90.0 s; 1 past the "
		"timer of 90 s");
	tally_free(tally);
	close_capture(r);
}

static void test_rows_fit_80_columns(void **state)
{
	int widths[MOST_COLUMNS];
	int sum = 0;
	(void)state;
	columns_fit(rows_deliveries.columns, rows_deliveries.column_count, 79, widths);
	for (size_t i = 0; i < rows_deliveries.column_count; i++)
		sum += widths[i] ? widths[i] + 1 : 0;
	assert_int_equal(sum - 1, 79);
	assert_true(widths[4] > 0); /* the subject is there too */
}

/** The row of the first event of KIND in session 0. */
static struct ladder_row find_row(const struct reading *reading, enum event_kind kind)
{
	const struct session *session = ledger_session(reading->model.ledger, 0);
	struct ladder_row row = {0};
	for (uint32_t i = 0; i < session->event_count; i++) {
		if (session_event(session, i)->kind != kind)
			continue;
		ladder_row_at(reading->model.ledger, session, i, true, &row);
		return row;
	}
	fail_msg("no such event");
	return row;
}

static void test_ladder_labels_commands_replies_and_tcp(void **state)
{
	struct reading *r = read_capture("pcaps/q154083.pcap");
	(void)state;
	struct ladder_row row = find_row(r, EVENT_COMMAND);
	assert_string_equal(row.label, "EHLO mail.msn.example");
	assert_false(row.is_server);
	assert_int_equal(row.line, LADDER_ARROW);
	row = find_row(r, EVENT_REPLY);
	assert_string_equal(row.label, "220 mx.example.net ESMTP");
	assert_true(row.is_server);
	row = find_row(r, EVENT_EOD_ACKED);
	assert_true(row.is_server);
	assert_int_equal(row.line, LADDER_THIN);
	assert_int_equal(row.frame, 45);
	close_capture(r);
}

static void test_ladder_has_a_label_and_words_for_every_event_of_every_sample(void **state)
{
	static const char *const samples[] = {
		"pcaps/q154083.pcap",	    "pcaps/noisy-line.pcap", "pcaps/gap-reply.pcap",
		"pcaps/zero-window.pcap",   "pcaps/path-dead.pcap",  "pcaps/tls-slow.pcap",
		"pcaps/reply-partial.pcap", "pcaps/rejected.pcap",
	};
	(void)state;
	for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
		struct reading *r = read_capture(samples[s]);
		for (uint32_t id = 0; id < ledger_session_count(r->model.ledger); id++) {
			const struct session *session = ledger_session(r->model.ledger, id);
			for (uint32_t i = 0; i < session->event_count; i++) {
				struct ladder_row row;
				struct prose words;
				prose_clear(&words);
				ladder_row_at(r->model.ledger, session, i, true, &row);
				ladder_explain(r->model.ledger, session, i, true, &words);
				assert_true(row.label[0] != '\0');
				assert_true(words.used > 8);
			}
		}
		close_capture(r);
	}
}

/** Fails unless a search may take HINT for what COLUMN of ROW shows. */
static void expect_hint(const struct model *model, const struct column *column,
			const struct cell_hint *hint, uint32_t row)
{
	struct cell_text cell;
	column->print(model, row, &cell);
	for (const char *c = cell.text; hint->chars && *c; c++)
		assert_non_null(strchr(hint->chars, tolower((unsigned char)*c)));
	struct span shown = hint->shown ? hint->shown(model, row) : span_of("");
	if (shown.n) {
		assert_int_equal(strlen(cell.text), shown.n);
		assert_memory_equal(cell.text, shown.p, shown.n);
	}
}

static void test_rows_show_what_their_hints_tell_searches(void **state)
{
	static const struct rows_kind *const kinds[] = {&rows_deliveries, &rows_sessions};
	glob_t paths;
	(void)state;
	assert_int_equal(glob("pcaps/*.pcap", 0, NULL, &paths), 0);
	for (size_t i = 0; i < 2 * WHEN_FORMATS * paths.gl_pathc; i++) {
		const struct rows_kind *kind = kinds[i % 2];
		struct reading *r = read_capture(paths.gl_pathv[i / 2 / WHEN_FORMATS]);
		r->model.when = (enum when_format)(i / 2 % WHEN_FORMATS);
		for (uint32_t row = 0; row < kind->count(&r->model); row++)
			for (size_t k = 0; k < kind->column_count; k++)
				if (!kind->is_there || kind->is_there(&r->model, row))
					expect_hint(&r->model, &kind->columns[k], &kind->hints[k],
						    row);
		close_capture(r);
	}
	globfree(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_tell_a_delivery_in_full),
		cmocka_unit_test(test_rows_say_what_encryption_hides),
		cmocka_unit_test(test_rows_tell_a_session_with_both_ends),
		cmocka_unit_test(test_rows_of_deliveries_tell_tries_copies_wait_and_cause),
		cmocka_unit_test(test_rows_of_deliveries_show_an_open_number_of_copies_as_a_range),
		cmocka_unit_test(test_rows_of_sessions_tell_both_ends),
		cmocka_unit_test(test_rows_of_notes_tell_gaps_before_inputs),
		cmocka_unit_test(test_rows_of_servers_draw_waits_as_bars),
		cmocka_unit_test(test_rows_of_servers_say_waits_in_words),
		cmocka_unit_test(test_rows_of_servers_and_senders_tell_answers_and_timers),
		cmocka_unit_test(test_rows_fit_80_columns),
		cmocka_unit_test(test_rows_show_what_their_hints_tell_searches),
		cmocka_unit_test(test_ladder_labels_commands_replies_and_tcp),
		cmocka_unit_test(test_ladder_has_a_label_and_words_for_every_event_of_every_sample),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
