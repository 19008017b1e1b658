/* SPDX-License-Identifier: MIT */
/*
 * What a connection is, and where its bytes go: the sink of the tcp layer.
 */
#include "smtp/closings.h"
#include "smtp/dialogue_state.h"

#include <stdlib.h>

#define SNIFF_BYTES 2048u

struct dialogues *dialogues_new(struct ledger *ledger)
{
	struct dialogues *all = calloc(1, sizeof *all);
	if (all)
		all->ledger = ledger;
	return all;
}

void dialogues_free(struct dialogues *dialogues)
{
	if (!dialogues)
		return;
	message_free(dialogues->spare_message);
	free(dialogues);
}

void dialogues_give_messages(struct dialogues *dialogues, const struct message_sink *sink)
{
	dialogues->sink = sink;
}

const struct dialogue_counts *dialogues_counts(const struct dialogues *dialogues)
{
	return &dialogues->counts;
}

struct event event_of(enum event_kind kind, enum side side, const struct mark *mark, uint64_t end)
{
	return (struct event){
		.time_ns = mark->time_ns,
		.frame = mark->frame,
		.offset = (uint32_t)end,
		.kind = (uint8_t)kind,
		.bits = side == SIDE_SERVER ? EVENT_FROM_SERVER : 0,
	};
}

uint32_t dialogue_event(struct dialogue *dialogue, const struct event *event)
{
	return ledger_add_event(dialogue->all->ledger, dialogue->session, event);
}

void dialogue_refresh_session(struct dialogue *dialogue)
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
	if (client.seen && client.last_ns > session->end_ns)
		session->end_ns = client.last_ns;
	if (server.seen && server.last_ns > session->end_ns)
		session->end_ns = server.last_ns;
}

/* It is mail: a session begins, with the facts seen so far. */
static bool begin_session(struct dialogue *dialogue)
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
	dialogue_refresh_session(dialogue);
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

static void refuse_session(struct dialogue *dialogue)
{
	dialogue->standing = STANDING_OTHER;
	dialogue->all->counts.not_mail++;
	backlog_close(&dialogue->backlog);
	tcp_ignore(dialogue->connection);
}

/* The client began TLS, and the server's very first bytes are a reply in clear: it speaks none. */
static bool is_answered_in_clear(const struct dialogue *dialogue, struct span bytes,
				 uint64_t offset)
{
	return dialogue->mode == MODE_OPAQUE && !dialogue->is_greeted && offset == 0 &&
	       tcp_side_facts(dialogue->connection, SIDE_SERVER).has_isn && bytes.n >= 4 &&
	       bytes.p[0] >= '2' && bytes.p[0] <= '5' && bytes.p[1] >= '0' && bytes.p[1] <= '9' &&
	       bytes.p[2] >= '0' && bytes.p[2] <= '9' && (bytes.p[3] == ' ' || bytes.p[3] == '-');
}

static void deliver(struct dialogue *dialogue, enum side side, struct span bytes, uint64_t offset,
		    const struct mark *mark)
{
	dialogue->has_server_spoken |= side == SIDE_SERVER;
	if (side == SIDE_SERVER && is_answered_in_clear(dialogue, bytes, offset))
		dialogue->mode = MODE_COMMANDS;
	if (dialogue->mode == MODE_OPAQUE)
		tls_take(dialogue, side, bytes, offset, mark);
	else if (side == SIDE_CLIENT)
		client_take(dialogue, bytes, offset, mark);
	else
		server_take(dialogue, bytes, offset, mark);
}

/* The first bytes of SIDE that were held back begin no preface: they are read now. */
static void end_preface(struct dialogue *dialogue, enum side side)
{
	struct backlog held = dialogue->first[side];

	dialogue->first[side] = (struct backlog){0};
	dialogue->has_spoken[side] = true;
	for (uint32_t i = 0; i < held.count; i++) {
		const struct backlog_piece *piece = &held.pieces[i];
		deliver(dialogue, side, backlog_bytes(&held, piece), piece->offset, &piece->mark);
	}
	backlog_close(&held);
}

