/* SPDX-License-Identifier: MIT */
#include "view/ladder.h"

#include "text.h"
#include "timetext.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

void ladder_text(const struct ledger *ledger, const struct event *event, int columns,
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

static void label_text(const struct ledger *ledger, const struct event *event, bool ascii_only,
		       char *out)
{
	ladder_text(ledger, event, LADDER_LABEL / 2, ascii_only, out, LADDER_LABEL);
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
	case EVENT_CONFLICT:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
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

/** What TCP did, where nothing is counted. */
static const char *const plain_labels[] = {
	[EVENT_OPEN] = "ACK: the connection is open",
	[EVENT_FIN] = "FIN: closes",
	[EVENT_RST] = "RST: resets",
	[EVENT_WINDOW_SHUT] = "window shut: takes no more bytes",
	[EVENT_WINDOW_OPEN] = "window open again",
	[EVENT_CONFLICT] = "bytes sent again differ from the first copy",
	[EVENT_TOO_BIG] = "ICMP: packet too big",
	[EVENT_UNREACHABLE] = "ICMP: unreachable",
	[EVENT_EOD_ACKED] = "TCP ACK of the end of data",
	[EVENT_REPLY_ACKED] = "TCP ACK of the reply",
	[EVENT_SILENT] = "proof: no reply was sent until now",
};

/** The labels of what TCP did. */
static void label_tcp(const struct event *event, char *out)
{
	size_t kind = event->kind;
	unsigned times = event->value;
	bool is_plain = kind < sizeof plain_labels / sizeof *plain_labels && plain_labels[kind];
	if (is_plain)
		snprintf(out, LADDER_LABEL, "%s", plain_labels[kind]);
	else if (kind == EVENT_SYN)
		snprintf(out, LADDER_LABEL, event->bits & EVENT_FROM_SERVER ? "SYN, ACK" : "SYN");
	else if (kind == EVENT_FIN_RESENT)
		snprintf(out, LADDER_LABEL, "FIN retransmitted (%u)", times);
	else if (kind == EVENT_EOD_RESENT)
		snprintf(out, LADDER_LABEL, "end of data retransmitted (%u)", times);
	else if (kind == EVENT_REPLY_RESENT)
		snprintf(out, LADDER_LABEL, "reply retransmitted (%u)", times);
	else if (kind == EVENT_HOLE)
		snprintf(out, LADDER_LABEL, "proof: %u bytes of reply were lost", event->length);
	else if (kind == EVENT_GAP)
		snprintf(out, LADDER_LABEL, "%u bytes %s", event->length,
			 gap_words((enum gap_kind)event->value));
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
	case EVENT_CONFLICT:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
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
