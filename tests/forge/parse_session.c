/* SPDX-License-Identifier: MIT */
#include "parse_session.h"

#include "parse_rule.h"

static struct item *add_item(struct scenario *scenario, struct session_draft *draft,
			     enum item_kind kind)
{
	struct item *item = arena_alloc(scenario->arena, sizeof(*item));

	item->kind = kind;
	*draft->items_end = item;
	draft->items_end = &item->next;
	return item;
}

static void begin_session(struct scenario *scenario, struct session_draft *draft)
{
	struct session *above = draft->session;
	struct session *session = arena_alloc(scenario->arena, sizeof(*session));

	session->stop_reading_ns = TIME_UNSET;
	session->when = above ? WHEN_AFTER : WHEN_AT;
	session->time_ns = above ? NS_PER_S : 0;
	if (above)
		above->next = session;
	else
		scenario->sessions = session;
	*draft = (struct session_draft){
		.session = session,
		.items_end = &session->items,
		.rules_end = &session->rules,
	};
}

static bool parse_isn(struct lex *lex, struct session *session, enum side side)
{
	uint64_t number = 0;

	session->has_isn[side] = true;
	if (!lex_number(lex, "a sequence number from 0 to 4294967295", 0, UINT32_MAX, &number))
		return false;
	session->isn[side] = (uint32_t)number;
	return true;
}

/* `1.2`; else, and without it, 1.3 */
static void parse_tls_version(struct lex *lex, enum tls_version *version)
{
	*version = lex_accept(lex, "1.2") ? TLS_1_2 : TLS_1_3;
	(void)lex_accept(lex, "1.3");
}

static bool parse_session_option(struct lex *lex, struct session *session)
{
	uint64_t number = 0;

	if (lex_accept(lex, "at")) {
		session->when = WHEN_AT;
		return lex_duration(lex, &session->time_ns);
	}
	if (lex_accept(lex, "after")) {
		session->when = WHEN_AFTER;
		return lex_duration(lex, &session->time_ns);
	}
	if (lex_accept(lex, "port")) {
		if (!lex_number(lex, "a port from 1 to 65535", 1, UINT16_MAX, &number))
			return false;
		session->client_port = (uint16_t)number;
		return true;
	}
	if (lex_accept(lex, "isn"))
		return parse_isn(lex, session, SIDE_CLIENT);
	if (lex_accept(lex, "server-isn"))
		return parse_isn(lex, session, SIDE_SERVER);
	if (lex_accept(lex, "wrapping")) {
		session->wraps_at_dot = true;
		return lex_expect(lex, "at") && lex_expect(lex, "the") && lex_expect(lex, "dot");
	}
	if (lex_accept(lex, "tls")) {
		session->is_implicit_tls = true;
		parse_tls_version(lex, &session->tls);
		return true;
	}
	return lex_fail(lex, "at, after, port, isn, server-isn, wrapping or tls");
}

static bool parse_server(struct lex *lex, struct scenario *scenario, struct session *session)
{
	char *name;

	if (!lex_word(lex, "the name of a server", &name))
		return false;
	session->server = scenario_find_host(scenario, SIDE_SERVER, name);
	if (!session->server)
		return lex_fail_back(lex, "the name of a server");
	if (session->server->address.is_v6 != session->client->address.is_v6)
		return lex_fail_back(lex, "a server with the same version of IP as the client");
	return true;
}

bool parse_session_line(struct lex *lex, struct scenario *scenario, struct session_draft *draft)
{
	struct session *session;
	char *name;

	begin_session(scenario, draft);
	session = draft->session;
	if (!lex_word(lex, "the name of a client", &name))
		return false;
	session->client = scenario_find_host(scenario, SIDE_CLIENT, name);
	if (!session->client)
		return lex_fail_back(lex, "the name of a client");
	if (!lex_expect(lex, "->") || !parse_server(lex, scenario, session))
		return false;
	while (!lex_at_end(lex)) {
		if (!parse_session_option(lex, session))
			return false;
	}
	return true;
}

static void repeat_items(struct scenario *scenario, struct session_draft *draft,
			 const struct session *above, bool with_replies)
{
	for (const struct item *old = above->items; old; old = old->next) {
		struct item *item;

		if (old->kind != ITEM_DELIVER && old->kind != ITEM_STARTTLS && !with_replies)
			continue;
		item = add_item(scenario, draft, old->kind);
		*item = *old;
		item->next = NULL;
		if (!with_replies)
			item->replies = NULL;
		if (old->kind == ITEM_DELIVER || old->kind == ITEM_SEND) {
			draft->transaction = item;
			draft->transactions++;
		}
	}
}

