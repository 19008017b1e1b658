/* SPDX-License-Identifier: MIT */
#include "icmp.h"

#include "cursor.h"

#define UNREACHABLE 3           /* RFC 792 */
#define FRAGMENTATION_NEEDED 4  /* a code of it */
#define TIME_EXCEEDED 11
#define UNREACHABLE_V6 1        /* RFC 4443 */
#define TOO_BIG_V6 2
#define TIME_EXCEEDED_V6 3

/* The quoted packet, cut anywhere behind its sequence number. */
static bool read_quote(struct span quote, struct refusal *out)
{
	enum skip_reason reason;
	struct datagram quoted;

	if (!ip_read(quote, (uint32_t)quote.n, &quoted, &reason) ||
	    quoted.protocol != IPPROTO_TCP || (quoted.is_fragment && quoted.fragment_off))
		return false;
	struct cursor c = cursor_at(quoted.payload);
	out->source.port = cursor_u16(&c);
	out->destination.port = cursor_u16(&c);
	out->seq = cursor_u32(&c);
	out->rest = c.rest;
	memcpy(out->source.address, quoted.source, sizeof out->source.address);
	memcpy(out->destination.address, quoted.destination, sizeof out->destination.address);
	return !c.is_short;
}

bool icmp_read(const struct datagram *datagram, struct refusal *out)
{
	struct cursor c = cursor_at(datagram->payload);
	uint8_t type = cursor_u8(&c), code = cursor_u8(&c);
	cursor_skip(&c, 2);
	uint32_t mtu = cursor_u32(&c);
	bool is_refusal = false, is_too_big = false;

	if (datagram->protocol == IPPROTO_ICMP) {
		is_refusal = type == UNREACHABLE || type == TIME_EXCEEDED;
		is_too_big = type == UNREACHABLE && code == FRAGMENTATION_NEEDED;
		mtu &= 0xffff; /* the upper half is unused */
	} else if (datagram->protocol == IPPROTO_ICMPV6) {
		is_refusal = type == UNREACHABLE_V6 || type == TOO_BIG_V6 || type == TIME_EXCEEDED_V6;
		is_too_big = type == TOO_BIG_V6;
	}
	if (!is_refusal || c.is_short)
		return false;
	*out = (struct refusal){.is_too_big = is_too_big, .mtu = is_too_big ? mtu : 0};
	memcpy(out->router.address, datagram->source, sizeof out->router.address);
	return read_quote(c.rest, out);
}
