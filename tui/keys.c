/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct binding table[] = {
	{ACTION_STEP_BACK, IN_LANES, {PRESS_LEFT, 'h'}, "one event back", "step", true},
	{ACTION_STEP_FORWARD, IN_LANES, {PRESS_RIGHT, 'l'}, "one event on", NULL, false},
	{ACTION_TROUBLE_PREVIOUS, IN_LANES, {'{'}, "previous trouble", "trouble", true},
	{ACTION_TROUBLE_NEXT, IN_LANES, {'}'}, "next trouble", NULL, false},
	{ACTION_OPEN, IN_LIST, {PRESS_ENTER}, "open the selected row", "open", false},
	{ACTION_OPEN, IN_LANES, {PRESS_ENTER},
	 "the ladder of this attempt's session", "ladder", false},
	{ACTION_OPEN, IN_LADDER, {PRESS_ENTER},
	 "the segments that carried this row, or close them", "segments", false},
	{ACTION_OPEN, IN_BYTES, {PRESS_ENTER}, "this frame in the ladder", "ladder", false},
	{ACTION_WAIT_PREVIOUS, IN_LADDER, {'{'},
	 "previous long wait: a tenth of the timer or more", "wait", true},
	{ACTION_WAIT_NEXT, IN_LADDER, {'}'}, "next long wait", NULL, false},
	{ACTION_OTHER_CAPTURE, IN_LADDER, {PRESS_TAB},
	 "the same session as the other capture has it", NULL, false},
	{ACTION_HEX, IN_BYTES, {'x'}, "text or hexadecimal", "hex", false},
	{ACTION_MORE, IN_BYTES, {'+'}, "more of each message", "more", true},
	{ACTION_LESS, IN_BYTES, {'-'}, "less of it", NULL, false},
	{ACTION_VERDICT, IN_LANES, {'v'}, "the verdict in full, and what to do", "verdict", false},
	{ACTION_PLAY, IN_LANES, {' '}, "play and stop", "play", false},
	{ACTION_COMPARE, IN_LANES, {'c'},
	 "compare with the attempt before; 3c: with attempt 3", "compare", false},
	{ACTION_BYTES, IN_LANES | IN_LADDER, {'b'},
	 "the bytes: the dialogue and the message as they were sent", "bytes", false},
	{ACTION_ATTEMPT_PREVIOUS, IN_LANES, {'['}, "previous attempt", "attempt", true},
	{ACTION_ATTEMPT_NEXT, IN_LANES, {']'}, "next attempt", NULL, false},
	{ACTION_TAB_NEXT, IN_LIST, {PRESS_TAB},
	 "next list: deliveries, sessions, servers, senders, notes", "lists", false},
	{ACTION_TAB_PREVIOUS, IN_LIST, {PRESS_BACK_TAB}, "previous list", NULL, false},
	{ACTION_FOLLOW, IN_LIST, {'F'},
	 "follow: keep the newest row selected; moving stops it, G goes on", "follow", false},
	{ACTION_SEARCH, EVERYWHERE, {'/', PRESS_F3},
	 "search", "search", false},
	{ACTION_FILTER, IN_LIST, {'&', PRESS_F4},
	 "show only rows that fit: a text, waited>90s, to ~ net", "filter", false},
	{ACTION_SORT_PREVIOUS, IN_LIST, {'<'}, "sort by the column to the left", "sort", true},
	{ACTION_SORT_NEXT, IN_LIST, {'>'}, "sort by the column to the right", NULL, false},
	{ACTION_SORT_REVERSE, IN_LIST, {'r', 'I'}, "sort the other way round", NULL, false},
	{ACTION_MARK, IN_LIST, {' '},
	 "mark this row, or not, and go on: what s saves", "mark", false},
	{ACTION_UNMARK, IN_LIST, {'u', 'U'}, "take all marks away", NULL, false},
	{ACTION_BYTES, IN_LIST, {'b'}, "the bytes of the row's session", NULL, false},
	{ACTION_COLUMNS, IN_LIST, {'o'}, "which columns, in which order", NULL, false},
	{ACTION_TIMER, EVERYWHERE, {'T'},
	 "another timer: what would it have changed?", "timer", false},
	{ACTION_SAVE, EVERYWHERE, {'s'},
	 "save: the screen, or rows (those marked, those shown, all), to a file", "save", false},
	{ACTION_COPY, IN_LANES, {'y'},
	 "copy this step's sentence and the verdict to the terminal's clipboard", NULL, false},
	{ACTION_COPY, IN_ROWS, {'y'},
	 "copy this row, or this page, to the terminal's clipboard", NULL, false},
	{ACTION_COPY_COMMAND, IN_LANES, {'Y'},
	 "copy the tcpdump line that the verdict names", NULL, false},
	{ACTION_HELP, EVERYWHERE, {'?', PRESS_F1}, "this help", "help", false},
	{ACTION_BACK, EVERYWHERE, {'q', PRESS_ESCAPE},
	 "back (on the first screen q quits, Esc stops a long sort)", "back", false},
	{ACTION_ZOOM_IN, IN_LANES, {'+'}, "zoom in at the playhead", "zoom", true},
	{ACTION_ZOOM_OUT, IN_LANES, {'-'}, "zoom out", NULL, false},
	{ACTION_ZOOM_ALL, IN_LANES, {'='}, "show the whole delivery", "all", false},
	{ACTION_PAN_LEFT, IN_LANES, {'H', PRESS_SHIFT_LEFT}, "look to the left", "pan", true},
	{ACTION_PAN_RIGHT, IN_LANES, {'L', PRESS_SHIFT_RIGHT}, "look to the right", NULL, false},
	{ACTION_PAN_LEFT, IN_LIST | IN_BYTES, {PRESS_LEFT, 'h', 'H', PRESS_SHIFT_LEFT},
	 "look to the left", "pan", true},
	{ACTION_PAN_RIGHT, IN_LIST | IN_BYTES, {PRESS_RIGHT, 'l', 'L', PRESS_SHIFT_RIGHT},
	 "look to the right", NULL, false},
	{ACTION_DELIVERY_PREVIOUS, IN_LANES, {PRESS_UP, 'k', PRESS_WHEEL_UP},
	 "previous delivery of the list", "delivery", true},
	{ACTION_DELIVERY_NEXT, IN_LANES, {PRESS_DOWN, 'j', PRESS_WHEEL_DOWN},
	 "next delivery of the list", NULL, false},
	{ACTION_STEP_FIRST, IN_LANES, {'0', 'g', PRESS_HOME}, "first event", NULL, false},
	{ACTION_STEP_LAST, IN_LANES, {'$', 'G', PRESS_END}, "last event", NULL, false},
	{ACTION_SLOWER, IN_LANES, {'<'}, "play slower", NULL, false},
	{ACTION_FASTER, IN_LANES, {'>'}, "play faster", NULL, false},
	{ACTION_UP, IN_ROWS, {PRESS_UP, 'k', PRESS_WHEEL_UP}, "up", "move", true},
	{ACTION_DOWN, IN_ROWS, {PRESS_DOWN, 'j', PRESS_WHEEL_DOWN}, "down", NULL, false},
	{ACTION_PAGE_UP, IN_ROWS, {PRESS_PAGE_UP, PRESS_CTRL('B')}, "one page up", NULL, false},
	{ACTION_PAGE_DOWN, IN_ROWS, {PRESS_PAGE_DOWN, PRESS_CTRL('F')},
	 "one page down", NULL, false},
	{ACTION_HALF_UP, IN_ROWS, {PRESS_CTRL('U')}, "half a page up", NULL, false},
	{ACTION_HALF_DOWN, IN_ROWS, {PRESS_CTRL('D')}, "half a page down", NULL, false},
	{ACTION_PAGE_DOWN, IN_LADDER | IN_TEXT | IN_BYTES, {' '}, "one page down", NULL, false},
	{ACTION_PAGE_UP, IN_TEXT | IN_BYTES, {'b'}, "one page up", NULL, false},
	{ACTION_FIRST, IN_ROWS, {'g', PRESS_HOME}, "first row", NULL, false},
	{ACTION_LAST, IN_ROWS, {'G', PRESS_END}, "last row", NULL, false},
	{ACTION_SEARCH_NEXT, EVERYWHERE, {'n'},
	 "next one found", NULL, false},
	{ACTION_SEARCH_PREVIOUS, EVERYWHERE, {'N'},
	 "previous one found", NULL, false},
	{ACTION_GO_TO, IN_LIST, {':', '#'}, "go to the row of a number", NULL, false},
	{ACTION_GO_TO, IN_LANES | IN_LADDER | IN_BYTES, {':', '#'},
	 "go to a frame by its number", NULL, false},
	{ACTION_REFERENCE, IN_LANES | IN_LADDER | IN_BYTES, {'m', PRESS_CTRL('T')},
	 "count times from this moment; there again: as before", NULL, false},
	{ACTION_HOLD, EVERYWHERE, {'p'},
	 "hold the screens, while packets are still read; again: go on", NULL, false},
	{ACTION_TIME_FORMAT, EVERYWHERE, {'t'},
	 "times: of day, since start, since the row before, UTC", NULL, false},
	{ACTION_ASCII, EVERYWHERE, {'~'}, "draw with ASCII, or not", NULL, false},
	{ACTION_THEME, EVERYWHERE, {'C'}, "colours: dark, light, mono, high contrast", NULL, false},
	{ACTION_MOUSE, EVERYWHERE, {PRESS_F2},
	 "leave the mouse to the terminal, to select text with it; again: take it", NULL, false},
	{ACTION_REDRAW, EVERYWHERE, {PRESS_CTRL('L'), PRESS_CTRL('R'), PRESS_F5},
	 "draw the screen anew", NULL, false},
	{ACTION_QUIT, EVERYWHERE, {'Q', PRESS_F10}, "quit at once", NULL, false},
};
/* clang-format on */

