/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include "fragment.h"
#include "icmp.h"
#include "ip.h"
#include "link.h"
#include "tcp_header.h"
#include "tunnel.h"
#include "twice.h"

#include <stdlib.h>

struct decoder {
	uint64_t skipped[SKIP_REASONS];
	struct fragments *fragments;
	struct fragment_parts parts; /* of the newest packet */
	struct twice *twice;
	bool keeps_copies;
	int64_t deadline_ns; /* of the fragments */
	bool has_refusal;    /* the newest packet held `refusal` */
	struct refusal refusal;
};

struct decoder *decoder_new(uint64_t seed)
{
	struct decoder *decoder = calloc(1, sizeof *decoder);

	if (!decoder)
		return NULL;
	decoder->fragments = fragments_new();
	decoder->twice = twice_new(seed);
	decoder->deadline_ns = INT64_MAX;
	if (decoder->fragments && decoder->twice)
		return decoder;
	decoder_free(decoder);
	return NULL;
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	fragments_free(decoder->fragments);
	twice_free(decoder->twice);
	free(decoder);
}

uint64_t decoder_skipped(const struct decoder *decoder, enum skip_reason reason)
{
	return decoder->skipped[reason];
}

const struct refusal *decoder_refusal(const struct decoder *decoder)
{
	return decoder->has_refusal ? &decoder->refusal : NULL;
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
	case SKIP_TWICE:
		return "captured twice";
	case SKIP_REASONS:
		break;
	}
	return "unknown";
}

const struct fragment_part *decoder_parts(const struct decoder *decoder, size_t *count)
{
	*count = decoder->parts.count;
	return decoder->parts.part;
}

void decoder_keep_copies(struct decoder *decoder)
{
	decoder->keeps_copies = true;
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
	struct fragment_result result =
		fragments_add(decoder->fragments, packet, datagram, &decoder->parts);
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

/* Fragments of what cannot lead to TCP are not worth keeping. */
static bool is_worth_joining(const struct datagram *part)
{
	return part->is_ipv6 || part->protocol == IPPROTO_TCP || tunnel_is_protocol(part->protocol);
}

/* True: OUT is the datagram behind LINK in FRAME, or the one that FRAME completed. */
static bool reach_datagram(struct decoder *decoder, const struct packet *packet,
			   const struct frame *frame, int *layers, struct span *link,
			   struct datagram *out)
{
	enum skip_reason reason;
	struct span ip;

	if (!link_walk(frame, layers, &ip, &reason))
		return skip(decoder, reason);
	*link = span_take(frame->bytes, frame->bytes.n - ip.n);
	if (!ip_read(ip, frame->wire_len - (uint32_t)link->n, out, &reason))
		return skip(decoder, reason);
	if (!out->is_fragment)
		return true;
	if (!is_worth_joining(out))
		return skip(decoder, SKIP_NOT_TCP);
	return join_fragment(decoder, packet, out);
}

/* True: DATAGRAM, which holds no TCP itself, is now the one inside it that does. */
static bool enter_tunnels(struct decoder *decoder, const struct packet *packet, int *layers,
			  struct datagram *datagram)
{
	while (datagram->protocol != IPPROTO_TCP) {
		enum skip_reason reason;
		struct frame frame;
		struct span link;
		decoder->has_refusal = icmp_read(datagram, &decoder->refusal);
		if (decoder->has_refusal)
			return false;
		if (!tunnel_enter(datagram, &frame, &reason))
			return skip(decoder, reason);
		if (!reach_datagram(decoder, packet, &frame, layers, &link, datagram))
			return false;
	}
	return true;
}

bool decode_packet(struct decoder *decoder, const struct packet *packet, struct segment *out)
{
	struct frame frame = {packet->link, packet->bytes, packet->wire_len};
	enum skip_reason reason;
	struct datagram datagram;
	struct span link;
	int layers = 0;

	decoder->has_refusal = false;
	decoder->parts.count = 0;
	if (packet->mark.time_ns > decoder->deadline_ns)
		expire_fragments(decoder, packet->mark.time_ns);
	/* A record may claim fewer bytes on the wire than it holds: believe the bytes. */
	if (frame.wire_len < frame.bytes.n)
		frame.wire_len = (uint32_t)frame.bytes.n;
	if (!reach_datagram(decoder, packet, &frame, &layers, &link, &datagram) ||
	    !enter_tunnels(decoder, packet, &layers, &datagram)) {
		decoder->refusal.mark = packet->mark;
		decoder->refusal.file = packet->file;
		decoder->refusal.tap = packet->tap;
		return false;
	}
	if (!tcp_header_read(&datagram, out, &reason))
		return skip(decoder, reason);
	out->mark = packet->mark;
	out->file = packet->file;
	out->tap = packet->tap;
	if (!decoder->keeps_copies &&
	    twice_is_copy(decoder->twice, out, &datagram, packet->interface, link))
		return skip(decoder, SKIP_TWICE);
	return true;
}
