/* SPDX-License-Identifier: MIT */
/*
 * What each step says. Written to be read as prose: one function a kind of step, in the order in
 * which a delivery goes. Every line answers one of: what happened, what was known at that moment,
 * what does it mean. Only what the packets carry is said as a fact.
 */
#include "report/scene.h"

#define SLOW_NS (5 * NS_PER_SECOND)
#define NAME_COLUMNS 60
#define SUBJECT_COLUMNS 50

/* ---- Beginnings ---------------------------------------------------------------------------- */

static void say_which_attempt(const struct scene *scene, struct prose *p)
{
	uint32_t count = scene->subject->delivery->try_count;

	if (count > 1)
		prose_add(p, "attempt %u of %u", scene->try + 1, count);
	else
		prose_add(p, "the only attempt");
}

static void say_opened(const struct scene *scene, struct prose *p)
{
	const struct session *session = scene->session;
	bool was_seen = session->syn_ns != NO_TIME || session->open_ns != NO_TIME;

	prose_add(p,
		  was_seen ? "The client %s connects to the server %s: "
			   : "The capture begins in the middle of a connection from the client "
			     "%s to the server %s: ",
		  client_named_words(scene).s, server_named_words(scene).s);
	say_which_attempt(scene, p);
	prose_add(p, " to deliver this message.");
	if (session->syn_ns != NO_TIME && session->open_ns != NO_TIME)
		prose_add(p, " The connection stands after %s.",
			  duration_text(session->open_ns - session->syn_ns).s);
}

/* Since when the sender has been without an answer, or rather with one. */
static void say_pause(const struct scene *scene, struct prose *p)
{
	struct scene before = scene_of(scene->subject, scene->try - 1);
	int64_t pause_ns = scene_start(scene) - scene_end(&before);
	enum who_left who = scene_is_answered(&before) ? LEFT_NOBODY : scene_who_left(&before);
	const struct event *left =
		scene_event(&before, who == LEFT_SERVER ? before.attempt->server_left
							: before.attempt->client_left);

	if (left && who != LEFT_NOBODY)
		pause_ns = scene_start(scene) - left->time_ns;
	if (pause_ns < 0)
		prose_add(p, "While attempt %u is still open", scene->try);
	else if (who == LEFT_CLIENT)
		prose_add(p, "%s after giving up", duration_text(pause_ns).s);
	else if (who == LEFT_SERVER)
		prose_add(p, "%s after the server had left", duration_text(pause_ns).s);
	else
		prose_add(p, "%s later", duration_text(pause_ns).s);
}

static void say_by_which_way(const struct scene *scene, struct prose *p)
{
	struct scene before = scene_of(scene->subject, scene->try - 1);
	struct words server = server_named_words(scene);
	struct words server_before = server_named_words(&before);
	struct words client = client_named_words(scene);
	struct words client_before = client_named_words(&before);

	if (before.session == scene->session) {
		prose_add(p, " on the same connection");
		return;
	}
	if (strcmp(client.s, client_before.s) != 0)
		prose_add(p, " from another address, %s,", client.s);
	if (strcmp(server.s, server_before.s) != 0)
		prose_add(p, " to another server, %s", server.s);
	else
		prose_add(p, " on a new connection (client port %u)", scene->session->client.port);
}

static void say_how_certain(const struct scene *scene, struct prose *p)
{
	prose_break(p);
	switch (scene->item->certainty) {
	case JOIN_CERTAIN:
		prose_add(p, "It is the same message: its content is equal.");
		break;
	case JOIN_LIKELY:
		prose_add(p,
			  "It is very likely the same message: what identifies it agrees, though "
			  "its bytes were not all seen or not all equal.");
		break;
	case JOIN_POSSIBLE:
		prose_add(p,
			  "It may be the same message: client, sender and recipient or size agree; "
			  "its content was not seen.");
		break;
	}
}

static void say_resend(const struct scene *scene, struct prose *p)
{
	struct scene before = scene_of(scene->subject, scene->try - 1);

	say_pause(scene, p);
	prose_add(p, " the client sends the message again");
	say_by_which_way(scene, p);
	prose_add(p, ": ");
	say_which_attempt(scene, p);
	prose_add(p, ".");
	say_how_certain(scene, p);
	prose_break(p);
	if (before.verdict->copies_min > 0)
		prose_add(
			p,
			"The server keeps the copy of attempt %u, so the recipient gets one more.",
			scene->try);
	else if (before.verdict->copies_max > 0)
		prose_add(p,
			  "If the server kept the copy of attempt %u, the recipient gets one more.",
			  scene->try);
}

