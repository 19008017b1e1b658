/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <stdlib.h>
#include <unistd.h>

struct input *input_new(const char *name, struct fault *fault)
{
	struct input *input = calloc(1, sizeof *input);
	char *copy = strdup(name);

	if (!input || !copy) {
		free(input);
		free(copy);
		fault_set(fault, FAULT_MEMORY, "%s: no memory", name);
		return NULL;
	}
	input->shown.name = copy;
	input->shown.link = -1;
	input->label = strcmp(name, "-") == 0 ? "standard input" : copy;
	input->fd = -1;
	input->store.fd = -1;
	return input;
}

void input_free(struct input *input)
{
	if (!input)
		return;
	input_free(input->again);
	reread_free(&input->reread);
	ring_track_free(&input->track);
	if (input->pcap)
		pcap_close(input->pcap);
	savefile_free(input->savefile);
	interfaces_free(&input->interfaces);
	feed_free(input->feed);
	if (input->fd >= 0)
		(void)close(input->fd);
	free((void *)(uintptr_t)input->shown.name);
	free(input);
}

void input_count(struct input *input, const struct packet *packet)
{
	struct source_input *shown = &input->shown;

	int64_t time_ns = packet->mark.time_ns;

	if (shown->packets && time_ns < input->previous_ns)
		shown->backwards++;
	if (!shown->packets || time_ns < shown->first_ns)
		shown->first_ns = time_ns;
	if (!shown->packets || time_ns > shown->last_ns)
		shown->last_ns = time_ns;
	input->previous_ns = time_ns;
	shown->packets++;
	shown->bytes += packet->bytes.n;
}

/* What costs a call is looked at only now and then. */
static void note_progress(struct input *input, off_t offset)
{
	if (input->feed)
		input->shown.read_bytes = feed_read_bytes(input->feed);
	else if (offset > 0)
		input->shown.read_bytes = (uint64_t)offset;
	input->shown.dropped = input->interfaces.dropped;
}

static enum source_state input_end(struct input *input, enum source_state state)
{
	if (input->feed)
		input->shown.read_bytes = feed_read_bytes(input->feed);
	else
		input->shown.read_bytes = input->shown.total_bytes;
	input->shown.dropped = input->interfaces.dropped;
	input->shown.has_ended = true;
	return state;
}

/* The savefile has nothing more, and is not what ended well. */
static enum source_state input_fail(struct input *input, enum savefile_state state,
				    struct fault *fault)
{
	if (input->feed && feed_fill(input->feed) == FEED_FAILED)
		feed_explain(input->feed, input->label, fault);
	else if (state == SAVEFILE_CUT)
		fault_set(fault, FAULT_CUT_SHORT,
			  "%s: cut short inside packet %u; everything before it was read",
			  input->label, input->frames + 1);
	else
		fault_set(fault, FAULT_READ, "%s: unreadable after packet %u: %s", input->label,
			  input->frames, savefile_problem(input->savefile));
	return input_end(input, SOURCE_WARNING);
}

/*
 * As savefile_next(), but goes on where a feed's stream only seemed to end. With SAVEFILE_END
 * FEED_STATE says whether it really has.
 */
static enum savefile_state read_record(struct input *input, struct packet *out,
				       enum feed_state *feed_state)
{
	for (;;) {
		enum savefile_state state = savefile_next(input->savefile, out);
		if (state != SAVEFILE_END || !input->feed)
			return state;
		savefile_resume(input->savefile);
		*feed_state = feed_fill(input->feed);
		if (*feed_state != FEED_READY)
			return state;
	}
}

/* There was no record: now, or for good. */
static enum source_state input_stop(struct input *input, enum savefile_state state,
				    enum feed_state feed_state, struct fault *fault)
{
	if (state != SAVEFILE_END)
		return input_fail(input, state, fault);
	switch (feed_state) {
	case FEED_READY:
	case FEED_NOTHING:
		note_progress(input, 0);
		return SOURCE_WAIT;
	case FEED_ENDED:
		break;
	case FEED_FAILED:
		feed_explain(input->feed, input->label, fault);
		return input_end(input, SOURCE_WARNING);
	}
	return input_end(input, SOURCE_END);
}

static enum source_state input_begin(struct input *input, struct fault *fault)
{
	if (!feed_has_header(input->feed))
		return SOURCE_WAIT;
	if (input_start(input, fault))
		return SOURCE_PACKET;
	input->shown.has_ended = true;
	return SOURCE_WARNING;
}

enum source_state input_next(struct input *input, struct packet *out, struct fault *fault)
{
	enum feed_state feed_state = FEED_ENDED;
	struct pcapng_place place = {.offset = 0};

	if (input->shown.has_ended)
		return SOURCE_END;
	if (input->shown.is_live)
		return input_next_live(input, out, fault);
	if (!input->savefile) {
		enum source_state state = input_begin(input, fault);
		if (state != SOURCE_PACKET)
			return state;
	}
	uint32_t frame = input->frames + 1;
	bool is_noted = reread_wants(frame);
	if (is_noted) {
		place = savefile_place(input->savefile);
		note_progress(input, place.offset);
	}
	enum savefile_state state = read_record(input, out, &feed_state);
	if (state != SAVEFILE_PACKET)
		return input_stop(input, state, feed_state, fault);
	if (input->shown.link < 0 && !input_settle_link(input, fault))
		return input_end(input, SOURCE_WARNING);

	input->frames = frame;
	out->mark.frame = frame;
	if (input->can_reread && is_noted)
		reread_note(&input->reread, frame, &place);
	return SOURCE_PACKET;
}

bool input_poll(const struct input *input, struct pollfd *fd)
{
	if (input->shown.has_ended)
		return false;
	if (input->feed)
		return feed_poll(input->feed, fd);
	if (!input->shown.is_live)
		return false;
	*fd = (struct pollfd){.fd = pcap_get_selectable_fd(input->pcap), .events = POLLIN};
	return fd->fd >= 0;
}
