/* SPDX-License-Identifier: MIT */
#include "delivery/same.h"

#include "delivery/pairs.h"

#include <string.h>

#define MOST_COMPARED 64 /* attempts of a session that are compared with those of another */
/* A connection whose sequence numbers were all rewritten on the way is known by its endpoints, its
 * dialogue and its beginning: within this of each other. A port pair that is used again, for a
 * resend, takes longer. */
#define SAME_TIME_NS NS_PER_SECOND

/* Where EVENT ends: by sequence number, or where those were rewritten, from the beginning. */
static uint32_t place_of(const struct session *session, const struct event *event,
			 bool is_rewritten)
{
	bool is_server = event->bits & EVENT_FROM_SERVER;

	if (!is_rewritten)
		return (is_server ? session->base_server : session->base_client) + event->offset;
	/* Offsets count from the first byte where the beginning was seen. */
	return event->offset;
}

bool same_event(const struct session *a, const struct event *x, const struct session *b,
		const struct event *y)
{
	bool is_rewritten = a->has_isn && b->has_isn &&
			    (a->isn_client != b->isn_client || a->isn_server != b->isn_server);

	return x && y && x->kind == y->kind &&
	       ((x->bits ^ y->bits) & EVENT_FROM_SERVER) == 0 &&
	       place_of(a, x, is_rewritten) == place_of(b, y, is_rewritten);
}

/* ---- Which sessions are one connection ----------------------------------------------------- */

static const struct event *first_command(const struct session *session)
{
	for (uint32_t i = 0; i < session->event_count; i++)
		if (session->events[i].kind == EVENT_COMMAND)
			return &session->events[i];
	return NULL;
}

/* Whether the dialogues begin alike, as two views of one do. Of a beginning that one capture lacks
 * nothing is known. */
static bool begin_alike(const struct session *a, const struct session *b)
{
	const struct event *x = first_command(a), *y = first_command(b);

	if (a->server_name && b->server_name && a->server_name != b->server_name)
		return false;
	return !same_event(a, x, b, y) || x->text == y->text;
}

static int64_t apart_ns(const struct pairs *pairs, const struct session *a, const struct session *b)
{
	int64_t ns = a->start_ns - pairs_clock(pairs, a) - (b->start_ns - pairs_clock(pairs, b));
	return ns < 0 ? -ns : ns;
}

bool same_by_isns(const struct pairs *pairs, const struct session *a, const struct session *b)
{
	bool same_client = endpoint_is_same(&a->client, &b->client);
	bool same_server = endpoint_is_same(&a->server, &b->server);

	if (a->isn_client != b->isn_client || a->isn_server != b->isn_server)
		return false;
	if (same_client && same_server)
		return true;
	if (a->file == b->file)
		return (same_client || same_server) && apart_ns(pairs, a, b) <= NS_PER_SECOND;
	return begin_alike(a, b);
}

/* Whether a transaction of both stands at the same place. */
static bool share_a_place(const struct ledger *ledger, const struct session *a,
			  const struct session *b)
{
	const struct attempt *x = ledger_attempt(ledger, a->first_attempt);
	const struct attempt *y = ledger_attempt(ledger, b->first_attempt);

	for (uint32_t i = 0; x && i < MOST_COMPARED; i++) {
		const struct attempt *z = y;
		for (uint32_t k = 0; z && k < MOST_COMPARED; k++) {
			if (same_event(a, session_event(a, x->mail), b,
					  session_event(b, z->mail)) ||
			    same_event(a, session_event(a, x->eod), b, session_event(b, z->eod)))
				return true;
			z = ledger_attempt(ledger, z->next_in_session);
		}
		x = ledger_attempt(ledger, x->next_in_session);
	}
	return false;
}

bool same_by_ends(const struct pairs *pairs, const struct session *a, const struct session *b)
{
	if (a->file == b->file || !endpoint_is_same(&a->client, &b->client) ||
	    !endpoint_is_same(&a->server, &b->server) || !share_a_place(pairs_ledger(pairs), a, b))
		return false;
	if (!a->has_isn || !b->has_isn)
		return true;
	return begin_alike(a, b) &&
	       (a->isn_client == b->isn_client || a->isn_server == b->isn_server ||
		apart_ns(pairs, a, b) <= SAME_TIME_NS);
}

bool same_by_content(const struct pairs *pairs, const struct session *a, const struct attempt *x,
		     const struct session *b, const struct attempt *y)
{
	const struct event *mine = session_event(a, x->eod), *other = session_event(b, y->eod);

	if (a->file == b->file || !same_event(a, mine, b, other) ||
	    (!endpoint_is_same(&a->client, &b->client) && !endpoint_is_same(&a->server, &b->server)))
		return false;
	if (!a->has_isn || !b->has_isn)
		return !x->message_id || !y->message_id || x->message_id == y->message_id;
	return begin_alike(a, b) && x->has_digest && y->has_digest &&
	       x->digest.high == y->digest.high && x->digest.low == y->digest.low &&
	       apart_ns(pairs, a, b) <= SAME_TIME_NS;
}

bool same_attempt(const struct session *a, const struct attempt *x, const struct session *b,
		  const struct attempt *y)
{
	const uint32_t mine[] = {x->mail, x->data, x->eod};
	const uint32_t other[] = {y->mail, y->data, y->eod};

	for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
		if (same_event(a, session_event(a, mine[i]), b, session_event(b, other[i])))
			return true;
	return false;
}
