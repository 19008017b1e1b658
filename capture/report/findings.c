/* SPDX-License-Identifier: MIT */
/*
 * The verdict on a delivery in sentences: how many copies, what proves it, whose doing it was, and
 * which capture would settle what is open. As in sentences.c, only what the packets carry is said
 * as a fact.
 */
#include "report/commands.h"
#include "report/both.h"
#include "report/held.h"
#include "report/proofs.h"
#include "report/untaken.h"

#include <stdio.h>
#include <stdlib.h>

#define ID_COLUMNS 70

/* ---- Copies -------------------------------------------------------------------------------- */

static bool left_a_copy(const struct try *try, const struct try *like)
{
	(void)like;
	return try->verdict.copies_min > 0;
}

static bool may_have_left_one(const struct try *try, const struct try *like)
{
	(void)like;
	return try->verdict.copies_min == 0 && try->verdict.copies_max > 0;
}

static bool went_alike(const struct try *try, const struct try *like)
{
	return try != like && try->verdict.outcome == like->verdict.outcome &&
	       try->verdict.cause == like->verdict.cause &&
	       try->verdict.left_unseen == like->verdict.left_unseen;
}

/* "attempts 1 and 2", of those that pass; "" if none does. COUNT gets how many. */
static struct words which_tries(const struct delivery *delivery,
				bool (*passes)(const struct try *try, const struct try *like),
				const struct try *like, uint32_t *count)
{
	struct words words = {""};
	bool *wanted = calloc(delivery->try_count, sizeof *wanted);

	*count = 0;
	if (!wanted)
		return words;
	for (uint32_t i = 0; i < delivery->try_count; i++) {
		wanted[i] = passes(&delivery->tries[i], like);
		*count += wanted[i];
	}
	if (*count)
		snprintf(words.s, sizeof words.s, "attempt%s %.600s", *count == 1 ? "" : "s",
			 attempts_words(wanted, delivery->try_count).s);
	free(wanted);
	return words;
}

static void conclude_copies(const struct subject *subject, struct prose *p)
{
	const struct delivery *d = subject->delivery;
	uint32_t sure_count;
	uint32_t open_count;
	struct words sure = which_tries(d, left_a_copy, NULL, &sure_count);
	struct words open = which_tries(d, may_have_left_one, NULL, &open_count);

	if (d->copies_max == 0) {
		prose_add(p, "The recipient's server keeps no copy.");
		return;
	}
	if (d->copies_max == 1 && d->copies_min == 0) {
		prose_add(
			p,
			"The recipient's server holds one copy or none: the packets do not tell.");
		return;
	}
	if (d->copies_min == 0)
		prose_add(p, "The recipient's server holds at most %s",
			  plural_words(d->copies_max, "copy").s);
	else if (d->copies_min == d->copies_max)
		prose_add(p, "The recipient's server holds %s",
			  plural_words(d->copies_min, "copy").s);
	else
		prose_add(p, "The recipient's server holds at least %u and at most %s",
			  d->copies_min, plural_words(d->copies_max, "copy").s);
	if (sure_count)
		prose_add(p, ": %s left one%s", sure.s, sure_count > 1 ? " each" : "");
	if (open_count)
		prose_add(p, "%s whether %s %s is open", sure_count ? ";" : ":", open.s,
			  sure_count ? "did" : "left one");
	prose_add(p, ".");
}

/* ---- Proofs -------------------------------------------------------------------------------- */

/* Every way of ending once, with the proof of its first attempt. */
static void conclude_proofs(const struct subject *subject, struct prose *p)
{
	const struct delivery *d = subject->delivery;

	for (uint32_t i = 0; i < d->try_count; i++) {
		bool was_told = false;
		for (uint32_t k = 0; k < i && !was_told; k++)
			was_told = went_alike(&d->tries[k], &d->tries[i]);
		if (was_told)
			continue;
		struct scene scene = scene_of(subject, i);
		uint32_t count;
		struct words alike = which_tries(d, went_alike, &d->tries[i], &count);
		prose_break(p);
		prose_add(p, "Attempt %u%s: ", i + 1,
			  scene_is_encrypted(&scene) ? " (encrypted, so this is probable)" : "");
		proof_of(&scene, p);
		prose_add(p, ".");
		if (count)
			prose_add(p, " It went the same way in %s.", alike.s);
		both_split(&scene, p);
	}
}

/* ---- Whose doing it was -------------------------------------------------------------------- */