static void repeat_rules(struct scenario *scenario, struct session_draft *draft,
			 const struct session *above)
{
	for (const struct rule *old = above->rules; old; old = old->next) {
		struct rule *rule = arena_alloc(scenario->arena, sizeof(*rule));

		*rule = *old;
		rule->next = NULL;
		*draft->rules_end = rule;
		draft->rules_end = &rule->next;
	}
}

bool parse_resend_line(struct lex *lex, struct scenario *scenario, struct session_draft *draft)
{
	const struct session *above = draft->session;
	bool as_before = false;

	if (!above)
		return lex_fail_back(lex, "a session above");
	begin_session(scenario, draft);
	draft->session->client = above->client;
	draft->session->server = above->server;
	while (!lex_at_end(lex)) {
		if (lex_accept(lex, "to")) {
			if (!parse_server(lex, scenario, draft->session))
				return false;
		} else if (lex_accept(lex, "as")) {
			as_before = true;
			if (!lex_expect(lex, "before"))
				return false;
		} else if (!parse_session_option(lex, draft->session)) {
			return false;
		}
	}
	repeat_items(scenario, draft, above, as_before);
	if (as_before)
		repeat_rules(scenario, draft, above);
	return true;
}

static bool parse_recipients(struct lex *lex, struct scenario *scenario, struct item *item)
{
	struct text_list **end = &item->recipients;

	do {
		*end = arena_alloc(scenario->arena, sizeof(**end));
		if (!lex_mailbox(lex, &(*end)->text))
			return false;
		end = &(*end)->next;
	} while (lex_at_mailbox(lex));
	return true;
}

static bool parse_transaction_option(struct lex *lex, struct scenario *scenario, struct item *item)
{
	if (lex_accept(lex, "in"))
		return lex_expect(lex, "chunks") && lex_expect(lex, "of") &&
		       lex_size(lex, &item->chunk_size);
	if (lex_accept(lex, "cut"))
		return lex_expect(lex, "after") && lex_size(lex, &item->cut);
	if (lex_accept(lex, "dot")) {
		item->is_dot_apart = true;
		return lex_expect(lex, "apart");
	}
	if (item->kind == ITEM_DELIVER && lex_accept(lex, "to"))
		return parse_recipients(lex, scenario, item);
	if (item->kind == ITEM_DELIVER && lex_accept(lex, "prdr")) {
		item->has_prdr = true;
		return true;
	}
	if (item->kind == ITEM_DELIVER && lex_accept(lex, "pipelined")) {
		item->is_pipelined = true;
		return true;
	}
	return lex_fail(lex,
			item->kind == ITEM_DELIVER
				? "to, pipelined, prdr, \"in chunks of\", \"cut after\" or \"dot apart\""
				: "\"in chunks of\", \"cut after\" or \"dot apart\"");
}

static bool parse_transaction(struct lex *lex, struct scenario *scenario,
			      struct session_draft *draft, enum item_kind kind)
{
	struct item *item = add_item(scenario, draft, kind);
	char *name;

	draft->transaction = item;
	draft->transactions++;
	if (!lex_word(lex, "the name of a message", &name))
		return false;
	item->message = scenario_find_message(scenario, name);
	if (!item->message)
		return lex_fail_back(lex, "the name of a message");
	while (!lex_at_end(lex)) {
		if (!parse_transaction_option(lex, scenario, item))
			return false;
	}
	if (item->chunk_size && item->cut)
		return lex_fail_back(lex, "\"in chunks of\" or \"cut after\", not both");
	if (item->has_prdr && draft->session->server->is_lmtp)
		return lex_fail_back(lex, "no prdr with lmtp, which has it anyway");
	return true;
}

static bool parse_reply_point(struct lex *lex, enum reply_point *point)
{
	static const char *const names[] = {
		[REPLY_BANNER] = "banner", [REPLY_EHLO] = "ehlo", [REPLY_MAIL] = "mail",
		[REPLY_RCPT] = "rcpt",	   [REPLY_DATA] = "data", [REPLY_CHUNK] = "chunk",
		[REPLY_DOT] = "dot",	   [REPLY_QUIT] = "quit",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (lex_accept(lex, names[i])) {
			*point = (enum reply_point)i;
			return true;
		}
	}
	return lex_fail(lex, "banner, ehlo, mail, rcpt, data, chunk, dot or quit");
}

/* `reply to POINT [RECIPIENT] [after DURATION] ["TEXT" [cut after SIZE] | nothing | close | reset]
 * [keeping it]` */
