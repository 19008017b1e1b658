/* SPDX-License-Identifier: MIT */
/*
 * savefile: the packets of a stream in either format: pcap through libpcap
 * (tcpdump.org/manpages/pcap-savefile.5.html), pcapng through a reader of our own.
 *
 * A stream that only seems to end, as a feed's does, can be gone on with after
 * savefile_resume().
 */
#ifndef SMTPSCOPE_SOURCE_SAVEFILE_H
#define SMTPSCOPE_SOURCE_SAVEFILE_H

#include "pcapng.h"

struct savefile;

enum savefile_state {
	SAVEFILE_PACKET,
	SAVEFILE_END,	 /* the stream ended between two records, perhaps only for now */
	SAVEFILE_CUT,	 /* it ended inside a record */
	SAVEFILE_BROKEN, /* see savefile_problem() */
};

#define SAVEFILE_REASON 256

/**
 * Takes STREAM over, which begins with START, and reads its header. INTERFACES are those known
 * of the file, which all its readers share; here is at least one described. NULL: REASON says
 * why, with "truncated" in it for a header that is cut. Free with savefile_free().
 */
struct savefile *savefile_open(FILE *stream, struct span start, struct interfaces *interfaces,
			       char reason[static SAVEFILE_REASON]);
void savefile_free(struct savefile *savefile);

/** Whether it may describe more interfaces later on. */
bool savefile_is_pcapng(const struct savefile *savefile);

/** The next packet but for its number, file and tap; its bytes are valid until the next call. */
enum savefile_state savefile_next(struct savefile *savefile, struct packet *out);

/** What is wrong with the record that was SAVEFILE_BROKEN; valid until the next call. */
const char *savefile_problem(const struct savefile *savefile);

/** Lets the next call look again whether the stream goes on. */
void savefile_resume(struct savefile *savefile);

/** The place of the next record, and the way back to it in this or another reader of the file. */
struct pcapng_place savefile_place(const struct savefile *savefile);
bool savefile_go(struct savefile *savefile, const struct pcapng_place *place);

#endif