/* The sender's own timer, and what a longer one would have changed. */
static void blame_timer(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);
	const struct event *reply = scene_event(scene, scene->reply);
	int64_t waited_ns = scene_after_eod(scene, left);
	int64_t timer_ns = timer_snap(WAIT_EOD, waited_ns);
	int64_t answer_ns = scene_after_eod(scene, reply);

	if (!left || timer_has_expired(waited_ns, timer_minimum(WAIT_EOD)) ||
	    held_of(scene) == HELD_MESSAGE)
		return;
	if (scene_left_unseen(scene))
		prose_add(p,
			  " The sender waited less than %s, and so less than the 10 minutes that "
			  "RFC 5321 (4.5.3.2.6) asks for.",
			  duration_short_text(waited_ns).s);
	else
		prose_add(p,
			  " The sender's timer, as it seems %s, is shorter than the 10 minutes "
			  "that RFC 5321 (4.5.3.2.6) asks for.",
			  duration_short_text(timer_ns ? timer_ns : waited_ns).s);
	if (reply && reply_accepts(reply->value) && answer_ns < timer_minimum(WAIT_EOD))
		prose_add(p,
			  " With 600 s attempt %u would have been confirmed at %s, and not sent "
			  "again.",
			  scene->try + 1, duration_text(answer_ns).s);
}

/* Who leaves at once had no timer run out. */
static void blame_haste(const struct scene *scene, struct prose *p)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	prose_add(p,
		  "The sender broke off %s after the end of the message: no timer is so short, so "
		  "it had a reason of its own. The server had no time to be slow.",
		  duration_text(scene_after_eod(scene, left)).s);
}

/* Bytes of the client do not get through: a router may have said why. */
static void blame_line(const struct scene *scene, struct prose *p)
{
	const struct event *event;

	for (uint32_t i = scene_first_event(scene); (event = scene_event(scene, i)); i++) {
		if (event->kind != EVENT_TOO_BIG || event->bits & EVENT_FROM_SERVER)
			continue;
		prose_add(p,
			  "The path takes smaller packets only: the router %s says so (%s), and the "
			  "client's machine did not heed it, or never got it.",
			  text_words(scene->subject, event->text, ID_COLUMNS).s,
			  frame_words(scene, event).s);
		return;
	}
	prose_add(p, "The line carries no more bytes from the client: large packets that are lost "
		     "while small ones pass point to a path MTU problem.");
}

static void blame_close(const struct scene *scene, struct prose *p)
{
	struct views views;

	if (scene_views(scene, &views) && views.is_close_between)
		prose_add(p, "Something on the way broke the connection off, in the server's name.");
	else
		prose_add(p, "The server's side broke off, or something on the way did so in its "
			     "name.");
}

/* Of a reply that settles nothing. */
static void blame_reply(const struct scene *scene, struct prose *p)
{
	if (scene_unsettling(scene))
		prose_add(p, "The server answered with a code that is no answer here: 2xx confirms, "
			     "4xx and 5xx refuse (RFC 5321 4.2.1).");
	else if (scene_is_babble(scene))
		prose_add(p, "The server answered with a line that does not begin with three "
			     "digits: no sender can take it for a reply (RFC 5321 4.2).");
	else if (scene_part_is_all(scene))
		prose_add(p, "The server never finished its reply: nothing of it was lost on the "
			     "way.");
	else
		prose_add(p, "The server, or the line, never finished its reply.");
}

static void blame(const struct scene *scene, struct prose *p)
{
	switch (scene->verdict->cause) {
	case CAUSE_REPLY_LATE:
		if (scene_left_early(scene)) {
			blame_haste(scene, p);
			break;
		}
		if (held_of(scene) != HELD_NOT)
			held_tell(scene, p);
		else if (scene_was_sent_late(scene))
			prose_add(p,
				  "The receiving server was slow: when the client left, it had not "
				  "answered yet.");
		else if (held_by_server(scene))
			prose_add(p, "The receiving server was slow: its reply left late.");
		else
			prose_add(p,
				  "The receiving server was slow, or losses on the line held its "
				  "reply up: from here one cannot tell which.");
		blame_timer(scene, p);
		break;
	case CAUSE_REPLY_LOST:
		prose_add(p,
			  "The line lost the server's reply. The server did its part; the sender, "
			  "without a reply, had to take it that nothing was delivered.");
		break;
	case CAUSE_REPLY_PARTIAL:
		blame_reply(scene, p);
		break;
	case CAUSE_SERVER_CLOSED:
		blame_close(scene, p);
		break;
	case CAUSE_SERVER_SILENT:
		if (scene_left_early(scene)) {
			blame_haste(scene, p);
			break;
		}
		prose_add(p, "The receiving server was slow: it sent nothing in all that time.");
		blame_timer(scene, p);
		break;
	case CAUSE_NO_REPLY:
		prose_add(p, scene->verdict->path_is_dead
				     ? "The way back from the server was dead, so a lost reply is "
				       "likelier than a "
				       "slow server; it is not proven."
				     : "The server was slow, or its reply was lost: this capture "
				       "cannot tell which.");
		blame_timer(scene, p);
		break;
	case CAUSE_NOT_RECEIVED:
		prose_add(p, "The line lost the end of the message, or every TCP ACK for it.");
		break;
	case CAUSE_STILL_WAITING:
	case CAUSE_STILL_SENDING:
		prose_add(p, scene->subject->is_over ? "It is not over where the capture ends; one "
						       "that runs longer would tell."
						     : "It is not over yet.");
		break;
	case CAUSE_ANSWERED_BETWEEN:
		prose_add(p, "Something between the two, a mail gateway or a firewall, answered in "
			     "the server's name. What became of the message then is its doing.");
		break;
	case CAUSE_CLIENT_CLOSED:
		prose_add(p, "The sender's side broke off.");
		break;
	case CAUSE_DATA_STALLED:
		blame_line(scene, p);
		break;
	case CAUSE_CAPTURE_GAP:
		prose_add(p, "The capture is at fault, not the mail: it lost packets, or cut them "
			     "short.");
		break;
	case CAUSE_NONE:
	case CAUSE_SENT_AGAIN:
	case CAUSES:
		break;
	}
}

