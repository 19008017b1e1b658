/* SPDX-License-Identifier: MIT */
#include "report/jsonl.h"

#include <inttypes.h>
#include <pcap/pcap.h>

/* ---- Captures ------------------------------------------------------------------------------ */

static void put_skipped(struct json *json, const struct capture_counts *counts)
{
	json_object(json, "skipped");
	for (int i = 0; counts && i < SKIP_REASONS; i++) {
		if (!counts->skipped[i])
			continue;
		json_key(json, skip_reason_name((enum skip_reason)i));
		json_number(json, counts->skipped[i]);
	}
	json_close_object(json);
}

static void put_link(struct json *json, int link)
{
	const char *name = pcap_datalink_val_to_name(link);

	json_key(json, "link");
	if (name)
		json_string(json, name);
	else
		json_number(json, (uint64_t)link);
}

void jsonl_capture(struct json *json, const struct source_input *input, enum vantage vantage,
		   const struct capture_counts *counts)
{
	json_begin(json, "capture");
	json_key(json, "file");
	json_bytes(json, span_of(input->name));
	put_link(json, input->link);
	json_key(json, "vantage");
	json_string(json, vantage_name(vantage));
	json_key(json, "packets");
	json_number(json, input->packets);
	json_key(json, "bytes");
	json_number(json, input->bytes);
	json_key(json, "first");
	json_time(json, input->packets ? input->first_ns : NO_TIME);
	json_key(json, "last");
	json_time(json, input->packets ? input->last_ns : NO_TIME);
	put_skipped(json, counts);
	json_key(json, "gaps");
	json_number(json, counts ? counts->gaps : 0);
	json_key(json, "dropped");
	json_number(json, input->dropped);
	json_end(json);
}

/* ---- Sessions ------------------------------------------------------------------------------ */

static const char *protocol_name(uint8_t protocol)
{
	return protocol == PROTOCOL_LMTP ? "lmtp" : "smtp";
}

static const char *tls_name(uint8_t tls)
{
	static const char *const names[] = {
		[TLS_NONE] = "none",
		[TLS_STARTTLS] = "starttls",
		[TLS_IMPLICIT] = "implicit",
	};

	return names[tls];
}

/* NULL where the end was not seen. */
static const char *closed_by_name(uint8_t closed_by)
{
	static const char *const names[] = {
		[CLOSED_OPEN] = "open",
		[CLOSED_CLIENT] = "client",
		[CLOSED_SERVER] = "server",
		[CLOSED_CLIENT_RESET] = "client-reset",
		[CLOSED_SERVER_RESET] = "server-reset",
		[CLOSED_UNSEEN] = NULL,
		[CLOSED_TURNED] = "turned",
	};

	return names[closed_by];
}

static void put_endpoint(struct json *json, const char *key, const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT];

	json_key(json, key);
	json_string(json, endpoint_format(endpoint, text));
}

void jsonl_session(struct json *json, const struct session *session,
		   const struct longest_waits *waits)
{
	json_begin(json, "session");
	json_key(json, "id");
	json_number(json, session->number);
	put_endpoint(json, "client", &session->client);
	put_endpoint(json, "server", &session->server);
	json_key(json, "client_name");
	json_text(json, session->client_name);
	json_key(json, "server_name");
	json_text(json, session->server_name);
	json_key(json, "start");
	json_time(json, session->start_ns);
	json_key(json, "end");
	json_time(json, session->end_ns);
	json_key(json, "protocol");
	json_string(json, protocol_name(session->protocol));
	json_key(json, "tls");
	json_string(json, tls_name(session->tls));
	json_key(json, "transactions");
	json_number(json, session->transactions);
	json_key(json, "closed_by");
	json_string(json, closed_by_name(session->closed_by));
	json_key(json, "gap_bytes");
	json_number(json, session->gap_bytes);
	json_key(json, "retransmitted_segments");
	json_number(json, session->retransmitted);
	if (waits)
		jsonl_put_waits(json, waits, WAIT_CONNECT, WAIT_HELLO);
	json_end(json);
}

/* ---- Attempts ------------------------------------------------------------------------------ */