static void note_preface(struct dialogue *dialogue, enum side side, struct span preface,
			 uint64_t end, const struct mark *mark)
{
	struct event event = event_of(EVENT_LINE, side, mark, end);
	const uint8_t *lf = memchr(preface.p, '\n', preface.n);
	struct span line = span_take(preface, lf ? (size_t)(lf - preface.p) : preface.n);

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	event.text = ledger_keep(dialogue->all->ledger,
				 line.n ? line : span_of("(PROXY header, version 2)"));
	dialogue_event(dialogue, &event);
}

/*
 * Takes what stands before the dialogue (command_preface) from the front of BYTES, which begin at
 * *OFFSET and are the first of SIDE, or follow those held back. What may yet become a preface is held
 * back.
 */
static void take_preface(struct dialogue *dialogue, enum side side, struct span *bytes,
			 uint64_t *offset, const struct mark *mark)
{
	struct backlog *held = &dialogue->first[side];
	size_t before = held->n, n = command_preface(*bytes);
	bool is_held = (before || n == SIZE_MAX) &&
		       backlog_add(held, side, *bytes, *offset, mark, dialogue->session->file);
	struct span all = is_held ? (struct span){held->bytes, held->n} : *bytes;

	if (is_held)
		n = command_preface(all);
	if (is_held && n == SIZE_MAX && all.n < LIMIT_SNIFF) {
		*bytes = span_skip(*bytes, bytes->n);
		return;
	}
	dialogue->has_spoken[side] = true;
	if (n == 0 || n == SIZE_MAX) {
		end_preface(dialogue, side);
		*bytes = is_held ? span_skip(*bytes, bytes->n) : *bytes;
		return;
	}
	n -= before;
	note_preface(dialogue, side, span_take(all, n + before), *offset + n, mark);
	*bytes = span_skip(*bytes, n);
	*offset += n;
	backlog_close(held);
}

static void route(struct dialogue *dialogue, enum side side, struct span bytes, uint64_t offset,
		  const struct mark *mark)
{
	if (!dialogue->has_spoken[side] && dialogue->mode != MODE_OPAQUE)
		take_preface(dialogue, side, &bytes, &offset, mark);
	if (bytes.n)
		deliver(dialogue, side, bytes, offset, mark);
}

static void swap_sides(struct dialogue *dialogue)
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

/* The connection is mail: what was held back is read now. */
static void accept_connection(struct dialogue *dialogue)
{
	struct backlog backlog = dialogue->backlog;

	dialogue->backlog = (struct backlog){0};
	if (!begin_session(dialogue)) {
		backlog_close(&backlog);
		refuse_session(dialogue);
		return;
	}
	for (uint32_t i = 0; i < backlog.count; i++) {
		const struct backlog_piece *piece = &backlog.pieces[i];
		route(dialogue, piece->side, backlog_bytes(&backlog, piece), piece->offset,
		      &piece->mark);
	}
	backlog_close(&backlog);
}

/* What is known of the first line of one side. */
struct first_line {
	uint8_t bytes[SNIFF_BYTES];
	size_t n;
	bool is_whole; /* its LF was seen, or it is too long for a line of mail */
};

/* Finds the first line of SIDE, behind a preface if there is one. */
static void find_first_line(const struct backlog *backlog, enum side side, struct first_line *line)
{
	line->n = 0;
	for (uint32_t i = 0; i < backlog->count; i++) {
		if (backlog->pieces[i].side != side)
			continue;
		struct span bytes = span_take(backlog_bytes(backlog, &backlog->pieces[i]),
					      sizeof line->bytes - line->n);
		memcpy(line->bytes + line->n, bytes.p, bytes.n);
		line->n += bytes.n;
	}
	line->is_whole = line->n == sizeof line->bytes;
	size_t preface = command_preface((struct span){line->bytes, line->n});
	if (preface == SIZE_MAX)
		preface = line->n;
	line->n -= preface;
	memmove(line->bytes, line->bytes + preface, line->n);
	const uint8_t *lf = memchr(line->bytes, '\n', line->n);
	if (lf) {
		line->n = (size_t)(lf - line->bytes);
		line->is_whole = true;
	}
}

static bool is_reply_line(const struct first_line *line)
{
	const uint8_t *b = line->bytes;
	return line->n >= 3 && b[0] >= '2' && b[0] <= '5' && b[1] >= '0' && b[1] <= '9' &&
	       b[2] >= '0' && b[2] <= '9' &&
	       (line->n == 3 || b[3] == ' ' || b[3] == '-' || b[3] == '\r');
}

