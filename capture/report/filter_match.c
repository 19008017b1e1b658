/* SPDX-License-Identifier: MIT */
#include "host_names.h"
#include "report/filter_value.h"

#include <time.h>

#define NS_PER_QUARTER (900 * NS_PER_SECOND)
#define NS_PER_DAY (96 * NS_PER_QUARTER)
#define MOST_REPLIES 3
#define MOST_CITED 17

/* What a test is about. */
struct row {
	const struct ledger *ledger;
	const struct delivery *delivery;
};

static const struct attempt *attempt_of(const struct row *row, const struct try *try)
{
	return ledger_attempt(row->ledger, try->attempt);
}

static bool has_word(uint32_t words, unsigned word)
{
	return words >> word & 1;
}

/* ---- Numbers and times --------------------------------------------------------------------- */

static bool fits_number(const struct filter_test *test, int64_t number)
{
	switch (test->operator) {
	case FILTER_EQUAL:
		return number >= test->range.low && number <= test->range.high;
	case FILTER_LESS:
		return number < test->range.low;
	case FILTER_AT_MOST:
		return number <= test->range.high;
	case FILTER_MORE:
		return number > test->range.high;
	case FILTER_AT_LEAST:
		return number >= test->range.low;
	case FILTER_UNEQUAL:
	case FILTER_LIKE:
	case FILTER_UNLIKE:
		break;
	}
	return false;
}

static int64_t divided_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* What local time is ahead of UTC at TIME_NS. Clocks are set at full quarters of hours. */
static int64_t local_offset_ns(struct filter_clock *clock, int64_t time_ns)
{
	int64_t quarter = divided_down(time_ns, NS_PER_QUARTER);
	struct tm tm;

	if (quarter != clock->quarter) {
		time_t seconds = (time_t)divided_down(time_ns, NS_PER_SECOND);
		clock->quarter = quarter;
		clock->local_offset_ns =
			localtime_r(&seconds, &tm) ? tm.tm_gmtoff * NS_PER_SECOND : 0;
	}
	return clock->local_offset_ns;
}

static bool fits_time(struct filter_test *test, int64_t time_ns)
{
	struct filter_clock *clock = &test->clock;

	if (!clock->is_set)
		return fits_number(test, time_ns);
	int64_t offset_ns =
		clock->has_zone ? clock->offset_s * NS_PER_SECOND : local_offset_ns(clock, time_ns);
	int64_t of_day = (time_ns % NS_PER_DAY + offset_ns) % NS_PER_DAY;
	return fits_number(test, of_day < 0 ? of_day + NS_PER_DAY : of_day);
}

static uint64_t size_of(const struct row *row)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < row->delivery->try_count; i++) {
		uint64_t own = attempt_of(row, &row->delivery->tries[i])->size;
		size = own > size ? own : size;
	}
	return size;
}

/* ---- Replies ------------------------------------------------------------------------------- */

/* The events of TRY's replies in OUT; how many. */
static size_t replies_of(const struct row *row, const struct try *try,
			 const struct event *out[static MOST_REPLIES])
{
	const struct attempt *attempt = attempt_of(row, try);
	uint32_t last = attempt->reply;
	size_t count = 0;

	if (attempt->answers_each && try->recipient < attempt->recipient_count)
		last = ledger_recipient(row->ledger, attempt, try->recipient)->final_reply;
	const uint32_t events[MOST_REPLIES] = {try->verdict.reply, last, attempt->reply_part};
	for (size_t i = 0; i < MOST_REPLIES; i++) {
		const struct event *event = attempt_event(row->ledger, attempt, events[i]);
		if (event && (!count || event != out[count - 1]))
			out[count++] = event;
	}
	return count;
}

static bool fits_code(const struct filter_test *test, const struct row *row, const struct try *try)
{
	const struct event *replies[MOST_REPLIES];
	size_t count = replies_of(row, try, replies);

	for (size_t i = 0; i < count; i++)
		if (replies[i]->kind == EVENT_REPLY && replies[i]->value &&
		    fits_number(test, replies[i]->value))
			return true;
	return try->verdict.reply_code && fits_number(test, try->verdict.reply_code);
}

static bool fits_reply(struct filter_test *test, const struct row *row, const struct try *try)
{
	const struct event *replies[MOST_REPLIES];
	size_t count = replies_of(row, try, replies);

	for (size_t i = 0; i < count; i++)
		if (replies[i]->text &&
		    filter_pattern_fits_text(&test->pattern, row->ledger, replies[i]->text))
			return true;
	return false;
}

