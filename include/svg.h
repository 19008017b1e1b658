/* SPDX-License-Identifier: MIT */
/*
 * svg: a canvas as a picture, for a ticket or a page.
 *
 * Scalable Vector Graphics 1.1: monospaced text on a filled background, one <text> element for
 * each run of cells that look alike, stretched to exactly its columns (textLength), so that
 * columns stay straight with any font. Text stays text: it can be selected and searched. Nothing
 * in it comes from elsewhere: no script, no link, no font.
 *
 * The size is bounded by the canvas: some hundred bytes a cell at worst.
 */
#ifndef SMTPSCOPE_SVG_H
#define SMTPSCOPE_SVG_H

#include "canvas.h"
#include "fault.h"

#include <stdio.h>

#define SVG_OWN (-1) /* the picture's own foreground */

/** How a style looks. */
struct svg_look {
	short color; /* of the 256-colour palette, or SVG_OWN */
	bool is_bold;
	bool is_dim;
	bool is_underlined;
	bool is_reversed;
};

struct svg_theme {
	uint32_t foreground; /* 0xrrggbb */
	uint32_t background;
	struct svg_look (*look)(const void *context, int style);
	const void *context;
};

/** The red, green and blue (0xrrggbb) of COLOR of the 256-colour palette, as xterm has it. */
uint32_t svg_color(uint8_t color);

/** Writes CANVAS in THEME's colours to OUT. False: see FAULT. */
bool svg_write(FILE *out, const struct canvas *canvas, const struct svg_theme *theme,
	       struct fault *fault);

#endif