/* Binary from the first byte on: TLS, or some other protocol. */
static bool is_binary(const struct first_line *line)
{
	return line->n && (line->bytes[0] < 0x20 || line->bytes[0] >= 0x7f);
}

/*
 * Tells by the first lines whether it is mail on an unusual port. A reply line alone may be
 * FTP's or NNTP's: the other side's first line decides.
 */
static void sniff(struct dialogue *dialogue)
{
	struct first_line line[2];
	bool may_wait = true;

	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		struct first_line *l = &line[side];
		find_first_line(&dialogue->backlog, side, l);
		if (!l->is_whole) {
			may_wait &= !is_binary(l);
			continue;
		}
		if (command_opens_mail((struct span){l->bytes, l->n})) {
			if (side == SIDE_SERVER)
				swap_sides(dialogue);
			accept_connection(dialogue);
			return;
		}
		may_wait &= is_reply_line(l);
	}
	if (!may_wait || (line[0].is_whole && line[1].is_whole) ||
	    dialogue->backlog.n > LIMIT_SNIFF)
		refuse_session(dialogue);
}

/* The session is over, ended by CLOSED_BY unless it was seen who did. */
static void close_session(struct dialogue *dialogue, enum closed_by closed_by)
{
	struct session *session = dialogue->session;

	end_preface(dialogue, SIDE_CLIENT);
	end_preface(dialogue, SIDE_SERVER);
	server_note_part(dialogue);
	tls_end_run(dialogue);
	transaction_abandon(dialogue);
	dialogue_refresh_session(dialogue);
	if (session->closed_by == CLOSED_OPEN)
		session->closed_by = (uint8_t)closed_by;
	closings_order(dialogue->all->ledger, session);
	ledger_close_session(dialogue->all->ledger, session);
	for (uint8_t i = 0; i < dialogue->open_count; i++) {
		struct attempt *attempt =
			ledger_edit_attempt(dialogue->all->ledger, dialogue->open[i].attempt);
		ledger_touch(dialogue->all->ledger, attempt);
	}
}

/* Frees what the dialogue of one session holds. */
static void drop_session(struct dialogue *dialogue)
{
	backlog_close(&dialogue->backlog);
	backlog_close(&dialogue->first[SIDE_CLIENT]);
	backlog_close(&dialogue->first[SIDE_SERVER]);
	line_close(&dialogue->client_line);
	line_close(&dialogue->server_line);
	queue_close(&dialogue->queue);
	message_free(dialogue->message);
}

/* A dialogue of which nothing was heard. */
static struct dialogue new_dialogue(struct dialogues *all, struct tcp_connection *connection,
				    const struct tcp_endpoints *endpoints)
{
	return (struct dialogue){.all = all,
				 .connection = connection,
				 .endpoints = *endpoints,
				 .attempt = NO_ATTEMPT,
				 .attempt_before = NO_ATTEMPT,
				 .attempt_answered = NO_ATTEMPT,
				 .data_event = NO_EVENT};
}

void dialogue_turn(struct dialogue *dialogue, const struct mark *mark)
{
	struct tcp_endpoints endpoints = dialogue->endpoints;

	close_session(dialogue, CLOSED_TURNED);
	drop_session(dialogue);
	tcp_attend(dialogue->connection, false);
	*dialogue = new_dialogue(dialogue->all, dialogue->connection, &endpoints);
	swap_sides(dialogue);
	if (!begin_session(dialogue)) {
		refuse_session(dialogue);
		return;
	}
	dialogue->session->start_ns = dialogue->session->end_ns = mark->time_ns;
	dialogue->has_spoken[SIDE_CLIENT] = dialogue->has_spoken[SIDE_SERVER] = true;
}

static void *open_dialogue(void *context, struct tcp_connection *connection,
			   const struct tcp_endpoints *endpoints)
{
	struct dialogues *all = context;
	struct dialogue *dialogue = malloc(sizeof *dialogue);

	all->counts.connections++;
	if (!dialogue) {
		tcp_ignore(connection);
		return NULL;
	}
	*dialogue = new_dialogue(all, connection, endpoints);
	return dialogue;
}

