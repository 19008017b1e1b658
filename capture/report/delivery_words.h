/* SPDX-License-Identifier: MIT */
/*
 * delivery_words: what reports for readers say of a delivery, in the text report and on a page of
 * Markdown alike. All is clean, and not wrapped.
 */
#ifndef SMTPSCOPE_REPORT_DELIVERY_WORDS_H
#define SMTPSCOPE_REPORT_DELIVERY_WORDS_H

#include "canvas.h"
#include "report/scene.h"
#include "report/text_page.h"

#define LANES_MOST_TRIES 8
#define TABLE_MOST_TRIES 50

/** The names of what was read, with commas. */
void report_inputs(const struct text_page *page, struct prose *out);

/** The subject of DELIVERY as a report tells it. */
struct subject text_subject(const struct text_page *page, const struct delivery *delivery);

/** "3 copies", "1 to 2 copies". */
struct words copies_words(const struct delivery *delivery);

/** Its ends; "<>", "(sender not seen)" and "(recipient not seen)" where there is no address. */
struct words sender_words(const struct subject *subject);
struct words recipient_words(const struct subject *subject, const char *not_seen);

/** "DUPLICATED, 3 copies: a@x -> b@y". */
void delivery_title(const struct subject *subject, struct prose *out);

/** Subject, size, date, Message-ID; behind that, on a line of its own, its way. */
void delivery_facts(const struct text_page *page, const struct subject *subject,
		    struct prose *out);

/** The headline as a sentence. */
void delivery_headline(const struct subject *subject, struct prose *out);

/** Draws the lanes of the first attempts, SHOWN of them, COLUMNS wide; free CANVAS then. False: no
 * memory. */
bool delivery_lanes(const struct subject *subject, int columns, struct canvas *canvas,
		    uint32_t *shown);

/** "DATA 15, end 40"; of several captures the one is named before. Empty where there are none. */
void try_frames(const struct text_page *page, const struct scene *scene, struct prose *out);

/** The reply that answered or refused this attempt: "frame 48: "250 ok"". Empty: none was seen. */
void try_reply(const struct scene *scene, struct prose *out);

#endif
