/* SPDX-License-Identifier: MIT */
#include "player.h"

#include "lex.h"
#include "simulate.h"

#define THINK_MIN_NS (150 * NS_PER_US)
#define THINK_SPREAD_NS (500 * NS_PER_US)

static void look(struct connection *connection, enum side side);

static int64_t think_ns(struct connection *connection)
{
	return THINK_MIN_NS + (int64_t)random_below(&connection->random, THINK_SPREAD_NS);
}

static void finish(struct connection *connection, enum side side)
{
	connection->player[side].is_done = true;
	if (side == SIDE_CLIENT && !connection->has_left) {
		connection->has_left = true;
		simulation_client_left(connection);
	}
}

static void give_up(struct connection *connection, enum side side)
{
	forge_tcp_close(&connection->end[side]);
	finish(connection, side);
}

static void store(struct connection *connection, const struct marks *marks, struct receipt *receipt)
{
	if (receipt->is_stored)
		return;
	receipt->is_stored = true;
	simulation_stored(connection, marks->message, receipt->recipient);
}

/* The server answers: what it says yes to it has stored. */
static void store_answered(struct connection *connection, uint64_t upto)
{
	for (size_t i = 0; i < connection->script.mark_count; i++) {
		const struct marks *marks = &connection->script.marks[i];

		for (size_t k = 0; k < marks->receipt_count; k++) {
			struct receipt *receipt = &marks->receipts[k];

			if (receipt->is_taken && receipt->upto <= upto)
				store(connection, marks, receipt);
		}
	}
}

/* The server has read more: some messages are stored before they are answered, if ever. */
static void store_kept(struct connection *connection)
{
	uint64_t read = forge_tcp_read(&connection->end[SIDE_SERVER]);

	for (size_t i = 0; i < connection->script.mark_count; i++) {
		const struct marks *marks = &connection->script.marks[i];

		for (size_t k = 0; k < marks->receipt_count && marks->data_to <= read; k++) {
			if (marks->receipts[k].keeps)
				store(connection, marks, &marks->receipts[k]);
		}
	}
}

static void take_step(struct connection *connection, enum side side)
{
	struct player *player = &connection->player[side];
	const struct step *step = &connection->script.steps[player->next];
	struct tcp_end *end = &connection->end[side];

	player->is_due = false;
	if (player->is_done)
		return;
	player->next++;
	player->last_ns = connection_now(connection);
	switch (step->kind) {
	case STEP_WRITE:
		if (side == SIDE_SERVER)
			store_answered(connection, step->upto);
		forge_tcp_write(end, step->upto);
		break;
	case STEP_SHUTDOWN:
		forge_tcp_shutdown(end);
		break;
	case STEP_CLOSE:
		forge_tcp_close(end);
		finish(connection, side);
		return;
	case STEP_RESET:
		forge_tcp_abort(end);
		finish(connection, side);
		return;
	}
	look(connection, side);
}

static void step_is_due(void *context, int64_t value)
{
	take_step(context, (enum side)value);
	connection_drop(context);
}

static void eof_is_due(void *context, int64_t value)
{
	struct connection *connection = context;

	if (!connection->player[value].is_done)
		give_up(connection, (enum side)value);
	connection_drop(connection);
}

/* `value` names the step that was waited for, and the side in its lowest bit. */
static void patience_ends(void *context, int64_t value)
{
	struct connection *connection = context;
	enum side side = (enum side)(value & 1);
	struct player *player = &connection->player[side];

	if (!player->is_done && !player->is_due && player->next == (size_t)(value >> 1)) {
		if (connection->script.steps[player->next].goes_on)
			take_step(connection, side);
		else
			give_up(connection, side);
	}
	connection_drop(connection);
}

/* The side's next step; NULL: it has none left. */
static const struct step *next_step(struct connection *connection, enum side side)
{
	struct player *player = &connection->player[side];
	const struct script *script = &connection->script;

	while (player->next < script->step_count && script->steps[player->next].side != side)
		player->next++;
	return player->next < script->step_count ? &script->steps[player->next] : NULL;
}

/* Sees what is to be done, and when. */
static void look(struct connection *connection, enum side side)
{
	struct player *player = &connection->player[side];
	const struct tcp_end *end = &connection->end[side];
	const struct step *step;
	int64_t now = connection_now(connection);

	if (player->is_done || player->is_due)
		return;
	step = next_step(connection, side);
	if (step && step->need <= forge_tcp_read(end)) {
		int64_t delay =
			step->delay_ns == DELAY_USUAL ? think_ns(connection) : step->delay_ns;

		player->is_due = true;
		connection_at(connection, now + delay, step_is_due, (int64_t)side);
	} else if (end->has_eof) {
		player->is_due = true;
		connection_at(connection, now + think_ns(connection), eof_is_due, (int64_t)side);
	} else if (step && player->waits_for != player->next + 1) {
		player->waits_for = player->next + 1;
		connection_at(connection, player->last_ns + step->patience_ns, patience_ends,
			      (int64_t)(player->next << 1) | (int64_t)side);
	}
}

static void resume_reading(void *context, int64_t value)
{
	struct connection *connection = context;

	(void)value;
	forge_tcp_limit_reading(&connection->end[SIDE_SERVER], UINT64_MAX);
	store_kept(connection);
	look(connection, SIDE_SERVER);
	connection_drop(connection);
}

/* The scenario's `server stops reading`: once, when so much of the first message has come. */
static void maybe_stop_reading(struct connection *connection)
{
	const struct session *session = connection->session;
	struct tcp_end *end = &connection->end[SIDE_SERVER];
	uint64_t limit;

	if (session->stop_reading_ns == TIME_UNSET || connection->has_stopped_reading ||
	    !connection->script.mark_count)
		return;
	limit = connection->script.marks[0].data_from + session->stop_reading_after;
	if (forge_tcp_read(end) < limit)
		return;
	connection->has_stopped_reading = true;
	forge_tcp_limit_reading(end, limit);
	connection_at(connection, connection_now(connection) + session->stop_reading_ns,
		      resume_reading, 0);
}

void player_hear(struct connection *connection, enum side side, enum tcp_news news)
{
	struct player *player = &connection->player[side];

	switch (news) {
	case TCP_NEWS_CONNECTED:
		player->last_ns = connection_now(connection);
		look(connection, side);
		break;
	case TCP_NEWS_DATA:
		if (side == SIDE_SERVER) {
			maybe_stop_reading(connection);
			store_kept(connection);
		}
		look(connection, side);
		break;
	case TCP_NEWS_EOF:
		look(connection, side);
		break;
	case TCP_NEWS_RESET:
	case TCP_NEWS_TIMED_OUT:
		if (!player->is_done)
			finish(connection, side);
		break;
	}
}
