/* SPDX-License-Identifier: MIT */
#include "smtp/ledger_copy.h"

#include "smtp/ledger_write.h"

#include <stdlib.h>

/* Room for COUNT ids in *IDS, new ones set to NONE. False: no memory. */
static bool make_room(uint32_t **ids, uint32_t *ids_count, uint32_t *room, uint32_t count,
		      uint32_t none)
{
	if (count > *room) {
		uint32_t more = count + count / 2 + 64;
		uint32_t *grown = reallocarray(*ids, more, sizeof *grown);
		if (!grown)
			return false;
		*ids = grown;
		*room = more;
	}
	for (uint32_t i = *ids_count; i < count; i++)
		(*ids)[i] = none;
	if (count > *ids_count)
		*ids_count = count;
	return true;
}

void moves_clear(struct moves *moves)
{
	free(moves->sessions);
	free(moves->attempts);
	*moves = (struct moves){0};
}

static text_id copy_text(struct ledger *after, const struct ledger *before, text_id text)
{
	return text ? ledger_keep(after, ledger_text(before, text)) : 0;
}

static bool has_text(const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
	case EVENT_REPLY:
	case EVENT_REPLY_PART:
	case EVENT_LINE:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
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
	case EVENT_MESSAGE:
	case EVENT_EOD:
	case EVENT_TLS:
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

static bool copy_events(struct ledger *after, struct session *to, const struct ledger *before,
			const struct session *from)
{
	for (uint32_t i = 0; i < from->event_count; i++) {
		struct event event = *session_event(from, i);
		if (has_text(&event))
			event.text = copy_text(after, before, event.text);
		if (ledger_add_event(after, to, &event) == NO_EVENT)
			return false;
	}
	return true;
}

static bool copy_recipients(struct ledger *after, struct attempt *to, const struct ledger *before,
			    const struct attempt *from)
{
	for (uint32_t i = 0; i < from->recipient_count; i++) {
		struct recipient *recipient = ledger_add_recipient(after, to);
		if (!recipient)
			return false;
		*recipient = *ledger_recipient(before, from, i);
		recipient->address = copy_text(after, before, recipient->address);
	}
	return true;
}

static bool copy_attempt(struct ledger *after, struct session *session, struct moves *moves,
			 const struct attempt *from)
{
	struct attempt *to = ledger_add_attempt(after, session);
	if (!to || !make_room(&moves->attempts, &moves->attempt_count, &moves->attempt_room,
			      from->id + 1, NO_ATTEMPT))
		return false;
	uint32_t id = to->id;
	*to = *from;
	to->id = id;
	to->session = session->id;
	to->next_in_session = NO_ATTEMPT;
	to->sender = copy_text(after, moves->before, from->sender);
	to->message_id = copy_text(after, moves->before, from->message_id);
	to->subject = copy_text(after, moves->before, from->subject);
	to->date = copy_text(after, moves->before, from->date);
	to->transid = copy_text(after, moves->before, from->transid);
	to->recipients = to->recipient_count = to->recipient_room = 0;
	moves->attempts[from->id] = id;
	return copy_recipients(after, to, moves->before, from);
}

/* What is not of the place that a session has in its ledger. */
static void copy_facts(struct ledger *after, struct session *to, const struct moves *moves,
		       const struct session *from)
{
	uint32_t id = to->id;

	*to = *from;
	to->id = id;
	to->is_closed = false;
	to->client_name = copy_text(after, moves->before, from->client_name);
	to->server_name = copy_text(after, moves->before, from->server_name);
	to->turned_from = moves_session(moves, from->turned_from);
	to->first_attempt = to->last_attempt = NO_ATTEMPT;
	to->events = NULL;
	to->event_count = to->event_room = 0;
}

bool ledger_copy_session(struct ledger *after, struct moves *moves, uint32_t id)
{
	const struct session *from = ledger_session(moves->before, id);
	struct session *to = ledger_add_session(after);

	if (!to || !make_room(&moves->sessions, &moves->session_count, &moves->session_room,
			      id + 1, NO_SESSION))
		return false;
	copy_facts(after, to, moves, from);
	moves->sessions[id] = to->id;
	if (!copy_events(after, to, moves->before, from))
		return false;
	to->start_ns = from->start_ns;
	to->end_ns = from->end_ns;
	const struct attempt *attempt = ledger_attempt(moves->before, from->first_attempt);
	for (; attempt; attempt = ledger_attempt(moves->before, attempt->next_in_session))
		if (!copy_attempt(after, to, moves, attempt))
			return false;
	if (from->is_closed)
		ledger_close_session(after, to);
	return true;
}
