/* SPDX-License-Identifier: MIT */
/*
 * tcp_inner - what tcp.c (sending, timers) offers to tcp_receive.c.
 */
#ifndef FORGE_TCP_INNER_H
#define FORGE_TCP_INNER_H

#include "tcp.h"

#define TCP_DELAYED_ACK_NS (40 * INT64_C(1000000))
#define TCP_FIN_TIMEOUT_NS (60 * INT64_C(1000000000))

/** Sends what the windows allow, and arms the retransmission timer. */
void forge_tcp_send_pending(struct tcp_end *end);

/** Sends one segment; everything that a segment tells besides is filled in. */
void forge_tcp_send_segment(struct tcp_end *end, uint8_t flags, uint64_t position, uint32_t len);

/** An ACK at once; `duplicate` is told as the first SACK block (RFC 2883) where it is not empty. */
void forge_tcp_send_ack(struct tcp_end *end, struct stretch duplicate);

/** Retransmits the oldest segment without ACK. */
void forge_tcp_retransmit(struct tcp_end *end);

/** The bytes that the receive buffer still takes; the window's right edge never moves back. */
uint32_t forge_tcp_receive_window(struct tcp_end *end);

/** Sees to it that forge_tcp_wake() is called for the next timer. */
void forge_tcp_arm(struct tcp_end *end);

/** The end is no more; whatever comes to it is answered with RST. */
void forge_tcp_die(struct tcp_end *end);

#endif
