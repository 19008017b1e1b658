/* SPDX-License-Identifier: MIT */
#include "ip.h"

#include "bounds.h"
#include "cursor.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define MORE_FRAGMENTS 0x2000
#define FRAGMENT_OFFSET 0x1fff
#define PROTOCOL_HIP 139   /* RFC 7401 */
#define PROTOCOL_SHIM6 140 /* RFC 5533 */

static bool skip(enum skip_reason *reason, enum skip_reason why)
{
	*reason = why;
	return false;
}

/* RFC 4291 2.5.5.2 */
static void map_address(uint8_t out[static 16], struct span address)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	memcpy(out, prefix, sizeof prefix);
	memcpy(out + sizeof prefix, address.p, 4);
}

static bool ipv4_read(struct span bytes, uint32_t wire_len, struct datagram *out,
		      enum skip_reason *reason)
{
	struct cursor rest = cursor_at(bytes);
	struct cursor c = cursor_at(cursor_bytes(&rest, IPV4_HEADER));
	if (rest.is_short)
		return skip(reason, SKIP_TRUNCATED);

	uint32_t header_len = (cursor_u8(&c) & 0x0fu) * 4u;
	cursor_skip(&c, 1);
	uint32_t total_len = cursor_u16(&c);
	uint16_t id = cursor_u16(&c);
	uint16_t fragment = cursor_u16(&c);
	uint8_t ttl = cursor_u8(&c);
	uint8_t protocol = cursor_u8(&c);
	cursor_skip(&c, 2);
	struct span source = cursor_bytes(&c, 4);
	struct span destination = cursor_bytes(&c, 4);
	if (total_len == 0)
		total_len = wire_len;
	if (header_len < IPV4_HEADER || total_len < header_len || total_len > LIMIT_UNSEGMENTED)
		return skip(reason, SKIP_MALFORMED);
	if (bytes.n < header_len)
		return skip(reason, SKIP_TRUNCATED);

	map_address(out->source, source);
	map_address(out->destination, destination);
	out->protocol = protocol;
	out->ttl = ttl;
	out->is_ipv6 = false;
	out->ip_id = id;
	out->is_fragment = (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0;
	out->more_fragments = (fragment & MORE_FRAGMENTS) != 0;
	out->fragment_id = id;
	out->fragment_off = (fragment & FRAGMENT_OFFSET) * 8u;
	out->len = total_len - header_len;
	out->payload = span_take(span_skip(bytes, header_len), out->len);
	return true;
}

/* RFC 8200 4.5. A fragment that is the whole datagram is none ("atomic", RFC 6946). */
static void fragment_header_read(struct cursor *c, struct datagram *out)
{
	cursor_skip(c, 1);
	uint16_t word = cursor_u16(c);
	out->fragment_id = cursor_u32(c);
	out->fragment_off = word & 0xfff8u;
	out->more_fragments = (word & 1) != 0;
	out->is_fragment = out->fragment_off || out->more_fragments;
}

/* Up to the first header that is a protocol of its own or lies inside a fragment. */
static bool extensions_read(struct cursor *c, struct datagram *out, enum skip_reason *reason)
{
	for (int i = 0; i < LIMIT_IPV6_EXTENSIONS; i++) {
		uint8_t type = out->protocol;

		switch (type) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_MH:
		case PROTOCOL_HIP:
		case PROTOCOL_SHIM6:
			out->protocol = cursor_u8(c);
			cursor_skip(c, cursor_u8(c) * 8u + 6u);
			break;
		case IPPROTO_AH: /* counts in 4 bytes, RFC 4302 2.2 */
			out->protocol = cursor_u8(c);
			cursor_skip(c, cursor_u8(c) * 4u + 6u);
			break;
		case IPPROTO_FRAGMENT:
			out->protocol = cursor_u8(c);
			fragment_header_read(c, out);
			break;
		default:
			return true;
		}
		if (c->is_short)
			return skip(reason, SKIP_TRUNCATED);
		if (type == IPPROTO_FRAGMENT && out->is_fragment)
			return true;
	}
	return skip(reason, SKIP_DEPTH);
}

bool ip_walk_extensions(struct datagram *datagram, enum skip_reason *reason)
{
	struct cursor c = cursor_at(datagram->payload);
	size_t captured = datagram->payload.n;

	if (!datagram->is_ipv6)
		return true;
	if (!extensions_read(&c, datagram, reason)) {
		/* Where nothing was cut off, the header itself is wrong. */
		if (*reason == SKIP_TRUNCATED && captured == datagram->len)
			*reason = SKIP_MALFORMED;
		return false;
	}
	datagram->len -= (uint32_t)(captured - c.rest.n);
	datagram->payload = c.rest;
	return true;
}

static bool ipv6_read(struct span bytes, uint32_t wire_len, struct datagram *out,
		      enum skip_reason *reason)
{
	struct cursor rest = cursor_at(bytes);
	struct cursor c = cursor_at(cursor_bytes(&rest, IPV6_HEADER));
	if (rest.is_short)
		return skip(reason, SKIP_TRUNCATED);

	cursor_skip(&c, 4);
	out->len = cursor_u16(&c);
	out->protocol = cursor_u8(&c);
	out->ttl = cursor_u8(&c);
	memcpy(out->source, cursor_bytes(&c, 16).p, 16);
	memcpy(out->destination, cursor_bytes(&c, 16).p, 16);
	out->is_ipv6 = true;
	out->ip_id = 0;
	out->is_fragment = false;
	if (out->len == 0)
		out->len = wire_len - IPV6_HEADER;
	if (out->len > LIMIT_UNSEGMENTED)
		return skip(reason, SKIP_MALFORMED);
	out->payload = span_take(rest.rest, out->len);
	return ip_walk_extensions(out, reason);
}

bool ip_read(struct span bytes, uint32_t wire_len, struct datagram *out, enum skip_reason *reason)
{
	if (!bytes.n)
		return skip(reason, SKIP_TRUNCATED);
	switch (bytes.p[0] >> 4) {
	case 4:
		return ipv4_read(bytes, wire_len, out, reason);
	case 6:
		return ipv6_read(bytes, wire_len, out, reason);
	default:
		return skip(reason, SKIP_NOT_IP);
	}
}
