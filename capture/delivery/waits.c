/* SPDX-License-Identifier: MIT */
#include "waits.h"


struct waits_walk waits_begin(const struct ledger *ledger, const struct session *session)
{
	return (struct waits_walk){
		.ledger = ledger,
		.session = session,
		.eod_last = NO_EVENT,
		.message = NO_EVENT,
		.attempt = session->first_attempt,
		.before_ns = NO_TIME,
		.shut_ns = NO_TIME,
	};
}

static const struct event *at(const struct waits_walk *walk, uint32_t index)
{
	return session_event(walk->session, index);
}

static bool is_from_server(const struct event *event)
{
	return event->bits & EVENT_FROM_SERVER;
}

/* ---- Which command a reply answers --------------------------------------------------------- */

/* Whether EVENT is something that a reply is due to. */
static bool is_asking(const struct event *event)
{
	return !is_from_server(event) &&
	       (event->kind == EVENT_COMMAND || event->kind == EVENT_EOD);
}

/* The first event from FROM on, and before the walk's place, that a reply is due to. The last
 * chunk's BDAT is none: its reply is the end of data's. */
static uint32_t find_asking(const struct waits_walk *walk, uint32_t from)
{
	uint32_t bdat = NO_EVENT;

	for (uint32_t i = from; i < walk->at; i++) {
		const struct event *event = at(walk, i);
		if (!is_asking(event))
			continue;
		if (event->kind == EVENT_EOD)
			return i;
		if (bdat != NO_EVENT)
			return bdat;
		if (event->value != VERB_BDAT)
			return i;
		bdat = i;
	}
	return bdat;
}

static bool fits(const struct event *asking, uint16_t code)
{
	bool is_command = asking->kind == EVENT_COMMAND;

	switch (code) {
	case 354:
		return is_command && asking->value == VERB_DATA;
	case 334:
		return is_command &&
		       (asking->value == VERB_AUTH || asking->value == VERB_AUTH_ANSWER);
	case 221:
		return is_command && asking->value == VERB_QUIT;
	default:
		return true;
	}
}

/* The attempt whose end of data or message is the event INDEX; NULL: none from here on. */
static const struct attempt *find_attempt(struct waits_walk *walk, uint32_t index)
{
	for (uint32_t id = walk->attempt; id != NO_ATTEMPT;) {
		const struct attempt *attempt = ledger_attempt(walk->ledger, id);
		if (attempt->eod == index || attempt->message == index) {
			walk->attempt = id;
			return attempt;
		}
		id = attempt->next_in_session;
	}
	return NULL;
}

/* The last reply to the end of data EOD: LMTP and PRDR have one for each recipient. */
static uint32_t last_answer(struct waits_walk *walk, uint32_t eod)
{
	const struct attempt *attempt = find_attempt(walk, eod);
	uint32_t last = 0;

	if (!attempt)
		return last;
	if (attempt->reply != NO_EVENT)
		last = attempt->reply;
	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		uint32_t reply = ledger_recipient(walk->ledger, attempt, i)->final_reply;
		if (reply != NO_EVENT && reply > last)
			last = reply;
	}
	return last;
}

/* The command that the reply INDEX with CODE answers, which is due no more; NO_EVENT: none. */
static uint32_t take_asking(struct waits_walk *walk, uint32_t index, uint16_t code)
{
	uint32_t asking = find_asking(walk, walk->due);

	while (asking != NO_EVENT && !fits(at(walk, asking), code))
		asking = find_asking(walk, asking + 1);
	if (asking == NO_EVENT)
		return NO_EVENT;
	walk->due = asking + 1; /* what an anchor has passed by is due no more */
	if (at(walk, asking)->kind != EVENT_EOD)
		return asking;
	if (walk->eod_last == NO_EVENT)
		walk->eod_last = last_answer(walk, asking);
	if (index < walk->eod_last)
		walk->due = asking;
	else
		walk->eod_last = NO_EVENT;
	return asking;
}

/* What a client that sent EVENT waits for; WAITS: for nothing that has a timer of its own here. */
static enum wait_kind kind_of(const struct event *event)
{
	if (event->kind != EVENT_COMMAND)
		return WAITS;
	switch ((enum verb)event->value) {
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		return WAIT_HELLO;
	case VERB_MAIL:
		return WAIT_MAIL;
	case VERB_RCPT:
		return WAIT_RCPT;
	case VERB_DATA:
		return WAIT_DATA;
	case VERB_BDAT:
		return WAIT_BLOCK;
	case VERB_UNKNOWN:
	case VERB_RSET:
	case VERB_NOOP:
	case VERB_QUIT:
	case VERB_VRFY:
	case VERB_EXPN:
	case VERB_HELP:
	case VERB_AUTH:
	case VERB_STARTTLS:
	case VERB_ETRN:
	case VERB_ATRN:
	case VERB_TURN:
	case VERB_XCLIENT:
	case VERB_XFORWARD:
	case VERB_AUTH_ANSWER:
	case VERBS:
		break;
	}
	return WAITS;
}