static void put_code(struct json *json, uint16_t code)
{
	json_key(json, "reply_code");
	if (code)
		json_number(json, code);
	else
		json_null(json);
}

/* An envelope that was seen may name nobody: MAIL FROM:<>. One that was not is unknown. */
static void put_sender(struct json *json, text_id sender, bool was_seen)
{
	json_key(json, "sender");
	if (sender || !was_seen)
		json_text(json, sender);
	else
		json_bytes(json, span_of(""));
}

/* Digests have no key: those of other machines can be compared with them. */
static void put_digest(struct json *json, const char *key, const struct attempt *attempt,
		       const struct digest *digest)
{
	char hex[40];

	snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, digest->high, digest->low);
	json_key(json, key);
	json_string(json, attempt->has_digest ? hex : NULL);
}

static void put_recipients(struct json *json, const struct attempt *attempt,
			   const struct verdict *verdicts)
{
	json_array(json, "recipients");
	for (uint32_t i = 0; i < attempt->recipient_count; i++) {
		const struct recipient *recipient = ledger_recipient(json->ledger, attempt, i);
		yajl_gen_map_open(json->gen);
		json_key(json, "address");
		json_text(json, recipient->address);
		json_key(json, "outcome");
		json_string(json, outcome_name(verdicts[i].outcome));
		json_key(json, "cause");
		json_string(json, cause_name(verdicts[i].cause));
		put_code(json, verdicts[i].reply_code);
		json_key(json, "copies_min");
		json_number(json, verdicts[i].copies_min);
		json_key(json, "copies_max");
		json_number(json, verdicts[i].copies_max);
		json_close_object(json);
	}
	json_close_array(json);
}

/* The outcome, or cause, that all recipients share; "mixed" where they do not. */
static const char *common_outcome(const struct attempt *attempt, const struct verdict *verdicts)
{
	for (uint32_t i = 1; i < attempt->recipient_count; i++)
		if (verdicts[i].outcome != verdicts[0].outcome)
			return "mixed";
	return outcome_name(verdicts[0].outcome);
}

static const char *common_cause(const struct attempt *attempt, const struct verdict *verdicts)
{
	for (uint32_t i = 1; i < attempt->recipient_count; i++)
		if (verdicts[i].cause != verdicts[0].cause)
			return "mixed";
	return cause_name(verdicts[0].cause);
}

/* The reply to the end of data, or else the refusal that there was none for. */
static const struct event *reply_of(const struct json *json, const struct attempt *attempt)
{
	const struct event *reply = attempt_event(json->ledger, attempt, attempt->reply);

	return reply ? reply : attempt_event(json->ledger, attempt, attempt->refusal);
}

static void put_time_of(struct json *json, const char *key, const struct event *event)
{
	json_key(json, key);
	json_time(json, event ? event->time_ns : NO_TIME);
}

static void put_frame_of(struct json *json, const char *key, const struct attempt *attempt,
			 const struct event *event)
{
	json_key(json, key);
	json_frame(json, attempt_session(json->ledger, attempt)->file, event ? event->frame : 0);
}

static void put_frames(struct json *json, const struct attempt *attempt,
		       const struct verdict *verdict)
{
	const struct ledger *ledger = json->ledger;

	json_object(json, "frames");
	put_frame_of(json, "data", attempt, attempt_event(ledger, attempt, attempt->data));
	put_frame_of(json, "eod", attempt, attempt_event(ledger, attempt, attempt->eod));
	put_frame_of(json, "eod_acked", attempt,
		     attempt_event(ledger, attempt, attempt->eod_acked));
	put_frame_of(json, "reply", attempt, reply_of(json, attempt));
	put_frame_of(json, "left", attempt, attempt_event(ledger, attempt, verdict->left));
	json_close_object(json);
}

static void put_answer(struct json *json, const struct attempt *attempt,
		       const struct verdict *verdict)
{
	const struct event *reply = reply_of(json, attempt);

	put_time_of(json, "eod", attempt_event(json->ledger, attempt, attempt->eod));
	put_time_of(json, "reply_time", reply);
	put_code(json, reply ? reply->value : 0);
	json_key(json, "reply_text");
	json_text(json, reply ? reply->text : 0);
	json_key(json, "waited");
	if (verdict->has_waited)
		json_duration(json, verdict->waited_ns);
	else
		json_null(json);
	json_key(json, "timer_expired");
	json_bool(json, verdict->timer_expired);
}

