/* SPDX-License-Identifier: MIT */
/*
 * packet_file: packets written as a capture file that other tools read.
 *
 * Classic pcap in microseconds (tcpdump.org/manpages/pcap-savefile.5) where there is one interface
 * and its times fit, else pcapng with nanoseconds (draft-ietf-opsawg-pcapng 4.1 to 4.3), which
 * libpcap reads but cannot write. Both little endian.
 */
#ifndef SMTPSCOPE_REPORT_PACKET_FILE_H
#define SMTPSCOPE_REPORT_PACKET_FILE_H

#include "packet.h"

#include <stdbool.h>
#include <stdio.h>

/** Where packets come from: an interface of an input. */
struct origin {
	uint16_t file;
	uint32_t interface;
	int link; /* DLT_ value */
};

/** What a packet file has to hold, found out beforehand; all zero at first. */
struct origins {
	struct origin *all; /* owned */
	uint32_t count;
	uint32_t room;
	bool needs_pcapng; /* for times that microseconds since 1970 do not tell */
};

void origins_free(struct origins *origins);

/** Takes PACKET's interface and time in. False: no memory. */
bool origins_note(struct origins *origins, const struct packet *packet);

/** Whether the file will be pcapng. */
bool origins_are_pcapng(const struct origins *origins);

/** Writes what stands before the first packet; NAME_OF gives an input's name by its number. */
void packet_file_begin(FILE *out, const struct origins *origins,
		       const char *(*name_of)(const void *context, uint16_t file),
		       const void *context);

/** Writes that packets of another interface come, in pcapng; NAME is its input's. */
void packet_file_put_interface(FILE *out, int link, const char *name);

/** Writes PACKET, of an interface that is among ORIGINS. Errors are left to ferror(). */
void packet_file_put(FILE *out, const struct origins *origins, const struct packet *packet);

#endif
