/* SPDX-License-Identifier: MIT */
/*
 * Sessions: where one begins, and where it ends.
 */
#include "smtp/closings.h"
#include "smtp/dialogue_state.h"

/* A packet of SESSION was seen then, even if nothing of it is an event. */
static void note_time(struct session *session, int64_t time_ns)
{
	if (session->start_ns == NO_TIME)
		session->start_ns = time_ns;
	if (time_ns > session->end_ns)
		session->end_ns = time_ns;
}

void session_refresh(struct dialogue *dialogue)
{
	struct session *session = dialogue->session;
	struct tcp_side_facts client = tcp_side_facts(dialogue->connection, SIDE_CLIENT);
	struct tcp_side_facts server = tcp_side_facts(dialogue->connection, SIDE_SERVER);

	session->saw_client = client.seen;
	session->saw_server = server.seen;
	session->ttl_client = client.ttl;
	session->ttl_server = server.ttl;
	session->has_isn = client.has_isn && server.has_isn;
	session->isn_client = client.isn;
	session->isn_server = server.isn;
	session->base_client = client.base;
	session->base_server = server.base;
	session->retransmitted = client.retransmitted + server.retransmitted;
	if (client.seen)
		note_time(session, client.last_ns);
	if (server.seen)
		note_time(session, server.last_ns);
}

bool session_begin(struct dialogue *dialogue)
{
	struct session *session = ledger_add_session(dialogue->all->ledger);
	if (!session)
		return false;
	session->client = dialogue->endpoints.client;
	session->server = dialogue->endpoints.server;
	session->file = dialogue->endpoints.file;
	session->tap = dialogue->endpoints.tap;
	dialogue->session = session;
	dialogue->standing = STANDING_MAIL;
	dialogue->has_lost_command = !dialogue_saw_beginning(dialogue);
	session_refresh(dialogue);
	for (uint8_t i = 0; i < dialogue->fact_count; i++)
		evidence_fact(dialogue, &dialogue->facts[i]);
	dialogue->fact_count = 0;
	return true;
}

bool dialogue_saw_beginning(const struct dialogue *dialogue)
{
	return tcp_side_facts(dialogue->connection, SIDE_CLIENT).has_isn ||
	       tcp_side_facts(dialogue->connection, SIDE_SERVER).has_isn;
}

void session_swap_sides(struct dialogue *dialogue)
{
	struct endpoint client = dialogue->endpoints.client;

	dialogue->endpoints.client = dialogue->endpoints.server;
	dialogue->endpoints.server = client;
	tcp_swap_sides(dialogue->connection);
	for (uint8_t i = 0; i < dialogue->fact_count; i++)
		dialogue->facts[i].side = side_other(dialogue->facts[i].side);
	for (uint32_t i = 0; i < dialogue->backlog.count; i++)
		dialogue->backlog.pieces[i].side = side_other(dialogue->backlog.pieces[i].side);
}

void session_end(struct dialogue *dialogue, enum closed_by closed_by)
{
	struct session *session = dialogue->session;
	struct attempt *current = dialogue_attempt(dialogue);

	if (current && session->closed_by == CLOSED_OPEN && closed_by == CLOSED_UNSEEN)
		current->is_cut_off = true;
	dialogue_end_preface(dialogue, SIDE_CLIENT);
	dialogue_end_preface(dialogue, SIDE_SERVER);
	server_note_part(dialogue);
	tls_end_run(dialogue);
	transaction_abandon(dialogue);
	session_refresh(dialogue);
	if (session->closed_by == CLOSED_OPEN)
		session->closed_by = (uint8_t)closed_by;
	closings_order(dialogue->all->ledger, session, dialogue->first_closing);
	ledger_close_session(dialogue->all->ledger, session);
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt =
			ledger_edit_attempt(dialogue->all->ledger, dialogue->open[i].attempt);
		ledger_touch(dialogue->all->ledger, attempt);
	}
}

void session_drop(struct dialogue *dialogue)
{
	backlog_close(&dialogue->backlog);
	backlog_close(&dialogue->first[SIDE_CLIENT]);
	backlog_close(&dialogue->first[SIDE_SERVER]);
	line_close(&dialogue->client_line);
	line_close(&dialogue->server_line);
	queue_close(&dialogue->queue);
	message_free(dialogue->message);
}

struct dialogue session_none(struct dialogues *all, struct tcp_connection *connection,
			     const struct tcp_endpoints *endpoints)
{
	return (struct dialogue){.all = all,
				 .connection = connection,
				 .endpoints = *endpoints,
				 .attempt = NO_ATTEMPT,
				 .attempt_before = NO_ATTEMPT,
				 .attempt_gapped = NO_ATTEMPT,
				 .attempt_answered = NO_ATTEMPT,
				 .data_event = NO_EVENT,
				 .first_closing = NO_EVENT,
				 .silent_part = NO_EVENT};
}

void session_turn(struct dialogue *dialogue, const struct mark *mark)
{
	struct tcp_endpoints endpoints = dialogue->endpoints;
	uint32_t before = dialogue->session->id;

	session_end(dialogue, CLOSED_TURNED);
	session_drop(dialogue);
	tcp_attend(dialogue->connection, false);
	*dialogue = session_none(dialogue->all, dialogue->connection, &endpoints);
	session_swap_sides(dialogue);
	if (!session_begin(dialogue)) {
		dialogue_refuse(dialogue);
		return;
	}
	dialogue->session->turned_from = before;
	dialogue->session->start_ns = dialogue->session->end_ns = mark->time_ns;
	dialogue->has_spoken[SIDE_CLIENT] = dialogue->has_spoken[SIDE_SERVER] = true;
}
