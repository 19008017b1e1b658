/* SPDX-License-Identifier: MIT */
#include "run/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 1024
#define READ_PACKETS 4096
#define LARGEST_SIZE 1000

enum command { PRESS, TYPE, CLICK, RESIZE, CLOCK, WAIT, DUMP, DUMP_ATTR, DUMP_COPIED, COMMANDS };

static const char *const command_names[COMMANDS] = {
	"press", "type", "click", "resize", "clock", "wait", "dump", "dump-attr", "dump-copied",
};

struct line {
	enum command command;
	char *words; /* what follows the command; owned */
	FILE *out;   /* of a dump */
	int64_t ns;
	int rows;
	int columns;
};

struct script {
	struct line *lines;
	size_t count;
	int rows;
	int columns;
	int64_t clock_ns;
};

/* ---- Reading ------------------------------------------------------------------------------ */

static bool check_presses(const char *words, struct fault *fault)
{
	char name[64];
	int used;
	while (sscanf(words, " %63s%n", name, &used) == 1) {
		if (press_by_name(name) == PRESS_NONE)
			return fault_set(fault, FAULT_USAGE, "no key is named '%s'", name);
		words += used;
	}
	return true;
}

static bool open_dump(struct line *line, struct fault *fault)
{
	bool is_stdout = strcmp(line->words, "-") == 0;
	line->out = is_stdout ? stdout : fopen(line->words, "we");
	if (!line->out)
		return fault_set(fault, FAULT_OPEN, "%s: %s", line->words, strerror(errno));
	return true;
}

static bool check_words(struct line *line, struct fault *fault)
{
	char rest;
	switch (line->command) {
	case PRESS:
		return check_presses(line->words, fault);
	case TYPE:
		return true;
	case CLICK:
		if (sscanf(line->words, "%3d %3d %c", &line->rows, &line->columns, &rest) == 2)
			return true;
		return fault_set(fault, FAULT_USAGE, "expected a row and a column");
	case RESIZE:
		if (sscanf(line->words, "%4dx%4d %c", &line->columns, &line->rows, &rest) == 2 &&
		    line->rows > 0 && line->columns > 0 && line->rows <= LARGEST_SIZE &&
		    line->columns <= LARGEST_SIZE)
			return true;
		return fault_set(fault, FAULT_USAGE, "expected columns and rows, as 80x24");
	case CLOCK:
		if (line->words[0] == '+' && duration_parse(line->words + 1, &line->ns))
			return true;
		return fault_set(fault, FAULT_USAGE, "expected a time, as +90s");
	case WAIT:
		if (strcmp(line->words, "loaded") == 0)
			return true;
		return fault_set(fault, FAULT_USAGE, "expected 'loaded'");
	case DUMP:
	case DUMP_ATTR:
	case DUMP_COPIED:
		return open_dump(line, fault);
	case COMMANDS:
		break;
	}
	return false;
}

static bool parse_line(struct line *line, const char *text, struct fault *fault)
{
	size_t n = strcspn(text, " ");
	const char *words = text + n + strspn(text + n, " ");
	line->command = COMMANDS;
	for (int i = 0; i < COMMANDS; i++)
		if (strlen(command_names[i]) == n && memcmp(command_names[i], text, n) == 0)
			line->command = (enum command)i;
	if (line->command == COMMANDS)
		return fault_set(fault, FAULT_USAGE, "unknown command '%.*s'", (int)n, text);
	line->words = strdup(words);
	if (!line->words)
		return fault_set(fault, FAULT_MEMORY, "no memory");
	return check_words(line, fault);
}

static bool add_line(struct script *script, const char *text, struct fault *fault)
{
	struct line *lines = realloc(script->lines, (script->count + 1) * sizeof *lines);
	if (!lines)
		return fault_set(fault, FAULT_MEMORY, "no memory");
	script->lines = lines;
	lines[script->count] = (struct line){0};
	return parse_line(&lines[script->count++], text, fault);
}

static bool read_lines(struct script *script, FILE *in, const char *path, struct fault *fault)
{
	char text[LINE_SIZE];
	for (int number = 1; fgets(text, sizeof text, in); number++) {
		struct fault reason = {0};
		text[strcspn(text, "\n")] = '\0';
		const char *start = text + strspn(text, " \t");
		if (!*start || *start == '#')
			continue;
		if (!add_line(script, start, &reason))
			return fault_set(fault, reason.kind, "%s:%d: %s", path, number,
					 reason.text);
	}
	return true;
}

