/* SPDX-License-Identifier: MIT */
#include "smtp/tls.h"

#include "smtp/dialogue_state.h"

enum record_type { RECORD_ALERT = 21, RECORD_DATA = 23 };

/* A run of fewer bytes holds commands: a message has some header lines. */
#define LEAST_MESSAGE 600

/* In a run of so many bytes more than a hundred RCPTs would have to be pipelined. */
#define SURE_MESSAGE 4096

/* "354 go ahead" and its line end are 14 bytes, "334 " and its line end 6. */
#define LEAST_GO_AHEAD 10

/* How much longer than its answer a message is. Of the answers to RCPT the shortest, "250 ok" or
 * "250 2.1.5 Ok", are a quarter to a half as long as the command. */
#define LEAST_RATIO 4

/* The same of a run that follows EHLO at once, as Exim's do with MAIL, RCPT and the only chunk in one:
 * RCPTs with all their parameters are some fifteen times as long as their answers. */
#define LEAST_RATIO_AT_ONCE 24

/* The answers to MAIL, RCPT and the chunk that are sent so: "250 OK", "250 Accepted", "250 OK id=...";
 * those to the first two alone are shorter. */
#define LEAST_ANSWER_AT_ONCE 48

/* What encryption adds to a record (RFC 8446 5.2; TLS 1.2 adds 16 or 24 bytes). */
#define SEAL_BYTES 17

/* A pause that parts a message from what follows it (RFC 2920 3.1). */
#define PAUSE_NS (2 * NS_PER_SECOND)

/* About as many bytes as were said in RUN. */
static uint64_t plain_size(const struct run *run)
{
	uint64_t seals = (uint64_t)run->records * SEAL_BYTES;

	return run->size > seals ? run->size - seals : 0;
}

static void add_record(struct run *run, uint32_t size, uint64_t end, const struct mark *mark)
{
	if (run->records == 0) {
		run->first = *mark;
		run->first_end = end;
	}
	run->size += size;
	run->records++;
	run->last = *mark;
	run->end = end;
}

/* A client's Finished alone, with SHA-256 or SHA-384, ends the handshake of TLS 1.3. */
static bool is_finished(const struct run *run)
{
	return run->records == 1 && (run->size == 4 + 32 + SEAL_BYTES ||
				     run->size == 4 + 48 + SEAL_BYTES);
}

/* Whether the run holds MAIL and RCPT too, if it is a message. */
static bool is_at_once(const struct tls *tls)
{
	return tls->runs < 2;
}

/* Whether the client's run may be a message, going by what lies before it and its size. */
static bool may_be_message(const struct tls *tls)
{
	return tls->runs >= 1 && plain_size(&tls->answer_before) >= LEAST_GO_AHEAD &&
	       tls->run.size >= LEAST_MESSAGE;
}

