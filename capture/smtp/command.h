/* SPDX-License-Identifier: MIT */
/*
 * command: one command line taken apart (RFC 5321 4.1.1).
 */
#ifndef SMTPSCOPE_COMMAND_H
#define SMTPSCOPE_COMMAND_H

#include "ledger.h"
#include "span.h"

struct command {
	enum verb verb;
	struct span argument;  /* what follows the verb, without the space between */
	struct span address;   /* MAIL, RCPT: the path without angle brackets and source route */
	uint32_t declared_size; /* MAIL: SIZE= (RFC 1870 6), 0 if none */
	struct span transid;    /* MAIL: TRANSID= without angle brackets (RFC 1845 4), or empty */
	bool asks_extended;     /* MAIL: EXDATA, Courier's extension: a reply to the end of data may
				   hold one for each recipient (draft-varshavchik-exdata-smtpext) */
	bool is_valid_chunk;   /* BDAT: its size is a number that fits (RFC 3030 2) */
	bool is_last_chunk;    /* BDAT: LAST */
	uint64_t chunk_size;
};

/** Takes LINE apart. Spans in the result point into LINE. */
struct command command_parse(struct span line);

/** Whether LINE begins as only a mail client's first line does: EHLO, HELO, LHLO, MAIL FROM. */
bool command_opens_mail(struct span line);

/**
 * What stands before the dialogue on connections that were handed through: a PROXY header, version
 * 1 or 2, or an HTTP CONNECT request or its answer, up to its empty line. Returns its length;
 * 0 if BYTES begin with none, SIZE_MAX if it has begun and its end is not there yet.
 */
size_t command_preface(struct span bytes);

/** The number that TEXT begins with, up to a blank or its end. False: it is none, or too large. */
bool command_number(struct span text, uint64_t *number);

/** What of LINE, a command VERB, may be shown: of AUTH two words, "AUTH PLAIN"; of its answers
 * only "*", which cancels it (RFC 4954 4); all of others. */
struct span command_without_secret(enum verb verb, struct span line);

/** Whether LINE is base64 and nothing else (RFC 4648 4), or may be the rest of such a line. */
bool command_is_base64(struct span line);

#endif
