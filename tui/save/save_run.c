/* SPDX-License-Identifier: MIT */
#include "save/save_run.h"

#include "app.h"
#include "list/rows.h"
#include "save/save_eml.h"
#include "save/save_rows.h"
#include "slice.h"

#include <errno.h>
#include <string.h>

/* Each is half a millisecond at the most. */
#define STEP_PACKETS 200
#define STEP_ROWS 100
#define STEP_DELIVERIES 8 /* of a report that tells each in full: 1 */

enum step { STEP_GOES_ON, STEP_DONE, STEP_FAILED };

void save_run_complain(struct app *app, const struct fault *fault)
{
	bool is_dropped = fault->kind == FAULT_PERMISSION && app->was_root;
	app_say(app, "not saved: %s%s", is_dropped ? "root's rights were given up; " : "",
		fault->text);
}

/* ---- Packets ------------------------------------------------------------------------------ */

static bool start_packets(struct app *app, struct fault *fault)
{
	struct save *save = &app->save;
	const struct rows_kind *kind = save->offer.kind;
	if (kind != &rows_deliveries && kind != &rows_sessions)
		return fault_set(fault, FAULT_USAGE,
				 "packets are saved of deliveries and sessions");
	save->slice = slice_new(app->model.analysis, false, 1);
	return save->slice || fault_set(fault, FAULT_MEMORY, "no memory for the packets");
}

/** Chooses the packets of some more rows. */
static void choose_packets(struct app *app)
{
	struct save *save = &app->save;
	uint32_t last = save->rows.next + STEP_ROWS;
	for (; save->rows.next < save->rows.count && save->rows.next < last; save->rows.next++) {
		uint32_t row = save->rows.ids[save->rows.next];
		if (save->offer.kind == &rows_sessions)
			slice_add_session(save->slice, row);
		else
			slice_add(save->slice, delivery_get(app->model.deliveries, row));
	}
}

static enum step step_packets(struct app *app, struct fault *fault)
{
	struct save *save = &app->save;
	if (save->rows.next < save->rows.count) {
		choose_packets(app);
		return STEP_GOES_ON;
	}
	switch (slice_step(save->slice, fileno(save->file.out), STEP_PACKETS, fault)) {
	case SLICE_GOES_ON:
		return STEP_GOES_ON;
	case SLICE_DONE:
		return STEP_DONE;
	case SLICE_FAILED:
		break;
	}
	return STEP_FAILED;
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

/* ---- Messages ----------------------------------------------------------------------------- */

static enum step step_messages(struct app *app, struct fault *fault)
{
	switch (save_eml_step(app->save.eml, fault)) {
	case SAVE_EML_GOES_ON:
		return STEP_GOES_ON;
	case SAVE_EML_DONE:
		return STEP_DONE;
	case SAVE_EML_FAILED:
		break;
	}
	return STEP_FAILED;
}

static void tell_messages(struct app *app)
{
	char line[sizeof app->message];
	save_eml_tell(app->save.eml, line, sizeof line);
	app_say(app, "%s", line);
}

/* ---- Reports and tables ------------------------------------------------------------------- */

static bool start_rows(struct app *app, enum save_form form, struct fault *fault)
{
	if (app->save.offer.kind == &rows_deliveries)
		return save_rows_report(app, form, fault);
	if (form != SAVE_TEXT)
		return fault_set(fault, FAULT_USAGE,
				 "only deliveries can be; .txt and .svg work here");
	save_rows_begin_table(app);
	return true;
}

static enum step step_report(struct app *app, struct fault *fault)
{
	const struct save *save = &app->save;
	bool is_in_full = save->form == SAVE_TEXT || save->form == SAVE_MARKDOWN;
	switch (report_step(save->report, is_in_full ? 1 : STEP_DELIVERIES, fault)) {
	case REPORT_GOES_ON:
		return STEP_GOES_ON;
	case REPORT_DONE:
		return STEP_DONE;
	case REPORT_FAILED:
		break;
	}
	return STEP_FAILED;
}

static enum step step_table(struct app *app, struct fault *fault)
{
	bool goes_on = save_rows_step_table(app, STEP_ROWS);
	if (!ferror(app->save.file.out))
		return goes_on ? STEP_GOES_ON : STEP_DONE;
	fault_set(fault, FAULT_OPEN, "%s: %s", strerror(errno), app->save.path);
	return STEP_FAILED;
}

/* ---- All of them -------------------------------------------------------------------------- */

static enum step step_any(struct app *app, struct fault *fault)
{
	const struct save *save = &app->save;
	return save->slice    ? step_packets(app, fault)
	       : save->eml    ? step_messages(app, fault)
	       : save->report ? step_report(app, fault)
			      : step_table(app, fault);
}

/** How much is written, 0 to 1. */
static double share_of(const struct save *save)
{
	if (save->slice)
		return slice_progress(save->slice) / 100.0;
	if (save->eml)
		return save_eml_progress(save->eml) / 100.0;
	if (save->report)
		return report_share(save->report);
	return save->rows.count ? (double)save->rows.next / save->rows.count : 1;
}

static void tell(struct app *app)
{
	if (app->save.slice)
		tell_packets(app);
	else if (app->save.eml)
		tell_messages(app);
	else
		app_say(app, "saved to %s", app->save.path);
}

static bool finish_file(struct save *save, struct fault *fault)
{
	return save->eml || save_file_finish(&save->file, fault);
}

/** A step of the task. */
static bool step(struct task *task, struct app *app)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	enum step result = step_any(app, &fault);
	task->done = (uint64_t)(share_of(save) * 1000);
	if (result == STEP_GOES_ON) {
		int percent = (int)(task->done / 10);
		if (percent != save->percent)
			app_say(app, "writing %s: %d %% (Esc cancels)", save->path, percent);
		save->percent = percent;
		return true;
	}
	if (result == STEP_DONE && finish_file(save, &fault))
		tell(app);
	else
		save_run_complain(app, &fault);
	save_clear(app);
	return false;
}

