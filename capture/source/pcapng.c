/* SPDX-License-Identifier: MIT */
#include "pcapng.h"

#include "bounds.h"

#include <stdlib.h>

#define VERSION 1
#define FIRST_BLOCK_SIZE 4096u
#define TRAILER 4
#define BODY_AT 8

/* A block without its lengths. */
struct block {
	uint32_t type;
	struct ordered body;
};

/* What a block was, for who waits for one. */
enum found {
	FOUND_PACKET,
	FOUND_INTERFACE,
	FOUND_OTHER,
	FOUND_PROBLEM,
};

void pcapng_close(struct pcapng *pcapng)
{
	(void)fclose(pcapng->stream);
	free(pcapng->block);
}

static enum pcapng_state broken(struct pcapng *pcapng, const char *problem)
{
	pcapng->problem = problem;
	return PCAPNG_BROKEN;
}

static enum found found_problem(struct pcapng *pcapng, const char *problem)
{
	pcapng->problem = problem;
	return problem ? FOUND_PROBLEM : FOUND_OTHER;
}

static bool make_room(struct pcapng *pcapng, size_t len)
{
	size_t size = pcapng->block_size ? pcapng->block_size : FIRST_BLOCK_SIZE;

	while (size < len)
		size *= 2;
	if (size == pcapng->block_size)
		return true;
	uint8_t *block = realloc(pcapng->block, size);
	if (!block)
		return false;
	pcapng->block = block;
	pcapng->block_size = size;
	return true;
}

/*
 * The first bytes of a block: its type and length. The type of a section is the same in both byte
 * orders; what follows its length tells which one it is written in.
 */
static bool head_read(struct pcapng *pcapng, struct span head, uint32_t *type, uint32_t *len)
{
	struct cursor c = cursor_at(head);

	if (cursor_u32(&c) == PCAPNG_SECTION) {
		cursor_skip(&c, 4);
		uint32_t order = cursor_u32(&c);
		pcapng->place.is_little_endian = order == bswap_32(PCAPNG_BYTE_ORDER);
		if (order != PCAPNG_BYTE_ORDER && !pcapng->place.is_little_endian)
			return false;
	} else if (!pcapng->place.offset) {
		return false;
	}
	struct ordered o = ordered_at(head, pcapng->place.is_little_endian);
	*type = ordered_u32(&o);
	*len = ordered_u32(&o);
	return true;
}

static enum pcapng_state block_read(struct pcapng *pcapng, struct block *out)
{
	uint32_t len;

	if (!make_room(pcapng, PCAPNG_BLOCK_MIN))
		return broken(pcapng, "no memory");
	size_t n = fread(pcapng->block, 1, PCAPNG_BLOCK_MIN, pcapng->stream);
	if (n < PCAPNG_BLOCK_MIN)
		return n ? PCAPNG_CUT : PCAPNG_END;
	if (!head_read(pcapng, (struct span){pcapng->block, n}, &out->type, &len))
		return broken(pcapng, "the start of a section without its byte order");
	if (len < PCAPNG_BLOCK_MIN || len > LIMIT_RECORD || len % 4)
		return broken(pcapng, "a block has a length that cannot be");
	if (!make_room(pcapng, len))
		return broken(pcapng, "no memory");
	if (fread(pcapng->block + n, 1, len - n, pcapng->stream) < len - n)
		return PCAPNG_CUT;

	struct span block = {pcapng->block, len};
	struct ordered trailer =
		ordered_at(span_skip(block, len - TRAILER), pcapng->place.is_little_endian);
	if (ordered_u32(&trailer) != len)
		return broken(pcapng, "the two lengths of a block differ");
	block.n -= TRAILER;
	out->body = ordered_at(span_skip(block, BODY_AT), pcapng->place.is_little_endian);
	pcapng->place.offset += len;
	return PCAPNG_PACKET;
}

static enum found section_enter(struct pcapng *pcapng, struct ordered body)
{
	cursor_skip(&body.c, 4); /* the byte order */
	if (ordered_u16(&body) != VERSION)
		return found_problem(pcapng, "a section of a version of pcapng that is not read");
	pcapng->place.first_interface = pcapng->place.interfaces_n;
	return FOUND_OTHER;
}

/* Behind a place that was gone back to the interfaces are known. */
static enum found interface_enter(struct pcapng *pcapng, struct ordered body)
{
	if (pcapng->place.interfaces_n == pcapng->interfaces->n) {
		const char *problem = interfaces_add(pcapng->interfaces, body);
		if (problem)
			return found_problem(pcapng, problem);
	}
	pcapng->place.interfaces_n++;
	return FOUND_INTERFACE;
}