/* Where an attempt begins in its client's stream, which is the same at every tap. */
static uint32_t attempt_position(const struct json *json, const struct attempt *attempt)
{
	const uint32_t first[] = {attempt->mail, attempt->data, attempt->message, attempt->eod};

	for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
		const struct event *event = attempt_event(json->ledger, attempt, first[i]);
		if (event)
			return event->offset;
	}
	return 0;
}

/* What a connection is known by on both of its ends, and on both sides of a NAT: its initial
 * sequence numbers. */
static void put_connection(struct json *json, const struct session *session)
{
	char hex[20];

	snprintf(hex, sizeof hex, "%08" PRIx32 "%08" PRIx32, session->isn_client,
		 session->isn_server);
	json_key(json, "connection");
	json_string(json, session->has_isn ? hex : NULL);
}

/* Of all its recipients together. */
static void put_copies(struct json *json, const struct attempt *attempt,
		       const struct verdict *verdicts)
{
	uint64_t min = verdicts[0].copies_min, max = verdicts[0].copies_max;

	for (uint32_t i = 1; i < attempt->recipient_count; i++) {
		min += verdicts[i].copies_min;
		max += verdicts[i].copies_max;
	}
	json_key(json, "copies_min");
	json_number(json, min);
	json_key(json, "copies_max");
	json_number(json, max);
}

/* What it takes beside the fields above to join attempts that were seen on several machines. */
static void put_join_fields(struct json *json, const struct attempt *attempt,
			    const struct verdict *verdicts)
{
	const struct session *session = attempt_session(json->ledger, attempt);

	put_digest(json, "body_digest", attempt, &attempt->body_digest);
	json_key(json, "transid");
	json_text(json, attempt->transid);
	json_key(json, "date");
	json_text(json, attempt->date);
	json_key(json, "received");
	json_number(json, attempt->received_fields);
	json_key(json, "declared_size");
	if (attempt->declared_size)
		json_number(json, attempt->declared_size);
	else
		json_null(json);
	json_key(json, "is_encrypted");
	json_bool(json, attempt->is_encrypted);
	json_key(json, "file");
	json_number(json, session->file);
	put_endpoint(json, "client", &session->client);
	put_endpoint(json, "server", &session->server);
	put_connection(json, session);
	json_key(json, "position");
	json_number(json, attempt_position(json, attempt));
	json_key(json, "start");
	json_time(json, attempt_start(json->ledger, attempt));
	put_time_of(json, "left", attempt_event(json->ledger, attempt, attempt->client_left));
	put_copies(json, attempt, verdicts);
}

void jsonl_attempt(struct json *json, const struct attempt *attempt,
		   const struct verdict *verdicts, const struct longest_waits *waits)
{
	json_begin(json, "attempt");
	json_key(json, "id");
	json_number(json, attempt->number);
	json_key(json, "session");
	json_number(json, attempt_session(json->ledger, attempt)->number);
	json_key(json, "message_id");
	json_text(json, attempt->message_id);
	put_digest(json, "digest", attempt, &attempt->digest);
	json_key(json, "subject");
	json_text(json, attempt->subject);
	put_sender(json, attempt->sender, attempt->mail != NO_EVENT);
	put_recipients(json, attempt, verdicts);
	json_key(json, "size");
	json_number(json, attempt->size);
	json_key(json, "outcome");
	json_string(json, common_outcome(attempt, verdicts));
	json_key(json, "cause");
	json_string(json, common_cause(attempt, verdicts));
	put_answer(json, attempt, &verdicts[attempt_lead(json->ledger, attempt)]);
	put_frames(json, attempt, &verdicts[attempt_lead(json->ledger, attempt)]);
	put_join_fields(json, attempt, verdicts);
	if (waits)
		jsonl_put_waits(json, waits, WAIT_MAIL, WAIT_BLOCK);
	json_end(json);
}

/* ---- Deliveries ---------------------------------------------------------------------------- */

