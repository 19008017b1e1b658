/* SPDX-License-Identifier: MIT */
#include "dialogue.h"

#include <stdlib.h>

#include "dialogue_inner.h"
#include "tls.h"

static void say_hello(struct dialogue *dialogue, const struct item *item)
{
	const struct host *server = dialogue->session->server;
	struct script *script = dialogue->script;
	struct buffer text = {0};

	forge_script_say_line(script, SIDE_CLIENT, "%s %s", server->is_lmtp ? "LHLO" : "EHLO",
			      dialogue->session->client->domain);
	dialogue->is_plain_smtp = forge_dialogue_find_reply(item, REPLY_EHLO, NULL) &&
				  forge_dialogue_find_reply(item, REPLY_EHLO, NULL)->text;
	buffer_printf(&text, "250-%s\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n", server->domain);
	buffer_printf(&text, "250-8BITMIME\r\n250-CHUNKING\r\n");
	if (item && item->has_prdr)
		buffer_printf(&text, "250-PRDR\r\n");
	if (!script->is_sealed)
		buffer_printf(&text, "250-STARTTLS\r\n");
	buffer_printf(&text, "250 ENHANCEDSTATUSCODES%c", '\0');
	forge_dialogue_answer(dialogue, item, REPLY_EHLO, NULL, (const char *)text.bytes);
	free(text.bytes);
}

static void begin_tls(struct dialogue *dialogue, enum tls_version version)
{
	struct script *script = dialogue->script;
	struct buffer bytes = {0};

	for (unsigned flight = 0; flight < TLS_FLIGHTS; flight++) {
		enum side side = flight % 2 ? SIDE_SERVER : SIDE_CLIENT;

		bytes.len = 0;
		tls_flight(&script->random, version, flight, dialogue->session->server->domain,
			   &bytes);
		if (bytes.len)
			forge_script_say_raw(script, side, bytes.bytes, bytes.len);
	}
	free(bytes.bytes);
	script->is_sealed = true;
	script->tls = version;
}

/* Up to and with the answer to EHLO. */
static void greet(struct dialogue *dialogue, const struct item *item)
{
	const struct host *server = dialogue->session->server;
	struct buffer banner = {0};

	buffer_printf(&banner, "220 %s %s%c", server->domain, server->is_lmtp ? "LMTP" : "ESMTP",
		      '\0');
	forge_dialogue_answer(dialogue, item, REPLY_BANNER, NULL, (const char *)banner.bytes);
	free(banner.bytes);
	say_hello(dialogue, item);
}

static void quit(struct dialogue *dialogue, const struct item *item)
{
	if (!dialogue->has_quit)
		forge_script_say_line(dialogue->script, SIDE_CLIENT, "QUIT");
	forge_dialogue_answer(dialogue, item, REPLY_QUIT, NULL, "221 2.0.0 Bye");
	if (!dialogue->is_broken)
		forge_script_act(dialogue->script, SIDE_SERVER, STEP_CLOSE);
	forge_script_act(dialogue->script, SIDE_CLIENT, STEP_CLOSE);
	dialogue->ends = true;
}

/* A line of the scenario; the server's first lines after a message are the reply to it. */
static void say_item(struct dialogue *dialogue, const struct item *item)
{
	struct script *script = dialogue->script;
	uint64_t from = script->stream[SIDE_SERVER].len;
	struct marks *marks;

	forge_script_say_line(script, item->side, "%s", item->text);
	if (!dialogue->awaits_reply)
		return;
	marks = &script->marks[script->mark_count - 1];
	if (item->side == SIDE_CLIENT) {
		dialogue->awaits_reply = marks->reply_to == 0;
		return;
	}
	if (!marks->reply_to)
		marks->reply_from = from;
	marks->reply_to = script->stream[SIDE_SERVER].len;
	for (size_t i = 0; i < marks->receipt_count; i++) {
		marks->receipts[i].upto = marks->reply_to;
		marks->receipts[i].is_taken = item->text[0] == '2';
	}
}

/* The scenario's own lines: what it sends is meant for all of the message's recipients. */
static void send_message(struct dialogue *dialogue, const struct item *item)
{
	forge_dialogue_say_data(dialogue, item, false);
	dialogue->awaits_reply = true;
	dialogue->script->marks[dialogue->script->mark_count - 1].message = item->message;
	for (const struct text_list *to = item->message->recipients; to; to = to->next)
		forge_script_add_receipt(dialogue->script, to->text);
}

static void write_item(struct dialogue *dialogue, const struct item *item)
{
	struct script *script = dialogue->script;

	switch (item->kind) {
	case ITEM_SAY:
		say_item(dialogue, item);
		break;
	case ITEM_SEND:
		send_message(dialogue, item);
		break;
	case ITEM_DELIVER:
		forge_dialogue_deliver(dialogue, item);
		break;
	case ITEM_STARTTLS:
		forge_script_say_line(script, SIDE_CLIENT, "STARTTLS");
		forge_script_say_line(script, SIDE_SERVER, "220 2.0.0 Ready to start TLS");
		begin_tls(dialogue, item->tls);
		say_hello(dialogue, NULL);
		break;
	case ITEM_PAUSE:
		forge_script_pause(script, item->duration_ns);
		break;
	case ITEM_GO_ON:
		script->patience_ns[SIDE_CLIENT] = item->duration_ns;
		script->goes_on = true;
		break;
	case ITEM_CLOSE:
		forge_script_act(script, item->side, STEP_CLOSE);
		break;
	case ITEM_SHUTDOWN:
		forge_script_act(script, item->side, STEP_SHUTDOWN);
		break;
	case ITEM_RESET:
		forge_script_act(script, item->side, STEP_RESET);
		break;
	}
	if (item->kind != ITEM_CLOSE && item->kind != ITEM_RESET)
		return;
	if (item->side == SIDE_CLIENT)
		dialogue->ends = true;
	else
		script->blocks_client = true; /* it does nothing more until it sees the end */
}

static bool greets_itself(const struct item *item)
{
	return item && (item->kind == ITEM_DELIVER || item->kind == ITEM_STARTTLS);
}

void forge_dialogue_write(const struct scenario *scenario, const struct session *session,
			  struct random random, struct script *script)
{
	struct dialogue dialogue = {.scenario = scenario, .session = session, .script = script};
	const struct item *last_delivery = NULL;

	forge_script_init(script, random);
	if (session->is_implicit_tls)
		begin_tls(&dialogue, session->tls);
	if (greets_itself(session->items)) {
		const struct item *first = session->items;

		greet(&dialogue, first->kind == ITEM_DELIVER ? first : first->next);
	}
	for (const struct item *item = session->items; item && !dialogue.is_broken;
	     item = item->next) {
		write_item(&dialogue, item);
		last_delivery = item->kind == ITEM_DELIVER ? item : NULL;
	}
	if (last_delivery && !last_delivery->cut && !dialogue.is_broken)
		quit(&dialogue, last_delivery);
	if (!dialogue.ends)
		forge_script_act(script, SIDE_CLIENT, STEP_CLOSE);
}
