/* SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"

#include "dialogue.h"
#include "smtp/ledger_write.h"

#include <stdlib.h>

#define SERVER EVENT_FROM_SERVER
#define MESSAGE_BYTES 27212
#define CLIENT_PORT 40001

void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture){.ledger = ledger_new(1), .is_over = true};
	if (!fixture->ledger)
		abort();
	fixture->delivery.tries = fixture->tries;
	fixture->delivery.hop_of = NO_DELIVERY;
	fixture->delivery.message_id = ledger_keep(fixture->ledger, span_of("8F2A.1@msn.example"));
	fixture->delivery.subject = ledger_keep(fixture->ledger, span_of("quarterly figures"));
	fixture->delivery.sender = ledger_keep(fixture->ledger, span_of("alice@msn.example"));
	fixture->delivery.recipient = ledger_keep(fixture->ledger, span_of("bob@example.net"));
	fixture->delivery.first_ns = fixture_time(0);
}

void fixture_free(struct fixture *fixture)
{
	ledger_free(fixture->ledger);
}

int64_t fixture_time(double seconds)
{
	return FIXTURE_START_S * NS_PER_SECOND + (int64_t)(seconds * 1e6 + 0.5) * 1000;
}

uint32_t fixture_event(struct fixture *fixture, double at, enum event_kind kind, uint8_t bits,
		       uint16_t value, const char *text)
{
	struct event event = {
		.time_ns = fixture_time(at),
		.frame = ++fixture->frame,
		.value = value,
		.kind = (uint8_t)kind,
		.bits = bits,
	};

	if (text)
		event.text = ledger_keep(fixture->ledger, span_of(text));
	return ledger_add_event(fixture->ledger, fixture->session, &event);
}

static struct endpoint endpoint_of(uint8_t last_byte, uint16_t port)
{
	return (struct endpoint){
		.address = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = last_byte},
		.port = port,
	};
}

static void begin_session(struct fixture *fixture, double at)
{
	struct session *session = ledger_add_session(fixture->ledger);

	if (!session)
		abort();
	fixture->session = session;
	session->client = endpoint_of(1, (uint16_t)(CLIENT_PORT + fixture->delivery.try_count));
	session->server = endpoint_of(10, 25);
	session->start_ns = session->syn_ns = fixture_time(at);
	session->syn_ack_ns = fixture_time(at + 0.02);
	session->open_ns = fixture_time(at + 0.02);
	session->client_name = ledger_keep(fixture->ledger, span_of("out.msn.example"));
	session->server_name = ledger_keep(fixture->ledger, span_of("mx.example.net"));
	fixture_event(fixture, at, EVENT_SYN, 0, 0, NULL);
	fixture_event(fixture, at + 0.02, EVENT_OPEN, 0, 0, NULL);
	fixture_event(fixture, at + 0.03, EVENT_REPLY, SERVER, 220, "220 mx.example.net ESMTP");
	fixture_event(fixture, at + 0.04, EVENT_COMMAND, 0, VERB_EHLO, "EHLO out.msn.example");
	fixture_event(fixture, at + 0.06, EVENT_REPLY, SERVER, 250, "250 mx.example.net");
}

void fixture_envelope(struct fixture *fixture, double at, uint16_t rcpt_code)
{
	const char *reply = rcpt_code == 250 ? "250 2.1.5 Ok" : "450 4.2.0 Greylisted";

	begin_session(fixture, at);
	struct attempt *attempt = ledger_add_attempt(fixture->ledger, fixture->session);
	struct recipient *recipient = ledger_add_recipient(fixture->ledger, attempt);
	if (!attempt || !recipient)
		abort();
	fixture->attempt = attempt;
	attempt->sender = fixture->delivery.sender;
	attempt->mail = fixture_event(fixture, at + 0.07, EVENT_COMMAND, 0, VERB_MAIL,
				      "MAIL FROM:<alice@msn.example>");
	fixture_event(fixture, at + 0.08, EVENT_REPLY, SERVER, 250, "250 2.1.0 Ok");
	fixture_event(fixture, at + 0.09, EVENT_COMMAND, 0, VERB_RCPT, "RCPT TO:<bob@example.net>");
	*recipient = (struct recipient){
		.address = fixture->delivery.recipient,
		.rcpt_code = rcpt_code,
		.final_reply = NO_EVENT,
	};
	recipient->rcpt_reply =
		fixture_event(fixture, at + 0.1, EVENT_REPLY, SERVER, rcpt_code, reply);
	if (rcpt_code >= 400) {
		attempt->refusal = recipient->rcpt_reply;
		attempt->phase = PHASE_ANSWERED;
	}
	uint32_t count = fixture->delivery.try_count++;
	fixture->tries[count] = (struct try){
		.twin = NO_ATTEMPT,
		.attempt = attempt->id,
		.relation = count ? RELATION_RESEND : RELATION_FIRST,
		.verdict = {.reply = NO_EVENT, .left = NO_EVENT, .proof = NO_EVENT,
			    .far_proof = NO_EVENT},
	};
}

void fixture_message(struct fixture *fixture, double at)
{
	struct attempt *attempt = fixture->attempt;

	attempt->data = fixture_event(fixture, at, EVENT_COMMAND, 0, VERB_DATA, "DATA");
	fixture_event(fixture, at + 0.02, EVENT_REPLY, SERVER, 354, "354 End data with .");
	attempt->message = fixture_event(fixture, at + 0.03, EVENT_MESSAGE, 0, 0, NULL);
	attempt->eod = fixture_event(fixture, at + 0.4, EVENT_EOD, 0, 0, NULL);
	attempt->eod_acked = fixture_event(fixture, at + 0.4002, EVENT_EOD_ACKED, SERVER, 0, NULL);
	attempt->phase = PHASE_WAITING;
	attempt->size = MESSAGE_BYTES;
	attempt->message_id = fixture->delivery.message_id;
	attempt->subject = fixture->delivery.subject;
	attempt->eod_sends = 1;
}

void fixture_attempt(struct fixture *fixture, double at)
{
	fixture_envelope(fixture, at, 250);
	fixture_message(fixture, at + 0.1);
}

void fixture_reply(struct fixture *fixture, double at, uint16_t code, const char *text)
{
	fixture->attempt->reply = fixture_event(fixture, at, EVENT_REPLY, SERVER, code, text);
	fixture->attempt->reply_sends = 1;
	fixture->attempt->phase = PHASE_ANSWERED;
}

void fixture_reply_acked(struct fixture *fixture, double at)
{
	fixture->attempt->reply_acked = fixture_event(fixture, at, EVENT_REPLY_ACKED, 0, 0, NULL);
}

void fixture_client_left(struct fixture *fixture, double at, enum event_kind kind)
{
	fixture->attempt->client_left = fixture_event(fixture, at, kind, 0, 0, NULL);
}

void fixture_server_left(struct fixture *fixture, double at, enum event_kind kind)
{
	fixture->attempt->server_left = fixture_event(fixture, at, kind, SERVER, 0, NULL);
}

void fixture_verdict(struct fixture *fixture, enum outcome outcome, enum cause cause,
		     uint32_t copies_min, uint32_t copies_max)
{
	struct verdict *verdict = &fixture->tries[fixture->delivery.try_count - 1].verdict;
	const struct event *eod = session_event(fixture->session, fixture->attempt->eod);
	const struct event *end = session_event(fixture->session, fixture->attempt->reply);

	verdict->outcome = outcome;
	verdict->cause = cause;
	verdict->copies_min = copies_min;
	verdict->copies_max = copies_max;
	if (outcome == OUTCOME_ACCEPTED || outcome == OUTCOME_REJECTED ||
	    cause == CAUSE_REPLY_LATE || cause == CAUSE_REPLY_LOST)
		verdict->reply = fixture->attempt->reply != NO_EVENT ? fixture->attempt->reply
								     : fixture->attempt->refusal;
	if (verdict->reply != NO_EVENT)
		verdict->reply_code = session_event(fixture->session, verdict->reply)->value;
	verdict->left = fixture->attempt->client_left != NO_EVENT ? fixture->attempt->client_left
								  : fixture->attempt->server_left;
	if (verdict->left != NO_EVENT && outcome != OUTCOME_ACCEPTED)
		end = session_event(fixture->session, verdict->left);
	if (eod && end) {
		verdict->has_waited = true;
		verdict->waited_ns = end->time_ns - eod->time_ns;
		verdict->timer_expired = verdict->waited_ns >= DEFAULT_TIMER_NS / 100 * 99;
	}
	fixture->delivery.copies_min += copies_min;
	fixture->delivery.copies_max += copies_max;
}

void fixture_finish(struct fixture *fixture, enum delivery_state state, enum cause cause,
		    double now)
{
	fixture->delivery.state = state;
	fixture->delivery.cause = cause;
	fixture->delivery.last_ns = fixture->session->end_ns;
	fixture->now_ns = fixture_time(now);
}

static enum vantage ask_fixture(const void *context, const struct session *session)
{
	const struct fixture *fixture = context;

	(void)session;
	return fixture->vantage;
}

struct subject fixture_subject(const struct fixture *fixture)
{
	return (struct subject){
		.ledger = fixture->ledger,
		.delivery = &fixture->delivery,
		.timer_ns = DEFAULT_TIMER_NS,
		.now_ns = fixture->now_ns,
		.is_over = fixture->is_over,
		.vantage = ask_fixture,
		.context = fixture,
	};
}

/* ---- Stories ------------------------------------------------------------------------------- */

