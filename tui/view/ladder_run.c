/* SPDX-License-Identifier: MIT */
#include "view/ladder_run.h"

#include "timetext.h"

#include <stdio.h>
#include <stdlib.h>

/** Which bytes of which side carried an event, and until when. */
struct stretch {
	enum side side;
	uint32_t from;
	uint32_t to;
	int64_t start_ns;
	int64_t end_ns; /* NO_TIME: open */
	bool is_message;
};

static bool has_bytes(const struct event *event)
{
	return event->kind >= EVENT_COMMAND && event->kind <= EVENT_LINE;
}

/** The message of EVENT, as far as its end was seen. */
static struct stretch stretch_of_message(const struct session *session, uint32_t index)
{
	const struct event *event = session_event(session, index);
	struct stretch s = {
		.side = SIDE_CLIENT,
		.from = event->offset,
		.to = event->offset + INT32_MAX,
		.start_ns = event->time_ns,
		.end_ns = NO_TIME,
		.is_message = true,
	};
	for (uint32_t i = index + 1; i < session->event_count; i++) {
		const struct event *later = session_event(session, i);
		if (later->kind != EVENT_EOD)
			continue;
		s.to = later->offset;
		s.end_ns = later->time_ns;
		break;
	}
	return s;
}

static struct stretch stretch_of(const struct session *session, uint32_t index)
{
	const struct event *event = session_event(session, index);
	enum side side = event->bits & EVENT_FROM_SERVER ? SIDE_SERVER : SIDE_CLIENT;
	struct stretch s = {side, event->offset - 1, event->offset, event->time_ns, NO_TIME, false};
	if (event->kind == EVENT_MESSAGE)
		return stretch_of_message(session, index);
	if (event->kind == EVENT_EOD || !has_bytes(event))
		return s;
	s.from = event->offset - 1;
	for (uint32_t i = index; i-- > 0;) {
		const struct event *before = session_event(session, i);
		bool is_other = (before->bits ^ event->bits) & EVENT_FROM_SERVER;
		if (is_other || !has_bytes(before))
			continue;
		s.from = before->offset;
		break;
	}
	return s;
}

static bool is_shut(const struct wire_segment *segment)
{
	return (segment->flags & TCP_ACK) && !(segment->flags & (TCP_RST | TCP_SYN)) &&
	       !segment->window;
}

static bool is_in(const struct stretch *s, const struct wire_segment *segment, bool is_sure)
{
	bool is_late = s->end_ns != NO_TIME && segment->mark.time_ns > s->end_ns;
	if (s->is_message && segment->side != s->side)
		return is_shut(segment) && segment->mark.time_ns >= s->start_ns && !is_late;
	if (segment->side != s->side || !segment->length)
		return false;
	if (!is_sure)
		return segment->mark.time_ns >= s->start_ns && !is_late;
	return (int32_t)(segment->offset - s->to) < 0 &&
	       (int32_t)(segment->offset + segment->length - s->from) > 0;
}

/** An event without bytes of its own: its frame, and nothing else. */
static bool is_of_event(const struct event *event, const struct stretch *s,
			const struct wire_segment *segment, bool is_sure)
{
	if (has_bytes(event))
		return is_in(s, segment, is_sure);
	return segment->mark.frame == event->frame;
}

bool ladder_run_make(struct ladder_run *run, const struct wire_contents *contents,
		     const struct session *session, uint32_t event)
{
	const struct event *e = session_event(session, event);
	struct stretch s = stretch_of(session, event);
	ladder_run_clear(run);
	run->segments = calloc(contents->segment_count + 1, sizeof *run->segments);
	if (!run->segments)
		return false;
	run->event = event;
	run->offset = s.from;
	for (size_t i = 0; i < contents->segment_count; i++)
		if (is_of_event(e, &s, &contents->segments[i], contents->is_offset_sure))
			run->segments[run->count++] = (uint32_t)i;
	return true;
}

void ladder_run_clear(struct ladder_run *run)
{
	free(run->segments);
	*run = (struct ladder_run){.event = NO_EVENT};
}

static const struct wire_segment *segment_at(const struct ladder_run *run,
					     const struct wire_contents *contents, uint32_t index)
{
	return &contents->segments[run->segments[index]];
}

static const char *fate_word(enum wire_fate fate)
{
	switch (fate) {
	case WIRE_AGAIN:
		return ", retransmitted";
	case WIRE_EARLY:
		return ", early";
	case WIRE_FILLS:
		return ", late";
	case WIRE_KEEPALIVE:
		return ", keepalive";
	case WIRE_NEW:
	case WIRE_NOTHING:
		break;
	}
	return "";
}

