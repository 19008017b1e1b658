/* SPDX-License-Identifier: MIT */
/*
 * sniff: whether a connection on an unusual port is mail.
 *
 * Its first lines tell. A reply line alone may be FTP's or NNTP's: the other side's first line
 * decides.
 */
#ifndef SMTPSCOPE_SNIFF_H
#define SMTPSCOPE_SNIFF_H

#include "smtp/backlog.h"

enum sniffed {
	SNIFFED_NOTHING,      /* it may become either: more bytes will tell */
	SNIFFED_MAIL,
	SNIFFED_MAIL_SWAPPED, /* and who was taken for the server is the client */
	SNIFFED_OTHER,
};

/** What the bytes of a connection so far, BACKLOG, are; nothing, for LIMIT_SNIFF bytes at most. */
enum sniffed sniff_first_lines(const struct backlog *backlog);

#endif
