/* SPDX-License-Identifier: MIT */
#include "view/shift.h"

#include "list/list.h"

_Static_assert(NO_ROW == NO_SESSION && NO_ROW == NO_DELIVERY, "rows are ids");

uint32_t shift_delivery(const struct shift *shift, uint32_t row)
{
	return deliveries_moved(shift->before, shift->after, shift->moves, row);
}

uint32_t shift_session(const struct shift *shift, uint32_t row)
{
	return moves_session(shift->moves, row);
}

/* What is being saved is named by rows. */
static bool may_move(void *context)
{
	const struct app *app = context;
	return !save_is_busy(app) && !app->save.eml && app->asked != ACTION_SAVE;
}

static void pin(void *context, void (*keep)(void *to, uint32_t session), void *to)
{
	struct app *app = context;
	for (int i = 0; i < app->view_count; i++)
		if (app->views[i]->ops->pin)
			app->views[i]->ops->pin(app->views[i], app, keep, to);
}

static text_id find_name(void *context, text_id name)
{
	const struct moves *moves = context;
	return ledger_find(moves->after, ledger_text(moves->before, name));
}

static void moved(void *context, const struct moves *moves, const struct deliveries *before,
		  const struct deliveries *after)
{
	struct app *app = context;
	struct moves names = *moves;
	const struct shift shift = {moves, before, after};
	app->model.ledger = analysis_ledger(app->model.analysis);
	app->model.deliveries = analysis_deliveries(app->model.analysis);
	tally_move(app->tally, find_name, &names);
	for (int i = 0; i < app->view_count; i++)
		if (app->views[i]->ops->moved)
			app->views[i]->ops->moved(app->views[i], app, &shift);
	app->has_news = app->is_stale = true;
}

void shift_attach(struct app *app)
{
	app->keeper = (struct analysis_keeper){app, may_move, pin, moved};
	analysis_set_keeper(app->model.analysis, &app->keeper);
}
