/* SPDX-License-Identifier: MIT */
#include "smtp/tls.h"

#include "smtp/dialogue_state.h"

enum record_type { RECORD_ALERT = 21, RECORD_DATA = 23 };

/* A run of fewer bytes holds commands: RFC 5321 4.5.3.1.4 allows 512 for one, and pipelined ones
 * are shorter; a message has some header lines. */
#define LEAST_MESSAGE 600

/* A pause that parts a message from what follows it (RFC 2920 3.1). */
#define PAUSE_NS (2 * NS_PER_SECOND)

void tls_end_run(struct dialogue *dialogue)
{
	struct upload *upload = &dialogue->tls.upload;

	if (upload->is_closed || upload->runs == 0 || upload->size < LEAST_MESSAGE)
		return;
	upload->is_closed = true;
	struct attempt *attempt = transaction_begin(dialogue);
	if (!attempt)
		return;
	dialogue->attempt = NO_ATTEMPT;
	struct event event = event_of(EVENT_MESSAGE, SIDE_CLIENT, &upload->first, upload->end);
	event.length = upload->size > UINT32_MAX ? UINT32_MAX : (uint32_t)upload->size;
	attempt->is_encrypted = attempt->has_begun = attempt->is_over = true;
	attempt->size = upload->size;
	attempt->message = dialogue_event(dialogue, &event);
	event = event_of(EVENT_EOD, SIDE_CLIENT, &upload->last, upload->end);
	event.length = upload->size > UINT32_MAX ? UINT32_MAX : (uint32_t)upload->size;
	attempt->eod = dialogue_event(dialogue, &event);
	attempt->eod_sends = 1;
	attempt->phase = PHASE_WAITING;
	dialogue->tls.is_message_open = true;
	ledger_touch(dialogue->all->ledger, attempt);
	evidence_open(dialogue, attempt, upload->end);
}

/* A record of the client: it goes on with the run, or after a pause shows that it had ended. */
static void client_record(struct dialogue *dialogue, uint8_t type, uint32_t size, uint64_t end,
			  const struct mark *mark)
{
	struct upload *upload = &dialogue->tls.upload;
	/* No QUIT is so long: the network, or the client, was slow amid the message. */
	bool has_paused = upload->size && size < LEAST_MESSAGE &&
			  mark->time_ns - upload->last.time_ns > PAUSE_NS;

	if (type == RECORD_ALERT || has_paused)
		tls_end_run(dialogue);
	if (type != RECORD_DATA || upload->is_closed)
		return;
	if (upload->size == 0)
		upload->first = *mark;
	upload->size += size;
	upload->last = *mark;
	upload->end = end;
}

/* A record of the server: the run before it has ended, and if it was a message, was answered. */
static void server_record(struct dialogue *dialogue, uint8_t type, uint64_t end,
			  const struct mark *mark)
{
	struct tls *tls = &dialogue->tls;

	if (type != RECORD_DATA)
		return;
	tls_end_run(dialogue);
	if (tls->is_message_open && dialogue->open_count) {
		uint32_t id = dialogue->open[dialogue->open_count - 1].attempt;
		struct due due = {.kind = DUE_EOD, .attempt = id, .recipient = NO_RECIPIENT};
		struct event event = event_of(EVENT_REPLY, SIDE_SERVER, mark, end);
		transaction_answered(dialogue, &due, dialogue_event(dialogue, &event), 0, end);
	}
	tls->is_message_open = false;
	uint32_t runs = tls->upload.runs + (tls->upload.size > 0);
	tls->upload = (struct upload){.runs = runs};
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
		server_record(dialogue, reader->header[0], end, mark);
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

void tls_gap(struct dialogue *dialogue, enum side side, uint64_t length)
{
	struct record_reader *reader = &dialogue->tls.reader[side];

	/* Within a record its end is still known. */
	if (reader->header_n == sizeof reader->header && length < reader->left)
		reader->left -= (uint32_t)length;
	else
		reader->is_lost = true;
}
