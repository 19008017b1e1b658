/* SPDX-License-Identifier: MIT */
/*
 * slice: the packets of some deliveries, as a capture of their own.
 *
 * It holds every connection that carried an attempt of a chosen delivery: all its frames, both
 * directions, from the first SYN to the last late segment, and the ICMP messages about it, as they
 * were captured and in their order. Whole connections, as a verdict rests on their handshakes and
 * ends too; other deliveries of the same connection come along. Where two captures show one
 * connection, it is in the slice as both show it; but read again it is one capture, so that a slice
 * of each may tell more. Frames are counted anew. The connections are
 * found by reading the packets a second time; of inputs that cannot be read again, what has left
 * the ring is missing, and said to be.
 *
 * It is pcap where one interface and microseconds do, else pcapng.
 *
 * Redacted, it holds no password and no word of a message (slice_redact.h: what stays are
 * addresses, commands and replies, names of header fields, Message-ID and Date, lengths, TLS
 * records); the same deliveries, outcomes and copies are read from it as from the whole. Where
 * bytes cannot be blanked in place, as in fragments and in what ICMP quotes, the frame is cut as by
 * a snaplen.
 */
#ifndef SMTPSCOPE_SLICE_H
#define SMTPSCOPE_SLICE_H

#include "analysis.h"
#include "fault.h"

#include <stdbool.h>

struct slice;

struct slice_counts {
	uint32_t deliveries;
	uint32_t connections;
	uint64_t packets;      /* written */
	uint64_t lost;         /* packets of the inputs that could not be looked at again */
	uint64_t cut;          /* redacted: frames that lost their payload instead */
	uint32_t passwords;    /* AUTH answers and initial responses in the connections */
	bool has_twins;        /* connections that two captures show */
	bool is_limited;       /* redacted: more was blanked than was to be, for want of memory */
	bool is_pcapng;
	bool is_redacted;
	uint32_t first_frame;  /* of the input's file, which is frame 1 of the slice; 0: none */
	const char *first_file; /* its name, without folders; the source's */
};

/** Of ANALYSIS, which must outlive it; SEED as for analysis_new(). NULL: no memory. */
struct slice *slice_new(struct analysis *analysis, bool redacts, uint64_t seed);
void slice_free(struct slice *slice);

/** Chooses a delivery. Only before the first slice_step(). */
void slice_add(struct slice *slice, const struct delivery *delivery);

/** Chooses one session. */
void slice_add_session(struct slice *slice, uint32_t session);

enum slice_state { SLICE_GOES_ON, SLICE_DONE, SLICE_FAILED };

/**
 * Reads or writes on for at most MAX_PACKETS packets, to FD, which stays the caller's. Between two
 * steps the analysis may read on: the slice is of what was read before the first one.
 */
enum slice_state slice_step(struct slice *slice, int fd, uint32_t max_packets, struct fault *fault);

/** How far it is, 0 to 100. */
int slice_progress(const struct slice *slice);

struct slice_counts slice_counts(const struct slice *slice);

/** Length of the longest slice_tell() line with its NUL, and how many there are at most. */
#define SLICE_TEXT 320
#define SLICE_LINES 7

/**
 * What the user is to know of a finished slice written to NAME, in sentences for OUT: how much it
 * holds, that frames are counted anew, passwords, what is missing. Returns how many.
 */
int slice_tell(const struct slice_counts *counts, const char *name, char out[][SLICE_TEXT]);

#endif
