/* SPDX-License-Identifier: MIT */
#include "report/scene.h"

#include "host_names.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SMTP_PORT 25
#define REPLY_COLUMNS 90

struct scene scene_of(const struct subject *subject, uint32_t try)
{
	struct scene scene = {.subject = subject, .try = try};

	scene.item = &subject->delivery->tries[try];
	scene.verdict = &scene.item->verdict;
	scene.attempt = ledger_attempt(subject->ledger, scene.item->attempt);
	scene.session = attempt_session(subject->ledger, scene.attempt);
	if (scene.item->recipient < scene.attempt->recipient_count)
		scene.recipient =
			ledger_recipient(subject->ledger, scene.attempt, scene.item->recipient);
	if (subject->vantage)
		scene.vantage = subject->vantage(subject->context, scene.session);
	scene.reply = scene.attempt->reply;
	if (scene.recipient && scene.recipient->final_reply != NO_EVENT)
		scene.reply = scene.recipient->final_reply;
	return scene;
}

struct scene scene_in_doubt(const struct subject *subject)
{
	for (uint32_t i = 0; i < subject->delivery->try_count; i++)
		if (subject->delivery->tries[i].verdict.cause == subject->delivery->cause)
			return scene_of(subject, i);
	return scene_of(subject, 0);
}

bool scene_views(const struct scene *scene, struct views *out)
{
	const struct subject *subject = scene->subject;

	return subject->views && scene->item->twin != NO_ATTEMPT &&
	       subject->views(subject->context, scene->item, out);
}

struct scene scene_far(const struct scene *scene, const struct views *views)
{
	const struct subject *subject = scene->subject;
	struct scene far = *scene;

	far.is_far = true;
	far.attempt = views->far;
	far.session = views->far_session;
	far.recipient = scene->item->twin_recipient < views->far->recipient_count
				? ledger_recipient(subject->ledger, views->far,
						   scene->item->twin_recipient)
				: NULL;
	if (subject->vantage)
		far.vantage = subject->vantage(subject->context, far.session);
	far.reply = views->far->reply;
	if (far.recipient && far.recipient->final_reply != NO_EVENT)
		far.reply = far.recipient->final_reply;
	return far;
}

struct scene scene_of_step(const struct subject *subject, const struct step *step)
{
	struct scene scene = scene_of(subject, step->try);
	struct views views;

	if (step->is_far && scene_views(&scene, &views))
		scene = scene_far(&scene, &views);
	scene.step = step;
	scene.event = scene_event(&scene, step->event);
	return scene;
}

const struct event *scene_any_reply(const struct scene *scene, int64_t *at_ns)
{
	const struct event *reply = scene_event(scene, scene->reply);
	struct views views;

	*at_ns = reply ? reply->time_ns : NO_TIME;
	if (reply || !scene_views(scene, &views))
		return reply;
	struct scene far = scene_far(scene, &views);
	*at_ns = views.reply_far_ns;
	return scene_event(&far, far.reply);
}

const struct event *scene_event(const struct scene *scene, uint32_t index)
{
	return session_event(scene->session, index);
}

uint32_t scene_first_event(const struct scene *scene)
{
	const struct attempt *attempt = scene->attempt;
	const uint32_t candidates[] = {attempt->mail, attempt->data, attempt->message, attempt->eod,
				       attempt->reply};

	if (scene->session->first_attempt == attempt->id)
		return scene->session->event_count ? 0 : NO_EVENT;
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
		if (candidates[i] != NO_EVENT)
			return candidates[i];
	return NO_EVENT;
}

int64_t scene_start(const struct scene *scene)
{
	const struct event *event = scene_event(scene, scene_first_event(scene));

	return event ? event->time_ns : scene->session->start_ns;
}

int64_t scene_end(const struct scene *scene)
{
	const struct attempt *a = scene->attempt;
	const uint32_t last[] = {a->message,	 a->eod,	  a->eod_resent,
				 a->eod_acked,	 scene->reply,	  a->reply_part,
				 a->reply_acked, a->reply_resent, a->client_left,
				 a->server_left, a->silent_after, a->client_fin_resent,
				 a->refusal};
	int64_t end_ns = scene_start(scene);
	int64_t wait_end_ns = scene_wait_end(scene);

	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
		const struct event *event = scene_event(scene, last[i]);
		if (event && event->time_ns > end_ns)
			end_ns = event->time_ns;
	}
	return wait_end_ns != NO_TIME && wait_end_ns > end_ns ? wait_end_ns : end_ns;
}

