/* SPDX-License-Identifier: MIT */
#include "forged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../forge/lex.h"
#include "../forge/parse.h"
#include "../forge/simulate.h"

#define RECORD_LEN 16
#define SNAPLEN 262144
#define NANOSECONDS 0xA1B23C4D
#define ETHERNET 1

/* A forged capture while it is played. */
struct play {
	struct forged *forged;
	struct buffer pcap;
};

/* Numbers stand as this machine writes them: a capture file says by its first number how. */
static void put_u16(struct buffer *out, uint16_t value)
{
	buffer_add(out, &value, sizeof value);
}

static void put_u32(struct buffer *out, uint32_t value)
{
	buffer_add(out, &value, sizeof value);
}

static void put_file_header(struct buffer *out)
{
	put_u32(out, NANOSECONDS);
	put_u16(out, 2); /* the format's version, 2.4 */
	put_u16(out, 4);
	put_u32(out, 0);
	put_u32(out, 0);
	put_u32(out, SNAPLEN);
	put_u32(out, ETHERNET);
}

static bool keep_frame(void *context, int64_t time_ns, const uint8_t *frame, size_t len)
{
	struct play *play = context;
	struct forged *forged = play->forged;

	/* Whenever it is a power of two they get twice the room. */
	if ((forged->frame_count & (forged->frame_count - 1)) == 0)
		forged->frames =
			forge_resize(forged->frames,
				     (2 * forged->frame_count + 1) * sizeof *forged->frames);
	forged->frames[forged->frame_count++] = play->pcap.len;
	put_u32(&play->pcap, (uint32_t)(time_ns / NS_PER_S));
	put_u32(&play->pcap, (uint32_t)(time_ns % NS_PER_S));
	put_u32(&play->pcap, (uint32_t)len);
	put_u32(&play->pcap, (uint32_t)len);
	buffer_add(&play->pcap, frame, len);
	return true;
}

static struct scenario *parse(const char *text)
{
	char *error;
	struct scenario *scenario = parse_scenario("x.scn", text, strlen(text), &error);

	if (error)
		print_error("%s\n", error);
	free(error);
	assert_non_null(scenario);
	return scenario;
}

static void keep_truth(struct forged *forged, const struct truth *truth)
{
	forged->copies = forge_resize(NULL, truth->count * sizeof *forged->copies + 1);
	forged->copies_count = truth->count;
	for (size_t i = 0; i < truth->count; i++)
		forged->copies[i] = (struct forged_copies){truth->copies[i].message,
							   truth->copies[i].recipient,
							   truth->copies[i].count};
}

struct forged forged_play(const char *text, unsigned tap_percent, int64_t ahead_ns)
{
	struct forged forged = {.scenario = parse(text)};
	struct play play = {.forged = &forged};
	struct truth truth = {0};
	char reason[256];
	struct craft *craft = craft_new(reason, sizeof reason);

	assert_non_null(craft);
	forged.scenario->tap_percent = tap_percent;
	forged.scenario->clock_ns += ahead_ns;
	put_file_header(&play.pcap);
	assert_true(simulate(forged.scenario, craft, keep_frame, &play, &truth).is_ok);
	keep_truth(&forged, &truth);
	forged.pcap = play.pcap.bytes;
	forged.pcap_len = play.pcap.len;
	free(truth.copies);
	craft_free(craft);
	return forged;
}

void forged_free(struct forged *forged)
{
	free(forged->pcap);
	free(forged->frames);
	free(forged->copies);
	scenario_free(forged->scenario);
}

void forged_drop(struct forged *forged, size_t index)
{
	size_t at = forged->frames[index];
	size_t end = index + 1 < forged->frame_count ? forged->frames[index + 1]
						     : forged->pcap_len;

	memmove(forged->pcap + at, forged->pcap + end, forged->pcap_len - end);
	forged->pcap_len -= end - at;
	forged->frame_count--;
	for (size_t i = index; i < forged->frame_count; i++)
		forged->frames[i] = forged->frames[i + 1] - (end - at);
}

struct span forged_frame(const struct forged *forged, size_t index)
{
	size_t at = forged->frames[index] + RECORD_LEN;
	size_t end = index + 1 < forged->frame_count ? forged->frames[index + 1]
						     : forged->pcap_len;

	return (struct span){forged->pcap + at, end - at};
}

int64_t forged_time_ns(const struct forged *forged, size_t index)
{
	uint32_t stamp[2];

	memcpy(stamp, forged->pcap + forged->frames[index], sizeof stamp);
	return stamp[0] * NS_PER_S + stamp[1];
}

size_t forged_find(const struct forged *forged, size_t from, const char *text)
{
	for (; from < forged->frame_count; from++) {
		struct span frame = forged_frame(forged, from);
		if (memmem(frame.p, frame.n, text, strlen(text)))
			return from;
	}
	return FRAME_NONE;
}
