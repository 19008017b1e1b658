/* SPDX-License-Identifier: MIT */
#include "random_scenario.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t random_number(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(random_number(state) % n);
}

/* What is being written, and what is drawn for all of it. */
struct draft {
	FILE *out;
	uint64_t random;
	uint32_t timer_s;
	uint32_t recipients[3];   /* of each message */
	uint32_t size[3];
	bool is_lmtp[2];          /* each server */
	bool has_veils;
	bool is_calm;             /* no trouble but what is answered in time */
	bool is_answered;
};

static uint32_t below(struct draft *draft, uint32_t n)
{
	return random_below(&draft->random, n);
}

/* True in one of N cases. */
static bool once_in(struct draft *draft, uint32_t n)
{
	return below(draft, n) == 0;
}

static const char *one_of(struct draft *draft, const char *const *texts, uint32_t n)
{
	return texts[below(draft, n)];
}

#define ONE_OF(draft, ...)                                                                         \
	one_of(draft, (const char *const[]){__VA_ARGS__},                                          \
	       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void write_hosts(struct draft *draft)
{
	static const uint32_t timers[] = {10, 30, 60, 90, 300};

	draft->timer_s = timers[below(draft, 5)];
	fprintf(draft->out, "delay %u ms\nhops %u\n", 1 + below(draft, 150), 2 * below(draft, 8));
	fprintf(draft->out, "client c 192.0.2.1 timer %u s mss %u\n", draft->timer_s,
		once_in(draft, 4) ? 536 : 1460);
	for (int i = 0; i < 2; i++) {
		draft->is_lmtp[i] = once_in(draft, 5);
		fprintf(draft->out, "server s%d 198.51.100.%d%s%s\n", i, i + 1,
			draft->is_lmtp[i] ? " lmtp port 24" : "",
			once_in(draft, 4) ? " mss 536" : "");
	}
}

static void write_messages(struct draft *draft, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		draft->recipients[i] = 1 + (once_in(draft, 3) ? below(draft, 3) : 0);
		draft->size[i] = once_in(draft, 3) ? 2000 + below(draft, 20000)
						   : 400 + below(draft, 1600);
		fprintf(draft->out, "message m%u %u B from a@x.example to", i, draft->size[i]);
		for (uint32_t k = 0; k < draft->recipients[i]; k++)
			fprintf(draft->out, " r%u%u@y.example", i, k);
		fputs("\n", draft->out);
	}
}

/* The reply to the end of data comes in time, and all of it arrives. */
static void write_answer(struct draft *draft)
{
	fprintf(draft->out, "\treply to dot after %u ms%s\n", below(draft, draft->timer_s * 300),
		ONE_OF(draft, "", "", "", "", " \"452 later\"", " \"554 no\"", " \"421 busy\""));
	if (once_in(draft, 4))
		fprintf(draft->out, "\tlose the %s %s\n", ONE_OF(draft, "reply", "dot"),
			ONE_OF(draft, "once", "twice"));
	if (once_in(draft, 6))
		fprintf(draft->out, "\tdelay the %s by %u ms\n", ONE_OF(draft, "reply", "dot"),
			below(draft, 900));
	if (once_in(draft, 6))
		fprintf(draft->out, "\tcapture doubles the %s\n", ONE_OF(draft, "reply", "dot"));
}

/* No answer, or not in time, or not whole. */
static void write_silence(struct draft *draft)
{
	draft->is_answered = false;
	fprintf(draft->out, "\treply to dot after %u ms%s\n", below(draft, draft->timer_s * 2000),
		ONE_OF(draft, "", "", "", " keeping it", " close", " close keeping it", " reset",
		       " reset keeping it", " \"250 2.0.0 ok\" cut after 5 B",
		       " \"250 2.0.0 ok\" cut after 5 B keeping it", " \"451 later\"",
		       " \"554 no\" cut after 4 B"));
}

static void write_road(struct draft *draft)
{
	draft->is_answered = false;
	switch (below(draft, 8)) {
	case 0:
		fprintf(draft->out, "\tlose the reply %u times%s\n", 1 + below(draft, 9),
			ONE_OF(draft, "", " near the client", " near the server"));
		break;
	case 1:
		fprintf(draft->out, "\tlose %s %s%s\n",
			ONE_OF(draft, "the dot", "the tail of 900 B", "data segment 2", "the fin",
			       "the fin of the client", "the fin of the server",
			       "frames over 600 B from the client"),
			ONE_OF(draft, "once", "3 times", "forever"),
			ONE_OF(draft, "", " near the client", " near the server"));
		break;
	case 2:
		fprintf(draft->out, "\tpath dies before %s%s\n",
			ONE_OF(draft, "the dot", "the reply", "the fin of the client",
			       "data segment 2"),
			ONE_OF(draft, "", " towards the client", " towards the server"));
		break;
	case 3:
		fprintf(draft->out, "\tpath dies at %u ms%s%s\n", below(draft, draft->timer_s * 1500),
			ONE_OF(draft, "", " towards the client", " towards the server"),
			ONE_OF(draft, "", " near the client", " near the server"));
		break;
	case 4:
		fprintf(draft->out, "\tbox resets %s %u ms after %s%s\n",
			ONE_OF(draft, "the client", "the server", "both sides"),
			below(draft, draft->timer_s * 1200), ONE_OF(draft, "the dot", "the reply"),
			ONE_OF(draft, "", " with ttl 57"));
		break;
	case 5:
		fprintf(draft->out, "\trouter refuses frames over 800 B%s%s\n",
			ONE_OF(draft, "", " from the client"), ONE_OF(draft, "", " in vain"));
		break;
	case 6:
		fprintf(draft->out, "\tserver stops reading after %u B for %u s\n",
			below(draft, 3000), below(draft, draft->timer_s * 2));
		break;
	default:
		fprintf(draft->out, "\tdelay %s by %u ms %u times\n",
			ONE_OF(draft, "the reply", "the dot", "the fin", "everything from the server"),
			below(draft, draft->timer_s * 1100), 1 + below(draft, 4));
		break;
	}
}