static bool has_interface(const struct pcapng *pcapng, uint32_t id)
{
	return id < pcapng->place.interfaces_n - pcapng->place.first_interface;
}

static enum found statistics_read(struct pcapng *pcapng, struct ordered body)
{
	uint32_t id = ordered_u32(&body);

	if (!body.c.is_short && has_interface(pcapng, id))
		interfaces_note_dropped(pcapng->interfaces, pcapng->place.first_interface + id,
					body);
	return FOUND_OTHER;
}

/* The packet of interface ID whose captured bytes are the next LEN of BODY. */
static enum found packet_read(struct pcapng *pcapng, uint32_t id, struct ordered *body,
			      uint32_t len, struct packet *out)
{
	out->bytes = cursor_bytes(&body->c, len);
	if (body->c.is_short)
		return found_problem(pcapng, "a packet is longer than its block");
	if (len > LIMIT_SNAPLEN)
		return found_problem(pcapng, "a packet is larger than is read");
	out->interface = pcapng->place.first_interface + id;
	out->link = pcapng->interfaces->all[out->interface].link;
	out->mark.time_ns = pcapng->place.time_ns;
	return FOUND_PACKET;
}

static enum found no_interface(struct pcapng *pcapng)
{
	return found_problem(pcapng, "a packet is of an interface that is not described");
}

/* Enhanced packets and the packets of old have the same fields behind the interface. */
static enum found packet_with_time_read(struct pcapng *pcapng, uint32_t id, struct ordered body,
					struct packet *out)
{
	if (!has_interface(pcapng, id))
		return no_interface(pcapng);
	uint32_t index = pcapng->place.first_interface + id;
	uint64_t time = ordered_u32_pair(&body);
	uint32_t len = ordered_u32(&body);
	out->wire_len = ordered_u32(&body);
	pcapng->place.time_ns = interface_time_ns(&pcapng->interfaces->all[index], time);
	return packet_read(pcapng, id, &body, len, out);
}

static enum found packet_old_read(struct pcapng *pcapng, struct ordered body, struct packet *out)
{
	uint32_t id = ordered_u16(&body);

	(void)ordered_u16(&body); /* dropped before this one, if known */
	return packet_with_time_read(pcapng, id, body, out);
}

/* How much was captured only the interface's snaplen tells. */
static enum found packet_simple_read(struct pcapng *pcapng, struct ordered body, struct packet *out)
{
	if (!has_interface(pcapng, 0))
		return no_interface(pcapng);
	uint32_t snaplen = pcapng->interfaces->all[pcapng->place.first_interface].snaplen;
	out->wire_len = ordered_u32(&body);
	uint32_t len = out->wire_len;
	if (snaplen && len > snaplen)
		len = snaplen;
	return packet_read(pcapng, 0, &body, len, out);
}

static enum found block_enter(struct pcapng *pcapng, struct block block, struct packet *out)
{
	switch (block.type) {
	case PCAPNG_SECTION:
		return section_enter(pcapng, block.body);
	case BLOCK_INTERFACE:
		return interface_enter(pcapng, block.body);
	case BLOCK_STATISTICS:
		return statistics_read(pcapng, block.body);
	case BLOCK_PACKET: {
		uint32_t id = ordered_u32(&block.body);
		return packet_with_time_read(pcapng, id, block.body, out);
	}
	case BLOCK_PACKET_OLD:
		return packet_old_read(pcapng, block.body, out);
	case BLOCK_PACKET_SIMPLE:
		return packet_simple_read(pcapng, block.body, out);
	default:
		return FOUND_OTHER;
	}
}

static enum pcapng_state read_until(struct pcapng *pcapng, enum found wanted, struct packet *out)
{
	for (;;) {
		struct block block;
		enum pcapng_state state = block_read(pcapng, &block);
		if (state != PCAPNG_PACKET)
			return state;
		enum found found = block_enter(pcapng, block, out);
		if (found == wanted)
			return PCAPNG_PACKET;
		if (found == FOUND_PROBLEM)
			return PCAPNG_BROKEN;
	}
}

enum pcapng_state pcapng_read_start(struct pcapng *pcapng)
{
	struct packet none;

	return read_until(pcapng, FOUND_INTERFACE, &none);
}

enum pcapng_state pcapng_next(struct pcapng *pcapng, struct packet *out)
{
	return read_until(pcapng, FOUND_PACKET, out);
}

bool pcapng_go(struct pcapng *pcapng, const struct pcapng_place *place)
{
	clearerr(pcapng->stream);
	if (fseeko(pcapng->stream, place->offset, SEEK_SET) != 0)
		return false;
	pcapng->place = *place;
	return true;
}
