/* SPDX-License-Identifier: MIT */
#include "report/packet_file.h"

#include "bounds.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#define LINKTYPE_RAW 101 /* the one link type read whose number in files is not its DLT_ value */

#define PCAP_MAGIC 0xa1b2c3d4u
#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define SECTION_MAGIC 0x1a2b3c4du
#define OPTION_DESCRIPTION 3u
#define OPTION_RESOLUTION 9u
#define LONGEST_NAME 200u

void origins_free(struct origins *origins)
{
	free(origins->all);
	*origins = (struct origins){0};
}

static bool is_same(const struct origin *origin, const struct packet *packet)
{
	return origin->file == packet->file && origin->interface == packet->interface &&
	       origin->link == packet->link;
}

/* A packet of an interface that was not noted, as a fragment may be, goes by one of its file. */
static uint32_t nearest_origin(const struct origins *origins, const struct packet *packet)
{
	uint32_t i = 0;

	while (i + 1 < origins->count && origins->all[i].file != packet->file)
		i++;
	return i;
}

/* Its number in the file; ORIGINS->count if it is none of them. */
static uint32_t find_origin(const struct origins *origins, const struct packet *packet)
{
	uint32_t i = 0;

	while (i < origins->count && !is_same(&origins->all[i], packet))
		i++;
	return i;
}

bool origins_note(struct origins *origins, const struct packet *packet)
{
	int64_t time_ns = packet->mark.time_ns;

	if (time_ns < 0 || time_ns / NS_PER_SECOND > UINT32_MAX || time_ns % 1000)
		origins->needs_pcapng = true;
	if (find_origin(origins, packet) < origins->count)
		return true;
	if (origins->count == origins->room) {
		uint32_t room = origins->room ? origins->room * 2 : 4;
		struct origin *all = reallocarray(origins->all, room, sizeof *all);
		if (!all)
			return false;
		origins->all = all;
		origins->room = room;
	}
	origins->all[origins->count++] =
		(struct origin){packet->file, packet->interface, packet->link};
	return true;
}

bool origins_are_pcapng(const struct origins *origins)
{
	return origins->needs_pcapng || origins->count > 1;
}

static void put_u16(FILE *out, uint32_t value)
{
	const uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
	fwrite(bytes, 1, sizeof bytes, out);
}

static void put_u32(FILE *out, uint32_t value)
{
	put_u16(out, value & 0xffff);
	put_u16(out, value >> 16);
}

static void put_padded(FILE *out, struct span bytes)
{
	static const uint8_t zeros[4];

	fwrite(bytes.p, 1, bytes.n, out);
	fwrite(zeros, 1, (4 - bytes.n % 4) % 4, out);
}

static uint32_t padded(size_t n)
{
	return (uint32_t)(n + (4 - n % 4) % 4);
}

static uint32_t link_in_files(int link)
{
	return link == DLT_RAW ? LINKTYPE_RAW : (uint32_t)link;
}

static void put_section(FILE *out)
{
	put_u32(out, BLOCK_SECTION);
	put_u32(out, 28);
	put_u32(out, SECTION_MAGIC);
	put_u16(out, 1); /* version 1.0 */
	put_u16(out, 0);
	put_u32(out, UINT32_MAX); /* its length is not told */
	put_u32(out, UINT32_MAX);
	put_u32(out, 28);
}

void packet_file_put_interface(FILE *out, int link, const char *name)
{
	struct span text = span_take(span_of(name), LONGEST_NAME);
	uint32_t len = 20 + (4 + padded(text.n)) + (4 + 4) + 4;

	put_u32(out, BLOCK_INTERFACE);
	put_u32(out, len);
	put_u16(out, link_in_files(link));
	put_u16(out, 0);
	put_u32(out, LIMIT_SNAPLEN);
	put_u16(out, OPTION_DESCRIPTION);
	put_u16(out, (uint32_t)text.n);
	put_padded(out, text);
	put_u16(out, OPTION_RESOLUTION);
	put_u16(out, 1);
	put_u32(out, 9); /* 10^-9 s, and the padding behind it */
	put_u32(out, 0); /* no more options */
	put_u32(out, len);
}

void packet_file_begin(FILE *out, const struct origins *origins,
		       const char *(*name_of)(const void *context, uint16_t file),
		       const void *context)
{
	if (origins_are_pcapng(origins)) {
		put_section(out);
		for (uint32_t i = 0; i < origins->count; i++)
			packet_file_put_interface(out, origins->all[i].link,
						  name_of(context, origins->all[i].file));
		return;
	}
	put_u32(out, PCAP_MAGIC);
	put_u16(out, 2); /* version 2.4 */
	put_u16(out, 4);
	put_u32(out, 0);
	put_u32(out, 0);
	put_u32(out, LIMIT_SNAPLEN);
	put_u32(out, link_in_files(origins->count ? origins->all[0].link : DLT_EN10MB));
}

void packet_file_put(FILE *out, const struct origins *origins, const struct packet *packet)
{
	uint32_t captured = (uint32_t)packet->bytes.n;
	uint64_t time = packet->mark.time_ns < 0 ? 0 : (uint64_t)packet->mark.time_ns;

	if (!origins_are_pcapng(origins)) {
		put_u32(out, (uint32_t)(time / 1000000000u));
		put_u32(out, (uint32_t)(time % 1000000000u / 1000));
		put_u32(out, captured);
		put_u32(out, packet->wire_len);
		fwrite(packet->bytes.p, 1, captured, out);
		return;
	}
	put_u32(out, BLOCK_PACKET);
	put_u32(out, 32 + padded(captured));
	uint32_t origin = find_origin(origins, packet);
	put_u32(out, origin < origins->count ? origin : nearest_origin(origins, packet));
	put_u32(out, (uint32_t)(time >> 32));
	put_u32(out, (uint32_t)time);
	put_u32(out, captured);
	put_u32(out, packet->wire_len);
	put_padded(out, packet->bytes);
	put_u32(out, 32 + padded(captured));
}
