/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <stdlib.h>

#define BITS 64u

/* One input: the packet that is its next. */
struct head {
	uint32_t frame; /* the next one to look at */
	bool has_packet;
	struct packet packet;
};

struct replay {
	struct source *source;
	const struct frame_set *set;
	bool only_members;
	uint64_t lost;
	uint64_t done;
	struct head heads[LIMIT_SOURCES];
};

bool frame_set_init(struct frame_set *set, const struct source *source)
{
	*set = (struct frame_set){.files = source_inputs(source)};
	for (size_t i = 0; i < set->files; i++) {
		uint64_t packets = source_input(source, i)->packets;
		set->frames[i] = packets < UINT32_MAX ? (uint32_t)packets : UINT32_MAX;
		set->bits[i] = calloc(set->frames[i] / BITS + 1u, sizeof *set->bits[i]);
		if (!set->bits[i])
			return false;
	}
	return true;
}

void frame_set_free(struct frame_set *set)
{
	for (size_t i = 0; i < set->files; i++)
		free(set->bits[i]);
	*set = (struct frame_set){0};
}

static bool knows(const struct frame_set *set, uint16_t file, uint32_t frame)
{
	return file < set->files && frame && frame <= set->frames[file];
}

void frame_set_add(struct frame_set *set, uint16_t file, uint32_t frame)
{
	if (knows(set, file, frame))
		set->bits[file][frame / BITS] |= UINT64_C(1) << (frame % BITS);
}

bool frame_set_has(const struct frame_set *set, uint16_t file, uint32_t frame)
{
	return knows(set, file, frame) && set->bits[file][frame / BITS] >> (frame % BITS) & 1;
}

struct replay *replay_new(struct source *source, const struct frame_set *set, bool only_members)
{
	struct replay *replay = calloc(1, sizeof *replay);

	if (!replay)
		return NULL;
	replay->source = source;
	replay->set = set;
	replay->only_members = only_members;
	for (size_t i = 0; i < set->files; i++)
		replay->heads[i].frame = 1;
	return replay;
}

void replay_free(struct replay *replay)
{
	free(replay);
}

/* The first frame from FRAME on that is wanted; beyond the file's last one if there is none. */
static uint32_t find_wanted(const struct replay *replay, uint16_t file, uint32_t frame)
{
	const struct frame_set *set = replay->set;

	while (replay->only_members && frame <= set->frames[file] &&
	       !frame_set_has(set, file, frame)) {
		bool is_bare = set->bits[file][frame / BITS] == 0;
		frame = is_bare ? (frame / BITS + 1) * BITS : frame + 1;
	}
	return frame;
}

/* Reads the input's next packet, unless it is there or there is none. */
static bool fill_head(struct replay *replay, uint16_t file)
{
	struct head *head = &replay->heads[file];

	while (!head->has_packet) {
		head->frame = find_wanted(replay, file, head->frame);
		if (head->frame > replay->set->frames[file])
			return false;
		head->has_packet = source_reread(replay->source, file, head->frame, &head->packet,
						 NULL);
		if (!head->has_packet) {
			replay->lost++;
			head->frame++;
		}
	}
	return true;
}

bool replay_next(struct replay *replay, struct packet *out)
{
	struct head *earliest = NULL;

	for (size_t i = 0; i < replay->set->files; i++) {
		struct head *head = &replay->heads[i];
		if (fill_head(replay, (uint16_t)i) &&
		    (!earliest ||
		     head->packet.mark.time_ns < earliest->packet.mark.time_ns))
			earliest = head;
	}
	if (!earliest)
		return false;
	*out = earliest->packet;
	earliest->has_packet = false;
	earliest->frame++;
	replay->done++;
	return true;
}

void replay_resume(struct replay *replay)
{
	for (size_t i = 0; i < replay->set->files; i++)
		replay->heads[i].has_packet = false;
}

uint64_t replay_lost(const struct replay *replay)
{
	return replay->lost;
}

uint64_t replay_done(const struct replay *replay)
{
	return replay->done;
}
