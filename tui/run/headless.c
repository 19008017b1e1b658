/* SPDX-License-Identifier: MIT */
#include "run/headless.h"

#include "chosen.h"
#include "report.h"
#include "run/headless_slice.h"
#include "run/signals.h"
#include "text.h"
#include "timetext.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH_PACKETS 4096
#define GROWING_MS 200 /* how often a file that grows is looked at */
#define LIVE_MS 1000   /* how often waiting messages are judged anew */
#define MOST_DESCRIPTORS 65

#define NEVER_PRINTED UINT32_MAX

/** Revisions that were printed, by delivery: what has grown is printed again. */
struct printed {
	uint32_t *revisions;
	uint32_t count;
};

/** What is told about, and to whom. */
struct run {
	struct analysis *analysis;
	const struct options *options;
	struct filter *where;
	struct printed printed;
	struct chosen chosen; /* whose messages are wanted */
};

void headless_complain(const char *text)
{
	char clean[1024];
	text_safe(text, clean, sizeof clean);
	fprintf(stderr, "smtpscope: %s\n", clean);
}

void headless_tell_log(const struct packet_log *log)
{
	char text[512];
	if (!packet_log_name(log))
		return;
	snprintf(text, sizeof text, "%s packets in %s", number_text(packet_log_packets(log)).s,
		 packet_log_name(log));
	headless_complain(text);
}

void headless_complain_of_filter(const char *text, const struct filter_fault *fault,
				 bool ascii_only)
{
	char line[sizeof fault->fault.text + 64], place[FILTER_PLACE_TEXT];
	size_t column = 1;
	for (size_t i = 0; i < fault->at; i++)
		column += ((unsigned char)text[i] & 0xc0) != 0x80;
	snprintf(line, sizeof line, "--where, column %zu: %s", column, fault->fault.text);
	headless_complain(line);
	filter_show_place(text, fault, ascii_only, place);
	fprintf(stderr, "%s\n", place);
}

static bool print_changed(struct run *run, struct fault *fault)
{
	struct analysis *analysis = run->analysis;
	struct printed *printed = &run->printed;
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	uint32_t count = deliveries_count(deliveries);
	if (count > printed->count) {
		uint32_t *grown = realloc(printed->revisions, count * sizeof *grown);
		if (!grown)
			return fault_set(fault, FAULT_MEMORY, "no memory");
		printed->revisions = grown;
		while (printed->count < count)
			printed->revisions[printed->count++] = NEVER_PRINTED;
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (printed->revisions[i] == delivery->revision)
			continue;
		if (printed->revisions[i] == NEVER_PRINTED &&
		    (!delivery->try_count ||
		     !filter_matches(run->where, analysis_ledger(analysis), delivery)))
			continue;
		if (!report_jsonl_delivery(stdout, analysis, delivery, fault))
			return false;
		printed->revisions[i] = delivery->revision;
	}
	fflush(stdout);
	return true;
}

/** Ids have changed: what was printed has other ones. Without memory it is printed again. */
static void take_moves(void *context, const struct moves *moves, const struct deliveries *before,
		       const struct deliveries *after)
{
	struct run *run = context;
	struct printed moved = {.count = deliveries_count(after)};
	moved.revisions = malloc((moved.count + 1u) * sizeof *moved.revisions);
	if (!moved.revisions)
		moved.count = 0;
	for (uint32_t i = 0; i < moved.count; i++)
		moved.revisions[i] = NEVER_PRINTED;
	for (uint32_t i = 0; i < run->printed.count; i++) {
		uint32_t id = deliveries_moved(before, after, moves, i);
		if (id < moved.count)
			moved.revisions[id] = run->printed.revisions[i];
	}
	free(run->printed.revisions);
	run->printed = moved;
}

