/* SPDX-License-Identifier: MIT */
/*
 * tunnel: frames and datagrams that travel inside a datagram.
 *
 * IP in IP (RFC 2003, RFC 2473, RFC 4213), GRE (RFC 2784, with the key and sequence number of RFC
 * 2890) around IP, MPLS or bridged Ethernet, ERSPAN copies of a mirror port in GRE
 * (draft-foschiano-erspan: types I to III), VXLAN (RFC 7348, and the port that Linux used before
 * there was one), GENEVE (RFC 8926). PPTP's GRE and the source routes of RFC 1701 are not entered.
 */
#ifndef SMTPSCOPE_DECODE_TUNNEL_H
#define SMTPSCOPE_DECODE_TUNNEL_H

#include "ip.h"
#include "link.h"

/** Whether an IP PROTOCOL may be a tunnel, whose fragments are worth being put together. */
bool tunnel_is_protocol(uint8_t protocol);

/**
 * Gives what travels inside DATAGRAM as a frame; the bytes are the datagram's. False: it is no
 * tunnel or one that cannot be entered, and REASON says why it is passed over.
 */
bool tunnel_enter(const struct datagram *datagram, struct frame *out, enum skip_reason *reason);

#endif