#define TABLE_SIZE (sizeof table / sizeof *table)

/** Names of the presses that are no plain character: as shown, and in ASCII as scripts have it. */
static const struct {
	int press;
	const char *shown;
	const char *ascii;
} names[] = {
	{PRESS_TAB, "Tab", "Tab"},
	{PRESS_ENTER, "Enter", "Enter"},
	{PRESS_ESCAPE, "Esc", "Esc"},
	{PRESS_BACKSPACE, "Backspace", "Backspace"},
	{' ', "Space", "Space"},
	{PRESS_UP, "↑", "Up"},
	{PRESS_DOWN, "↓", "Down"},
	{PRESS_LEFT, "←", "Left"},
	{PRESS_RIGHT, "→", "Right"},
	{PRESS_SHIFT_LEFT, "Shift-←", "Shift-Left"},
	{PRESS_SHIFT_RIGHT, "Shift-→", "Shift-Right"},
	{PRESS_PAGE_UP, "PgUp", "PgUp"},
	{PRESS_PAGE_DOWN, "PgDn", "PgDn"},
	{PRESS_HOME, "Home", "Home"},
	{PRESS_END, "End", "End"},
	{PRESS_DELETE, "Del", "Del"},
	{PRESS_BACK_TAB, "Shift-Tab", "Shift-Tab"},
	{PRESS_F1, "F1", "F1"},
	{PRESS_F2, "F2", "F2"},
	{PRESS_F3, "F3", "F3"},
	{PRESS_F4, "F4", "F4"},
	{PRESS_F5, "F5", "F5"},
	{PRESS_F10, "F10", "F10"},
	{PRESS_WHEEL_UP, "wheel", "WheelUp"},
	{PRESS_WHEEL_DOWN, "wheel", "WheelDown"},
	{PRESS_CLICK, "click", "Click"},
};

