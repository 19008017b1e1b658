/* SPDX-License-Identifier: MIT */
/*
 * words: encoded words of header fields, decoded (RFC 2047).
 *
 * "=?charset?B?...?=" or "=?charset?Q?...?=" stands for text that is not ASCII. What is decoded is
 * UTF-8; what cannot be stays as it was sent: a word that is broken, a charset that is not known,
 * bytes that its charset does not have. The blanks between two adjacent words are no part of the
 * text (RFC 2047 6.2). Words are also taken where no blank parts them from other text, and a
 * character that is split over two words of one charset is put together, as mailers exist that
 * write so.
 *
 * The charset's name comes from the network: only those of a list are handed to iconv.
 */
#ifndef SMTPSCOPE_WORDS_H
#define SMTPSCOPE_WORDS_H

#include "span.h"

/**
 * Decodes TEXT, an unfolded header field, into OUT, which has room for ROOM bytes, and returns how
 * many there are. What finds no room is left out, from a whole character on.
 */
size_t words_decode(struct span text, uint8_t *out, size_t room);

#endif
