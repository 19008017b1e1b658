/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>
#include <time.h>

#include "lex.h"
#include "simulate.h"

#define SNAPLEN_ALL 262144
#define WRITE_BUFFER ((size_t)1 << 18)

struct file_sink {
	pcap_dumper_t *dumper;
	uint32_t snaplen;
};

static bool write_frame(void *context, int64_t time_ns, const uint8_t *frame, size_t len)
{
	struct file_sink *sink = context;
	struct pcap_pkthdr header = {
		/* opened with nanosecond precision, tv_usec counts nanoseconds */
		.ts = {.tv_sec = (time_t)(time_ns / NS_PER_S),
		       .tv_usec = (suseconds_t)(time_ns % NS_PER_S)},
		.caplen = len < sink->snaplen ? (bpf_u_int32)len : sink->snaplen,
		.len = (bpf_u_int32)len,
	};

	pcap_dump((u_char *)sink->dumper, &header, frame);
	return ferror(pcap_dump_file(sink->dumper)) == 0;
}

static bool play_into(struct file_sink *sink, const struct scenario *scenario, struct craft *craft,
		      char *error, size_t error_size)
{
	struct simulation_result result;

	setvbuf(pcap_dump_file(sink->dumper), NULL, _IOFBF, WRITE_BUFFER);
	result = simulate(scenario, craft, write_frame, sink, NULL);
	if (!result.is_ok)
		snprintf(error, error_size, "%s",
			 craft_error(craft)[0] ? craft_error(craft) : strerror(errno));
	else if (pcap_dump_flush(sink->dumper) != 0)
		snprintf(error, error_size, "writing: %s", strerror(errno));
	else
		return true;
	return false;
}

bool output_write_file(const struct scenario *scenario, const char *path, char *error,
		       size_t error_size)
{
	struct file_sink sink = {.snaplen = scenario->snaplen ? scenario->snaplen : SNAPLEN_ALL};
	struct craft *craft = craft_new(error, error_size);
	pcap_t *pcap;
	bool is_ok = false;

	if (!craft)
		return false;
	pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, (int)sink.snaplen,
						    PCAP_TSTAMP_PRECISION_NANO);
	if (pcap)
		sink.dumper = pcap_dump_open(pcap, path);
	if (sink.dumper) {
		is_ok = play_into(&sink, scenario, craft, error, error_size);
		pcap_dump_close(sink.dumper);
	} else {
		snprintf(error, error_size, "%s",
			 pcap ? pcap_geterr(pcap) : "pcap_open_dead failed");
	}
	if (pcap)
		pcap_close(pcap);
	craft_free(craft);
	return is_ok;
}

struct wire_sink {
	struct craft *craft;
	double speed;
	int64_t first_ns;	 /* of the scenario's clock */
	struct timespec started; /* of ours */
	bool has_started;
};

static void sleep_until(const struct wire_sink *sink, int64_t time_ns)
{
	int64_t wait_ns = (int64_t)((double)(time_ns - sink->first_ns) / sink->speed);
	struct timespec due = sink->started;

	due.tv_sec += (time_t)(wait_ns / NS_PER_S);
	due.tv_nsec += (long)(wait_ns % NS_PER_S);
	if (due.tv_nsec >= NS_PER_S) {
		due.tv_sec++;
		due.tv_nsec -= (long)NS_PER_S;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
		;
}

static bool send_frame(void *context, int64_t time_ns, const uint8_t *frame, size_t len)
{
	struct wire_sink *sink = context;

	if (!sink->has_started) {
		sink->has_started = true;
		sink->first_ns = time_ns;
		clock_gettime(CLOCK_MONOTONIC, &sink->started);
	}
	sleep_until(sink, time_ns);
	return craft_send(sink->craft, frame, len);
}

static bool count_frame(void *context, int64_t time_ns, const uint8_t *frame, size_t len)
{
	(void)context;
	(void)time_ns;
	(void)frame;
	(void)len;
	return true;
}

bool output_inject(const struct scenario *scenario, const char *device, double speed, FILE *log,
		   char *error, size_t error_size)
{
	struct wire_sink sink = {.craft = craft_new(error, error_size), .speed = speed};
	struct simulation_result result;
	double duration;

	if (!sink.craft)
		return false;
	if (!craft_open_device(sink.craft, device, error, error_size)) {
		craft_free(sink.craft);
		return false;
	}
	result = simulate(scenario, sink.craft, count_frame, NULL, NULL);
	duration = (double)(result.last_ns - result.first_ns) / (double)NS_PER_S;
	fprintf(log,
		"smtpforge: \"%s\": %llu frames, %llu bytes, %.1f s of the scenario in %.1f s, "
		"onto %s\n",
		scenario->title, (unsigned long long)result.frames,
		(unsigned long long)result.bytes, duration, duration / speed, device);
	fflush(log);
	if (result.is_ok)
		result = simulate(scenario, sink.craft, send_frame, &sink, NULL);
	if (!result.is_ok)
		snprintf(error, error_size, "%s", craft_error(sink.craft));
	craft_free(sink.craft);
	return result.is_ok;
}

bool output_find_truth(const struct scenario *scenario, struct truth *truth, char *error,
		       size_t error_size)
{
	struct craft *craft = craft_new(error, error_size);
	bool is_ok;

	if (!craft)
		return false;
	is_ok = simulate(scenario, craft, count_frame, NULL, truth).is_ok;
	if (!is_ok)
		snprintf(error, error_size, "%s", craft_error(craft));
	craft_free(craft);
	return is_ok;
}
