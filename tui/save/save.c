/* SPDX-License-Identifier: MIT */
#include "save/save.h"

#include "app.h"
#include "list/rows.h"
#include "save/save_eml.h"
#include "save/save_run.h"
#include "save/save_write.h"

#include <ctype.h>
#include <string.h>

#define MANY_FILES 20 /* so many are asked about though none is there */

/* ---- Questions ---------------------------------------------------------------------------- */

static void ask(struct app *app, enum save_question question, const char *text)
{
	app->save.question = question;
	app_ask(app, ACTION_SAVE, app->save.words, text);
}

/** The endings of names that rows of KIND, or a screen alone, can be saved under. */
static const char *endings_for(const struct rows_kind *kind)
{
	if (kind == &rows_deliveries)
		return "txt md svg jsonl csv pcap eml";
	return kind == &rows_sessions ? "txt svg pcap eml" : "txt svg";
}

static void ask_name(struct app *app)
{
	static const char *const words[] = {
		[SAVE_THIS] = "", [SAVE_MARKED] = "-marked", [SAVE_SHOWN] = "-shown", [SAVE_ALL] = ""};
	struct save *save = &app->save;
	char name[SAVE_PATH];
	bool is_row = save->offer.list && save->scope == SAVE_THIS;
	if (is_row)
		snprintf(name, sizeof name, "smtpscope-%s-%u.%s", save->offer.name,
			 save->offer.number, save->offer.ending);
	else
		snprintf(name, sizeof name, "smtpscope-%s%s.%s", save->offer.name,
			 words[save->scope], save->offer.ending);
	snprintf(save->words, sizeof save->words, "save to (%s): ", endings_for(save->offer.kind));
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
		app_say(app, "%s is still being written (Esc cancels)", save->path);
		return;
	}
	save_clear(app);
	*save = (struct save){.scope = SAVE_THIS};
	if (view->ops->offer)
		view->ops->offer(view, app, &save->offer);
	if (!save->offer.name[0] || (save->offer.kind && save->offer.row == NO_ROW))
		app_say(app, "there is nothing to save here");
	else if (save->offer.list)
		ask_which(app);
	else
		ask_name(app);
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

/** Asks whether files that are there may go, and whether there may be so many. */
static bool ask_about_messages(struct app *app)
{
	struct save *save = &app->save;
	char name[100];
	uint32_t files = save_eml_files(save->eml);
	uint32_t existing = save_eml_existing(save->eml, name, sizeof name);
	if (existing)
		snprintf(save->words, sizeof save->words, "%.60s exists%s: overwrite? y/n ", name,
			 existing > 1 ? ", and others" : "");
	else
		snprintf(save->words, sizeof save->words, "that makes %u files: go on? y/n ", files);
	if (!existing && files <= MANY_FILES)
		return false;
	ask(app, SAVE_OVERWRITE, "n");
	return true;
}

static void take_messages(struct app *app)
{
	struct save *save = &app->save;
	struct fault fault = {0};
	save_eml_free(save->eml);
	save_run_hold(app);
	save->eml = save_eml_new(app, &fault);
	if (!save->eml) {
		save_run_complain(app, &fault);
		save_clear(app);
	} else if (!ask_about_messages(app)) {
		save_run_begin(app, SAVE_MESSAGES, false);
	}
}

static void take_name(struct app *app, const char *text)
{
	struct save *save = &app->save;
	snprintf(save->path, sizeof save->path, "%s", text);
	enum save_form form = save_form_of(save->path);
	if (form == SAVE_FORMS) {
		app_say(app, "not saved: the ending must be one of: %s", endings_for(save->offer.kind));
	} else if (form == SAVE_MESSAGES) {
		take_messages(app);
	} else if (save_file_exists(save->path)) {
		snprintf(save->words, sizeof save->words, "%.60s exists: overwrite? y/n ",
			 save->path);
		ask(app, SAVE_OVERWRITE, "n");
	} else {
		save_run_begin(app, form, false);
	}
}

static void decline(struct app *app)
{
	save_clear(app);
	app_say(app, "not saved");
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
			save_run_begin(app, save_form_of(app->save.path), true);
		else
			decline(app);
		break;
	}
}
