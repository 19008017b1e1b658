/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <string.h>

#define OPTIONS_MAX 40

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
		.ttl = ttl_at_tap(scenario, connection->host[from]),
		.ip_id = ip_id,
		.port_from = connection->port[from],
		.port_to = connection->port[to],
		.seq = connection->isn[from] + (uint32_t)segment->position,
		.flags = segment->flags,
		.window = wire_window(segment),
		.payload_len = segment->len,
	};

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
