/* SPDX-License-Identifier: MIT */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FIRST_NS (INT64_C(847102931) * NS_PER_SECOND)
#define STEP_NS (20 * NS_PER_MS)

static struct endpoint end_of(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	struct endpoint end = {.port = port};
	const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
	memcpy(end.address, mapped, sizeof mapped);
	return end;
}

void play_begin(struct play *play)
{
	*play = (struct play){.now_ns = FIRST_NS, .is_acking = true, .seq = {1000, 500000},
			      .ttl = {64, 55}};
	play->ends[SIDE_CLIENT] = end_of(192, 0, 2, 1, 40000);
	play->ends[SIDE_SERVER] = end_of(198, 51, 100, 1, 25);
}

void play_end(struct play *play)
{
	for (uint32_t i = 0; i < play->count; i++) {
		void *bytes;
		memcpy(&bytes, &play->segments[i].payload.p, sizeof bytes);
		free(bytes);
	}
	free(play->segments);
}

static struct span copy_of(struct span text)
{
	uint8_t *bytes = malloc(text.n ? text.n : 1);
	if (!bytes)
		abort();
	if (text.n)
		memcpy(bytes, text.p, text.n);
	return (struct span){bytes, text.n};
}

/* Room for one more segment. */
static struct segment *push(struct play *play)
{
	struct segment *segments =
		reallocarray(play->segments, play->count + 1, sizeof *segments);
	if (!segments)
		abort();
	play->segments = segments;
	return &segments[play->count++];
}

static void add(struct play *play, enum side side, uint8_t flags, struct span text)
{
	struct segment *segment = push(play);

	if (side == SIDE_SERVER)
		play->now_ns += play->trip_ns;
	*segment = (struct segment){
		.mark = {play->now_ns, play->count},
		.source = play->ends[side],
		.destination = play->ends[side_other(side)],
		.seq = play->seq[side],
		.ack = play->is_acking ? play->seq[side_other(side)] : 0,
		.window = 65535,
		.flags = flags,
		.ttl = play->ttl[side],
		.len = (uint32_t)text.n,
		.payload = copy_of(text),
	};
	play->now_ns += STEP_NS;
	play->seq[side] += (uint32_t)text.n + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
}

static const struct span nothing = {(const uint8_t *)"", 0};

void play_open(struct play *play)
{
	add(play, SIDE_CLIENT, TCP_SYN, nothing);
	play->now_ns += 20 * NS_PER_MS;
	add(play, SIDE_SERVER, TCP_SYN | TCP_ACK, nothing);
	play->now_ns -= STEP_NS;
	add(play, SIDE_CLIENT, TCP_ACK, nothing);
}

void play_say(struct play *play, enum side side, const char *text)
{
	add(play, side, TCP_ACK | TCP_PSH, span_of(text));
}

void play_say_bytes(struct play *play, enum side side, struct span bytes)
{
	add(play, side, TCP_ACK | TCP_PSH, bytes);
}

void play_say_cut(struct play *play, enum side side, const char *text, size_t n)
{
	for (struct span rest = span_of(text); rest.n; rest = span_skip(rest, n))
		add(play, side, TCP_ACK, span_take(rest, n));
}

void play_ack(struct play *play, enum side side)
{
	add(play, side, TCP_ACK, nothing);
}

void play_fin(struct play *play, enum side side)
{
	add(play, side, TCP_ACK | TCP_FIN, nothing);
}

void play_rst(struct play *play, enum side side)
{
	add(play, side, TCP_RST, nothing);
}

void play_refuse(struct play *play, uint32_t mtu)
{
	const struct segment *last = &play->segments[play->count - 1];

	play->is_refused = true;
	play->refused = play->count - 1;
	play->refusal = (struct refusal){.mark = {last->mark.time_ns + NS_PER_MS, 999},
					 .router = end_of(203, 0, 113, 1, 0),
					 .source = last->source,
					 .destination = last->destination,
					 .seq = last->seq,
					 .is_too_big = true,
					 .mtu = mtu};
}

void play_wait(struct play *play, double seconds)
{
	play->now_ns += (int64_t)(seconds * 1e9);
}

void play_again(struct play *play, double seconds)
{
	struct segment last = play->segments[play->count - 1];

	play_wait(play, seconds);
	add(play, SIDE_CLIENT, 0, nothing);
	struct segment *again = &play->segments[play->count - 1];
	struct mark mark = again->mark;
	void *unused;
	memcpy(&unused, &again->payload.p, sizeof unused);
	free(unused);
	*again = last;
	again->mark = mark;
	again->payload = copy_of(last.payload);
}

