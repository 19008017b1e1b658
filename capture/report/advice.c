/* SPDX-License-Identifier: MIT */
/*
 * What to do about a delivery, by its cause.
 */
#include "report/commands.h"
#include "report/held.h"

#define ID_COLUMNS 70

static void advise_log(const struct scene *scene, struct prose *p)
{
	prose_break(p);
	if (scene->attempt->message_id)
		prose_add(p, "In the server's log look for <%s>: each queue number is a copy.",
			  text_words(scene->subject, scene->attempt->message_id, ID_COLUMNS).s);
	else
		prose_add(p,
			  "In the server's log look for %s at the times of the attempts: each "
			  "queue number is a copy.",
			  address_words(&scene->session->client).s);
}

/* Whether the sender had waited as long as it ought to. */
static bool has_waited_enough(const struct scene *scene)
{
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	return left && timer_has_expired(scene_after_eod(scene, left), timer_minimum(WAIT_EOD));
}

static void advise_on_line(const struct scene *scene, struct prose *out)
{
	prose_add(out,
		  "Look for packet loss between %s and %s: the line itself, the path MTU, a "
		  "firewall that forgets idle connections or inspects SMTP.",
		  address_words(&scene->session->client).s,
		  address_words(&scene->session->server).s);
}

static void advise_on_close(const struct scene *scene, struct prose *out)
{
	struct views views;

	if (scene_views(scene, &views) && views.is_close_between)
		prose_add(out,
			  "Find what stands between %s and %s and resets connections there: a "
			  "firewall, or a load balancer.",
			  address_words(&scene->session->client).s,
			  address_words(&scene->session->server).s);
	else
		prose_add(out, "The server's log tells why it broke off.");
}

void story_advice(const struct subject *subject, struct prose *out)
{
	prose_clear(out);
	if (!subject->delivery->try_count)
		return;
	struct scene scene = scene_in_doubt(subject);

	switch (subject->delivery->cause) {
	case CAUSE_REPLY_LATE:
	case CAUSE_SERVER_SILENT:
		if (scene_left_early(&scene)) {
			prose_add(out, "The sender's log tells why it broke off.");
			break;
		}
		if (held_of(&scene) != HELD_NOT)
			advise_on_line(&scene, out);
		else
			prose_add(out,
				  "At the server: find what keeps it from answering after the final "
				  "dot (a content filter or virus scanner, a distribution list, a "
				  "slow disk), or let it answer first and filter afterwards.");
		if (has_waited_enough(&scene))
			break;
		prose_break(out);
		prose_add(out, "At the sender: let it wait 600 s after the end of data (Postfix "
			       "smtp_data_done_timeout, Exim final_timeout, Sendmail "
			       "confTO_DATAFINAL).");
		break;
	case CAUSE_REPLY_PARTIAL:
		if (scene_is_babble(&scene))
			prose_add(out, "At the server: find what writes this line in place of a reply.");
		else if (scene_unsettling(&scene))
			prose_add(out,
				  "At the server: find what answers the end of a message so, a proxy or "
				  "a filter in its place.");
		else if (scene_part_is_all(&scene))
			prose_add(out,
				  "At the server: find what writes this reply without its end, a "
				  "line with CR LF whose code is followed by a blank, or stops amid "
				  "it.");
		else
			advise_on_line(&scene, out);
		break;
	case CAUSE_REPLY_LOST:
	case CAUSE_NO_REPLY:
	case CAUSE_NOT_RECEIVED:
	case CAUSE_DATA_STALLED:
		advise_on_line(&scene, out);
		break;
	case CAUSE_ANSWERED_BETWEEN:
		prose_add(out,
			  "Find what stands between %s and %s and ends SMTP there, and look for the "
			  "message in its queue or log.",
			  address_words(&scene.session->client).s,
			  address_words(&scene.session->server).s);
		break;
	case CAUSE_SERVER_CLOSED:
		advise_on_close(&scene, out);
		break;
	case CAUSE_CAPTURE_GAP:
		prose_add(out, COMMAND_AGAIN "tcpdump -B 16384 -s 0.");
		break;
	case CAUSE_SENT_AGAIN:
		prose_add(out,
			  scene_was_cut_off(&scene)
				  ? "The server's log tells why the connection ended before all "
				    "recipients had their replies."
				  : "Ask the sender's log and its user why it was sent "
				    "again.");
		break;
	case CAUSE_NONE:
	case CAUSE_STILL_WAITING:
	case CAUSE_CLIENT_CLOSED:
	case CAUSE_STILL_SENDING:
	case CAUSES:
		return;
	}
	if (scene.session->is_rewritten) {
		prose_break(out);
		prose_add(out, "The server's greeting is masked with stars: a firewall on the way "
			       "rewrites "
			       "SMTP. Turn its SMTP inspection off.");
	}
	advise_log(&scene, out);
}
