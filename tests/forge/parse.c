/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <string.h>

#include "lex.h"
#include "parse_session.h"

/* What the indented lines belong to. */
enum context { CONTEXT_NONE, CONTEXT_MESSAGE, CONTEXT_SESSION };

struct parser {
	struct lex *lex;
	struct scenario *scenario;
	enum context context;
	struct message *message;
	struct text_list **headers_end;
	struct text_list **body_end;
	struct session_draft draft;
};

static bool parse_address(struct lex *lex, struct address *address)
{
	char *word;

	if (!lex_word(lex, "an IP address", &word))
		return false;
	return scenario_read_address(word, address) ||
	       lex_fail_back(lex, "an IP address such as 192.0.2.10 or 2001:db8::10");
}

static bool parse_u16(struct lex *lex, const char *what, uint64_t min, uint64_t max,
		      uint16_t *value)
{
	uint64_t number;

	if (!lex_number(lex, what, min, max, &number))
		return false;
	*value = (uint16_t)number;
	return true;
}

static bool parse_host_option(struct lex *lex, struct host *host)
{
	uint64_t number;

	if (lex_accept(lex, "name"))
		return lex_word(lex, "a domain name", &host->domain);
	if (lex_accept(lex, "mss"))
		return parse_u16(lex, "a segment size from 88 to 8960", 88, 8960, &host->mss);
	if (lex_accept(lex, "ttl")) {
		if (!lex_number(lex, "a TTL from 1 to 255", 1, 255, &number))
			return false;
		host->ttl = (uint8_t)number;
		return true;
	}
	if (host->side == SIDE_CLIENT && lex_accept(lex, "timer"))
		return lex_duration(lex, &host->timer_ns);
	if (host->side == SIDE_SERVER && lex_accept(lex, "port"))
		return parse_u16(lex, "a port from 1 to 65535", 1, UINT16_MAX, &host->port);
	if (host->side == SIDE_SERVER && lex_accept(lex, "lmtp")) {
		host->is_lmtp = true;
		return true;
	}
	return lex_fail(lex, host->side == SIDE_CLIENT ? "name, timer, mss or ttl"
						       : "port, name, lmtp, mss or ttl");
}

static bool parse_host(struct lex *lex, struct scenario *scenario, enum side side)
{
	struct host *host = arena_alloc(scenario->arena, sizeof(*host));

	*host = (struct host){
		.side = side, .port = 25, .mss = 1460, .ttl = 64, .timer_ns = 90 * NS_PER_S};
	if (!lex_word(lex, "a name for the host", &host->name))
		return false;
	if (scenario_find_host(scenario, side, host->name))
		return lex_fail_back(lex, "a name that is not taken yet");
	if (!parse_address(lex, &host->address))
		return false;
	while (!lex_at_end(lex)) {
		if (!parse_host_option(lex, host))
			return false;
	}
	if (!host->domain)
		host->domain = arena_printf(scenario->arena, "%s.example", host->name);
	host->previous = scenario->hosts;
	scenario->hosts = host;
	return true;
}

static bool parse_delay(struct lex *lex, struct scenario *scenario)
{
	struct link *link;
	char *client, *server;

	if (lex_duration(lex, &scenario->delay_ns) && lex_at_end(lex))
		return true;
	if (!lex_expect(lex, "from") || !lex_word(lex, "the name of a client", &client))
		return false;
	link = arena_alloc(scenario->arena, sizeof(*link));
	link->client = scenario_find_host(scenario, SIDE_CLIENT, client);
	if (!link->client)
		return lex_fail_back(lex, "the name of a client");
	if (!lex_expect(lex, "to") || !lex_word(lex, "the name of a server", &server))
		return false;
	link->server = scenario_find_host(scenario, SIDE_SERVER, server);
	if (!link->server)
		return lex_fail_back(lex, "the name of a server");
	link->delay_ns = scenario->delay_ns;
	link->next = scenario->links;
	scenario->links = link;
	return true;
}

