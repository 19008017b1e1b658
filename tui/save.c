/* SPDX-License-Identifier: MIT */
#include "save.h"

#include "app.h"
#include "rows.h"
#include "save_write.h"
#include "slice.h"
#include "timetext.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define STEP_PACKETS 4096

/* ---- Questions ---------------------------------------------------------------------------- */

static void ask(struct app *app, enum save_question question, const char *text)
{
	app->save.question = question;
	app_ask(app, ACTION_SAVE, app->save.words, text);
}

static void ask_name(struct app *app)
{
	static const char *const words[] = {
		[SAVE_THIS] = "", [SAVE_MARKED] = "-marked", [SAVE_SHOWN] = "-shown", [SAVE_ALL] = ""};
	struct save *save = &app->save;
	char name[SAVE_PATH];
	if (save->offer.list && !save->offer.is_screen && save->scope == SAVE_THIS)
		snprintf(name, sizeof name, "smtpscope-%s-%u.%s", save->offer.name,
			 save->offer.row + 1, save->offer.ending);
	else
		snprintf(name, sizeof name, "smtpscope-%s%s.%s", save->offer.name,
			 words[save->scope], save->offer.ending);
	snprintf(save->words, sizeof save->words, "%s",
		 save->offer.list ? "save to (.txt .svg .jsonl .csv .pcap): "
				  : "save to (.txt .svg): ");
	ask(app, SAVE_NAME, name);
}

static void ask_which(struct app *app)
{
	struct save *save = &app->save;
	const struct list *list = save->offer.list;
	char marked[40] = "";
	char shown[40] = "";
	if (list->marks.count)
		snprintf(marked, sizeof marked, ", m marked (%u)", list->marks.count);
	if (list->filter[0])
		snprintf(shown, sizeof shown, ", f filtered (%u)", list->count);
	snprintf(save->words, sizeof save->words, "save which? t this%s%s, a all: ", marked,
		 shown);
	ask(app, SAVE_WHICH, list->marks.count ? "m" : list->filter[0] ? "f" : "t");
}

void save_ask(struct app *app)
{
	struct view *view = app_top(app);
	struct save *save = &app->save;
	if (save_is_busy(app)) {
		app_say(app, "%s is still being written", save->path);
		return;
	}
	*save = (struct save){.scope = SAVE_THIS};
	if (view->ops->offer)
		view->ops->offer(view, app, &save->offer);
	if (!save->offer.name[0] || (save->offer.list && save->offer.row == NO_ROW))
		app_say(app, "there is nothing to save here");
	else if (save->offer.list && !save->offer.is_screen)
		ask_which(app);
	else
		ask_name(app);
}

/* ---- Writing ------------------------------------------------------------------------------ */

/** Says why it failed, and whose rights it would have taken where root's were given up. */
static void complain(struct app *app, const struct fault *fault)
{
	bool is_dropped = fault->kind == FAULT_PERMISSION && app->was_root;
	app_say(app, "not saved: %s%s", is_dropped ? "root's rights were given up; " : "",
		fault->text);
}

static void choose_packets(struct app *app, struct slice *slice)
{
	const struct save *save = &app->save;
	bool is_sessions = save->offer.list->kind == &rows_sessions;
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
	const struct list *list = save->offer.list;
	if (!list || (list->kind != &rows_deliveries && list->kind != &rows_sessions))
		return fault_set(fault, FAULT_USAGE,
				 "packets are saved of deliveries and sessions");
	save->slice = slice_new(app->model.analysis, false, 1);
	if (!save->slice)
		return fault_set(fault, FAULT_MEMORY, "no memory for the packets");
	choose_packets(app, save->slice);
	return true;
}

/** Writes all at once but packets, which are only begun. */
static bool write_form(struct app *app, enum save_form form, struct fault *fault)
{
	struct save *save = &app->save;
	bool wants_screen = form == SAVE_SVG || (form == SAVE_TEXT && save->offer.is_screen);
	if (form == SAVE_PACKETS)
		return start_packets(app, fault);
	if (wants_screen)
		return save_write_screen(app, form, save->file.out, fault);
	if (!save->offer.list)
		return fault_set(fault, FAULT_USAGE, ".txt and .svg work here");
	return save_write_rows(app, form, save->file.out, fault);
}

static void write_file(struct app *app, bool may_overwrite)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	enum save_form form = save_form_of(save->path);
	if (!save_file_open(&save->file, save->path, may_overwrite, &fault)) {
		complain(app, &fault);
		return;
	}
	bool is_fine = write_form(app, form, &fault);
	if (is_fine && form == SAVE_PACKETS)
		app_say(app, "writing %s", save->path);
	else if (is_fine && save_file_finish(&save->file, &fault))
		app_say(app, "saved to %s", save->path);
	else
		complain(app, &fault);
	if (!save->slice)
		save_file_drop(&save->file);
}

/* ---- Packets ------------------------------------------------------------------------------ */

bool save_is_busy(const struct app *app)
{
	return app->save.slice != NULL;
}

static void stop_packets(struct save *save)
{
	slice_free(save->slice);
	save->slice = NULL;
	save_file_drop(&save->file);
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

void save_step(struct app *app)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	switch (slice_step(save->slice, fileno(save->file.out), STEP_PACKETS, &fault)) {
	case SLICE_GOES_ON:
		app_say(app, "writing %s: %d %%", save->path, slice_progress(save->slice));
		return;
	case SLICE_DONE:
		if (save_file_finish(&save->file, &fault))
			tell_packets(app);
		else
			complain(app, &fault);
		break;
	case SLICE_FAILED:
		complain(app, &fault);
		break;
	}
	stop_packets(save);
}

void save_clear(struct app *app)
{
	if (save_is_busy(app))
		stop_packets(&app->save);
}

/* ---- Answers ------------------------------------------------------------------------------ */

static void take_which(struct app *app, const char *text)
{
	struct save *save = &app->save;
	switch (tolower((unsigned char)text[0])) {
	case 'm':
		save->scope = SAVE_MARKED;
		break;
	case 'f':
		save->scope = SAVE_SHOWN;
		break;
	case 'a':
		save->scope = SAVE_ALL;
		break;
	case 't':
		save->scope = SAVE_THIS;
		break;
	default:
		app_say(app, "not saved: say t, m, f or a");
		return;
	}
	ask_name(app);
}

static void take_name(struct app *app, const char *text)
{
	struct save *save = &app->save;
	snprintf(save->path, sizeof save->path, "%s", text);
	if (save_form_of(save->path) == SAVE_FORMS) {
		app_say(app, "not saved: the name must end in .txt, .svg, .jsonl, .csv or .pcap");
	} else if (save_file_exists(save->path)) {
		snprintf(save->words, sizeof save->words, "%.60s exists: overwrite? y/n ",
			 save->path);
		ask(app, SAVE_OVERWRITE, "n");
	} else {
		write_file(app, false);
	}
}

void save_answer(struct app *app, const char *text)
{
	switch (app->save.question) {
	case SAVE_WHICH:
		take_which(app, text);
		break;
	case SAVE_NAME:
		take_name(app, text);
		break;
	case SAVE_OVERWRITE:
		if (tolower((unsigned char)text[0]) == 'y')
			write_file(app, true);
		else
			app_say(app, "not saved");
		break;
	}
}