static void note_file(struct dialogue *dialogue, uint16_t file)
{
	if (dialogue->session && dialogue->session->file != file)
		dialogue->session->is_swapped_file = true;
}

static void take_bytes(void *owner, enum side side, struct span bytes, uint64_t offset,
		       const struct mark *mark, uint16_t file)
{
	struct dialogue *dialogue = owner;

	if (dialogue->standing == STANDING_UNDECIDED) {
		if (tcp_is_mail_port(dialogue->endpoints.server.port)) {
			accept_connection(dialogue);
		} else if (!backlog_add(&dialogue->backlog, side, bytes, offset, mark, file)) {
			refuse_session(dialogue);
		} else {
			sniff(dialogue);
			return;
		}
	}
	if (dialogue->standing != STANDING_MAIL)
		return;
	note_file(dialogue, file);
	if (mark->time_ns > dialogue->session->end_ns)
		dialogue->session->end_ns = mark->time_ns;
	route(dialogue, side, bytes, offset, mark);
}

/* A capture that cuts every packet has gap behind gap: while nothing happens between, one event
 * says how many bytes are missing in all. */
static void note_gap(struct dialogue *dialogue, const struct event *gap)
{
	uint32_t count = dialogue->session->event_count;
	struct event *newest = count ? ledger_edit_event(dialogue->session, count - 1) : NULL;

	if (newest && newest->kind == EVENT_GAP && newest->value == gap->value &&
	    newest->bits == gap->bits && newest->length <= UINT32_MAX - gap->length) {
		newest->length += gap->length;
		newest->offset = gap->offset;
		if (gap->time_ns > dialogue->session->end_ns)
			dialogue->session->end_ns = gap->time_ns;
	} else {
		dialogue_event(dialogue, gap);
	}
}

static void take_gap(void *owner, enum side side, uint64_t offset, uint64_t length,
		     enum gap_kind kind, const struct mark *mark)
{
	struct dialogue *dialogue = owner;

	if (dialogue->standing == STANDING_UNDECIDED &&
	    tcp_is_mail_port(dialogue->endpoints.server.port))
		accept_connection(dialogue);
	if (dialogue->standing != STANDING_MAIL)
		return;
	struct event event = event_of(EVENT_GAP, side, mark, offset + length);
	event.length = length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
	event.value = (uint16_t)kind;
	end_preface(dialogue, side);
	note_gap(dialogue, &event);
	if (kind != GAP_MISSING)
		dialogue->session->gap_bytes += event.length;
	dialogue->has_server_spoken |= side == SIDE_SERVER && kind != GAP_MISSING;
	if (dialogue->mode == MODE_OPAQUE)
		tls_gap(dialogue, side, length);
	else if (side == SIDE_CLIENT)
		client_gap(dialogue, offset, length, kind, mark);
	else
		server_gap(dialogue, kind);
}

static void take_fact(void *owner, const struct fact *fact)
{
	struct dialogue *dialogue = owner;

	if (dialogue->standing == STANDING_MAIL) {
		note_file(dialogue, fact->file);
		evidence_fact(dialogue, fact);
	} else if (dialogue->standing == STANDING_UNDECIDED &&
		   dialogue->fact_count < sizeof dialogue->facts / sizeof *dialogue->facts) {
		dialogue->facts[dialogue->fact_count++] = *fact;
	}
}

static void close_dialogue(void *owner, enum close_kind kind, const struct mark *mark)
{
	struct dialogue *dialogue = owner;

	(void)kind;
	(void)mark;
	if (!dialogue)
		return;
	if (dialogue->standing == STANDING_UNDECIDED) {
		if (tcp_is_mail_port(dialogue->endpoints.server.port))
			accept_connection(dialogue);
		else
			dialogue->all->counts.undecided++;
	}
	if (dialogue->standing == STANDING_MAIL)
		close_session(dialogue, CLOSED_UNSEEN);
	drop_session(dialogue);
	free(dialogue);
}

struct tcp_sink dialogues_sink(struct dialogues *dialogues)
{
	return (struct tcp_sink){
		.context = dialogues,
		.open = open_dialogue,
		.bytes = take_bytes,
		.gap = take_gap,
		.fact = take_fact,
		.close = close_dialogue,
	};
}
