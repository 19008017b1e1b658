/* SPDX-License-Identifier: MIT */
/*
 * packet_log: every packet that is read is written to a file too, as it was captured, so that what
 * is watched live can be looked at again.
 *
 * The file is pcapng (packet_file.h), as interfaces may turn up later. It grows with every batch of
 * packets, so that it is whole up to the newest of them whatever becomes of the program. An error
 * ends the log, not the reading.
 */
#ifndef SMTPSCOPE_PACKET_LOG_H
#define SMTPSCOPE_PACKET_LOG_H

#include "fault.h"
#include "packet.h"
#include "source.h"

struct packet_log;

/**
 * Writes to the open file FD, which it takes, the packets that SOURCE brings; both SOURCE and NAME,
 * which messages call the file, must outlive it. NULL: FAULT says why, and FD is closed.
 */
struct packet_log *packet_log_new(int fd, const char *name, const struct source *source,
				  struct fault *fault);

/** Closes the file. */
void packet_log_free(struct packet_log *log);

void packet_log_take(struct packet_log *log, const struct packet *packet);

/** Hands what was taken to the system. False, once: an error ended the log, FAULT says which. */
bool packet_log_flush(struct packet_log *log, struct fault *fault);

/** Packets in the file; 0 for NULL. */
uint64_t packet_log_packets(const struct packet_log *log);

/** What the file is called; NULL: nothing is written (any more). */
const char *packet_log_name(const struct packet_log *log);

#endif
