/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue_inner.h"
#include "lex.h"
#include "message.h"

#define DOT_APART_NS (150 * NS_PER_MS)

const struct reply *forge_dialogue_find_reply(const struct item *item, enum reply_point point,
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

int forge_dialogue_answer(struct dialogue *dialogue, const struct item *item,
			  enum reply_point point, const char *recipient, const char *usual)
{
	const struct reply *reply = forge_dialogue_find_reply(item, point, recipient);
	struct script *script = dialogue->script;
	const char *text = reply && reply->text ? reply->text : usual;

	if (reply && reply->delay_ns != TIME_UNSET)
		forge_script_pause(script, reply->delay_ns);
	switch (reply ? reply->act : REPLY_TEXT) {
	case REPLY_TEXT:
		break;
	case REPLY_NOTHING:
		script->delay_ns = DELAY_USUAL;
		script->blocks_client = true;
		return 0;
	case REPLY_CLOSE:
		forge_script_act(script, SIDE_SERVER, STEP_CLOSE);
		script->blocks_client = true;
		dialogue->is_broken = true;
		return 0;
	case REPLY_RESET:
		forge_script_act(script, SIDE_SERVER, STEP_RESET);
		script->blocks_client = true;
		dialogue->is_broken = true;
		return 0;
	}
	if (reply && reply->cut) {
		forge_script_say(script, SIDE_SERVER, text,
				 reply->cut < strlen(text) ? reply->cut : strlen(text));
		script->blocks_client = true;
		dialogue->is_broken = true;
		return 0;
	}
	forge_script_say_line(script, SIDE_SERVER, "%s", text);
	return text[0];
}

/* Whether the server took the recipient. */
static bool is_taken(const struct item *item, const char *recipient)
{
	const struct reply *reply = forge_dialogue_find_reply(item, REPLY_RCPT, recipient);

	return !reply || !reply->text || reply->text[0] == '2';
}

static void note_reply(const struct script *script, struct receipt *receipt, int digit)
{
	receipt->upto = script->stream[SIDE_SERVER].len;
	receipt->is_taken = digit == '2';
}

/* What becomes of the message for each recipient that was taken. */
static void add_receipts(struct script *script, const struct item *item,
			 const struct text_list *recipients)
{
	script->marks[script->mark_count - 1].message = item->message;
	for (const struct text_list *to = recipients; to; to = to->next) {
		const struct reply *reply = forge_dialogue_find_reply(item, REPLY_DOT, to->text);

		if (is_taken(item, to->text))
			forge_script_add_receipt(script, to->text)->keeps = reply && reply->keeps;
	}
}

/* The replies to the end of data: one; from an LMTP server, or with PRDR, one for each recipient
 * that it took (RFC 2033 4.2, draft-hall-prdr). */
static void answer_dot(struct dialogue *dialogue, const struct item *item,
		       const struct text_list *recipients)
{
	struct script *script = dialogue->script;
	struct marks *marks = &script->marks[script->mark_count - 1];
	bool is_each = dialogue->session->server->is_lmtp || item->has_prdr;

	marks->reply_from = script->stream[SIDE_SERVER].len;
	if (item->has_prdr)
		forge_script_say_line(script, SIDE_SERVER, "353 a reply for each recipient follows");
	for (const struct text_list *to = recipients; to; to = is_each ? to->next : NULL) {
		struct buffer text = {0};
		int digit;

		if (is_each && !is_taken(item, to->text))
			continue;
		buffer_printf(&text, "250 2.0.0 %s%s%s: queued as %010" PRIX64 "%c",
			      is_each ? "<" : "Ok", is_each ? to->text : "", is_each ? "> Ok" : "",
			      random_next(&script->random) & UINT64_C(0xFFFFFFFFFF), '\0');
		digit = forge_dialogue_answer(dialogue, item, REPLY_DOT, to->text,
					      (const char *)text.bytes);
		free(text.bytes);
		for (size_t i = 0; i < marks->receipt_count; i++) {
			if (!is_each || strcmp(marks->receipts[i].recipient, to->text) == 0)
				note_reply(script, &marks->receipts[i], digit);
		}
		if (!digit) {
			marks->reply_to = script->stream[SIDE_SERVER].len;
			return;
		}
	}
	if (item->has_prdr)
		forge_script_say_line(script, SIDE_SERVER, "250 2.0.0 Ok");
	marks->reply_to = script->stream[SIDE_SERVER].len;
}

static void await_acknowledgement(struct dialogue *dialogue)
{
	dialogue->script->patience_ns[SIDE_CLIENT] = dialogue->session->client->timer_ns;
}

void forge_dialogue_say_data(struct dialogue *dialogue, const struct item *item, bool quits)
{
	struct script *script = dialogue->script;
	struct marks *marks = forge_script_add_marks(script);
	struct buffer plain = {0}, stuffed = {0};

	forge_message_render(dialogue->scenario, item->message, &plain);
	forge_message_stuff(&plain, &stuffed);
	marks->data_from = script->stream[SIDE_CLIENT].len;
	if (item->cut) {
		forge_script_say(script, SIDE_CLIENT, stuffed.bytes,
				 item->cut < stuffed.len ? (size_t)item->cut : stuffed.len);
		goto out;
	}
	if (item->is_dot_apart) {
		forge_script_say(script, SIDE_CLIENT, stuffed.bytes, stuffed.len);
		forge_script_pause(script, DOT_APART_NS);
		stuffed.len = 0;
	}
	buffer_add(&stuffed, ".\r\n", 3);
	forge_script_say(script, SIDE_CLIENT, stuffed.bytes, stuffed.len);
	marks->data_to = script->stream[SIDE_CLIENT].len;
	if (quits)
		forge_script_say_line(script, SIDE_CLIENT, "QUIT");
	await_acknowledgement(dialogue);
out:
	free(plain.bytes);
	free(stuffed.bytes);
}

/* BDAT (RFC 3030 2): the message as it is, in chunks; returns false where a chunk was refused. */
static bool say_chunks(struct dialogue *dialogue, const struct item *item)
{
	struct script *script = dialogue->script;
	struct buffer plain = {0};
	bool is_ok = true;

	forge_message_render(dialogue->scenario, item->message, &plain);
	forge_script_add_marks(script)->data_from = script->stream[SIDE_CLIENT].len;
	for (size_t at = 0; at < plain.len && is_ok;) {
		size_t n = plain.len - at < item->chunk_size ? plain.len - at
							     : (size_t)item->chunk_size;
		bool is_last = at + n == plain.len;
		struct buffer chunk = {0};

		buffer_printf(&chunk, "BDAT %zu%s\r\n", n, is_last ? " LAST" : "");
		buffer_add(&chunk, plain.bytes + at, n);
		forge_script_say(script, SIDE_CLIENT, chunk.bytes, chunk.len);
		free(chunk.bytes);
		at += n;
		if (!is_last && !item->is_pipelined)
			is_ok = forge_dialogue_answer(dialogue, item, REPLY_CHUNK, NULL,
						      "250 2.0.0 Ok") == '2';
	}
	script->marks[script->mark_count - 1].data_to = script->stream[SIDE_CLIENT].len;
	for (size_t at = item->chunk_size; item->is_pipelined && at < plain.len && is_ok;
	     at += item->chunk_size)
		is_ok = forge_dialogue_answer(dialogue, item, REPLY_CHUNK, NULL, "250 2.0.0 Ok") ==
			'2';
	free(plain.bytes);
	await_acknowledgement(dialogue);
	return is_ok;
}

static void say_mail(struct dialogue *dialogue, const struct item *item)
{
	struct buffer plain = {0};

	forge_message_render(dialogue->scenario, item->message, &plain);
	if (dialogue->is_plain_smtp)
		forge_script_say_line(dialogue->script, SIDE_CLIENT, "MAIL FROM:<%s>",
				      item->message->sender);
	else
		forge_script_say_line(dialogue->script, SIDE_CLIENT, "MAIL FROM:<%s> SIZE=%zu%s",
				      item->message->sender, plain.len,
				      item->has_prdr ? " PRDR" : "");
	free(plain.bytes);
}

static bool answer_data(struct dialogue *dialogue, const struct item *item, bool has_recipient)
{
	return forge_dialogue_answer(dialogue, item, REPLY_DATA, NULL,
				     has_recipient ? "354 End data with <CR><LF>.<CR><LF>"
						   : "554 5.5.1 Error: no valid recipients") == '3';
}

static bool answer_recipient(struct dialogue *dialogue, const struct item *item,
			     const char *recipient)
{
	return !dialogue->is_broken &&
	       forge_dialogue_answer(dialogue, item, REPLY_RCPT, recipient, "250 2.1.5 Ok") == '2';
}

/* MAIL, RCPT and DATA in one write, then all replies; true where the message may follow. */
static bool say_envelope_pipelined(struct dialogue *dialogue, const struct item *item,
				   const struct text_list *recipients)
{
	bool has_recipient = false;

	say_mail(dialogue, item);
	for (const struct text_list *to = recipients; to; to = to->next)
		forge_script_say_line(dialogue->script, SIDE_CLIENT, "RCPT TO:<%s>", to->text);
	if (!item->chunk_size)
		forge_script_say_line(dialogue->script, SIDE_CLIENT, "DATA");
	if (forge_dialogue_answer(dialogue, item, REPLY_MAIL, NULL, "250 2.1.0 Ok") != '2')
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
	if (forge_dialogue_answer(dialogue, item, REPLY_MAIL, NULL, "250 2.1.0 Ok") != '2')
		return false;
	for (const struct text_list *to = recipients; to && !dialogue->is_broken; to = to->next) {
		forge_script_say_line(dialogue->script, SIDE_CLIENT, "RCPT TO:<%s>", to->text);
		has_recipient |= answer_recipient(dialogue, item, to->text);
	}
	if (dialogue->is_broken || !has_recipient || item->chunk_size)
		return has_recipient && !dialogue->is_broken;
	forge_script_say_line(dialogue->script, SIDE_CLIENT, "DATA");
	return answer_data(dialogue, item, true);
}

void forge_dialogue_deliver(struct dialogue *dialogue, const struct item *item)
{
	const struct text_list *recipients =
		item->recipients ? item->recipients : item->message->recipients;
	bool quits = item->is_pipelined && !item->next;
	bool may_send = item->is_pipelined ? say_envelope_pipelined(dialogue, item, recipients)
					   : say_envelope(dialogue, item, recipients);

	if (!may_send) {
		forge_script_add_marks(dialogue->script);
		return;
	}
	if (item->chunk_size) {
		if (!say_chunks(dialogue, item))
			return;
	} else {
		forge_dialogue_say_data(dialogue, item, quits);
		dialogue->has_quit = quits;
	}
	if (item->cut)
		return;
	add_receipts(dialogue->script, item, recipients);
	answer_dot(dialogue, item, recipients);
}
