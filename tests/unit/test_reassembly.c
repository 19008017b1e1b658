/* SPDX-License-Identifier: MIT */
/* The same conversation, however it was cut, swapped or doubled, reads the same. */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A generator whose numbers depend on the seed alone (splitmix64). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(next_random(state) % n);
}

/* ---- Random conversations --------------------------------------------------------------- */

/* SIDE acknowledges all but the last few bytes. */
static void ack_most(struct play *play, enum side side, uint64_t *random)
{
	play_ack(play, side);
	play->segments[play->count - 1].ack -= 1 + below(random, 6);
}

/* Where nobody answers, or too late: how a connection with an open question ends. */
static void leave_unanswered(struct play *play, uint64_t *random)
{
	bool is_late = below(random, 2);

	if (below(random, 2))
		play_ack(play, SIDE_SERVER);
	play_wait(play, 90);
	if (below(random, 4) == 0)
		play_fin(play, SIDE_SERVER);
	else if (below(random, 2))
		play_fin(play, SIDE_CLIENT);
	else
		play_rst(play, SIDE_CLIENT);
	if (below(random, 2))
		play_ack(play, SIDE_SERVER);
	play_wait(play, 10);
	if (is_late)
		play_say(play, SIDE_SERVER, "250 queued\r\n");
}

static void say_message(struct play *play, uint64_t *random, int number)
{
	static const char *const replies[] = {"250 queued\r\n", "250-2.0.0 ok\r\n250 queued\r\n",
					      "452 full\r\n", "554 spam\r\n"};
	char text[4000];
	size_t n = (size_t)snprintf(text, sizeof text,
				    "Message-ID: <%d@x>\r\nSubject: number %d\r\n\r\n", number,
				    number);
	for (uint32_t lines = below(random, 30); lines; lines--)
		n += (size_t)snprintf(text + n, sizeof text - n, "%.*s\r\n",
				      2 + (int)below(random, 66),
				      ".. a line of the message, MAIL FROM:<not@this> or 250 ok ...........");
	snprintf(text + n, sizeof text - n, ".\r\n");
	play_say_cut(play, SIDE_CLIENT, text, 1 + below(random, 1448));
	play_wait(play, below(random, 200));
	if (below(random, 3) == 0)
		ack_most(play, SIDE_SERVER, random);
	play_say_cut(play, SIDE_SERVER, replies[below(random, 4)], 1 + below(random, 40));
	if (below(random, 4) == 0)
		ack_most(play, SIDE_CLIENT, random);
	if (below(random, 3) == 0)
		play_ack(play, SIDE_CLIENT);
}

static void say_transaction(struct play *play, uint64_t *random, int number)
{
	char text[400];

	if (below(random, 2)) {
		snprintf(text, sizeof text,
			 "MAIL FROM:<a@x>\r\nRCPT TO:<b%d@y>\r\nRCPT TO:<no@y>\r\nDATA\r\n", number);
		play_say_cut(play, SIDE_CLIENT, text, 1 + below(random, 80));
		play_say_cut(play, SIDE_SERVER, "250 a\r\n250 b\r\n550 no\r\n354 go\r\n",
			     1 + below(random, 30));
	} else {
		play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\n");
		play_say(play, SIDE_SERVER, "250 a\r\n");
		snprintf(text, sizeof text, "RCPT TO:<b%d@y>\r\n", number);
		play_say(play, SIDE_CLIENT, text);
		play_say(play, SIDE_SERVER, "250 b\r\n");
		play_say(play, SIDE_CLIENT, "DATA\r\n");
		play_say(play, SIDE_SERVER, "354 go\r\n");
	}
	say_message(play, random, number);
}

