/* SPDX-License-Identifier: MIT */
#include "report/lanes_glyphs.h"

#include "lanes.h"

/* glyph, UTF-8, ASCII, style, meaning */
#define ROWS(ROW)                                                                                  \
	ROW(GLYPH_START, "╺", "[", STYLE_CLIENT, "the attempt begins")                             \
	ROW(GLYPH_LINE, "━", "=", STYLE_CLIENT, "the client sends: MAIL, then DATA")               \
	ROW(GLYPH_EOD, "●", "*", STYLE_EOD, "end of data: the timer starts")                       \
	ROW(GLYPH_WAIT, "┄", ".", STYLE_WAITING, "the client waits for the 250")                   \
	ROW(GLYPH_EXPIRED, "┅", ":", STYLE_EXPIRED, "it still waits, the timer has run out")       \
	ROW(GLYPH_TIMER, "!", "!", STYLE_EXPIRED, "the timer runs out")                            \
	ROW(GLYPH_GAVE_UP, "✖", "X", STYLE_EXPIRED, "gave up, or broke off: no answer came")       \
	ROW(GLYPH_CONFIRMED, "✔", "v", STYLE_REPLY, "the client knows: confirmed")                 \
	ROW(GLYPH_REFUSED, "✗", "n", STYLE_REFUSED, "the client knows: refused")                   \
	ROW(GLYPH_ACK, "╵", "'", STYLE_ACK, "TCP ACK: the server's machine has every byte")        \
	ROW(GLYPH_REPLY, "╰", "`", STYLE_REPLY, "the server's reply, in time")                     \
	ROW(GLYPH_LATE, "◁", "<", STYLE_LATE, "the reply came too late")                           \
	ROW(GLYPH_LOST, "╳", "x", STYLE_LOST, "the reply was lost; last seen here")                \
	ROW(GLYPH_PART, "◌", "o", STYLE_LOST, "only part of a reply")                              \
	ROW(GLYPH_RESENT, "↻", "r", STYLE_RESENT, "TCP retransmission")                            \
	ROW(GLYPH_SILENT, "╎", "0", STYLE_PROOF, "proof: the server had sent nothing")             \
	ROW(GLYPH_SHUT, "‖", "%", STYLE_GAP, "takes no more bytes: buffer full")                   \
	ROW(GLYPH_GAP, "░", "#", STYLE_GAP, "bytes that the capture lacks")                        \
	ROW(GLYPH_LEFT, "┤", "]", STYLE_CLOSE, "this side closed or reset the connection")         \
	ROW(GLYPH_NOW, "▸", ">", STYLE_WAITING, "still open at the end, or now")                   \
	ROW(GLYPH_LINK, "╰", "`", STYLE_LINK, "sent again after the attempt above")                \
	ROW(GLYPH_RULER, "─", "-", STYLE_AXIS, "time, to scale")                                   \
	ROW(GLYPH_TICK, "┼", "+", STYLE_AXIS, "the time that stands above it")                     \
	ROW(GLYPH_STRETCHED, "═", "=", STYLE_AXIS, "time, stretched to be readable")               \
	ROW(GLYPH_FOLD, "≈", "~", STYLE_FOLD, "idle time, folded away")                            \
	ROW(GLYPH_PLAYHEAD, "│", "|", STYLE_PLAYHEAD, "the step described below")

#define UTF8_ROW(glyph, utf8, ascii, style, meaning) [glyph] = {utf8, style, meaning},
#define ASCII_ROW(glyph, utf8, ascii, style, meaning) [glyph] = {ascii, style, meaning},

static const struct lanes_legend utf8_glyphs[LANES_GLYPHS] = {ROWS(UTF8_ROW)};
static const struct lanes_legend ascii_glyphs[LANES_GLYPHS] = {ROWS(ASCII_ROW)};

const char *lanes_glyph(enum lanes_glyph glyph, bool ascii_only)
{
	return ascii_only ? ascii_glyphs[glyph].glyph : utf8_glyphs[glyph].glyph;
}

const struct lanes_legend *lanes_legend(bool ascii_only, size_t *count)
{
	*count = LANES_GLYPHS;
	return ascii_only ? ascii_glyphs : utf8_glyphs;
}
