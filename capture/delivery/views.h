/* SPDX-License-Identifier: MIT */
/*
 * views: one attempt judged from two captures.
 *
 * Each capture is judged by itself first; both verdicts are sound, so the copies lie within the
 * bounds of both. Which cause it was follows from what passed at one place and not at the other:
 *
 *   reply near, not sent at the server      answered-between: something answered in its name
 *   reply far, not near, sent in time       reply-lost
 *   reply far, not near, sent late          reply-late
 *   reply at both, after the client left    reply-late; sent late, or in time and delayed
 *   end of data near, not far               not-received
 *   end of data at both, no reply           server-closed, server-silent: as the far capture shows;
 *                                           closed-between where the server never sent the FIN or
 *                                           RST that came near
 *   a gap in one of the two                 what the other one shows
 *
 * That something was not sent at all is said only where the far capture was taken at the server,
 * has no gap there, and goes on until the client had left.
 */
#ifndef SMTPSCOPE_VIEWS_H
#define SMTPSCOPE_VIEWS_H

#include "delivery/pairs.h"

/** One of the two, judged by itself. */
struct view {
	const struct session *session;
	const struct attempt *attempt;
	enum vantage vantage;
	int64_t until_ns;      /* how long it was captured, on its own clock */
	struct verdict verdict;
};

/** Compares NEAR and FAR, of which PAIRING tells the clocks. */
void views_compare(const struct pairing *pairing, const struct view *near, const struct view *far,
		   struct views *out);

/** The verdict on both, compared as VIEWS; NEXT_TRY_NS on the near clock, or NO_TIME. */
void views_judge(struct views *views, const struct view *near, const struct view *far,
		 int64_t next_try_ns, struct verdict *out);

#endif
