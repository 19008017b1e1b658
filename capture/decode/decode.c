/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include "fragment.h"
#include "ip.h"
#include "link.h"
#include "tcp_header.h"

#include <stdlib.h>

struct decoder {
	uint64_t skipped[SKIP_REASONS];
	struct fragments *fragments;
	int64_t deadline_ns; /* of the fragments */
};

struct decoder *decoder_new(void)
{
	struct decoder *decoder = calloc(1, sizeof *decoder);
	struct fragments *fragments = fragments_new();

	if (!decoder || !fragments) {
		free(decoder);
		fragments_free(fragments);
		return NULL;
	}
	decoder->fragments = fragments;
	decoder->deadline_ns = INT64_MAX;
	return decoder;
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	fragments_free(decoder->fragments);
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

static void expire_fragments(struct decoder *decoder, int64_t now_ns)
{
	decoder->skipped[SKIP_FRAGMENT] += fragments_expire(decoder->fragments, now_ns);
	decoder->deadline_ns = fragments_deadline(decoder->fragments);
}

/* True: DATAGRAM, a fragment, has become the whole datagram. */
static bool join_fragment(struct decoder *decoder, const struct packet *packet,
			  struct datagram *datagram)
{
	struct fragment_result result = fragments_add(decoder->fragments, packet, datagram);
	enum skip_reason reason;

	decoder->deadline_ns = fragments_deadline(decoder->fragments);
	decoder->skipped[SKIP_FRAGMENT] += result.lost;
	decoder->skipped[SKIP_MALFORMED] += result.overlaps;
	switch (result.state) {
	case FRAGMENT_KEPT:
		return false;
	case FRAGMENT_MALFORMED:
		return skip(decoder, SKIP_MALFORMED);
	case FRAGMENT_COMPLETED:
		break;
	}
	if (!ip_walk_extensions(datagram, &reason))
		return skip(decoder, reason);
	/* A datagram of fragments of fragments is nobody's honest work. */
	return datagram->is_fragment ? skip(decoder, SKIP_MALFORMED) : true;
}

bool decode_packet(struct decoder *decoder, const struct packet *packet, struct segment *out)
{
	enum skip_reason reason;
	struct span ip;
	struct datagram datagram;

	if (packet->mark.time_ns > decoder->deadline_ns)
		expire_fragments(decoder, packet->mark.time_ns);
	if (!link_walk(packet->link, packet->bytes, &ip, &reason))
		return skip(decoder, reason);

	/* A record may claim fewer bytes on the wire than it holds: believe the bytes. */
	size_t link_len = packet->bytes.n - ip.n;
	size_t wire_len = packet->wire_len > packet->bytes.n ? packet->wire_len - link_len : ip.n;
	if (!ip_read(ip, (uint32_t)wire_len, &datagram, &reason))
		return skip(decoder, reason);
	if (datagram.is_fragment && (datagram.is_ipv6 || datagram.protocol == IPPROTO_TCP) &&
	    !join_fragment(decoder, packet, &datagram))
		return false;
	if (datagram.protocol != IPPROTO_TCP)
		return skip(decoder, SKIP_NOT_TCP);
	if (!tcp_header_read(&datagram, out, &reason))
		return skip(decoder, reason);
	out->mark = packet->mark;
	out->file = packet->file;
	out->tap = packet->tap;
	return true;
}
