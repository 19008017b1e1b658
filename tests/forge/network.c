/* SPDX-License-Identifier: MIT */
#include "network.h"

#include <stdlib.h>

#include "frame.h"
#include "lex.h"
#include "simulate.h"

#define KERNEL_MIN_NS (4 * NS_PER_US) /* from the decision to send to the wire */
#define KERNEL_SPREAD_NS (9 * NS_PER_US)
#define NS_PER_BYTE 8 /* 1 Gbit/s */
#define DOUBLE_AFTER_NS (3 * NS_PER_US)

/* A segment on its way. */
struct flight {
	struct connection *connection;
	struct segment segment;
	uint16_t ip_id;
	unsigned arrivals; /* at the tap, and at the other side */
};

/* What the rules do to a segment. */
struct fate {
	bool is_lost;
	bool is_missed;
	bool is_doubled;
	unsigned lost_percent;
	int64_t delay_ns;
};

static bool covers(const struct segment *segment, uint64_t from, uint64_t to)
{
	uint64_t first = segment->position - 1; /* as an offset in the stream */

	return segment->len && first < to && first + segment->len > from;
}

static bool is_target(const struct connection *connection, const struct rule *rule,
		      const struct segment *segment)
{
	const struct script *script = &connection->script;
	const struct marks none = {0};
	const struct marks *marks =
		rule->transaction < script->mark_count ? &script->marks[rule->transaction] : &none;
	bool is_client = segment->from == SIDE_CLIENT;
	uint64_t at;

	switch (rule->target) {
	case TARGET_ALL:
		return rule->from[segment->from];
	case TARGET_DOT:
		return is_client && marks->data_to &&
		       covers(segment, marks->data_to - 1, marks->data_to);
	case TARGET_DATA:
		at = marks->data_from + (rule->number - 1) * connection->end[SIDE_CLIENT].mss;
		return is_client && at < marks->data_to && covers(segment, at, at + 1);
	case TARGET_TAIL:
		at = marks->data_to > rule->number ? marks->data_to - rule->number : 0;
		return is_client && covers(segment, at, marks->data_to);
	case TARGET_REPLY:
		return !is_client && covers(segment, marks->reply_from, marks->reply_to);
	case TARGET_FIN:
		return rule->from[segment->from] && (segment->flags & TCP_FIN);
	case TARGET_SIZE:
		return rule->from[segment->from] &&
		       forge_frame_ip_len(connection->host[SIDE_CLIENT]->address.is_v6, segment) >
			       rule->number;
	case TARGET_AT:
		return connection_now(connection) - connection->start_ns >= rule->duration_ns;
	}
	return false;
}

static void apply_rule(struct connection *connection, const struct rule *rule,
		       const struct segment *segment, struct fate *fate)
{
	struct path *path = &connection->path;

	switch (rule->act) {
	case RULE_LOSE:
		fate->is_lost = true;
		fate->lost_percent = rule->place_percent;
		break;
	case RULE_MISS:
		fate->is_missed = true;
		break;
	case RULE_DOUBLE:
		fate->is_doubled = true;
		break;
	case RULE_DELAY:
		fate->delay_ns += rule->duration_ns;
		break;
	case RULE_DIE:
		path->is_dead[SIDE_CLIENT] |= rule->kills[SIDE_CLIENT];
		path->is_dead[SIDE_SERVER] |= rule->kills[SIDE_SERVER];
		path->dead_percent = rule->place_percent;
		break;
	}
	if (path->is_dead[segment->from]) {
		fate->is_lost = true;
		fate->lost_percent = path->dead_percent;
	}
}

static struct fate judge(struct connection *connection, const struct segment *segment)
{
	struct path *path = &connection->path;
	struct fate fate = {.is_lost = path->is_dead[segment->from],
			    .lost_percent = path->dead_percent};
	uint64_t *used = path->used;

	for (const struct rule *rule = connection->session->rules; rule;
	     rule = rule->next, used++) {
		if ((rule->times && *used >= rule->times) || !is_target(connection, rule, segment))
			continue;
		++*used;
		apply_rule(connection, rule, segment, &fate);
	}
	return fate;
}

static void end_arrival(struct flight *flight)
{
	struct connection *connection = flight->connection;

	if (--flight->arrivals == 0)
		free(flight);
	connection_drop(connection);
}

static void arrive(void *context, int64_t value)
{
	struct flight *flight = context;
	struct connection *connection = flight->connection;

	(void)value;
	forge_tcp_receive(&connection->end[side_other(flight->segment.from)], &flight->segment);
	end_arrival(flight);
}

static void pass_tap(void *context, int64_t value)
{
	struct flight *flight = context;

	(void)value;
	simulation_capture(flight->connection, &flight->segment, flight->ip_id);
	end_arrival(flight);
}

static void add_arrival(struct flight *flight, int64_t time_ns, event_fn *fn)
{
	flight->arrivals++;
	connection_hold(flight->connection);
	events_add(simulation_events(flight->connection->simulation), time_ns, fn, flight, 0);
}

static int64_t depart(struct connection *connection, const struct segment *segment)
{
	struct path *path = &connection->path;
	int64_t kernel_ns =
		KERNEL_MIN_NS + (int64_t)random_below(&connection->random, KERNEL_SPREAD_NS);
	int64_t time_ns = connection_now(connection) + kernel_ns;

	if (time_ns < path->free_at_ns[segment->from])
		time_ns = path->free_at_ns[segment->from];
	path->free_at_ns[segment->from] = time_ns + NS_PER_BYTE * ((int64_t)segment->len + 80);
	return time_ns;
}

void network_send(struct connection *connection, const struct segment *segment)
{
	const struct scenario *scenario = simulation_scenario(connection->simulation);
	struct fate fate = judge(connection, segment);
	bool is_client = segment->from == SIDE_CLIENT;
	int64_t departure = depart(connection, segment), delay = connection->path.delay_ns;
	unsigned tap = scenario->tap_percent;
	bool passes_tap =
		!fate.is_lost || (is_client ? tap <= fate.lost_percent : tap >= fate.lost_percent);
	int64_t at_tap = departure + delay * (int64_t)(is_client ? tap : 100 - tap) / 100;
	struct flight *flight = forge_resize(NULL, sizeof(*flight));

	if (is_client ? tap > 50 : tap < 50)
		at_tap += fate.delay_ns;
	*flight = (struct flight){connection, *segment, connection->ip_id[segment->from]++, 0};
	if (passes_tap && !fate.is_missed)
		add_arrival(flight, at_tap, pass_tap);
	if (passes_tap && !fate.is_missed && fate.is_doubled)
		add_arrival(flight, at_tap + DOUBLE_AFTER_NS, pass_tap);
	if (!fate.is_lost)
		add_arrival(flight, departure + delay + fate.delay_ns, arrive);
	if (!flight->arrivals)
		free(flight);
}