static void say_retry(const struct scene *scene, struct prose *p)
{
	struct scene before = scene_of(scene->subject, scene->try - 1);

	say_pause(scene, p);
	prose_add(p, " the client tries again");
	say_by_which_way(scene, p);
	prose_add(p, ": ");
	say_which_attempt(scene, p);
	prose_add(p, ".");
	say_how_certain(scene, p);
	if (before.verdict->copies_max == 0) {
		prose_break(p);
		prose_add(p, "Nothing was kept of attempt %u, so this makes no second copy.",
			  scene->try);
	}
}

static void say_sent_again(const struct scene *scene, struct prose *p)
{
	struct scene before = scene_of(scene->subject, scene->try - 1);

	say_pause(scene, p);
	prose_add(p, " the client sends the message once more");
	say_by_which_way(scene, p);
	prose_add(p, ", although attempt %u had been accepted: ", scene->try);
	say_which_attempt(scene, p);
	prose_add(p, ".");
	say_how_certain(scene, p);
	prose_break(p);
	prose_add(p, scene_was_cut_off(&before)
			     ? "Its connection had ended before the other recipients had their "
			       "replies, and the sender sends it to all of them again."
			     : "Either the sender lost its own note of the acceptance, or somebody "
			       "sent the message twice.");
}

/* ---- The envelope -------------------------------------------------------------------------- */

/* The server's next reply after a command, when commands are sent one by one. */
static const struct event *next_reply(const struct scene *scene, uint32_t index)
{
	for (uint32_t i = index + 1; i < scene->session->event_count; i++) {
		const struct event *event = scene_event(scene, i);
		if (event->kind == EVENT_REPLY)
			return event;
		if (event->kind == EVENT_COMMAND)
			return NULL;
	}
	return NULL;
}

static void say_answer(const struct scene *scene, struct prose *p)
{
	const struct event *reply = next_reply(scene, scene->step->event);

	if (reply)
		prose_add(p, " The server answers %s after %s (%s).", code_words(reply).s,
			  duration_text(reply->time_ns - scene->event->time_ns).s,
			  frame_words(scene, reply).s);
}

static void say_greeting(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	int64_t open_ns = scene->session->open_ns;

	prose_add(p, "The server greets: %s.", reply_words(scene, event).s);
	if (open_ns != NO_TIME && event->time_ns - open_ns > SLOW_NS)
		prose_add(p, " It took %s to do so, which is slow already.",
			  duration_text(event->time_ns - open_ns).s);
	if (scene->session->is_rewritten) {
		prose_break(p);
		prose_add(p, "The stars are put there by a firewall on the way that inspects and "
			     "rewrites "
			     "SMTP; such firewalls are known to drop final dots.");
	}
}

static void say_hello(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "The client says who it is: \"%s\".",
		  text_words(scene->subject, event->text, NAME_COLUMNS).s);
	say_answer(scene, p);
}

static void say_tls(const struct scene *scene, struct prose *p)
{
	if (scene->session->tls == TLS_IMPLICIT)
		prose_add(p, "This connection is encrypted from its first byte on.");
	else
		prose_add(p, "From here on everything is encrypted.");
	prose_break(p);
	prose_add(p, "Only when and how much was sent can be seen; what is said of it is probable, "
		     "not proven.");
}

static void say_mail(const struct scene *scene, struct prose *p)
{
	const struct attempt *attempt = scene->attempt;

	if (attempt->sender)
		prose_add(p, "The client begins: the message is from %s",
			  text_words(scene->subject, attempt->sender, NAME_COLUMNS).s);
	else
		prose_add(p, "The client begins: the message has an empty sender, as notices of "
			     "failed deliveries have");
	if (attempt->declared_size)
		prose_add(p, ", and it announces %s", bytes_words(attempt->declared_size).s);
	prose_add(p, ".");
	say_answer(scene, p);
}

static void say_rcpt(const struct scene *scene, struct prose *p)
{
	prose_add(p, "The recipient is %s",
		  text_words(scene->subject, scene->subject->delivery->recipient, NAME_COLUMNS).s);
	if (scene->attempt->recipient_count > 1)
		prose_add(p, ", one of %u of this transaction", scene->attempt->recipient_count);
	prose_add(p, ".");
}

static void say_rcpt_reply(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	struct words reply = reply_words(scene, event);

	if (event->value < 400) {
		prose_add(p, "The server takes this recipient: %s.", reply.s);
		return;
	}
	if (event->value < 500) {
		prose_add(p, "The server refuses this recipient for now: %s.", reply.s);
		prose_break(p);
		prose_add(p,
			  "Nothing is delivered by this attempt. The sender will try again later, "
			  "which makes no second copy.");
	} else {
		prose_add(p, "The server refuses this recipient for good: %s.", reply.s);
		prose_break(p);
		prose_add(p, "Nothing is delivered by this attempt.");
	}
}