/* ---- The walk ------------------------------------------------------------------------------ */

static bool tell(struct wait *out, enum wait_kind kind, enum wait_end end, uint32_t event,
		 int64_t waited_ns)
{
	*out = (struct wait){kind, end, event, waited_ns > 0 ? waited_ns : 0};
	return true;
}

static bool tell_connect(struct waits_walk *walk, struct wait *out)
{
	const struct session *session = walk->session;

	walk->has_begun = true;
	if (session->syn_ns == NO_TIME || session->syn_ack_ns == NO_TIME)
		return false;
	return tell(out, WAIT_CONNECT, WAIT_ANSWERED, NO_EVENT,
		    session->syn_ack_ns - session->syn_ns);
}

/* When the client began to wait for the greeting; NO_TIME: that was not seen. */
static int64_t greeting_start(const struct session *session)
{
	return session->open_ns != NO_TIME ? session->open_ns : session->syn_ack_ns;
}

static bool take_greeting(struct waits_walk *walk, const struct event *reply, struct wait *out)
{
	int64_t start_ns = greeting_start(walk->session);

	walk->is_greeted = true;
	walk->before_ns = reply->time_ns;
	/* Without the beginning of the connection the first reply may be any. */
	if (reply->value != 220 && (reply->value < 400 || start_ns == NO_TIME))
		walk->is_over = true;
	if (walk->is_over || start_ns == NO_TIME)
		return false;
	return tell(out, WAIT_GREETING, WAIT_ANSWERED, NO_EVENT, reply->time_ns - start_ns);
}

/* Since when the reply to ASKING was waited for. */
static int64_t wait_start(const struct waits_walk *walk, const struct event *asking)
{
	return walk->before_ns != NO_TIME && walk->before_ns > asking->time_ns ? walk->before_ns
									        : asking->time_ns;
}

static bool take_reply(struct waits_walk *walk, uint32_t index, struct wait *out)
{
	const struct event *reply = at(walk, index);

	if (reply->bits & EVENT_UNMATCHED)
		return false;
	if (!walk->is_greeted)
		return take_greeting(walk, reply, out);
	uint32_t asking = take_asking(walk, index, reply->value);
	if (asking == NO_EVENT)
		return false;
	enum wait_kind kind = kind_of(at(walk, asking));
	int64_t start_ns = wait_start(walk, at(walk, asking));
	walk->before_ns = reply->time_ns;
	if (at(walk, asking)->kind == EVENT_EOD)
		walk->message = NO_EVENT;
	return kind != WAITS && tell(out, kind, WAIT_ANSWERED, asking, reply->time_ns - start_ns);
}

/* Whether the message that begins with the event MESSAGE got stuck. */
static bool is_stuck(struct waits_walk *walk, uint32_t message)
{
	const struct attempt *attempt = find_attempt(walk, message);

	return attempt && (attempt->is_stalled || attempt->is_tail_lost);
}

/* A side leaves: what is waited for now never comes. */
static bool take_leaving(struct waits_walk *walk, const struct event *leaving, struct wait *out)
{
	enum wait_end end = is_from_server(leaving) ? WAIT_SERVER_LEFT : WAIT_GIVEN_UP;
	uint32_t asking = find_asking(walk, walk->due);
	enum wait_kind kind = WAITS;
	int64_t start_ns = NO_TIME;

	walk->is_over = true;
	if (!walk->is_greeted) {
		kind = WAIT_GREETING;
		asking = NO_EVENT;
		start_ns = greeting_start(walk->session);
	} else if (asking != NO_EVENT) {
		kind = kind_of(at(walk, asking));
		start_ns = wait_start(walk, at(walk, asking));
	} else if (walk->message != NO_EVENT && is_stuck(walk, walk->message)) {
		kind = WAIT_BLOCK;
		asking = walk->message;
		start_ns = walk->shut_ns != NO_TIME ? walk->shut_ns
						    : at(walk, walk->message)->time_ns;
	}
	if (kind == WAITS || start_ns == NO_TIME)
		return false;
	if (end == WAIT_GIVEN_UP && leaving->time_ns - start_ns < LEAST_GIVE_UP_NS)
		return false;
	return tell(out, kind, end, asking, leaving->time_ns - start_ns);
}

