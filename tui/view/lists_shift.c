/* SPDX-License-Identifier: MIT */
#include "view/lists_shift.h"

/** The new row of an old one. */
typedef uint32_t shift_row(const struct shift *shift, uint32_t row);

/* ---- What is kept --------------------------------------------------------------------------- */

/** The session of ROW of the list WHICH; of a delivery that of its first attempt, which all belong
 * to. NO_SESSION: it has none. */
static uint32_t session_of(const struct app *app, int which, uint32_t row)
{
	if (which == LIST_SESSIONS)
		return row;
	const struct delivery *delivery = delivery_get(app->model.deliveries, row);
	if (!delivery || !delivery->try_count)
		return NO_SESSION;
	return ledger_attempt(app->model.ledger, delivery->tries[0].attempt)->session;
}

void lists_pin(struct view *view, struct app *app, void (*keep)(void *to, uint32_t session),
	       void *to)
{
	const struct lists_view *lists = (const struct lists_view *)view;
	for (int which = LIST_DELIVERIES; which <= LIST_SESSIONS; which++) {
		const struct list *list = &lists->lists[which];
		uint32_t shown = which == lists->shown ? lists->height : 0;
		for (uint32_t i = list->top; i < list->count && i - list->top < shown; i++)
			keep(to, session_of(app, which, list->order[i]));
		if (list->selected < list->count)
			keep(to, session_of(app, which, list->order[list->selected]));
		for (uint32_t row = 0; list->marks.count && row < list->marks.room; row++)
			if (marks_has(&list->marks, row))
				keep(to, session_of(app, which, row));
	}
}

/* ---- What has moved ------------------------------------------------------------------------- */

static void move_marks(struct app *app, struct marks *marks, const struct shift *shift,
		       shift_row *to)
{
	struct marks moved = {0};
	for (uint32_t row = 0; marks->count && row < marks->room; row++) {
		uint32_t now = marks_has(marks, row) ? to(shift, row) : NO_ROW;
		if (now != NO_ROW && !marks_set(&moved, now, true))
			app_say(app, "no memory for all marks");
	}
	marks_clear(marks);
	*marks = moved;
}

/** Leaves only the rows around the selected one and those on the screen of HEIGHT. */
static void move_rows(struct list *list, const struct shift *shift, shift_row *to, uint32_t height)
{
	uint32_t from = list->top < list->selected ? list->top : list->selected;
	uint32_t until = list->top + height > list->selected ? list->top + height
							     : list->selected + 1;
	uint32_t line = list->selected - from, kept = 0;
	for (uint32_t i = from; i < until && i < list->count; i++) {
		uint32_t row = to(shift, list->order[i]);
		if (i == list->selected)
			line = kept;
		if (row != NO_ROW)
			list->order[kept++] = row;
	}
	list->top = list->top - from < kept ? list->top - from : 0;
	list->selected = line;
	list->count = kept;
}

/** Work goes on with the new rows, from the beginning. */
static void begin_again(struct lists_view *lists, struct app *app, enum lists_phase phase,
			const char *name, lists_done *done, int by)
{
	if (phase == LISTS_COUNT || phase == LISTS_REFRESH)
		lists_work_refresh(lists, app, name, done);
	if (by)
		lists_work_search(lists, app, by);
}

void lists_moved(struct view *view, struct app *app, const struct shift *shift)
{
	static shift_row *const kinds[] = {shift_delivery, shift_session};
	struct lists_view *lists = (struct lists_view *)view;
	struct lists_work *work = &lists->work;
	enum lists_phase phase = work->phase;
	int by = work->search_by;
	if (phase == LISTS_SEARCH)
		by = work->search.search.is_backward ? -1 : 1;
	const char *name = work->task.name;
	lists_done *done = work->done;
	lists_work_clear(lists, app);
	for (int which = LIST_DELIVERIES; which <= LIST_SESSIONS; which++) {
		struct list *list = &lists->lists[which];
		move_rows(list, shift, kinds[which], lists->height);
		move_marks(app, &list->marks, shift, kinds[which]);
		filter_forget(list->where);
		filter_forget(list->had.where);
		lists->basis[which].version = UINT64_MAX;
	}
	lists->tally.version = UINT64_MAX;
	lists->has_shifted = true;
	begin_again(lists, app, phase, name, done, by);
}

/* ---- Servers and senders -------------------------------------------------------------------- */

static uint32_t find_party(const struct tally *before, const struct tally *after, bool is_servers,
			   uint32_t row)
{
	const struct party *party = is_servers ? tally_server(before, row)
					       : tally_sender(before, row);
	if (!party)
		return NO_ROW;
	return is_servers ? tally_find_server(after, party) : tally_find_sender(after, party);
}

void lists_move_parties(struct list *list, const struct tally *before, const struct tally *after,
			bool is_servers)
{
	struct marks moved = {0};
	if (list->selected < list->count)
		list->order[list->selected] =
			find_party(before, after, is_servers, list->order[list->selected]);
	for (uint32_t row = 0; list->marks.count && row < list->marks.room; row++) {
		uint32_t now = marks_has(&list->marks, row)
				       ? find_party(before, after, is_servers, row)
				       : NO_ROW;
		if (now != NO_ROW)
			(void)marks_set(&moved, now, true);
	}
	marks_clear(&list->marks);
	list->marks = moved;
}