static void accept_at(struct fixture *fixture, double at, const char *text)
{
	fixture_reply(fixture, at, 250, text);
	fixture_reply_acked(fixture, at + 0.01);
	fixture_event(fixture, at + 0.02, EVENT_FIN, 0, 0, NULL);
	fixture_verdict(fixture, OUTCOME_ACCEPTED, CAUSE_NONE, 1, 1);
}

void fixture_q154083(struct fixture *fixture)
{
	static const char *const replies[] = {"250 2.0.0 Ok: queued as 4F1C2",
					      "250 2.0.0 Ok: queued as 4F1C9"};

	fixture_init(fixture);
	for (int i = 0; i < 2; i++) {
		double at = 118.5 * i;
		fixture_attempt(fixture, at);
		fixture_client_left(fixture, at + 90.552, EVENT_FIN);
		fixture_reply(fixture, at + 100.5, 250, replies[i]);
		fixture_verdict(fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LATE, 1, 1);
	}
	fixture_attempt(fixture, 237);
	accept_at(fixture, 237.62, "250 2.0.0 Ok: queued as 4F1D0");
	fixture_finish(fixture, STATE_DUPLICATED, CAUSE_REPLY_LATE, 237.7);
}

void fixture_reply_lost(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->vantage = VANTAGE_SERVER;
	fixture_attempt(fixture, 0);
	fixture_reply(fixture, 8.5, 250, "250 2.0.0 Ok: queued as 9A001");
	fixture_event(fixture, 8.7, EVENT_REPLY_RESENT, SERVER, 1, NULL);
	fixture->attempt->reply_resent =
		fixture_event(fixture, 9.1, EVENT_REPLY_RESENT, SERVER, 2, NULL);
	fixture->attempt->reply_sends = 3;
	fixture_client_left(fixture, 90.6, EVENT_RST);
	fixture_verdict(fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_REPLY_LOST, 1, 1);
	fixture_attempt(fixture, 150);
	accept_at(fixture, 150.6, "250 2.0.0 Ok: queued as 9A00F");
	fixture_finish(fixture, STATE_DUPLICATED, CAUSE_REPLY_LOST, 151);
}