static void say_refused(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "The server refuses %s: %s.", event->value < 500 ? "for now" : "for good",
		  reply_words(scene, event).s);
	prose_break(p);
	prose_add(p, "No message went in this attempt, so no copy came of it.%s",
		  event->value < 500 ? " The sender will try again later." : "");
}

/* ---- The message --------------------------------------------------------------------------- */

static void say_data(const struct scene *scene, struct prose *p)
{
	if (scene->attempt->is_bdat)
		prose_add(p, "The client sends the message in pieces of announced length (BDAT).");
	else
		prose_add(p, "The client asks to send the message (DATA).");
}

static void say_go_ahead(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "The server is ready for the message: %s.", reply_words(scene, event).s);
}

static void say_message(const struct scene *scene, struct prose *p)
{
	const struct attempt *attempt = scene->attempt;

	prose_add(p, "The message begins.");
	if (attempt->subject)
		prose_add(p, " Its subject is \"%s\".",
			  text_words(scene->subject, attempt->subject, SUBJECT_COLUMNS).s);
	if (attempt->message_id)
		prose_add(p, " Its Message-ID is <%s>.",
			  text_words(scene->subject, attempt->message_id, NAME_COLUMNS).s);
}

static void say_eod(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	const struct event *message = scene_event(scene, scene->attempt->message);

	prose_add(p, "The message is out: %s", bytes_words(scene->attempt->size).s);
	if (message && event->time_ns > message->time_ns)
		prose_add(p, " in %s", duration_text(event->time_ns - message->time_ns).s);
	prose_add(p, ", ended by %s.",
		  scene->attempt->is_bdat ? "the last piece" : "the final dot");
	if (event->bits & EVENT_BARE_LF)
		prose_add(p,
			  " (The dot does not stand between CRLFs as RFC 5321 asks, yet the server "
			  "took it.)");
	if (scene->attempt->bare_dots)
		prose_add(p,
			  " Within it %s without a CR around it: some servers take that for the "
			  "end, and what follows for commands (SMTP smuggling).",
			  scene->attempt->bare_dots == 1 ? "a dot stands alone on its line"
							 : "dots stand alone on their lines");
	prose_break(p);
	prose_add(p,
		  "The client now waits for the server's confirmation, the 250, and its timer "
		  "starts: %s are assumed here.",
		  duration_short_text(scene->subject->timer_ns).s);
	prose_break(p);
	prose_add(p, "Until the 250 is there, the client must take it that nothing was delivered.");
}

static void say_eod_resent(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	const struct event *acked = scene_event(scene, scene->attempt->eod_acked);

	prose_add(p,
		  "The end of the message is sent again (retransmission %u, %s after the first "
		  "time).",
		  event->value, duration_text(scene_after_eod(scene, event)).s);
	prose_break(p);
	if (acked && acked->time_ns <= event->time_ns)
		prose_add(p,
			  "The server had confirmed it by TCP ACK (%s); that TCP ACK was lost or "
			  "late.",
			  frame_words(scene, acked).s);
	else
		prose_add(p,
			  "No TCP ACK for it has been seen so far: packets are being lost. This is "
			  "TCP repairing the line, not a second message.");
}

static void say_eod_acked(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p,
		  "The server's machine has every byte up to the %s: its TCP ACK comes %s later.",
		  scene->attempt->is_bdat ? "end" : "final dot",
		  duration_text(scene_after_eod(scene, event)).s);
	prose_break(p);
	prose_add(p,
		  "This is not the confirmation: the mail program behind it has not yet said that "
		  "it keeps the message.");
}

static void say_window(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	const char *side = event->bits & EVENT_FROM_SERVER ? "server" : "client";

	if (event->kind == EVENT_WINDOW_SHUT)
		prose_add(
			p,
			"The %s's machine takes no more bytes for now: its buffer is full, because "
			"the program there does not read.",
			side);
	else
		prose_add(p, "The %s's machine takes bytes again.", side);
}

static void say_too_big(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	bool is_server = event->bits & EVENT_FROM_SERVER;

	prose_add(p, "The router %s did not pass on a packet of the %s: it was too big for the next "
		     "link",
		  text_words(scene->subject, event->text, NAME_COLUMNS).s,
		  is_server ? "server" : "client");
	if (event->value)
		prose_add(p, ", which takes %s", bytes_words(event->value).s);
	prose_add(p, " (ICMP).");
	prose_break(p);
	prose_add(p, "The %s has to send smaller packets from here on. If it goes on sending large "
		     "ones, this message of the router did not reach it: a firewall that drops ICMP "
		     "makes such connections stall.",
		  is_server ? "server" : "client");
}

