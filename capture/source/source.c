/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "bounds.h"
#include "input.h"

#include <stdlib.h>

#define NO_TAP UINT16_MAX

/* What an input has for the merge. */
enum ahead {
	AHEAD_UNREAD,  /* its next packet has to be read */
	AHEAD_PACKET,  /* the next packet is held */
	AHEAD_NOTHING, /* it had nothing when last asked */
	AHEAD_ENDED,
};

struct lane {
	struct input *input;
	enum ahead ahead;
	struct packet packet; /* with AHEAD_PACKET */
	uint16_t tap;         /* NO_TAP before its first packet */
	bool tap_inherited;   /* a later file has taken the tap over */
};

struct source {
	struct source_options options;
	size_t lanes_n;
	uint16_t taps;
	struct lane lanes[LIMIT_SOURCES];
};

struct source *source_new(const struct source_options *options)
{
	struct source *source = calloc(1, sizeof *source);

	if (source && options)
		source->options = *options;
	return source;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < source->lanes_n; i++)
		input_free(source->lanes[i].input);
	free(source);
}

static bool has_room(const struct source *source, const char *name, struct fault *fault)
{
	if (source->lanes_n < LIMIT_SOURCES)
		return true;
	return fault_set(fault, FAULT_LIMIT, "%s: more than %d inputs; join some with mergecap",
			 name, LIMIT_SOURCES);
}

static bool add_input(struct source *source, struct input *input)
{
	if (!input)
		return false;
	source->lanes[source->lanes_n++] = (struct lane){.input = input, .tap = NO_TAP};
	return true;
}

bool source_add_file(struct source *source, const char *path, struct fault *fault)
{
	return has_room(source, path, fault) &&
	       add_input(source, input_open_file(path, fault));
}

bool source_add_interface(struct source *source, const char *name, const char *filter,
			  struct fault *fault)
{
	(void)source;
	(void)filter;
	return fault_set(fault, FAULT_OPEN, "%s: interfaces are not read", name);
}

bool source_add_memory(struct source *source, const char *name, struct span bytes,
		       struct fault *fault)
{
	return has_room(source, name, fault) &&
	       add_input(source, input_open_memory(name, bytes, fault));
}

/* An earlier input of the same link type that has ended, and whose tap no other has taken. */
static struct lane *find_predecessor(struct source *source, const struct lane *lane)
{
	for (size_t i = 0; i < source->lanes_n; i++) {
		struct lane *other = &source->lanes[i];
		if (other->ahead == AHEAD_ENDED && other->tap != NO_TAP && !other->tap_inherited &&
		    other->input->shown.link == lane->input->shown.link)
			return other;
	}
	return NULL;
}

static void assign_tap(struct source *source, struct lane *lane)
{
	struct lane *predecessor = NULL;

	if (!lane->input->shown.is_live)
		predecessor = find_predecessor(source, lane);
	if (predecessor) {
		predecessor->tap_inherited = true;
		lane->tap = predecessor->tap;
	} else {
		lane->tap = source->taps++;
	}
}

static enum source_state lane_read(struct lane *lane, struct fault *fault)
{
	enum source_state state = input_next(lane->input, &lane->packet, fault);

	switch (state) {
	case SOURCE_PACKET:
		lane->ahead = AHEAD_PACKET;
		break;
	case SOURCE_WAIT:
		lane->ahead = AHEAD_NOTHING;
		break;
	case SOURCE_END:
	case SOURCE_WARNING:
		lane->ahead = AHEAD_ENDED;
		break;
	}
	return state;
}

static enum source_state hand_out(struct source *source, struct lane *lane, struct packet *out)
{
	if (lane->tap == NO_TAP)
		assign_tap(source, lane);
	*out = lane->packet;
	out->file = (uint16_t)(lane - source->lanes);
	out->tap = lane->tap;
	lane->ahead = AHEAD_UNREAD;
	return SOURCE_PACKET;
}

enum source_state source_next(struct source *source, struct packet *out, struct fault *fault)
{
	struct lane *earliest = NULL;
	bool is_waiting = false;

	for (size_t i = 0; i < source->lanes_n; i++) {
		struct lane *lane = &source->lanes[i];
		if ((lane->ahead == AHEAD_UNREAD || lane->ahead == AHEAD_NOTHING) &&
		    lane_read(lane, fault) == SOURCE_WARNING)
			return SOURCE_WARNING;
		if (lane->ahead == AHEAD_NOTHING)
			is_waiting = true;
		if (lane->ahead == AHEAD_PACKET &&
		    (!earliest || lane->packet.mark.time_ns < earliest->packet.mark.time_ns))
			earliest = lane;
	}
	if (earliest)
		return hand_out(source, earliest, out);
	return is_waiting ? SOURCE_WAIT : SOURCE_END;
}

size_t source_inputs(const struct source *source)
{
	return source->lanes_n;
}

const struct source_input *source_input(const struct source *source, size_t index)
{
	return &source->lanes[index].input->shown;
}

size_t source_poll(const struct source *source, struct pollfd *fds, size_t max)
{
	(void)source;
	(void)fds;
	(void)max;
	return 0;
}

bool source_reread(struct source *source, uint16_t file, uint32_t frame, struct packet *out,
		   struct fault *fault)
{
	(void)out;
	return fault_set(fault, FAULT_READ, "%s: packet %u is no longer there",
			 source_input(source, file)->name, frame);
}
