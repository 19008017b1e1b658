/* SPDX-License-Identifier: MIT */
/*
 * likeness: whether two attempts for one recipient carried the same message, and on which leg of
 * its way.
 *
 * The rules, in this order; the first that fires says how sure it is:
 *   certain   the same TRANSID and sender: one transaction, taken up again (RFC 1845 3)
 *   certain   equal digests of the whole decoded message, where anything in it tells it from
 *             others: a Message-ID, a Date, or a Received field
 *   certain   the same Message-ID, and equal digests of the body: header fields were added,
 *             dropped or signed again
 *   likely    the same Message-ID, and one of the two incomplete, or their sizes within 2 %
 *   likely    the same Message-ID, sender, Date and Subject: the body was encoded anew, as for a
 *             server without 8BITMIME (RFC 6152 3)
 *   likely    no Message-ID: equal envelope sender, Date, Subject and body digest
 *   likely    nothing that tells it from others, and equal digests; or the same but for the header:
 *             within a day, and only after an attempt that was not confirmed. A sender who got its
 *             250 sends another mail, and programs that watch others send equal ones all day
 *   likely    equal digests, where the envelope of one of the two was not seen
 *   possible  under TLS, the same client and size of upload: within a day, and only after an
 *             attempt that was not answered in time
 *
 * Times of different captures are compared on one clock, as far as pairs.h knows how theirs differ.
 */
#ifndef SMTPSCOPE_LIKENESS_H
#define SMTPSCOPE_LIKENESS_H

#include "delivery/pairs.h"

#define ONE_DAY_NS (INT64_C(86400) * NS_PER_SECOND)

/** One attempt for one of its recipients (index 0 where the envelope was not seen). */
struct part {
	const struct attempt *attempt;
	uint32_t recipient;
};

/** The recipient's address, 0 where the envelope was not seen. */
text_id part_address(const struct ledger *ledger, struct part part);

/** Whether its message can be told from others at all; if not, likeness_find() knows nothing. */
bool attempt_is_named(const struct attempt *attempt);

/**
 * Whether EARLIER and LATER carried the same message; they have the same TRANSID and sender, or
 * the same Message-ID, or none and the same body digest, or are both encrypted and of one client
 * and size.
 */
bool likeness_find(const struct ledger *ledger, const struct pairs *pairs, struct part earlier,
		   struct part later, enum certainty *certainty);

/**
 * Whether LATER is another hop of the message, as a relay or filter makes it, and no further try
 * of EARLIER: the one's client is the other's server; or another client sends it while the
 * earlier one waits for what turns out to be its reply; or it begins and ends within the earlier
 * one, with the same reply; or they have passed different numbers of servers.
 */
bool likeness_is_hop(const struct ledger *ledger, const struct pairs *pairs,
		     const struct attempt *earlier, const struct attempt *later);

/** Whether REFUSED, whose message is not known, may have had LATER as its next try. */
bool likeness_is_next(const struct pairs *pairs, const struct attempt *refused,
		      const struct attempt *later);

#endif
