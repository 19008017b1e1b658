/* SPDX-License-Identifier: MIT */
#include "fragment.h"

#include "bounds.h"

#include <stdlib.h>

#define UNIT 8 /* fragments begin at multiples of 8 bytes */
#define UNITS ((LIMIT_DATAGRAM_BYTES + UNIT) / UNIT)
#define LEN_UNKNOWN UINT32_MAX

/* Fragments of one datagram agree in these; a tap sees a datagram of its own. */
struct fragment_key {
	uint8_t source[16];
	uint8_t destination[16];
	uint32_t id;
	uint16_t tap;
	uint8_t protocol; /* 0 for IPv6, where only the first fragment's counts */
};

struct gathering {
	bool is_used;
	struct fragment_key key;
	int64_t first_ns;
	uint32_t packets;
	uint32_t len;	       /* of the whole datagram's payload, once its last part came */
	uint32_t captured_end; /* first byte that a snaplen cut off, or LEN_UNKNOWN */
	uint32_t units_n;      /* units that are there */
	uint8_t first_protocol;
	uint8_t has_unit[UNITS / 8 + 1];
	struct fragment_parts parts;
	uint8_t *bytes; /* LIMIT_DATAGRAM_BYTES; kept for the next datagram */
};

struct fragments {
	int64_t deadline_ns;
	const struct gathering *lent; /* whose bytes the last completed datagram has */
	struct gathering gatherings[LIMIT_DATAGRAMS];
};

struct fragments *fragments_new(void)
{
	struct fragments *fragments = calloc(1, sizeof *fragments);

	if (fragments)
		fragments->deadline_ns = INT64_MAX;
	return fragments;
}

void fragments_free(struct fragments *fragments)
{
	if (!fragments)
		return;
	for (size_t i = 0; i < LIMIT_DATAGRAMS; i++)
		free(fragments->gatherings[i].bytes);
	free(fragments);
}

int64_t fragments_deadline(const struct fragments *fragments)
{
	return fragments->deadline_ns;
}

static void watch_age(struct fragments *fragments, const struct gathering *g)
{
	if (g->first_ns + LIMIT_FRAGMENT_AGE_NS < fragments->deadline_ns)
		fragments->deadline_ns = g->first_ns + LIMIT_FRAGMENT_AGE_NS;
}

uint32_t fragments_expire(struct fragments *fragments, int64_t now_ns)
{
	uint32_t lost = 0;

	fragments->deadline_ns = INT64_MAX;
	for (size_t i = 0; i < LIMIT_DATAGRAMS; i++) {
		struct gathering *g = &fragments->gatherings[i];
		if (!g->is_used)
			continue;
		if (now_ns - g->first_ns > LIMIT_FRAGMENT_AGE_NS) {
			lost += g->packets;
			g->is_used = false;
		} else {
			watch_age(fragments, g);
		}
	}
	return lost;
}

static struct fragment_key key_of(const struct packet *packet, const struct datagram *part)
{
	struct fragment_key key;

	memset(&key, 0, sizeof key); /* padding too: keys are compared as bytes */
	memcpy(key.source, part->source, sizeof key.source);
	memcpy(key.destination, part->destination, sizeof key.destination);
	key.id = part->fragment_id;
	key.tap = packet->tap;
	key.protocol = part->is_ipv6 ? 0 : part->protocol;
	return key;
}

/* The gathering of KEY; else an unused one, else the oldest, whose packets become LOST. */
static struct gathering *find_gathering(struct fragments *fragments, const struct fragment_key *key,
					uint32_t *lost)
{
	struct gathering *room = NULL;

	for (size_t i = 0; i < LIMIT_DATAGRAMS; i++) {
		struct gathering *g = &fragments->gatherings[i];
		if (g->is_used && memcmp(&g->key, key, sizeof *key) == 0)
			return g;
		if (g == fragments->lent)
			continue;
		if (!room || (room->is_used && (!g->is_used || g->first_ns < room->first_ns)))
			room = g;
	}
	if (room->is_used)
		*lost = room->packets;
	room->is_used = false;
	return room;
}

static bool gathering_start(struct gathering *g, const struct fragment_key *key, int64_t now_ns)
{
	uint8_t *bytes = g->bytes ? g->bytes : malloc(LIMIT_DATAGRAM_BYTES);

	if (!bytes)
		return false;
	*g = (struct gathering){
		.is_used = true,
		.key = *key,
		.first_ns = now_ns,
		.len = LEN_UNKNOWN,
		.captured_end = LEN_UNKNOWN,
		.bytes = bytes,
	};
	return true;
}

static void add_part(struct fragment_parts *parts, const struct fragment_part *part)
{
	if (parts->count < LIMIT_FRAGMENT_PARTS)
		parts->part[parts->count++] = *part;
}