static void random_conversation(struct play *play, uint64_t *random, bool may_go_wrong)
{
	play_begin(play);
	/* Often so that the sequence numbers wrap on the way. */
	play->seq[SIDE_CLIENT] = 0 - below(random, 6000);
	play->seq[SIDE_SERVER] = 0 - below(random, 600);
	play_open(play);
	play_say_cut(play, SIDE_SERVER, "220 mx.example ESMTP\r\n", 1 + below(random, 30));
	play_say(play, SIDE_CLIENT, "EHLO client.example\r\n");
	play_say_cut(play, SIDE_SERVER, "250-mx.example\r\n250 PIPELINING\r\n", 1 + below(random, 40));
	for (int number = 0, count = 1 + (int)below(random, 3); number < count; number++)
		say_transaction(play, random, number);
	if (may_go_wrong && below(random, 2)) {
		play_say(play, SIDE_CLIENT, "MAIL FROM:<a@x>\r\nRCPT TO:<b9@y>\r\nDATA\r\n");
		play_say(play, SIDE_SERVER, "250 a\r\n250 b\r\n354 go\r\n");
		play_message(play, "9@x", "the last one");
		if (below(random, 3) == 0)
			play_again(play, 1);
		if (below(random, 3) == 0)
			ack_most(play, SIDE_SERVER, random);
		leave_unanswered(play, random);
	} else if (below(random, 4)) {
		play_say(play, SIDE_CLIENT, "QUIT\r\n");
		play_say(play, SIDE_SERVER, "221 bye\r\n");
		play_fin(play, below(random, 2) ? SIDE_CLIENT : SIDE_SERVER);
		play_ack(play, SIDE_CLIENT);
	}
}

/* ---- What a tap may do to it ------------------------------------------------------------ */

struct tape {
	struct segment *segments; /* payloads are borrowed from the play, or from `bytes` */
	uint32_t count;
	uint32_t room;
	uint8_t *bytes[400];
	uint32_t bytes_count;
};

static void tape_add(struct tape *tape, const struct segment *segment)
{
	if (tape->count == tape->room) {
		tape->room = tape->room ? tape->room * 2 : 64;
		tape->segments = reallocarray(tape->segments, tape->room, sizeof *segment);
		if (!tape->segments)
			abort();
	}
	tape->segments[tape->count++] = *segment;
}

static void tape_free(struct tape *tape)
{
	for (uint32_t i = 0; i < tape->bytes_count; i++)
		free(tape->bytes[i]);
	free(tape->segments);
}

/* Part FROM..FROM+N of SEGMENT, as a segment of its own. */
static struct segment part_of(const struct segment *segment, uint32_t from, uint32_t n)
{
	struct segment part = *segment;
	part.seq += from;
	part.payload = span_take(span_skip(segment->payload, from), n);
	part.len = (uint32_t)part.payload.n;
	return part;
}

/* One segment out of A and B, if B goes on where A ends and says nothing more of the other side. */
static bool join_segments(struct tape *tape, const struct segment *a, const struct segment *b)
{
	if (!a->len || !b->len || a->seq + a->len != b->seq || a->ack != b->ack ||
	    a->source.port != b->source.port || tape->bytes_count == 400)
		return false;
	uint8_t *bytes = malloc(a->len + b->len);
	if (!bytes)
		abort();
	memcpy(bytes, a->payload.p, a->len);
	memcpy(bytes + a->len, b->payload.p, b->len);
	tape->bytes[tape->bytes_count++] = bytes;
	struct segment joined = *a;
	joined.flags |= b->flags;
	joined.len += b->len;
	joined.payload = (struct span){bytes, joined.len};
	tape_add(tape, &joined);
	return true;
}

/* Cuts, joins, doubles and overlaps segments; every byte keeps its value. */
static void disturb(struct tape *tape, const struct play *play, uint64_t *random)
{
	for (uint32_t i = 0; i < play->count; i++) {
		const struct segment *s = &play->segments[i];
		uint32_t at = s->len > 1 ? 1 + below(random, s->len - 1) : 0;
		switch (below(random, 8)) {
		case 0: /* cut */
			if (at) {
				struct segment head = part_of(s, 0, at), tail = part_of(s, at, s->len);
				head.flags &= (uint8_t)~TCP_FIN;
				tape_add(tape, &head);
				tape_add(tape, &tail);
				continue;
			}
			break;
		case 1: /* joined with the next one */
			if (i + 1 < play->count && join_segments(tape, s, s + 1)) {
				i++;
				continue;
			}
			break;
		case 2: /* doubled */
			tape_add(tape, s);
			break;
		case 3: /* its beginning once more, before the whole */
			if (at && !(s->flags & TCP_FIN)) {
				struct segment head = part_of(s, 0, at);
				tape_add(tape, &head);
			}
			break;
		case 4: /* its end once more, behind the whole */
			if (at && !(s->flags & TCP_FIN)) {
				struct segment tail = part_of(s, at, s->len);
				tape_add(tape, s);
				tape_add(tape, &tail);
				continue;
			}
			break;
		default:
			break;
		}
		tape_add(tape, s);
	}
}

