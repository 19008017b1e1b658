/* SPDX-License-Identifier: MIT */
#include "input.h"

#include "decode.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SHOWN_BYTES 12 /* of a file that is no capture */

static struct input *input_new(const char *name, struct fault *fault)
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
	input->store.fd = -1;
	return input;
}

/* Why libpcap did not want the start of the file, in the words of who gave it. */
static bool refuse_start(const struct input *input, const char *reason, struct fault *fault)
{
	const char *name = input->shown.name;
	uint8_t start[SHOWN_BYTES];
	char shown[4 * SHOWN_BYTES + 1];
	ssize_t n = store_read(&input->store, 0, start, sizeof start);

	if (n < 0)
		return fault_set(fault, FAULT_READ, "%s: %s", name, strerror(errno));
	if (n == 0)
		return fault_set(fault, FAULT_FORMAT, "%s: empty, no capture in it", name);
	if (strstr(reason, "unknown file format") || strstr(reason, "truncated")) {
		text_clean((struct span){start, (size_t)n}, shown, sizeof shown, 40, false);
		return fault_set(fault, FAULT_FORMAT,
				 "%s: not a capture file (it begins with \"%s\")", name, shown);
	}
	return fault_set(fault, FAULT_FORMAT, "%s: %s", name, reason);
}

static bool check_link(struct input *input, struct fault *fault)
{
	int link = pcap_datalink(input->pcap);
	const char *name = pcap_datalink_val_to_name(link);

	input->shown.link = link;
	if (decode_knows_link(link))
		return true;
	return fault_set(fault, FAULT_FORMAT, "%s: link type %s (%d) is not read",
			 input->shown.name, name ? name : "unknown", link);
}

static bool open_store(struct input *input, struct fault *fault)
{
	char reason[PCAP_ERRBUF_SIZE] = "";
	FILE *stream = store_open_stream(&input->store);
	if (!stream)
		return fault_set(fault, FAULT_MEMORY, "%s: no memory", input->shown.name);

	input->pcap = pcap_fopen_offline_with_tstamp_precision(
		stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!input->pcap) {
		(void)fclose(stream);
		return refuse_start(input, reason, fault);
	}
	return check_link(input, fault);
}

static bool open_descriptor(struct input *input, const char *path, struct fault *fault)
{
	struct stat status;

	input->store.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (input->store.fd < 0)
		return fault_set(fault, errno == EACCES ? FAULT_PERMISSION : FAULT_OPEN, "%s: %s",
				 path, strerror(errno));
	if (fstat(input->store.fd, &status) < 0)
		return fault_set(fault, FAULT_OPEN, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return fault_set(fault, FAULT_OPEN, "%s: a directory, not a capture file", path);
	input->shown.total_bytes = (uint64_t)status.st_size;
	return true;
}

struct input *input_open_file(const char *path, struct fault *fault)
{
	struct input *input = input_new(path, fault);

	if (input && open_descriptor(input, path, fault) && open_store(input, fault))
		return input;
	input_free(input);
	return NULL;
}

struct input *input_open_memory(const char *name, struct span bytes, struct fault *fault)
{
	struct input *input = input_new(name, fault);

	if (!input)
		return NULL;
	input->store.memory = bytes;
	input->shown.total_bytes = bytes.n;
	if (open_store(input, fault))
		return input;
	input_free(input);
	return NULL;
}
