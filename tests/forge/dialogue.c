/* SPDX-License-Identifier: MIT */
#include "dialogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lex.h"
#include "message.h"
#include "tls.h"

#define DOT_APART_NS (150 * NS_PER_MS)

struct dialogue {
	const struct scenario *scenario;
	const struct session *session;
	struct script *script;
	bool is_plain_smtp; /* the answer to EHLO names no extensions */
	bool is_broken;	    /* the server closed or reset in place of a reply */
	bool has_quit;	    /* pipelined behind the end of data */
	bool awaits_reply;  /* the scenario's own lines to a message of `send` */
	bool ends;	    /* the client's end of the session was written */
};

static const struct reply *find_reply(const struct item *item, enum reply_point point,
				      const char *recipient)
{
	for (const struct reply *reply = item ? item->replies : NULL; reply; reply = reply->next) {
		if (reply->point != point)
			continue;
		if (!reply->recipient || (recipient && strcmp(reply->recipient, recipient) == 0))
			return reply;
	}
	return NULL;
}

/*
 * The server's reply at a point of the dialogue: the scenario's own, or the usual text. Returns the
 * reply's first digit, or 0 where none comes.
 */
static int answer(struct dialogue *dialogue, const struct item *item, enum reply_point point,
		  const char *recipient, const char *usual)
{
	const struct reply *reply = find_reply(item, point, recipient);
	struct script *script = dialogue->script;
	const char *text = reply && reply->text ? reply->text : usual;

	if (reply && reply->delay_ns != TIME_UNSET)
		script_pause(script, reply->delay_ns);
	switch (reply ? reply->act : REPLY_TEXT) {
	case REPLY_TEXT:
		break;
	case REPLY_NOTHING:
		script->delay_ns = DELAY_USUAL;
		script->blocks_client = true;
		return 0;
	case REPLY_CLOSE:
		script_act(script, SIDE_SERVER, STEP_CLOSE);
		script->blocks_client = true;
		dialogue->is_broken = true;
		return 0;
	case REPLY_RESET:
		script_act(script, SIDE_SERVER, STEP_RESET);
		script->blocks_client = true;
		dialogue->is_broken = true;
		return 0;
	}
	if (reply && reply->cut) {
		script_say(script, SIDE_SERVER, text,
			   reply->cut < strlen(text) ? reply->cut : strlen(text));
		script->blocks_client = true;
		return 0;
	}
	script_say_line(script, SIDE_SERVER, "%s", text);
	return text[0];
}

static void say_hello(struct dialogue *dialogue, const struct item *item)
{
	const struct host *server = dialogue->session->server;
	struct script *script = dialogue->script;
	struct buffer text = {0};

	script_say_line(script, SIDE_CLIENT, "%s %s", server->is_lmtp ? "LHLO" : "EHLO",
			dialogue->session->client->domain);
	dialogue->is_plain_smtp =
		find_reply(item, REPLY_EHLO, NULL) && find_reply(item, REPLY_EHLO, NULL)->text;
	buffer_printf(&text,
		      "250-%s\r\n250-PIPELINING\r\n250-SIZE "
		      "52428800\r\n250-8BITMIME\r\n250-CHUNKING\r\n%s"
		      "250 ENHANCEDSTATUSCODES%c",
		      server->domain, script->is_sealed ? "" : "250-STARTTLS\r\n", '\0');
	answer(dialogue, item, REPLY_EHLO, NULL, (const char *)text.bytes);
	free(text.bytes);
}

static void begin_tls(struct dialogue *dialogue)
{
	struct script *script = dialogue->script;
	struct buffer bytes = {0};

	tls_client_hello(&script->random, dialogue->session->server->domain, &bytes);
	script_say_raw(script, SIDE_CLIENT, bytes.bytes, bytes.len);
	bytes.len = 0;
	tls_server_flight(&script->random, &bytes);
	script_say_raw(script, SIDE_SERVER, bytes.bytes, bytes.len);
	bytes.len = 0;
	tls_client_finished(&script->random, &bytes);
	script_say_raw(script, SIDE_CLIENT, bytes.bytes, bytes.len);
	free(bytes.bytes);
	script->is_sealed = true;
}

