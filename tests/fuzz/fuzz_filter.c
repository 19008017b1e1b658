/* SPDX-License-Identifier: MIT */
/*
 * A filter, and a delivery to try it on: what is before the first NUL of an input is the filter,
 * what is behind it are the texts of the delivery.
 */
#include "fuzz.h"

#include "bounds.h"
#include "dialogue.h"
#include "filter.h"
#include "smtp/ledger_write.h"
#include "text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (LIMIT_FILTER_TEXT + 100)
#define TIME_NS (INT64_C(847101731) * NS_PER_SECOND)

struct made {
	struct ledger *ledger;
	struct delivery delivery;
	struct try try;
};

static struct attempt *make_attempt(struct ledger *ledger, text_id text)
{
	struct session *session = ledger_add_session(ledger);
	struct attempt *attempt = session ? ledger_add_attempt(ledger, session) : NULL;
	const struct event reply = {
		.time_ns = TIME_NS,
		.frame = 7,
		.text = text,
		.value = 250,
		.kind = EVENT_REPLY,
		.bits = EVENT_FROM_SERVER,
	};

	assert(attempt);
	session->server_name = text;
	session->server.address[15] = 1;
	session->server.port = 25;
	session->is_closed = true;
	attempt->reply = ledger_add_event(ledger, session, &reply);
	return attempt;
}

/* A delivery of which every text is TEXT. */
static void make(struct made *made, struct span text)
{
	made->ledger = ledger_new(1);
	assert(made->ledger);
	text_id id = ledger_keep(made->ledger, text);
	struct attempt *attempt = make_attempt(made->ledger, id);
	made->try = (struct try){.attempt = attempt->id, .verdict = {.reply = attempt->reply}};
	made->delivery = (struct delivery){
		.state = STATE_DUPLICATED,
		.cause = CAUSE_REPLY_LATE,
		.copies_max = 2,
		.subject = id,
		.sender = id,
		.recipient = id,
		.first_ns = TIME_NS,
		.longest_wait_ns = 90 * NS_PER_SECOND,
		.try_count = 1,
		.tries = &made->try,
	};
}

static void expect_fault(const char *text, const struct filter_fault *fault)
{
	char place[FILTER_PLACE_TEXT];
	char line[FILTER_PLACE_TEXT];

	assert(fault->fault.kind == FAULT_USAGE);
	assert(fault->fault.text[0]);
	assert(fault->at <= strlen(text) && fault->length <= strlen(text) - fault->at);
	filter_show_place(text, fault, false, place);
	expect_shown(place, true, false);
	size_t first = strcspn(place, "\n");
	assert(place[first] == '\n' && !strchr(place + first + 1, '\n'));
	memcpy(line, place, first);
	line[first] = '\0';
	assert(text_columns(line) <= FILTER_PLACE_COLUMNS);
	assert(text_columns(place + first + 1) <= FILTER_PLACE_COLUMNS + 1);
	assert(strchr(place + first, '^'));
}

/* What fits a filter does not fit its opposite; and both say the same when asked again. */
static void expect_matches(struct filter *filter, const struct made *made)
{
	char text[LIMIT_FILTER_TEXT + 8];
	struct filter_fault fault;
	bool fits = filter_matches(filter, made->ledger, &made->delivery);

	assert(filter_matches(filter, made->ledger, &made->delivery) == fits);
	snprintf(text, sizeof text, "not (%s)", filter_text(filter));
	struct filter *opposite = filter_parse(text, &fault);
	if (opposite)
		assert(filter_matches(opposite, made->ledger, &made->delivery) != fits);
	filter_free(opposite);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t length = end ? (size_t)(end - data) : size;
	struct filter_fault fault;
	struct made made;

	if (length > TEXT_MAX)
		return 0;
	if (MB_CUR_MAX == 1) /* expressions are then of bytes, not characters */
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	char *text = malloc(length + 1);
	if (!text)
		return 0;
	memcpy(text, data, length);
	text[length] = '\0';
	struct filter *filter = filter_parse(text, &fault);
	if (filter) {
		make(&made, (struct span){data + length, size - length});
		expect_matches(filter, &made);
		ledger_free(made.ledger);
	} else {
		expect_fault(text, &fault);
	}
	filter_free(filter);
	free(text);
	return 0;
}
