/* SPDX-License-Identifier: MIT */
/*
 * tcp_header: the TCP header (RFC 9293 3.1) and its timestamp option (RFC 7323 3).
 */
#ifndef SMTPSCOPE_DECODE_TCP_HEADER_H
#define SMTPSCOPE_DECODE_TCP_HEADER_H

#include "ip.h"

/**
 * Reads the TCP segment that is DATAGRAM's payload. Fills all of OUT but mark, file and tap.
 * False: REASON says why not. Options that are cut or contradict themselves are passed over:
 * the segment counts without them.
 */
bool tcp_header_read(const struct datagram *datagram, struct segment *out,
		     enum skip_reason *reason);

#endif
