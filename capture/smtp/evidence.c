/* SPDX-License-Identifier: MIT */
/*
 * Evidence: what the tcp layer's facts say of an end of data and the reply to it.
 */
#include "smtp/dialogue_state.h"

/* Commands sent sooner than this behind the end of data were pipelined with it (RFC 2920 3.1)
 * and do not say that the client has stopped waiting. */
#define PIPELINED_NS (2 * NS_PER_SECOND)

#define LARGEST_WINDOW (UINT64_C(1) << 30) /* RFC 7323 2.3 */

static struct attempt *open_attempt(struct dialogue *dialogue, uint8_t index)
{
	return ledger_edit_attempt(dialogue->all->ledger, dialogue->open[index].attempt);
}

static void touch(struct dialogue *dialogue, struct attempt *attempt)
{
	ledger_touch(dialogue->all->ledger, attempt);
}

static void remove_open(struct dialogue *dialogue, uint8_t index)
{
	dialogue->open_count--;
	for (uint8_t i = index; i < dialogue->open_count; i++)
		dialogue->open[i] = dialogue->open[i + 1];
	if (dialogue->open_count == 0)
		tcp_attend(dialogue->connection, false);
}

/* Whether the server has said something to the message: to one recipient of it in LMTP, or what is no
 * reply to it. */
static bool is_being_answered(const struct dialogue *dialogue, const struct attempt *attempt)
{
	const struct ledger *ledger = dialogue->all->ledger;
	bool is_answered = attempt->reply != NO_EVENT || attempt->reply_part != NO_EVENT;

	for (uint32_t i = 0; i < attempt->recipient_count && !is_answered; i++)
		is_answered = ledger_recipient(ledger, attempt, i)->final_reply != NO_EVENT;
	return is_answered;
}

/* A client that closes its side straight behind the message, as scripts do and Exim behind the last
 * chunk, only has nothing more to say: it goes on listening. */
static void settle_half_close(struct dialogue *dialogue, struct attempt *attempt)
{
	const struct event *left = session_event(dialogue->session, attempt->client_left);
	const struct event *eod = session_event(dialogue->session, attempt->eod);

	if (!left || !eod || left->kind != EVENT_FIN || is_being_answered(dialogue, attempt) ||
	    left->time_ns - eod->time_ns > PIPELINED_NS)
		return;
	attempt->half_closed = attempt->client_left;
	attempt->client_left = NO_EVENT;
}

void evidence_open(struct dialogue *dialogue, struct attempt *attempt, uint64_t eod_offset)
{
	settle_half_close(dialogue, attempt);
	session_refresh(dialogue);
	if (dialogue->open_count == OPEN_ATTEMPTS)
		remove_open(dialogue, 0);
	dialogue->open[dialogue->open_count++] =
		(struct open_attempt){.attempt = attempt->id, .eod_offset = eod_offset};
	tcp_attend(dialogue->connection, true);
	if (eod_offset)
		tcp_watch(dialogue->connection, SIDE_CLIENT, eod_offset);
}

static bool is_leaving_behind(const struct event *left, uint64_t reply_end)
{
	return left && (left->kind == EVENT_FIN || left->kind == EVENT_RST) &&
	       (int32_t)(left->ack - (uint32_t)reply_end) >= 0;
}

/* A FIN or RST that acknowledges the reply came after it, whatever order the tap saw. */
static void forgive_leaving(struct dialogue *dialogue, struct attempt *attempt, uint64_t reply_end)
{
	const struct session *session = dialogue->session;

	if (is_leaving_behind(session_event(session, attempt->client_left), reply_end))
		attempt->client_left = NO_EVENT;
	if (is_leaving_behind(session_event(session, attempt->half_closed), reply_end))
		attempt->half_closed = NO_EVENT;
}

/* The reply came after all: what lay behind it shows that it had been sent by then. A FIN there is
 * the server's end of a dialogue, not of its patience. */
static void note_held_up(struct dialogue *dialogue, struct attempt *attempt, uint64_t reply_end)
{
	const struct event *left = session_event(dialogue->session, attempt->server_left);

	attempt->held_up = attempt->hole;
	attempt->hole = NO_EVENT;
	if (left && left->kind == EVENT_FIN && (int32_t)(left->offset - (uint32_t)reply_end) >= 0)
		attempt->server_left = NO_EVENT;
}

void evidence_reply(struct dialogue *dialogue, uint32_t id, uint64_t reply_end)
{
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		if (dialogue->open[i].attempt != id)
			continue;
		dialogue->open[i].has_reply = true;
		dialogue->open[i].reply_end = reply_end;
		dialogue->open[i].repeats = 0;
		note_held_up(dialogue, open_attempt(dialogue, i), reply_end);
		forgive_leaving(dialogue, open_attempt(dialogue, i), reply_end);
		tcp_watch(dialogue->connection, SIDE_SERVER, reply_end);
		return;
	}
}