/* Swaps neighbours, up to WINDOW apart; the clock and the frame numbers are the tap's. */
static void swap_neighbours(struct tape *tape, uint64_t *random, uint32_t window)
{
	for (uint32_t i = 0; i + 1 < tape->count; i++) {
		uint32_t to = i + below(random, window);
		if (to >= tape->count || below(random, 3))
			continue;
		struct segment s = tape->segments[i];
		tape->segments[i] = tape->segments[to];
		tape->segments[to] = s;
	}
}

/* What the analysis makes of a tape: all events and verdicts as text. The caller frees it. */
static char *hear_tape(const struct tape *tape, struct heard *heard)
{
	struct play play = {.segments = tape->segments, .count = tape->count};
	int64_t now_ns = tape->segments[0].mark.time_ns;
	for (uint32_t i = 0; i < tape->count; i++) {
		now_ns += NS_PER_MS;
		tape->segments[i].mark = (struct mark){now_ns, i + 1};
	}
	play.now_ns = now_ns;
	play_hear(&play, VANTAGE_CLIENT, heard);

	char *text = NULL, *dialogue = heard_dialogue(heard, 0);
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	fputs(dialogue, out);
	free(dialogue);
	for (uint32_t i = 0; i < ledger_attempt_count(heard->ledger); i++) {
		const struct attempt *a = ledger_attempt(heard->ledger, i);
		struct verdict v;
		deliveries_judge(heard->deliveries, i, 0, &v);
		fprintf(out, "attempt %u: %s %s %u..%u, %016llx%016llx, %llu bytes\n", i,
			outcome_name(v.outcome), cause_name(v.cause), v.copies_min, v.copies_max,
			(unsigned long long)a->digest.high, (unsigned long long)a->digest.low,
			(unsigned long long)a->size);
	}
	fclose(out);
	return text;
}

static char *hear_text(const struct tape *tape)
{
	struct heard heard;
	char *text = hear_tape(tape, &heard);
	heard_free(&heard);
	return text;
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *wish = getenv(name);
	return wish ? strtoull(wish, NULL, 10) : otherwise;
}

/* SEED and CASES ask for other conversations, and more of them (make soak). */
static uint64_t first_seed(void)
{
	return number_from("SEED", 1);
}

static uint64_t last_seed(void)
{
	return first_seed() + number_from("CASES", 1500) - 1;
}

static void test_reassembly_is_the_same_however_segments_come(void **state)
{
	(void)state;
	for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
		uint64_t random = seed;
		struct play play;
		struct tape plain = {0}, disturbed = {0};
		random_conversation(&play, &random, false);
		for (uint32_t i = 0; i < play.count; i++)
			tape_add(&plain, &play.segments[i]);
		disturb(&disturbed, &play, &random);
		swap_neighbours(&disturbed, &random, 1 + below(&random, 12));
		char *expected = hear_text(&plain), *text = hear_text(&disturbed);
		if (strcmp(text, expected) != 0)
			print_error("seed %llu\n", (unsigned long long)seed);
		assert_string_equal(text, expected);
		free(expected);
		free(text);
		tape_free(&plain);
		tape_free(&disturbed);
		play_end(&play);
	}
}

/* The verdict on the attempt with MESSAGE_ID; false if it is not seen any more. */
static bool find_verdict(const struct heard *heard, struct span message_id, struct verdict *verdict)
{
	for (uint32_t i = 0; i < ledger_attempt_count(heard->ledger); i++) {
		const struct attempt *a = ledger_attempt(heard->ledger, i);
		struct span id = ledger_text(heard->ledger, a->message_id);
		if (delivery_of(heard->deliveries, i, 0) == UINT32_MAX || id.n != message_id.n ||
		    memcmp(id.p, message_id.p, id.n) != 0)
			continue;
		deliveries_judge(heard->deliveries, i, 0, verdict);
		return true;
	}
	return false;
}

