/* SPDX-License-Identifier: MIT */
#include "input.h"

#include "record_time.h"

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
	reread_free(&input->reread);
	ring_track_free(&input->track);
	if (input->pcap)
		pcap_close(input->pcap);
	feed_free(input->feed);
	if (input->fd >= 0)
		(void)close(input->fd);
	free((void *)(uintptr_t)input->shown.name);
	free(input);
}

/* What costs a call is looked at only now and then. */
static void note_progress(struct input *input)
{
	struct pcap_stat stat;

	if (input->feed)
		input->shown.read_bytes = feed_read_bytes(input->feed);
	else if (input->shown.is_live && pcap_stats(input->pcap, &stat) == 0)
		input->shown.dropped = (uint64_t)stat.ps_drop + stat.ps_ifdrop;
}

void input_count(struct input *input, const struct packet *packet)
{
	struct source_input *shown = &input->shown;

	if (!shown->packets)
		shown->first_ns = packet->mark.time_ns;
	else if (packet->mark.time_ns < shown->last_ns)
		shown->backwards++;
	shown->last_ns = packet->mark.time_ns;
	shown->packets++;
	shown->bytes += packet->bytes.n;
}

static enum source_state input_end(struct input *input, enum source_state state)
{
	note_progress(input);
	if (!input->feed)
		input->shown.read_bytes = input->shown.total_bytes;
	input->shown.has_ended = true;
	return state;
}

/* libpcap tells what is wrong in words alone. */
static enum source_state input_fail(struct input *input, struct fault *fault)
{
	const char *reason = pcap_geterr(input->pcap);
	if (input->feed && feed_fill(input->feed) == FEED_FAILED)
		feed_explain(input->feed, input->label, fault);
	else if (strstr(reason, "truncated"))
		fault_set(fault, FAULT_CUT_SHORT,
			  "%s: cut short inside packet %u; everything before it was read",
			  input->label, input->frames + 1);
	else if (strstr(reason, "has a type"))
		fault_set(fault, FAULT_FORMAT,
			  "%s: its interfaces differ in link type (after packet %u); read one at a "
			  "time: tshark -r FILE -Y frame.interface_id==0 -w - | "
			  "editcap -F pcap -T ether - OUT",
			  input->label, input->frames);
	else if (strstr(reason, "has a snapshot length"))
		fault_set(fault, FAULT_FORMAT,
			  "%s: its interfaces differ in snaplen (after packet %u); convert it: "
			  "editcap -F pcap FILE OUT",
			  input->label, input->frames);
	else
		fault_set(fault, FAULT_READ, "%s: unreadable after packet %u: %s", input->label,
			  input->frames, reason);
	return input_end(input, SOURCE_WARNING);
}

/*
 * As pcap_next_ex(), but goes on where a feed's stream only seemed to end. With PCAP_ERROR_BREAK
 * FEED_STATE says whether it really has.
 */
static int read_record(struct input *input, struct pcap_pkthdr **header, const u_char **bytes,
		       enum feed_state *feed_state)
{
	for (;;) {
		int got = pcap_next_ex(input->pcap, header, bytes);
		if (got != PCAP_ERROR_BREAK || !input->feed)
			return got;
		clearerr(pcap_file(input->pcap));
		*feed_state = feed_fill(input->feed);
		if (*feed_state != FEED_READY)
			return got;
	}
}

/* There was no record: now, or for good. */
static enum source_state input_stop(struct input *input, int got, enum feed_state feed_state,
				    struct fault *fault)
{
	if (got == 0 || (got == PCAP_ERROR_BREAK && feed_state == FEED_NOTHING)) {
		note_progress(input);
		return SOURCE_WAIT;
	}
	if (got != PCAP_ERROR_BREAK)
		return input_fail(input, fault);
	if (feed_state != FEED_FAILED)
		return input_end(input, SOURCE_END);
	feed_explain(input->feed, input->label, fault);
	return input_end(input, SOURCE_WARNING);
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

/* Where the next record begins. In a file that is how much of it was read, too. */
static off_t note_place(struct input *input)
{
	note_progress(input);
	if (input->shown.is_live)
		return 0;
	off_t place = ftello(pcap_file(input->pcap));
	if (!input->feed && place > 0)
		input->shown.read_bytes = (uint64_t)place;
	return place;
}

enum source_state input_next(struct input *input, struct packet *out, struct fault *fault)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	enum feed_state feed_state = FEED_ENDED;

	if (input->shown.has_ended)
		return SOURCE_END;
	if (!input->pcap) {
		enum source_state state = input_begin(input, fault);
		if (state != SOURCE_PACKET)
			return state;
	}
	uint32_t frame = input->frames + 1;
	off_t place = reread_wants(frame) ? note_place(input) : 0;
	int got = read_record(input, &header, &bytes, &feed_state);
	if (got != 1)
		return input_stop(input, got, feed_state, fault);

	input->frames = frame;
	out->mark = (struct mark){record_time_ns(header), frame};
	out->link = input->shown.link;
	out->wire_len = header->len;
	out->bytes = (struct span){bytes, header->caplen};
	if (input->can_reread && reread_wants(frame))
		reread_note(&input->reread, frame, place, out->mark.time_ns);
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
