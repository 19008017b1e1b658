/* SPDX-License-Identifier: MIT */
#include "save/save_write.h"

#include "app.h"
#include "svg.h"
#include "terminal/theme.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum save_form save_form_of(const char *path)
{
	static const struct {
		const char *ending;
		enum save_form form;
	} endings[] = {
		{".txt", SAVE_TEXT},	 {".svg", SAVE_SVG},	{".jsonl", SAVE_JSONL},
		{".csv", SAVE_CSV},	 {".pcap", SAVE_PACKETS}, {".pcapng", SAVE_PACKETS},
		{".eml", SAVE_MESSAGES}, {".md", SAVE_MARKDOWN},
	};
	const char *dot = strrchr(path, '.');
	for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
		if (strcasecmp(dot, endings[i].ending) == 0)
			return endings[i].form;
	return SAVE_FORMS;
}

/* ---- The screen --------------------------------------------------------------------------- */

static struct svg_look look(const void *context, int style)
{
	const enum theme_choice *theme = context;
	struct look look = theme_look(*theme, style);
	return (struct svg_look){look.color256, look.is_bold, look.is_dim, look.is_underlined,
				 look.is_reversed};
}

/** A light theme is for light paper; the others are for dark screens. */
static struct svg_theme picture_theme(const struct app *app)
{
	bool is_light = app->theme == THEME_LIGHT;
	return (struct svg_theme){
		.foreground = is_light ? 0x1c1c1c : 0xe4e4e4,
		.background = is_light ? 0xffffff : 0x1c1c1c,
		.look = look,
		.context = &app->theme,
	};
}

static bool write_lines(const struct canvas *canvas, FILE *out, struct fault *fault)
{
	size_t size = (size_t)canvas->columns * sizeof canvas->cells->glyph + 1;
	char *line = malloc(size);
	if (!line)
		return fault_set(fault, FAULT_MEMORY, "no memory");
	for (int row = 0; row < canvas->rows; row++)
		fprintf(out, "%s\n", canvas_row(canvas, row, line, size));
	free(line);
	return true;
}

bool save_write_screen(struct app *app, enum save_form form, FILE *out, struct fault *fault)
{
	struct view *view = app_top(app);
	const struct svg_theme theme = picture_theme(app);
	struct canvas canvas;
	int rows = app->rows > app->save.offer.rows ? app->rows : app->save.offer.rows;
	if (!canvas_init(&canvas, rows, app->columns))
		return fault_set(fault, FAULT_MEMORY, "no memory");
	if (view->ops->draw_whole)
		view->ops->draw_whole(view, app, &canvas);
	else
		view->ops->draw(view, app, &canvas);
	canvas.rows--; /* the footer's */
	bool is_fine = form == SAVE_SVG ? svg_write(out, &canvas, &theme, fault)
					: write_lines(&canvas, out, fault);
	canvas_free(&canvas);
	return is_fine;
}