/* Up to and with the answer to EHLO. */
static void greet(struct dialogue *dialogue, const struct item *item)
{
	const struct host *server = dialogue->session->server;
	struct buffer banner = {0};

	buffer_printf(&banner, "220 %s %s%c", server->domain, server->is_lmtp ? "LMTP" : "ESMTP",
		      '\0');
	answer(dialogue, item, REPLY_BANNER, NULL, (const char *)banner.bytes);
	free(banner.bytes);
	say_hello(dialogue, item);
}

static void quit(struct dialogue *dialogue, const struct item *item)
{
	if (!dialogue->has_quit)
		script_say_line(dialogue->script, SIDE_CLIENT, "QUIT");
	answer(dialogue, item, REPLY_QUIT, NULL, "221 2.0.0 Bye");
	if (!dialogue->is_broken)
		script_act(dialogue->script, SIDE_SERVER, STEP_CLOSE);
	script_act(dialogue->script, SIDE_CLIENT, STEP_CLOSE);
	dialogue->ends = true;
}

/* The replies to the end of data: one; from an LMTP server one for each recipient that it took (RFC
 * 2033 4.2). */
static void answer_dot(struct dialogue *dialogue, const struct item *item,
		       const struct text_list *recipients)
{
	struct script *script = dialogue->script;
	struct marks *marks = &script->marks[script->mark_count - 1];
	bool is_lmtp = dialogue->session->server->is_lmtp;

	marks->reply_from = script->stream[SIDE_SERVER].len;
	for (const struct text_list *to = recipients; to; to = is_lmtp ? to->next : NULL) {
		struct buffer text = {0};
		const struct reply *refused = find_reply(item, REPLY_RCPT, to->text);
		int digit;

		if (is_lmtp && refused && refused->text && refused->text[0] != '2')
			continue;
		buffer_printf(&text, "250 2.0.0 %s%s%s: queued as %010" PRIX64 "%c",
			      is_lmtp ? "<" : "Ok", is_lmtp ? to->text : "", is_lmtp ? "> Ok" : "",
			      random_next(&script->random) & UINT64_C(0xFFFFFFFFFF), '\0');
		digit = answer(dialogue, item, REPLY_DOT, to->text, (const char *)text.bytes);
		free(text.bytes);
		if (!digit)
			break;
	}
	marks->reply_to = script->stream[SIDE_SERVER].len;
}

static void await_acknowledgement(struct dialogue *dialogue)
{
	dialogue->script->patience_ns[SIDE_CLIENT] = dialogue->session->client->timer_ns;
}

static void say_data(struct dialogue *dialogue, const struct item *item, bool quits)
{
	struct script *script = dialogue->script;
	struct marks *marks = script_add_marks(script);
	struct buffer plain = {0}, stuffed = {0};

	message_render(dialogue->scenario, item->message, &plain);
	message_stuff(&plain, &stuffed);
	marks->data_from = script->stream[SIDE_CLIENT].len;
	if (item->is_dot_apart) {
		script_say(script, SIDE_CLIENT, stuffed.bytes, stuffed.len);
		script_pause(script, DOT_APART_NS);
		stuffed.len = 0;
	}
	buffer_add(&stuffed, ".\r\n", 3);
	script_say(script, SIDE_CLIENT, stuffed.bytes, stuffed.len);
	marks->data_to = script->stream[SIDE_CLIENT].len;
	if (quits)
		script_say_line(script, SIDE_CLIENT, "QUIT");
	free(plain.bytes);
	free(stuffed.bytes);
	await_acknowledgement(dialogue);
}

