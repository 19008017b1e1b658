/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include "ip.h"
#include "link.h"
#include "tcp_header.h"

#include <stdlib.h>

struct decoder {
	uint64_t skipped[SKIP_REASONS];
};

struct decoder *decoder_new(void)
{
	return calloc(1, sizeof(struct decoder));
}

void decoder_free(struct decoder *decoder)
{
	free(decoder);
}

uint64_t decoder_skipped(const struct decoder *decoder, enum skip_reason reason)
{
	return decoder->skipped[reason];
}

const char *skip_reason_name(enum skip_reason reason)
{
	switch (reason) {
	case SKIP_LINK_TYPE:
		return "link type not read";
	case SKIP_NOT_IP:
		return "not IP";
	case SKIP_NOT_TCP:
		return "not TCP";
	case SKIP_FRAGMENT:
		return "fragment of an incomplete datagram";
	case SKIP_TRUNCATED:
		return "cut inside the headers";
	case SKIP_MALFORMED:
		return "malformed";
	case SKIP_DEPTH:
		return "too many layers";
	case SKIP_REASONS:
		break;
	}
	return "unknown";
}

static bool skip(struct decoder *decoder, enum skip_reason reason)
{
	decoder->skipped[reason]++;
	return false;
}

bool decode_packet(struct decoder *decoder, const struct packet *packet, struct segment *out)
{
	enum skip_reason reason;
	struct span ip;
	struct datagram datagram;

	if (!link_walk(packet->link, packet->bytes, &ip, &reason))
		return skip(decoder, reason);

	/* A record may claim fewer bytes on the wire than it holds: believe the bytes. */
	size_t link_len = packet->bytes.n - ip.n;
	size_t wire_len = packet->wire_len > packet->bytes.n ? packet->wire_len - link_len : ip.n;
	if (!ip_read(ip, (uint32_t)wire_len, &datagram, &reason))
		return skip(decoder, reason);
	if (datagram.protocol != IPPROTO_TCP)
		return skip(decoder, SKIP_NOT_TCP);
	if (datagram.is_fragment)
		return skip(decoder, SKIP_FRAGMENT);
	if (!tcp_header_read(&datagram, out, &reason))
		return skip(decoder, reason);
	out->mark = packet->mark;
	out->file = packet->file;
	out->tap = packet->tap;
	return true;
}
