/* SPDX-License-Identifier: MIT */
/*
 * Measures the joining alone, without packets: join COUNT [KIND] fills a ledger with COUNT
 * attempts and has them joined, in batches as a capture brings them. Kinds:
 *   plain    each attempt a message of its own (what nearly all mail is)
 *   resent   every message twice, half of COUNT apart
 *   status   equal messages without Message-ID and Date, one sender, one recipient
 *   list     one message to COUNT recipients, a transaction each
 *   hot      one message, again and again to 1000 recipients in one transaction
 * It prints the time, and the bytes that the ledger and the deliveries take.
 */
#include "delivery.h"
#include "dialogue.h"
#include "smtp/ledger_write.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 256
#define HOT_RECIPIENTS 1000

struct bench {
	struct ledger *ledger;
	struct deliveries *deliveries;
	const char *kind;
	uint32_t count;
	uint32_t frame;
	int64_t now_ns;
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t bytes_held(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static bool is_kind(const struct bench *bench, const char *kind)
{
	return strcmp(bench->kind, kind) == 0;
}

static uint32_t add_event(struct bench *bench, struct session *session, enum event_kind kind,
			  uint8_t bits, uint16_t value, const char *text)
{
	struct event event = {.time_ns = bench->now_ns += 1000000, .frame = ++bench->frame,
			      .value = value, .kind = (uint8_t)kind, .bits = bits};

	if (text)
		event.text = ledger_keep(bench->ledger, span_of(text));
	return ledger_add_event(bench->ledger, session, &event);
}

static text_id keep(struct bench *bench, const char *format, uint32_t number)
{
	char text[100];

	snprintf(text, sizeof text, "%s%u@example.org", format, number);
	return ledger_keep(bench->ledger, span_of(text));
}

/* The identity of the message NUMBER. */
static void name_message(struct bench *bench, struct attempt *attempt, uint32_t number)
{
	bool is_one = is_kind(bench, "list") || is_kind(bench, "hot") || is_kind(bench, "status");

	if (is_kind(bench, "resent"))
		number %= (bench->count + 1) / 2;
	if (is_one)
		number = 0;
	attempt->has_digest = true;
	attempt->size = 600;
	attempt->digest = (struct digest){number, 1};
	attempt->body_digest = (struct digest){number, 2};
	attempt->sender = keep(bench, "sender", is_one ? 0 : number % 1000);
	if (is_kind(bench, "status"))
		return;
	attempt->received_fields = 1;
	attempt->message_id = keep(bench, "20240305100000.1234567890.", number);
	attempt->subject = keep(bench, "about ", number);
	attempt->date = keep(bench, "Tue, 5 Mar 2024 10:00:", number % 86400);
}

static void add_recipients(struct bench *bench, struct attempt *attempt, uint32_t number)
{
	uint32_t count = is_kind(bench, "hot") ? HOT_RECIPIENTS : 1;

	if (is_kind(bench, "resent"))
		number %= (bench->count + 1) / 2;
	for (uint32_t i = 0; i < count; i++) {
		struct recipient *recipient = ledger_add_recipient(bench->ledger, attempt);
		if (!recipient)
			abort();
		recipient->address = keep(bench, "recipient",
					  is_kind(bench, "hot") ? i
					  : is_kind(bench, "status") ? 0 : number);
		recipient->rcpt_code = 250;
	}
}

/* A session with one accepted mail. */
static void add_mail(struct bench *bench, uint32_t number)
{
	struct session *session = ledger_add_session(bench->ledger);
	struct attempt *attempt = session ? ledger_add_attempt(bench->ledger, session) : NULL;

	if (!attempt)
		abort();
	session->client.address[15] = 1;
	session->client.port = (uint16_t)number;
	session->server.address[15] = 2;
	session->server.port = 25;
	session->has_isn = true;
	session->isn_client = number;
	session->isn_server = ~number;
	add_event(bench, session, EVENT_SYN, 0, 0, NULL);
	add_event(bench, session, EVENT_OPEN, 0, 0, NULL);
	attempt->mail = add_event(bench, session, EVENT_COMMAND, 0, VERB_MAIL, "MAIL FROM:<x>");
	attempt->data = add_event(bench, session, EVENT_COMMAND, 0, VERB_DATA, "DATA");
	attempt->message = add_event(bench, session, EVENT_MESSAGE, 0, 0, NULL);
	attempt->eod = add_event(bench, session, EVENT_EOD, 0, 0, NULL);
	attempt->reply = add_event(bench, session, EVENT_REPLY, EVENT_FROM_SERVER, 250, "250 ok");
	attempt->reply_acked = add_event(bench, session, EVENT_REPLY_ACKED, 0, 0, NULL);
	attempt->phase = PHASE_ANSWERED;
	attempt->is_over = attempt->has_begun = true;
	name_message(bench, attempt, number);
	add_recipients(bench, attempt, number);
	ledger_close_session(bench->ledger, session);
}

int main(int argc, char **argv)
{
	struct delivery_options options = {.seed = 1, .vantage = VANTAGE_CLIENT};
	double joining = 0, total = seconds_now();
	struct bench bench = {.ledger = ledger_new(1), .kind = argc > 2 ? argv[2] : "plain",
			      .count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0};
	size_t joined_bytes = 0;

	bench.deliveries = bench.ledger ? deliveries_new(bench.ledger, &options) : NULL;
	if (!bench.deliveries || !bench.count) {
		fprintf(stderr, "usage: join COUNT [plain|resent|status|list|hot]\n");
		return 2;
	}
	for (uint32_t i = 0; i < bench.count; i++) {
		add_mail(&bench, i);
		if (i % BATCH && i + 1 < bench.count)
			continue;
		size_t before = bytes_held();
		double start = seconds_now();
		if (!deliveries_update(bench.deliveries, bench.now_ns, i + 1 == bench.count))
			abort();
		joining += seconds_now() - start;
		joined_bytes += bytes_held() - before;
	}
	printf("%s: %u attempts, %u deliveries, %u duplicated: joined in %.3f s of %.3f s, %.0f "
	       "bytes an attempt of %.0f\n",
	       bench.kind, bench.count, deliveries_count(bench.deliveries),
	       deliveries_in_state(bench.deliveries, STATE_DUPLICATED), joining,
	       seconds_now() - total, (double)joined_bytes / bench.count,
	       (double)bytes_held() / bench.count);
	deliveries_free(bench.deliveries);
	ledger_free(bench.ledger);
	return 0;
}