/* BDAT (RFC 3030 2): the message as it is, in chunks; returns false where a chunk was refused. */
static bool say_chunks(struct dialogue *dialogue, const struct item *item)
{
	struct script *script = dialogue->script;
	struct buffer plain = {0};
	bool is_ok = true;

	message_render(dialogue->scenario, item->message, &plain);
	script_add_marks(script)->data_from = script->stream[SIDE_CLIENT].len;
	for (size_t at = 0; at < plain.len && is_ok;) {
		size_t n = plain.len - at < item->chunk_size ? plain.len - at
							     : (size_t)item->chunk_size;
		bool is_last = at + n == plain.len;
		struct buffer chunk = {0};

		buffer_printf(&chunk, "BDAT %zu%s\r\n", n, is_last ? " LAST" : "");
		buffer_add(&chunk, plain.bytes + at, n);
		script_say(script, SIDE_CLIENT, chunk.bytes, chunk.len);
		free(chunk.bytes);
		at += n;
		if (!is_last && !item->is_pipelined)
			is_ok = answer(dialogue, item, REPLY_CHUNK, NULL, "250 2.0.0 Ok") == '2';
	}
	script->marks[script->mark_count - 1].data_to = script->stream[SIDE_CLIENT].len;
	for (size_t at = item->chunk_size; item->is_pipelined && at < plain.len && is_ok;
	     at += item->chunk_size)
		is_ok = answer(dialogue, item, REPLY_CHUNK, NULL, "250 2.0.0 Ok") == '2';
	free(plain.bytes);
	await_acknowledgement(dialogue);
	return is_ok;
}

static void say_mail(struct dialogue *dialogue, const struct item *item)
{
	struct buffer plain = {0};

	message_render(dialogue->scenario, item->message, &plain);
	if (dialogue->is_plain_smtp)
		script_say_line(dialogue->script, SIDE_CLIENT, "MAIL FROM:<%s>",
				item->message->sender);
	else
		script_say_line(dialogue->script, SIDE_CLIENT, "MAIL FROM:<%s> SIZE=%zu",
				item->message->sender, plain.len);
	free(plain.bytes);
}

static bool answer_data(struct dialogue *dialogue, const struct item *item, bool has_recipient)
{
	return answer(dialogue, item, REPLY_DATA, NULL,
		      has_recipient ? "354 End data with <CR><LF>.<CR><LF>"
				    : "554 5.5.1 Error: no valid recipients") == '3';
}

static bool answer_recipient(struct dialogue *dialogue, const struct item *item,
			     const char *recipient)
{
	return !dialogue->is_broken &&
	       answer(dialogue, item, REPLY_RCPT, recipient, "250 2.1.5 Ok") == '2';
}

/* MAIL, RCPT and DATA in one write, then all replies; true where the message may follow. */
static bool say_envelope_pipelined(struct dialogue *dialogue, const struct item *item,
				   const struct text_list *recipients)
{
	bool has_recipient = false;

	say_mail(dialogue, item);
	for (const struct text_list *to = recipients; to; to = to->next)
		script_say_line(dialogue->script, SIDE_CLIENT, "RCPT TO:<%s>", to->text);
	if (!item->chunk_size)
		script_say_line(dialogue->script, SIDE_CLIENT, "DATA");
	if (answer(dialogue, item, REPLY_MAIL, NULL, "250 2.1.0 Ok") != '2')
		return false;
	for (const struct text_list *to = recipients; to; to = to->next)
		has_recipient |= answer_recipient(dialogue, item, to->text);
	if (dialogue->is_broken || item->chunk_size)
		return has_recipient;
	return answer_data(dialogue, item, has_recipient);
}

/* MAIL, RCPT and DATA, each after the reply to the one before; true where the message may follow.
 */
