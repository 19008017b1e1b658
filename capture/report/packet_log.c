/* SPDX-License-Identifier: MIT */
#include "packet_log.h"

#include "output.h"
#include "report/packet_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct packet_log {
	FILE *out; /* NULL: an error ended it */
	const char *name;
	const struct source *source;
	struct origins origins;
	uint64_t packets; /* written and handed to the system */
	uint64_t taken;
	int error; /* errno of what ended it */
};

struct packet_log *packet_log_new(int fd, const char *name, const struct source *source,
				  struct fault *fault)
{
	struct packet_log *log = calloc(1, sizeof *log);

	if (!log || !output_clear(fd, fault) || !(log->out = fdopen(fd, "wb"))) {
		if (!log || fault->kind == FAULT_NONE)
			fault_set(fault, FAULT_MEMORY, "no memory to write %s", name);
		free(log);
		close(fd);
		return NULL;
	}
	log->name = name;
	log->source = source;
	log->origins.needs_pcapng = true;
	packet_file_begin(log->out, &log->origins, NULL, NULL);
	return log;
}

static void end_log(struct packet_log *log, int error)
{
	log->error = error;
	if (log->out)
		fclose(log->out);
	log->out = NULL;
}

void packet_log_free(struct packet_log *log)
{
	if (!log)
		return;
	end_log(log, 0);
	origins_free(&log->origins);
	free(log);
}

void packet_log_take(struct packet_log *log, const struct packet *packet)
{
	uint32_t known = log->origins.count;

	if (!log->out)
		return;
	if (!origins_note(&log->origins, packet)) {
		end_log(log, ENOMEM);
		return;
	}
	if (log->origins.count > known)
		packet_file_put_interface(log->out, packet->link,
					  source_input(log->source, packet->file)->name);
	packet_file_put(log->out, &log->origins, packet);
	log->taken++;
}

bool packet_log_flush(struct packet_log *log, struct fault *fault)
{
	if (log->out && log->taken == log->packets)
		return true;
	if (log->out && (fflush(log->out) != 0 || ferror(log->out)))
		end_log(log, errno);
	if (log->out) {
		log->packets = log->taken;
		return true;
	}
	if (!log->error)
		return true;
	fault_set(fault, FAULT_OPEN, "%s ends here, packets are not written any more: %s",
		  log->name, strerror(log->error));
	log->error = 0;
	return false;
}

uint64_t packet_log_packets(const struct packet_log *log)
{
	return log ? log->packets : 0;
}

const char *packet_log_name(const struct packet_log *log)
{
	return log && log->out ? log->name : NULL;
}
