/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 40
#define NAT_PERCENT 25
#define QUOTED_TCP_LEN 8
#define ROUTER_V4 "203.0.113.254"
#define ROUTER_V6 "2001:db8:ffff::fe"
#define ROUTER_TTL 250

struct options {
	uint8_t bytes[OPTIONS_MAX];
	size_t len;
};

static void put_u8(struct options *options, unsigned value)
{
	options->bytes[options->len++] = (uint8_t)value;
}

static void put_u16(struct options *options, unsigned value)
{
	put_u8(options, value >> 8 & 0xff);
	put_u8(options, value & 0xff);
}

static void put_u32(struct options *options, uint32_t value)
{
	put_u16(options, value >> 16);
	put_u16(options, value & 0xffff);
}

static void put_timestamps(struct options *options, const struct segment *segment)
{
	put_u16(options, 0x080a);
	put_u32(options, segment->timestamp);
	put_u32(options, segment->timestamp_echo);
}

/* In Linux's order: MSS, SACK permitted, timestamps, window scale; later timestamps and SACK
 * blocks. */
static void put_options(struct options *options, const struct connection *connection,
			const struct segment *segment)
{
	if ((segment->flags & TCP_RST) && !(segment->flags & TCP_ACK))
		return;
	if (segment->flags & TCP_SYN) {
		put_u16(options, 0x0204);
		put_u16(options, connection->host[segment->from]->mss);
		put_u16(options, 0x0402);
		put_timestamps(options, segment);
		put_u8(options, 1);
		put_u16(options, 0x0303);
		put_u8(options, TCP_WINDOW_SCALE);
		return;
	}
	put_u16(options, 0x0101);
	put_timestamps(options, segment);
	if (!segment->sack_count)
		return;
	put_u16(options, 0x0101);
	put_u8(options, 5);
	put_u8(options, 2 + 8 * segment->sack_count);
	for (unsigned i = 0; i < segment->sack_count; i++) {
		uint32_t isn = connection->isn[side_other(segment->from)];

		put_u32(options, isn + (uint32_t)segment->sack[i].from);
		put_u32(options, isn + (uint32_t)segment->sack[i].to);
	}
}

uint64_t forge_frame_ip_len(bool is_v6, const struct segment *segment)
{
	return (is_v6 ? 40U : 20U) + 20U + FRAME_TIMESTAMP_LEN + segment->len;
}

/* Locally administered, and one for each address. */
static void put_mac(uint8_t mac[6], const struct address *address)
{
	const uint8_t *last = address->bytes + (address->is_v6 ? 12 : 0);

	mac[0] = 0x02;
	mac[1] = address->is_v6 ? 0x06 : 0x04;
	memcpy(mac + 2, last, 4);
}

static uint8_t ttl_at_tap(const struct scenario *scenario, const struct host *host)
{
	unsigned percent =
		host->side == SIDE_CLIENT ? scenario->tap_percent : 100 - scenario->tap_percent;
	unsigned passed = scenario->hops * percent / 100;

	return host->ttl > passed ? (uint8_t)(host->ttl - passed) : 1;
}

static uint16_t wire_window(const struct segment *segment)
{
	if ((segment->flags & TCP_RST) && !(segment->flags & TCP_ACK))
		return 0;
	if (segment->flags & TCP_SYN)
		return segment->window > UINT16_MAX ? UINT16_MAX : (uint16_t)segment->window;
	return (uint16_t)(segment->window >> TCP_WINDOW_SCALE);
}

/* The client's port behind the NAT. */
static uint16_t nat_port(uint16_t port)
{
	return port ^ 0x2000;
}

/* Where the tap is behind the NAT, the client is another. */
static void rewrite(const struct scenario *scenario, enum side from, struct craft_packet *packet)
{
	if (!scenario->has_nat || scenario->tap_percent <= NAT_PERCENT ||
	    scenario->nat.is_v6 != packet->from.is_v6)
		return;
	if (from == SIDE_CLIENT) {
		packet->from = scenario->nat;
		packet->port_from = nat_port(packet->port_from);
	} else {
		packet->to = scenario->nat;
		packet->port_to = nat_port(packet->port_to);
	}
}