static void say_unreachable(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "%s says that a packet of the %s did not arrive (ICMP): the line was broken "
		     "there, or something refused the connection.",
		  text_words(scene->subject, event->text, NAME_COLUMNS).s,
		  event->bits & EVENT_FROM_SERVER ? "server" : "client");
}

static void say_conflict(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "Bytes of the %s that were here before came again, and differ: %s. What came "
		     "first is what is shown.",
		  event->bits & EVENT_FROM_SERVER ? "server" : "client",
		  bytes_words(event->length).s);
	prose_break(p);
	prose_add(p, "An honest retransmission repeats what it sent. Something on the way rewrites "
		     "this connection, or forges packets of it.");
}

/* ---- The wait ------------------------------------------------------------------------------ */

/* What the client's end of the wait knew about the message's arrival. */
static void say_what_arrived(const struct scene *scene, int64_t by_ns, struct prose *p)
{
	const struct event *acked = scene_event(scene, scene->attempt->eod_acked);

	prose_break(p);
	if (acked && acked->time_ns <= by_ns)
		prose_add(p,
			  "The server had TCP-acknowledged all %s %s after the end (%s), so its "
			  "machine had the whole message.",
			  bytes_words(scene->attempt->size).s,
			  duration_text(scene_after_eod(scene, acked)).s,
			  frame_words(scene, acked).s);
	else if (scene->attempt->eod != NO_EVENT)
		prose_add(p, "Not even a TCP ACK for the end of the message has come, so it is not "
			     "known whether the server has all of it.");
}

static void say_timer(const struct scene *scene, struct prose *p)
{
	int64_t timer_ns = scene->subject->timer_ns;
	int64_t end_ns = scene_wait_end(scene);
	int64_t sent_ns;
	const struct event *reply = scene_any_reply(scene, &sent_ns);
	bool was_lost = reply && scene->verdict->cause == CAUSE_REPLY_LOST &&
			sent_ns <= scene->step->mark.time_ns;
	bool leaves_now = end_ns - scene->step->mark.time_ns <= timer_ns / 100;
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	if (was_lost)
		prose_add(p,
			  "The timer runs out: for %s no answer has arrived at the client. One "
			  "left %s ago and got lost.",
			  duration_text(timer_ns).s,
			  duration_text(scene->step->mark.time_ns - sent_ns).s);
	else
		prose_add(p, "The timer runs out: %s without an answer.",
			  duration_text(timer_ns).s);
	say_what_arrived(scene, scene->step->mark.time_ns, p);
	prose_break(p);
	if (left && leaves_now)
		prose_add(p, "Next: the client gives up, %s later (%s).",
			  duration_text(left->time_ns - scene->step->mark.time_ns).s,
			  frame_words(scene, left).s);
	else
		prose_add(p,
			  "Yet this client goes on waiting: its own timer is longer than the %s "
			  "assumed here.",
			  duration_short_text(timer_ns).s);
}

static const char *leaving_of(const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_FIN:
		return "closes the connection";
	case EVENT_RST:
		return "breaks the connection off (TCP reset)";
	case EVENT_COMMAND:
		return event->value == VERB_QUIT   ? "says QUIT"
		       : event->value == VERB_RSET ? "drops the transaction (RSET)"
						   : "begins another transaction";
	case EVENT_LINE:
		return "says goodbye within TLS";
	case EVENT_SYN:
	case EVENT_OPEN:
	case EVENT_FIN_RESENT:
	case EVENT_WINDOW_SHUT:
	case EVENT_WINDOW_OPEN:
	case EVENT_GAP:
	case EVENT_CONFLICT:
	case EVENT_TOO_BIG:
	case EVENT_UNREACHABLE:
	case EVENT_REPLY:
	case EVENT_REPLY_PART:
	case EVENT_MESSAGE:
	case EVENT_EOD:
	case EVENT_TLS:
	case EVENT_EOD_RESENT:
	case EVENT_EOD_ACKED:
	case EVENT_REPLY_RESENT:
	case EVENT_REPLY_ACKED:
	case EVENT_SILENT:
	case EVENT_HOLE:
		break;
	}
	return "leaves";
}

static void say_what_follows(const struct scene *scene, struct prose *p)
{
	const struct event *reply = scene_event(scene, scene->reply);
	const struct event *silent = scene_event(scene, scene->attempt->silent_after);

	prose_break(p);
	if (scene->verdict->cause == CAUSE_REPLY_LATE && reply && reply_accepts(reply->value))
		prose_add(p,
			  "Next: its %s comes %s later, too late (%s); that copy stays with the "
			  "recipient.",
			  code_words(reply).s, duration_text(scene_after_left(scene, reply)).s,
			  frame_words(scene, reply).s);
	else if (scene->verdict->cause == CAUSE_REPLY_LATE && reply)
		prose_add(p, "Next: its %s comes %s later, too late (%s).", code_words(reply).s,
			  duration_text(scene_after_left(scene, reply)).s,
			  frame_words(scene, reply).s);
	else if (silent && scene->verdict->cause == CAUSE_SERVER_SILENT)
		prose_add(p, "Next: a packet of the server (%s) proves that it had sent no answer.",
			  frame_words(scene, silent).s);
	else if (scene->try + 1 < scene->subject->delivery->try_count)
		prose_add(p, "Not knowing what became of the message, it will send it again.");
	else
		prose_add(p,
			  "Not knowing what became of the message, it has to try again later; the "
			  "capture does not show it.");
}