/* ---- Other facts of attempts --------------------------------------------------------------- */

static bool fits_frame(const struct filter_test *test, const struct row *row, const struct try *try)
{
	const struct attempt *a = attempt_of(row, try);
	const uint32_t cited[MOST_CITED] = {
		a->mail,	a->refusal,	      a->data,	      a->message,
		a->eod,		a->eod_resent,	      a->eod_acked,   a->reply,
		a->reply_part,	a->reply_resent,      a->reply_acked, a->client_left,
		a->server_left, a->client_fin_resent, a->silent,      a->silent_after,
		a->hole,
	};

	for (size_t i = 0; i < MOST_CITED; i++) {
		const struct event *event = attempt_event(row->ledger, a, cited[i]);
		if (event && event->frame && fits_number(test, event->frame))
			return true;
	}
	return false;
}

/* Whether the pattern may fit an address with its port: writing one down takes its time. */
static bool may_be_in_address(const struct filter_pattern *pattern)
{
	if (pattern->kind == PATTERN_EQUAL)
		return false;
	return pattern->kind == PATTERN_REGEX ||
	       strspn(pattern->text, "0123456789abcdef.:[]") == pattern->length;
}

/* Whether the server (or the client) of SESSION fits. */
static bool fits_end(struct filter_test *test, const struct ledger *ledger,
		     const struct session *session, bool is_server)
{
	const struct endpoint *endpoint = is_server ? &session->server : &session->client;
	text_id name = is_server ? session->server_name : session->client_name;
	char text[ENDPOINT_TEXT];

	if (test->address.is_set)
		return filter_address_fits(&test->address, endpoint);
	if (name && filter_pattern_fits_text(&test->pattern, ledger, name))
		return true;
	const char *alias = host_names_find(ledger_host_names(ledger), endpoint);
	if (alias[0] && filter_pattern_fits(&test->pattern, span_of(alias)))
		return true;
	return may_be_in_address(&test->pattern) &&
	       filter_pattern_fits(&test->pattern, span_of(endpoint_format(endpoint, text)));
}

/* The same, remembered once a session has said its names. */
static bool fits_peer(struct filter_test *test, const struct row *row, const struct try *try,
		      bool is_server)
{
	const struct session *session = attempt_session(row->ledger, attempt_of(row, try));
	struct filter_memo *memo = is_server ? &test->servers : &test->clients;
	enum filter_known known = filter_memo_get(memo, session->id);

	if (known != KNOWN_NOT)
		return known == KNOWN_YES;
	bool fits = fits_end(test, row->ledger, session, is_server);
	if (session->is_closed)
		filter_memo_set(memo, session->id, fits);
	return fits;
}

/* ---- Tests --------------------------------------------------------------------------------- */

/* An empty text is what a delivery has that has none. */
static bool fits_text(struct filter_test *test, const struct row *row, text_id id)
{
	if (id)
		return filter_pattern_fits_text(&test->pattern, row->ledger, id);
	return test->pattern.kind == PATTERN_EQUAL && !test->pattern.length;
}

static bool was_envelope_seen(const struct row *row)
{
	for (uint32_t i = 0; i < row->delivery->try_count; i++)
		if (attempt_of(row, &row->delivery->tries[i])->mail != NO_EVENT)
			return true;
	return false;
}

/* Whether what TRY says of the test's field fits. */
static bool fits_try(struct filter_test *test, const struct row *row, const struct try *try)
{
	switch (test->field) {
	case FIELD_OUTCOME:
		return has_word(test->words, try->verdict.outcome);
	case FIELD_TLS:
		return has_word(test->words,
				attempt_session(row->ledger, attempt_of(row, try))->tls);
	case FIELD_REPLY:
		return fits_reply(test, row, try);
	case FIELD_SERVER:
	case FIELD_CLIENT:
		return fits_peer(test, row, try, test->field == FIELD_SERVER);
	case FIELD_CODE:
		return fits_code(test, row, try);
	case FIELD_SESSION:
		return fits_number(
			test, attempt_session(row->ledger, attempt_of(row, try))->number);
	case FIELD_FRAME:
		return fits_frame(test, row, try);
	case FIELD_STATE:
	case FIELD_CAUSE:
	case FIELD_FROM:
	case FIELD_TO:
	case FIELD_SUBJECT:
	case FIELD_MESSAGE_ID:
	case FIELD_WAITED:
	case FIELD_TIME:
	case FIELD_SIZE:
	case FIELD_COPIES:
	case FIELD_COPIES_MIN:
	case FIELD_ATTEMPTS:
	case FIELD_ID:
	case FIELD_NUMBER:
	case FIELDS:
		break;
	}
	return false;
}