static void write_refusal(struct draft *draft, uint32_t message)
{
	fprintf(draft->out, "\treply to rcpt r%u%u@y.example \"%s\"\n", message,
		below(draft, draft->recipients[message]),
		ONE_OF(draft, "450 later", "550 nobody here"));
}

/* The transaction's first line; true where the message is cut off. */
static bool write_deliver(struct draft *draft, uint32_t message, bool is_lmtp, bool may_cut)
{
	static const char *const ways[] = {"", "", "", " pipelined", " in chunks of 700 B",
					   " pipelined in chunks of 1 kB", " dot apart", " prdr"};

	fprintf(draft->out, "\tdeliver m%u", message);
	if (may_cut && once_in(draft, 12)) {
		fprintf(draft->out, " cut after %u B\n", 1 + below(draft, 900));
		return true;
	}
	fputs(one_of(draft, ways, is_lmtp ? 7 : 8), draft->out);
	if (draft->recipients[message] > 1 && once_in(draft, 4))
		fprintf(draft->out, " to r%u%u@y.example", message,
			below(draft, draft->recipients[message]));
	fputs("\n", draft->out);
	return false;
}

/* A transaction; true where the message is whole. */
static bool write_transaction(struct draft *draft, uint32_t message, bool is_lmtp, bool may_cut)
{
	bool is_cut = write_deliver(draft, message, is_lmtp, may_cut);

	draft->is_answered &= !is_cut;
	if (once_in(draft, 8))
		write_refusal(draft, message);
	if (draft->is_calm || once_in(draft, 3))
		write_answer(draft);
	else
		write_silence(draft);
	if (!draft->is_calm && once_in(draft, 2))
		write_road(draft);
	if (!draft->is_calm && once_in(draft, 8))
		write_road(draft);
	return !is_cut;
}

static void write_session(struct draft *draft, uint32_t message, bool is_first)
{
	uint32_t server = below(draft, 2);
	bool is_lmtp = draft->is_lmtp[server];

	fprintf(draft->out, "session c -> s%u%s", server,
		once_in(draft, 6) ? " wrapping at the dot" : "");
	if (is_first)
		fputs("\n", draft->out);
	else
		fprintf(draft->out, " after %u ms\n", below(draft, 40000));
	/* What is shorter is not told from commands behind TLS. */
	bool is_tls = !draft->is_calm && draft->has_veils && draft->size[message] > 1500 &&
		      once_in(draft, 6);
	if (is_tls) {
		draft->is_answered = false;
		fprintf(draft->out, "\tstarttls%s\n", ONE_OF(draft, "", " 1.2"));
	}
	if (write_transaction(draft, message, is_lmtp, !draft->is_calm) && !draft->is_calm &&
	    draft->has_veils && !is_tls && once_in(draft, 8)) {
		/* The same connection once more, after a shorter wait than its timer. */
		draft->is_answered = false;
		fprintf(draft->out, "\tclient goes on after %u ms\n",
			1 + below(draft, draft->timer_s * 1000));
		(void)write_transaction(draft, message, is_lmtp, false);
	}
}

struct random_scenario random_scenario(uint64_t seed, bool has_veils)
{
	struct random_scenario scenario = {0};
	struct draft draft = {.random = seed, .is_answered = true, .has_veils = has_veils};
	uint32_t messages, until_s;
	size_t n;

	draft.out = open_memstream(&scenario.text, &n);
	if (!draft.out)
		abort();
	draft.is_calm = once_in(&draft, 4);
	messages = 1 + below(&draft, 2);
	until_s = once_in(&draft, 6) && has_veils ? 1 + below(&draft, 200) : 0;
	fprintf(draft.out, "seed %u\n", below(&draft, 1000000));
	if (once_in(&draft, 4) && has_veils)
		fputs("nat 203.0.113.7\n", draft.out);
	if (until_s)
		fprintf(draft.out, "capture until %u s\n", until_s);
	write_hosts(&draft);
	write_messages(&draft, messages);
	for (uint32_t message = 0; message < messages; message++) {
		for (uint32_t tries = 1 + below(&draft, 3), i = 0; i < tries; i++)
			write_session(&draft, message, message + i == 0);
	}
	fclose(draft.out);
	scenario.is_answered = draft.is_answered && !until_s;
	return scenario;
}
