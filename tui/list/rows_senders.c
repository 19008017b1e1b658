/* SPDX-License-Identifier: MIT */
#include "list/rows.h"

#include "list/details.h"
#include "list/rows_parties.h"
#include "party_words.h"

#include <stdio.h>

static const struct party *at(const struct model *model, uint32_t row)
{
	return tally_sender(model->tally, row);
}

static uint32_t count_rows(const struct model *model)
{
	return model->tally ? tally_sender_count(model->tally) : 0;
}

static int64_t rank(const struct model *model, uint32_t row)
{
	return party_rank(at(model, row));
}

static enum screen_style style(const struct model *model, uint32_t row)
{
	return party_style(at(model, row));
}

static void print_sender(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_name(model, at(model, row), out);
}

static struct span sort_sender(const struct model *model, uint32_t row)
{
	return (struct span){at(model, row)->endpoint.address, 16};
}

static void print_messages(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_count(at(model, row)->messages, out);
}

static int64_t sort_messages(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->messages;
}

static void print_attempts(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_count(at(model, row)->attempts, out);
}

static int64_t sort_attempts(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->attempts;
}

static void print_answered(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_answered(at(model, row), out);
}

static int64_t sort_answered(const struct model *model, uint32_t row)
{
	return (int64_t)at(model, row)->answered - (int64_t)at(model, row)->ends;
}

/** How often it left while it waited for whatever reply. */
static uint32_t count_left(const struct party *party)
{
	uint32_t left = 0;
	for (int kind = 0; kind < WAITS; kind++)
		left += party->waits[kind].give_ups.count;
	return left;
}

static void print_left(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_count(count_left(at(model, row)), out);
}

static int64_t sort_left(const struct model *model, uint32_t row)
{
	return -(int64_t)count_left(at(model, row));
}

/** "90.0 s?": it is a guess. */
static void print_timer(const struct model *model, uint32_t row, struct cell_text *out)
{
	struct timer_guess guess = party_guess(at(model, row));
	char text[WHEN_TEXT];
	out->text[0] = '\0';
	if (guess.give_ups)
		snprintf(out->text, sizeof out->text, "%s?",
			 guess.timer_ns ? wait_print(guess.timer_ns, text) : "varies");
}

static int64_t sort_timer(const struct model *model, uint32_t row)
{
	struct timer_guess guess = party_guess(at(model, row));
	return guess.give_ups ? guess.median_ns : INT64_MAX;
}

static void print_owners(const struct model *model, uint32_t row, struct cell_text *out)
{
	struct timer_guess guess = party_guess(at(model, row));
	char owners[OWNERS_TEXT];
	snprintf(out->text, sizeof out->text, "%s",
		 guess.is_usual ? timer_owners(&guess, owners) : "");
}

static void print_retries(const struct model *model, uint32_t row, struct cell_text *out)
{
	const struct sketch *intervals = &at(model, row)->retries.intervals;
	out->text[0] = '\0';
	if (intervals->count)
		party_print_time(sketch_quantile(intervals, 500), out);
}

static int64_t sort_retries(const struct model *model, uint32_t row)
{
	const struct sketch *intervals = &at(model, row)->retries.intervals;
	return intervals->count ? sketch_quantile(intervals, 500) : INT64_MAX;
}

static void print_duplicated(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_duplicated(at(model, row), out);
}

static int64_t sort_duplicated(const struct model *model, uint32_t row)
{
	const struct party *party = at(model, row);
	return -((int64_t)party->duplicated << 31 | party->maybe_duplicated);
}

static const struct column columns[] = {
	{"sender", 18, 48, 0, false, print_sender, NULL, sort_sender},
	{"messages", 8, 9, 4, true, print_messages, sort_messages, NULL},
	{"try", 3, 6, 1, true, print_attempts, sort_attempts, NULL},
	{"answered", 8, 14, 2, true, print_answered, sort_answered, NULL},
	{"left", 4, 6, 0, true, print_left, sort_left, NULL},
	{"timer", 7, 7, 0, true, print_timer, sort_timer, NULL},
	{"as that of", 10, 32, 1, false, print_owners, sort_timer, NULL},
	{"retries", 7, 7, 0, true, print_retries, sort_retries, NULL},
	{"duplicated", 10, 10, 0, true, print_duplicated, sort_duplicated, NULL},
};

const struct rows_kind rows_senders = {
	.name = "senders",
	.order = "trouble first",
	.empty = "no senders yet",
	.columns = columns,
	.column_count = sizeof columns / sizeof *columns,
	.count = count_rows,
	.rank = rank,
	.style = style,
	.tell = details_sender,
};