static void put_span(struct json *json, const char *key, int64_t from_ns, int64_t to_ns)
{
	json_key(json, key);
	if (from_ns != NO_TIME && to_ns != NO_TIME)
		json_duration(json, to_ns > from_ns ? to_ns - from_ns : 0);
	else
		json_null(json);
}

void jsonl_let_go(struct json *json, const struct let_go *let_go)
{
	json_begin(json, "let_go");
	json_key(json, "sessions");
	json_number(json, let_go->sessions);
	json_key(json, "deliveries");
	json_number(json, let_go->deliveries);
	json_key(json, "troubled");
	json_number(json, let_go->troubled);
	json_object(json, "states");
	for (int state = 0; state < STATES; state++) {
		json_key(json, state_name((enum delivery_state)state));
		json_number(json, let_go->in_state[state]);
	}
	json_close_object(json);
	json_end(json);
}

void jsonl_twin(struct json *json, const struct views *views)
{
	const struct attempt *far = views->far;

	json_begin(json, "twin");
	json_key(json, "attempt");
	json_number(json, views->near->number);
	json_key(json, "twin");
	json_number(json, far->number);
	json_key(json, "clock_ahead");
	if (views->is_aligned)
		json_duration(json, views->offset_ns);
	else
		json_null(json);
	json_key(json, "clock_error");
	if (views->is_aligned)
		json_duration(json, views->error_ns);
	else
		json_null(json);
	put_span(json, "way_up", views->eod_near_ns, views->eod_far_ns);
	put_span(json, "server", views->eod_far_ns, views->reply_far_ns);
	put_span(json, "way_back", views->reply_far_ns, views->reply_near_ns);
	json_object(json, "frames");
	put_frame_of(json, "eod", far, attempt_event(json->ledger, far, far->eod));
	put_frame_of(json, "reply", far, attempt_event(json->ledger, far, far->reply));
	json_close_object(json);
	json_end(json);
}

static void put_tries(struct json *json, const struct delivery *delivery)
{
	json_array(json, "attempts");
	for (uint32_t i = 0; i < delivery->try_count; i++)
		json_number(json,
			    ledger_attempt(json->ledger, delivery->tries[i].attempt)->number);
	json_close_array(json);
	json_array(json, "joined");
	for (uint32_t i = 1; i < delivery->try_count; i++)
		json_string(json, certainty_name(delivery->tries[i].certainty));
	json_close_array(json);
	json_array(json, "relations");
	for (uint32_t i = 1; i < delivery->try_count; i++)
		json_string(json, relation_name(delivery->tries[i].relation));
	json_close_array(json);
}

static bool was_envelope_seen(const struct json *json, const struct delivery *delivery)
{
	for (uint32_t i = 0; i < delivery->try_count; i++)
		if (ledger_attempt(json->ledger, delivery->tries[i].attempt)->mail != NO_EVENT)
			return true;
	return false;
}

void jsonl_delivery(struct json *json, const struct delivery *delivery, uint32_t recipients)
{
	json_begin(json, "delivery");
	json_key(json, "id");
	json_number(json, delivery->number);
	json_key(json, "revision");
	json_number(json, delivery->revision);
	json_key(json, "message_id");
	json_text(json, delivery->message_id);
	json_key(json, "subject");
	json_text(json, delivery->subject);
	put_sender(json, delivery->sender, was_envelope_seen(json, delivery));
	json_key(json, "recipient");
	json_text(json, delivery->recipient);
	put_tries(json, delivery);
	json_key(json, "state");
	json_string(json, state_name(delivery->state));
	json_key(json, "copies_min");
	json_number(json, delivery->copies_min);
	json_key(json, "copies_max");
	json_number(json, delivery->copies_max);
	json_key(json, "cause");
	json_string(json, cause_name(delivery->cause));
	json_key(json, "first");
	json_time(json, delivery->first_ns);
	json_key(json, "last");
	json_time(json, delivery->last_ns);
	json_key(json, "hop_of");
	if (delivery->hop_of != NO_DELIVERY)
		json_number(json, delivery->hop_number);
	else
		json_null(json);
	json_key(json, "recipients");
	json_number(json, recipients);
	json_end(json);
}