#define NAMES (sizeof names / sizeof *names)

const struct binding *bindings_all(size_t *count)
{
	*count = TABLE_SIZE;
	return table;
}

enum action binding_find(enum context context, int press)
{
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		if (!(table[i].contexts & (unsigned)context))
			continue;
		for (int k = 0; k < BINDING_PRESSES && table[i].presses[k]; k++)
			if (table[i].presses[k] == press)
				return table[i].action;
	}
	return ACTION_NONE;
}

const char *press_name(int press, bool ascii_only, char out[static PRESS_NAME])
{
	for (size_t i = 0; i < NAMES; i++) {
		if (names[i].press == press) {
			snprintf(out, PRESS_NAME, "%s",
				 ascii_only ? names[i].ascii : names[i].shown);
			return out;
		}
	}
	if (press > 0 && press < 32)
		snprintf(out, PRESS_NAME, "^%c", press + 64);
	else if (press < 127)
		snprintf(out, PRESS_NAME, "%c", press);
	else
		snprintf(out, PRESS_NAME, "U+%04X", (unsigned)press);
	return out;
}

int press_by_name(const char *name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i].ascii, name) == 0)
			return names[i].press;
	if (name[0] == '^' && name[1] >= '@' && name[1] <= '_' && !name[2])
		return PRESS_CTRL(name[1]);
	if (name[0] > ' ' && name[0] < 127 && !name[1])
		return name[0];
	return PRESS_NONE;
}

