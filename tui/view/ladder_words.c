/* SPDX-License-Identifier: MIT */
/*
 * What the rows of a ladder mean, in words.
 */
#include "view/ladder.h"

static void add_bits(const struct event *event, struct prose *out)
{
	if (event->bits & EVENT_ASSUMED)
		prose_add(out, " It was not seen; what followed implies it.");
	if (event->bits & EVENT_UNMATCHED)
		prose_add(out, " It answers no command that was seen.");
	if (event->bits & EVENT_SECRET)
		prose_add(out, " The secret in it is not kept.");
	if (event->bits & EVENT_BARE_LF && event->kind == EVENT_REPLY)
		prose_add(out, " It ends in a bare LF, not CR LF.");
	else if (event->bits & EVENT_BARE_LF)
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
	case EVENT_CONFLICT:
		return "Something on the way rewrites or forges packets; the first copy is shown.";
	case EVENT_TOO_BIG:
		return "A router did not pass a packet of it on: the next link takes smaller ones.";
	case EVENT_UNREACHABLE:
		return "A router says that a packet of it did not arrive.";
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
		ladder_text(ledger, event, 600, ascii_only, text, sizeof text);
		prose_add(out, ": %s", text);
	} else {
		prose_add(out, ": %s.", row.label);
	}
	if (meaning_of(event)[0])
		prose_add(out, " %s", meaning_of(event));
	add_bits(event, out);
}