static bool parse_tap(struct lex *lex, struct scenario *scenario)
{
	if (lex_accept(lex, "between")) {
		scenario->tap_percent = 50;
		return true;
	}
	if (!lex_accept(lex, "at"))
		return lex_fail(lex, "\"at the client\", \"at the server\" or \"between\"");
	if (!lex_expect(lex, "the"))
		return false;
	scenario->tap_percent = 0;
	if (lex_accept(lex, "client"))
		return true;
	scenario->tap_percent = 100;
	return lex_accept(lex, "server") || lex_fail(lex, "\"client\" or \"server\"");
}

static bool parse_capture(struct lex *lex, struct scenario *scenario)
{
	if (lex_accept(lex, "from"))
		return lex_duration(lex, &scenario->from_ns);
	if (lex_accept(lex, "until"))
		return lex_duration(lex, &scenario->until_ns);
	return lex_fail(lex, "\"from\" or \"until\" and a duration since the start");
}

static bool parse_clock(struct lex *lex, struct scenario *scenario)
{
	if (!lex_duration(lex, &scenario->clock_ns))
		return false;
	if (lex_accept(lex, "behind"))
		scenario->clock_ns = -scenario->clock_ns;
	else if (!lex_accept(lex, "ahead"))
		return lex_fail(lex, "\"ahead\" or \"behind\"");
	return true;
}

static bool parse_mailboxes(struct lex *lex, struct arena *arena, struct text_list **end)
{
	do {
		*end = arena_alloc(arena, sizeof(**end));
		if (!lex_mailbox(lex, &(*end)->text))
			return false;
		end = &(*end)->next;
	} while (lex_at_mailbox(lex));
	return true;
}

static bool parse_message_option(struct lex *lex, struct scenario *scenario,
				 struct message *message)
{
	if (lex_accept(lex, "from"))
		return lex_mailbox(lex, &message->sender);
	if (lex_accept(lex, "to"))
		return parse_mailboxes(lex, scenario->arena, &message->recipients);
	if (lex_accept(lex, "subject"))
		return lex_string(lex, "the subject in double quotes", &message->subject);
	if (lex_accept(lex, "id"))
		return lex_string(lex, "the Message-ID in double quotes", &message->message_id);
	if (lex_accept(lex, "date"))
		return lex_string(lex, "the Date field in double quotes", &message->date);
	return lex_fail(lex, "from, to, subject, id or date");
}

/* `[SIZE] from SENDER`, or `like MESSAGE` */
static bool parse_message_origin(struct lex *lex, struct scenario *scenario,
				 struct message *message)
{
	char *like;

	if (lex_accept(lex, "like")) {
		if (!lex_word(lex, "the name of a message", &like))
			return false;
		message->like = scenario_find_message(scenario, like);
		if (!message->like)
			return lex_fail_back(lex, "the name of a message");
		message->sender = message->like->sender;
		message->recipients = message->like->recipients;
		return true;
	}
	if (!lex_accept(lex, "from")) {
		if (!lex_size(lex, &message->size) || !lex_expect(lex, "from"))
			return false;
		if (message->size > 100000000)
			return lex_fail_back(lex, "at most 100 MB");
	}
	return lex_mailbox(lex, &message->sender);
}

static bool parse_message(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	struct message *message = arena_alloc(scenario->arena, sizeof(*message));
	struct lex *lex = parser->lex;

	if (!lex_word(lex, "a name for the message", &message->name))
		return false;
	if (scenario_find_message(scenario, message->name))
		return lex_fail_back(lex, "a name that is not taken yet");
	if (!parse_message_origin(lex, scenario, message))
		return false;
	while (!lex_at_end(lex)) {
		if (!parse_message_option(lex, scenario, message))
			return false;
	}
	if (!message->recipients)
		return lex_fail(lex, "\"to\" and the recipients");
	scenario_add_message(scenario, message);
	parser->message = message;
	parser->headers_end = &message->headers;
	parser->body_end = &message->body;
	parser->context = CONTEXT_MESSAGE;
	return true;
}

