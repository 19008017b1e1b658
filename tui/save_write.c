/* SPDX-License-Identifier: MIT */
#include "save_write.h"

#include "app.h"
#include "report.h"
#include "rows.h"
#include "svg.h"
#include "theme.h"

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

/* ---- Rows --------------------------------------------------------------------------------- */

bool save_has_row(const struct save *save, uint32_t row)
{
	const struct list *list = save->offer.list;
	switch (save->scope) {
	case SAVE_THIS:
		return row == save->offer.row;
	case SAVE_MARKED:
		return marks_has(&list->marks, row);
	case SAVE_SHOWN:
	case SAVE_ALL:
		break;
	}
	return true;
}

uint32_t save_row_at(const struct app *app, uint32_t index)
{
	const struct save *save = &app->save;
	const struct list *list = save->offer.list;
	if (save->scope == SAVE_SHOWN)
		return index < list->count ? list->order[index] : NO_ROW;
	if (save->scope == SAVE_THIS)
		return index == 0 ? save->offer.row : NO_ROW;
	return index < save->offer.kind->count(&app->model) ? index : NO_ROW;
}

static bool is_there(const struct app *app, uint32_t row)
{
	const struct rows_kind *kind = app->save.offer.kind;
	return save_has_row(&app->save, row) &&
	       (!kind->is_there || kind->is_there(&app->model, row));
}

/** The deliveries to be saved, as a filter for reports. NULL: no memory. */
static struct filter *chosen_deliveries(const struct app *app)
{
	static const char *const names[] = {
		[SAVE_THIS] = "the one chosen",
		[SAVE_MARKED] = "those marked",
		[SAVE_SHOWN] = "those shown",
		[SAVE_ALL] = "all",
	};
	uint32_t count = deliveries_count(app->model.deliveries);
	uint8_t *ids = calloc((size_t)count + 1, 1);
	if (!ids)
		return NULL;
	for (uint32_t i = 0, row; (row = save_row_at(app, i)) != NO_ROW; i++)
		if (row < count && is_there(app, row))
			ids[row] = 1;
	const struct list *list = app->save.offer.list;
	bool is_filter = app->save.scope == SAVE_SHOWN && list->filter[0];
	struct filter *filter = filter_of_ids(
		ids, count, is_filter ? list->filter : names[app->save.scope]);
	free(ids);
	return filter;
}

static bool write_report(struct app *app, enum save_form form, FILE *out, struct fault *fault)
{
	struct report_options options = {.ascii_only = app->model.is_ascii};
	options.utc = app->model.when == WHEN_UTC;
	options.plain_lines = UINT32_MAX;
	if (app->save.scope != SAVE_ALL && !(options.where = chosen_deliveries(app)))
		return fault_set(fault, FAULT_MEMORY, "no memory");
	struct analysis *analysis = app->model.analysis;
	bool is_fine = report_write(form == SAVE_JSONL ? REPORT_JSONL
				    : form == SAVE_CSV ? REPORT_CSV
				    : form == SAVE_MARKDOWN ? REPORT_MARKDOWN
						       : REPORT_TEXT,
				    out, analysis, &options, fault);
	filter_free(options.where);
	return is_fine;
}

/** A table whose columns are divided by tabs, as no cell has any. */
static void write_table(const struct app *app, FILE *out)
{
	const struct list *list = app->save.offer.list;
	struct cell_text cell;
	for (size_t i = 0; i < list->column_count; i++)
		fprintf(out, "%s%s", i ? "\t" : "", list->columns[i].name);
	fputc('\n', out);
	for (uint32_t i = 0, row; (row = save_row_at(app, i)) != NO_ROW; i++) {
		if (!is_there(app, row))
			continue;
		for (size_t k = 0; k < list->column_count; k++) {
			list->columns[k].print(&app->model, row, &cell);
			fprintf(out, "%s%s", k ? "\t" : "", cell.text);
		}
		fputc('\n', out);
	}
}

bool save_write_rows(struct app *app, enum save_form form, FILE *out, struct fault *fault)
{
	if (app->save.offer.kind == &rows_deliveries)
		return write_report(app, form, out, fault);
	if (form != SAVE_TEXT)
		return fault_set(fault, FAULT_USAGE,
				 "only deliveries can be; .txt and .svg work here");
	write_table(app, out);
	return true;
}
