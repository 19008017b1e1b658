/* SPDX-License-Identifier: MIT */
#include "list/rows.h"

#include "list/details.h"
#include "list/rows_parties.h"
#include "list/wait_bars.h"

#include <stdio.h>

static const struct party *at(const struct model *model, uint32_t row)
{
	return tally_server(model->tally, row);
}

static uint32_t count_rows(const struct model *model)
{
	return model->tally ? tally_server_count(model->tally) : 0;
}

static int64_t rank(const struct model *model, uint32_t row)
{
	return party_rank(at(model, row));
}

static enum screen_style style(const struct model *model, uint32_t row)
{
	return party_style(at(model, row));
}

static void print_server(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_name(model, at(model, row), out);
}

static struct span sort_server(const struct model *model, uint32_t row)
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

static void print_waits(const struct model *model, uint32_t row, struct cell_text *out)
{
	char bars[WAIT_BARS_TEXT];
	snprintf(out->text, sizeof out->text, "%s",
		 wait_bars_draw(at(model, row), model->is_ascii, bars));
}

/** A quantile of the answers, blank where there are none. */
static void print_quantile(const struct party *party, uint32_t per_mille, struct cell_text *out)
{
	out->text[0] = '\0';
	if (party->answered)
		party_print_time(sketch_quantile(&party->answers, per_mille), out);
}

static void print_median(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_quantile(at(model, row), 500, out);
}

static int64_t sort_median(const struct model *model, uint32_t row)
{
	return -sketch_quantile(&at(model, row)->answers, 500);
}

static void print_most(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_quantile(at(model, row), 950, out);
}

static int64_t sort_most(const struct model *model, uint32_t row)
{
	return -sketch_quantile(&at(model, row)->answers, 950);
}

static void print_worst(const struct model *model, uint32_t row, struct cell_text *out)
{
	print_quantile(at(model, row), 1000, out);
}

static int64_t sort_worst(const struct model *model, uint32_t row)
{
	return -sketch_quantile(&at(model, row)->answers, 1000);
}

static void print_late(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_count(at(model, row)->past_timer, out);
}

static int64_t sort_late(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->past_timer;
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

static void print_refused(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_count(at(model, row)->refused, out);
}

static int64_t sort_refused(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->refused;
}

static void print_encrypted(const struct model *model, uint32_t row, struct cell_text *out)
{
	party_print_count(at(model, row)->encrypted, out);
}

static int64_t sort_encrypted(const struct model *model, uint32_t row)
{
	return -(int64_t)at(model, row)->encrypted;
}

static const struct column columns[] = {
	{"server", 18, 48, 0, false, print_server, NULL, sort_server},
	{"messages", 8, 9, 4, true, print_messages, sort_messages, NULL},
	{"try", 3, 6, 3, true, print_attempts, sort_attempts, NULL},
	{"answered", 8, 14, 0, true, print_answered, sort_answered, NULL},
	{"waits", WAIT_BARS, WAIT_BARS, 1, false, print_waits, sort_median, NULL},
	{"median", 6, 6, 0, true, print_median, sort_median, NULL},
	{"95 %", 6, 6, 2, true, print_most, sort_most, NULL},
	{"worst", 6, 6, 0, true, print_worst, sort_worst, NULL},
	{"late", 4, 6, 0, true, print_late, sort_late, NULL},
	{"duplicated", 10, 10, 0, true, print_duplicated, sort_duplicated, NULL},
	{"refused", 7, 7, 5, true, print_refused, sort_refused, NULL},
	{"encrypted", 9, 9, 6, true, print_encrypted, sort_encrypted, NULL},
};

const struct rows_kind rows_servers = {
	.name = "servers",
	.order = "trouble first",
	.empty = "no servers yet",
	.columns = columns,
	.column_count = sizeof columns / sizeof *columns,
	.count = count_rows,
	.rank = rank,
	.style = style,
	.tell = details_server,
};
