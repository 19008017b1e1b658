/* SPDX-License-Identifier: MIT */
#include "tunnel.h"

#include "cursor.h"

#include <pcap/dlt.h>

#define NO_TUNNEL (-1) /* in the place of a link type */

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING 0x4000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_VERSION 0x0007
#define GRE_FIELD 4 /* each of the optional fields */

enum gre_protocol {
	GRE_IPV4 = 0x0800,
	GRE_IPV6 = 0x86dd,
	GRE_MPLS = 0x8847,
	GRE_ETHERNET = 0x6558,
	GRE_ERSPAN = 0x88be,
	GRE_ERSPAN_III = 0x22eb,
};

#define ERSPAN_II_HEADER 8
#define ERSPAN_III_BEFORE_FLAGS 10
#define ERSPAN_III_SUBHEADER 8
#define ERSPAN_III_HAS_SUBHEADER 0x0001
#define ERSPAN_III_FRAME_TYPE 0x7c00
#define ERSPAN_III_IP (2 << 10)

#define VXLAN_PORT 4789
#define VXLAN_PORT_OLD 8472
#define VXLAN_HAS_ID 0x08
#define UDP_AFTER_PORTS 4
#define VXLAN_AFTER_FLAGS 7

#define GENEVE_PORT 6081
#define GENEVE_VERSION 0xc0
#define GENEVE_OPTIONS 0x3f /* their length, in units of 4 bytes */
#define GENEVE_AFTER_PROTOCOL 4

bool tunnel_is_protocol(uint8_t protocol)
{
	return protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6 || protocol == IPPROTO_GRE;
}

static int erspan_iii_enter(struct cursor *c)
{
	cursor_skip(c, ERSPAN_III_BEFORE_FLAGS);
	uint16_t flags = cursor_u16(c);
	if (flags & ERSPAN_III_HAS_SUBHEADER)
		cursor_skip(c, ERSPAN_III_SUBHEADER);
	switch (flags & ERSPAN_III_FRAME_TYPE) {
	case 0:
		return DLT_EN10MB;
	case ERSPAN_III_IP:
		return DLT_RAW;
	default:
		return NO_TUNNEL;
	}
}

static int gre_enter(struct cursor *c)
{
	uint16_t flags = cursor_u16(c);
	uint16_t protocol = cursor_u16(c);

	if (flags & (GRE_ROUTING | GRE_VERSION))
		return NO_TUNNEL;
	if (flags & GRE_CHECKSUM)
		cursor_skip(c, GRE_FIELD);
	if (flags & GRE_KEY)
		cursor_skip(c, GRE_FIELD);
	if (flags & GRE_SEQUENCE)
		cursor_skip(c, GRE_FIELD);
	switch (protocol) {
	case GRE_IPV4:
	case GRE_IPV6:
		return DLT_RAW;
	case GRE_MPLS:
		return DLT_MPLS;
	case GRE_ETHERNET:
		return DLT_EN10MB;
	case GRE_ERSPAN: /* type I has no header, and no sequence number */
		if (flags & GRE_SEQUENCE)
			cursor_skip(c, ERSPAN_II_HEADER);
		return DLT_EN10MB;
	case GRE_ERSPAN_III:
		return erspan_iii_enter(c);
	default:
		return NO_TUNNEL;
	}
}

static int vxlan_enter(struct cursor *c)
{
	uint8_t flags = cursor_u8(c);

	cursor_skip(c, VXLAN_AFTER_FLAGS);
	return flags & VXLAN_HAS_ID ? DLT_EN10MB : NO_TUNNEL;
}

/* RFC 8926 3.4 */
static int geneve_enter(struct cursor *c)
{
	uint8_t first = cursor_u8(c);

	cursor_skip(c, 1);
	uint16_t protocol = cursor_u16(c);
	cursor_skip(c, GENEVE_AFTER_PROTOCOL + 4u * (first & GENEVE_OPTIONS));
	if (first & GENEVE_VERSION)
		return NO_TUNNEL;
	switch (protocol) {
	case GRE_IPV4:
	case GRE_IPV6:
		return DLT_RAW;
	case GRE_ETHERNET:
		return DLT_EN10MB;
	default:
		return NO_TUNNEL;
	}
}

static int udp_enter(struct cursor *c)
{
	cursor_skip(c, 2);
	uint16_t port = cursor_u16(c);
	cursor_skip(c, UDP_AFTER_PORTS);
	switch (port) {
	case VXLAN_PORT:
	case VXLAN_PORT_OLD:
		return vxlan_enter(c);
	case GENEVE_PORT:
		return geneve_enter(c);
	default:
		return NO_TUNNEL;
	}
}

static int enter(uint8_t protocol, struct cursor *c)
{
	switch (protocol) {
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		return DLT_RAW;
	case IPPROTO_GRE:
		return gre_enter(c);
	case IPPROTO_UDP:
		return udp_enter(c);
	default:
		return NO_TUNNEL;
	}
}

bool tunnel_enter(const struct datagram *datagram, struct frame *out, enum skip_reason *reason)
{
	struct cursor c = cursor_at(datagram->payload);
	int link = enter(datagram->protocol, &c);

	if (link == NO_TUNNEL) {
		*reason = SKIP_NOT_TCP;
		return false;
	}
	if (c.is_short) {
		bool is_cut = datagram->payload.n < datagram->len;
		*reason = is_cut ? SKIP_TRUNCATED : SKIP_MALFORMED;
		return false;
	}
	out->link = link;
	out->wire_len = datagram->len - (uint32_t)(datagram->payload.n - c.rest.n);
	out->bytes = c.rest;
	return true;
}
