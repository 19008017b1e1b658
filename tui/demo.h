/* SPDX-License-Identifier: MIT */
/*
 * demo: the sample capture that is built into the program, so that --demo needs no file.
 */
#ifndef SMTPSCOPE_DEMO_H
#define SMTPSCOPE_DEMO_H

#include "span.h"

/** The bytes of the sample capture, a classic pcap file; they live as long as the program. */
struct span demo_capture(void);

#endif
