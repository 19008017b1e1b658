/* SPDX-License-Identifier: MIT */
#include "list/details.h"

#include "list/wait_bars.h"
#include "party_words.h"

#include <ctype.h>

/** A line of its own for what is said from START on, with a capital; none for nothing. */
static void end_line(struct prose *out, size_t start)
{
	if (out->used > start)
		out->text[start] = (char)toupper((unsigned char)out->text[start]);
	else if (out->used)
		out->text[--out->used] = '\0';
}

static size_t begin_line(struct prose *out)
{
	prose_break(out);
	return out->used;
}

static void begin(const struct model *model, const struct party *party, const char *noun,
		  struct prose *out)
{
	prose_clear(out);
	prose_add(out, "%s ", noun);
	party_say_name(party, model->ledger, model->is_ascii, out);
	prose_break(out);
	party_say_counts(party, out);
}

static void add_answers(const struct model *model, const struct party *party, struct prose *out)
{
	size_t start = begin_line(out);
	party_say_answers(party, deliveries_timer(model->deliveries), out);
	end_line(out, start);
}

static void add_phases(const struct party *party, struct prose *out)
{
	size_t start = begin_line(out);
	party_say_slow_phases(party, out);
	end_line(out, start);
}

void details_server(const struct model *model, uint32_t row, struct prose *out)
{
	const struct party *party = tally_server(model->tally, row);
	begin(model, party, "server", out);
	add_answers(model, party, out);
	if (party->answered + party->unanswered > 1) {
		prose_break(out);
		prose_add(out, "Waits: ");
		wait_bars_say(party, out);
	}
	add_phases(party, out);
}

void details_sender(const struct model *model, uint32_t row, struct prose *out)
{
	const struct party *party = tally_sender(model->tally, row);
	begin(model, party, "sender", out);
	for (int kind = WAITS - 1; kind >= 0; kind--) {
		size_t start = begin_line(out);
		party_say_guess(party, (enum wait_kind)kind, out);
		end_line(out, start);
	}
	size_t start = begin_line(out);
	party_say_retries(party, out);
	end_line(out, start);
	add_answers(model, party, out);
	add_phases(party, out);
}