/* An indented line under a message: a header field or a line of its body. */
static bool parse_message_item(struct parser *parser)
{
	struct text_list *line = arena_alloc(parser->scenario->arena, sizeof(*line));

	if (lex_accept(parser->lex, "header")) {
		*parser->headers_end = line;
		parser->headers_end = &line->next;
		return lex_string(parser->lex, "a header field in double quotes", &line->text);
	}
	if (!parser->message->like && lex_accept(parser->lex, "body")) {
		*parser->body_end = line;
		parser->body_end = &line->next;
		return lex_string(parser->lex, "a line of the body in double quotes", &line->text);
	}
	return lex_fail(parser->lex, "header or body");
}

static bool parse_setting(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	struct lex *lex = parser->lex;
	uint64_t number = 0;

	if (lex_accept(lex, "scenario"))
		return lex_string(lex, "a title in double quotes", &scenario->title);
	if (lex_accept(lex, "start"))
		return lex_moment(lex, &scenario->start_ns);
	if (lex_accept(lex, "client"))
		return parse_host(lex, scenario, SIDE_CLIENT);
	if (lex_accept(lex, "server"))
		return parse_host(lex, scenario, SIDE_SERVER);
	if (lex_accept(lex, "delay"))
		return parse_delay(lex, scenario);
	if (lex_accept(lex, "tap"))
		return parse_tap(lex, scenario);
	if (lex_accept(lex, "clock"))
		return parse_clock(lex, scenario);
	if (lex_accept(lex, "capture"))
		return parse_capture(lex, scenario);
	if (lex_accept(lex, "seed"))
		return lex_number(lex, "a number", 0, UINT32_MAX, &scenario->seed);
	if (lex_accept(lex, "hops")) {
		if (!lex_number(lex, "a number of routers from 0 to 60", 0, 60, &number))
			return false;
		scenario->hops = (unsigned)number;
		return true;
	}
	if (lex_accept(lex, "snaplen")) {
		if (!lex_number(lex, "a number of bytes from 54 to 262144", 54, 262144, &number))
			return false;
		scenario->snaplen = (uint32_t)number;
		return true;
	}
	if (lex_accept(lex, "nat")) {
		scenario->has_nat = true;
		return parse_address(lex, &scenario->nat);
	}
	if (lex_accept(lex, "vlan")) {
		scenario->has_vlan = true;
		return parse_u16(lex, "a VLAN from 1 to 4094", 1, 4094, &scenario->vlan);
	}
	return lex_fail(lex, "scenario, start, client, server, delay, hops, tap, clock, capture, "
			     "nat, vlan, snaplen, seed, "
			     "message, session, resend or retry");
}

static bool parse_directive(struct parser *parser)
{
	struct lex *lex = parser->lex;

	parser->context = CONTEXT_NONE;
	if (lex_accept(lex, "message"))
		return parse_message(parser);
	if (lex_accept(lex, "session")) {
		parser->context = CONTEXT_SESSION;
		return parse_session_line(lex, parser->scenario, &parser->draft);
	}
	if (lex_accept(lex, "resend") || lex_accept(lex, "retry")) {
		parser->context = CONTEXT_SESSION;
		return parse_resend_line(lex, parser->scenario, &parser->draft);
	}
	return parse_setting(parser);
}

static bool parse_item(struct parser *parser)
{
	switch (parser->context) {
	case CONTEXT_MESSAGE:
		return parse_message_item(parser);
	case CONTEXT_SESSION:
		return parse_session_item(parser->lex, parser->scenario, &parser->draft);
	case CONTEXT_NONE:
		break;
	}
	return lex_fail(
		parser->lex,
		"a directive at the margin (only a message or a session has indented lines)");
}

struct scenario *parse_scenario(const char *name, const char *text, size_t len, char **error)
{
	struct scenario *scenario = scenario_new();
	struct parser parser = {.scenario = scenario};

	*error = NULL;
	parser.lex = lex_new(scenario->arena, name, text, len);
	while (lex_next_line(parser.lex)) {
		bool is_ok = lex_is_indented(parser.lex) ? parse_item(&parser)
							 : parse_directive(&parser);

		if (!is_ok || !lex_expect_end(parser.lex))
			break;
	}
	if (!lex_failed(parser.lex) && !scenario->sessions)
		lex_fail(parser.lex, "a session");
	if (!lex_failed(parser.lex))
		return scenario;
	*error = strdup(lex_error(parser.lex));
	scenario_free(scenario);
	return NULL;
}
