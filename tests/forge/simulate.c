/* SPDX-License-Identifier: MIT */
#include "simulate.h"

#include <stdlib.h>

#include "dialogue.h"
#include "frame.h"
#include "network.h"
#include "player.h"

#define FIRST_PORT 32768
#define LAST_PORT 60998
#define PORT_STEP 2

struct simulation {
	const struct scenario *scenario;
	struct craft *craft;
	struct events *events;
	struct random random;
	uint16_t next_port;
	frame_sink_fn *sink;
	void *sink_context;
	struct simulation_result result;
	struct truth *truth;
};

const struct scenario *simulation_scenario(const struct simulation *simulation)
{
	return simulation->scenario;
}

struct events *simulation_events(struct simulation *simulation)
{
	return simulation->events;
}

void connection_hold(struct connection *connection)
{
	connection->holds++;
}

void connection_drop(struct connection *connection)
{
	if (--connection->holds)
		return;
	forge_script_release(&connection->script);
	free(connection->path.used);
	free(connection);
}

void connection_at(struct connection *connection, int64_t time_ns, event_fn *fn, int64_t value)
{
	connection_hold(connection);
	events_add(connection->simulation->events, time_ns, fn, connection, value);
}

int64_t connection_now(const struct connection *connection)
{
	return events_now(connection->simulation->events);
}

/* The capture has ended; what still happens only tidies up. */
static bool is_over(const struct simulation *simulation)
{
	int64_t until = simulation->scenario->until_ns;

	return !simulation->result.is_ok ||
	       (until != TIME_UNSET && events_now(simulation->events) > until);
}

void simulation_capture(struct connection *connection, const struct segment *segment,
			uint16_t ip_id, uint16_t refused_mtu)
{
	struct simulation *simulation = connection->simulation;
	const struct scenario *scenario = simulation->scenario;
	struct simulation_result *result = &simulation->result;
	int64_t now = events_now(simulation->events),
		stamp = scenario->start_ns + scenario->clock_ns + now;
	const uint8_t *frame;
	size_t len;

	if (now < scenario->from_ns || is_over(simulation))
		return;
	result->is_ok = (refused_mtu ? forge_frame_build_too_big(simulation->craft, scenario,
								 connection, segment, ip_id,
								 refused_mtu, &frame, &len)
				     : forge_frame_build(simulation->craft, scenario, connection,
							 segment, ip_id, &frame, &len)) &&
			simulation->sink(simulation->sink_context, stamp, frame, len);
	if (!result->frames++)
		result->first_ns = stamp;
	result->last_ns = stamp;
	result->bytes += len;
}

void simulation_stored(struct connection *connection, const struct message *message,
		       const char *recipient)
{
	struct simulation *simulation = connection->simulation;

	/* what a box in the server's place says yes to, nobody stores */
	if (simulation->truth && !is_over(simulation) && !connection->path.is_taken)
		truth_add(simulation->truth, message->name, recipient, 1);
}

static void send_segment(void *context, const struct segment *segment)
{
	network_send(context, segment);
}

static void tell_player(void *context, enum side side, enum tcp_news news)
{
	player_hear(context, side, news);
}

static void timer_is_due(void *context, int64_t value)
{
	struct connection *connection = context;

	forge_tcp_wake(&connection->end[value]);
	connection_drop(connection);
}

static void wake_later(void *context, enum side side, int64_t at_ns)
{
	connection_at(context, at_ns, timer_is_due, (int64_t)side);
}

static uint16_t take_port(struct simulation *simulation)
{
	uint16_t port = simulation->next_port;

	simulation->next_port =
		port + PORT_STEP > LAST_PORT ? FIRST_PORT : (uint16_t)(port + PORT_STEP);
	return port;
}

