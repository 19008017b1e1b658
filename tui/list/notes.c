/* SPDX-License-Identifier: MIT */
#include "list/notes.h"

#include "packet_log.h"
#include "tally.h"
#include "timetext.h"

#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>

void notes_warn(struct notes *notes, const struct fault *fault)
{
	if (notes->warning_count < MOST_WARNINGS)
		notes->warnings[notes->warning_count] = *fault;
	notes->warning_count++;
}

static void add(struct notes *notes, bool is_loss, const char *value, const char *what,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

static void add(struct notes *notes, bool is_loss, const char *value, const char *what,
		const char *format, ...)
{
	if (notes->count == MOST_NOTES)
		return;
	struct note *note = &notes->items[notes->count++];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(note->meaning, sizeof note->meaning, format, arguments);
	va_end(arguments);
	snprintf(note->what, sizeof note->what, "%s", what);
	snprintf(note->value, sizeof note->value, "%s", value);
	note->is_loss = is_loss;
}

/** Adds a count, unless it is nothing. */
static void add_count(struct notes *notes, bool is_loss, uint64_t count, const char *what,
		      const char *meaning)
{
	if (count)
		add(notes, is_loss, number_text(count).s, what, "%s", meaning);
}

static void collect_warnings(struct notes *notes)
{
	uint32_t kept = notes->warning_count < MOST_WARNINGS ? notes->warning_count : MOST_WARNINGS;
	for (uint32_t i = 0; i < kept; i++)
		add(notes, true, "", "warning", "%s", notes->warnings[i].text);
	add_count(notes, true, notes->warning_count - kept, "more warnings", "");
}

/** Where the tap of input FILE stands, as its first session shows. */
static void add_vantage(struct notes *notes, const struct model *model, size_t file)
{
	uint32_t sessions = ledger_session_count(model->ledger);
	for (uint32_t i = 0; i < sessions; i++) {
		const struct session *session = ledger_session(model->ledger, i);
		const char *reason = NULL;
		if (session->file != file)
			continue;
		enum vantage vantage = deliveries_vantage(model->deliveries, session, &reason);
		add(notes, false, vantage_name(vantage), "  vantage", "where it was captured: %s%s",
		    reason ? reason : "cannot be told",
		    vantage == VANTAGE_UNKNOWN ? " (--vantage sets it)" : "");
		return;
	}
}

static void collect_log(struct notes *notes, const struct model *model)
{
	const struct packet_log *log = analysis_log(model->analysis);
	if (packet_log_name(log))
		add(notes, false, number_text(packet_log_packets(log)).s, "  written",
		    "packets, to %s", packet_log_name(log));
}

static void collect_inputs(struct notes *notes, const struct model *model)
{
	struct source *source = analysis_source(model->analysis);
	for (size_t i = 0; i < source_inputs(source); i++) {
		const struct source_input *input = source_input(source, i);
		const char *link = pcap_datalink_val_to_name(input->link);
		char file[32] = "";
		if (source_inputs(source) > 1)
			snprintf(file, sizeof file, "file %zu: ", i + 1);
		add(notes, false, number_text(input->packets).s, "packets", "from %s%s (%s), %s",
		    file, input->name, link ? link : "unknown link type", size_text(input->bytes).s);
		add_vantage(notes, model, i);
		add_count(notes, true, input->dropped, "  dropped",
			  "packets that the kernel or the interface dropped: verdicts may be "
			  "unknown");
		add_count(notes, true, input->backwards, "  backwards",
			  "packets older than the one before: merged files, or a clock was set");
	}
}

static void collect_skipped(struct notes *notes, const struct model *model)
{
	for (int i = 0; i < SKIP_REASONS; i++) {
		enum skip_reason reason = (enum skip_reason)i;
		add_count(notes, false, analysis_skipped(model->analysis, reason),
			  skip_reason_name(reason), "packets passed over");
	}
}

static void collect_tcp(struct notes *notes, const struct model *model)
{
	const struct tcp_counts *tcp = analysis_tcp(model->analysis);
	add_count(notes, false, tcp->connections, "TCP connections", "seen so far");
	add_count(notes, false, tcp->retransmitted, "retransmissions",
		  "TCP segments that brought nothing new: TCP's own repair, not a resend of mail");
	add_count(notes, true, tcp->gaps, "gaps",
		  "stretches that the connection carried and the capture lacks");
	add_count(notes, true, tcp->gap_bytes, "  bytes in gaps", "");
	add_count(notes, true, tcp->conflicts, "conflicts",
		  "retransmissions whose bytes differ: the first copy was taken");
	add_count(notes, true, tcp->disbelieved, "forged or broken",
		  "ACKs and resets so far off that no receiver would heed them");
	add_count(notes, true, tcp->limit_early, "limit: early segments",
		  "found no room and were let go");
	add_count(notes, true, tcp->limit_connections, "limit: connections",
		  "more at once than are followed");
}

static void collect_dialogues(struct notes *notes, const struct model *model)
{
	const struct dialogue_counts *d = analysis_dialogues(model->analysis);
	add_count(notes, false, d->not_mail, "not mail", "connections whose bytes are not SMTP");
	add_count(notes, false, d->undecided, "said nothing",
		  "connections that ended before they said anything");
	add_count(notes, false, d->long_lines, "limit: long lines", "lines cut when shown");
	add_count(notes, true, d->lost_commands, "limit: commands",
		  "more commands awaiting replies than are kept");
	add_count(notes, true, d->unmatched, "unmatched replies", "replies that answer no command");
}

static void collect_let_go(struct notes *notes, const struct model *model)
{
	const struct let_go *let_go = deliveries_let_go(model->deliveries);
	add_count(notes, false, let_go->sessions, "let go",
		  "sessions, for want of memory (--memory): the oldest ones without trouble first");
	add_count(notes, false, let_go->deliveries, "  deliveries", "in them");
	add_count(notes, true, let_go->troubled, "  in trouble",
		  "deliveries: trouble alone takes more memory than there is for it");
}

void notes_collect(struct notes *notes, const struct model *model)
{
	notes->count = 0;
	collect_warnings(notes);
	collect_tcp(notes, model);
	collect_dialogues(notes, model);
	collect_skipped(notes, model);
	collect_let_go(notes, model);
	if (model->tally)
		add_count(notes, true, tally_left_out(model->tally), "limit: servers",
			  "sessions of more servers or senders than are counted apart");
	collect_inputs(notes, model);
	collect_log(notes, model);
}

uint64_t notes_dropped(const struct model *model)
{
	struct source *source = analysis_source(model->analysis);
	uint64_t dropped = 0;
	for (size_t i = 0; i < source_inputs(source); i++)
		dropped += source_input(source, i)->dropped;
	return dropped;
}