/* Every attempt was confirmed: why, then, was it sent again? */
static void blame_sender(const struct subject *subject, struct prose *p)
{
	for (uint32_t i = 0; i + 1 < subject->delivery->try_count; i++) {
		struct scene scene = scene_of(subject, i);
		if (untaken_tell(&scene, p))
			return;
	}
	prose_add(p, "Every attempt was confirmed. The sender sent it again by itself: it lost its "
		     "note of the confirmation, or somebody sent the message twice.");
}

static void conclude_blame(const struct subject *subject, struct prose *p)
{
	struct scene scene = scene_in_doubt(subject);
	struct scene first = scene_of(subject, 0);

	if (subject->delivery->cause == CAUSE_NONE)
		return;
	prose_break(p);
	if (subject->delivery->cause == CAUSE_SENT_AGAIN && scene_was_cut_off(&first))
		prose_add(p,
			  "This recipient was confirmed, but the connection ended before the other "
			  "recipients of the transaction were, and the sender sent the message to "
			  "all "
			  "of them again.");
	else if (subject->delivery->cause == CAUSE_SENT_AGAIN)
		blame_sender(subject, p);
	else
		blame(&scene, p);
}

/* ---- What would settle it ------------------------------------------------------------------ */

static void name_capture(const struct scene *scene, bool at_server, struct prose *p)
{
	const struct session *session = scene->session;
	const struct endpoint *peer = at_server ? &session->client : &session->server;

	prose_break(p);
	prose_add(p, "%stcpdump -i any -s 0 -w %s.pcap host %s and port %u",
		  at_server ? COMMAND_AT_SERVER : COMMAND_AT_CLIENT,
		  at_server ? "server" : "client", address_words(peer).s, session->server.port);
}

static bool capture_would_tell(enum cause cause)
{
	return cause == CAUSE_NO_REPLY || cause == CAUSE_NOT_RECEIVED ||
	       cause == CAUSE_REPLY_LOST || cause == CAUSE_REPLY_PARTIAL ||
	       cause == CAUSE_DATA_STALLED || cause == CAUSE_CAPTURE_GAP ||
	       cause == CAUSE_SERVER_SILENT || cause == CAUSE_SERVER_CLOSED;
}

static void conclude_open(const struct subject *subject, struct prose *p)
{
	const struct delivery *d = subject->delivery;
	struct scene scene = scene_in_doubt(subject);

	bool is_servers = d->cause == CAUSE_SERVER_SILENT || d->cause == CAUSE_SERVER_CLOSED;
	struct views views;

	if (d->copies_min == d->copies_max || !capture_would_tell(d->cause))
		return;
	prose_break(p);
	if (scene_views(&scene, &views) && scene_far(&scene, &views).vantage == VANTAGE_SERVER) {
		prose_add(p, "Both ends were captured: what is still open stands in the server's own "
			     "log alone.");
		return;
	}
	if (d->cause == CAUSE_REPLY_PARTIAL && scene_part_is_all(&scene)) {
		prose_add(p, "Whether the server kept the message stands in its own log alone.");
		return;
	}
	if (d->cause == CAUSE_SERVER_SILENT)
		prose_add(p,
			  "Whether the server kept the message in the end stands in its own log; a "
			  "capture that runs on long enough shows whether its reply came later:");
	else if (d->cause == CAUSE_SERVER_CLOSED)
		prose_add(
			p,
			"Whether the server had kept the message stands in its own log; a capture "
			"there shows whether it was the server that broke off:");
	else if (d->cause == CAUSE_REPLY_LOST)
		prose_add(p, "What the lost reply said stands in the server's log, and in a "
			     "capture taken "
			     "there when it happens again:");
	else
		prose_add(p, "A capture %s, taken while it happens again, would tell:",
			  scene.vantage == VANTAGE_CLIENT   ? "at the other end, at the server"
			  : scene.vantage == VANTAGE_SERVER ? "at the other end, at the client"
							    : "at each end");
	if (scene.vantage != VANTAGE_SERVER || is_servers)
		name_capture(&scene, true, p);
	if (scene.vantage != VANTAGE_CLIENT && !is_servers)
		name_capture(&scene, false, p);
}

void story_verdict(const struct subject *subject, struct prose *out)
{
	prose_clear(out);
	if (!subject->delivery->try_count)
		return;
	conclude_copies(subject, out);
	conclude_proofs(subject, out);
	conclude_blame(subject, out);
	conclude_open(subject, out);
	both_name_files(subject, out);
}