/* The side leaves after its part was done. */
static void say_left_afterwards(const struct scene *scene, struct prose *p)
{
	const struct event *client = scene_event(scene, scene->attempt->client_left);
	bool is_server = scene->event->bits & EVENT_FROM_SERVER;

	prose_add(p, "The %s %s", is_server ? "server" : "client", leaving_of(scene->event));
	if (scene_is_answered(scene)) {
		prose_add(p, "; the reply had come before.");
		return;
	}
	prose_add(p, ", %s after the client had left.",
		  duration_text(scene_after_left(scene, scene->event)).s);
	if (scene->event->kind == EVENT_RST && client) {
		prose_break(p);
		prose_add(p, "A reset does not tell what the server had sent before: its number is "
			     "taken "
			     "from the client's packet.");
	}
}

/* The end of the message was not seen: because there was none, or only not here. */
static void say_left_unended(const struct scene *scene, struct prose *p)
{
	prose_add(p, "The client %s. %s of the message have come by here, and not its end.",
		  leaving_of(scene->event), bytes_words(scene->attempt->size).s);
	prose_break(p);
	if (scene->verdict->cause == CAUSE_CAPTURE_GAP)
		prose_add(p, "The capture lacks bytes of it, so the end may have been sent, and "
			     "answered.");
	else if (scene->verdict->copies_max == 0)
		prose_add(p,
			  "Without its end the server must not deliver it: no copy comes of this "
			  "attempt.");
	else
		prose_add(
			p,
			"If the server never got the end either, it must not deliver the message.");
}

/* The sender's clock starts a little before the wire shows the end: 1 % off is the same. */
static bool is_at_timer(const struct scene *scene, int64_t waited_ns)
{
	int64_t timer_ns = scene->subject->timer_ns;
	int64_t off_ns = waited_ns > timer_ns ? waited_ns - timer_ns : timer_ns - waited_ns;

	return off_ns <= timer_ns / 100;
}

static void say_half_closed(const struct scene *scene, struct prose *p)
{
	prose_add(p, "The client closes its side straight behind the message (TCP FIN): it has "
		     "nothing more to send.");
	prose_break(p);
	prose_add(p, "That is no goodbye: Exim, for one, does so and waits on for the reply. When it "
		     "stops waiting, no packet will show it.");
	(void)scene;
}

/* The leaving itself sent nothing, as the client's side was closed already. */
static void say_left_unseen(const struct scene *scene, struct prose *p)
{
	prose_add(p,
		  "The client's machine refuses what the server sends (TCP reset): nobody waits for "
		  "it any more.");
	prose_break(p);
	prose_add(p,
		  "When the client gave up is not seen, as its side was closed already, or its FIN "
		  "had to wait behind bytes that were lost: within %s of the end of the message.",
		  duration_text(scene_after_eod(scene, scene->event)).s);
}

static void say_client_left(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	int64_t waited_ns = scene_after_eod(scene, event);
	int64_t timer_ns = timer_snap(WAIT_EOD, waited_ns);

	if (scene_is_answered(scene)) {
		say_left_afterwards(scene, p);
		return;
	}
	if (scene->attempt->eod == NO_EVENT) {
		say_left_unended(scene, p);
		return;
	}
	if (scene_left_unseen(scene)) {
		say_left_unseen(scene, p);
		return;
	}
	if (is_at_timer(scene, waited_ns))
		prose_add(p,
			  "The timer has run out, and the client gives up: %s after the end of the "
			  "message, without an answer, it %s.",
			  duration_text(waited_ns).s, leaving_of(event));
	else
		prose_add(
			p,
			"The client gives up: %s after the end of the message, without an answer, "
			"it %s.",
			duration_text(waited_ns).s, leaving_of(event));
	if (timer_ns && !is_at_timer(scene, waited_ns))
		prose_add(p, " That looks like a timer of %s.", duration_short_text(timer_ns).s);
	if (waited_ns < scene->subject->timer_ns) /* or else the timer's sentence has said it */
		say_what_arrived(scene, event->time_ns, p);
	say_what_follows(scene, p);
}

