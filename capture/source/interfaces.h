/* SPDX-License-Identifier: MIT */
/*
 * interfaces: those that a pcapng file describes (draft-ietf-opsawg-pcapng 4.2 and 4.6), of all
 * its sections behind each other.
 *
 * Each has a link type of its own, a snaplen, and a clock: its times count units since an offset
 * to the epoch, where a second has 10^n or 2^n units.
 */
#ifndef SMTPSCOPE_SOURCE_INTERFACES_H
#define SMTPSCOPE_SOURCE_INTERFACES_H

#include "ordered.h"

struct interface {
	int link;	  /* DLT_ value */
	uint32_t snaplen; /* 0: no limit */
	bool is_binary;	  /* a second has 2^exponent units, else 10^exponent */
	uint8_t exponent;
	uint64_t units; /* of a second */
	int64_t offset_s;
	uint64_t dropped; /* packets, by the interface and the system */
};

/** All zero at first, free with interfaces_free(). */
struct interfaces {
	struct interface *all;
	uint32_t n;
	uint32_t capacity;
	uint64_t dropped; /* by all of them */
};

void interfaces_free(struct interfaces *interfaces);

/**
 * Adds the interface that BODY, of an Interface Description Block, describes. NULL, or why it
 * could not be.
 */
const char *interfaces_add(struct interfaces *interfaces, struct ordered body);

/** Adds the interface of a file that has only one, of the link layer LINK. False: no memory. */
bool interfaces_add_link(struct interfaces *interfaces, int link);

/** Takes the counts of dropped packets from BODY, behind the number in a statistics block. */
void interfaces_note_dropped(struct interfaces *interfaces, uint32_t index, struct ordered body);

/** A time of INTERFACE's clock in nanoseconds since the epoch. */
int64_t interface_time_ns(const struct interface *interface, uint64_t time);

#endif