void play_lose(struct play *play, uint32_t index)
{
	void *bytes;

	memcpy(&bytes, &play->segments[index].payload.p, sizeof bytes);
	free(bytes);
	for (uint32_t i = index; i + 1 < play->count; i++)
		play->segments[i] = play->segments[i + 1];
	play->count--;
}

void play_reconnect(struct play *play, uint16_t port)
{
	play->ends[SIDE_CLIENT].port = port;
	play->seq[SIDE_CLIENT] += 1u << 28;
	play->seq[SIDE_SERVER] += 3u << 28;
}

void play_envelope(struct play *play, const char *sender, const char *recipient)
{
	char line[200];

	play_say(play, SIDE_SERVER, "220 mx.example ESMTP\r\n");
	play_say(play, SIDE_CLIENT, "EHLO client.example\r\n");
	play_say(play, SIDE_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	snprintf(line, sizeof line, "MAIL FROM:<%s>\r\n", sender);
	play_say(play, SIDE_CLIENT, line);
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", recipient);
	play_say(play, SIDE_CLIENT, line);
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	play_say(play, SIDE_CLIENT, "DATA\r\n");
	play_say(play, SIDE_SERVER, "354 go on\r\n");
}

void play_message(struct play *play, const char *message_id, const char *body)
{
	char text[1000];

	snprintf(text, sizeof text, "Message-ID: <%s>\r\nSubject: test\r\n\r\n%s\r\n.\r\n",
		 message_id, body);
	play_say(play, SIDE_CLIENT, text);
}

void play_see_from_server(const struct play *play, struct play *far, double delay, double ahead)
{
	*far = *play;
	far->segments = NULL;
	far->count = 0;
	for (uint32_t i = 0; i < play->count; i++) {
		const struct segment *segment = &play->segments[i];
		bool is_client = segment->source.port == play->ends[SIDE_CLIENT].port;
		struct segment *copy = push(far);
		*copy = *segment;
		copy->payload = copy_of(segment->payload);
		copy->mark.time_ns += (int64_t)((is_client ? delay : -delay) * 1e9 + ahead * 1e9);
		copy->ttl = is_client ? 55 : 64;
	}
	far->now_ns = play->now_ns + (int64_t)((delay + ahead) * 1e9);
}

static void begin_hearing(enum vantage vantage, struct heard *heard, struct tcp **tcp)
{
	struct delivery_options options = {.vantage = vantage, .seed = 1};

	heard->ledger = ledger_new(1);
	heard->dialogues = dialogues_new(heard->ledger);
	heard->deliveries = deliveries_new(heard->ledger, &options);
	struct tcp_sink sink = dialogues_sink(heard->dialogues);
	*tcp = tcp_new(&sink, 1);
}

static void end_hearing(struct heard *heard, struct tcp *tcp, int64_t now_ns)
{
	tcp_finish(tcp);
	heard->tcp = *tcp_counts(tcp);
	tcp_free(tcp);
	deliveries_update(heard->deliveries, now_ns, true);
}

void play_hear(const struct play *play, enum vantage vantage, struct heard *heard)
{
	struct tcp *tcp;

	begin_hearing(vantage, heard, &tcp);
	for (uint32_t i = 0; i < play->count; i++) {
		tcp_feed(tcp, &play->segments[i]);
		if (play->is_refused && play->refused == i)
			tcp_feed_refusal(tcp, &play->refusal);
	}
	end_hearing(heard, tcp, play->now_ns);
}

/* Which of COUNT captures, of which AT has been heard, goes on with the oldest segment. */
static uint32_t find_oldest(const struct play *const *plays, const uint32_t *at, uint32_t count)
{
	uint32_t oldest = count;

	for (uint32_t i = 0; i < count; i++) {
		if (at[i] < plays[i]->count &&
		    (oldest == count || plays[i]->segments[at[i]].mark.time_ns <
						plays[oldest]->segments[at[oldest]].mark.time_ns))
			oldest = i;
	}
	return oldest;
}

void play_hear_all(const struct play *const *plays, uint32_t count, struct heard *heard)
{
	uint32_t at[8] = {0}, file;
	struct segment segment = {.file = 0};
	struct tcp *tcp;

	begin_hearing(VANTAGE_UNKNOWN, heard, &tcp);
	while ((file = find_oldest(plays, at, count)) < count) {
		segment = plays[file]->segments[at[file]++];
		segment.file = segment.tap = (uint16_t)file;
		tcp_feed(tcp, &segment);
		deliveries_update(heard->deliveries, segment.mark.time_ns, false);
	}
	end_hearing(heard, tcp, segment.mark.time_ns);
}

void play_hear_both(const struct play *near, const struct play *far, struct heard *heard)
{
	const struct play *plays[2] = {near, far};
	uint32_t at[2] = {0, 0};
	struct tcp *tcp;

	begin_hearing(VANTAGE_UNKNOWN, heard, &tcp);
	while (at[0] < near->count || at[1] < far->count) {
		uint16_t file = at[1] < far->count &&
				(at[0] == near->count ||
				 far->segments[at[1]].mark.time_ns <
					 near->segments[at[0]].mark.time_ns);
		struct segment segment = plays[file]->segments[at[file]++];
		segment.file = file;
		segment.tap = far->is_later_file ? 0 : file;
		tcp_feed(tcp, &segment);
	}
	end_hearing(heard, tcp, near->now_ns > far->now_ns ? near->now_ns : far->now_ns);
}

void heard_free(struct heard *heard)
{
	deliveries_free(heard->deliveries);
	dialogues_free(heard->dialogues);
	ledger_free(heard->ledger);
}

static void print_event(FILE *out, const struct ledger *ledger, const struct event *event)
{
	char side = event->bits & EVENT_FROM_SERVER ? 'S' : 'C';
	struct span text;

	switch ((enum event_kind)event->kind) {
	case EVENT_COMMAND:
	case EVENT_REPLY:
	case EVENT_LINE:
	case EVENT_REPLY_PART:
		text = ledger_text(ledger, event->text);
		fprintf(out, "%c ", side);
		if (event->kind == EVENT_COMMAND && event->bits & EVENT_ASSUMED)
			fprintf(out, "<assumed %s>", verb_name(event->value));
		for (size_t i = 0; i < text.n; i++)
			fputc(text.p[i] == '\n' ? '|' : text.p[i], out);
		fprintf(out, "%s%s\n", event->kind == EVENT_REPLY_PART ? "<part>" : "",
			event->bits & EVENT_UNMATCHED ? " <unmatched>" : "");
		break;
	case EVENT_MESSAGE:
		fprintf(out, "%c <message %u>\n", side, event->length);
		break;
	case EVENT_EOD:
		fprintf(out, "%c <eod%s%s>\n", side, event->bits & EVENT_BARE_LF ? " bare" : "",
			event->bits & EVENT_ASSUMED ? " assumed" : "");
		break;
	case EVENT_GAP:
		fprintf(out, "%c <gap %u>\n", side, event->length);
		break;
	case EVENT_TLS:
		fprintf(out, "%c <tls>\n", side);
		break;
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN:
	case EVENT_RST:
	case EVENT_FIN_RESENT:
	case EVENT_CONFLICT:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
		break;
	}
}

char *heard_dialogue(const struct heard *heard, uint32_t id)
{
	const struct session *session = ledger_session(heard->ledger, id);
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	for (uint32_t i = 0; session && i < session->event_count; i++)
		print_event(out, heard->ledger, &session->events[i]);
	fclose(out);
	return text;
}

void heard_expect_text(const struct heard *heard, text_id text, const char *expected)
{
	struct span kept = ledger_text(heard->ledger, text);
	char *copy = strndup((const char *)kept.p, kept.n);

	assert_string_equal(copy, expected);
	free(copy);
}

void play_expect_dialogue(struct play *play, const char *expected)
{
	struct heard heard;

	play_hear(play, VANTAGE_CLIENT, &heard);
	char *text = heard_dialogue(&heard, 0);
	assert_string_equal(text, expected);
	free(text);
	heard_free(&heard);
	play_end(play);
}

const struct attempt *heard_only_attempt(const struct heard *heard)
{
	assert_int_equal(ledger_attempt_count(heard->ledger), 1);
	return ledger_attempt(heard->ledger, 0);
}

void play_expect_recipients(struct play *play, const enum outcome *outcomes, uint32_t count)
{
	struct heard heard;

	play_hear(play, VANTAGE_CLIENT, &heard);
	for (uint32_t i = 0; i < count; i++) {
		struct verdict verdict;
		deliveries_judge(heard.deliveries, 0, i, &verdict);
		assert_string_equal(outcome_name(verdict.outcome), outcome_name(outcomes[i]));
	}
	heard_free(&heard);
	play_end(play);
}