static void say_fin_resent(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p,
		  "The client's goodbye (its TCP FIN) has been sent again %s, in vain: nothing at "
		  "all comes back from the server.",
		  times_text(event->value).s);
	if (scene->verdict->path_is_dead) {
		prose_break(p);
		prose_add(p,
			  "So the way back was dead, and a reply may have been lost on it. It is "
			  "likely, not proven.");
	}
}

/* A reset that no other packet of its side looks like. */
static void say_foreign(const struct scene *scene, struct prose *p)
{
	if (!(scene->event->bits & EVENT_FOREIGN))
		return;
	prose_break(p);
	prose_add(p, "Its TTL is none that the %s's other packets have: a firewall or another box on "
		     "the way may have sent it in the %s's name.",
		  scene->event->bits & EVENT_FROM_SERVER ? "server" : "client",
		  scene->event->bits & EVENT_FROM_SERVER ? "server" : "client");
}

static void say_server_left(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	if (scene_is_answered(scene) || scene_who_left(scene) == LEFT_CLIENT) {
		say_left_afterwards(scene, p);
		return;
	}
	if (scene->attempt->eod == NO_EVENT) {
		prose_add(p, "The server %s in the middle of the message, after %s.",
			  leaving_of(event), bytes_words(scene->attempt->size).s);
		prose_break(p);
		if (scene->verdict->copies_max == 0)
			prose_add(
				p,
				"It does not have the end of the message, so no copy comes of this "
				"attempt.");
		return;
	}
	prose_add(p, "The server %s %s after the end of the message, without having answered.",
		  leaving_of(event), duration_text(scene_after_eod(scene, event)).s);
	say_foreign(scene, p);
	say_what_arrived(scene, event->time_ns, p);
	prose_break(p);
	prose_add(p,
		  "Whether it had kept the message before it broke off no packet tells; the client "
		  "must take it that it had not (RFC 5321 3.8), and sends it again.");
}

static void say_silent(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	const struct event *left = scene_event(scene, scene->attempt->client_left);

	prose_add(p, "A proof of silence: this packet of the server is numbered straight after the "
		     "last byte that had come from it.");
	prose_break(p);
	if (scene->attempt->reply_part != NO_EVENT)
		prose_add(p, "So nothing followed the beginning of its reply, and nothing was lost "
			     "on the "
			     "way.");
	else
		prose_add(
			p,
			"So in all of %s it had sent no answer, and none was lost on the way: %s.",
			duration_text(scene_after_eod(scene, left ? left : event)).s,
			scene->attempt->eod_acked != NO_EVENT
				? "the server was slow, or stuck"
				: "it may not even have had the end of the message");
}

static void say_hole(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p,
		  "A proof of loss: this packet of the server is numbered %s further on than "
		  "expected.",
		  bytes_words(event->length).s);
	prose_break(p);
	prose_add(
		p,
		"So the server had sent an answer of %s, and it was lost on its way to the client.",
		bytes_words(event->length).s);
}

static void say_end(const struct scene *scene, struct prose *p)
{
	const struct event *eod = scene_event(scene, scene->attempt->eod);
	int64_t now_ns = scene->subject->now_ns;
	int64_t timer_ns = scene->subject->timer_ns;
	int64_t waited_ns = eod ? now_ns - eod->time_ns : 0;

	prose_add(p, scene->subject->is_over ? "Here the capture ends: " : "This is now: ");
	if (!eod) {
		prose_add(p, "the message was still being sent, %s of it so far.",
			  bytes_words(scene->attempt->size).s);
		return;
	}
	prose_add(p, "the client has waited for %s, and no answer has come.",
		  duration_text(waited_ns).s);
	say_what_arrived(scene, now_ns, p);
	prose_break(p);
	if (scene->subject->is_over)
		prose_add(p, "How it went on cannot be seen: no copy, or one.");
	else if (waited_ns < timer_ns)
		prose_add(
			p,
			"If nothing comes within %s, the client will give up and send the message "
			"again.",
			duration_text(timer_ns - waited_ns).s);
	else
		prose_add(p,
			  "The timer of %s has run out, and the client has not left: its own timer "
			  "is longer.",
			  duration_short_text(timer_ns).s);
}

/* ---- The reply ----------------------------------------------------------------------------- */

static void say_refusal_of_message(const struct event *event, struct prose *p)
{
	prose_break(p);
	if (event->value < 500)
		prose_add(p, "It keeps no copy; the sender will try again later.");
	else
		prose_add(p, "It keeps no copy, and the sender should not try again.");
}