static enum canvas_style style_of(const struct wire_segment *segment)
{
	switch (segment->fate) {
	case WIRE_AGAIN:
	case WIRE_FILLS:
		return STYLE_RESENT;
	case WIRE_EARLY:
		return STYLE_LOST;
	case WIRE_KEEPALIVE:
	case WIRE_NOTHING:
		return STYLE_ACK;
	case WIRE_NEW:
		break;
	}
	return segment->side == SIDE_CLIENT ? STYLE_CLIENT : STYLE_SERVER;
}

/** "SYN ACK", the flags that say something, into OUT. */
static void name_flags(uint8_t flags, char *out, size_t size)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = {{TCP_SYN, "SYN "}, {TCP_FIN, "FIN "}, {TCP_RST, "RST "}, {TCP_ACK, "ACK "}};
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (flags & names[i].flag)
			used += (size_t)snprintf(out + used, size - used, "%s", names[i].name);
	if (used)
		out[used - 1] = '\0';
}

static void label(const struct ladder_run *run, const struct wire_segment *segment, char *out)
{
	char flags[32];
	int used;
	name_flags(segment->flags, flags, sizeof flags);
	if (segment->length)
		used = snprintf(out, LADDER_LABEL, "%u byte%s from byte %d on%s%s", segment->length,
				segment->length == 1 ? "" : "s",
				(int32_t)(segment->offset - run->offset), fate_word(segment->fate),
				segment->flags & TCP_FIN ? ", FIN" : "");
	else
		used = snprintf(out, LADDER_LABEL, "%s", flags);
	if (segment->captured < segment->length)
		used += snprintf(out + used, LADDER_LABEL - (size_t)used, ", %u captured",
				 segment->captured);
	if (is_shut(segment))
		snprintf(out + used, LADDER_LABEL - (size_t)used, ", window shut");
}

void ladder_run_row(const struct ladder_run *run, const struct wire_contents *contents,
		    uint32_t index, struct ladder_row *out)
{
	const struct wire_segment *segment = segment_at(run, contents, index);
	*out = (struct ladder_row){
		.time_ns = segment->mark.time_ns,
		.frame = segment->mark.frame,
		.is_server = segment->side == SIDE_SERVER,
		.line = LADDER_THIN,
		.style = style_of(segment),
	};
	label(run, segment, out->label);
}

static void explain_fate(const struct wire_segment *segment, struct prose *out)
{
	switch (segment->fate) {
	case WIRE_NEW:
		prose_add(out, " These are the bytes expected next.");
		break;
	case WIRE_AGAIN:
		prose_add(out, " All of them were seen before: TCP sends them again, because "
			       "their TCP ACK had not come.");
		break;
	case WIRE_EARLY:
		prose_add(out, " The %u byte%s before them had not been seen: late, or lost.",
			  segment->hole, segment->hole == 1 ? "" : "s");
		break;
	case WIRE_FILLS:
		prose_add(out, " They had been missing: out of order, or sent again after a loss.");
		break;
	case WIRE_KEEPALIVE:
		prose_add(out, " An old byte, to ask whether the other side is still there.");
		break;
	case WIRE_NOTHING:
		break;
	}
}

void ladder_run_explain(const struct ladder_run *run, const struct wire_contents *contents,
			uint32_t index, struct prose *out)
{
	const struct wire_segment *segment = segment_at(run, contents, index);
	char flags[32];
	name_flags(segment->flags, flags, sizeof flags);
	prose_add(out, "%s, frame %u: segment %u of %u, %u byte%s, %s.",
		  segment->side == SIDE_CLIENT ? "Client" : "Server", segment->mark.frame,
		  index + 1, run->count, segment->length, segment->length == 1 ? "" : "s", flags);
	explain_fate(segment, out);
	if (segment->captured < segment->length)
		prose_add(out, " The capture's snaplen cut it after %u.", segment->captured);
	if (is_shut(segment))
		prose_add(out, " Its sender has no room for more bytes (zero window).");
}

void ladder_run_sum(const struct ladder_run *run, const struct wire_contents *contents,
		    struct prose *out)
{
	uint32_t fates[WIRE_NOTHING + 1] = {0};
	uint32_t shut = 0;
	for (uint32_t i = 0; i < run->count; i++) {
		const struct wire_segment *segment = segment_at(run, contents, i);
		fates[segment->fate]++;
		shut += is_shut(segment);
	}
	uint32_t carrying = run->count - fates[WIRE_NOTHING];
	if (!carrying)
		return;
	prose_add(out, " %u segment%s", carrying, carrying == 1 ? "" : "s");
	const char *join = ": ";
	for (int fate = WIRE_AGAIN; fate < WIRE_NOTHING; fate++) {
		if (!fates[fate])
			continue;
		prose_add(out, "%s%u%s", join, fates[fate], fate_word((enum wire_fate)fate) + 1);
		join = ", ";
	}
	if (shut)
		prose_add(out, "%swindow shut %u time%s", join, shut, shut == 1 ? "" : "s");
	prose_add(out, ".");
}
