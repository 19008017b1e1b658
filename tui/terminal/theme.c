/* SPDX-License-Identifier: MIT */
#include "terminal/theme.h"

/* The first eight colours, as every terminal has them. */
enum { RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN };

enum weight { PLAIN, BOLD, DIM, LINE, REVERSE };

/** One meaning: in dark (256 and 8 colours), in light, and its weight in all themes. */
static const struct {
	short dark256, dark8, light256, light8;
	enum weight weight;
} table[SCREEN_STYLES] = {
	[STYLE_NONE] = {-1, -1, -1, -1, PLAIN},
	[STYLE_GUTTER] = {250, -1, 238, -1, BOLD},
	[STYLE_AXIS] = {245, -1, 243, -1, DIM},
	[STYLE_CLIENT] = {75, CYAN, 25, BLUE, PLAIN},
	[STYLE_SERVER] = {150, GREEN, 28, GREEN, PLAIN},
	[STYLE_EOD] = {15, -1, 16, -1, BOLD},
	[STYLE_WAITING] = {221, YELLOW, 94, -1, PLAIN},
	[STYLE_EXPIRED] = {203, RED, 124, RED, BOLD},
	[STYLE_REPLY] = {114, GREEN, 28, GREEN, BOLD},
	[STYLE_REFUSED] = {215, YELLOW, 130, MAGENTA, BOLD},
	[STYLE_LATE] = {208, YELLOW, 130, MAGENTA, BOLD},
	[STYLE_LOST] = {203, RED, 124, RED, BOLD},
	[STYLE_ACK] = {245, -1, 243, -1, PLAIN},
	[STYLE_RESENT] = {176, MAGENTA, 90, MAGENTA, PLAIN},
	[STYLE_GAP] = {203, RED, 124, RED, REVERSE},
	[STYLE_PROOF] = {117, CYAN, 24, BLUE, BOLD},
	[STYLE_CLOSE] = {250, -1, 238, -1, PLAIN},
	[STYLE_LINK] = {176, MAGENTA, 90, MAGENTA, BOLD},
	[STYLE_FOLD] = {245, -1, 243, -1, DIM},
	[STYLE_LABEL] = {-1, -1, -1, -1, PLAIN},
	[STYLE_PLAYHEAD] = {15, -1, 16, -1, BOLD},
	[SCREEN_TEXT] = {-1, -1, -1, -1, PLAIN},
	[SCREEN_TITLE] = {-1, -1, -1, -1, REVERSE},
	[SCREEN_STRONG] = {-1, -1, -1, -1, BOLD},
	[SCREEN_DIM] = {245, -1, 243, -1, PLAIN},
	[SCREEN_HEADING] = {-1, -1, -1, -1, LINE},
	[SCREEN_KEY] = {250, -1, 240, -1, PLAIN},
	[SCREEN_MESSAGE] = {-1, -1, -1, -1, BOLD},
	[SCREEN_WARNING] = {215, YELLOW, 130, RED, BOLD},
	[SCREEN_PROMPT] = {-1, -1, -1, -1, BOLD},
	[SCREEN_DUPLICATED] = {203, RED, 124, RED, BOLD},
	[SCREEN_MAYBE] = {215, YELLOW, 130, MAGENTA, BOLD},
	[SCREEN_IN_DOUBT] = {221, YELLOW, 94, MAGENTA, PLAIN},
	[SCREEN_UNDELIVERED] = {176, MAGENTA, 90, BLUE, PLAIN},
	[SCREEN_DELIVERED] = {-1, -1, -1, -1, PLAIN},
	[SCREEN_BAR] = {114, GREEN, 28, GREEN, PLAIN},
	[SCREEN_BAR_WARM] = {221, YELLOW, 94, MAGENTA, PLAIN},
	[SCREEN_BAR_HOT] = {203, RED, 124, RED, BOLD},
};

const char *const theme_names[THEMES] = {"dark", "light", "mono", "high-contrast"};

/** The brighter one of the first eight colours. */
static short bright(short color)
{
	return color == COLOR_OWN ? COLOR_OWN : (short)(color + 8);
}

/** High contrast: nothing is dim, and what has a colour has its brightest, and is bold. */
static void heighten(struct look *look, int style)
{
	/* Of 256 colours those light ones that stand out 7 to 1 from black (WCAG 2.1, 1.4.6). */
	static const short light[] = {
		[RED] = 210, [GREEN] = 120, [YELLOW] = 228, [MAGENTA] = 219, [CYAN] = 123};
	short color = table[style].dark8 == BLUE ? CYAN : table[style].dark8;
	look->color16 = bright(color);
	look->color256 = color == COLOR_OWN ? COLOR_OWN : light[color];
	look->color8 = color;
	look->is_bold = look->is_bold || color != COLOR_OWN;
	look->is_dim = false;
}

struct look theme_look(enum theme_choice theme, int style)
{
	struct look look = {COLOR_OWN, COLOR_OWN, COLOR_OWN, false, false, false, false};
	if (style < 0 || style >= SCREEN_STYLES)
		return look;
	look.is_bold = table[style].weight == BOLD;
	look.is_dim = table[style].weight == DIM;
	look.is_underlined = table[style].weight == LINE;
	look.is_reversed = table[style].weight == REVERSE;
	switch (theme) {
	case THEME_DARK:
		look.color256 = table[style].dark256;
		look.color8 = table[style].dark8;
		look.color16 = bright(look.color8);
		break;
	case THEME_LIGHT:
		look.color256 = table[style].light256;
		look.color8 = look.color16 = table[style].light8;
		break;
	case THEME_CONTRAST:
		heighten(&look, style);
		break;
	case THEME_MONO:
	case THEMES:
		break;
	}
	return look;
}

short look_color(const struct look *look, int colors)
{
	if (colors >= 256)
		return look->color256;
	return colors >= 16 ? look->color16 : look->color8;
}
