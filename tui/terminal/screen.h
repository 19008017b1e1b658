/* SPDX-License-Identifier: MIT */
/*
 * screen: drawing whole screens on a canvas.
 *
 * Views draw on the same canvas as the lanes do, so everything that is shown can be tested, and
 * copied out, without a terminal. Screens need some meanings more than the lanes.
 */
#ifndef SMTPSCOPE_TUI_SCREEN_H
#define SMTPSCOPE_TUI_SCREEN_H

#include "canvas.h"
#include "delivery.h"
#include "span.h"

enum screen_style {
	SCREEN_TEXT = CANVAS_STYLES,
	SCREEN_TITLE,	/* the first line of a screen */
	SCREEN_STRONG,	/* what matters in plain text */
	SCREEN_DIM,	/* what matters less */
	SCREEN_HEADING, /* titles of columns, of sections */
	SCREEN_KEY,	/* the footer */
	SCREEN_MESSAGE,
	SCREEN_WARNING,
	SCREEN_PROMPT,
	SCREEN_DUPLICATED, /* states of deliveries */
	SCREEN_MAYBE,
	SCREEN_IN_DOUBT,
	SCREEN_UNDELIVERED,
	SCREEN_DELIVERED,
	SCREEN_BAR, /* the filled part of a bar: plain, from two thirds on, at its end */
	SCREEN_BAR_WARM,
	SCREEN_BAR_HOT,
	SCREEN_STYLES,
};

/** The style of a delivery's state. */
enum screen_style screen_state_style(enum delivery_state state);

/**
 * Writes TEXT, made safe, at most COLUMNS columns of it, at ROW and COLUMN. Returns the columns
 * used. With ASCII_ONLY nothing beyond ASCII is written.
 */
int screen_text(struct canvas *canvas, int row, int column, int columns, const char *text,
		bool ascii_only, enum screen_style style);

/** As screen_text(), but ending at COLUMN + COLUMNS. */
void screen_text_right(struct canvas *canvas, int row, int column, int columns, const char *text,
		       bool ascii_only, enum screen_style style);

/** Gives COLUMNS cells of ROW this style, as they are. */
void screen_paint(struct canvas *canvas, int row, int column, int columns, enum screen_style style);

/** Marks a whole row as the selected one; what stands on it keeps its style. */
void screen_select(struct canvas *canvas, int row);

/** A bar "[█████····]" of COLUMNS columns, SHARE (0 to 1) of it filled. */
void screen_bar(struct canvas *canvas, int row, int column, int columns, double share,
		bool ascii_only, enum screen_style style);

/** Copies FROM onto TO with its first cell at ROW, COLUMN. */
void screen_copy(struct canvas *to, int row, int column, const struct canvas *from);

/** A rule across ROW from COLUMN on. */
void screen_rule(struct canvas *canvas, int row, int column, bool ascii_only);

/** Most lines of prose that are shown in one place. */
#define MOST_LINES 64

/** Columns that prose takes of COLUMNS: longer lines are hard to read. */
#define PROSE_COLUMNS 110
static inline int screen_prose_columns(int columns)
{
	return columns < PROSE_COLUMNS ? columns : PROSE_COLUMNS;
}

/**
 * Writes the NUL-terminated TEXT wrapped into ROWS rows of COLUMNS columns from ROW, COLUMN on;
 * a cut is shown. Returns the rows used.
 */
int screen_prose(struct canvas *canvas, int row, int column, int rows, int columns,
		 const char *text, bool ascii_only, enum screen_style style);

#endif
