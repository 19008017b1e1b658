/* SPDX-License-Identifier: MIT */
#include "report/report_ops.h"

#include "report/dialogue_lines.h"
#include "report/one_line.h"

#include <inttypes.h>
#include <stdlib.h>

struct csv {
	FILE *out;
	const struct ledger *ledger;
	const struct deliveries *deliveries;
	struct filter *where;
	uint32_t count; /* of deliveries, and the next one to look at */
	uint32_t next;
	bool has_cells; /* the row has begun */
};

static void begin_cell(struct csv *csv)
{
	if (csv->has_cells)
		fputc(',', csv->out);
	csv->has_cells = true;
}

static void end_row(struct csv *csv)
{
	fputs("\r\n", csv->out);
	csv->has_cells = false;
}

/* TEXT, already clean, within a cell (RFC 4180 2.7: quotes are doubled). */
static void put_quoted(struct csv *csv, const char *text)
{
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', csv->out);
		fputc(*text, csv->out);
	}
}

/* The beginning of a cell with TEXT. What a spreadsheet would take for a formula gets an
 * apostrophe. */
static void begin_quoted(struct csv *csv, const char *text)
{
	begin_cell(csv);
	fputs(text[0] && strchr("=+-@\t\r", text[0]) ? "\"'" : "\"", csv->out);
}

static void put_cell(struct csv *csv, const char *text)
{
	begin_quoted(csv, text);
	put_quoted(csv, text);
	fputc('"', csv->out);
}

static void put_number(struct csv *csv, uint64_t number)
{
	begin_cell(csv);
	fprintf(csv->out, "%" PRIu64, number);
}

static void put_time(struct csv *csv, int64_t time_ns)
{
	char date[DIALOGUE_DATE];

	begin_cell(csv);
	if (time_ns != NO_TIME)
		fputs(dialogue_date(time_ns, date), csv->out);
}

static const char *clean(const struct csv *csv, text_id text, char out[static ONE_LINE_SIZE])
{
	return one_line(ledger_text(csv->ledger, text), out);
}

static void put_text(struct csv *csv, text_id text)
{
	char cell[ONE_LINE_SIZE];

	put_cell(csv, clean(csv, text, cell));
}

/* ---- What attempts say --------------------------------------------------------------------- */

static const struct attempt *attempt_at(const struct csv *csv, const struct delivery *delivery,
					uint32_t i)
{
	return ledger_attempt(csv->ledger, delivery->tries[i].attempt);
}

static void put_sender(struct csv *csv, const struct delivery *delivery)
{
	bool was_seen = false;

	for (uint32_t i = 0; i < delivery->try_count; i++)
		was_seen = was_seen || attempt_at(csv, delivery, i)->mail != NO_EVENT;
	if (!delivery->sender && was_seen)
		put_cell(csv, "<>");
	else
		put_text(csv, delivery->sender);
}

static void put_size(struct csv *csv, const struct delivery *delivery)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		uint64_t own = attempt_at(csv, delivery, i)->size;
		size = own > size ? own : size;
	}
	put_number(csv, size);
}

static void put_waited(struct csv *csv, const struct delivery *delivery)
{
	bool has_waited = false;

	for (uint32_t i = 0; i < delivery->try_count; i++)
		has_waited = has_waited || delivery->tries[i].verdict.has_waited;
	begin_cell(csv);
	if (has_waited)
		fprintf(csv->out, "%" PRId64 ".%06" PRId64,
			delivery->longest_wait_ns / NS_PER_SECOND,
			delivery->longest_wait_ns % NS_PER_SECOND / 1000);
}

static void put_outcomes(struct csv *csv, const struct delivery *delivery)
{
	begin_cell(csv);
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct verdict *verdict = &delivery->tries[i].verdict;
		fprintf(csv->out, "%s%s%s%s", i ? " " : "", outcome_name(verdict->outcome),
			verdict->cause ? "/" : "", cause_name(verdict->cause));
	}
}