bool scene_is_answered(const struct scene *scene)
{
	return scene->verdict->outcome == OUTCOME_ACCEPTED ||
	       scene->verdict->outcome == OUTCOME_REJECTED ||
	       (scene->verdict->outcome == OUTCOME_ENCRYPTED &&
		scene->verdict->cause == CAUSE_NONE);
}

bool reply_accepts(uint16_t code)
{
	return code >= 200 && code < 300;
}

bool scene_is_encrypted(const struct scene *scene)
{
	return scene->attempt->is_encrypted;
}

enum who_left scene_who_left(const struct scene *scene)
{
	const struct event *client = scene_event(scene, scene->attempt->client_left);
	const struct event *server = scene_event(scene, scene->attempt->server_left);

	if (client && (!server || client->time_ns <= server->time_ns))
		return LEFT_CLIENT;
	return server ? LEFT_SERVER : LEFT_NOBODY;
}

int64_t scene_wait_end(const struct scene *scene)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	const struct event *reply = scene_event(scene, scene->reply);

	if (!eod)
		return NO_TIME;
	if (reply && scene_is_answered(scene))
		return reply->time_ns;
	switch (scene_who_left(scene)) {
	case LEFT_CLIENT:
		return scene_event(scene, scene->attempt->client_left)->time_ns;
	case LEFT_SERVER:
		return scene_event(scene, scene->attempt->server_left)->time_ns;
	case LEFT_NOBODY:
		break;
	}
	if (scene->verdict->has_waited)
		return eod->time_ns + scene->verdict->waited_ns;
	return scene->subject->now_ns;
}

bool scene_was_sent_late(const struct scene *scene)
{
	return scene->vantage == VANTAGE_SERVER || scene->attempt->silent_after != NO_EVENT;
}

bool scene_was_cut_off(const struct scene *scene)
{
	return scene->attempt->recipient_count > 1 &&
	       (scene->attempt->server_left != NO_EVENT || scene->attempt->client_left != NO_EVENT);
}

bool scene_left_early(const struct scene *scene)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	return left && scene->attempt->eod != NO_EVENT && !scene_left_unseen(scene) &&
	       scene_after_eod(scene, left) < LEAST_GIVE_UP_NS;
}

bool scene_is_babble(const struct scene *scene)
{
	const struct event *part = scene_event(scene, scene->attempt->reply_part);

	return part && part->kind == EVENT_LINE;
}

const struct event *scene_unsettling(const struct scene *scene)
{
	return scene->verdict->cause == CAUSE_REPLY_PARTIAL
		       ? scene_event(scene, scene->verdict->reply)
		       : NULL;
}

bool scene_part_is_all(const struct scene *scene)
{
	return scene->vantage == VANTAGE_SERVER || scene_unsettling(scene) ||
	       scene_is_babble(scene) || scene->attempt->silent_after != NO_EVENT ||
	       (scene_who_left(scene) == LEFT_SERVER && scene->attempt->hole == NO_EVENT &&
		scene_event(scene, scene->attempt->server_left)->kind == EVENT_FIN);
}

bool scene_left_unseen(const struct scene *scene)
{
	return scene->verdict->left_unseen;
}

int64_t scene_after_eod(const struct scene *scene, const struct event *event)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);

	return eod && event ? event->time_ns - eod->time_ns : 0;
}

int64_t scene_after_left(const struct scene *scene, const struct event *event)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	return left && event ? event->time_ns - left->time_ns : 0;
}

struct words text_words(const struct subject *subject, text_id text, int columns)
{
	struct words words;

	text_clean(ledger_text(subject->ledger, text), words.s, sizeof words.s, columns,
		   subject->ascii_only);
	return words;
}

/* The first line of TEXT; whether there were more. */
static struct span first_line(struct span text, bool *has_more)
{
	size_t n = 0;

	while (n < text.n && text.p[n] != '\r' && text.p[n] != '\n')
		n++;
	*has_more = n + 2 < text.n;
	return span_take(text, n);
}

static bool begins_with_code(struct span line)
{
	for (size_t i = 0; i < 3; i++)
		if (line.n < 3 || line.p[i] < '0' || line.p[i] > '9')
			return false;
	return true;
}

struct words reply_words(const struct scene *scene, const struct event *event)
{
	struct words words;
	char clean[WORDS_SIZE - 32];
	bool has_more;
	struct span line = first_line(ledger_text(scene->subject->ledger, event->text), &has_more);