static bool take_window(struct waits_walk *walk, const struct event *event, struct wait *out)
{
	int64_t shut_ns = walk->shut_ns;

	if (!is_from_server(event))
		return false;
	walk->shut_ns = event->kind == EVENT_WINDOW_SHUT ? event->time_ns : NO_TIME;
	return event->kind == EVENT_WINDOW_OPEN && shut_ns != NO_TIME &&
	       walk->message != NO_EVENT &&
	       tell(out, WAIT_BLOCK, WAIT_ANSWERED, walk->message, event->time_ns - shut_ns);
}

static bool take_event(struct waits_walk *walk, uint32_t index, struct wait *out)
{
	const struct event *event = at(walk, index);

	switch ((enum event_kind)event->kind) {
	case EVENT_REPLY:
		return is_from_server(event) && take_reply(walk, index, out);
	case EVENT_FIN:
	case EVENT_RST:
		return take_leaving(walk, event, out);
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
		return take_window(walk, event, out);
	case EVENT_MESSAGE:
		walk->message = index;
		return false;
	case EVENT_EOD:
		walk->message = NO_EVENT;
		return false;
	case EVENT_GAP:
	case EVENT_TLS:
		walk->is_over = true;
		return false;
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN_RESENT:
	case EVENT_COMMAND:
	case EVENT_REPLY_PART:
	case EVENT_LINE:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
	case EVENT_CONFLICT:
		break;
	}
	return false;
}

bool waits_next(struct waits_walk *walk, struct wait *out)
{
	if (!walk->has_begun && tell_connect(walk, out))
		return true;
	while (!walk->is_over && walk->at < walk->session->event_count) {
		if (take_event(walk, walk->at++, out))
			return true;
	}
	return false;
}

/* ---- The longest of each kind -------------------------------------------------------------- */

static struct longest_waits no_waits(void)
{
	struct longest_waits waits;

	for (int kind = 0; kind < WAITS; kind++)
		waits.waited_ns[kind] = NO_TIME;
	return waits;
}

/* The first event of ATTEMPT that is known. */
static uint32_t first_event(const struct attempt *attempt)
{
	const uint32_t candidates[] = {attempt->mail, attempt->data, attempt->message,
				       attempt->eod};

	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
		if (candidates[i] != NO_EVENT)
			return candidates[i];
	return NO_EVENT;
}

/* The attempt that EVENT belongs to: *ID, which none before it can be, or one behind that. */
static uint32_t owner_of(const struct ledger *ledger, uint32_t event, uint32_t *id)
{
	uint32_t owner = NO_ATTEMPT;

	for (uint32_t next = *id; next != NO_ATTEMPT;) {
		const struct attempt *attempt = ledger_attempt(ledger, next);
		if (first_event(attempt) > event)
			break;
		owner = *id = next;
		next = attempt->next_in_session;
	}
	return owner;
}

void waits_collect(const struct ledger *ledger, const struct session *session,
		   struct longest_waits *out, struct longest_waits *by_attempt)
{
	struct waits_walk walk = waits_begin(ledger, session);
	uint32_t id = session->first_attempt;
	struct wait wait;

	*out = no_waits();
	for (uint32_t i = id; by_attempt && i != NO_ATTEMPT;
	     i = ledger_attempt(ledger, i)->next_in_session)
		by_attempt[i] = no_waits();
	while (waits_next(&walk, &wait)) {
		uint32_t owner = wait.event == NO_EVENT ? NO_ATTEMPT
							: owner_of(ledger, wait.event, &id);
		struct longest_waits *longest = owner == NO_ATTEMPT ? out
						: by_attempt	    ? &by_attempt[owner]
								    : NULL;
		if (longest && wait.waited_ns > longest->waited_ns[wait.kind])
			longest->waited_ns[wait.kind] = wait.waited_ns;
	}
}

void waits_of_attempt(const struct ledger *ledger, const struct attempt *attempt,
		      struct longest_waits *out)
{
	const struct session *session = attempt_session(ledger, attempt);
	struct waits_walk walk = waits_begin(ledger, session);
	uint32_t id = session->first_attempt;
	struct wait wait;

	*out = no_waits();
	while (waits_next(&walk, &wait)) {
		uint32_t owner = wait.event == NO_EVENT ? NO_ATTEMPT
							: owner_of(ledger, wait.event, &id);
		if (owner != NO_ATTEMPT && owner != attempt->id)
			continue;
		if (wait.waited_ns > out->waited_ns[wait.kind])
			out->waited_ns[wait.kind] = wait.waited_ns;
	}
}