static void put_sessions(struct csv *csv, const struct delivery *delivery)
{
	begin_cell(csv);
	for (uint32_t i = 0; i < delivery->try_count; i++)
		fprintf(csv->out, "%s%" PRIu32, i ? " " : "",
			attempt_session(csv->ledger, attempt_at(csv, delivery, i))->number);
}

static void put_relations(struct csv *csv, const struct delivery *delivery)
{
	begin_cell(csv);
	for (uint32_t i = 0; i < delivery->try_count; i++)
		fprintf(csv->out, "%s%s", i ? " " : "", relation_name(delivery->tries[i].relation));
}

static void put_ends(struct csv *csv, const struct delivery *delivery, bool is_server)
{
	char text[ENDPOINT_TEXT];

	begin_cell(csv);
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct session *session =
			attempt_session(csv->ledger, attempt_at(csv, delivery, i));
		fprintf(csv->out, "%s%s", i ? " " : "",
			endpoint_format_address(is_server ? &session->server : &session->client,
						text));
	}
}

/* The reply that decided TRY; NULL: none did. */
static const struct event *reply_of(const struct csv *csv, const struct try *try)
{
	return attempt_event(csv->ledger, ledger_attempt(csv->ledger, try->attempt),
			     try->verdict.reply);
}

/* "250 ok | none | 250 ok"; what is encrypted is unread. */
static void put_replies(struct csv *csv, const struct delivery *delivery)
{
	char text[ONE_LINE_SIZE];

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct event *reply = reply_of(csv, &delivery->tries[i]);
		const char *shown = !reply	   ? "none"
				    : !reply->text ? "unread"
						   : clean(csv, reply->text, text);
		if (i)
			fputs(" | ", csv->out);
		else
			begin_quoted(csv, shown);
		put_quoted(csv, shown);
	}
	fputc('"', csv->out);
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static void write_heading(struct csv *csv)
{
	fputs("id,state,copies_min,copies_max,cause,first,last,sender,recipient,subject,"
	      "message_id,size,attempts,waited,outcomes,replies,clients,servers,sessions,"
	      "relations",
	      csv->out);
	end_row(csv);
}

static void write_delivery(struct csv *csv, const struct delivery *delivery)
{
	put_number(csv, delivery->number);
	begin_cell(csv);
	fputs(state_name(delivery->state), csv->out);
	put_number(csv, delivery->copies_min);
	put_number(csv, delivery->copies_max);
	begin_cell(csv);
	fputs(cause_name(delivery->cause), csv->out);
	put_time(csv, delivery->first_ns);
	put_time(csv, delivery->last_ns);
	put_sender(csv, delivery);
	put_text(csv, delivery->recipient);
	put_text(csv, delivery->subject);
	put_text(csv, delivery->message_id);
	put_size(csv, delivery);
	put_number(csv, delivery->try_count);
	put_waited(csv, delivery);
	put_outcomes(csv, delivery);
	put_replies(csv, delivery);
	put_ends(csv, delivery, false);
	put_ends(csv, delivery, true);
	put_sessions(csv, delivery);
	put_relations(csv, delivery);
	end_row(csv);
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void *begin(FILE *out, struct analysis *analysis, const struct report_options *options)
{
	struct csv *csv = calloc(1, sizeof *csv);

	if (!csv)
		return NULL;
	*csv = (struct csv){
		.out = out,
		.ledger = analysis_ledger(analysis),
		.deliveries = analysis_deliveries(analysis),
		.where = options->where,
	};
	csv->count = deliveries_count(csv->deliveries);
	write_heading(csv);
	return csv;
}

static enum report_state step(void *writer, uint32_t most)
{
	struct csv *csv = writer;

	for (uint32_t i = 0; i < most && csv->next < csv->count; i++) {
		const struct delivery *delivery = delivery_get(csv->deliveries, csv->next++);
		if (delivery->try_count && filter_matches(csv->where, csv->ledger, delivery))
			write_delivery(csv, delivery);
	}
	return csv->next < csv->count ? REPORT_GOES_ON : REPORT_DONE;
}

static double share(const void *writer)
{
	const struct csv *csv = writer;

	return (double)csv->next / ((double)csv->count + 1);
}

const struct report_ops report_csv_ops = {begin, step, share, free};
