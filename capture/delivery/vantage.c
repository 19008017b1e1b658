/* SPDX-License-Identifier: MIT */
#include "delivery/vantage.h"

/* A round trip shorter than this is not told apart from a slow kernel. */
#define CLEAR_NS NS_PER_MS
/* A side that takes longer than this to answer is some way off: no busy kernel hesitates so long. */
#define FAR_NS (4 * NS_PER_MS)
/* How much longer the one way must be than the other. */
#define CLEAR_RATIO 4

static bool is_initial_ttl(uint8_t ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255;
}

static enum vantage by_handshake(const struct session *session, const char **reason)
{
	if (session->syn_ns == NO_TIME || session->syn_ack_ns == NO_TIME ||
	    session->open_ns == NO_TIME)
		return VANTAGE_UNKNOWN;
	int64_t server_ns = session->syn_ack_ns - session->syn_ns;
	int64_t client_ns = session->open_ns - session->syn_ack_ns;
	if (server_ns < 0 || client_ns < 0 || (server_ns < CLEAR_NS && client_ns < CLEAR_NS))
		return VANTAGE_UNKNOWN;
	if (client_ns * CLEAR_RATIO < server_ns) {
		*reason = "in the handshake the client answers at once, the server after the round trip";
		return VANTAGE_CLIENT;
	}
	if (server_ns * CLEAR_RATIO < client_ns) {
		*reason = "in the handshake the server answers at once, the client after the round trip";
		return VANTAGE_SERVER;
	}
	if (server_ns < FAR_NS || client_ns < FAR_NS)
		return VANTAGE_UNKNOWN;
	*reason = "in the handshake both sides take time to answer";
	return VANTAGE_BETWEEN;
}

static enum vantage by_ttl(const struct session *session, const char **reason)
{
	bool client = is_initial_ttl(session->ttl_client);
	bool server = is_initial_ttl(session->ttl_server);

	if (!session->ttl_client || !session->ttl_server || (client && server))
		return VANTAGE_UNKNOWN;
	if (client) {
		*reason = "the client's packets have passed no router (TTL), the server's have";
		return VANTAGE_CLIENT;
	}
	if (server) {
		*reason = "the server's packets have passed no router (TTL), the client's have";
		return VANTAGE_SERVER;
	}
	*reason = "both sides' packets have passed routers (TTL)";
	return VANTAGE_BETWEEN;
}

/* Whether there is a router between the tap and the side that it would be at. */
static bool is_routed(const struct session *session, enum vantage vantage)
{
	uint8_t ttl = vantage == VANTAGE_CLIENT ? session->ttl_client : session->ttl_server;

	return (vantage == VANTAGE_CLIENT || vantage == VANTAGE_SERVER) && ttl &&
	       !is_initial_ttl(ttl);
}

enum vantage vantage_of(const struct session *session, const char **reason)
{
	const char *ignored;

	if (!reason)
		reason = &ignored;
	enum vantage vantage = by_handshake(session, reason);
	if (vantage == VANTAGE_UNKNOWN)
		vantage = by_ttl(session, reason);
	else if (is_routed(session, vantage)) {
		*reason = vantage == VANTAGE_CLIENT
				  ? "the client is near (handshake), but behind a router (TTL)"
				  : "the server is near (handshake), but behind a router (TTL)";
		vantage = VANTAGE_BETWEEN;
	}
	if (vantage == VANTAGE_UNKNOWN)
		*reason = "neither the handshake's timing nor the TTLs tell";
	return vantage;
}
