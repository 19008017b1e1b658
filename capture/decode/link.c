/* SPDX-License-Identifier: MIT */
#include "link.h"

#include "bounds.h"
#include "cursor.h"

#include <pcap/dlt.h>

#define ETHERNET_ADDRESSES 12
#define SLL_BEFORE_TYPE 14
#define SLL2_AFTER_TYPE 18
#define VLAN_TAG 2
#define PPPOE_HEADER 6
#define MPLS_BOTTOM 0x100

enum ether_type {
	ETHER_IPV4 = 0x0800,
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_MPLS = 0x8847,
	ETHER_MPLS_UPSTREAM = 0x8848,
	ETHER_PPPOE = 0x8864,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100,
};

enum ppp_protocol {
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	PPP_MPLS = 0x0281,
	PPP_ADDRESS_CONTROL = 0xff03, /* HDLC framing, RFC 1662 3.1 */
};

/* What stands at the cursor. */
enum layer {
	LAYER_ETHER_TYPE,
	LAYER_PPP,
	LAYER_MPLS,
	LAYER_IP,
	LAYER_UNKNOWN_LINK,
	LAYER_OTHER,
};

/* AF_INET, and AF_INET6 of the BSDs, macOS and Linux, in the byte order of the capturing host. */
static enum layer loopback_family(uint32_t family)
{
	switch (family & 0xffff ? family : family >> 24) {
	case 2:
	case 10:
	case 24:
	case 28:
	case 30:
		return LAYER_IP;
	default:
		return LAYER_OTHER;
	}
}

static enum layer ether_type_enter(uint16_t type, struct cursor *c)
{
	switch (type) {
	case ETHER_IPV4:
	case ETHER_IPV6:
		return LAYER_IP;
	case ETHER_VLAN:
	case ETHER_QINQ:
	case ETHER_QINQ_OLD:
		cursor_skip(c, VLAN_TAG);
		return LAYER_ETHER_TYPE;
	case ETHER_MPLS:
	case ETHER_MPLS_UPSTREAM:
		return LAYER_MPLS;
	case ETHER_PPPOE:
		cursor_skip(c, PPPOE_HEADER);
		return LAYER_PPP;
	default:
		return LAYER_OTHER;
	}
}

/* The only link layer whose ether type does not stand at its end. */
static enum layer sll2_enter(struct cursor *c)
{
	uint16_t type = cursor_u16(c);

	cursor_skip(c, SLL2_AFTER_TYPE);
	return ether_type_enter(type, c);
}

static enum layer link_enter(int link, struct cursor *c)
{
	switch (link) {
	case DLT_EN10MB:
		cursor_skip(c, ETHERNET_ADDRESSES);
		return LAYER_ETHER_TYPE;
	case DLT_LINUX_SLL:
		cursor_skip(c, SLL_BEFORE_TYPE);
		return LAYER_ETHER_TYPE;
	case DLT_LINUX_SLL2:
		return sll2_enter(c);
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return LAYER_IP;
	case DLT_NULL:
	case DLT_LOOP:
		return loopback_family(cursor_u32(c));
	case DLT_PPP:
		return LAYER_PPP;
	case DLT_MPLS:
		return LAYER_MPLS;
	default:
		return LAYER_UNKNOWN_LINK;
	}
}

static enum layer ppp_walk(struct cursor *c)
{
	switch (cursor_u16(c)) {
	case PPP_ADDRESS_CONTROL:
		return LAYER_PPP;
	case PPP_IPV4:
	case PPP_IPV6:
		return LAYER_IP;
	case PPP_MPLS:
		return LAYER_MPLS;
	default:
		return LAYER_OTHER;
	}
}

/* Below the last label the first four bits tell IP from a pseudowire (RFC 4928 3). */
static enum layer mpls_walk(struct cursor *c)
{
	if (!(cursor_u32(c) & MPLS_BOTTOM))
		return LAYER_MPLS;
	if (c->rest.n && c->rest.p[0] >> 4 != 4 && c->rest.p[0] >> 4 != 6)
		return LAYER_OTHER;
	return LAYER_IP;
}

static bool skip(enum skip_reason *reason, enum skip_reason why)
{
	*reason = why;
	return false;
}

/* The one layering that nearly every packet has. */
static bool is_plain_ethernet(const struct frame *frame, struct span *ip)
{
	struct cursor c = cursor_at(frame->bytes);

	if (frame->link != DLT_EN10MB)
		return false;
	cursor_skip(&c, ETHERNET_ADDRESSES);
	uint16_t type = cursor_u16(&c);
	*ip = c.rest;
	return type == ETHER_IPV4 || type == ETHER_IPV6;
}

bool link_walk(const struct frame *frame, int *layers, struct span *ip, enum skip_reason *reason)
{
	if (++*layers > LIMIT_LINK_DEPTH)
		return skip(reason, SKIP_DEPTH);
	if (is_plain_ethernet(frame, ip))
		return true;

	struct cursor c = cursor_at(frame->bytes);
	enum layer layer = link_enter(frame->link, &c);

	for (; *layers <= LIMIT_LINK_DEPTH; ++*layers) {
		if (c.is_short)
			return skip(reason, SKIP_TRUNCATED);
		switch (layer) {
		case LAYER_ETHER_TYPE:
			layer = ether_type_enter(cursor_u16(&c), &c);
			break;
		case LAYER_PPP:
			layer = ppp_walk(&c);
			break;
		case LAYER_MPLS:
			layer = mpls_walk(&c);
			break;
		case LAYER_IP:
			*ip = c.rest;
			return true;
		case LAYER_UNKNOWN_LINK:
			return skip(reason, SKIP_LINK_TYPE);
		case LAYER_OTHER:
			return skip(reason, SKIP_NOT_IP);
		}
	}
	return skip(reason, SKIP_DEPTH);
}
