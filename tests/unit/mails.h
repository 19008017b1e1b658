/* SPDX-License-Identifier: MIT */
/*
 * mails: whole sessions with one mail each, played one after the other.
 */
#ifndef SMTPSCOPE_TEST_MAILS_H
#define SMTPSCOPE_TEST_MAILS_H

#include "play.h"

struct mail {
	const char *sender;
	const char *recipient;
	const char *text;  /* with its final dot */
	const char *reply; /* NULL: the client leaves after 90 s without one */
};

/** A message with everything that tells it from others, and an attempt at it without a reply. */
extern const char mail_text[];
extern const struct mail mail_unanswered;

/** A session that carries MAIL, SECONDS after the one before it. */
void mail_send(struct play *play, const struct mail *mail, double seconds);

/** The session of a mail whose recipient is refused for now. */
void mail_refuse(struct play *play, const char *sender, const char *recipient);

/** How many deliveries have tries; the NEWEST is given. */
uint32_t mail_deliveries(const struct heard *heard, const struct delivery **newest);

#endif
