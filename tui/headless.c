/* SPDX-License-Identifier: MIT */
#include "headless.h"

#include "report.h"
#include "signals.h"
#include "text.h"

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

/** Revisions that were printed, by delivery: what has grown is printed again. */
struct printed {
	uint32_t *revisions;
	uint32_t count;
};

void headless_complain(const char *text)
{
	char clean[1024];
	text_safe(text, clean, sizeof clean);
	fprintf(stderr, "smtpscope: %s\n", clean);
}

static bool print_changed(struct analysis *analysis, struct printed *printed, struct fault *fault)
{
	const struct deliveries *deliveries = analysis_deliveries(analysis);
	uint32_t count = deliveries_count(deliveries);
	if (count > printed->count) {
		uint32_t *grown = realloc(printed->revisions, count * sizeof *grown);
		if (!grown)
			return fault_set(fault, FAULT_MEMORY, "no memory");
		printed->revisions = grown;
		while (printed->count < count)
			printed->revisions[printed->count++] = UINT32_MAX;
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct delivery *delivery = delivery_get(deliveries, i);
		if (printed->revisions[i] == delivery->revision || !delivery->try_count)
			continue;
		if (!report_jsonl_delivery(stdout, analysis, delivery, fault))
			return false;
		printed->revisions[i] = delivery->revision;
	}
	fflush(stdout);
	return true;
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
static bool read_all(struct analysis *analysis, bool prints_changes, struct printed *printed,
		     struct fault *fault)
{
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
		if (prints_changes && (!analysis_update(analysis, time_of_day()) ||
				       !print_changed(analysis, printed, fault)))
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

static bool write_report(struct analysis *analysis, const struct options *options, bool has_mail,
			 struct fault *fault)
{
	const struct report_options text_options = {.ascii_only = options->is_ascii};
	if (options->mode == RUN_REPORT_TEXT)
		return !has_mail || report_text(stdout, analysis, &text_options, fault);
	if (options->mode == RUN_REPORT_DIALOGUE)
		return report_dialogue(stdout, analysis, &text_options, fault);
	return report_jsonl(stdout, analysis, fault);
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

/** Says how many messages were written. */
static bool finish_export(struct export *export, const struct options *options,
			  struct fault *fault)
{
	bool is_fine = export_finish(export, fault);
	struct export_counts counts = export_counts(export);
	uint32_t written = counts.whole + counts.partial;
	char line[400], partial[60] = "", failed[60] = "";
	if (counts.partial)
		snprintf(partial, sizeof partial, ", %u of them incomplete (.part)",
			 counts.partial);
	if (counts.failed)
		snprintf(failed, sizeof failed, "; %u could not be written", counts.failed);
	snprintf(line, sizeof line, "%u message%s written to %.200s%s%s", written,
		 written == 1 ? "" : "s", options->export_folder, partial, failed);
	headless_complain(line);
	return is_fine;
}

int headless_run(struct analysis *analysis, const struct options *options, struct export *export)
{
	struct fault fault = {0};
	struct printed printed = {0};
	char no_mail[NO_MAIL_TEXT];
	bool prints_changes = options->interface && options->mode == RUN_REPORT_JSONL;
	bool is_fine = read_all(analysis, prints_changes, &printed, &fault);
	if (is_fine && !analysis_update(analysis, options->interface ? time_of_day() : NO_TIME))
		is_fine = fault_set(&fault, FAULT_MEMORY, "no memory");
	bool has_mail = !report_no_mail(analysis, no_mail);
	if (!has_mail)
		complain_of_no_mail(options, no_mail);
	if (is_fine)
		is_fine = write_report(analysis, options, has_mail, &fault);
	if (export && !finish_export(export, options, fault.kind ? NULL : &fault))
		is_fine = false;
	if (fault.kind != FAULT_NONE)
		headless_complain(fault.text);
	free(printed.revisions);
	return is_fine && has_mail ? EXIT_SUCCESS : EXIT_FAILURE;
}
