/* SPDX-License-Identifier: MIT */
/*
 * slice_patches: what of the client's stream stays when the rest is blanked.
 *
 * Everything is blanked that no patch covers, byte for byte: CR and LF stay, all else becomes 'x'.
 * So a mistake, a limit or a lost packet blanks too much, never too little. A patch keeps a
 * stretch of the stream, or writes the letters of a tag in its place: stretches with equal tags
 * are equal afterwards, those with different tags differ.
 */
#ifndef SMTPSCOPE_REPORT_SLICE_PATCHES_H
#define SMTPSCOPE_REPORT_SLICE_PATCHES_H

#include "span.h"

#include <stdbool.h>

#define TAG_LETTERS 8u /* 26^8 tags are more than there are messages */

struct patch {
	uint32_t offset; /* in the client's stream */
	uint32_t length;
	uint32_t tag;         /* with letters */
	uint8_t first_letter; /* of the tag; TAG_LETTERS: the stretch is kept */
};

/** Of one session, by offset and never overlapping; all zero at first. */
struct patches {
	struct patch *all; /* owned */
	uint32_t count;
	uint32_t room;
};

void patches_free(struct patches *patches);

/** Keeps LENGTH bytes from OFFSET on, as far as they lie behind all patches so far. False: no
 * memory. */
bool patches_keep(struct patches *patches, uint32_t offset, uint32_t length);

/** Writes letter NUMBER of TAG at OFFSET, behind all patches so far. False: no memory. */
bool patches_letter(struct patches *patches, uint32_t offset, uint32_t tag, uint8_t number);

/** Blanks BYTES, which lie at OFFSET in the stream, to OUT. */
void patches_apply(const struct patches *patches, uint32_t offset, struct span bytes, uint8_t *out);

#endif