static bool parse_reply(struct lex *lex, struct scenario *scenario, struct session_draft *draft)
{
	struct reply *reply = arena_alloc(scenario->arena, sizeof(*reply));

	if (!draft->transaction)
		return lex_fail_back(lex, "a deliver above");
	reply->delay_ns = TIME_UNSET;
	if (!lex_expect(lex, "to") || !parse_reply_point(lex, &reply->point))
		return false;
	if (lex_at_mailbox(lex) && !lex_mailbox(lex, &reply->recipient))
		return false;
	if (lex_accept(lex, "after") && !lex_duration(lex, &reply->delay_ns))
		return false;
	if (lex_accept(lex, "nothing"))
		reply->act = REPLY_NOTHING;
	else if (lex_accept(lex, "close"))
		reply->act = REPLY_CLOSE;
	else if (lex_accept(lex, "reset"))
		reply->act = REPLY_RESET;
	else if (!lex_at_end(lex) && !lex_at_word(lex, "keeping") &&
		 !lex_string(lex, "a reply in double quotes, nothing, close or reset",
			     &reply->text))
		return false;
	if (reply->text && lex_accept(lex, "cut") &&
	    (!lex_expect(lex, "after") || !lex_size(lex, &reply->cut)))
		return false;
	if (lex_accept(lex, "keeping")) {
		reply->keeps = true;
		if (!lex_expect(lex, "it"))
			return false;
	}
	reply->next = draft->transaction->replies;
	draft->transaction->replies = reply;
	return true;
}

static bool parse_act(struct lex *lex, struct scenario *scenario, struct session_draft *draft,
		      enum side side)
{
	if (lex_accept(lex, "closes")) {
		add_item(scenario, draft, ITEM_CLOSE)->side = side;
	} else if (lex_accept(lex, "half-closes")) {
		add_item(scenario, draft, ITEM_SHUTDOWN)->side = side;
	} else if (lex_accept(lex, "resets")) {
		add_item(scenario, draft, ITEM_RESET)->side = side;
	} else if (side == SIDE_CLIENT && lex_accept(lex, "goes")) {
		return lex_expect(lex, "on") && lex_expect(lex, "after") &&
		       lex_duration(lex, &add_item(scenario, draft, ITEM_GO_ON)->duration_ns);
	} else if (side == SIDE_SERVER && lex_accept(lex, "stops")) {
		return lex_expect(lex, "reading") && lex_expect(lex, "after") &&
		       lex_size(lex, &draft->session->stop_reading_after) &&
		       lex_expect(lex, "for") &&
		       lex_duration(lex, &draft->session->stop_reading_ns);
	} else {
		return lex_fail(
			lex,
			side == SIDE_CLIENT
				? "closes, half-closes, resets or \"goes on after\" and a duration"
				: "closes, half-closes, resets or \"stops reading after SIZE "
				  "for\"");
	}
	return true;
}

static bool parse_line(struct lex *lex, struct scenario *scenario, struct session_draft *draft,
		       enum side side)
{
	struct item *item = add_item(scenario, draft, ITEM_SAY);

	item->side = side;
	return lex_rest(lex, &item->text);
}

bool parse_session_item(struct lex *lex, struct scenario *scenario, struct session_draft *draft)
{
	if (lex_accept(lex, "C:"))
		return parse_line(lex, scenario, draft, SIDE_CLIENT);
	if (lex_accept(lex, "S:"))
		return parse_line(lex, scenario, draft, SIDE_SERVER);
	if (lex_accept(lex, "deliver"))
		return parse_transaction(lex, scenario, draft, ITEM_DELIVER);
	if (lex_accept(lex, "send"))
		return parse_transaction(lex, scenario, draft, ITEM_SEND);
	if (lex_accept(lex, "reply"))
		return parse_reply(lex, scenario, draft);
	if (lex_accept(lex, "pause"))
		return lex_duration(lex, &add_item(scenario, draft, ITEM_PAUSE)->duration_ns);
	if (lex_accept(lex, "starttls")) {
		parse_tls_version(lex, &add_item(scenario, draft, ITEM_STARTTLS)->tls);
		return true;
	}
	if (lex_accept(lex, "client"))
		return parse_act(lex, scenario, draft, SIDE_CLIENT);
	if (lex_accept(lex, "server"))
		return parse_act(lex, scenario, draft, SIDE_SERVER);
	if (parse_rule_starts(lex))
		return parse_rule_item(lex, scenario, draft);
	return lex_fail(lex, "a line of the dialogue (C: or S:), deliver, send, reply, pause, "
			     "starttls, client, server, "
			     "lose, delay, path, router, box or capture");
}