#define ITEM_SIZE 64

/** "[ ] attempt" for the binding at INDEX. */
static void format_item(size_t index, bool ascii_only, char *out, size_t size)
{
	char first[PRESS_NAME];
	char second[PRESS_NAME];
	const struct binding *b = &table[index];
	press_name(b->presses[0], ascii_only, first);
	if (!b->is_pair) {
		snprintf(out, size, "%s %s", first, b->footer);
		return;
	}
	press_name(table[index + 1].presses[0], ascii_only, second);
	bool is_arrow = (unsigned char)first[0] & 0x80;
	const char *join = is_arrow ? "" : first[1] ? "/" : " ";
	snprintf(out, size, "%s%s%s %s", first, join, second, b->footer);
}

/** The way out and the way to all other keys are shown first of all, and stand last. */
static bool is_lasting(const struct binding *b)
{
	return b->action == ACTION_BACK || b->action == ACTION_HELP;
}

/** Whether the footer names the binding only while packets come in. */
static bool is_for_live(const struct binding *b)
{
	return b->action == ACTION_FOLLOW;
}

/** What a footer is made for. */
struct footing {
	enum context context;
	bool is_live;
	bool ascii_only;
};

/** Appends the items that are lasting, or those that are not, as far as they fit. */
static int append_items(const struct footing *footing, bool lasting, int room, char *out,
			size_t size)
{
	size_t used = strlen(out);
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		char item[ITEM_SIZE];
		if (!table[i].footer || !(table[i].contexts & (unsigned)footing->context) ||
		    is_lasting(&table[i]) != lasting ||
		    (is_for_live(&table[i]) && !footing->is_live))
			continue;
		format_item(i, footing->ascii_only, item, sizeof item);
		int need = text_columns(item) + 2;
		if (need > room || used + strlen(item) + 3 > size)
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s  ", item);
		room -= need;
	}
	return room;
}

const char *footer_format(enum context context, bool is_live, int columns, bool ascii_only,
			  char *out, size_t size)
{
	const struct footing footing = {context, is_live, ascii_only};
	int all = columns + 2; /* the spaces behind the last item are cut off */
	out[0] = '\0';
	int room = append_items(&footing, true, all, out, size);
	out[0] = '\0';
	append_items(&footing, false, room, out, size);
	append_items(&footing, true, all - room, out, size);
	size_t used = strlen(out);
	if (used >= 2)
		out[used - 2] = '\0';
	return out;
}

/** The press of the item of N bytes at TEXT, of CONTEXT, whose column COLUMN was clicked at. */
static int press_of(enum context context, const char *text, size_t n, bool ascii_only, int column)
{
	char item[ITEM_SIZE];
	char first[PRESS_NAME];
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		if (!table[i].footer || !(table[i].contexts & (unsigned)context))
			continue;
		format_item(i, ascii_only, item, sizeof item);
		if (strlen(item) != n || memcmp(item, text, n) != 0)
			continue;
		press_name(table[i].presses[0], ascii_only, first);
		bool is_second = table[i].is_pair && column >= text_columns(first);
		return table[i + is_second].presses[0];
	}
	return PRESS_NONE;
}

int footer_press(enum context context, bool is_live, int columns, bool ascii_only, int column)
{
	char footer[FOOTER_SIZE];
	const char *item = footer_format(context, is_live, columns, ascii_only, footer,
					 sizeof footer);
	int start = 0;
	while (*item) {
		char text[ITEM_SIZE];
		const char *end = strstr(item, "  ");
		size_t n = end ? (size_t)(end - item) : strlen(item);
		snprintf(text, sizeof text, "%.*s", (int)n, item);
		int width = text_columns(text);
		if (column < start + width)
			return column < start ? PRESS_NONE
					      : press_of(context, item, n, ascii_only,
							 column - start);
		start += width + 2;
		item += n + (end ? 2 : 0);
	}
	return PRESS_NONE;
}