static void say_reply(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	struct words reply = reply_words(scene, event);
	int64_t waited_ns = scene_after_eod(scene, event);

	if (!event->value) {
		prose_add(p, "The server answers after %s: %s. It is probably the confirmation.",
			  duration_text(waited_ns).s, reply.s);
		return;
	}
	if (scene_unsettling(scene)) {
		prose_add(p,
			  "The server answers after %s: %s. That neither confirms nor refuses the "
			  "message (RFC 5321 4.2.1): whether a copy is kept, nobody can tell from it.",
			  duration_text(waited_ns).s, reply.s);
		return;
	}
	if (!reply_accepts(event->value)) {
		prose_add(p, "The server refuses the message %s, after %s: %s.",
			  event->value < 500 ? "for now" : "for good", duration_text(waited_ns).s,
			  reply.s);
		say_refusal_of_message(event, p);
		return;
	}
	prose_add(p, "The server confirms after %s: %s.", duration_text(waited_ns).s, reply.s);
	prose_break(p);
	prose_add(
		p,
		"From here on the server is responsible for the message: one copy of this attempt "
		"is with the recipient's server.");
	if (waited_ns >= scene->subject->timer_ns)
		prose_add(p, " This client had the patience to wait for it.");
}

static void say_reply_late(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p,
		  "Too late: %s comes %s after the end of the message, %s after the client had "
		  "given up.",
		  reply_words(scene, event).s, duration_text(scene_after_eod(scene, event)).s,
		  duration_text(scene_after_left(scene, event)).s);
	prose_break(p);
	if (!event->value || reply_accepts(event->value))
		prose_add(p,
			  "The server keeps the message all the same, but nobody listens any more: "
			  "this copy stays with the recipient (RFC 1047).");
	else
		prose_add(
			p,
			"The server does not keep the message, so no copy comes of this attempt.");
	prose_break(p);
	if (scene->vantage == VANTAGE_SERVER)
		prose_add(p, "It was captured at the server, so it left that late: the server was "
			     "slow.");
	else if (scene_was_sent_late(scene))
		prose_add(p,
			  "The server had sent nothing when the client left (%s proves it): it was "
			  "the "
			  "server that was slow, not the line.",
			  frame_words(scene, scene_event(scene, scene->attempt->silent_after)).s);
	else
		prose_add(p,
			  "It was sent late, or held up by losses on its way: from here one cannot "
			  "tell which.");
}

static void say_reply_lost(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "The server answers after %s: %s.",
		  duration_text(scene_after_eod(scene, event)).s, reply_words(scene, event).s);
	prose_break(p);
	if (scene->is_far)
		prose_add(p,
			  "It was sent %s, as the capture of file %u shows, and not once did it come "
			  "to the client: it was lost on the way back.",
			  times_text(scene->attempt->reply_sends).s, scene->session->file + 1u);
	else
		prose_add(p,
			  "It passes here %s, and no TCP ACK of the client for it ever does: it was "
			  "lost between here and the client.",
			  times_text(scene->attempt->reply_sends).s);
	if (reply_accepts(event->value)) {
		prose_break(p);
		prose_add(p,
			  "The server is sure that it has delivered the message; the client will "
			  "never know.");
	}
}

/* Only where two captures were given. */
static void say_arrived(const struct scene *scene, struct prose *p)
{
	struct scene near = scene_of(scene->subject, scene->try);
	int64_t way_ns = scene->step->mark.time_ns - scene_event(&near, near.attempt->eod)->time_ns;

	prose_add(p, "The end of the message passes the capture of file %u, %s (%s), %s after the "
		     "client sent it.",
		  scene->session->file + 1u,
		  scene->vantage == VANTAGE_SERVER ? "at the server" : "further on",
		  frame_words(scene, scene->event).s, duration_text(way_ns).s);
}

static void say_reply_sent(const struct scene *scene, struct prose *p)
{
	struct scene near = scene_of(scene->subject, scene->try);
	const struct event *left = scene_event(&near, near.attempt->client_left);
	int64_t time_ns = scene->step->mark.time_ns;

	prose_add(p, "The server's answer passes the capture of file %u (%s): %s.",
		  scene->session->file + 1u, frame_words(scene, scene->event).s,
		  reply_words(scene, scene->event).s);
	if (!left)
		return;
	prose_break(p);
	if (time_ns > left->time_ns)
		prose_add(p, "The client left %s before: the server was too slow.",
			  duration_text(time_ns - left->time_ns).s);
	else
		prose_add(p, "The client still waits, for %s more: the answer is held up on its way.",
			  duration_text(left->time_ns - time_ns).s);
}

static void say_reply_part(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	if (event->kind == EVENT_LINE) {
		prose_add(p,
			  "The server says \"%s\". That is no reply, which begins with three digits "
			  "(RFC 5321 4.2): some clients wait on, others take it for an error.",
			  text_words(scene->subject, event->text, NAME_COLUMNS).s);
		return;
	}
	prose_add(p, "The beginning of an answer comes, \"%s\", and its end never does.",
		  text_words(scene->subject, event->text, NAME_COLUMNS).s);
	prose_break(p);
	prose_add(p,
		  "A reply counts only when its line is complete, so the client goes on waiting.");
}

