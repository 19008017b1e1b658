/* SPDX-License-Identifier: MIT */
#include "smtp/closings.h"

#include <stdlib.h>

/* What answers a closing keeps its place behind it. */
static bool is_closing(const struct event *event)
{
	return event->kind == EVENT_FIN || event->kind == EVENT_RST ||
	       event->kind == EVENT_FIN_RESENT || event->kind == EVENT_SILENT;
}

/* Whether A was captured before B, as the frames count; times where they do not. */
static bool is_earlier(const struct session *session, const struct event *a, const struct event *b)
{
	if (a->frame && b->frame && !session->is_swapped_file)
		return a->frame < b->frame;
	return a->time_ns < b->time_ns;
}

/* Whether a closing, of which FIRST is the first, stands before an event that is earlier. */
static bool is_disordered(const struct session *session, uint32_t first)
{
	const struct event *newest = NULL;

	for (uint32_t i = first; i < session->event_count; i++) {
		const struct event *event = &session->events[i];
		if (is_closing(event))
			newest = newest && is_earlier(session, event, newest) ? newest : event;
		else if (newest && is_earlier(session, event, newest))
			return true;
	}
	return false;
}

/* The newest other event that is earlier than the closing at INDEX; INDEX if none follows it. */
static uint32_t last_before(const struct session *session, uint32_t index)
{
	const struct event *events = session->events;

	for (uint32_t i = session->event_count; i-- > index + 1;) {
		if (!is_closing(&events[i]) && is_earlier(session, &events[i], &events[index]))
			return i;
	}
	return index;
}

/* The first closing from INDEX on; the number of events if there is none. */
static uint32_t next_closing(const struct session *session, uint32_t index)
{
	while (index < session->event_count && !is_closing(&session->events[index]))
		index++;
	return index;
}

/* Fills ORDER with the events' indices in their new order. */
static void make_order(const struct session *session, uint32_t *order)
{
	uint32_t count = session->event_count, at = 0;
	uint32_t closing = next_closing(session, 0); /* the first that has no place yet */
	uint32_t last = closing < count ? last_before(session, closing) : count;

	for (uint32_t i = 0; i <= count; i++) {
		/* LAST is another event's, or its own index: it is behind both. */
		while (closing < count && last < i) {
			order[at++] = closing;
			closing = next_closing(session, closing + 1);
			last = closing < count ? last_before(session, closing) : count;
		}
		if (i < count && !is_closing(&session->events[i]))
			order[at++] = i;
	}
}

static void rename_event(uint32_t *index, const uint32_t *place, uint32_t count)
{
	if (*index < count)
		*index = place[*index];
}

static void rename_events(struct ledger *ledger, struct attempt *attempt, const uint32_t *place,
			  uint32_t count)
{
	uint32_t *const indices[] = {
		&attempt->mail,	       &attempt->refusal,      &attempt->data,
		&attempt->message,     &attempt->eod,	       &attempt->eod_resent,
		&attempt->eod_acked,   &attempt->reply,	       &attempt->reply_part,
		&attempt->reply_resent, &attempt->reply_acked, &attempt->half_closed,
		&attempt->client_left, &attempt->client_fin_resent, &attempt->server_left, &attempt->silent,
		&attempt->silent_after, &attempt->hole,	       &attempt->held_up,
	};

	for (size_t i = 0; i < sizeof indices / sizeof *indices; i++)
		rename_event(indices[i], place, count);
	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		struct recipient *recipient = ledger_edit_recipient(ledger, attempt, i);
		rename_event(&recipient->rcpt_reply, place, count);
		rename_event(&recipient->final_reply, place, count);
	}
	ledger_touch(ledger, attempt);
}

void closings_order(struct ledger *ledger, struct session *session, uint32_t first)
{
	uint32_t count = session->event_count;
	uint32_t *order, *place;
	struct event *events;

	if (!is_disordered(session, first))
		return;
	order = calloc(count, sizeof *order);
	place = calloc(count, sizeof *place);
	events = calloc(count, sizeof *events);
	if (order && place && events) {
		make_order(session, order);
		memcpy(events, session->events, count * sizeof *events);
		for (uint32_t i = 0; i < count; i++) {
			session->events[i] = events[order[i]];
			place[order[i]] = i;
		}
		for (uint32_t id = session->first_attempt; id != NO_ATTEMPT;) {
			struct attempt *attempt = ledger_edit_attempt(ledger, id);
			rename_events(ledger, attempt, place, count);
			id = attempt->next_in_session;
		}
	}
	free(order);
	free(place);
	free(events);
}
