/* SPDX-License-Identifier: MIT */
/*
 * records: where the records of a capture stream end.
 *
 * Neither libpcap nor our own reader can stop inside a record and go on later. So a stream that
 * may pause, as a pipe or a growing file does, is shown to them only up to the end of the last
 * record that is there as a whole. Formats: pcap (tcpdump.org/manpages/pcap-savefile.5.html) and
 * pcapng (draft-ietf-opsawg-pcapng).
 *
 * What is neither, or contradicts itself, counts as whole at once: the reader says what is wrong.
 */
#ifndef SMTPSCOPE_SOURCE_RECORDS_H
#define SMTPSCOPE_SOURCE_RECORDS_H

#include "span.h"

#include <stdbool.h>
#include <stdint.h>

struct records {
	enum {
		RECORDS_START,
		RECORDS_PCAP,
		RECORDS_PCAPNG,
		RECORDS_UNKNOWN,
	} format;
	bool is_little_endian;
	uint8_t record_header; /* length of a pcap record's header */
	bool has_header;       /* all that is needed to open the stream is there */
};

/**
 * BYTES go on where the whole records found so far end. Returns how many of them are whole
 * records; the caller shows the others again, with more behind them.
 */
size_t records_advance(struct records *records, struct span bytes);

#endif
