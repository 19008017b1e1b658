/* SPDX-License-Identifier: MIT */
#include "list/rows_parties.h"

#include "host_names.h"
#include "text.h"
#include "timetext.h"

#include <stdio.h>

void party_print_name(const struct model *model, const struct party *party, struct cell_text *out)
{
	char address[ENDPOINT_TEXT];
	char name[128];
	if (party->endpoint.port)
		endpoint_format(&party->endpoint, address);
	else
		endpoint_format_address(&party->endpoint, address);
	const char *alias = host_names_find(ledger_host_names(model->ledger), &party->endpoint);
	text_clean(alias[0] ? span_of(alias) : ledger_text(model->ledger, party->name), name,
		   sizeof name, 40, model->is_ascii);
	snprintf(out->text, sizeof out->text, "%s%s%s", alias[0] ? name : address,
		 name[0] ? " " : "", alias[0] ? address : name);
}

void party_print_answered(const struct party *party, struct cell_text *out)
{
	out->text[0] = '\0';
	if (party->ends)
		snprintf(out->text, sizeof out->text, "%u of %u", party->answered, party->ends);
}

void party_print_duplicated(const struct party *party, struct cell_text *out)
{
	const char *join = party->duplicated && party->maybe_duplicated ? "+" : "";
	char sure[16] = "", maybe[16] = "";
	if (party->duplicated)
		snprintf(sure, sizeof sure, "%u", party->duplicated);
	if (party->maybe_duplicated)
		snprintf(maybe, sizeof maybe, "%u?", party->maybe_duplicated);
	snprintf(out->text, sizeof out->text, "%s%s%s", sure, join, maybe);
}

void party_print_count(uint32_t count, struct cell_text *out)
{
	snprintf(out->text, sizeof out->text, "%s", count ? number_text(count).s : "");
}

void party_print_time(int64_t time_ns, struct cell_text *out)
{
	char text[WHEN_TEXT];
	snprintf(out->text, sizeof out->text, "%s", wait_print(time_ns, text));
}

int64_t party_rank(const struct party *party)
{
	int64_t twice = 2 * (int64_t)party->duplicated + party->maybe_duplicated;
	int64_t late = (int64_t)party->past_timer + party->unanswered;
	return -(twice << 31) - late * 2 - party_is_troubled(party);
}

enum screen_style party_style(const struct party *party)
{
	if (party->duplicated)
		return SCREEN_DUPLICATED;
	if (party->maybe_duplicated)
		return SCREEN_MAYBE;
	return party_is_troubled(party) ? SCREEN_WARNING : SCREEN_TEXT;
}
