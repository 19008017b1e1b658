/* SPDX-License-Identifier: MIT */
/*
 * canvas: a grid of character cells, each with a meaning instead of a colour.
 *
 * The lanes and other drawings are made on a canvas; the terminal, the text report and tests
 * show it each in its own way. What is outside the grid is clipped.
 */
#ifndef SMTPSCOPE_CANVAS_H
#define SMTPSCOPE_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a cell means. Themes give each a colour; without colours the glyph says it. */
enum canvas_style {
	STYLE_NONE,
	STYLE_GUTTER,    /* "#1 client" at the left edge */
	STYLE_AXIS,      /* the ruler of time and its labels */
	STYLE_CLIENT,    /* commands, and the line while the client speaks */
	STYLE_SERVER,    /* what the server does in time */
	STYLE_EOD,       /* the end of data */
	STYLE_WAITING,   /* waiting within the timer */
	STYLE_EXPIRED,   /* waiting after the timer has run out, and giving up */
	STYLE_REPLY,     /* a reply in time that accepts */
	STYLE_REFUSED,   /* a reply in time that refuses */
	STYLE_LATE,      /* a reply that came too late */
	STYLE_LOST,      /* a reply that never arrived, or was never whole */
	STYLE_ACK,       /* TCP ACKs */
	STYLE_RESENT,    /* TCP retransmissions */
	STYLE_GAP,       /* bytes that the capture lacks */
	STYLE_PROOF,     /* proofs of silence */
	STYLE_CLOSE,     /* a side closes */
	STYLE_LINK,      /* from an attempt to the next: resent, retry */
	STYLE_FOLD,      /* idle time that is folded away */
	STYLE_LABEL,     /* words beside marks */
	STYLE_PLAYHEAD,
	CANVAS_STYLES,
};

struct canvas_cell {
	char glyph[14];   /* one character with its combining marks, NUL-terminated UTF-8; empty:
			     blank, or the right half of a wide character */
	uint8_t width;    /* columns: 1, 2; 0 for the right half of a wide character */
	uint8_t style;    /* enum canvas_style */
	bool is_word;     /* part of a label rather than a mark */
	bool is_playhead; /* the playhead stands on it */
	bool is_current;  /* it is the mark of the step that the playhead stands on */
};

struct canvas {
	int rows;
	int columns;
	struct canvas_cell *cells;
};

/** A blank canvas; free it with canvas_free(). False: no memory, or no positive size. */
bool canvas_init(struct canvas *canvas, int rows, int columns);
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/** The cell at ROW, COLUMN; NULL outside of the grid. */
struct canvas_cell *canvas_at(const struct canvas *canvas, int row, int column);

/** Writes clean UTF-8 TEXT, over what is there; returns the columns it takes. */
int canvas_put(struct canvas *canvas, int row, int column, const char *text,
	       enum canvas_style style);

/** Whether COLUMNS cells from COLUMN on are inside the grid and blank. */
bool canvas_is_blank(const struct canvas *canvas, int row, int column, int columns);

/** Row ROW as UTF-8 without trailing blanks, at most OUT_SIZE bytes; returns OUT. */
const char *canvas_row(const struct canvas *canvas, int row, char *out, size_t out_size);

#endif
