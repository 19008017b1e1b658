/* SPDX-License-Identifier: MIT */
#include "list/rows.h"

#include "list/details.h"
#include "text.h"

#include <stdio.h>

static const struct delivery *at(const struct model *model, uint32_t row)
{
	return delivery_get(model->deliveries, row);
}

static struct span text_of(const struct model *model, text_id id)
{
	return ledger_text(model->ledger, id);
}

static void print_text(const struct model *model, text_id id, struct cell_text *out)
{
	text_clean(text_of(model, id), out->text, sizeof out->text, CELL_TEXT - 1, model->is_ascii);
}

static uint32_t count_rows(const struct model *model)
{
	return deliveries_count(model->deliveries);
}

/** A delivery whose attempts went over to another one is empty. */
static bool is_there(const struct model *model, uint32_t row)
{
	return at(model, row)->try_count > 0;
}

static bool fits(const struct model *model, uint32_t row, struct filter *filter)
{
	return filter_matches(filter, model->ledger, at(model, row));
}

/** Trouble by state, the worst first (its enum's order), then the rest; each by time, in steps of
 * 16 ns, so that both fit. */
static int64_t rank(const struct model *model, uint32_t row)
{
	const struct delivery *d = at(model, row);
	int64_t time = d->first_ns > 0 ? d->first_ns >> 4 : 0;
	int64_t state = delivery_is_troubled(d) ? (int64_t)d->state : STATES;
	return state << 59 | time;
}

static enum screen_style style(const struct model *model, uint32_t row)
{
	return screen_state_style(at(model, row)->state);
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
	int64_t before = row ? at(model, row - 1)->first_ns : NO_TIME;
	when_print(model->when, at(model, row)->first_ns, model->origin_ns, before, 0, text);
	snprintf(out->text, sizeof out->text, "%s", text);
}

static int64_t sort_when(const struct model *model, uint32_t row)
{
	return at(model, row)->first_ns;
}

static void print_from(const struct model *model, uint32_t row, struct cell_text *out)
{
	const struct delivery *d = at(model, row);
	if (d->sender)
		print_text(model, d->sender, out);
	else if (d->try_count &&
		 ledger_attempt(model->ledger, d->tries[0].attempt)->mail != NO_EVENT)
		snprintf(out->text, sizeof out->text, "<>");
	else
		snprintf(out->text, sizeof out->text, "(not seen)");
}

static struct span sort_from(const struct model *model, uint32_t row)
{
	return text_of(model, at(model, row)->sender);
}

static void print_to(const struct model *model, uint32_t row, struct cell_text *out)
{
	if (at(model, row)->recipient)
		print_text(model, at(model, row)->recipient, out);
	else
		snprintf(out->text, sizeof out->text, "(not seen)");
}

static struct span sort_to(const struct model *model, uint32_t row)
{
	return text_of(model, at(model, row)->recipient);
}

static void print_subject(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_text(model, at(model, row)->subject, out);
}

static struct span sort_subject(const struct model *model, uint32_t row)
{
	return text_of(model, at(model, row)->subject);
}

static void print_message_id(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_text(model, at(model, row)->message_id, out);
}

static struct span sort_message_id(const struct model *model, uint32_t row)
{
	return text_of(model, at(model, row)->message_id);
}

static void print_tries(const struct model *model, uint32_t row, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%u", at(model, row)->try_count);
}

static int64_t sort_tries(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->try_count;
}

static void print_copies(const struct model *model, uint32_t row, struct cell_text *out)
{
	const struct delivery *d = at(model, row);
	if (d->copies_min == d->copies_max)
		snprintf(out->text, sizeof out->text, "%u", d->copies_min);
	else
		snprintf(out->text, sizeof out->text, "%u..%u", d->copies_min, d->copies_max);
}

static int64_t sort_copies(const struct model *model, uint32_t row)
{
	const struct delivery *d = at(model, row);
	return -((int64_t)d->copies_max << 31 | d->copies_min);
}

static void print_waited(const struct model *model, uint32_t row, struct cell_text *out)
{
	char text[WHEN_TEXT];
	int64_t wait = at(model, row)->longest_wait_ns;
	snprintf(out->text, sizeof out->text, "%s", wait ? wait_print(wait, text) : "");
}

static int64_t sort_waited(const struct model *model, uint32_t row)
{
	return -at(model, row)->longest_wait_ns;
}

static void print_why(const struct model *model, uint32_t row, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%s", cause_name(at(model, row)->cause));
}

static int64_t sort_why(const struct model *model, uint32_t row)
{
	const struct delivery *d = at(model, row);
	return d->cause == CAUSE_NONE ? CAUSES : (int64_t)d->cause;
}

static void print_state(const struct model *model, uint32_t row, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%s", state_name(at(model, row)->state));
}

static int64_t sort_state(const struct model *model, uint32_t row)
{
	return at(model, row)->state;
}

static void print_day(const struct model *model, uint32_t row, struct cell_text *out)
{
	char text[WHEN_TEXT];
	when_print_day(model->when, at(model, row)->first_ns, text);
	snprintf(out->text, sizeof out->text, "%s", text);
}

static const struct column columns[] = {
	{"#", 3, 7, 0, true, print_number, sort_number, NULL},
	{"when", 8, 9, 2, false, print_when, sort_when, NULL},
	{"from", 12, 32, 3, false, print_from, NULL, sort_from},
	{"to", 12, 32, 0, false, print_to, NULL, sort_to},
	{"subject", 8, 48, 4, false, print_subject, NULL, sort_subject},
	{"try", 3, 5, 1, true, print_tries, sort_tries, NULL},
	{"copies", 6, 6, 0, true, print_copies, sort_copies, NULL},
	{"waited", 6, 6, 0, true, print_waited, sort_waited, NULL},
	{"why", 13, 13, 0, false, print_why, sort_why, NULL},
	{"state", 16, 16, 5, false, print_state, sort_state, NULL},
	{"day", 10, 10, 6, false, print_day, sort_when, NULL},
	{"message id", 20, 48, 7, false, print_message_id, NULL, sort_message_id},
};

/* In the order of the columns. */
static const struct cell_hint hints[] = {
	{DIGITS, NULL},
	{WHEN_CHARS, NULL},
	{NULL, sort_from},
	{NULL, sort_to},
	{NULL, sort_subject},
	{DIGITS, NULL},
	{DIGITS ".", NULL},
	{WAIT_CHARS, NULL},
	{SMALL_LETTERS "-", NULL},
	{SMALL_LETTERS "-", NULL},
	{DIGITS "-", NULL},
	{NULL, sort_message_id},
};

_Static_assert(sizeof hints / sizeof *hints == sizeof columns / sizeof *columns,
	       "each column has its hint");

const struct rows_kind rows_deliveries = {
	.name = "deliveries",
	.order = "trouble first",
	.empty = "no deliveries yet",
	.columns = columns,
	.hints = hints,
	.column_count = sizeof columns / sizeof *columns,
	.count = count_rows,
	.is_there = is_there,
	.number = number,
	.rank = rank,
	.style = style,
	.fits = fits,
	.tell = details_delivery,
};
