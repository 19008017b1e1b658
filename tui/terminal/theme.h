/* SPDX-License-Identifier: MIT */
/*
 * theme: the colour and the weight of each meaning. Colour never says anything alone.
 *
 * Colours are numbers of the 256-colour palette with a fallback among the first 8 or 16; the
 * background is always the terminal's own.
 */
#ifndef SMTPSCOPE_TUI_THEME_H
#define SMTPSCOPE_TUI_THEME_H

#include "run/options.h"
#include "terminal/screen.h"

#define COLOR_OWN (-1) /* the terminal's own foreground */

struct look {
	short color256;
	short color16;
	short color8;
	bool is_bold;
	bool is_dim;
	bool is_underlined;
	bool is_reversed;
};

/** What the user calls each theme: "high-contrast". */
extern const char *const theme_names[THEMES];

/** How THEME shows STYLE (an enum canvas_style or screen_style). */
struct look theme_look(enum theme_choice theme, int style);

/** Its colour on a terminal of so many colours; COLOR_OWN: the terminal's own. */
short look_color(const struct look *look, int colors);

#endif