static void say_reply_resent(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	const struct event *reply = scene_event(scene, scene->reply);

	prose_add(p,
		  "The server sends its reply again (retransmission %u, %s after the first time): "
		  "no TCP ACK of the client for it has come.",
		  event->value, duration_text(reply ? event->time_ns - reply->time_ns : 0).s);
}

static void say_reply_acked(const struct scene *scene, struct prose *p)
{
	const struct event *reply = scene_event(scene, scene->reply);

	prose_add(p, "The client's machine has the reply: its TCP ACK is seen. ");
	if (scene->verdict->cause == CAUSE_REPLY_LATE)
		prose_add(p, "The client had given up before, so it changes nothing.");
	else if (reply && reply_accepts(reply->value))
		prose_add(p, "Both sides agree that the message is delivered.");
	else
		prose_add(p, "Both sides agree.");
}

static void say_gap(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;
	const char *side = event->bits & EVENT_FROM_SERVER ? "server" : "client";

	prose_add(p, "%s of the %s are missing here", bytes_words(event->length).s, side);
	switch ((enum gap_kind)event->value) {
	case GAP_CAPTURE:
		prose_add(p, ": the connection carried them, and the capture lost them.");
		break;
	case GAP_SNAPLEN:
		prose_add(p, ": the capture kept only the beginning of each packet (its snaplen).");
		break;
	case GAP_LIMIT:
		prose_add(p, ": too much had come out of order to be kept.");
		break;
	case GAP_MISSING:
		prose_add(p, ": they never arrived, and never came again.");
		break;
	}
	prose_break(p);
	prose_add(p, "What they said is not known.");
}

static void say_closed(const struct scene *scene, struct prose *p)
{
	const struct event *event = scene->event;

	prose_add(p, "The %s %s; everything had been said.",
		  event->bits & EVENT_FROM_SERVER ? "server" : "client", leaving_of(event));
}

/* ---- Which one to say ---------------------------------------------------------------------- */

static void (*const sayings[STEPS])(const struct scene *scene, struct prose *p) = {
	[STEP_OPENED] = say_opened,
	[STEP_RESEND] = say_resend,
	[STEP_RETRY] = say_retry,
	[STEP_SENT_AGAIN] = say_sent_again,
	[STEP_GREETING] = say_greeting,
	[STEP_HELLO] = say_hello,
	[STEP_TLS] = say_tls,
	[STEP_MAIL] = say_mail,
	[STEP_RCPT] = say_rcpt,
	[STEP_RCPT_REPLY] = say_rcpt_reply,
	[STEP_DATA] = say_data,
	[STEP_GO_AHEAD] = say_go_ahead,
	[STEP_REFUSED] = say_refused,
	[STEP_MESSAGE] = say_message,
	[STEP_EOD] = say_eod,
	[STEP_EOD_RESENT] = say_eod_resent,
	[STEP_EOD_ACKED] = say_eod_acked,
	[STEP_TIMER] = say_timer,
	[STEP_WINDOW_SHUT] = say_window,
	[STEP_WINDOW_OPEN] = say_window,
	[STEP_TOO_BIG] = say_too_big,
	[STEP_UNREACHABLE] = say_unreachable,
	[STEP_CONFLICT] = say_conflict,
	[STEP_REPLY] = say_reply,
	[STEP_REPLY_LATE] = say_reply_late,
	[STEP_ARRIVED] = say_arrived,
	[STEP_REPLY_SENT] = say_reply_sent,
	[STEP_REPLY_LOST] = say_reply_lost,
	[STEP_REPLY_PART] = say_reply_part,
	[STEP_REPLY_RESENT] = say_reply_resent,
	[STEP_REPLY_ACKED] = say_reply_acked,
	[STEP_HALF_CLOSED] = say_half_closed,
	[STEP_CLIENT_LEFT] = say_client_left,
	[STEP_FIN_RESENT] = say_fin_resent,
	[STEP_SERVER_LEFT] = say_server_left,
	[STEP_SILENT] = say_silent,
	[STEP_HOLE] = say_hole,
	[STEP_GAP] = say_gap,
	[STEP_CLOSED] = say_closed,
	[STEP_END] = say_end,
};

void story_sentence(const struct subject *subject, const struct story *story, uint32_t step,
		    struct prose *out)
{
	prose_clear(out);
	if (step >= story->count)
		return;
	struct scene scene = scene_of_step(subject, &story->steps[step]);
	if (scene.event || scene.step->event == NO_EVENT)
		sayings[scene.step->kind](&scene, out);
}
