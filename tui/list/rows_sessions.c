/* SPDX-License-Identifier: MIT */
#include "list/rows.h"

#include "host_names.h"
#include "list/details.h"
#include "text.h"

#include <stdio.h>

static const struct session *at(const struct model *model, uint32_t row)
{
	return ledger_session(model->ledger, row);
}

static uint32_t count_rows(const struct model *model)
{
	return ledger_session_count(model->ledger);
}

static int64_t rank(const struct model *model, uint32_t row)
{
	return at(model, row)->start_ns;
}

static enum screen_style style(const struct model *model, uint32_t row)
{
	return at(model, row)->gap_bytes ? SCREEN_WARNING : SCREEN_TEXT;
}

static uint32_t number(const struct model *model, uint32_t row)
{
	return at(model, row)->number + 1;
}

static void print_number(const struct model *model, uint32_t row, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%u", number(model, row));
}

static int64_t sort_number(const struct model *model, uint32_t row)
{
	return at(model, row)->number;
}

static void print_when(const struct model *model, uint32_t row, struct cell_text *out)
{
	char text[WHEN_TEXT];
	int64_t before = row ? at(model, row - 1)->start_ns : NO_TIME;
	when_print(model->when, at(model, row)->start_ns, model->origin_ns, before, 0, text);
	snprintf(out->text, sizeof out->text, "%s", text);
}

static void print_lasted(const struct model *model, uint32_t row, struct cell_text *out)
{
	char text[WHEN_TEXT];
	const struct session *s = at(model, row);
	snprintf(out->text, sizeof out->text, "%s", wait_print(s->end_ns - s->start_ns, text));
}

static int64_t sort_lasted(const struct model *model, uint32_t row)
{
	const struct session *s = at(model, row);
	return s->start_ns - s->end_ns;
}

/**
 * "192.0.2.1:4711 mail.example": the name that it gave itself helps more than the number; the one
 * that the user gave it stands first.
 */
static void print_end(const struct model *model, const struct endpoint *endpoint, text_id name,
		      struct cell_text *out)
{
	char address[ENDPOINT_TEXT];
	char clean[128];
	endpoint_format(endpoint, address);
	const char *alias = host_names_find(ledger_host_names(model->ledger), endpoint);
	text_clean(alias[0] ? span_of(alias) : ledger_text(model->ledger, name), clean,
		   sizeof clean, 40, model->is_ascii);
	snprintf(out->text, sizeof out->text, "%s%s%s", alias[0] ? clean : address,
		 clean[0] ? " " : "", alias[0] ? address : clean);
}

static void print_client(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_end(model, &at(model, row)->client, at(model, row)->client_name, out);
}

static struct span sort_client(const struct model *model, uint32_t row)
{
	return (struct span){at(model, row)->client.address, 16};
}

static void print_server(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_end(model, &at(model, row)->server, at(model, row)->server_name, out);
}

static struct span sort_server(const struct model *model, uint32_t row)
{
	return (struct span){at(model, row)->server.address, 16};
}

static void print_attempts(const struct model *model, uint32_t row, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%u", at(model, row)->transactions);
}

static int64_t sort_attempts(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->transactions;
}

static void print_tls(const struct model *model, uint32_t row, struct cell_text *out)
{
	static const char *const names[] = {
		[TLS_NONE] = "", [TLS_STARTTLS] = "starttls", [TLS_IMPLICIT] = "implicit"};
	snprintf(out->text, sizeof out->text, "%s", names[at(model, row)->tls]);
}

static int64_t sort_tls(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->tls;
}

static void print_retransmitted(const struct model *model, uint32_t row, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%u", at(model, row)->retransmitted);
}

static int64_t sort_retransmitted(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->retransmitted;
}

static void print_gaps(const struct model *model, uint32_t row, struct cell_text *out)
{
	uint32_t bytes = at(model, row)->gap_bytes;
	if (bytes)
		snprintf(out->text, sizeof out->text, "%u B", bytes);
	else
		out->text[0] = '\0';
}

static int64_t sort_gaps(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->gap_bytes;
}

static void print_closed(const struct model *model, uint32_t row, struct cell_text *out)
{
	static const char *const names[] = {
		[CLOSED_OPEN] = "open",
		[CLOSED_CLIENT] = "client",
		[CLOSED_SERVER] = "server",
		[CLOSED_CLIENT_RESET] = "client, reset",
		[CLOSED_SERVER_RESET] = "server, reset",
		[CLOSED_UNSEEN] = "not seen",
		[CLOSED_TURNED] = "roles turned",
	};
	snprintf(out->text, sizeof out->text, "%s", names[at(model, row)->closed_by]);
}

static int64_t sort_closed(const struct model *model, uint32_t row)
{
	return at(model, row)->closed_by;
}

static void print_file(const struct model *model, uint32_t row, struct cell_text *out)
{
	details_file(model, at(model, row), out->text, sizeof out->text);
}

static int64_t sort_file(const struct model *model, uint32_t row)
{
	return at(model, row)->file;
}

static const struct column columns[] = {
	{"#", 3, 7, 0, true, print_number, sort_number, NULL},
	{"when", 8, 9, 1, false, print_when, rank, NULL},
	{"lasted", 7, 7, 3, true, print_lasted, sort_lasted, NULL},
	{"client", 16, 48, 0, false, print_client, NULL, sort_client},
	{"server", 16, 48, 0, false, print_server, NULL, sort_server},
	{"try", 3, 5, 2, true, print_attempts, sort_attempts, NULL},
	{"tls", 8, 8, 4, false, print_tls, sort_tls, NULL},
	{"retransm", 8, 8, 5, true, print_retransmitted, sort_retransmitted, NULL},
	{"missing", 9, 9, 6, true, print_gaps, sort_gaps, NULL},
	{"closed by", 13, 13, 4, false, print_closed, sort_closed, NULL},
	{"captured in", 11, 24, 7, false, print_file, sort_file, NULL},
};

/* In the order of the columns. */
static const struct cell_hint hints[] = {
	{DIGITS, NULL},
	{WHEN_CHARS, NULL},
	{WAIT_CHARS, NULL},
	{NULL, NULL},
	{NULL, NULL},
	{DIGITS, NULL},
	{SMALL_LETTERS, NULL},
	{DIGITS, NULL},
	{DIGITS " b", NULL},
	{SMALL_LETTERS ", ", NULL},
	{NULL, NULL},
};

_Static_assert(sizeof hints / sizeof *hints == sizeof columns / sizeof *columns,
	       "each column has its hint");

const struct rows_kind rows_sessions = {
	.name = "sessions",
	.order = "in order of time",
	.empty = "no sessions yet",
	.columns = columns,
	.hints = hints,
	.column_count = sizeof columns / sizeof *columns,
	.count = count_rows,
	.number = number,
	.rank = rank,
	.style = style,
	.tell = details_session,
};
