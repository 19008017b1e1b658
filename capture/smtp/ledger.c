/* SPDX-License-Identifier: MIT */
#include "bounds.h"
#include "dialogue.h"
#include "smtp/ledger_write.h"
#include "pool.h"
#include "smtp/texts.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_EVENTS 24u
#define BLOCK_EVENTS 4096u

/* Closed sessions' events lie side by side: no allocation of their own, no holes between. */
struct event_block {
	struct event_block *next;
	uint32_t used;
	struct event events[BLOCK_EVENTS];
};

struct ledger {
	struct pool sessions;
	struct pool attempts;
	struct pool recipients;
	struct pool changed_flags; /* uint8_t by attempt: is it in the queue below? */
	struct texts *texts;
	const struct host_names *host_names;
	uint32_t *changed;         /* ids of attempts that changed, oldest first */
	uint32_t changed_head;     /* the next one to hand out */
	uint32_t changed_count;
	uint32_t changed_room;
	uint64_t version;
	uint32_t sessions_numbered; /* in this ledger and in those that it goes on from */
	uint32_t attempts_numbered;
	size_t event_bytes;
	struct event_block *blocks; /* events of closed sessions, the newest block first */
};

struct ledger *ledger_new(uint64_t seed)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);
	if (!ledger)
		return NULL;
	ledger->sessions = pool_of(sizeof(struct session));
	ledger->attempts = pool_of(sizeof(struct attempt));
	ledger->recipients = pool_of(sizeof(struct recipient));
	ledger->changed_flags = pool_of(sizeof(uint8_t));
	ledger->texts = texts_new(seed);
	if (!ledger->texts) {
		free(ledger);
		return NULL;
	}
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	for (uint32_t i = 0; i < ledger->sessions.count; i++) {
		struct session *session = pool_get(&ledger->sessions, i);
		if (session->event_room)
			free(session->events);
	}
	while (ledger->blocks) {
		struct event_block *next = ledger->blocks->next;
		free(ledger->blocks);
		ledger->blocks = next;
	}
	pool_empty(&ledger->sessions);
	pool_empty(&ledger->attempts);
	pool_empty(&ledger->recipients);
	pool_empty(&ledger->changed_flags);
	texts_free(ledger->texts);
	free(ledger->changed);
	free(ledger);
}

uint32_t ledger_session_count(const struct ledger *ledger)
{
	return ledger->sessions.count;
}

const struct session *ledger_session(const struct ledger *ledger, uint32_t id)
{
	return pool_get(&ledger->sessions, id);
}

uint32_t ledger_attempt_count(const struct ledger *ledger)
{
	return ledger->attempts.count;
}

const struct attempt *ledger_attempt(const struct ledger *ledger, uint32_t id)
{
	return pool_get(&ledger->attempts, id);
}

const struct recipient *ledger_recipient(const struct ledger *ledger,
					 const struct attempt *attempt, uint32_t index)
{
	if (index >= attempt->recipient_count)
		return NULL;
	return pool_get(&ledger->recipients, attempt->recipients + index);
}

const struct event *session_event(const struct session *session, uint32_t index)
{
	return index < session->event_count ? &session->events[index] : NULL;
}

const struct session *attempt_session(const struct ledger *ledger, const struct attempt *attempt)
{
	return ledger_session(ledger, attempt->session);
}

const struct event *attempt_event(const struct ledger *ledger, const struct attempt *attempt,
				  uint32_t index)
{
	return session_event(attempt_session(ledger, attempt), index);
}

struct span ledger_text(const struct ledger *ledger, text_id id)
{
	return texts_get(ledger->texts, id);
}

text_id ledger_find(const struct ledger *ledger, struct span text)
{
	return texts_find(ledger->texts, text);
}

text_id ledger_keep(struct ledger *ledger, struct span text)
{
	return texts_number(ledger->texts, text);
}

void ledger_name_hosts(struct ledger *ledger, const struct host_names *names)
{
	ledger->host_names = names;
}

const struct host_names *ledger_host_names(const struct ledger *ledger)
{
	return ledger->host_names;
}

uint64_t ledger_version(const struct ledger *ledger)
{
	return ledger->version;
}

