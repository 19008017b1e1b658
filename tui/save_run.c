/* SPDX-License-Identifier: MIT */
#include "save_run.h"

#include "app.h"
#include "rows.h"
#include "save_eml.h"
#include "slice.h"

#include <string.h>

#define STEP_PACKETS 4096

void save_run_complain(struct app *app, const struct fault *fault)
{
	bool is_dropped = fault->kind == FAULT_PERMISSION && app->was_root;
	app_say(app, "not saved: %s%s", is_dropped ? "root's rights were given up; " : "",
		fault->text);
}

/* ---- Packets ------------------------------------------------------------------------------ */

static void choose_packets(struct app *app, struct slice *slice)
{
	const struct save *save = &app->save;
	bool is_sessions = save->offer.kind == &rows_sessions;
	for (uint32_t i = 0, row; (row = save_row_at(app, i)) != NO_ROW; i++) {
		if (!save_has_row(save, row))
			continue;
		const struct delivery *delivery =
			is_sessions ? NULL : delivery_get(app->model.deliveries, row);
		if (is_sessions)
			slice_add_session(slice, row);
		else if (delivery && delivery->try_count)
			slice_add(slice, delivery);
	}
}

static bool start_packets(struct app *app, struct fault *fault)
{
	struct save *save = &app->save;
	const struct rows_kind *kind = save->offer.kind;
	if (kind != &rows_deliveries && kind != &rows_sessions)
		return fault_set(fault, FAULT_USAGE,
				 "packets are saved of deliveries and sessions");
	save->slice = slice_new(app->model.analysis, false, 1);
	if (!save->slice)
		return fault_set(fault, FAULT_MEMORY, "no memory for the packets");
	choose_packets(app, save->slice);
	return true;
}

static void tell_packets(struct app *app)
{
	struct save *save = &app->save;
	struct slice_counts counts = slice_counts(save->slice);
	char lines[SLICE_LINES][SLICE_TEXT];
	char all[SLICE_LINES * (SLICE_TEXT + 2)] = "";
	int n = slice_tell(&counts, save->path, lines);
	for (int i = 0; i < n; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? "; " : "",
			 lines[i]);
	app_say(app, "%s", all);
}

/** Writes packets on. False: that is over. */
static bool step_packets(struct app *app, int *progress)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	*progress = slice_progress(save->slice);
	switch (slice_step(save->slice, fileno(save->file.out), STEP_PACKETS, &fault)) {
	case SLICE_GOES_ON:
		return true;
	case SLICE_DONE:
		if (save_file_finish(&save->file, &fault))
			tell_packets(app);
		else
			save_run_complain(app, &fault);
		return false;
	case SLICE_FAILED:
		break;
	}
	save_run_complain(app, &fault);
	return false;
}

/* ---- Messages ----------------------------------------------------------------------------- */

/** Writes messages on. False: that is over. */
static bool step_messages(struct app *app, int *progress)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	char line[sizeof app->message];
	*progress = save_eml_progress(save->eml);
	switch (save_eml_step(save->eml, &fault)) {
	case SAVE_EML_GOES_ON:
		return true;
	case SAVE_EML_DONE:
		save_eml_tell(save->eml, line, sizeof line);
		app_say(app, "%s", line);
		return false;
	case SAVE_EML_FAILED:
		break;
	}
	save_run_complain(app, &fault);
	return false;
}

/* ---- All forms ---------------------------------------------------------------------------- */

/** Writes what takes no steps to the open file. */
static bool write_at_once(struct app *app, enum save_form form, struct fault *fault)
{
	struct save *save = &app->save;
	bool wants_screen = form == SAVE_SVG || (form == SAVE_TEXT && save->offer.is_screen);
	if (wants_screen)
		return save_write_screen(app, form, save->file.out, fault);
	if (!save->offer.kind)
		return fault_set(fault, FAULT_USAGE, ".txt and .svg work here");
	return save_write_rows(app, form, save->file.out, fault);
}

/** Begins to write. True in IS_OVER: that was all. */
static bool start(struct app *app, enum save_form form, bool may_overwrite, bool *is_over,
		  struct fault *fault)
{
	struct save *save = &app->save;
	*is_over = false;
	if (form == SAVE_MESSAGES)
		return save_eml_start(save->eml, may_overwrite, fault);
	if (!save_file_open(&save->file, save->path, may_overwrite, fault))
		return false;
	if (form == SAVE_PACKETS)
		return start_packets(app, fault);
	*is_over = true;
	return write_at_once(app, form, fault) && save_file_finish(&save->file, fault);
}

void save_run_begin(struct app *app, enum save_form form, bool may_overwrite)
{
	struct fault fault = {0};
	bool is_over;
	if (!start(app, form, may_overwrite, &is_over, &fault)) {
		save_run_complain(app, &fault);
		save_clear(app);
	} else {
		app_say(app, "%s %s", is_over ? "saved to" : "writing", app->save.path);
	}
}

bool save_is_busy(const struct app *app)
{
	const struct save *save = &app->save;
	return save->slice || (save->eml && save_eml_has_started(save->eml));
}

void save_step(struct app *app)
{
	int progress;
	bool goes_on = app->save.slice ? step_packets(app, &progress)
				       : step_messages(app, &progress);
	if (goes_on)
		app_say(app, "writing %s: %d %% (Esc cancels)", app->save.path, progress);
	else
		save_clear(app);
}

void save_cancel(struct app *app)
{
	const struct save_eml *eml = app->save.eml;
	uint32_t written = eml ? save_eml_written(eml) : 0;
	save_clear(app);
	if (written)
		app_say(app, "cancelled: %u message%s had been written", written,
			written == 1 ? "" : "s");
	else
		app_say(app, "cancelled: %s was not written", app->save.path);
}

void save_clear(struct app *app)
{
	struct save *save = &app->save;
	slice_free(save->slice);
	save->slice = NULL;
	save_eml_free(save->eml);
	save->eml = NULL;
	save_file_drop(&save->file);
}
