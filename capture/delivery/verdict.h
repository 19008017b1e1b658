/* SPDX-License-Identifier: MIT */
/*
 * verdict: how an attempt ended for one recipient, why, and how many copies it left.
 *
 * The rows of the table of outcomes are tried in order; the first that matches is the verdict:
 *
 *   unknown         capture-gap    a gap covers the bytes that would decide
 *   rejected                       4xx or 5xx to the recipient, the envelope, DATA or the end of data
 *   accepted                       2xx, and the client has it
 *   unacknowledged  reply-late     the reply is first seen after the client left
 *                   reply-lost     the reply never reached the client, or a hole shows it was lost
 *                   reply-partial  only a part of it ever came, or it settles nothing
 *                   server-closed  the server left without a reply, or was reset in its name before it
 *                   not-received   the end of data was never TCP-acknowledged
 *                   server-silent  it is proven that the server sent nothing until the client left
 *                   no-reply       the client left; nothing tells silence from loss
 *                   still-waiting  the capture, or the present, ends first
 *   encrypted       (as above)     told from TLS records and TCP: probable, and 0..1 always
 *   incomplete      client-closed, server-closed, data-stalled, still-sending
 *
 * Order within a session is judged by frame numbers, between sessions by time. The timer never
 * changes outcome, cause or copies.
 */
#ifndef SMTPSCOPE_VERDICT_H
#define SMTPSCOPE_VERDICT_H

#include "delivery.h"

struct verdict_context {
	const struct ledger *ledger;
	enum vantage vantage;
	int64_t timer_ns;
	int64_t now_ns;        /* newest time of the capture, or the live clock */
	int64_t next_try_ns;   /* when a later attempt for the same delivery began, or NO_TIME */
};

/** Judges ATTEMPT for its recipient INDEX (0 where the envelope was not seen). */
void verdict_judge(const struct verdict_context *context, const struct attempt *attempt,
		   uint32_t index, struct verdict *out);

/** Whether the capture ended before the attempt did, so that time that passes can change it. */
static inline bool verdict_is_open(const struct verdict *verdict)
{
	return verdict->cause == CAUSE_STILL_WAITING || verdict->cause == CAUSE_STILL_SENDING;
}

#endif