uint32_t ledger_next_changed(struct ledger *ledger)
{
	if (ledger->changed_head == ledger->changed_count) {
		ledger->changed_head = ledger->changed_count = 0;
		return NO_ATTEMPT;
	}
	uint32_t id = ledger->changed[ledger->changed_head++];
	uint8_t *flag = pool_get(&ledger->changed_flags, id);
	*flag = 0;
	return id;
}

uint32_t ledger_changed_count(const struct ledger *ledger)
{
	return ledger->changed_count - ledger->changed_head;
}

void ledger_go_on(struct ledger *ledger, const struct ledger *before)
{
	ledger->sessions_numbered = before->sessions_numbered;
	ledger->attempts_numbered = before->attempts_numbered;
	ledger->version += before->version;
	ledger->host_names = before->host_names;
}

size_t ledger_memory(const struct ledger *ledger)
{
	return pool_memory(&ledger->sessions) + pool_memory(&ledger->attempts) +
	       pool_memory(&ledger->recipients) + pool_memory(&ledger->changed_flags) +
	       texts_memory(ledger->texts) + ledger->event_bytes +
	       ledger->changed_room * sizeof *ledger->changed;
}

struct session *ledger_add_session(struct ledger *ledger)
{
	uint32_t id;
	struct session *session = pool_add(&ledger->sessions, &id);
	if (!session)
		return NULL;
	session->id = id;
	session->number = ledger->sessions_numbered++;
	session->turned_from = NO_SESSION;
	session->start_ns = session->end_ns = NO_TIME;
	session->syn_ns = session->syn_ack_ns = session->open_ns = NO_TIME;
	session->first_attempt = session->last_attempt = NO_ATTEMPT;
	ledger->version++;
	return session;
}

struct session *ledger_edit_session(struct ledger *ledger, uint32_t id)
{
	return pool_get(&ledger->sessions, id);
}

/* Room for ROOM events; false: no memory. */
static bool size_events(struct ledger *ledger, struct session *session, uint32_t room)
{
	bool is_own = session->event_room > 0;
	struct event *events =
		reallocarray(is_own ? session->events : NULL, room, sizeof *events);
	if (!events)
		return false;
	if (!is_own && session->event_count)
		memcpy(events, session->events, session->event_count * sizeof *events);
	ledger->event_bytes += room * sizeof *events;
	ledger->event_bytes -= session->event_room * sizeof *events;
	session->events = events;
	session->event_room = room;
	return true;
}

uint32_t ledger_add_event(struct ledger *ledger, struct session *session,
			  const struct event *event)
{
	ledger->version++;
	bool is_earlier = !session->event_count && event->time_ns < session->start_ns;
	if (session->start_ns == NO_TIME || is_earlier)
		session->start_ns = event->time_ns;
	if (event->time_ns > session->end_ns)
		session->end_ns = event->time_ns;
	if (session->event_count >= session->event_room) {
		uint32_t room = session->event_count ? session->event_count * 2 : FIRST_EVENTS;
		if (room > LIMIT_SESSION_EVENTS)
			room = LIMIT_SESSION_EVENTS;
		if (session->event_count >= LIMIT_SESSION_EVENTS ||
		    !size_events(ledger, session, room)) {
			session->lost_events++;
			return NO_EVENT;
		}
	}
	session->events[session->event_count] = *event;
	return session->event_count++;
}

struct event *ledger_edit_event(struct session *session, uint32_t index)
{
	return index < session->event_count ? &session->events[index] : NULL;
}

static void forget_events(struct attempt *attempt)
{
	attempt->mail = attempt->refusal = attempt->data = attempt->message = NO_EVENT;
	attempt->eod = attempt->eod_resent = attempt->eod_acked = NO_EVENT;
	attempt->reply = attempt->reply_part = NO_EVENT;
	attempt->reply_resent = attempt->reply_acked = NO_EVENT;
	attempt->half_closed = attempt->client_left = attempt->client_fin_resent = NO_EVENT;
	attempt->server_left = NO_EVENT;
	attempt->silent = attempt->silent_after = attempt->hole = attempt->held_up = NO_EVENT;
}

