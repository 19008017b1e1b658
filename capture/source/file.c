/* SPDX-License-Identifier: MIT */
#include "input.h"

#include "link_types.h"
#include "text.h"
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN_BYTES 12 /* of a file that is no capture */
#define SHOWN_COLUMNS 40
#define PCAP_MAGIC 4 /* bytes by which libpcap tells the format */

static bool no_memory(const struct input *input, struct fault *fault)
{
	return fault_set(fault, FAULT_MEMORY, "%s: no memory", input->label);
}

/* Captures of another kind, by their first bytes, and what turns them into one that is read. */
static const struct {
	char start[9];
	uint8_t length;
	const char *name;
	const char *remedy;
} others[] = {
	{"snoop", 5, "snoop", "editcap IN OUT.pcapng"},
	{"RTSS", 4, "Network Monitor", "editcap IN OUT.pcapng"},
	{"GMBU", 4, "Network Monitor", "editcap IN OUT.pcapng"},
	{"iptrace ", 8, "iptrace", "editcap IN OUT.pcapng"},
	{"XCP\0", 4, "NetXRay", "editcap IN OUT.pcapng"},
	{"TRSNIFF ", 8, "Sniffer", "editcap IN OUT.pcapng"},
	{"PK\x03\x04", 4, "zip", "unzip"},
	{"7z\xbc\xaf\x27\x1c", 6, "7-Zip", "7z x"},
};

/* What the START of a file that is no capture may be instead; false if nobody knows. */
static bool name_other(const char *label, struct span start, struct fault *fault)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (start.n < others[i].length ||
		    memcmp(start.p, others[i].start, others[i].length) != 0)
			continue;
		fault_set(fault, FAULT_FORMAT,
			  "%s: in %s's format, which is not read; turn it into one that is: %s",
			  label, others[i].name, others[i].remedy);
		return true;
	}
	return false;
}

/* Why the START of the input was not wanted, in the words of who gave it. */
static bool refuse_start(const struct input *input, struct span start, const char *reason,
			 struct fault *fault)
{
	const char *label = input->label;
	enum packing packing = packing_recognise(start);
	char shown[4 * SHOWN_BYTES + 1];

	if (!start.n)
		return fault_set(fault, FAULT_FORMAT, "%s: empty, no capture in it", label);
	if (packing != PACKING_NONE)
		return fault_set(fault, FAULT_FORMAT,
				 "%s: packed with %s, which is not read; unpack it first: %s -d",
				 label, packing_tool(packing), packing_tool(packing));
	if (strstr(reason, "truncated") && start.n >= PCAP_MAGIC)
		return fault_set(fault, FAULT_CUT_SHORT,
				 "%s: cut short before its first packet, nothing to read", label);
	if (!strstr(reason, "unknown file format") && !strstr(reason, "truncated"))
		return fault_set(fault, FAULT_FORMAT, "%s: %s", label, reason);
	if (name_other(label, start, fault))
		return false;
	text_clean(span_take(start, SHOWN_BYTES), shown, sizeof shown, SHOWN_COLUMNS, false);
	return fault_set(fault, FAULT_FORMAT, "%s: not a capture file (it begins with \"%s\")",
			 label, shown);
}

/* The first bytes of the capture, at most SHOWN_BYTES, which may be held in BYTES. */
static bool read_start(const struct input *input, uint8_t bytes[static SHOWN_BYTES],
		       struct span *start, struct fault *fault)
{
	if (input->feed) {
		*start = span_take(feed_start(input->feed), SHOWN_BYTES);
		return true;
	}
	ssize_t n = store_read(&input->store, 0, bytes, SHOWN_BYTES);
	if (n < 0)
		return fault_set(fault, FAULT_READ, "%s: %s", input->label, strerror(errno));
	*start = (struct span){bytes, (size_t)n};
	return true;
}

static bool refuse(const struct input *input, struct span start, const char *reason,
		   struct fault *fault)
{
	if (input->feed && feed_fill(input->feed) == FEED_FAILED) {
		feed_explain(input->feed, input->label, fault);
		return false;
	}
	return refuse_start(input, start, reason, fault);
}

bool input_settle_link(struct input *input, struct fault *fault)
{
	const struct interfaces *interfaces = &input->interfaces;

	for (; input->judged < interfaces->n; input->judged++) {
		if (!link_is_read(interfaces->all[input->judged].link))
			continue;
		input->shown.link = interfaces->all[input->judged].link;
		return true;
	}
	int link = interfaces->all[0].link;
	const char *name = pcap_datalink_val_to_name(link);
	return fault_set(fault, FAULT_FORMAT, "%s: link type %s (%d), which is not read",
			 input->label, name ? name : "unknown", link);
}