static struct event event_at(enum event_kind kind, const struct fact *fact)
{
	return event_of(kind, fact->side, &fact->mark, fact->offset);
}

/* Appends EVENT, or where there are LIMIT_REPEATS of its kind, moves the newest, at INDEX, on. */
static uint32_t add_repeat(struct dialogue *dialogue, const struct event *event, uint32_t index,
			   uint32_t repeats)
{
	struct event *newest = ledger_edit_event(dialogue->session, index);

	if (repeats < LIMIT_REPEATS || !newest)
		return dialogue_event(dialogue, event);
	*newest = *event;
	return index;
}

static uint16_t clamp_u16(uint32_t n)
{
	return n > UINT16_MAX ? UINT16_MAX : (uint16_t)n;
}

/* A client that acknowledges the reply has not left by a reset that did not: then somebody else sent
 * that one (RFC 9293 3.10.7: a reset connection is gone). */
static void forgive_reset(struct dialogue *dialogue, struct attempt *attempt,
			  bool is_acked_by_reset)
{
	const struct event *left = session_event(dialogue->session, attempt->client_left);

	if (left && left->kind == EVENT_RST && !is_acked_by_reset)
		attempt->client_left = NO_EVENT;
}

/* What acknowledges a position acknowledges all before it, watched or not. */
static void note_acked(struct dialogue *dialogue, const struct fact *fact)
{
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct open_attempt *open = &dialogue->open[i];
		struct attempt *attempt = open_attempt(dialogue, i);
		bool is_eod = fact->side == SIDE_CLIENT && open->eod_offset &&
			      open->eod_offset <= fact->offset && attempt->eod_acked == NO_EVENT;
		bool is_reply = fact->side == SIDE_SERVER && open->has_reply &&
				open->reply_end <= fact->offset;
		if (!is_eod && !is_reply)
			continue;
		struct event event = event_of(is_eod ? EVENT_EOD_ACKED : EVENT_REPLY_ACKED,
					      side_other(fact->side), &fact->mark,
					      is_eod ? open->eod_offset : open->reply_end);
		uint32_t index = dialogue_event(dialogue, &event);
		if (is_eod)
			attempt->eod_acked = index;
		else
			attempt->reply_acked = index;
		if (is_reply)
			forgive_reset(dialogue, attempt, fact->is_reset);
		touch(dialogue, attempt);
		if (is_reply)
			remove_open(dialogue, i--);
	}
}

static void note_resent(struct dialogue *dialogue, const struct fact *fact)
{
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct open_attempt *open = &dialogue->open[i];
		struct attempt *attempt = open_attempt(dialogue, i);
		bool is_eod = fact->side == SIDE_CLIENT && open->eod_offset == fact->offset;
		bool is_reply = fact->side == SIDE_SERVER && open->has_reply &&
				open->reply_end == fact->offset;
		if (!is_eod && !is_reply)
			continue;
		uint32_t *newest = is_eod ? &attempt->eod_resent : &attempt->reply_resent;
		uint32_t *sends = is_eod ? &attempt->eod_sends : &attempt->reply_sends;
		struct event event = event_at(is_eod ? EVENT_EOD_RESENT : EVENT_REPLY_RESENT, fact);
		event.value = clamp_u16(*sends);
		++*sends;
		*newest = add_repeat(dialogue, &event, *newest, open->repeats++);
		touch(dialogue, attempt);
	}
}

/* One more event of those that COUNT counts, of which there is a bounded number. */
static uint32_t add_bounded(struct dialogue *dialogue, const struct event *event, uint8_t *count)
{
	if (*count >= LIMIT_REPEATS)
		return NO_EVENT;
	++*count;
	return dialogue_event(dialogue, event);
}

/* SIDE has left: for every attempt that awaits an answer, and for the one that was being sent. */
static void note_leaving(struct dialogue *dialogue, enum side side, uint32_t event)
{
	for (uint8_t i = 0; i <= dialogue->open_count; i++) {
		struct attempt *attempt = i < dialogue->open_count ? open_attempt(dialogue, i)
								   : dialogue_attempt(dialogue);
		if (!attempt)
			continue;
		uint32_t *left = side == SIDE_CLIENT ? &attempt->client_left : &attempt->server_left;
		if (*left == NO_EVENT)
			*left = event;
		settle_half_close(dialogue, attempt);
		touch(dialogue, attempt);
	}
}

/* The server's leaving, which answers the client's FIN. Where that was no goodbye it stands for the
 * reply that was still due. */
