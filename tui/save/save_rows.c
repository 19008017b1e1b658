/* SPDX-License-Identifier: MIT */
#include "save/save_rows.h"

#include "app.h"
#include "list/rows.h"

#include <stdlib.h>

/* ---- Which rows --------------------------------------------------------------------------- */

/** Row INDEX of those there are, in the order of the list if only shown ones are to be saved. */
static uint32_t row_at(const struct app *app, uint32_t index)
{
	const struct save *save = &app->save;
	if (save->scope == SAVE_SHOWN)
		return save->offer.list->order[index];
	return save->scope == SAVE_THIS ? save->offer.row : index;
}

static uint32_t count_of(const struct app *app)
{
	const struct save *save = &app->save;
	if (save->scope == SAVE_SHOWN)
		return save->offer.list->count;
	return save->scope == SAVE_THIS ? 1 : save->offer.kind->count(&app->model);
}

static bool is_wanted(const struct app *app, uint32_t row)
{
	const struct save *save = &app->save;
	const struct rows_kind *kind = save->offer.kind;
	if (save->scope == SAVE_MARKED && !marks_has(&save->offer.list->marks, row))
		return false;
	return !kind->is_there || kind->is_there(&app->model, row);
}

bool save_rows_take(const struct app *app, struct save_rows *rows)
{
	uint32_t count = count_of(app);
	*rows = (struct save_rows){.ids = calloc((size_t)count + 1, sizeof *rows->ids)};
	if (!rows->ids)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = row_at(app, i);
		if (is_wanted(app, row))
			rows->ids[rows->count++] = row;
	}
	return true;
}

void save_rows_free(struct save_rows *rows)
{
	free(rows->ids);
	*rows = (struct save_rows){0};
}

/* ---- As a report -------------------------------------------------------------------------- */

/** The deliveries to be saved, as a filter for reports. NULL: no memory. */
static struct filter *chosen_deliveries(const struct app *app)
{
	static const char *const names[] = {
		[SAVE_THIS] = "the one chosen",
		[SAVE_MARKED] = "those marked",
		[SAVE_SHOWN] = "those shown",
		[SAVE_ALL] = "all",
	};
	const struct save_rows *rows = &app->save.rows;
	uint32_t count = deliveries_count(app->model.deliveries);
	uint8_t *ids = calloc((size_t)count + 1, 1);
	if (!ids)
		return NULL;
	for (uint32_t i = 0; i < rows->count; i++)
		if (rows->ids[i] < count)
			ids[rows->ids[i]] = 1;
	const struct list *list = app->save.offer.list;
	bool is_filter = app->save.scope == SAVE_SHOWN && list->filter[0];
	struct filter *filter = filter_of_ids(
		ids, count, is_filter ? list->filter : names[app->save.scope]);
	free(ids);
	return filter;
}

static enum report_form form_of(enum save_form form)
{
	return form == SAVE_JSONL      ? REPORT_JSONL
	       : form == SAVE_CSV      ? REPORT_CSV
	       : form == SAVE_MARKDOWN ? REPORT_MARKDOWN
				       : REPORT_TEXT;
}

bool save_rows_report(struct app *app, enum save_form form, struct fault *fault)
{
	struct save *save = &app->save;
	struct report_options options = {
		.ascii_only = app->model.is_ascii,
		.utc = app->model.when == WHEN_UTC,
		.plain_lines = UINT32_MAX,
	};
	if (save->scope != SAVE_ALL)
		options.where = save->where = chosen_deliveries(app);
	if (save->scope == SAVE_ALL || save->where)
		save->report = report_begin(form_of(form), save->file.out, app->model.analysis,
					    &options);
	return save->report || fault_set(fault, FAULT_MEMORY, "no memory for the report");
}

/* ---- As a table --------------------------------------------------------------------------- */

void save_rows_begin_table(struct app *app)
{
	struct save *save = &app->save;
	const struct list *list = save->offer.list;
	save->column_count = list->column_count;
	for (size_t i = 0; i < list->column_count; i++) {
		save->columns[i] = list->columns[i];
		fprintf(save->file.out, "%s%s", i ? "\t" : "", list->columns[i].name);
	}
	fputc('\n', save->file.out);
}

bool save_rows_step_table(struct app *app, uint32_t most)
{
	struct save *save = &app->save;
	struct cell_text cell;
	for (; most && save->rows.next < save->rows.count; most--) {
		uint32_t row = save->rows.ids[save->rows.next++];
		for (size_t i = 0; i < save->column_count; i++) {
			save->columns[i].print(&app->model, row, &cell);
			fprintf(save->file.out, "%s%s", i ? "\t" : "", cell.text);
		}
		fputc('\n', save->file.out);
	}
	return save->rows.next < save->rows.count;
}
