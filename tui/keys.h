/* SPDX-License-Identifier: MIT */
/*
 * keys: the one table of keys. It drives dispatch, the help screen and the footer.
 *
 * A press is one key as the user knows it: a Unicode code point, a control character (1 to 31),
 * or one of enum press. A binding joins presses to an action within contexts.
 */
#ifndef SMTPSCOPE_TUI_KEYS_H
#define SMTPSCOPE_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum press {
	PRESS_NONE = 0,
	PRESS_TAB = 9,
	PRESS_ENTER = 13,
	PRESS_ESCAPE = 27,
	PRESS_BACKSPACE = 127,
	PRESS_UP = 0x110000, /* beyond Unicode from here on */
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_SHIFT_LEFT,
	PRESS_SHIFT_RIGHT,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_HOME,
	PRESS_END,
	PRESS_DELETE,
	PRESS_BACK_TAB,
	PRESS_F1,
	PRESS_F2,
	PRESS_F3,
	PRESS_F4,
	PRESS_F5,
	PRESS_F10,
	PRESS_WHEEL_UP,
	PRESS_WHEEL_DOWN,
	PRESS_CLICK,
	PRESS_LAST,
};

/** Ctrl with a letter. */
#define PRESS_CTRL(letter) ((letter)&0x1f)

enum context {
	IN_LIST = 0x1,
	IN_LANES = 0x2,
	IN_LADDER = 0x4,
	IN_TEXT = 0x8, /* help and other pages of text */
	IN_BYTES = 0x10,
	IN_ROWS = IN_LIST | IN_LADDER | IN_TEXT | IN_BYTES,
	EVERYWHERE = IN_ROWS | IN_LANES,
};

enum action {
	ACTION_NONE,
	ACTION_STEP_BACK,
	ACTION_STEP_FORWARD,
	ACTION_ATTEMPT_PREVIOUS,
	ACTION_ATTEMPT_NEXT,
	ACTION_TROUBLE_PREVIOUS,
	ACTION_TROUBLE_NEXT,
	ACTION_STEP_FIRST,
	ACTION_STEP_LAST,
	ACTION_PLAY,
	ACTION_SLOWER,
	ACTION_FASTER,
	ACTION_DELIVERY_PREVIOUS,
	ACTION_DELIVERY_NEXT,
	ACTION_ZOOM_IN,
	ACTION_ZOOM_OUT,
	ACTION_ZOOM_ALL,
	ACTION_PAN_LEFT,
	ACTION_PAN_RIGHT,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_HALF_UP,
	ACTION_HALF_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_OPEN,
	ACTION_TAB_NEXT,
	ACTION_TAB_PREVIOUS,
	ACTION_SORT_PREVIOUS,
	ACTION_SORT_NEXT,
	ACTION_SORT_REVERSE,
	ACTION_COLUMNS,
	ACTION_MARK,
	ACTION_UNMARK,
	ACTION_SAVE,
	ACTION_COPY,
	ACTION_COPY_COMMAND,
	ACTION_FOLLOW,
	ACTION_SEARCH,
	ACTION_SEARCH_NEXT,
	ACTION_SEARCH_PREVIOUS,
	ACTION_FILTER,
	ACTION_GO_TO,
	ACTION_WAIT_PREVIOUS,
	ACTION_WAIT_NEXT,
	ACTION_OTHER_CAPTURE,
	ACTION_REFERENCE,
	ACTION_MOUSE,
	ACTION_VERDICT,
	ACTION_COMPARE,
	ACTION_BYTES,
	ACTION_HEX,
	ACTION_MORE,
	ACTION_LESS,
	ACTION_TIMER,
	ACTION_HOLD,
	ACTION_TIME_FORMAT,
	ACTION_ASCII,
	ACTION_THEME,
	ACTION_REDRAW,
	ACTION_HELP,
	ACTION_BACK,
	ACTION_QUIT,
	ACTIONS,
};

#define BINDING_PRESSES 5

struct binding {
	enum action action;
	unsigned contexts;
	int presses[BINDING_PRESSES]; /* 0 ends them; the first one stands in the footer */
	const char *help;	      /* a phrase for the help screen */
	const char *footer;	      /* a word for the footer, or NULL */
	bool is_pair;		      /* the next binding is its opposite: shown together */
};

/** All bindings, in the order of help and footer. */
const struct binding *bindings_all(size_t *count);

/** What PRESS does in CONTEXT; ACTION_NONE: nothing. */
enum action binding_find(enum context context, int press);

#define PRESS_NAME 16

/** "Enter", "^D", "j", "←" (with ASCII_ONLY "Left") into OUT; returns OUT. */
const char *press_name(int press, bool ascii_only, char out[static PRESS_NAME]);

/** The press with this name in ASCII form, as scripts write it; PRESS_NONE if there is none. */
int press_by_name(const char *name);

#define FOOTER_SIZE 512

/**
 * The footer of CONTEXT: "←→ step  [ ] attempt  ...  ? help" into OUT, as many whole items as
 * fit in COLUMNS, help and back before all others; IS_LIVE: packets come in, which some keys are
 * for. Returns OUT.
 */
const char *footer_format(enum context context, bool is_live, int columns, bool ascii_only,
			  char *out, size_t size);

/** The press that the item at COLUMN of this footer names; PRESS_NONE: there is none. */
int footer_press(enum context context, bool is_live, int columns, bool ascii_only, int column);

#endif