static void number_connection(struct connection *connection)
{
	const struct session *session = connection->session;

	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		uint32_t isn = (uint32_t)random_next(&connection->random);

		connection->isn[side] = session->has_isn[side] ? session->isn[side] : isn;
		connection->ip_id[side] = (uint16_t)random_next(&connection->random);
	}
	/* the byte after the dot gets number 0 */
	if (session->wraps_at_dot && connection->script.mark_count)
		connection->isn[SIDE_CLIENT] = (uint32_t)(1 - connection->script.marks[0].data_to);
	connection->port[SIDE_SERVER] = session->server->port;
	connection->port[SIDE_CLIENT] =
		session->client_port ? session->client_port : take_port(connection->simulation);
}

static void init_ends(struct connection *connection)
{
	struct simulation *simulation = connection->simulation;
	const struct host *const *host = connection->host;
	uint32_t mss = host[0]->mss < host[1]->mss ? host[0]->mss : host[1]->mss;

	connection->outside =
		(struct tcp_outside){send_segment, tell_player, wake_later, connection};
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		forge_tcp_init(&connection->end[side], (enum side)side, mss - FRAME_TIMESTAMP_LEN,
			       (uint32_t)random_next(&connection->random), simulation->events,
			       &connection->outside);
}

static size_t count_rules(const struct session *session)
{
	size_t n = 0;

	for (const struct rule *rule = session->rules; rule; rule = rule->next)
		n++;
	return n;
}

static void start_session(struct simulation *simulation, const struct session *session)
{
	struct connection *connection = forge_resize(NULL, sizeof(*connection));
	size_t rules = count_rules(session);
	struct random random = {random_next(&simulation->random)};

	*connection = (struct connection){
		.simulation = simulation,
		.session = session,
		.host = {session->client, session->server},
		.random = {random_next(&random)},
		.start_ns = events_now(simulation->events),
		.holds = 1,
	};
	connection->path.delay_ns =
		scenario_delay(simulation->scenario, session->client, session->server);
	connection->path.used = forge_resize(NULL, rules * sizeof(uint64_t));
	for (size_t i = 0; i < rules; i++)
		connection->path.used[i] = 0;
	forge_dialogue_write(simulation->scenario, session, random, &connection->script);
	number_connection(connection);
	init_ends(connection);
	forge_tcp_connect(&connection->end[SIDE_CLIENT]);
	connection_drop(connection);
}

struct start {
	struct simulation *simulation;
	const struct session *session;
};

static void session_is_due(void *context, int64_t value)
{
	struct start *start = context;

	(void)value;
	if (!is_over(start->simulation))
		start_session(start->simulation, start->session);
	free(start);
}

static void plan_session(struct simulation *simulation, const struct session *session,
			 int64_t at_ns)
{
	struct start *start = forge_resize(NULL, sizeof(*start));

	*start = (struct start){simulation, session};
	events_add(simulation->events, at_ns, session_is_due, start, 0);
}

void simulation_client_left(struct connection *connection)
{
	const struct session *next = connection->session->next;

	if (next && next->when == WHEN_AFTER)
		plan_session(connection->simulation, next,
			     connection_now(connection) + next->time_ns);
}

struct simulation_result simulate(const struct scenario *scenario, struct craft *craft,
				  frame_sink_fn *sink, void *context, struct truth *truth)
{
	struct simulation simulation = {
		.scenario = scenario,
		.craft = craft,
		.events = events_new(),
		.random = random_from(scenario->seed, scenario->title),
		.next_port = FIRST_PORT,
		.sink = sink,
		.sink_context = context,
		.result = {.is_ok = true},
		.truth = truth,
	};

	if (truth)
		truth_begin(truth, scenario);
	simulation.next_port =
		(uint16_t)(FIRST_PORT + PORT_STEP * random_below(&simulation.random, 6000));
	for (const struct session *session = scenario->sessions; session; session = session->next) {
		if (session->when == WHEN_AT)
			plan_session(&simulation, session, session->time_ns);
	}
	while (events_run(simulation.events))
		;
	events_free(simulation.events);
	return simulation.result;
}