static uint32_t clamp_u32(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* The run has become long enough for a message, or longer. */
static void note_upload(struct dialogue *dialogue)
{
	struct tls *tls = &dialogue->tls;
	struct attempt *attempt = tls->attempt ? ledger_edit_attempt(dialogue->all->ledger,
								     tls->attempt - 1)
					       : transaction_begin(dialogue);

	dialogue->attempt = NO_ATTEMPT;
	if (!attempt)
		return;
	tls->attempt = attempt->id + 1;
	attempt->is_encrypted = attempt->has_begun = true;
	attempt->phase = PHASE_MESSAGE;
	attempt->size = tls->run.size;
	ledger_touch(dialogue->all->ledger, attempt);
}

/* The reply to the message of the attempt ID, a record that ends at END. */
static void note_reply(struct dialogue *dialogue, uint32_t id, uint64_t end,
		       const struct mark *mark)
{
	struct due due = {.kind = DUE_EOD, .attempt = id, .recipient = NO_RECIPIENT};
	struct event event = event_of(EVENT_REPLY, SIDE_SERVER, mark, end);

	answers_take(dialogue, &due, dialogue_event(dialogue, &event), 0, end);
}

/* Whether the run, which is a message, has the answer to its end too. */
static bool is_answered(const struct tls *tls)
{
	if (!is_at_once(tls))
		return tls->answer.records > 0;
	return plain_size(&tls->answer) >= LEAST_ANSWER_AT_ONCE ||
	       (tls->answer.records > 1 &&
		tls->answer.last.time_ns - tls->run.last.time_ns > PAUSE_NS);
}

/* The run was ATTEMPT's message. */
static void settle_message(struct dialogue *dialogue, struct attempt *attempt)
{
	const struct run *run = &dialogue->tls.run, *answer = &dialogue->tls.answer;
	struct event event = event_of(EVENT_MESSAGE, SIDE_CLIENT, &run->first, run->end);

	event.length = clamp_u32(run->size);
	attempt->message = dialogue_event(dialogue, &event);
	event = event_of(EVENT_EOD, SIDE_CLIENT, &run->last, run->end);
	event.length = clamp_u32(run->size);
	attempt->eod = dialogue_event(dialogue, &event);
	attempt->eod_sends = 1;
	attempt->is_over = true;
	attempt->phase = PHASE_WAITING;
	ledger_touch(dialogue->all->ledger, attempt);
	evidence_open(dialogue, attempt, run->end);
	if (!is_answered(&dialogue->tls))
		dialogue->tls.unanswered = attempt->id + 1;
	else if (is_at_once(&dialogue->tls))
		note_reply(dialogue, attempt->id, answer->end, &answer->last);
	else
		note_reply(dialogue, attempt->id, answer->first_end, &answer->first);
}

/* The run was commands: what was taken for an attempt is none. */
static void settle_commands(struct dialogue *dialogue, struct attempt *attempt)
{
	attempt->has_begun = false;
	attempt->is_over = true;
	attempt->phase = PHASE_ABANDONED;
	dialogue->session->transactions--;
	ledger_touch(dialogue->all->ledger, attempt);
}

/* As tls_end_run(); GOES_ON: because the client does. */
static void end_run(struct dialogue *dialogue, bool goes_on)
{
	struct tls *tls = &dialogue->tls;
	struct attempt *attempt =
		tls->attempt ? ledger_edit_attempt(dialogue->all->ledger, tls->attempt - 1) : NULL;

	if (tls->is_settled || !attempt)
		return;
	tls->is_settled = true;
	tls->attempt = 0;
	uint64_t ratio = is_at_once(tls) ? LEAST_RATIO_AT_ONCE : LEAST_RATIO;
	/* A long AUTH is answered once, and the client goes on. */
	bool is_unclear =
		is_at_once(tls) && (goes_on ? !is_answered(tls) : !tls->answer.records);
	if (is_unclear || plain_size(&tls->answer) * ratio >= plain_size(&tls->run)) {
		settle_commands(dialogue, attempt);
		return;
	}
	settle_message(dialogue, attempt);
	tls->runs = 0;
}

void tls_end_run(struct dialogue *dialogue)
{
	end_run(dialogue, false);
}

/* The client speaks after the server has. */
static void begin_run(struct dialogue *dialogue)
{
	struct tls *tls = &dialogue->tls;

	end_run(dialogue, true);
	if (tls->runs || !is_finished(&tls->run))
		tls->runs++;
	tls->answer_before = tls->answer;
	tls->run = tls->answer = (struct run){0};
	tls->is_settled = false;
}

/* The client says something short although it awaits an answer. */
static void note_goodbye(struct dialogue *dialogue, uint8_t type, uint64_t end,
			 const struct mark *mark)
{
	struct event event = event_of(EVENT_LINE, SIDE_CLIENT, mark, end);

	event.text = ledger_keep(dialogue->all->ledger,
				 span_of(type == RECORD_ALERT
						 ? "(TLS alert: its end)"
						 : "(short TLS record: QUIT, or an alert)"));
	evidence_moved_on(dialogue, dialogue_event(dialogue, &event), mark);
}

/* A record of the client: it goes on with the run, or after a pause shows that it had ended. */
static void client_record(struct dialogue *dialogue, uint8_t type, uint32_t size, uint64_t end,
			  const struct mark *mark)
{
	struct tls *tls = &dialogue->tls;
	bool is_unanswered = tls->attempt && !is_answered(tls);
	/* No QUIT is so long: the network, or the client, was slow amid the message. */
	bool has_paused = size < LEAST_MESSAGE && mark->time_ns - tls->run.last.time_ns > PAUSE_NS;

	if (type == RECORD_ALERT || (is_unanswered && has_paused && type == RECORD_DATA)) {
		tls_end_run(dialogue);
		if (is_unanswered)
			note_goodbye(dialogue, type, end, mark);
		return;
	}
	if (type != RECORD_DATA)
		return;
	if (tls->answer.records)
		begin_run(dialogue);
	add_record(&tls->run, size, end, mark);
	if (!tls->is_settled && may_be_message(tls))
		note_upload(dialogue);
}

/* A record of the server: it belongs to the answer to the client's run. */
static void server_record(struct dialogue *dialogue, uint8_t type, uint32_t size, uint64_t end,
			  const struct mark *mark)
{
	struct tls *tls = &dialogue->tls;

	if (type != RECORD_DATA || tls->run.records == 0)
		return;
	if (tls->unanswered)
		note_reply(dialogue, tls->unanswered - 1, end, mark);
	tls->unanswered = 0;
	add_record(&tls->answer, size, end, mark);
	if (tls->run.size >= SURE_MESSAGE && !is_at_once(tls))
		tls_end_run(dialogue);
}

static void end_record(struct dialogue *dialogue, enum side side, uint64_t end,
		       const struct mark *mark)
{
	struct record_reader *reader = &dialogue->tls.reader[side];
	uint32_t size = (uint32_t)(reader->header[3] << 8 | reader->header[4]);

	reader->header_n = 0;
	if (side == SIDE_CLIENT)
		client_record(dialogue, reader->header[0], size, end, mark);
	else
		server_record(dialogue, reader->header[0], size, end, mark);
}

/* The header is there; false: it is none (types and version as in RFC 8446 5.1). */
static bool begin_record(struct record_reader *reader)
{
	uint8_t type = reader->header[0];

	reader->left = (uint32_t)(reader->header[3] << 8 | reader->header[4]);
	return type >= 20 && type <= 24 && reader->header[1] == 3 &&
	       reader->left <= (1u << 14) + 2048;
}

void tls_take(struct dialogue *dialogue, enum side side, struct span bytes, uint64_t offset,
	      const struct mark *mark)
{
	struct record_reader *reader = &dialogue->tls.reader[side];
	uint64_t end = offset + bytes.n;

	while (bytes.n && !reader->is_lost) {
		if (reader->header_n < sizeof reader->header) {
			reader->header[reader->header_n++] = bytes.p[0];
			bytes = span_skip(bytes, 1);
			if (reader->header_n < sizeof reader->header)
				continue;
			reader->is_lost = !begin_record(reader);
		} else {
			size_t n = bytes.n < reader->left ? bytes.n : reader->left;
			bytes = span_skip(bytes, n);
			reader->left -= (uint32_t)n;
		}
		if (!reader->is_lost && reader->header_n == sizeof reader->header &&
		    reader->left == 0)
			end_record(dialogue, side, end - bytes.n, mark);
	}
}

/* What is still unanswered may have had its answer in a gap. */
static void doubt_reply(struct dialogue *dialogue)
{
	struct tls *tls = &dialogue->tls;
	uint32_t waiting = tls->attempt && tls->answer.records == 0 ? tls->attempt : tls->unanswered;
	struct attempt *attempt =
		waiting ? ledger_edit_attempt(dialogue->all->ledger, waiting - 1) : NULL;

	if (!attempt)
		return;
	attempt->gap_at_reply = true;
	ledger_touch(dialogue->all->ledger, attempt);
}

void tls_gap(struct dialogue *dialogue, enum side side, uint64_t length)
{
	struct record_reader *reader = &dialogue->tls.reader[side];

	/* Within a record its end is still known. */
	if (reader->header_n == sizeof reader->header && length < reader->left)
		reader->left -= (uint32_t)length;
	else
		reader->is_lost = true;
	if (side == SIDE_SERVER && reader->is_lost)
		doubt_reply(dialogue);
}