bool forge_frame_build(struct craft *craft, const struct scenario *scenario,
		       const struct connection *connection, const struct segment *segment,
		       uint16_t ip_id, const uint8_t **frame, size_t *len)
{
	enum side from = segment->from, to = side_other(from);
	struct options options = {.len = 0};
	struct craft_packet packet = {
		.has_vlan = scenario->has_vlan,
		.vlan = scenario->vlan,
		.from = connection->host[from]->address,
		.to = connection->host[to]->address,
		.ttl = segment->ttl ? segment->ttl : ttl_at_tap(scenario, connection->host[from]),
		.ip_id = ip_id,
		.port_from = connection->port[from],
		.port_to = connection->port[to],
		.seq = connection->isn[from] + (uint32_t)segment->position,
		.flags = segment->flags,
		.window = wire_window(segment),
		.payload_len = segment->len,
	};

	rewrite(scenario, from, &packet);
	put_options(&options, connection, segment);
	packet.options = options.bytes;
	packet.options_len = options.len;
	put_mac(packet.mac_from, &packet.from);
	put_mac(packet.mac_to, &packet.to);
	if (segment->flags & TCP_ACK)
		packet.ack = connection->isn[to] + (uint32_t)segment->ack;
	if (segment->len)
		packet.payload = connection->script.stream[from].bytes + (segment->position - 1);
	return craft_build(craft, &packet, frame, len);
}

static void put_checksum(uint8_t *sum, const struct buffer *bytes, const struct buffer *pseudo)
{
	uint32_t total = 0;

	for (size_t i = 0; i < pseudo->len; i++)
		total += (uint32_t)pseudo->bytes[i] << (i % 2 ? 0 : 8);
	for (size_t i = 0; i < bytes->len; i++)
		total += (uint32_t)bytes->bytes[i] << (i % 2 ? 0 : 8);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	sum[0] = (uint8_t)(~total >> 8);
	sum[1] = (uint8_t)~total;
}

/* RFC 792 with RFC 1191 4, or RFC 4443 3.2: what it is about follows the header. */
static void write_too_big(struct buffer *out, const struct craft_packet *packet, uint16_t mtu,
			  const uint8_t *quoted, size_t quoted_len)
{
	bool is_v6 = packet->from.is_v6;
	uint8_t head[8] = {is_v6 ? 2 : 3, is_v6 ? 0 : 4, 0, 0, 0, 0, (uint8_t)(mtu >> 8),
			   (uint8_t)mtu};
	struct buffer pseudo = {0};

	buffer_add(out, head, sizeof(head));
	buffer_add(out, quoted, quoted_len);
	if (is_v6) {
		uint8_t tail[8] = {0, 0, (uint8_t)(out->len >> 8), (uint8_t)out->len,
				   0, 0, 0, IPPROTO_ICMPV6};

		buffer_add(&pseudo, packet->from.bytes, 16);
		buffer_add(&pseudo, packet->to.bytes, 16);
		buffer_add(&pseudo, tail, sizeof(tail));
	}
	put_checksum(out->bytes + 2, out, &pseudo);
	free(pseudo.bytes);
}

bool forge_frame_build_too_big(struct craft *craft, const struct scenario *scenario,
			       const struct connection *connection, const struct segment *segment,
			       uint16_t ip_id, uint16_t mtu, const uint8_t **frame, size_t *len)
{
	const struct address *sender = &connection->host[segment->from]->address;
	struct craft_packet packet = {
		.has_vlan = scenario->has_vlan,
		.vlan = scenario->vlan,
		.to = *sender,
		.ttl = ROUTER_TTL,
		.protocol = sender->is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
	};
	size_t link_len = scenario->has_vlan ? 18 : 14,
	       quoted_len = (sender->is_v6 ? 40 : 20) + QUOTED_TCP_LEN;
	struct buffer message = {0};
	bool is_ok = scenario_read_address(sender->is_v6 ? ROUTER_V6 : ROUTER_V4, &packet.from) &&
		     forge_frame_build(craft, scenario, connection, segment, ip_id, frame, len);

	if (!is_ok)
		return false;
	write_too_big(&message, &packet, mtu, *frame + link_len, quoted_len);
	put_mac(packet.mac_from, &packet.from);
	put_mac(packet.mac_to, &packet.to);
	packet.payload = message.bytes;
	packet.payload_len = message.len;
	is_ok = craft_build(craft, &packet, frame, len);
	free(message.bytes);
	return is_ok;
}