static bool say_envelope(struct dialogue *dialogue, const struct item *item,
			 const struct text_list *recipients)
{
	bool has_recipient = false;

	say_mail(dialogue, item);
	if (answer(dialogue, item, REPLY_MAIL, NULL, "250 2.1.0 Ok") != '2')
		return false;
	for (const struct text_list *to = recipients; to && !dialogue->is_broken; to = to->next) {
		script_say_line(dialogue->script, SIDE_CLIENT, "RCPT TO:<%s>", to->text);
		has_recipient |= answer_recipient(dialogue, item, to->text);
	}
	if (dialogue->is_broken || !has_recipient || item->chunk_size)
		return has_recipient && !dialogue->is_broken;
	script_say_line(dialogue->script, SIDE_CLIENT, "DATA");
	return answer_data(dialogue, item, true);
}

static void deliver(struct dialogue *dialogue, const struct item *item)
{
	const struct text_list *recipients =
		item->recipients ? item->recipients : item->message->recipients;
	bool quits = item->is_pipelined && !item->next;
	bool may_send = item->is_pipelined ? say_envelope_pipelined(dialogue, item, recipients)
					   : say_envelope(dialogue, item, recipients);

	if (!may_send) {
		script_add_marks(dialogue->script);
		return;
	}
	if (item->chunk_size) {
		if (!say_chunks(dialogue, item))
			return;
	} else {
		say_data(dialogue, item, quits);
		dialogue->has_quit = quits;
	}
	answer_dot(dialogue, item, recipients);
}

/* A line of the scenario; the server's first lines after a message are the reply to it. */
static void say_item(struct dialogue *dialogue, const struct item *item)
{
	struct script *script = dialogue->script;
	uint64_t from = script->stream[SIDE_SERVER].len;
	struct marks *marks;

	script_say_line(script, item->side, "%s", item->text);
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
}

static void write_item(struct dialogue *dialogue, const struct item *item)
{
	struct script *script = dialogue->script;

	switch (item->kind) {
	case ITEM_SAY:
		say_item(dialogue, item);
		break;
	case ITEM_SEND:
		say_data(dialogue, item, false);
		dialogue->awaits_reply = true;
		break;
	case ITEM_DELIVER:
		deliver(dialogue, item);
		break;
	case ITEM_STARTTLS:
		script_say_line(script, SIDE_CLIENT, "STARTTLS");
		script_say_line(script, SIDE_SERVER, "220 2.0.0 Ready to start TLS");
		begin_tls(dialogue);
		say_hello(dialogue, NULL);
		break;
	case ITEM_PAUSE:
		script_pause(script, item->duration_ns);
		break;
	case ITEM_GO_ON:
		script->patience_ns[SIDE_CLIENT] = item->duration_ns;
		script->goes_on = true;
		break;
	case ITEM_CLOSE:
		script_act(script, item->side, STEP_CLOSE);
		break;
	case ITEM_SHUTDOWN:
		script_act(script, item->side, STEP_SHUTDOWN);
		break;
	case ITEM_RESET:
		script_act(script, item->side, STEP_RESET);
		break;
	}
	if (item->side == SIDE_CLIENT && (item->kind == ITEM_CLOSE || item->kind == ITEM_RESET))
		dialogue->ends = true;
}

static bool greets_itself(const struct item *item)
{
	return item && (item->kind == ITEM_DELIVER || item->kind == ITEM_STARTTLS);
}

void dialogue_write(const struct scenario *scenario, const struct session *session,
		    struct random random, struct script *script)
{
	struct dialogue dialogue = {.scenario = scenario, .session = session, .script = script};
	const struct item *last_delivery = NULL;

	script_init(script, random);
	if (session->is_implicit_tls)
		begin_tls(&dialogue);
	if (greets_itself(session->items)) {
		const struct item *first = session->items;

		greet(&dialogue, first->kind == ITEM_DELIVER ? first : first->next);
	}
	for (const struct item *item = session->items; item && !dialogue.is_broken;
	     item = item->next) {
		write_item(&dialogue, item);
		last_delivery = item->kind == ITEM_DELIVER ? item : NULL;
	}
	if (last_delivery && !dialogue.is_broken)
		quit(&dialogue, last_delivery);
	if (!dialogue.ends)
		script_act(script, SIDE_CLIENT, STEP_CLOSE);
}
