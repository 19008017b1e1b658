/* SPDX-License-Identifier: MIT */
/*
 * lanes_glyphs: the marks that lanes are drawn with, in UTF-8 and in ASCII. Each is one column.
 */
#ifndef SMTPSCOPE_REPORT_LANES_GLYPHS_H
#define SMTPSCOPE_REPORT_LANES_GLYPHS_H

#include <stdbool.h>

enum lanes_glyph {
	GLYPH_START,
	GLYPH_LINE,      /* the client speaks */
	GLYPH_EOD,
	GLYPH_WAIT,
	GLYPH_EXPIRED,   /* it still waits after the timer has run out */
	GLYPH_TIMER,
	GLYPH_GAVE_UP,
	GLYPH_CONFIRMED,
	GLYPH_REFUSED,
	GLYPH_ACK,
	GLYPH_REPLY,
	GLYPH_LATE,
	GLYPH_LOST,
	GLYPH_PART,
	GLYPH_RESENT,
	GLYPH_SILENT,
	GLYPH_SHUT,
	GLYPH_GAP,
	GLYPH_LEFT,
	GLYPH_NOW,
	GLYPH_LINK,
	GLYPH_RULER,
	GLYPH_TICK,
	GLYPH_STRETCHED,
	GLYPH_FOLD,
	GLYPH_PLAYHEAD,
	LANES_GLYPHS,
};

const char *lanes_glyph(enum lanes_glyph glyph, bool ascii_only);

#endif
