/* SPDX-License-Identifier: MIT */
/*
 * The servers and senders in the text report: those in trouble, or where there are few, all of
 * them, because a server that answers at once tells that the line is not to blame.
 */
#include "report/text_page.h"

#include "party_words.h"
#include "report/scene.h"
#include "what_if.h"

#define FEW 4   /* parties of one role that are all told */
#define MOST 10 /* in trouble; more would hide the answer */

/* A clause behind a semicolon, which goes again where nothing was said. */
struct clause {
	size_t before;
	size_t start;
};

static struct clause begin_clause(struct prose *prose)
{
	struct clause clause = {.before = prose->used};

	prose_add(prose, "; ");
	clause.start = prose->used;
	return clause;
}

static void end_clause(struct prose *prose, struct clause clause)
{
	if (prose->used == clause.start)
		prose->text[prose->used = clause.before] = '\0';
}

static void begin_party(const struct text_page *page, const struct party *party, const char *noun,
			struct prose *prose)
{
	prose_clear(prose);
	prose_add(prose, "%s ", noun);
	party_say_name(party, page->ledger, page->ascii_only, prose);
	prose_add(prose, ": ");
	party_say_counts(party, prose);
}

static void write_server(const struct text_page *page, const struct party *party)
{
	struct prose prose;

	begin_party(page, party, "server", &prose);
	prose_add(&prose, "; ");
	party_say_answers(party, deliveries_timer(page->deliveries), &prose);
	struct clause clause = begin_clause(&prose);
	party_say_slow_phases(party, &prose);
	end_clause(&prose, clause);
	prose_add(&prose, ".");
	text_wrap_hanging(page, 4, 8, prose.text);
}

static void write_sender(const struct text_page *page, const struct party *party)
{
	struct prose prose;

	begin_party(page, party, "sender", &prose);
	for (int i = WAITS - 1; i >= 0; i--) {
		struct clause clause = begin_clause(&prose);
		party_say_guess(party, (enum wait_kind)i, &prose);
		end_clause(&prose, clause);
	}
	struct clause clause = begin_clause(&prose);
	party_say_retries(party, &prose);
	end_clause(&prose, clause);
	prose_add(&prose, ".");
	text_wrap_hanging(page, 4, 8, prose.text);
}

/* Parties of one role: which there are, and how one is written. */
struct role {
	const struct tally *tally;
	uint32_t count;
	const struct party *(*get)(const struct tally *tally, uint32_t number);
	void (*write)(const struct text_page *page, const struct party *party);
	const char *noun;
};

static uint32_t count_troubled(const struct role *role)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < role->count; i++)
		count += party_is_troubled(role->get(role->tally, i));
	return count;
}

static void write_role(const struct text_page *page, const struct role *role)
{
	bool is_all = role->count <= FEW;
	uint32_t shown = 0, wanted = is_all ? role->count : count_troubled(role);

	for (uint32_t i = 0; i < role->count && shown < MOST; i++) {
		const struct party *party = role->get(role->tally, i);
		if (!is_all && !party_is_troubled(party))
			continue;
		role->write(page, party);
		shown++;
	}
	if (wanted > shown)
		fprintf(page->out, "    and %s more in trouble\n",
			plural_words(wanted - shown, role->noun).s);
}

void text_parties(const struct text_page *page, const struct tally *tally)
{
	const struct role servers = {tally, tally_server_count(tally), tally_server, write_server,
				     "server"};
	const struct role senders = {tally, tally_sender_count(tally), tally_sender, write_sender,
				     "sender"};

	if (!count_troubled(&servers) && !count_troubled(&senders))
		return;
	fprintf(page->out, "\nServers and senders\n");
	write_role(page, &servers);
	write_role(page, &senders);
	if (tally_left_out(tally))
		fprintf(page->out, "    %s of more servers or senders than are counted apart\n",
			plural_words(tally_left_out(tally), "session").s);
}

/* ---- Another timer ------------------------------------------------------------------------- */

void text_what_if(const struct text_page *page, const struct what_if_sums *sums, size_t count)
{
	if (!count)
		return;
	fprintf(page->out, "\nWhat another timer would have made of the %s\n",
		plural_words(sums[0].attempts, "attempt").s);
	fprintf(page->out, "    %-10s %10s %8s %10s %16s %15s\n", "timer", "confirmed", "refused",
		"too late", "nobody can know", "resends spared");
	for (size_t i = 0; i < count; i++)
		fprintf(page->out, "    %-10s %10s %8s %10s %16s %15s\n",
			duration_short_text(sums[i].timer_ns).s, number_text(sums[i].confirmed).s,
			number_text(sums[i].refused).s, number_text(sums[i].too_late).s,
			number_text(sums[i].unknown).s, number_text(sums[i].spared).s);
	if (sums[0].unknown || sums[count - 1].unknown)
		text_wrap(page, 4,
			  "Nobody can know: no reply was seen, and the sender did not wait so "
			  "long.");
	if (sums[count - 1].encrypted)
		text_wrap(page, 4, "Encrypted replies are taken to confirm.");
}
