/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes and facts of a connection go: the sink of the tcp layer.
 */
#include "smtp/dialogue_state.h"
#include "smtp/sniff.h"

#include <stdlib.h>

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

void dialogues_keep_secrets(struct dialogues *dialogues)
{
	dialogues->keeps_secrets = true;
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

void dialogue_expect(struct dialogue *dialogue, const struct due *due)
{
	if (!queue_add(&dialogue->queue, due))
		dialogue->all->counts.lost_commands++;
}

void dialogue_refuse(struct dialogue *dialogue)
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

void dialogue_end_preface(struct dialogue *dialogue, enum side side)
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
 * *OFFSET and are the first of SIDE, or follow those held back. What may yet become a preface is
 * held back.
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
		dialogue_end_preface(dialogue, side);
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

/* The connection is mail: what was held back is read now. */
static void accept_connection(struct dialogue *dialogue)
{
	struct backlog backlog = dialogue->backlog;

	dialogue->backlog = (struct backlog){0};
	if (!session_begin(dialogue)) {
		backlog_close(&backlog);
		dialogue_refuse(dialogue);
		return;
	}
	for (uint32_t i = 0; i < backlog.count; i++) {
		const struct backlog_piece *piece = &backlog.pieces[i];
		route(dialogue, piece->side, backlog_bytes(&backlog, piece), piece->offset,
		      &piece->mark);
	}
	backlog_close(&backlog);
}

/* On an unusual port: what was held back tells what the connection is, or more is awaited. */
static void sniff(struct dialogue *dialogue)
{
	switch (sniff_first_lines(&dialogue->backlog)) {
	case SNIFFED_NOTHING:
		break;
	case SNIFFED_MAIL_SWAPPED:
		session_swap_sides(dialogue);
		accept_connection(dialogue);
		break;
	case SNIFFED_MAIL:
		accept_connection(dialogue);
		break;
	case SNIFFED_OTHER:
		dialogue_refuse(dialogue);
		break;
	}
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
	*dialogue = session_none(all, connection, endpoints);
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
			dialogue_refuse(dialogue);
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
	dialogue_end_preface(dialogue, side);
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
		session_end(dialogue, CLOSED_UNSEEN);
	session_drop(dialogue);
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