static void note_following(struct dialogue *dialogue, uint32_t event)
{
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt = open_attempt(dialogue, i);
		if (attempt->half_closed == NO_EVENT || dialogue->open[i].has_reply ||
		    attempt->server_left != NO_EVENT)
			continue;
		attempt->server_left = event;
		touch(dialogue, attempt);
	}
}

static void note_fin_again(struct dialogue *dialogue, const struct fact *fact)
{
	struct event event = event_at(EVENT_FIN_RESENT, fact);

	event.value = clamp_u16(++dialogue->fin_resent);
	uint32_t index = add_bounded(dialogue, &event, &dialogue->repeats);
	for (uint8_t i = 0; i < dialogue->open_count && fact->side == SIDE_CLIENT; i++) {
		struct attempt *attempt = open_attempt(dialogue, i);
		struct event *newest =
			ledger_edit_event(dialogue->session, attempt->client_fin_resent);
		if (index != NO_EVENT)
			attempt->client_fin_resent = index;
		else if (newest)
			*newest = event;
		touch(dialogue, attempt);
	}
}

static void note_closed_by(struct dialogue *dialogue, const struct fact *fact)
{
	bool is_client = fact->side == SIDE_CLIENT, is_fin = fact->kind == FACT_FIN;

	if (dialogue->session->closed_by != CLOSED_OPEN)
		return;
	if (is_client)
		dialogue->session->closed_by = is_fin ? CLOSED_CLIENT : CLOSED_CLIENT_RESET;
	else
		dialogue->session->closed_by = is_fin ? CLOSED_SERVER : CLOSED_SERVER_RESET;
}

/* Where the client's stream ends. A RST may count a FIN before it, seen or not, as a byte; and what
 * lies too far off is none of its numbers. */
static void note_stream_end(struct dialogue *dialogue, const struct fact *fact)
{
	uint64_t end = fact->offset;

	if (fact->kind == FACT_RST && end)
		end--;
	if (end > dialogue->client_ended_at && end < dialogue->client_end + LARGEST_WINDOW)
		dialogue->client_ended_at = end;
}

static void note_left(struct dialogue *dialogue, const struct fact *fact)
{
	struct event event = event_at(fact->kind == FACT_FIN ? EVENT_FIN : EVENT_RST, fact);

	if (fact->is_again) {
		note_fin_again(dialogue, fact);
		return;
	}
	tls_end_run(dialogue);
	note_closed_by(dialogue, fact);
	event.ack = (uint32_t)fact->ack;
	if (fact->is_foreign)
		event.bits |= EVENT_FOREIGN;
	uint32_t index = add_bounded(dialogue, &event, &dialogue->closings);
	if (index == NO_EVENT)
		return;
	if (dialogue->first_closing == NO_EVENT)
		dialogue->first_closing = index;
	if (fact->side == SIDE_CLIENT) {
		note_stream_end(dialogue, fact);
		if (fact->kind == FACT_FIN) {
			dialogue->has_client_fin = true;
			dialogue->client_fin_at = fact->offset;
		}
		note_leaving(dialogue, SIDE_CLIENT, index);
	} else if (!dialogue->has_client_fin || fact->ack <= dialogue->client_fin_at) {
		note_leaving(dialogue, SIDE_SERVER, index);
	} else {
		note_following(dialogue, index);
	}
}

void evidence_babble(struct dialogue *dialogue, uint32_t index)
{
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt = open_attempt(dialogue, i);
		if (dialogue->open[i].has_reply)
			continue;
		if (attempt->reply_part == NO_EVENT)
			attempt->reply_part = index;
		touch(dialogue, attempt);
		return;
	}
}

/* Until this segment the server had sent nothing. */
static void note_silent(struct dialogue *dialogue, struct attempt *attempt,
			const struct fact *fact, uint32_t *shared)
{
	const struct session *session = dialogue->session;
	const struct event *acked = session_event(session, attempt->eod_acked);
	struct event *newest = ledger_edit_event(dialogue->session, attempt->silent);
	bool has_left = attempt->client_left != NO_EVENT;

	/* Before it has the whole message, and in the very ACK of it, silence says nothing. */
	if (has_left ? attempt->silent_after != NO_EVENT
		     : !acked || acked->frame == fact->mark.frame)
		return;
	if (*shared == NO_EVENT) {
		struct event event = event_at(EVENT_SILENT, fact);
		if (!has_left && newest && attempt->silent + 1 == session->event_count) {
			*newest = event;
			*shared = attempt->silent;
		} else {
			*shared = add_bounded(dialogue, &event,
					      has_left ? &dialogue->closings : &dialogue->repeats);
		}
	}
	if (*shared == NO_EVENT)
		return;
	if (has_left)
		attempt->silent_after = *shared;
	else
		attempt->silent = *shared;
	touch(dialogue, attempt);
}

