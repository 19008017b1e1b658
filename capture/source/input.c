/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <stdlib.h>
#include <unistd.h>

void input_free(struct input *input)
{
	if (!input)
		return;
	if (input->pcap)
		pcap_close(input->pcap);
	if (input->store.fd >= 0)
		(void)close(input->store.fd);
	free((void *)(uintptr_t)input->shown.name);
	free(input);
}

/* The seconds are the capture's claim: keep the product inside an int64_t. */
static int64_t time_ns(const struct timeval *ts)
{
	const int64_t last = INT64_MAX / NS_PER_SECOND - 1;
	int64_t seconds = ts->tv_sec;

	if (seconds > last)
		seconds = last;
	if (seconds < 0)
		seconds = 0;
	return seconds * NS_PER_SECOND + ts->tv_usec % NS_PER_SECOND;
}

static void count_packet(struct source_input *shown, int64_t now_ns, uint32_t captured)
{
	if (!shown->packets)
		shown->first_ns = now_ns;
	else if (now_ns < shown->last_ns)
		shown->backwards++;
	shown->last_ns = now_ns;
	shown->packets++;
	shown->bytes += captured;
}

static enum source_state input_fail(struct input *input, struct fault *fault)
{
	const char *reason = pcap_geterr(input->pcap);

	input->shown.has_ended = true;
	if (strstr(reason, "truncated"))
		fault_set(fault, FAULT_CUT_SHORT,
			  "%s: cut short inside packet %llu; everything before it was read",
			  input->shown.name, (unsigned long long)input->shown.packets + 1);
	else
		fault_set(fault, FAULT_READ, "%s: unreadable after packet %llu: %s",
			  input->shown.name, (unsigned long long)input->shown.packets, reason);
	return SOURCE_WARNING;
}

enum source_state input_next(struct input *input, struct packet *out, struct fault *fault)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	switch (pcap_next_ex(input->pcap, &header, &bytes)) {
	case 1:
		break;
	case 0:
		return SOURCE_WAIT;
	case PCAP_ERROR_BREAK: /* the end of the file */
		input->shown.has_ended = true;
		return SOURCE_END;
	default:
		return input_fail(input, fault);
	}
	out->mark.time_ns = time_ns(&header->ts);
	count_packet(&input->shown, out->mark.time_ns, header->caplen);
	out->mark.frame = (uint32_t)input->shown.packets;
	out->link = input->shown.link;
	out->wire_len = header->len;
	out->bytes = (struct span){bytes, header->caplen};
	return SOURCE_PACKET;
}