static bool fits_any_try(struct filter_test *test, const struct row *row)
{
	for (uint32_t i = 0; i < row->delivery->try_count; i++)
		if (fits_try(test, row, &row->delivery->tries[i]))
			return true;
	return false;
}

static bool fits_field(struct filter_test *test, const struct row *row)
{
	const struct delivery *d = row->delivery;

	switch (test->field) {
	case FIELD_STATE:
		return has_word(test->words, d->state);
	case FIELD_CAUSE:
		return has_word(test->words, d->cause);
	case FIELD_FROM:
		return fits_text(test, row, d->sender) && (d->sender || was_envelope_seen(row));
	case FIELD_TO:
		return fits_text(test, row, d->recipient);
	case FIELD_SUBJECT:
		return fits_text(test, row, d->subject);
	case FIELD_MESSAGE_ID:
		return fits_text(test, row, d->message_id);
	case FIELD_WAITED:
		return d->longest_wait_ns && fits_number(test, d->longest_wait_ns);
	case FIELD_TIME:
		return fits_time(test, d->first_ns);
	case FIELD_SIZE:
		return fits_number(test, (int64_t)size_of(row));
	case FIELD_COPIES:
		return fits_number(test, d->copies_max);
	case FIELD_COPIES_MIN:
		return fits_number(test, d->copies_min);
	case FIELD_ATTEMPTS:
		return fits_number(test, d->try_count);
	case FIELD_ID:
		return fits_number(test, d->number);
	case FIELD_NUMBER:
		return fits_number(test, (int64_t)d->number + 1);
	case FIELD_OUTCOME:
	case FIELD_TLS:
	case FIELD_REPLY:
	case FIELD_SERVER:
	case FIELD_CLIENT:
	case FIELD_CODE:
	case FIELD_SESSION:
	case FIELD_FRAME:
		return fits_any_try(test, row);
	case FIELDS:
		break;
	}
	return false;
}

static bool is_in_text(struct filter_test *test, const struct row *row, text_id id)
{
	return id && filter_pattern_fits_text(&test->pattern, row->ledger, id);
}

/* Whether a bare text is in anything that a user sees of the delivery. */
static bool is_seen(struct filter_test *test, const struct row *row)
{
	const struct delivery *d = row->delivery;

	if (has_word(test->words, d->state) || has_word(test->causes, d->cause))
		return true;
	if (is_in_text(test, row, d->sender) || is_in_text(test, row, d->recipient) ||
	    is_in_text(test, row, d->subject) || is_in_text(test, row, d->message_id))
		return true;
	if (test->range.low <= test->range.high && fits_time(test, d->first_ns))
		return true;
	for (uint32_t i = 0; i < d->try_count; i++)
		if (fits_peer(test, row, &d->tries[i], true) ||
		    fits_peer(test, row, &d->tries[i], false) ||
		    fits_reply(test, row, &d->tries[i]))
			return true;
	return false;
}

/* As deep as there are nodes, LIMIT_FILTER_NODES, at most. */
static bool fits_node(struct filter *filter, uint32_t index, const struct row *row)
{
	struct filter_node *node = &filter->nodes[index];

	switch (node->kind) {
	case NODE_TEST:
		return node->test.is_bare ? is_seen(&node->test, row)
					  : fits_field(&node->test, row);
	case NODE_AND:
		return fits_node(filter, node->left, row) && fits_node(filter, node->right, row);
	case NODE_OR:
		return fits_node(filter, node->left, row) || fits_node(filter, node->right, row);
	case NODE_NOT:
		return !fits_node(filter, node->left, row);
	}
	return false;
}

bool filter_matches(struct filter *filter, const struct ledger *ledger,
		    const struct delivery *delivery)
{
	const struct row row = {ledger, delivery};

	if (filter && filter->ids)
		return delivery->id < filter->id_count && filter->ids[delivery->id];
	return !filter || filter->root == NO_NODE || fits_node(filter, filter->root, &row);
}