/* A part of a reply is no silence; but the client that left then had got all there was. */
static void note_silent_part(struct dialogue *dialogue, const struct fact *fact)
{
	struct event event = event_at(EVENT_SILENT, fact);

	if (dialogue->silent_part == NO_EVENT &&
	    open_attempt(dialogue, dialogue->open_count - 1)->client_left != NO_EVENT)
		dialogue->silent_part = add_bounded(dialogue, &event, &dialogue->closings);
}

static void note_standing(struct dialogue *dialogue, const struct fact *fact)
{
	uint32_t shared = NO_EVENT;

	if (fact->kind == FACT_AT_NEXT && dialogue->open_count &&
	    (dialogue->is_in_reply || line_rest(&dialogue->server_line).n)) {
		note_silent_part(dialogue, fact);
		return;
	}
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt = open_attempt(dialogue, i);
		if (dialogue->open[i].has_reply)
			continue;
		if (fact->kind == FACT_AT_NEXT) {
			note_silent(dialogue, attempt, fact, &shared);
		} else if (attempt->hole == NO_EVENT) {
			struct event event = event_at(EVENT_HOLE, fact);
			event.length = fact->length > UINT32_MAX ? UINT32_MAX
								 : (uint32_t)fact->length;
			attempt->hole = shared = shared == NO_EVENT ? dialogue_event(dialogue, &event)
								    : shared;
			touch(dialogue, attempt);
		}
	}
}

static void note_handshake(struct dialogue *dialogue, const struct fact *fact)
{
	struct session *session = dialogue->session;
	struct event event = event_at(fact->kind == FACT_SYN ? EVENT_SYN : EVENT_OPEN, fact);

	add_bounded(dialogue, &event, &dialogue->repeats);
	if (fact->kind == FACT_OPEN)
		session->open_ns = fact->mark.time_ns;
	else if (fact->side == SIDE_SERVER && session->syn_ack_ns == NO_TIME)
		session->syn_ack_ns = fact->mark.time_ns;
	else if (fact->side == SIDE_CLIENT && session->syn_ns == NO_TIME)
		session->syn_ns = fact->mark.time_ns;
	/* A SYN that came again measures a loss and no round trip. */
	if (fact->is_again)
		session->syn_ns = session->syn_ack_ns = NO_TIME;
}

/* What a router says, or two copies that differ: one event each, of a bounded number. */
static void note_strange(struct dialogue *dialogue, const struct fact *fact)
{
	char router[ENDPOINT_TEXT];
	struct event event = event_at(fact->kind == FACT_CONFLICT  ? EVENT_CONFLICT
				      : fact->kind == FACT_TOO_BIG ? EVENT_TOO_BIG
								   : EVENT_UNREACHABLE,
				      fact);

	if (fact->kind == FACT_CONFLICT) {
		event.length = (uint32_t)fact->length;
	} else {
		event.value = clamp_u16((uint32_t)fact->length);
		event.text = ledger_keep(dialogue->all->ledger,
					 span_of(endpoint_format_address(&fact->router, router)));
	}
	add_bounded(dialogue, &event, &dialogue->strange);
}

void evidence_fact(struct dialogue *dialogue, const struct fact *fact)
{
	struct event event;

	if (fact->mark.time_ns > dialogue->session->end_ns)
		dialogue->session->end_ns = fact->mark.time_ns;
	switch (fact->kind) {
	case FACT_SYN:
	case FACT_OPEN:
		note_handshake(dialogue, fact);
		break;
	case FACT_ACKED:
		note_acked(dialogue, fact);
		break;
	case FACT_RESENT:
		note_resent(dialogue, fact);
		break;
	case FACT_FIN:
	case FACT_RST:
		note_left(dialogue, fact);
		break;
	case FACT_AT_NEXT:
	case FACT_HOLE:
		note_standing(dialogue, fact);
		break;
	case FACT_WINDOW_SHUT:
	case FACT_WINDOW_OPEN:
		event = event_at(fact->kind == FACT_WINDOW_SHUT ? EVENT_WINDOW_SHUT
								: EVENT_WINDOW_OPEN,
				 fact);
		add_bounded(dialogue, &event, &dialogue->repeats);
		break;
	case FACT_CONFLICT:
	case FACT_TOO_BIG:
	case FACT_UNREACHABLE:
		note_strange(dialogue, fact);
		break;
	}
}

void evidence_moved_on(struct dialogue *dialogue, uint32_t index, const struct mark *mark)
{
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt = open_attempt(dialogue, i);
		const struct event *eod = session_event(dialogue->session, attempt->eod);
		if (dialogue->open[i].has_reply || attempt->client_left != NO_EVENT || !eod ||
		    mark->time_ns - eod->time_ns <= PIPELINED_NS)
			continue;
		attempt->client_left = index;
		touch(dialogue, attempt);
	}
}