void fixture_server_closes(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->vantage = VANTAGE_CLIENT;
	fixture_attempt(fixture, 0);
	fixture_server_left(fixture, 12.5, EVENT_FIN);
	fixture_verdict(fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_SERVER_CLOSED, 0, 1);
	fixture_attempt(fixture, 30);
	accept_at(fixture, 30.6, "250 2.0.0 Ok: queued as B0001");
	fixture_finish(fixture, STATE_MAYBE_DUPLICATED, CAUSE_SERVER_CLOSED, 31);
}

void fixture_still_waiting(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->is_over = false;
	fixture_attempt(fixture, 0);
	fixture_verdict(fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_STILL_WAITING, 0, 1);
	fixture->tries[0].verdict.has_waited = true;
	fixture->tries[0].verdict.waited_ns = 45 * NS_PER_SECOND;
	fixture_finish(fixture, STATE_IN_DOUBT, CAUSE_STILL_WAITING, 45.5);
}

void fixture_greylist(struct fixture *fixture)
{
	fixture_init(fixture);
	for (int i = 0; i < 2; i++) {
		fixture_envelope(fixture, 301.0 * i, 450);
		fixture_verdict(fixture, OUTCOME_REJECTED, CAUSE_NONE, 0, 0);
		fixture->tries[i].certainty = JOIN_POSSIBLE;
		fixture->tries[i].relation = i ? RELATION_RETRY : RELATION_FIRST;
	}
	fixture_attempt(fixture, 602);
	accept_at(fixture, 602.6, "250 2.0.0 Ok: queued as C0001");
	fixture->tries[2].certainty = JOIN_POSSIBLE;
	fixture->tries[2].relation = RELATION_RETRY;
	fixture_finish(fixture, STATE_DELIVERED, CAUSE_NONE, 603);
}

void fixture_fifty(struct fixture *fixture)
{
	fixture_init(fixture);
	for (int i = 0; i < 49; i++) {
		fixture_attempt(fixture, 60.0 * i);
		fixture_client_left(fixture, 60.0 * i + 30.5, EVENT_FIN);
		fixture_verdict(fixture, OUTCOME_UNACKNOWLEDGED, CAUSE_NO_REPLY, 0, 1);
	}
	fixture_attempt(fixture, 60.0 * 49);
	accept_at(fixture, 60.0 * 49 + 0.6, "250 2.0.0 Ok: queued as D0001");
	fixture_finish(fixture, STATE_MAYBE_DUPLICATED, CAUSE_NO_REPLY, 60.0 * 49 + 1);
}
