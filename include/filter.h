/* SPDX-License-Identifier: MIT */
/*
 * filter: which deliveries are wanted, as users write it behind --where and behind the & key.
 *
 *     state=duplicated and waited > 90s
 *     from ~ '@(msn|hotmail)\.example$' and not (server=192.0.2.0/24 or server=mx.example.net)
 *     reply ~ 4F1C2
 *     quarterly figures
 *
 * The grammar, in EBNF:
 *
 *     expression  = conjunction { or conjunction }
 *     conjunction = negation { [ and ] negation }
 *     negation    = not negation | "(" expression ")" | test
 *     test        = field operator value | text
 *     operator    = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
 *     and         = "and" | "&&"      or = "or" | "||"      not = "not" | "!"
 *
 * Names and words are the same in capitals, and with "_" for "-". A value or text in quotes ("
 * or ') may hold anything, with \ before a quote or a \ of its own. Without quotes it ends at a
 * blank, or at a ")" that it did not open. A text stands in something that a user sees of the
 * delivery: its addresses, subject, Message-ID, state and cause, its servers, clients and
 * replies; one that is a time also finds what began then. Texts side by side must all be there.
 *
 *     field       type      what it is                             for example
 *     state       word      as reports name it                     state=maybe-duplicated
 *     cause       word      the delivery's; none: it has none      cause=reply-late
 *     outcome     word      of any attempt                         outcome=rejected
 *     tls         word      of any attempt: none starttls implicit tls!=none
 *     from        text      envelope sender; <> is the empty one   from=alice@msn.example
 *     to          text      recipient                              to ~ @example\.net$
 *     subject     text                                             subject ~ figures
 *     message-id  text                                             message-id=<8F2A.1@msn.example>
 *     reply       text      of any attempt, all its lines          reply ~ 'queued as 4F1C2'
 *     server      peer      of any attempt: address, greeting or   server=192.0.2.10
 *                           what the user calls it (host_names.h)
 *     client      peer      of any attempt: address or HELO        client=192.0.2.0/24
 *     waited      duration  the longest wait of its attempts       waited>=1.5m
 *     time        time      start of its first attempt             time>=10:02 time<10:05
 *     size        size      its largest message                    size>5M
 *     copies      number    at most; copies-min: at least          copies>1
 *     attempts    number                                           attempts>=3
 *     code        number    of any attempt's reply                 code=4xx
 *     id          number    as in jsonl and csv                    id=0
 *     number      number    as on screens and in the text: id + 1  number=1
 *     session     number    id of any attempt's session            session=12
 *     frame       number    of what reports cite of any attempt    frame=46
 *
 * Where a field has several values one must fit. "!=" and "!~" are the opposites of "=" and "~":
 * so "server!=x" is what never went to x. What is unknown fits nothing but these.
 *
 * Text is compared as it is shown (text.h), whatever its case; "=" compares all of it; "~" seeks
 * a POSIX extended regular expression in it, without back-references. A word may be a list:
 * "state=duplicated,in-doubt". A peer is an address, with a port (192.0.2.1:25, [2001:db8::1]:25)
 * or a length (192.0.2.0/24), or a name. A duration is a number with ms, s, m or h, a size one
 * with k, M or G (1 k is 1000); without a unit they are seconds and bytes. "=" with them means
 * equal as far as the value is precise: 90s are 89.5 to 90.5 s, 27k are 27000 to 27999 bytes.
 * A time is "10:02", "2026-11-24" or both (with a blank, in quotes, or a T between), with seconds
 * and decimals if wanted, in local time or with Z, +01:00 or +0100 behind; a time without a date
 * is any day's. It stands for all of its minute, second or day: time<=10:02 ends with 10:02:59.9.
 *
 * Bounds: LIMIT_FILTER_TEXT, _NODES, _DEPTH; of regular expressions LIMIT_REGEX, _WIDE, _DEPTH. No
 * row costs an allocation but those that remember what a text that was seen before was worth; a
 * filter therefore belongs to the ledger that it was used on first.
 */
#ifndef SMTPSCOPE_FILTER_H
#define SMTPSCOPE_FILTER_H

#include "delivery.h"
#include "fault.h"

#include <stdio.h>

struct filter;

/** Why an expression is none, and where: `length` bytes from `at` on; 0 of them at its end. */
struct filter_fault {
	struct fault fault; /* FAULT_USAGE, or FAULT_MEMORY; a text without the place */
	size_t at;
	size_t length;
};

/** Reads TEXT; one of blanks alone fits everything. NULL: see FAULT. */
struct filter *filter_parse(const char *text, struct filter_fault *fault);
void filter_free(struct filter *filter);

/** Ids and texts have changed (moves.h): what FILTER, which may be NULL, remembers is of no use. */
void filter_forget(struct filter *filter);

/**
 * A filter that those deliveries fit whose id is below COUNT and set in IDS, which is copied. NAME
 * (at most LIMIT_FILTER_TEXT) is what it is called. NULL: no memory.
 */
struct filter *filter_of_ids(const uint8_t *ids, uint32_t count, const char *name);

/** Whether DELIVERY, one with attempts, fits. FILTER may be NULL: then everything does. */
bool filter_matches(struct filter *filter, const struct ledger *ledger,
		    const struct delivery *delivery);

/** What FILTER was read from; "" for NULL. */
const char *filter_text(const struct filter *filter);

#define FILTER_PLACE_COLUMNS 72
#define FILTER_PLACE_TEXT (FILTER_PLACE_COLUMNS * 16)

/**
 * The part of TEXT around FAULT's place in one line, and carets below the place in another, both
 * indented, safe to show, and at most FILTER_PLACE_COLUMNS columns wide:
 *
 *     state=duplicate and from ~ msn
 *           ^^^^^^^^^
 */
void filter_show_place(const char *text, const struct filter_fault *fault, bool ascii_only,
		       char out[static FILTER_PLACE_TEXT]);

#endif
