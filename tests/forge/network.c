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
	uint16_t refused_mtu; /* it is a router's answer to the segment; 0: the segment itself */
	unsigned arrivals; /* at the tap, and at the other side */
};

/* What the rules do to a segment. */
struct fate {
	bool is_lost;
	bool is_missed;
	bool is_doubled;
	unsigned lost_percent;
	int64_t delay_ns;
	const struct rule *refusal; /* a router says why it is lost */
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

static void end_arrival(struct flight *flight)
{
	struct connection *connection = flight->connection;

	if (--flight->arrivals == 0)
		free(flight);
	connection_drop(connection);
}

/* A sender that hears of a smaller path sends smaller packets. */
static void shrink(struct connection *connection, const struct flight *flight)
{
	struct tcp_end *end = &connection->end[flight->segment.from];
	uint64_t overhead = forge_frame_ip_len(connection->host[SIDE_CLIENT]->address.is_v6,
					       &flight->segment) -
			    flight->segment.len;

	forge_tcp_shrink(end, (uint32_t)(flight->refused_mtu - overhead));
}

static void arrive(void *context, int64_t value)
{
	struct flight *flight = context;
	struct connection *connection = flight->connection;

	(void)value;
	if (flight->refused_mtu)
		shrink(connection, flight);
	else
		forge_tcp_receive(&connection->end[side_other(flight->segment.from)],
				  &flight->segment);
	end_arrival(flight);
}

static void pass_tap(void *context, int64_t value)
{
	struct flight *flight = context;

	(void)value;
	simulation_capture(flight->connection, &flight->segment, flight->ip_id,
			   flight->refused_mtu);
	end_arrival(flight);
}

static void add_arrival(struct flight *flight, int64_t time_ns, event_fn *fn)
{
	flight->arrivals++;
	connection_hold(flight->connection);
	events_add(simulation_events(flight->connection->simulation), time_ns, fn, flight, 0);
}

/* What starts at a place on the way, towards the server or the client: a box's segment, or (with
 * the flight's refused_mtu) what a router says. */
static void inject(const struct flight *what, bool to_server, unsigned percent, int64_t time_ns,
		   bool arrives)
{
	struct connection *connection = what->connection;
	unsigned tap = simulation_scenario(connection->simulation)->tap_percent;
	unsigned left = to_server ? 100 - percent : percent;
	struct flight *flight = forge_resize(NULL, sizeof(*flight));

	*flight = *what;
	if (to_server ? tap >= percent : tap <= percent)
		add_arrival(flight,
			    time_ns + connection->path.delay_ns *
					      (int64_t)(to_server ? tap - percent : percent - tap) /
					      100,
			    pass_tap);
	if (arrives)
		add_arrival(flight, time_ns + connection->path.delay_ns * (int64_t)left / 100,
			    arrive);
	if (!flight->arrivals)
		free(flight);
}

/* A box's RST to one side, in the other's name. */
static void send_reset(struct connection *connection, const struct rule *rule, enum side to)
{
	enum side from = side_other(to);
	bool is_taken = to == SIDE_SERVER && connection->path.is_taken;
	struct flight flight = {
		.connection = connection,
		.segment = {.from = from,
			    .flags = TCP_RST,
			    .position = is_taken ? connection->path.taken_at
						 : connection->end[to].rcv_nxt,
			    .ttl = rule->ttl},
	};

	inject(&flight, to == SIDE_SERVER, rule->place_percent, connection_now(connection),
	       !is_taken);
}

static void resets_are_due(void *context, int64_t value)
{
	struct connection *connection = context;
	const struct rule *rule = connection->session->rules;

	for (; value; value--)
		rule = rule->next;
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		if (rule->resets[side])
			send_reset(connection, rule, (enum side)side);
	}
	connection_drop(connection);
}

/* The event names the rule by its number. */
static void plan_resets(struct connection *connection, const struct rule *rule)
{
	int64_t number = 0;

	for (const struct rule *other = connection->session->rules; other != rule;
	     other = other->next)
		number++;
	connection_at(connection, connection_now(connection) + rule->duration_ns, resets_are_due,
		      number);
}

/* Whether the rule is about the capture that is taken. */
static bool is_at_tap(const struct connection *connection, const struct rule *rule)
{
	unsigned tap = simulation_scenario(connection->simulation)->tap_percent;

	if (rule->is_at[SIDE_CLIENT] == rule->is_at[SIDE_SERVER])
		return true;
	return tap == (rule->is_at[SIDE_CLIENT] ? 0 : 100);
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
		fate->is_missed |= is_at_tap(connection, rule);
		break;
	case RULE_DOUBLE:
		fate->is_doubled |= is_at_tap(connection, rule);
		break;
	case RULE_DELAY:
		fate->delay_ns += rule->duration_ns;
		break;
	case RULE_DIE:
		path->is_dead[SIDE_CLIENT] |= rule->kills[SIDE_CLIENT];
		path->is_dead[SIDE_SERVER] |= rule->kills[SIDE_SERVER];
		path->dead_percent = rule->place_percent;
		break;
	case RULE_REFUSE:
		fate->is_lost = true;
		fate->lost_percent = rule->place_percent;
		fate->refusal = rule;
		break;
	case RULE_RESET:
		plan_resets(connection, rule);
		break;
	case RULE_TAKE:
		path->is_taken = true;
		path->taken_percent = rule->place_percent;
		path->taken_at = segment->position;
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

/* A router on the way tells the sender that its packet is too big. */
static void refuse(const struct flight *refused, const struct rule *rule, int64_t departure_ns)
{
	struct flight flight = *refused;
	bool is_client = refused->segment.from == SIDE_CLIENT;
	unsigned way = is_client ? rule->place_percent : 100 - rule->place_percent;

	flight.refused_mtu = (uint16_t)rule->number;
	inject(&flight, !is_client, rule->place_percent,
	       departure_ns + flight.connection->path.delay_ns * (int64_t)way / 100,
	       !rule->is_unheeded);
}

void network_send(struct connection *connection, const struct segment *segment)
{
	const struct scenario *scenario = simulation_scenario(connection->simulation);
	struct fate fate = judge(connection, segment);
	bool is_client = segment->from == SIDE_CLIENT;
	int64_t departure = depart(connection, segment), delay = connection->path.delay_ns;
	unsigned tap = scenario->tap_percent;
	bool is_hidden = connection->path.is_taken && tap > connection->path.taken_percent;
	bool passes_tap = !is_hidden &&
			  (!fate.is_lost ||
			   (is_client ? tap <= fate.lost_percent : tap >= fate.lost_percent));
	int64_t at_tap = departure + delay * (int64_t)(is_client ? tap : 100 - tap) / 100;
	struct flight *flight = forge_resize(NULL, sizeof(*flight));

	if (is_client ? tap > 50 : tap < 50)
		at_tap += fate.delay_ns;
	*flight = (struct flight){.connection = connection,
				  .segment = *segment,
				  .ip_id = connection->ip_id[segment->from]++};
	if (fate.refusal)
		refuse(flight, fate.refusal, departure);
	if (passes_tap && !fate.is_missed)
		add_arrival(flight, at_tap, pass_tap);
	if (passes_tap && !fate.is_missed && fate.is_doubled)
		add_arrival(flight, at_tap + DOUBLE_AFTER_NS, pass_tap);
	if (!fate.is_lost)
		add_arrival(flight, departure + delay + fate.delay_ns, arrive);
	if (!flight->arrivals)
		free(flight);
}
