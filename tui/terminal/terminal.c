/* SPDX-License-Identifier: MIT */
#include "terminal/terminal.h"

#include "keys.h"
#include "terminal/clipboard.h"
#include "terminal/crash.h"
#include "terminal/terminal_type.h"
#include "terminal/theme.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* The terminal: one for the process, as curses has it. */
static struct {
	SCREEN *screen;
	WINDOW *keys; /* a pad: reading from it refreshes nothing */
	FILE *in;
	bool in_is_own;
	bool has_colors;
	bool has_theme;
	bool has_mouse;
	enum theme_choice theme; /* that the colour pairs were set for */
} terminal;

/* ---- Opening and closing ------------------------------------------------------------------ */

static bool open_input(const struct terminal_options *options, struct fault *fault)
{
	terminal.in = stdin;
	terminal.in_is_own = false;
	if (!options->stdin_is_taken && isatty(STDIN_FILENO))
		return true;
	terminal.in = fopen("/dev/tty", "re");
	terminal.in_is_own = terminal.in != NULL;
	if (!terminal.in)
		return fault_set(fault, FAULT_OPEN,
				 "no terminal to read keys from (%s); --report text needs none",
				 strerror(errno));
	return true;
}

static void close_input(void)
{
	if (terminal.in_is_own)
		fclose(terminal.in);
	terminal.in_is_own = false;
}

static bool wants_colors(enum color_choice choice)
{
	const char *no_color = getenv("NO_COLOR");
	if (choice == COLOR_AUTO)
		return !no_color || !*no_color;
	return choice == COLOR_ALWAYS;
}

