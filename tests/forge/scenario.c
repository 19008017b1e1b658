/* SPDX-License-Identifier: MIT */
#include "scenario.h"

#include <arpa/inet.h>
#include <string.h>

#include "lex.h"

struct scenario *scenario_new(void)
{
	struct arena *arena = arena_new();
	struct scenario *scenario = arena_alloc(arena, sizeof(*scenario));

	scenario->arena = arena;
	scenario->title = arena_copy(arena, "", 0);
	scenario->start_ns = INT64_C(846669600) * NS_PER_S; /* 1996-10-30 10:00 UTC */
	scenario->seed = 1;
	scenario->delay_ns = 20 * NS_PER_MS;
	scenario->hops = 9;
	scenario->until_ns = TIME_UNSET;
	return scenario;
}

bool scenario_read_address(const char *text, struct address *address)
{
	*address = (struct address){0};
	if (inet_pton(AF_INET, text, address->bytes) == 1)
		return true;
	address->is_v6 = true;
	return inet_pton(AF_INET6, text, address->bytes) == 1;
}

void scenario_free(struct scenario *scenario)
{
	if (scenario)
		arena_free(scenario->arena);
}

const struct host *scenario_find_host(const struct scenario *scenario, enum side side,
				      const char *name)
{
	for (const struct host *host = scenario->hosts; host; host = host->previous) {
		if (host->side == side && strcmp(host->name, name) == 0)
			return host;
	}
	return NULL;
}

/* Which list a message of this NAME is in (FNV-1a). */
static size_t message_list(const char *name)
{
	uint32_t hash = 2166136261u;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash % MESSAGE_LISTS;
}

void scenario_add_message(struct scenario *scenario, struct message *message)
{
	const struct message **alike = &scenario->messages_alike[message_list(message->name)];

	message->previous = scenario->messages;
	message->previous_alike = *alike;
	scenario->messages = *alike = message;
}

const struct message *scenario_find_message(const struct scenario *scenario, const char *name)
{
	for (const struct message *message = scenario->messages_alike[message_list(name)]; message;
	     message = message->previous_alike) {
		if (strcmp(message->name, name) == 0)
			return message;
	}
	return NULL;
}

int64_t scenario_delay(const struct scenario *scenario, const struct host *client,
		       const struct host *server)
{
	for (const struct link *link = scenario->links; link; link = link->next) {
		if (link->client == client && link->server == server)
			return link->delay_ns;
	}
	return scenario->delay_ns;
}
