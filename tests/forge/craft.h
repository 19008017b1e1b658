/* SPDX-License-Identifier: MIT */
/*
 * craft - Ethernet frames with TCP over IPv4 or IPv6, built by libnet; and, for live tests, sent by
 * it.
 *
 * libnet stays behind this header. Building needs no root and no device (LIBNET_NONE). Lengths and
 * checksums are made here; everything else is as asked for.
 */
#ifndef FORGE_CRAFT_H
#define FORGE_CRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenario.h"

/** The most bytes of payload that a packet can carry. */
#define CRAFT_PAYLOAD_MAX 65000

struct craft;

struct craft_packet {
	uint8_t mac_from[6], mac_to[6];
	bool has_vlan;
	uint16_t vlan;
	struct address from, to;
	uint8_t ttl;
	uint16_t ip_id; /* IPv4 only; Don't Fragment is set */
	uint16_t port_from, port_to;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window;
	uint8_t protocol; /* 0: TCP; another: the payload follows the IP header */
	const uint8_t *options; /* a multiple of 4 bytes, at most 40 */
	size_t options_len;
	const uint8_t *payload;
	size_t payload_len;
};

/** A builder. NULL on failure, and then `error` (at least 256 bytes) says why. */
struct craft *craft_new(char *error, size_t error_size);

/**
 * Opens `device` for craft_send(). Refuses every interface but loopback, veth, dummy, tun and tap.
 * False on failure, with the reason.
 */
bool craft_open_device(struct craft *craft, const char *device, char *error, size_t error_size);

/** Frees the builder and closes its device; NULL is ignored. */
void craft_free(struct craft *craft);

/**
 * Builds a frame, without its check sequence. *frame belongs to the builder until the next call.
 * False on failure, with craft_error().
 */
bool craft_build(struct craft *craft, const struct craft_packet *packet, const uint8_t **frame,
		 size_t *len);

/** Sends a frame on the open device. False on failure, with craft_error(). */
bool craft_send(struct craft *craft, const uint8_t *frame, size_t len);

/** Why the last call failed. */
const char *craft_error(const struct craft *craft);

#endif
