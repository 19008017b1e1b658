/* SPDX-License-Identifier: MIT */
/*
 * packet: one captured frame as a source hands it on.
 */
#ifndef SMTPSCOPE_PACKET_H
#define SMTPSCOPE_PACKET_H

#include "mark.h"
#include "span.h"

struct packet {
	struct mark mark;  /* when it was captured; its number in its file, from 1 */
	uint16_t file;     /* which input it came from, in the order given, from 0 */
	uint16_t tap;      /* where it was captured: rotated files of one tap share it */
	uint32_t interface; /* of its file, from 0 through all sections (pcapng) */
	int link;          /* DLT_ value of its link layer */
	uint32_t wire_len; /* length on the wire; bytes.n is less where the snaplen cut it */
	struct span bytes; /* borrowed from the source until the next packet is read */
};

#endif