static void take_mouse(bool wanted)
{
	terminal.has_mouse = wanted;
	mousemask(wanted ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

void terminal_take_mouse(bool wanted)
{
	if (wanted == terminal.has_mouse)
		return;
	crash_unwatch();
	take_mouse(wanted);
	crash_watch(wanted);
}

static void set_up(const struct terminal_options *options)
{
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	set_escdelay(25);
	terminal.keys = newpad(1, 1);
	keypad(terminal.keys, TRUE);
	nodelay(terminal.keys, TRUE);
	leaveok(stdscr, FALSE);
	terminal.has_theme = false;
	terminal.has_colors = wants_colors(options->color) && has_colors();
	if (terminal.has_colors) {
		start_color();
		use_default_colors();
	}
	mouseinterval(0);
	take_mouse(!options->no_mouse);
}

bool terminal_open(const struct terminal_options *options, struct fault *fault)
{
	if (!terminal_type_check(fault) || !open_input(options, fault))
		return false;
	crash_remember_settings(STDOUT_FILENO);
	terminal.screen = newterm(NULL, stdout, terminal.in);
	if (!terminal.screen) {
		close_input();
		return fault_set(fault, FAULT_OPEN,
				 "the terminal cannot be used; try "
				 "--report text");
	}
	signal(SIGTSTP, SIG_DFL); /* curses would handle it on its own */
	set_up(options);
	crash_watch(!options->no_mouse);
	return true;
}

void terminal_close(void)
{
	if (!terminal.screen)
		return;
	crash_unwatch();
	mousemask(0, NULL);
	endwin();
	delwin(terminal.keys);
	delscreen(terminal.screen);
	terminal.screen = NULL;
	close_input();
}

int terminal_fd(void)
{
	return fileno(terminal.in);
}

bool terminal_is_at_end(void)
{
	int waiting = 0;
	return ioctl(terminal_fd(), FIONREAD, &waiting) != 0 || waiting == 0;
}

void terminal_suspend(void)
{
	sigset_t stop;
	sigset_t before;
	crash_unwatch();
	endwin();
	/* It is blocked, so that the event loop gets it: now it may stop the process. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	terminal_resize();
	clearok(curscr, TRUE);
	crash_watch_again();
}

/* ---- Keys --------------------------------------------------------------------------------- */

static const struct {
	int code;
	int press;
} special_keys[] = {
	{KEY_UP, PRESS_UP},
	{KEY_DOWN, PRESS_DOWN},
	{KEY_LEFT, PRESS_LEFT},
	{KEY_RIGHT, PRESS_RIGHT},
	{KEY_SLEFT, PRESS_SHIFT_LEFT},
	{KEY_SRIGHT, PRESS_SHIFT_RIGHT},
	{KEY_PPAGE, PRESS_PAGE_UP},
	{KEY_NPAGE, PRESS_PAGE_DOWN},
	{KEY_HOME, PRESS_HOME},
	{KEY_END, PRESS_END},
	{KEY_DC, PRESS_DELETE},
	{KEY_BTAB, PRESS_BACK_TAB},
	{KEY_F(1), PRESS_F1},
	{KEY_F(2), PRESS_F2},
	{KEY_F(3), PRESS_F3},
	{KEY_F(4), PRESS_F4},
	{KEY_F(5), PRESS_F5},
	{KEY_F(10), PRESS_F10},
	{KEY_ENTER, PRESS_ENTER},
	{KEY_BACKSPACE, PRESS_BACKSPACE},
};

static bool read_mouse(struct terminal_press *out)
{
	MEVENT event;
	if (getmouse(&event) != OK)
		return false;
	out->row = event.y;
	out->column = event.x;
	if (event.bstate & BUTTON4_PRESSED)
		out->press = PRESS_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		out->press = PRESS_WHEEL_DOWN;
	else if (event.bstate & BUTTON1_PRESSED)
		out->press = PRESS_CLICK;
	return out->press != PRESS_NONE;
}

static bool translate(int code, bool is_special, struct terminal_press *out)
{
	if (!is_special) {
		out->press = code == '\n' ? PRESS_ENTER : code;
		return code != 0;
	}
	if (code == KEY_MOUSE)
		return read_mouse(out);
	for (size_t i = 0; i < sizeof special_keys / sizeof *special_keys; i++)
		if (special_keys[i].code == code)
			out->press = special_keys[i].press;
	return out->press != PRESS_NONE;
}

enum terminal_event terminal_read(struct terminal_press *out)
{
	for (;;) {
		wint_t code = 0;
		*out = (struct terminal_press){PRESS_NONE, 0, 0};
		errno = 0;
		int result = wget_wch(terminal.keys, &code);
		if (result == ERR)
			return errno == EIO || errno == ENXIO || errno == EBADF ? TERMINAL_LOST
										: TERMINAL_NOTHING;
		if (translate((int)code, result == KEY_CODE_YES, out))
			return TERMINAL_PRESS;
	}
}

/* ---- Size and drawing --------------------------------------------------------------------- */

void terminal_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

void terminal_resize(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

static void set_pairs(enum theme_choice theme)
{
	if (!terminal.has_colors || (terminal.has_theme && terminal.theme == theme))
		return;
	for (int style = 0; style < SCREEN_STYLES; style++) {
		struct look look = theme_look(theme, style);
		init_pair((short)(style + 1), look_color(&look, COLORS), -1);
	}
	terminal.theme = theme;
	terminal.has_theme = true;
}

static attr_t attributes_of(const struct canvas_cell *cell, enum theme_choice theme)
{
	struct look look = theme_look(theme, cell->style);
	attr_t attributes = A_NORMAL;
	bool is_reversed = look.is_reversed != (cell->is_current || cell->is_playhead);
	attributes |= look.is_bold ? A_BOLD : 0;
	attributes |= look.is_dim ? A_DIM : 0;
	attributes |= look.is_underlined ? A_UNDERLINE : 0;
	attributes |= is_reversed ? A_REVERSE : 0;
	return attributes;
}

/** The characters of clean UTF-8 TEXT, at most MAX; returns how many. */
static int decode(const char *text, wchar_t *out, int max)
{
	int n = 0;
	const unsigned char *p = (const unsigned char *)text;
	while (*p && n < max) {
		int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
		unsigned c = more == 3	 ? *p & 0x07u
			     : more == 2 ? *p & 0x0fu
			     : more	 ? *p & 0x1fu
					 : *p;
		for (p++; more > 0 && *p; more--, p++)
			c = c << 6 | (*p & 0x3fu);
		out[n++] = (wchar_t)c;
	}
	return n;
}

#define CELL_CHARACTERS 4

/** A cell as curses should write it; what this system's curses would misplace becomes "?". */
static int cell_characters(const struct canvas_cell *cell, wchar_t out[static CELL_CHARACTERS])
{
	int n = decode(cell->glyph, out, CELL_CHARACTERS - 1);
	int width = cell->width ? cell->width : 1;
	if (n == 0) {
		out[n++] = L' ';
	} else if (wcwidth(out[0]) != width) {
		for (n = 0; n < width; n++)
			out[n] = L'?';
	}
	return n;
}

static bool is_plain(const struct canvas_cell *cell)
{
	return !cell->glyph[0] || !cell->glyph[1];
}

static bool looks_same(const struct canvas_cell *a, const struct canvas_cell *b)
{
	return a->style == b->style &&
	       (a->is_current || a->is_playhead) == (b->is_current || b->is_playhead);
}

/** Writes the cells of ROW from COLUMN on that one call may write; returns how many. */
static int show_run(const struct canvas *canvas, enum theme_choice theme, int row, int column)
{
	wchar_t text[256];
	int length = 0;
	int used = 0;
	const struct canvas_cell *first = canvas_at(canvas, row, column);
	for (; column + used < canvas->columns; used++) {
		const struct canvas_cell *cell = canvas_at(canvas, row, column + used);
		bool is_joined = used == 0 || (is_plain(cell) && is_plain(first));
		if (!is_joined || !looks_same(cell, first) || length + CELL_CHARACTERS > 256)
			break;
		length += cell_characters(cell, text + length);
	}
	attr_set(attributes_of(first, theme), (short)(terminal.has_colors ? first->style + 1 : 0),
		 NULL);
	mvaddnwstr(row, column, text, length);
	return used;
}

static void show_row(const struct canvas *canvas, enum theme_choice theme, int row)
{
	int column = 0;
	while (column < canvas->columns) {
		if (canvas_at(canvas, row, column)->width == 0 && column > 0 &&
		    canvas_at(canvas, row, column - 1)->width == 2)
			column++;
		else
			column += show_run(canvas, theme, row, column);
	}
}

void terminal_show(const struct canvas *canvas, enum theme_choice theme, int cursor_column,
		   bool everything)
{
	set_pairs(theme);
	erase();
	for (int row = 0; row < canvas->rows; row++)
		show_row(canvas, theme, row);
	curs_set(cursor_column >= 0 ? 1 : 0);
	move(canvas->rows - 1, cursor_column >= 0 ? cursor_column : 0);
	if (everything)
		clearok(curscr, TRUE);
	refresh();
}

bool terminal_copy(const char *text)
{
	size_t length = 0;
	char *sequence =
		clipboard_is_known_to(getenv("TERM")) ? clipboard_encode(text, &length) : NULL;
	if (!sequence)
		return false;
	/* Curses wrote all it had when it refreshed: this stands between two screens. */
	for (size_t done = 0; done < length;) {
		ssize_t n = write(STDOUT_FILENO, sequence + done, length - done);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	free(sequence);
	return true;
}
