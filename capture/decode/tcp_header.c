/* SPDX-License-Identifier: MIT */
#include "tcp_header.h"

#include "cursor.h"

#define TCP_HEADER 20
#define OPTION_END 0
#define OPTION_NOP 1
#define OPTION_TIMESTAMP 8
#define OPTION_TIMESTAMP_LEN 10

static void options_read(struct span options, struct segment *out)
{
	struct cursor c = cursor_at(options);

	while (c.rest.n) {
		uint8_t kind = cursor_u8(&c);
		if (kind == OPTION_END)
			return;
		if (kind == OPTION_NOP)
			continue;
		uint8_t len = cursor_u8(&c);
		if (len < 2)
			return;
		struct cursor value = cursor_at(cursor_bytes(&c, len - 2u));
		if (c.is_short)
			return;
		if (kind == OPTION_TIMESTAMP && len == OPTION_TIMESTAMP_LEN) {
			out->has_timestamp = true;
			out->timestamp = cursor_u32(&value);
			return;
		}
	}
}

static bool skip(enum skip_reason *reason, enum skip_reason why)
{
	*reason = why;
	return false;
}

bool tcp_header_read(const struct datagram *datagram, struct segment *out, enum skip_reason *reason)
{
	struct cursor rest = cursor_at(datagram->payload);
	struct cursor c = cursor_at(cursor_bytes(&rest, TCP_HEADER));
	if (rest.is_short || datagram->len < TCP_HEADER)
		return skip(reason, datagram->len < TCP_HEADER ? SKIP_MALFORMED : SKIP_TRUNCATED);

	out->source.port = cursor_u16(&c);
	out->destination.port = cursor_u16(&c);
	out->seq = cursor_u32(&c);
	out->ack = cursor_u32(&c);
	uint32_t header_len = (cursor_u8(&c) >> 4) * 4u;
	out->flags = cursor_u8(&c);
	out->window = cursor_u16(&c);
	if (header_len < TCP_HEADER || datagram->len < header_len)
		return skip(reason, SKIP_MALFORMED);

	out->has_timestamp = false;
	out->timestamp = 0;
	options_read(span_take(rest.rest, header_len - TCP_HEADER), out);
	memcpy(out->source.address, datagram->source, sizeof out->source.address);
	memcpy(out->destination.address, datagram->destination, sizeof out->destination.address);
	out->ttl = datagram->ttl;
	out->ip_id = datagram->ip_id;
	out->header_len = (uint8_t)header_len;
	out->len = datagram->len - header_len;
	out->payload = span_skip(datagram->payload, header_len);
	return true;
}
