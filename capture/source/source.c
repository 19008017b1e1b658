/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "bounds.h"
#include "input.h"

#include <stdlib.h>
#include <sys/stat.h>

#define NO_TAP UINT16_MAX
#define RING_BYTES (16u << 20)

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
	uint16_t tap;	      /* NO_TAP before its first packet */
	bool tap_inherited;   /* a later file has taken the tap over */
};

struct source {
	struct source_options options;
	struct ring *ring; /* made when the first input needs it */
	size_t lanes_n;
	uint16_t taps;
	struct lane lanes[LIMIT_SOURCES];
};

struct source *source_new(const struct source_options *options)
{
	struct source *source = calloc(1, sizeof *source);

	if (!source)
		return NULL;
	if (options)
		source->options = *options;
	if (!source->options.ring_bytes)
		source->options.ring_bytes = RING_BYTES;
	return source;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < source->lanes_n; i++)
		input_free(source->lanes[i].input);
	ring_free(source->ring);
	free(source);
}

static bool has_room(const struct source *source, const char *name, struct fault *fault)
{
	if (source->lanes_n < LIMIT_SOURCES)
		return true;
	return fault_set(fault, FAULT_LIMIT, "%s: more than %d inputs; join some with mergecap",
			 name, LIMIT_SOURCES);
}

static bool add_input(struct source *source, struct input *input, struct fault *fault)
{
	if (!input)
		return false;
	if (!input->can_reread && !source->ring) {
		source->ring = ring_new(source->options.ring_bytes);
		if (!source->ring) {
			fault_set(fault, FAULT_MEMORY, "%s: no memory for the newest packets",
				  input->label);
			input_free(input);
			return false;
		}
	}
	source->lanes[source->lanes_n++] = (struct lane){.input = input, .tap = NO_TAP};
	return true;
}

bool source_add_file(struct source *source, const char *path, struct fault *fault)
{
	return has_room(source, path, fault) &&
	       add_input(source, input_open_file(path, source->options.follow, fault), fault);
}

bool source_add_interface(struct source *source, const char *name, const char *filter,
			  struct fault *fault)
{
	return has_room(source, name, fault) &&
	       add_input(source, input_open_interface(name, filter, fault), fault);
}

bool source_add_memory(struct source *source, const char *name, struct span bytes,
		       struct fault *fault)
{
	return has_room(source, name, fault) &&
	       add_input(source, input_open_memory(name, bytes, fault), fault);
}

/* An earlier input of the same link type that has ended, and whose tap no other has taken. */
static struct lane *find_predecessor(struct source *source, const struct lane *lane)
{
	for (size_t i = 0; i < source->lanes_n; i++) {
		struct lane *other = &source->lanes[i];
		if (other->input->shown.has_ended && other->tap != NO_TAP &&
		    !other->tap_inherited && other->input->shown.link == lane->input->shown.link)
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

static enum source_state hand_out(struct source *source, struct lane *lane, struct packet *out)
{
	if (lane->tap == NO_TAP)
		assign_tap(source, lane);
	out->file = (uint16_t)(lane - source->lanes);
	out->tap = lane->tap;
	input_count(lane->input, out);
	if (!lane->input->can_reread)
		ring_keep(source->ring, &lane->input->track, out);
	return SOURCE_PACKET;
}

static enum source_state next_of_one(struct source *source, struct packet *out, struct fault *fault)
{
	struct lane *lane = &source->lanes[0];
	enum source_state state = input_next(lane->input, out, fault);

	return state == SOURCE_PACKET ? hand_out(source, lane, out) : state;
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

/*
 * Whether the merge must wait for what this input will say: a pipe that has begun may still bring
 * earlier packets than the others have. An interface or a followed file may be silent for hours.
 */
static bool holds_back(const struct source *source, const struct lane *lane)
{
	return lane->ahead == AHEAD_NOTHING && !lane->input->shown.is_live &&
	       !source->options.follow;
}

static enum source_state next_of_many(struct source *source, struct packet *out,
				      struct fault *fault)
{
	struct lane *earliest = NULL;
	bool is_waiting = false;
	bool is_held_back = false;

	for (size_t i = 0; i < source->lanes_n; i++) {
		struct lane *lane = &source->lanes[i];
		if ((lane->ahead == AHEAD_UNREAD || lane->ahead == AHEAD_NOTHING) &&
		    lane_read(lane, fault) == SOURCE_WARNING)
			return SOURCE_WARNING;
		is_waiting |= lane->ahead == AHEAD_NOTHING;
		is_held_back |= holds_back(source, lane);
		if (lane->ahead == AHEAD_PACKET &&
		    (!earliest || lane->packet.mark.time_ns < earliest->packet.mark.time_ns))
			earliest = lane;
	}
	if (earliest && !is_held_back) {
		earliest->ahead = AHEAD_UNREAD;
		*out = earliest->packet;
		return hand_out(source, earliest, out);
	}
	return is_waiting ? SOURCE_WAIT : SOURCE_END;
}

enum source_state source_next(struct source *source, struct packet *out, struct fault *fault)
{
	if (source->lanes_n == 1)
		return next_of_one(source, out, fault);
	return next_of_many(source, out, fault);
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
	size_t n = 0;

	for (size_t i = 0; i < source->lanes_n && n < max; i++)
		if (input_poll(source->lanes[i].input, &fds[n]))
			n++;
	return n;
}

bool source_reads(const struct source *source, int fd)
{
	struct stat ours, theirs;

	if (fstat(fd, &theirs) < 0)
		return false;
	for (size_t i = 0; i < source->lanes_n; i++) {
		int input_fd = source->lanes[i].input->fd;
		if (input_fd >= 0 && fstat(input_fd, &ours) == 0 && ours.st_dev == theirs.st_dev &&
		    ours.st_ino == theirs.st_ino)
			return true;
	}
	return false;
}

bool source_reread(struct source *source, uint16_t file, uint32_t frame, struct packet *out,
		   struct fault *fault)
{
	if (file >= source->lanes_n)
		return fault_set(fault, FAULT_USAGE, "there is no input %u", file);
	struct lane *lane = &source->lanes[file];
	struct input *input = lane->input;

	if (!frame || frame > input->shown.packets)
		return fault_set(fault, FAULT_USAGE, "%s: packet %u has not been read",
				 input->label, frame);
	if (!input->can_reread && ring_find(source->ring, &input->track, frame, out))
		return true;
	if (!input->can_reread && !input->is_packed_file)
		return fault_set(fault, FAULT_LIMIT,
				 "%s: packet %u has left the memory for the newest packets",
				 input->label, frame);
	out->file = file;
	out->tap = lane->tap;
	if (input->is_packed_file
		    ? input_unpack_again(input, frame, out)
		    : reread_packet(&input->reread, &input->store, &input->interfaces, frame, out))
		return true;
	return fault_set(fault, FAULT_READ, "%s: packet %u cannot be read again: the file changed",
			 input->label, frame);
}