static void test_reassembly_claims_no_more_when_frames_are_missing(void **state)
{
	(void)state;
	for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
		uint64_t random = seed;
		struct play play;
		struct tape whole = {0}, holed = {0};
		struct heard all, some;
		random_conversation(&play, &random, true);
		uint32_t loss = 2 + below(&random, 20);
		for (uint32_t i = 0; i < play.count; i++) {
			tape_add(&whole, &play.segments[i]);
			if (below(&random, loss) || i == 0)
				tape_add(&holed, &play.segments[i]);
		}
		char *before_text = hear_tape(&whole, &all), *after_text = hear_tape(&holed, &some);
		for (uint32_t i = 0; i < ledger_attempt_count(all.ledger); i++) {
			const struct attempt *a = ledger_attempt(all.ledger, i);
			struct verdict before, after;
			deliveries_judge(all.deliveries, i, 0, &before);
			if (!find_verdict(&some, ledger_text(all.ledger, a->message_id), &after))
				continue;
			if (after.copies_min > before.copies_min ||
			    after.copies_max < before.copies_max)
				fprintf(stderr, "seed %llu, attempt %u claims more:\n%s\n---\n%s",
					    (unsigned long long)seed, i, before_text,
					    after_text);
			assert_true(after.copies_min <= before.copies_min);
			assert_true(after.copies_max >= before.copies_max);
		}
		free(before_text);
		free(after_text);
		heard_free(&all);
		heard_free(&some);
		tape_free(&whole);
		tape_free(&holed);
		play_end(&play);
	}
}

/* ---- What an event claims, its frame carries ---------------------------------------------- */

/* Where EVENT ends, as a sequence number of its sender's stream. */
static uint32_t place_of(const struct session *session, const struct event *event)
{
	return event->offset + (event->bits & EVENT_FROM_SERVER ? session->base_server
								: session->base_client);
}

/* Fails unless the frame of EVENT, sent by SIDE, acknowledges what OF ends. */
static void expect_acked(const struct play *play, const struct session *session,
			 const struct event *event, const struct event *of, enum side side)
{
	if (!event)
		return;
	const struct segment *segment = &play->segments[event->frame - 1];
	assert_non_null(of);
	assert_int_equal(segment->source.port, play->ends[side].port);
	assert_true((int32_t)(segment->ack - place_of(session, of)) >= 0);
}

/* Fails unless the frame of EVENT, sent by SIDE, holds the byte before its end. */
static void expect_carried(const struct play *play, const struct session *session,
			   const struct event *event, enum side side)
{
	if (!event)
		return;
	const struct segment *segment = &play->segments[event->frame - 1];
	uint32_t end = place_of(session, event);
	assert_int_equal(segment->source.port, play->ends[side].port);
	assert_true((int32_t)(end - segment->seq) > 0);
	assert_true((int32_t)(segment->seq + segment->len - end) >= 0);
}

/* Fails unless the frame of EVENT is from SIDE, and stands where it had said nothing more. */
static void expect_silent(const struct play *play, const struct session *session,
			  const struct event *event, enum side side)
{
	if (!event)
		return;
	const struct segment *segment = &play->segments[event->frame - 1];
	assert_int_equal(segment->source.port, play->ends[side].port);
	assert_int_equal(segment->seq, place_of(session, event));
	assert_int_equal(segment->len, 0);
}

static void test_reassembly_claims_what_the_frames_carry(void **state)
{
	(void)state;
	for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
		uint64_t random = seed;
		struct play play;
		struct heard heard;
		random_conversation(&play, &random, true);
		play_hear(&play, VANTAGE_CLIENT, &heard);
		const struct session *s = ledger_session(heard.ledger, 0);
		for (uint32_t i = 0; i < ledger_attempt_count(heard.ledger); i++) {
			const struct attempt *a = ledger_attempt(heard.ledger, i);
			const struct event *eod = session_event(s, a->eod);
			const struct event *reply = session_event(s, a->reply);
			expect_carried(&play, s, eod, SIDE_CLIENT);
			expect_carried(&play, s, session_event(s, a->eod_resent), SIDE_CLIENT);
			expect_acked(&play, s, session_event(s, a->eod_acked), eod, SIDE_SERVER);
			expect_carried(&play, s, reply, SIDE_SERVER);
			expect_acked(&play, s, session_event(s, a->reply_acked), reply,
				     SIDE_CLIENT);
			expect_silent(&play, s, session_event(s, a->silent_after), SIDE_SERVER);
		}
		heard_free(&heard);
		play_end(&play);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reassembly_is_the_same_however_segments_come),
		cmocka_unit_test(test_reassembly_claims_no_more_when_frames_are_missing),
		cmocka_unit_test(test_reassembly_claims_what_the_frames_carry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
