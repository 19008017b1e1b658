/* SPDX-License-Identifier: MIT */
#include "records.h"

#include "bounds.h"
#include "pcapng.h"

#define PCAP_MAGIC 0xa1b2c3d4u
#define PCAP_MAGIC_NANO 0xa1b23c4du
#define PCAP_MAGIC_LONG 0xa1b2cd34u /* Linux 2.2's tcpdump: 8 bytes more a record */
#define PCAP_HEADER 24
#define PCAP_RECORD 16
#define PCAP_RECORD_LONG 24

#define INCOMPLETE 0
#define NOT_A_RECORD SIZE_MAX

static uint32_t read_u32(const struct records *records, struct cursor *c)
{
	uint32_t value = cursor_u32(c);

	return records->is_little_endian ? bswap_32(value) : value;
}

static bool is_pcap_magic(uint32_t magic)
{
	return magic == PCAP_MAGIC || magic == PCAP_MAGIC_NANO || magic == PCAP_MAGIC_LONG;
}

static size_t format_recognise(struct records *records, struct span bytes)
{
	struct cursor c = cursor_at(bytes);
	uint32_t magic = cursor_u32(&c);

	if (c.is_short)
		return INCOMPLETE;
	if (magic == PCAPNG_SECTION) {
		records->format = RECORDS_PCAPNG;
		return INCOMPLETE;
	}
	records->is_little_endian = is_pcap_magic(bswap_32(magic));
	if (records->is_little_endian)
		magic = bswap_32(magic);
	else if (!is_pcap_magic(magic))
		return NOT_A_RECORD;
	if (bytes.n < PCAP_HEADER)
		return INCOMPLETE;
	records->format = RECORDS_PCAP;
	records->record_header = magic == PCAP_MAGIC_LONG ? PCAP_RECORD_LONG : PCAP_RECORD;
	records->has_header = true;
	return PCAP_HEADER;
}

static size_t pcap_record(const struct records *records, struct span bytes)
{
	struct cursor c = cursor_at(bytes);

	cursor_skip(&c, 8);
	uint32_t captured = read_u32(records, &c);
	if (c.is_short)
		return INCOMPLETE;
	if (captured > LIMIT_SNAPLEN)
		return NOT_A_RECORD;
	size_t len = records->record_header + captured;
	return len <= bytes.n ? len : INCOMPLETE;
}

static size_t pcapng_block(struct records *records, struct span bytes)
{
	struct cursor c = cursor_at(bytes);
	struct cursor order = cursor_at(span_skip(bytes, 8));

	/* The same in both byte orders; what follows tells which one its section is in. */
	uint32_t type = cursor_u32(&c);
	if (type == PCAPNG_SECTION)
		records->is_little_endian = cursor_u32(&order) != PCAPNG_BYTE_ORDER;
	else if (records->is_little_endian)
		type = bswap_32(type);
	uint32_t len = read_u32(records, &c);
	if (c.is_short || order.is_short)
		return INCOMPLETE;
	if (len < PCAPNG_BLOCK_MIN || len > LIMIT_RECORD)
		return NOT_A_RECORD;
	if (len > bytes.n)
		return INCOMPLETE;
	if (type == BLOCK_INTERFACE || type == BLOCK_PACKET_OLD || type == BLOCK_PACKET_SIMPLE ||
	    type == BLOCK_PACKET)
		records->has_header = true;
	return len;
}

static size_t record_len(struct records *records, struct span bytes)
{
	switch (records->format) {
	case RECORDS_START:
		return format_recognise(records, bytes);
	case RECORDS_PCAP:
		return pcap_record(records, bytes);
	case RECORDS_PCAPNG:
		return pcapng_block(records, bytes);
	case RECORDS_UNKNOWN:
		break;
	}
	return bytes.n;
}

size_t records_advance(struct records *records, struct span bytes)
{
	struct span rest = bytes;

	while (rest.n) {
		bool was_start = records->format == RECORDS_START;
		size_t len = record_len(records, rest);
		if (len == NOT_A_RECORD) {
			records->format = RECORDS_UNKNOWN;
			records->has_header = true;
			return bytes.n;
		}
		if (len == INCOMPLETE && was_start && records->format != RECORDS_START)
			continue; /* the magic only said which format this record has */
		if (len == INCOMPLETE)
			break;
		rest = span_skip(rest, len);
	}
	return bytes.n - rest.n;
}
