/* SPDX-License-Identifier: MIT */
#include "report/text_page.h"

#include "report/markdown.h"
#include "report/scene.h"

#include "text.h"

#include <limits.h>
#include <stdio.h>

#define NAME_SIZE 512

static const char *const places[] = {
	[VANTAGE_CLIENT] = "at the client",
	[VANTAGE_SERVER] = "at the server",
	[VANTAGE_BETWEEN] = "between client and server",
};

static void note(const struct text_page *page, const char *text)
{
	struct prose prose;

	if (page->is_markdown) {
		markdown_line(page, "- ", text);
		return;
	}
	prose_clear(&prose);
	prose_add(&prose, "- %s", text);
	text_wrap_hanging(page, 4, 6, prose.text);
}

static void note_count(const struct text_page *page, uint64_t count, const char *noun,
		       const char *what)
{
	struct prose prose;

	if (!count)
		return;
	prose_clear(&prose);
	prose_add(&prose, "%s %s", plural_words(count, noun).s, what);
	note(page, prose.text);
}

static void note_skipped(const struct text_page *page)
{
	struct prose prose;
	uint64_t sum = 0;

	prose_clear(&prose);
	for (int i = 0; i < SKIP_REASONS; i++) {
		uint64_t count = analysis_skipped(page->analysis, (enum skip_reason)i);
		if (count)
			prose_add(&prose, "%s%s %s",
				  sum ? ", " : " passed over: ", number_text(count).s,
				  skip_reason_name((enum skip_reason)i));
		sum += count;
	}
	if (sum) {
		struct prose whole;
		prose_clear(&whole);
		prose_add(&whole, "%s%s", plural_words(sum, "packet").s, prose.text);
		note(page, whole.text);
	}
}

/* Where each input was captured, as far as its sessions tell and agree. */
static void note_vantages(const struct text_page *page)
{
	const struct source *source = analysis_source(page->analysis);

	for (size_t i = 0; i < source_inputs(source); i++) {
		char name[NAME_SIZE];
		struct prose prose;
		const char *reason;
		enum vantage vantage =
			deliveries_file_vantage(page->deliveries, (uint16_t)i, &reason);
		if (vantage == VANTAGE_UNKNOWN)
			continue;
		text_clean(span_of(source_input(source, i)->name), name, sizeof name, INT_MAX,
			   page->ascii_only);
		prose_clear(&prose);
		prose_add(&prose, "%s was captured %s: %s.", name, places[vantage], reason);
		note(page, prose.text);
	}
}

static void note_inputs(const struct text_page *page)
{
	const struct source *source = analysis_source(page->analysis);
	uint64_t dropped = 0;
	uint64_t backwards = 0;

	for (size_t i = 0; i < source_inputs(source); i++) {
		dropped += source_input(source, i)->dropped;
		backwards += source_input(source, i)->backwards;
	}
	note_count(page, dropped, "packet",
		   "dropped by the kernel or the interface: they are missing.");
	note_count(page, backwards, "packet",
		   "older than the one before: the clock went back, or "
		   "several captures were joined.");
}

void text_notes(const struct text_page *page)
{
	const struct tcp_counts *tcp = analysis_tcp(page->analysis);
	const struct dialogue_counts *dialogues = analysis_dialogues(page->analysis);

	fprintf(page->out, page->is_markdown ? "\n## Notes\n\n" : "\nNotes\n");
	note_count(page, analysis_packets(page->analysis), "packet", "read.");
	note_vantages(page);
	note_skipped(page);
	note_count(page, dialogues->not_mail, "connection", "without SMTP in it.");
	note_count(page, dialogues->undecided, "connection", "on which nothing was said.");
	note_count(page, tcp->gaps, "gap",
		   "where the capture lacks bytes that the connection "
		   "carried.");
	note_count(page, tcp->cuts, "gap",
		   "of these cut off by the capture's snaplen: what stood there is not read, and mail "
		   "may be missing above. tcpdump -s 0 takes whole packets.");
	note_count(page, tcp->retransmitted, "segment",
		   "sent again by TCP, which had repaired a "
		   "loss, or tried to.");
	note_count(page, tcp->conflicts, "segment", "sent again with other bytes than before.");
	note_count(page, tcp->disbelieved, "ACK or reset",
		   "so far off that no receiver would heed it; not believed.");
	note_count(page, dialogues->unmatched, "reply line", "that no command accounts for.");
	note_inputs(page);
	note_count(page, deliveries_cut(page->deliveries), "attempt",
		   "of a delivery with more than can be joined: it is continued in another one.");
	note_count(page, tcp->limit_early + tcp->limit_connections + dialogues->lost_commands,
		   "time", "a limit was reached, and something was let go.");
}
