/* SPDX-License-Identifier: MIT */
/*
 * parse - a scenario text -> struct scenario.
 *
 * A line that starts at the margin is a directive (scenario, start, client, server, delay, hops,
 * tap, clock, capture, nat, vlan, snaplen, seed, message, session, resend, retry); the indented lines
 * under a message or a session belong to it.
 */
#ifndef FORGE_PARSE_H
#define FORGE_PARSE_H

#include "scenario.h"

/**
 * Reads `text`. Returns the scenario, which the caller frees with scenario_free(); or NULL, and
 * then *error is the reason with its place (`x.scn:7:12: expected ...`), which the caller frees
 * with free().
 */
struct scenario *parse_scenario(const char *name, const char *text, size_t len, char **error);

#endif
