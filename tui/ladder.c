/* SPDX-License-Identifier: MIT */
#include "ladder.h"

#include "text.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

/** The text of EVENT, its lines divided by " / ", at most COLUMNS columns. */
static void event_text(const struct ledger *ledger, const struct event *event, int columns,
		       bool ascii_only, char *out, size_t size)
{
	struct span rest = ledger_text(ledger, event->text);
	size_t used = 0;
	out[0] = '\0';
	while (rest.n && columns > 3 && used + 8 < size) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		if (used) {
			used += (size_t)snprintf(out + used, size - used, " / ");
			columns -= 3;
		}
		columns -= text_clean(span_take(rest, n), out + used, size - used, columns,
				      ascii_only);
		used += strlen(out + used);
		rest = span_skip(rest, n + 1);
	}
}

static const char *gap_words(uint16_t kind)
{
	switch ((enum gap_kind)kind) {
	case GAP_CAPTURE:
		return "not in this capture";
	case GAP_SNAPLEN:
		return "cut off by the capture's snaplen";
	case GAP_LIMIT:
		return "given up: too much came early";
	case GAP_MISSING:
		return "never arrived";
	}
	return "missing";
}

static void label_text(const struct ledger *ledger, const struct event *event, bool ascii_only,
		       char *out)
{
	event_text(ledger, event, LADDER_LABEL / 2, ascii_only, out, LADDER_LABEL);
	if (event->bits & EVENT_SECRET) {
		size_t used = strlen(out);
		snprintf(out + used, LADDER_LABEL - used, "%s***", used ? " " : "");
	}
	if (!out[0])
		snprintf(out, LADDER_LABEL, "%s",
			 event->kind == EVENT_COMMAND ? verb_name((enum verb)event->value)
						      : "(bytes)");
}

/** The labels of the dialogue. False: EVENT is none of it. */
static bool label_dialogue(const struct ledger *ledger, const struct event *event, bool ascii_only,
			   char *out)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
	case EVENT_REPLY:
	case EVENT_REPLY_PART:
	case EVENT_LINE:
		label_text(ledger, event, ascii_only, out);
		return true;
	case EVENT_MESSAGE:
		snprintf(out, LADDER_LABEL, "message, %s", size_text(event->length).s);
		return true;
	case EVENT_EOD:
		snprintf(out, LADDER_LABEL, "end of data");
		return true;
	case EVENT_TLS:
		snprintf(out, LADDER_LABEL, "encrypted from here on");
		return true;
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN:
	case EVENT_RST:
	case EVENT_FIN_RESENT:
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
	case EVENT_GAP:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
		break;
	}
	return false;
}

/** The labels of what TCP did. */
static void label_tcp(const struct event *event, char *out)
{
	bool is_server = event->bits & EVENT_FROM_SERVER;
	unsigned times = event->value;
	switch ((enum event_kind)event->kind) {
	case EVENT_SYN:
		snprintf(out, LADDER_LABEL, is_server ? "SYN, ACK" : "SYN");
		return;
	case EVENT_OPEN:
		snprintf(out, LADDER_LABEL, "ACK: the connection is open");
		return;
	case EVENT_FIN:
		snprintf(out, LADDER_LABEL, "FIN: closes");
		return;
	case EVENT_RST:
		snprintf(out, LADDER_LABEL, "RST: resets");
		return;
	case EVENT_FIN_RESENT:
		snprintf(out, LADDER_LABEL, "FIN retransmitted (%u)", times);
		return;
	case EVENT_WINDOW_SHUT:
		snprintf(out, LADDER_LABEL, "window shut: takes no more bytes");
		return;
	case EVENT_WINDOW_OPEN:
		snprintf(out, LADDER_LABEL, "window open again");
		return;
	case EVENT_GAP:
		snprintf(out, LADDER_LABEL, "%u bytes %s", event->length, gap_words(event->value));
		return;
	case EVENT_EOD_RESENT:
		snprintf(out, LADDER_LABEL, "end of data retransmitted (%u)", times);
		return;
	case EVENT_EOD_ACKED:
		snprintf(out, LADDER_LABEL, "TCP ACK of the end of data");
		return;
	case EVENT_REPLY_RESENT:
		snprintf(out, LADDER_LABEL, "reply retransmitted (%u)", times);
		return;
	case EVENT_REPLY_ACKED:
		snprintf(out, LADDER_LABEL, "TCP ACK of the reply");
		return;
	case EVENT_SILENT:
		snprintf(out, LADDER_LABEL, "proof: no reply was sent until now");
		return;
	case EVENT_HOLE:
		snprintf(out, LADDER_LABEL, "proof: %u bytes of reply were lost", event->length);
		return;
	case EVENT_COMMAND:
	case EVENT_REPLY:
	case EVENT_REPLY_PART:
	case EVENT_MESSAGE:
	case EVENT_EOD:
	case EVENT_TLS:
	case EVENT_LINE:
		break;
	}
	out[0] = '\0';
}

