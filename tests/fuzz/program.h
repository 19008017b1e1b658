/* SPDX-License-Identifier: MIT */
/*
 * program: a conversation as a small text, and the capture that shows it.
 *
 * The input of a fuzz target that tries out dialogues. A mutation of it is another conversation,
 * never just a broken header. A program is a run of records, each ended by the byte 0xff; the
 * first byte says what happens, in capitals for the client and small letters for the server:
 *
 *   C s  says the text behind it             A a  acknowledges without a byte
 *   F f  closes (FIN)                        R r  resets (RST)
 *   I i  offers a window of n from now on    Q q  its next sequence numbers begin n before 2^32
 *
 * (s, not c, as it is the server.) With N as a decimal number, which may be negative:
 *
 *   H    the handshake                       P n  the connection spoken of from now on
 *   N    its port pair begins anew           T n  n milliseconds pass
 *   M n  segments carry at most n bytes      O n  the next segment begins n bytes too early
 *   L    the capture misses the next one     X    the network loses the next one
 *   G n  the n-th last segment comes again   W n  the last segment overtakes n others
 *   K n  the capture keeps n bytes of it     Z    its IP length is 0
 *   U    what is known by then is looked at
 *
 * Sequence and ACK numbers, lengths and times follow from it. Other records mean nothing.
 */
#ifndef SMTPSCOPE_FUZZ_PROGRAM_H
#define SMTPSCOPE_FUZZ_PROGRAM_H

#include "source.h"

#include <stdint.h>

#define PROGRAM_END 0xff      /* of a record */
#define PROGRAM_LOOKS_MAX 8

/** A capture (pcap, raw IP) of what a program says. */
struct program_capture {
	uint8_t *bytes;
	size_t n;
	uint32_t packets;
	uint32_t looks[PROGRAM_LOOKS_MAX]; /* packets before each U */
	uint32_t look_count;
};

/** Plays PROGRAM; free the result with free(bytes). */
struct program_capture program_play(struct span program);

/** A source that reads CAPTURE, which must outlive it. */
struct source *program_open(const struct program_capture *capture);

#endif