/* A fragment whose payload lies in PACKET itself is a part of its own; one inside a datagram that
 * was put together came in that one's parts. */
static void note_part(const struct packet *packet, const struct datagram *datagram,
		      struct fragment_parts *parts)
{
	uintptr_t at = (uintptr_t)datagram->payload.p - (uintptr_t)packet->bytes.p;

	if (at > packet->bytes.n)
		return;
	add_part(parts, &(struct fragment_part){packet->file, packet->mark.frame, (uint32_t)at});
}

static bool unit_take(struct gathering *g, uint32_t unit)
{
	uint8_t bit = (uint8_t)(1u << (unit % 8));

	if (g->has_unit[unit / 8] & bit)
		return false;
	g->has_unit[unit / 8] |= bit;
	g->units_n++;
	return true;
}

/* Copies the units of PART that are new. Returns how many were there before. */
static uint32_t copy_units(struct gathering *g, const struct datagram *part)
{
	uint32_t known = 0;

	for (uint32_t off = 0; off < part->len; off += UNIT) {
		uint32_t at = part->fragment_off + off;
		if (!unit_take(g, at / UNIT)) {
			known++;
			continue;
		}
		struct span from = span_take(span_skip(part->payload, off), UNIT);
		if (from.n)
			memcpy(g->bytes + at, from.p, from.n);
	}
	return known;
}

/* A part that holds the same bytes again is a copy: seen twice, not sent to deceive. */
static bool is_copy(const struct gathering *g, const struct datagram *part)
{
	uint32_t cut = g->captured_end;
	size_t known = cut > part->fragment_off ? cut - part->fragment_off : 0;
	struct span compared = span_take(part->payload, known);

	return !compared.n || memcmp(g->bytes + part->fragment_off, compared.p, compared.n) == 0;
}

static bool is_possible(const struct datagram *part)
{
	return part->len && part->fragment_off + part->len <= LIMIT_DATAGRAM_BYTES &&
	       (!part->more_fragments || part->len % UNIT == 0);
}

/* Only one length can be right: the first one told. */
static bool agrees_in_len(const struct gathering *g, const struct datagram *part)
{
	uint32_t end = part->fragment_off + part->len;

	return g->len == LEN_UNKNOWN || (part->more_fragments ? end <= g->len : end == g->len);
}

/* Returns whether PART overlaps what came before it, other than as a copy. */
static bool gather(struct gathering *g, const struct datagram *part)
{
	uint32_t end = part->fragment_off + part->len;
	uint32_t units = (part->len + UNIT - 1) / UNIT;

	g->packets++;
	if (!part->more_fragments)
		g->len = end;
	if (!part->fragment_off)
		g->first_protocol = part->protocol;
	uint32_t known = copy_units(g, part);
	if (part->payload.n < part->len && known < units &&
	    part->fragment_off + part->payload.n < g->captured_end)
		g->captured_end = part->fragment_off + (uint32_t)part->payload.n;
	return known && (known < units || !is_copy(g, part));
}

static bool is_whole(const struct gathering *g)
{
	return g->len != LEN_UNKNOWN && g->units_n == (g->len + UNIT - 1) / UNIT;
}

static void complete(struct gathering *g, struct datagram *part)
{
	part->protocol = g->first_protocol;
	part->is_fragment = false;
	part->more_fragments = false;
	part->fragment_off = 0;
	part->len = g->len;
	part->payload = (struct span){g->bytes, g->len};
	part->payload = span_take(part->payload, g->captured_end);
	g->is_used = false;
}

struct fragment_result fragments_add(struct fragments *fragments, const struct packet *packet,
				     struct datagram *part, struct fragment_parts *parts)
{
	struct fragment_result result = {.state = FRAGMENT_KEPT};

	if (!is_possible(part)) {
		result.state = FRAGMENT_MALFORMED;
		return result;
	}
	struct fragment_key key = key_of(packet, part);
	struct gathering *g = find_gathering(fragments, &key, &result.lost);
	if (!g->is_used) {
		if (!gathering_start(g, &key, packet->mark.time_ns)) {
			result.lost++;
			return result;
		}
		watch_age(fragments, g);
	}
	if (!agrees_in_len(g, part)) {
		result.state = FRAGMENT_MALFORMED;
		return result;
	}
	result.overlaps = gather(g, part);
	note_part(packet, part, parts);
	for (uint32_t i = 0; i < parts->count; i++)
		add_part(&g->parts, &parts->part[i]);
	if (is_whole(g)) {
		*parts = g->parts;
		complete(g, part);
		fragments->lent = g;
		result.state = FRAGMENT_COMPLETED;
	}
	return result;
}
