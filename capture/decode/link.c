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
#define VN_TAG 4
#define SNAP_OF_ETHERNET 0xaaaa03000000 /* RFC 1042, p. 2: the ether type follows */
#define MPLS_BOTTOM 0x100

enum ether_type {
	ETHER_IPV4 = 0x0800,
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_MPLS = 0x8847,
	ETHER_MPLS_UPSTREAM = 0x8848,
	ETHER_PPPOE = 0x8864,
	ETHER_VN_TAG = 0x8926,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100,
	ETHER_MOST_LENGTH = 1500, /* no type but a length up to here (IEEE 802.3 3.2.6) */
};

enum ppp_protocol {
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	PPP_MPLS = 0x0281,
	PPP_ADDRESS_CONTROL = 0xff03, /* HDLC framing, RFC 1662 3.1 */
	CISCO_UNICAST = 0x0f00,       /* address and control of Cisco's own framing */
	CISCO_MULTICAST = 0x8f00,
};

/* NFLOG: family, version and number of the group, then attributes with the packet among them. */
#define NFLOG_AFTER_FAMILY 3
#define NFLOG_ATTRIBUTE_HEADER 4
#define NFLOG_TYPE 0x7fff
#define NFLOG_PAYLOAD 9

#define PKTAP_BEFORE_LINK 8
#define PKTAP_LINK_END 12
#define ENC_AFTER_FAMILY 8

/* What stands at the cursor. */
enum layer {
	LAYER_LINK,
	LAYER_ETHER_TYPE,
	LAYER_PPP,
	LAYER_MPLS,
	LAYER_IP,
	LAYER_UNKNOWN_LINK,
	LAYER_OTHER,
};

/* What stands at the cursor: BYTES of a number in the byte order of a little machine. */
static uint32_t little(struct cursor *c, int bytes)
{
	uint32_t number = 0;

	for (int i = 0; i < bytes; i++)
		number |= (uint32_t)cursor_u8(c) << (8 * i);
	return number;
}

/* AF_INET, and AF_INET6 of the BSDs, macOS and Linux, in the byte order of the capturing host. */
static enum layer family_enter(uint32_t family)
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

/* A length: 802.2 follows, and with it seldom anything but control messages. */
static enum layer length_enter(struct cursor *c)
{
	uint64_t snap = (uint64_t)cursor_u16(c) << 32;

	snap |= cursor_u32(c);
	return snap == SNAP_OF_ETHERNET ? LAYER_ETHER_TYPE : LAYER_OTHER;
}

static enum layer ether_type_enter(uint16_t type, struct cursor *c)
{
	if (type <= ETHER_MOST_LENGTH)
		return length_enter(c);
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
	case ETHER_VN_TAG:
		cursor_skip(c, VN_TAG);
		return LAYER_ETHER_TYPE;
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

/* Lengths and types stand in the byte order of the capturing host, which the small number of a type
 * tells. */
static enum layer nflog_enter(struct cursor *c)
{
	uint8_t family = cursor_u8(c);

	cursor_skip(c, NFLOG_AFTER_FAMILY);
	while (!c->is_short) {
		struct cursor other = *c;
		uint32_t length = cursor_u16(c), type = cursor_u16(c);
		if (type > UINT8_MAX) {
			length = little(&other, 2);
			type = little(&other, 2) & NFLOG_TYPE;
		}
		if (type == NFLOG_PAYLOAD)
			return family_enter(family);
		if (length < NFLOG_ATTRIBUTE_HEADER)
			return LAYER_OTHER;
		cursor_skip(c, (length + 3) / 4 * 4 - NFLOG_ATTRIBUTE_HEADER);
	}
	return LAYER_OTHER;
}

/* The header's length, of another header, and the link layer of the packet (macOS, net/pktap.h). */
static enum layer pktap_enter(int *link, struct cursor *c)
{
	uint32_t length = little(c, 4);

	cursor_skip(c, PKTAP_BEFORE_LINK - 4);
	*link = (int)little(c, 4);
	cursor_skip(c, length < PKTAP_LINK_END ? 0 : length - PKTAP_LINK_END);
	return LAYER_LINK;
}

/* Its first byte is its length without what fills it up, the second the address family. */
static enum layer pflog_enter(struct cursor *c)
{
	size_t length = cursor_u8(c);
	uint8_t family = cursor_u8(c);

	cursor_skip(c, length < 2 ? 0 : (length + 3) / 4 * 4 - 2);
	return family_enter(family);
}

static enum layer enc_enter(struct cursor *c)
{
	uint32_t family = cursor_u32(c);

	cursor_skip(c, ENC_AFTER_FAMILY);
	return family_enter(family);
}

static enum layer link_enter(int *link, struct cursor *c)
{
	switch (*link) {
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
		return family_enter(cursor_u32(c));
	case DLT_ENC:
		return enc_enter(c);
	case DLT_NFLOG:
		return nflog_enter(c);
	case DLT_PFLOG:
		return pflog_enter(c);
	case DLT_PKTAP:
		return pktap_enter(link, c);
	case DLT_PPP_ETHER:
		cursor_skip(c, PPPOE_HEADER);
		return LAYER_PPP;
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_C_HDLC:
		return LAYER_PPP;
	case DLT_MPLS:
		return LAYER_MPLS;
	default:
		return LAYER_UNKNOWN_LINK;
	}
}

static enum layer ppp_walk(struct cursor *c)
{
	uint16_t protocol = 0;

	/* Its first byte may be left out where the second is odd (RFC 1661 6.5). */
	if (c->rest.n && (c->rest.p[0] & 1) && c->rest.p[0] != PPP_ADDRESS_CONTROL >> 8 &&
	    c->rest.p[0] != CISCO_UNICAST >> 8 && c->rest.p[0] != CISCO_MULTICAST >> 8)
		protocol = cursor_u8(c);
	else
		protocol = cursor_u16(c);
	switch (protocol) {
	case PPP_ADDRESS_CONTROL:
		return LAYER_PPP;
	case CISCO_UNICAST:
	case CISCO_MULTICAST:
		return LAYER_ETHER_TYPE;
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
	int link = frame->link;
	enum layer layer = link_enter(&link, &c);

	for (; *layers <= LIMIT_LINK_DEPTH; ++*layers) {
		if (c.is_short)
			return skip(reason, SKIP_TRUNCATED);
		switch (layer) {
		case LAYER_LINK:
			layer = link_enter(&link, &c);
			break;
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