static void cancel(struct task *task, struct app *app)
{
	(void)task;
	save_cancel(app);
}

/** Opens the file and begins to write. True in IS_OVER: that was all. */
static bool start(struct app *app, enum save_form form, bool may_overwrite, bool *is_over,
		  struct fault *fault)
{
	struct save *save = &app->save;
	*is_over = form == SAVE_SVG || (form == SAVE_TEXT && save->offer.is_screen);
	if (form == SAVE_MESSAGES)
		return save_eml_start(save->eml, may_overwrite, fault);
	if (!save_file_open(&save->file, save->path, may_overwrite, fault))
		return false;
	if (*is_over)
		return save_write_screen(app, form, save->file.out, fault) &&
		       save_file_finish(&save->file, fault);
	if (!save->offer.kind)
		return fault_set(fault, FAULT_USAGE, ".txt and .svg work here");
	if (!save_rows_take(app, &save->rows))
		return fault_set(fault, FAULT_MEMORY, "no memory for the rows");
	return form == SAVE_PACKETS ? start_packets(app, fault) : start_rows(app, form, fault);
}

void save_run_hold(struct app *app)
{
	if (!app->save.is_holding)
		analysis_hold(app->model.analysis, HELD_IDS);
	app->save.is_holding = true;
}

void save_run_begin(struct app *app, enum save_form form, bool may_overwrite)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	bool is_over;
	save_run_hold(app);
	save->form = form;
	save->percent = 0;
	if (!start(app, form, may_overwrite, &is_over, &fault)) {
		save_run_complain(app, &fault);
		save_clear(app);
	} else if (is_over) {
		app_say(app, "saved to %s", save->path);
		save_clear(app);
	} else {
		app_say(app, "writing %s", save->path);
		save->task = (struct task){
			.name = "saving", .total = 1000, .step = step, .cancel = cancel};
		app_start(app, &save->task);
	}
}

bool save_is_busy(const struct app *app)
{
	return tasks_have(&app->tasks, &app->save.task);
}

bool save_holds_deliveries(const struct app *app)
{
	return app->save.report != NULL;
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
	bool was_held = save->report != NULL;
	app_stop(app, &save->task);
	report_end(save->report);
	save->report = NULL;
	filter_free(save->where);
	save->where = NULL;
	slice_free(save->slice);
	save->slice = NULL;
	save_eml_free(save->eml);
	save->eml = NULL;
	save_rows_free(&save->rows);
	save_file_drop(&save->file);
	if (save->is_holding)
		analysis_release(app->model.analysis, HELD_IDS);
	save->is_holding = false;
	if (was_held)
		app_update(app, app->model.is_live ? app->model.now_ns : NO_TIME);
}