/* Looks through a store for an interface that can be decoded, and comes back. */
static bool find_link(struct input *input, struct fault *fault)
{
	const struct pcapng_place place = savefile_place(input->savefile);
	struct packet packet;

	while (savefile_next(input->savefile, &packet) == SAVEFILE_PACKET)
		if (input_settle_link(input, fault))
			return savefile_go(input->savefile, &place);
	return false;
}

bool input_start(struct input *input, struct fault *fault)
{
	char reason[SAVEFILE_REASON] = "";
	uint8_t bytes[SHOWN_BYTES];
	struct span start;

	if (!read_start(input, bytes, &start, fault))
		return false;
	FILE *stream =
		input->feed ? feed_open_stream(input->feed) : store_open_stream(&input->store);
	if (!stream)
		return no_memory(input, fault);
	input->savefile = savefile_open(stream, start, &input->interfaces, reason);
	if (!input->savefile)
		return refuse(input, start, reason, fault);
	if (input_settle_link(input, fault))
		return true;
	if (!savefile_is_pcapng(input->savefile))
		return false;
	return input->feed || find_link(input, fault);
}

static bool open_descriptor(struct input *input, const char *path, struct fault *fault)
{
	bool is_standard_input = strcmp(path, "-") == 0;

	/* Opening a named pipe must not wait for its writer; a file does not mind. */
	if (is_standard_input)
		input->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	else
		input->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (input->fd < 0)
		return fault_set(fault, errno == EACCES ? FAULT_PERMISSION : FAULT_OPEN, "%s: %s",
				 input->label, strerror(errno));
	if (is_standard_input && isatty(input->fd))
		return fault_set(fault, FAULT_OPEN,
				 "standard input is a terminal; pipe a capture into it");
	return true;
}

static bool is_packed(const struct store *store)
{
	uint8_t bytes[PACKING_MAGIC];
	ssize_t n = store_read(store, 0, bytes, sizeof bytes);

	if (n <= 0)
		return false;
	enum packing packing = packing_recognise((struct span){bytes, (size_t)n});
	return packing == PACKING_GZIP || packing == PACKING_ZSTD;
}

/* A plain file is read through its store, all else through a feed. */
static bool prepare_file(struct input *input, bool follows, struct fault *fault)
{
	struct stat status;

	if (fstat(input->fd, &status) < 0)
		return fault_set(fault, FAULT_OPEN, "%s: %s", input->label, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return fault_set(fault, FAULT_OPEN, "%s: a directory, not a capture file",
				 input->label);
	bool is_regular = S_ISREG(status.st_mode);
	if (is_regular) {
		input->shown.total_bytes = (uint64_t)status.st_size;
		input->store.fd = input->fd;
		input->is_packed_file = is_packed(&input->store);
		input->can_reread = !input->is_packed_file;
	}
	if (input->can_reread && !follows)
		return input_start(input, fault);

	input->feed = feed_new(input->fd, is_regular, is_regular && follows);
	if (!input->feed)
		return no_memory(input, fault);
	/* What a file holds is there now; a pipe is judged when its first bytes come. */
	if (is_regular && feed_has_header(input->feed))
		return input_start(input, fault);
	return true;
}

struct input *input_open_file(const char *path, bool follows, struct fault *fault)
{
	struct input *input = input_new(path, fault);

	if (input && open_descriptor(input, path, fault) && prepare_file(input, follows, fault))
		return input;
	input_free(input);
	return NULL;
}

/* A file is read at places (pread), so that two readers of one descriptor do not meet. */
static struct input *open_again(const struct input *input)
{
	struct input *again = input_new(input->shown.name, NULL);

	if (!again)
		return NULL;
	again->fd = fcntl(input->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (again->fd >= 0 && prepare_file(again, false, NULL))
		return again;
	input_free(again);
	return NULL;
}

bool input_unpack_again(struct input *input, uint32_t frame, struct packet *out)
{
	if (input->again && input->again->frames >= frame) {
		input_free(input->again);
		input->again = NULL;
	}
	if (!input->again)
		input->again = open_again(input);
	while (input->again && input_next(input->again, out, NULL) == SOURCE_PACKET)
		if (out->mark.frame == frame)
			return true;
	return false;
}

struct input *input_open_memory(const char *name, struct span bytes, struct fault *fault)
{
	struct input *input = input_new(name, fault);

	if (!input)
		return NULL;
	input->store.memory = bytes;
	input->can_reread = true;
	input->shown.total_bytes = bytes.n;
	if (input_start(input, fault))
		return input;
	input_free(input);
	return NULL;
}