struct script *script_read(const char *path, struct fault *fault)
{
	FILE *in = fopen(path, "re");
	struct script *script = calloc(1, sizeof *script);
	bool is_fine = in && script && read_lines(script, in, path, fault);
	if (!in)
		fault_set(fault, FAULT_OPEN, "%s: %s", path, strerror(errno));
	else
		fclose(in);
	if (!is_fine) {
		script_free(script);
		return NULL;
	}
	script->rows = 24;
	script->columns = 80;
	return script;
}

void script_free(struct script *script)
{
	for (size_t i = 0; script && i < script->count; i++) {
		free(script->lines[i].words);
		if (script->lines[i].out && script->lines[i].out != stdout)
			fclose(script->lines[i].out);
	}
	if (script)
		free(script->lines);
	free(script);
}

/* ---- Running ------------------------------------------------------------------------------ */

static void press(struct app *app, int key)
{
	app_press(app, key, 0, 0);
	app_finish(app);
}

static void press_words(struct app *app, const char *words)
{
	char name[64];
	int used;
	while (sscanf(words, " %63s%n", name, &used) == 1) {
		press(app, press_by_name(name));
		words += used;
	}
}

static void load(struct app *app)
{
	while (!app->has_ended)
		if (app_read(app, READ_PACKETS) == SOURCE_WAIT)
			break;
	app_update(app, NO_TIME);
}

static char style_letter(const struct canvas_cell *cell)
{
	static const char letters[] =
		".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	return cell->is_current || cell->is_playhead ? '*' : letters[cell->style];
}

static void write_row(const struct canvas *canvas, int row, bool is_text, FILE *out)
{
	char text[LARGEST_SIZE * 14 + 1];
	if (is_text) {
		fprintf(out, "%s\n", canvas_row(canvas, row, text, sizeof text));
		return;
	}
	for (int i = 0; i < canvas->columns; i++)
		fputc(style_letter(canvas_at(canvas, row, i)), out);
	fputc('\n', out);
}

static bool flush_dump(const struct line *line, struct fault *fault)
{
	if (fflush(line->out) || ferror(line->out))
		return fault_set(fault, FAULT_READ, "%s: %s", line->words, strerror(errno));
	return true;
}

static bool dump(const struct script *script, const struct line *line, struct app *app,
		 struct fault *fault)
{
	struct canvas canvas;
	if (!canvas_init(&canvas, script->rows, script->columns))
		return fault_set(fault, FAULT_MEMORY, "no memory");
	app_draw(app, &canvas);
	for (int row = 0; row < canvas.rows; row++)
		write_row(&canvas, row, line->command == DUMP, line->out);
	canvas_free(&canvas);
	return flush_dump(line, fault);
}

/** Views learn the size of the screen when they are drawn: what follows may depend on it. */
static bool redraw(const struct script *script, struct app *app, struct fault *fault)
{
	struct canvas canvas;
	if (!canvas_init(&canvas, script->rows, script->columns))
		return fault_set(fault, FAULT_MEMORY, "no memory");
	app_finish(app);
	app_draw(app, &canvas);
	canvas_free(&canvas);
	return true;
}

static bool run_line(struct script *script, const struct line *line, struct app *app,
		     struct fault *fault)
{
	switch (line->command) {
	case PRESS:
		press_words(app, line->words);
		break;
	case TYPE:
		for (const char *c = line->words; *c; c++)
			press(app, (unsigned char)*c);
		break;
	case CLICK:
		app_press(app, PRESS_CLICK, line->rows, line->columns);
		break;
	case RESIZE:
		script->rows = line->rows;
		script->columns = line->columns;
		break;
	case CLOCK:
		script->clock_ns += line->ns;
		app_tick(app, script->clock_ns);
		break;
	case WAIT:
		load(app);
		break;
	case DUMP:
	case DUMP_ATTR:
		return dump(script, line, app, fault);
	case DUMP_COPIED:
		fprintf(line->out, "%s\n", app->copied ? app->copied : "(nothing copied)");
		return flush_dump(line, fault);
	case COMMANDS:
		break;
	}
	return redraw(script, app, fault);
}

bool script_run(struct script *script, struct app *app, struct fault *fault)
{
	app_tick(app, script->clock_ns);
	if (!redraw(script, app, fault))
		return false;
	for (size_t i = 0; i < script->count && !app->is_over; i++)
		if (!run_line(script, &script->lines[i], app, fault))
			return false;
	return true;
}
