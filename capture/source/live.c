/* SPDX-License-Identifier: MIT */
/*
 * An interface as an input. Not in libpcap's immediate mode, which would lose packets: kernel
 * blocks are handed over after 50 ms at most.
 */
#include "input.h"

#include "bounds.h"
#include "link_types.h"
#include "record_time.h"

#include <unistd.h>

#define BLOCK_MS 50
#define KERNEL_BUFFER (16 << 20)
#define STATISTICS_STRIDE 256 /* packets */

/*
 * Fragments behind the first have no ports: all are let in. Inside a VLAN tag the same is asked
 * again, as "vlan" moves the place where libpcap looks for everything after it.
 */
#define MAIL "(tcp port 25 or 465 or 587 or 2525 or 24)"
#define FRAGMENTS "(ip[6:2] & 0x1fff != 0) or (ip6[6] == 44)"
#define PLAIN_FILTER MAIL " or " FRAGMENTS
#define ETHERNET_FILTER                                                                            \
	PLAIN_FILTER " or (vlan and (" PLAIN_FILTER " or (vlan and (" PLAIN_FILTER "))))"

static const char *program_path(char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);

	if (n <= 0)
		return "smtpscope";
	out[n] = '\0';
	return out;
}

static bool explain_activation(const struct input *input, int status, struct fault *fault)
{
	char path[256];

	if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
		return fault_set(fault, FAULT_PERMISSION,
				 "%s: not permitted to capture; allow it with: "
				 "sudo setcap cap_net_raw=ep %s",
				 input->label, program_path(path, sizeof path));
	if (status == PCAP_ERROR_NO_SUCH_DEVICE)
		return fault_set(fault, FAULT_OPEN, "%s: no such interface", input->label);
	const char *reason = pcap_geterr(input->pcap);
	return fault_set(fault, FAULT_OPEN, "%s: %s", input->label,
			 *reason ? reason : pcap_statustostr(status));
}

static bool activate(struct input *input, struct fault *fault)
{
	pcap_t *pcap = input->pcap;

	(void)pcap_set_snaplen(pcap, LIMIT_SNAPLEN);
	(void)pcap_set_promisc(pcap, 1);
	(void)pcap_set_timeout(pcap, BLOCK_MS);
	(void)pcap_set_buffer_size(pcap, KERNEL_BUFFER);
	(void)pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	int status = pcap_activate(pcap);
	if (status < 0)
		return explain_activation(input, status, fault);
	return true;
}

/* "any" gives cooked frames; the second version of them names the interface. */
static bool settle_link(struct input *input, struct fault *fault)
{
	if (pcap_datalink(input->pcap) == DLT_LINUX_SLL)
		(void)pcap_set_datalink(input->pcap, DLT_LINUX_SLL2);
	input->shown.link = pcap_datalink(input->pcap);
	if (link_is_read(input->shown.link))
		return true;
	const char *name = pcap_datalink_val_to_name(input->shown.link);
	return fault_set(fault, FAULT_FORMAT, "%s: link type %s (%d), which is not read",
			 input->label, name ? name : "unknown", input->shown.link);
}

static bool set_filter(struct input *input, const char *filter, struct fault *fault)
{
	struct bpf_program program;

	if (!filter)
		filter = input->shown.link == DLT_EN10MB ? ETHERNET_FILTER : PLAIN_FILTER;
	if (pcap_compile(input->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return fault_set(fault, FAULT_USAGE, "filter \"%s\": %s", filter,
				 pcap_geterr(input->pcap));
	int status = pcap_setfilter(input->pcap, &program);
	pcap_freecode(&program);
	if (status < 0)
		return fault_set(fault, FAULT_OPEN, "%s: %s", input->label,
				 pcap_geterr(input->pcap));
	return true;
}

static bool start_capture(struct input *input, const char *filter, struct fault *fault)
{
	char reason[PCAP_ERRBUF_SIZE] = "";

	input->shown.is_live = true;
	input->pcap = pcap_create(input->shown.name, reason);
	if (!input->pcap)
		return fault_set(fault, FAULT_OPEN, "%s: %s", input->label, reason);
	if (!activate(input, fault) || !settle_link(input, fault) ||
	    !set_filter(input, filter, fault))
		return false;
	if (pcap_setnonblock(input->pcap, 1, reason) < 0)
		return fault_set(fault, FAULT_OPEN, "%s: %s", input->label, reason);
	return true;
}

struct input *input_open_interface(const char *name, const char *filter, struct fault *fault)
{
	struct input *input = input_new(name, fault);

	if (input && start_capture(input, filter, fault))
		return input;
	input_free(input);
	return NULL;
}

/* Counting what was dropped costs a system call. */
static void note_dropped(struct input *input)
{
	struct pcap_stat stat;

	if (pcap_stats(input->pcap, &stat) == 0)
		input->shown.dropped = (uint64_t)stat.ps_drop + stat.ps_ifdrop;
}

enum source_state input_next_live(struct input *input, struct packet *out, struct fault *fault)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int got = pcap_next_ex(input->pcap, &header, &bytes);

	if (got == 0) {
		note_dropped(input);
		return SOURCE_WAIT;
	}
	if (got != 1) {
		note_dropped(input);
		input->shown.has_ended = true;
		fault_set(fault, FAULT_READ, "%s: unreadable after packet %u: %s", input->label,
			  input->frames, pcap_geterr(input->pcap));
		return SOURCE_WARNING;
	}
	input->frames++;
	if (input->frames % STATISTICS_STRIDE == 0)
		note_dropped(input);
	out->mark =
		(struct mark){record_time_ns(header->ts.tv_sec, header->ts.tv_usec), input->frames};
	out->interface = 0;
	out->link = input->shown.link;
	out->wire_len = header->len;
	out->bytes = (struct span){bytes, header->caplen};
	return SOURCE_PACKET;
}
