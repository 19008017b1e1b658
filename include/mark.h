/* SPDX-License-Identifier: MIT */
/*
 * mark: when and where something was seen.
 *
 * Times are nanoseconds since the epoch on the capture's clock. A frame number counts the
 * packets of its file from 1, as Wireshark does; 0 stands for "no frame", as for the moment
 * when a timer runs out.
 */
#ifndef SMTPSCOPE_MARK_H
#define SMTPSCOPE_MARK_H

#include <stdint.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

struct mark {
	int64_t time_ns;
	uint32_t frame;
};

#endif