	if (!line.n && !event->value) {
		snprintf(words.s, sizeof words.s, "%s reply",
			 scene_is_encrypted(scene) ? "an encrypted" : "an unread");
		return words;
	}
	text_clean(line, clean, sizeof clean, REPLY_COLUMNS, scene->subject->ascii_only);
	if (event->value && !begins_with_code(line))
		snprintf(words.s, sizeof words.s, "\"%u %s\"", event->value, clean);
	else
		snprintf(words.s, sizeof words.s, "\"%s%s\"", clean, has_more ? " [...]" : "");
	return words;
}

struct words code_words(const struct event *event)
{
	struct words words;

	if (event->value)
		snprintf(words.s, sizeof words.s, "%u", event->value);
	else
		snprintf(words.s, sizeof words.s, "reply");
	return words;
}

bool subject_spans_files(const struct subject *subject)
{
	for (uint32_t i = 0; i < subject->delivery->try_count; i++) {
		const struct try *try = &subject->delivery->tries[i];
		const struct attempt *attempt = ledger_attempt(subject->ledger, try->attempt);
		if (try->twin != NO_ATTEMPT || attempt_session(subject->ledger, attempt)->file)
			return true;
	}
	return false;
}

struct words frame_words(const struct scene *scene, const struct event *event)
{
	struct words words;

	if (!event || !event->frame)
		snprintf(words.s, sizeof words.s, "no frame of its own");
	else if (subject_spans_files(scene->subject))
		snprintf(words.s, sizeof words.s, "frame %" PRIu32 " of file %u", event->frame,
			 scene->session->file + 1u);
	else
		snprintf(words.s, sizeof words.s, "frame %" PRIu32, event->frame);
	return words;
}

struct words address_words(const struct endpoint *endpoint)
{
	struct words words;
	char address[ENDPOINT_TEXT];

	snprintf(words.s, sizeof words.s, "%s", endpoint_format_address(endpoint, address));
	return words;
}

struct words server_words(const struct session *session)
{
	struct words words;
	char address[ENDPOINT_TEXT];

	if (session->server.port == SMTP_PORT)
		return address_words(&session->server);
	snprintf(words.s, sizeof words.s, "%s", endpoint_format(&session->server, address));
	return words;
}

static struct words named(struct words address, const struct scene *scene,
			  const struct endpoint *endpoint)
{
	struct words words;
	const char *name = host_names_find(ledger_host_names(scene->subject->ledger), endpoint);

	if (!name[0])
		return address;
	snprintf(words.s, sizeof words.s, "%.100s (%s)", address.s, name);
	return words;
}

struct words client_named_words(const struct scene *scene)
{
	const struct endpoint *client = &scene->session->client;

	return named(address_words(client), scene, client);
}

struct words server_named_words(const struct scene *scene)
{
	return named(server_words(scene->session), scene, &scene->session->server);
}

struct words bytes_words(uint64_t bytes)
{
	struct words words;

	snprintf(words.s, sizeof words.s, "%s byte%s", number_text(bytes).s, bytes == 1 ? "" : "s");
	return words;
}

struct words plural_words(uint64_t number, const char *noun)
{
	struct words words;
	int length = (int)strlen(noun);
	struct time_text count = number_text(number);

	if (number == 1)
		snprintf(words.s, sizeof words.s, "%s %s", count.s, noun);
	else if (length > 1 && noun[length - 1] == 'y')
		snprintf(words.s, sizeof words.s, "%s %.*sies", count.s, length - 1, noun);
	else
		snprintf(words.s, sizeof words.s, "%s %ss", count.s, noun);
	return words;
}

struct words attempts_words(const bool *wanted, uint32_t count)
{
	struct words words = {""};
	size_t used = 0;
	uint32_t left = 0;

	for (uint32_t i = 0; i < count; i++)
		left += wanted[i];
	bool is_first = true;
	for (uint32_t i = 0; i < count && used + 32 < sizeof words.s; i++) {
		if (!wanted[i])
			continue;
		const char *joint = is_first ? "" : left == 1 ? " and " : ", ";
		used += (size_t)snprintf(words.s + used, sizeof words.s - used, "%s%" PRIu32, joint,
					 i + 1);
		is_first = false;
		left--;
	}
	if (left)
		snprintf(words.s + used, sizeof words.s - used, ", ...");
	return words;
}
