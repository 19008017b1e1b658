/* SPDX-License-Identifier: MIT */
#include "twice.h"

#include "bounds.h"
#include "hash.h"
#include "hash_key.h"

#include <stdlib.h>

#define CHECKSUM_AT 16 /* in the TCP header */
#define CHECKSUM_END 18
#define END 8 /* bytes of a packet with identification that are compared beside its header */

/* A packet that was captured. */
struct sighting {
	int64_t time_ns;
	uint32_t number; /* among all packets, from 1; 0: nothing is here */
	uint32_t link;	 /* a digest of where it came by; 0 with identification */
	uint8_t ttl;
};

/*
 * The newest packets whose identities hash alike. These stand apart from what else is known, as
 * nearly every packet needs only them to be found new: so they stay in the processor's caches.
 */
#define WAYS 4
#define BUCKETS (LIMIT_SIGHTINGS / WAYS)

struct bucket {
	uint64_t identities[WAYS];
};

/* What one end of a connection sends. */
struct direction {
	uint32_t check;	 /* tells it from others at the same place */
	uint32_t number; /* of its newest packet */
	uint16_t ip_id;
	bool ids_move; /* they have differed */
};

struct twice {
	uint64_t seed;
	uint32_t packets;
	uint8_t oldest[BUCKETS];
	struct bucket buckets[BUCKETS];
	struct sighting sightings[BUCKETS][WAYS];
	struct direction directions[LIMIT_DIRECTIONS];
};

struct twice *twice_new(uint64_t seed)
{
	struct twice *twice = calloc(1, sizeof *twice);

	if (twice)
		twice->seed = seed;
	return twice;
}

void twice_free(struct twice *twice)
{
	free(twice);
}

/* Keys are made of whole words: others would be read across the ends of what was just written. */
static uint64_t hash_direction(const struct twice *twice, const struct endpoint *source,
			       const struct endpoint *destination, uint16_t tap)
{
	uint64_t key[5];

	memcpy(key, source->address, sizeof source->address);
	memcpy(key + 2, destination->address, sizeof destination->address);
	key[4] = (uint64_t)tap << 32 | (uint64_t)source->port << 16 | destination->port;
	return hash_key(key, sizeof key, twice->seed);
}

/*
 * What follows the checksum. Identification tells packets apart by itself, and nearly every packet
 * has it: then a look at the end must do. Else every byte counts.
 */
static uint64_t hash_rest(const struct twice *twice, struct span rest, bool has_id)
{
	uint64_t end = 0;

	if (!has_id)
		return hash_bytes(rest, twice->seed);
	if (rest.n >= END)
		memcpy(&end, rest.p + rest.n - END, END);
	return end;
}

static uint64_t hash_identity(const struct twice *twice, const struct segment *segment,
			      const struct datagram *datagram, uint64_t direction)
{
	struct span rest = span_skip(datagram->payload, CHECKSUM_END);
	uint64_t key[6];

	memcpy(key, datagram->payload.p, CHECKSUM_AT);
	key[2] = (uint64_t)datagram->len << 32 | datagram->payload.n;
	key[3] = (uint64_t)segment->timestamp << 32 | segment->ip_id;
	key[4] = direction;
	key[5] = hash_rest(twice, rest, segment->ip_id != 0);
	return hash_key(key, sizeof key, twice->seed);
}

static uint32_t digest_link(const struct twice *twice, uint32_t interface, struct span link)
{
	return (uint32_t)hash_bytes(link, twice->seed + interface);
}

/* The direction's entry: its own, or a new one in the place of another's. */
static struct direction *enter_direction(struct twice *twice, uint64_t hash, uint16_t ip_id)
{
	struct direction *direction = &twice->directions[hash % LIMIT_DIRECTIONS];
	uint32_t check = (uint32_t)(hash >> 32);

	if (direction->check != check || !direction->number)
		*direction = (struct direction){.check = check, .ip_id = ip_id};
	direction->ids_move |= direction->ip_id != ip_id;
	direction->ip_id = ip_id;
	direction->number = twice->packets;
	return direction;
}

/* Whether the other side is known to have sent nothing since SIGHTING. */
static bool is_other_side_silent(const struct twice *twice, const struct segment *segment,
				 const struct sighting *sighting)
{
	uint64_t hash =
		hash_direction(twice, &segment->destination, &segment->source, segment->tap);
	const struct direction *direction = &twice->directions[hash % LIMIT_DIRECTIONS];

	return direction->number && direction->check == (uint32_t)(hash >> 32) &&
	       twice->packets - direction->number > twice->packets - sighting->number;
}

/* Rules 3 and 4: what tells a copy where there is no identification. */
static bool is_evident(const struct segment *segment, const struct sighting *sighting,
		       uint32_t link, int64_t apart_ns)
{
	bool is_routed = segment->ttl < sighting->ttl;
	bool came_otherwise = link != sighting->link;

	if (!segment->len && !(segment->flags & (TCP_SYN | TCP_FIN)))
		return is_routed && came_otherwise;
	return is_routed ||
	       (apart_ns < LIMIT_TWICE_SURE_NS && (segment->has_timestamp || came_otherwise));
}

static int64_t apart(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns;
}

static bool is_copy_of(const struct twice *twice, const struct segment *segment,
		       const struct direction *direction, const struct sighting *sighting,
		       uint32_t link)
{
	int64_t apart_ns = apart(segment->mark.time_ns, sighting->time_ns);

	if (apart_ns > LIMIT_TWICE_NS || segment->ttl > sighting->ttl ||
	    sighting->ttl - segment->ttl > LIMIT_TWICE_HOPS)
		return false;
	if ((segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return true;
	if (segment->ip_id && (direction->ids_move || !(segment->flags & TCP_SYN)))
		return direction->ids_move;
	return is_evident(segment, sighting, link, apart_ns) &&
	       is_other_side_silent(twice, segment, sighting);
}

/* The place of the sighting with IDENTITY, or else of the oldest one that has to make room. */
static struct sighting *find(struct twice *twice, uint64_t identity, bool *is_found)
{
	size_t at = identity % BUCKETS;
	struct bucket *bucket = &twice->buckets[at];

	*is_found = true;
	for (size_t way = 0; way < WAYS; way++)
		if (bucket->identities[way] == identity)
			return &twice->sightings[at][way];
	*is_found = false;
	size_t way = twice->oldest[at]++ % WAYS;
	bucket->identities[way] = identity;
	return &twice->sightings[at][way];
}

bool twice_is_copy(struct twice *twice, const struct segment *segment,
		   const struct datagram *datagram, uint32_t interface, struct span link)
{
	uint64_t hash =
		hash_direction(twice, &segment->source, &segment->destination, segment->tap);
	uint64_t identity = hash_identity(twice, segment, datagram, hash);
	uint32_t digest = segment->ip_id ? 0 : digest_link(twice, interface, link);
	bool is_found;
	struct sighting *sighting = find(twice, identity, &is_found);

	twice->packets++;
	struct direction *direction = enter_direction(twice, hash, segment->ip_id);
	if (is_found && sighting->number && is_copy_of(twice, segment, direction, sighting, digest))
		return true;
	*sighting = (struct sighting){
		.time_ns = segment->mark.time_ns,
		.number = twice->packets,
		.link = digest,
		.ttl = segment->ttl,
	};
	return false;
}