static enum canvas_style style_of(const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
	case EVENT_MESSAGE:
	case EVENT_LINE:
		return event->bits & EVENT_FROM_SERVER ? STYLE_SERVER : STYLE_CLIENT;
	case EVENT_REPLY:
		return event->value >= 400 ? STYLE_REFUSED : STYLE_SERVER;
	case EVENT_REPLY_PART:
		return STYLE_LOST;
	case EVENT_EOD:
		return STYLE_EOD;
	case EVENT_TLS:
		return STYLE_LABEL;
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_ACKED:
		return STYLE_ACK;
	case EVENT_FIN:
	case EVENT_RST:
		return STYLE_CLOSE;
	case EVENT_FIN_RESENT:
	case EVENT_EOD_RESENT:
	case EVENT_REPLY_RESENT:
		return STYLE_RESENT;
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
		return STYLE_ACK;
	case EVENT_GAP:
		return STYLE_GAP;
	case EVENT_SILENT:
	case EVENT_HOLE:
		return STYLE_PROOF;
	}
	return STYLE_NONE;
}

void ladder_row_at(const struct ledger *ledger, const struct session *session, uint32_t index,
		   bool ascii_only, struct ladder_row *out)
{
	const struct event *event = session_event(session, index);
	*out = (struct ladder_row){
		.time_ns = event->time_ns,
		.frame = event->frame,
		.is_server = (event->bits & EVENT_FROM_SERVER) != 0,
		.line = LADDER_THIN,
		.style = style_of(event),
	};
	if (event->kind == EVENT_GAP)
		out->line = LADDER_BREAK;
	if (label_dialogue(ledger, event, ascii_only, out->label))
		out->line = LADDER_ARROW;
	else
		label_tcp(event, out->label);
}

/* ---- The row in words --------------------------------------------------------------------- */

static void add_bits(const struct event *event, struct prose *out)
{
	if (event->bits & EVENT_ASSUMED)
		prose_add(out, " It was not seen; what followed implies it.");
	if (event->bits & EVENT_UNMATCHED)
		prose_add(out, " It answers no command that was seen.");
	if (event->bits & EVENT_SECRET)
		prose_add(out, " The secret in it is not kept.");
	if (event->bits & EVENT_BARE_LF)
		prose_add(out, " It is not CRLF . CRLF, and yet the server took it as the end.");
	if (event->bits & EVENT_PIPELINED)
		prose_add(out, " Sent before the command before it was answered (pipelining).");
}

static const char *meaning_of(const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_SYN:
		return "The connection is being opened.";
	case EVENT_OPEN:
		return "Both sides agree that the connection is open.";
	case EVENT_FIN:
		return "It will send nothing more.";
	case EVENT_RST:
		return "The connection is broken off.";
	case EVENT_FIN_RESENT:
		return "Its FIN was not acknowledged: the other side, or the line, is gone.";
	case EVENT_WINDOW_SHUT:
		return "Its receive buffer is full: its program does not read.";
	case EVENT_WINDOW_OPEN:
		return "Its program reads again.";
	case EVENT_GAP:
		return "What was in these bytes cannot be told.";
	case EVENT_MESSAGE:
		return "The message itself, in one or more segments.";
	case EVENT_EOD:
		return "From here on the client waits for the acknowledgement.";
	case EVENT_TLS:
		return "Only sizes and times can be told from now on.";
	case EVENT_REPLY_PART:
		return "This reply never ended, so it counts for nothing.";
	case EVENT_EOD_RESENT:
		return "Its TCP ACK had not come in time: TCP's own repair, no resend of mail.";
	case EVENT_EOD_ACKED:
		return "The server's system holds the whole message; its program may not yet.";
	case EVENT_REPLY_RESENT:
		return "Its TCP ACK had not come in time: the client may not have the reply.";
	case EVENT_REPLY_ACKED:
		return "The client's system holds the reply.";
	case EVENT_SILENT:
		return "This segment stands exactly where a reply would begin.";
	case EVENT_HOLE:
		return "This segment lies behind bytes that never came: a reply existed.";
	case EVENT_COMMAND:
	case EVENT_REPLY:
	case EVENT_LINE:
		return "";
	}
	return "";
}

void ladder_explain(const struct ledger *ledger, const struct session *session, uint32_t index,
		    bool ascii_only, struct prose *out)
{
	const struct event *event = session_event(session, index);
	struct ladder_row row;
	char text[1024];
	ladder_row_at(ledger, session, index, ascii_only, &row);
	prose_add(out, "%s", row.is_server ? "Server" : "Client");
	if (event->frame)
		prose_add(out, ", frame %u", event->frame);
	bool has_text = event->kind == EVENT_COMMAND || event->kind == EVENT_REPLY ||
			event->kind == EVENT_REPLY_PART || event->kind == EVENT_LINE;
	if (has_text && !(event->bits & EVENT_SECRET)) {
		event_text(ledger, event, 600, ascii_only, text, sizeof text);
		prose_add(out, ": %s", text);
	} else {
		prose_add(out, ": %s.", row.label);
	}
	if (meaning_of(event)[0])
		prose_add(out, " %s", meaning_of(event));
	add_bits(event, out);
}