static int64_t time_of_day(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

/** Waits for packets or a signal. False: a signal ends the reading. */
static bool wait_for_packets(struct analysis *analysis, int signal_fd)
{
	struct pollfd fds[MOST_DESCRIPTORS] = {{.fd = signal_fd, .events = POLLIN}};
	size_t count = source_poll(analysis_source(analysis), fds + 1, MOST_DESCRIPTORS - 1);
	if (poll(fds, (nfds_t)(count + 1), count ? LIVE_MS : GROWING_MS) < 0)
		return true;
	int number = signals_next(signal_fd);
	return number != SIGINT && number != SIGTERM && number != SIGHUP;
}

/** Reads until the input or the user ends it. */
static bool read_all(struct run *run, struct fault *fault)
{
	struct analysis *analysis = run->analysis;
	bool prints_changes = run->options->interface && run->options->mode == RUN_REPORT_JSONL;
	struct fault warning = {0};
	int signal_fd = -1;
	for (;;) {
		enum source_state state = analysis_read(analysis, BATCH_PACKETS, &warning);
		if (state == SOURCE_END)
			break;
		if (state == SOURCE_WARNING)
			headless_complain(warning.text);
		if (state != SOURCE_WAIT)
			continue;
		if (prints_changes &&
		    (!analysis_update(analysis, time_of_day()) || !print_changed(run, fault)))
			break;
		if (signal_fd < 0) {
			signal_fd = signals_open();
			signal(SIGPIPE, SIG_DFL); /* reports end quietly where a pipe closes */
		}
		if (!wait_for_packets(analysis, signal_fd))
			break;
	}
	if (signal_fd >= 0)
		close(signal_fd);
	return fault->kind == FAULT_NONE;
}

static bool write_report(const struct run *run, bool has_mail, struct fault *fault)
{
	struct analysis *analysis = run->analysis;
	const struct report_options options = {.ascii_only = run->options->is_ascii,
					       .where = run->where,
					       .what_if_ns = run->options->what_if_ns,
					       .what_if_count = run->options->what_if_count};
	if (run->options->mode == RUN_SLICE_ONLY)
		return true;
	if (run->options->mode == RUN_REPORT_TEXT)
		return !has_mail ||
		       report_write(REPORT_TEXT, stdout, analysis, &options, fault);
	if (run->options->mode == RUN_REPORT_MARKDOWN)
		return !has_mail ||
		       report_write(REPORT_MARKDOWN, stdout, analysis, &options, fault);
	if (run->options->mode == RUN_REPORT_DIALOGUE)
		return report_dialogue(stdout, analysis, &options, fault);
	if (run->options->mode == RUN_REPORT_CSV)
		return report_write(REPORT_CSV, stdout, analysis, &options, fault);
	return report_write(REPORT_JSONL, stdout, analysis, &options, fault);
}

/** Says what was seen instead of mail, and of which file, where there is only one. */
static void complain_of_no_mail(const struct options *options, const char *what)
{
	char line[NO_MAIL_TEXT + 256];
	if (options->file_count == 1 && strcmp(options->files[0], "-") != 0)
		snprintf(line, sizeof line, "%.250s: %s", options->files[0], what);
	else
		snprintf(line, sizeof line, "%s", what);
	headless_complain(line);
}

static bool is_wanted(const void *context, uint32_t number)
{
	return chosen_attempt(context, number);
}

/** Writes those messages that are wanted, and says how many. */
static bool finish_export(struct run *run, struct export *export, struct fault *fault)
{
	bool is_fine = chosen_make(&run->chosen, run->analysis, run->where);
	if (!is_fine)
		fault_set(fault, FAULT_MEMORY, "no memory to pick messages: all are written");
	is_fine = export_finish(export, is_fine ? fault : NULL) && is_fine;
	struct export_counts counts = export_counts(export);
	uint32_t written = counts.whole + counts.partial;
	char line[400], partial[60] = "", failed[60] = "";
	if (counts.partial)
		snprintf(partial, sizeof partial, ", %u of them incomplete (.part)",
			 counts.partial);
	if (counts.failed)
		snprintf(failed, sizeof failed, "; %u could not be written", counts.failed);
	snprintf(line, sizeof line, "%u message%s written to %.200s%s%s", written,
		 written == 1 ? "" : "s", run->options->export_folder, partial, failed);
	headless_complain(line);
	chosen_free(&run->chosen);
	return is_fine;
}

/** Whether a delivery that is told about, or was let go, is in one of the states to fail on. */
static bool has_failed(const struct run *run)
{
	const struct deliveries *deliveries = analysis_deliveries(run->analysis);
	const struct let_go *let_go = deliveries_let_go(deliveries);
	for (int state = 0; !run->where && state < STATES; state++)
		if (run->options->fail_states >> state & 1 && let_go->in_state[state])
			return true;
	for (uint32_t i = 0; run->options->fail_states && i < deliveries_count(deliveries); i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (delivery->try_count && run->options->fail_states >> delivery->state & 1 &&
		    filter_matches(run->where, analysis_ledger(run->analysis), delivery))
			return true;
	}
	return false;
}

static void complain_of_let_go(struct analysis *analysis)
{
	const struct let_go *let_go = deliveries_let_go(analysis_deliveries(analysis));
	char line[200];
	if (!let_go->sessions)
		return;
	snprintf(line, sizeof line,
		 "memory (--memory): %s sessions were let go, with %s deliveries, %s in trouble",
		 number_text(let_go->sessions).s, number_text(let_go->deliveries).s,
		 number_text(let_go->troubled).s);
	headless_complain(line);
}

int headless_run(struct analysis *analysis, const struct options *options, struct filter *where,
		 const struct headless_extras *extras)
{
	struct fault fault = {0};
	struct run run = {.analysis = analysis, .options = options, .where = where};
	char no_mail[NO_MAIL_TEXT];
	const struct analysis_keeper keeper = {.context = &run, .moved = take_moves};
	analysis_set_keeper(analysis, &keeper);
	if (extras->export && where)
		export_choose(extras->export, is_wanted, &run.chosen);
	bool is_fine = read_all(&run, &fault);
	if (is_fine && !analysis_update(analysis, options->interface ? time_of_day() : NO_TIME))
		is_fine = fault_set(&fault, FAULT_MEMORY, "no memory");
	bool has_mail = !report_no_mail(analysis, no_mail);
	if (!has_mail)
		complain_of_no_mail(options, no_mail);
	if (is_fine)
		is_fine = write_report(&run, has_mail, &fault);
	if (is_fine && extras->slice_fd >= 0)
		is_fine = headless_slice(analysis, options, where, extras->slice_fd, &fault);
	if (extras->export && !finish_export(&run, extras->export, fault.kind ? NULL : &fault))
		is_fine = false;
	if (fault.kind != FAULT_NONE)
		headless_complain(fault.text);
	complain_of_let_go(analysis);
	analysis_set_keeper(analysis, NULL);
	free(run.printed.revisions);
	if (!is_fine || !has_mail)
		return EXIT_FAILURE;
	return has_failed(&run) ? STATUS_FOUND : EXIT_SUCCESS;
}
