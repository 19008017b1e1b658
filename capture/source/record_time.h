/* SPDX-License-Identifier: MIT */
/*
 * record_time: the time of a record read with nanosecond precision.
 */
#ifndef SMTPSCOPE_SOURCE_RECORD_TIME_H
#define SMTPSCOPE_SOURCE_RECORD_TIME_H

#include "mark.h"

#include <pcap/pcap.h>

/** In nanoseconds. Seconds are the capture's claim: they are kept inside what an int64_t holds. */
static inline int64_t record_time_ns(const struct pcap_pkthdr *header)
{
	const int64_t last = INT64_MAX / NS_PER_SECOND / 2;
	int64_t seconds = header->ts.tv_sec;

	if (seconds > last)
		seconds = last;
	if (seconds < 0)
		seconds = 0;
	return seconds * NS_PER_SECOND + header->ts.tv_usec;
}

#endif