struct attempt *ledger_add_attempt(struct ledger *ledger, struct session *session)
{
	uint32_t id, flag;
	if (!pool_add(&ledger->changed_flags, &flag))
		return NULL;
	struct attempt *attempt = pool_add(&ledger->attempts, &id);
	if (!attempt) {
		ledger->changed_flags.count--;
		return NULL;
	}
	attempt->id = id;
	attempt->number = ledger->attempts_numbered++;
	attempt->session = session->id;
	attempt->next_in_session = NO_ATTEMPT;
	forget_events(attempt);
	if (session->last_attempt == NO_ATTEMPT) {
		session->first_attempt = id;
	} else {
		struct attempt *last = pool_get(&ledger->attempts, session->last_attempt);
		last->next_in_session = id;
	}
	session->last_attempt = id;
	ledger_touch(ledger, attempt);
	return attempt;
}

struct attempt *ledger_edit_attempt(struct ledger *ledger, uint32_t id)
{
	return pool_get(&ledger->attempts, id);
}

/*
 * Makes room for one more recipient. The run doubles, in place where it is the newest of the
 * pool, else by moving to its end: interleaved transactions waste at most their own size.
 */
static bool grow_recipients(struct ledger *ledger, struct attempt *attempt)
{
	uint32_t room = attempt->recipient_room, more = room ? room : 1, first;
	bool is_newest = room && attempt->recipients + room == ledger->recipients.count;

	if (!pool_add_run(&ledger->recipients, is_newest ? more : room + more, &first))
		return false;
	for (uint32_t i = 0; !is_newest && i < attempt->recipient_count; i++) {
		struct recipient *to = pool_get(&ledger->recipients, first + i);
		*to = *(struct recipient *)pool_get(&ledger->recipients, attempt->recipients + i);
	}
	if (!is_newest)
		attempt->recipients = first;
	attempt->recipient_room = room + more;
	return true;
}

struct recipient *ledger_add_recipient(struct ledger *ledger, struct attempt *attempt)
{
	if (attempt->recipient_count >= LIMIT_RECIPIENTS)
		return NULL;
	if (attempt->recipient_count == attempt->recipient_room &&
	    !grow_recipients(ledger, attempt))
		return NULL;
	struct recipient *recipient =
		pool_get(&ledger->recipients, attempt->recipients + attempt->recipient_count++);
	recipient->rcpt_reply = recipient->final_reply = NO_EVENT;
	ledger_touch(ledger, attempt);
	return recipient;
}

struct recipient *ledger_edit_recipient(struct ledger *ledger, struct attempt *attempt,
					uint32_t index)
{
	if (index >= attempt->recipient_count)
		return NULL;
	return pool_get(&ledger->recipients, attempt->recipients + index);
}

void ledger_touch(struct ledger *ledger, struct attempt *attempt)
{
	uint8_t *flag = pool_get(&ledger->changed_flags, attempt->id);

	ledger->version++;
	if (*flag)
		return;
	if (ledger->changed_count == ledger->changed_room) {
		uint32_t room = ledger->changed_room ? ledger->changed_room * 2 : 64;
		uint32_t *changed = reallocarray(ledger->changed, room, sizeof *changed);
		if (!changed)
			return;
		ledger->changed = changed;
		ledger->changed_room = room;
	}
	ledger->changed[ledger->changed_count++] = attempt->id;
	*flag = 1;
}

/* Moves the events of SESSION to where closed sessions have theirs; without memory they stay. */
static void move_to_block(struct ledger *ledger, struct session *session)
{
	struct event_block *block = ledger->blocks;

	if (!block || block->used + session->event_count > BLOCK_EVENTS) {
		block = malloc(sizeof *block);
		if (!block)
			return;
		block->next = ledger->blocks;
		block->used = 0;
		ledger->blocks = block;
		ledger->event_bytes += sizeof *block;
	}
	struct event *events = block->events + block->used;
	memcpy(events, session->events, session->event_count * sizeof *events);
	block->used += session->event_count;
	ledger->event_bytes -= session->event_room * sizeof *events;
	free(session->events);
	session->events = events;
	session->event_room = 0;
}

void ledger_close_session(struct ledger *ledger, struct session *session)
{
	session->is_closed = true;
	ledger->version++;
	if (!session->event_count || !session->event_room)
		return;
	if (session->event_count <= BLOCK_EVENTS / 16)
		move_to_block(ledger, session);
	else if (session->event_count < session->event_room)
		(void)size_events(ledger, session, session->event_count);
}
