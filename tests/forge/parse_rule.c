/* SPDX-License-Identifier: MIT */
#include "parse_rule.h"

static bool parse_sides(struct lex *lex, const char *preposition, bool sides[2], bool is_towards)
{
	if (!lex_accept(lex, preposition)) {
		sides[SIDE_CLIENT] = sides[SIDE_SERVER] = true;
		return true;
	}
	if (!lex_expect(lex, "the"))
		return false;
	if (lex_accept(lex, "client"))
		sides[is_towards ? SIDE_SERVER : SIDE_CLIENT] = true;
	else if (lex_accept(lex, "server"))
		sides[is_towards ? SIDE_CLIENT : SIDE_SERVER] = true;
	else
		return lex_fail(lex, "\"client\" or \"server\"");
	return true;
}

static bool parse_target(struct lex *lex, struct rule *rule)
{
	if (lex_accept(lex, "data")) {
		rule->target = TARGET_DATA;
		return lex_expect(lex, "segment") &&
		       lex_number(lex, "the number of a segment, from 1", 1, 1000000,
				  &rule->number);
	}
	if (lex_accept(lex, "frames")) {
		rule->target = TARGET_SIZE;
		return lex_expect(lex, "over") && lex_size(lex, &rule->number) &&
		       parse_sides(lex, "from", rule->from, false);
	}
	if (lex_accept(lex, "everything")) {
		rule->target = TARGET_ALL;
		return parse_sides(lex, "from", rule->from, false);
	}
	if (!lex_accept(lex, "the"))
		return lex_fail(lex, "\"the reply\", \"the dot\", \"the tail of SIZE\", \"the "
				     "fin\", \"data segment "
				     "NUMBER\", \"frames over SIZE\" or \"everything\"");
	if (lex_accept(lex, "reply")) {
		rule->target = TARGET_REPLY;
	} else if (lex_accept(lex, "dot")) {
		rule->target = TARGET_DOT;
	} else if (lex_accept(lex, "tail")) {
		rule->target = TARGET_TAIL;
		return lex_expect(lex, "of") && lex_size(lex, &rule->number);
	} else if (lex_accept(lex, "fin")) {
		rule->target = TARGET_FIN;
		return parse_sides(lex, "of", rule->from, false);
	} else {
		return lex_fail(lex, "reply, dot, tail or fin");
	}
	return true;
}

static bool parse_times(struct lex *lex, struct rule *rule)
{
	rule->times = 1;
	if (lex_at_end(lex) || lex_at_word(lex, "near") || lex_at_word(lex, "at") ||
	    lex_accept(lex, "once"))
		return true;
	if (lex_accept(lex, "twice")) {
		rule->times = 2;
	} else if (lex_accept(lex, "forever")) {
		rule->times = 0;
	} else {
		return lex_number(lex, "once, twice, \"NUMBER times\" or forever", 1, 1000000,
				  &rule->times) &&
		       lex_expect(lex, "times");
	}
	return true;
}

static bool parse_place(struct lex *lex, struct rule *rule)
{
	if (!lex_accept(lex, "near"))
		return true;
	if (!lex_expect(lex, "the"))
		return false;
	rule->place_percent = 25;
	if (lex_accept(lex, "client"))
		return true;
	rule->place_percent = 75;
	return lex_accept(lex, "server") || lex_fail(lex, "\"client\" or \"server\"");
}

/* `path dies before the reply|before the dot|at DURATION [towards the client|towards the server]`
 */
static bool parse_death(struct lex *lex, struct rule *rule)
{
	rule->times = 1;
	if (!lex_expect(lex, "dies"))
		return false;
	if (lex_accept(lex, "at")) {
		rule->target = TARGET_AT;
		if (!lex_duration(lex, &rule->duration_ns))
			return false;
	} else if (!lex_expect(lex, "before") || !parse_target(lex, rule)) {
		return false;
	}
	return parse_sides(lex, "towards", rule->kills, true) && parse_place(lex, rule);
}

/* `router refuses frames over SIZE [from the client|from the server] [in vain]` */
static bool parse_refusal(struct lex *lex, struct rule *rule)
{
	if (!lex_expect(lex, "refuses") || !parse_target(lex, rule))
		return false;
	if (rule->target != TARGET_SIZE || rule->number < 576)
		return lex_fail_back(lex, "frames over 576 B or more");
	if (lex_accept(lex, "in")) {
		rule->is_unheeded = true;
		if (!lex_expect(lex, "vain"))
			return false;
	}
	return parse_place(lex, rule);
}

/* `box resets the client|the server|both sides DURATION after WHAT [with ttl N]`,
 * `box takes over at WHAT` */
static bool parse_box(struct lex *lex, struct rule *rule)
{
	uint64_t ttl = 64;

	rule->times = 1;
	if (rule->act == RULE_TAKE)
		return lex_expect(lex, "over") && lex_expect(lex, "at") &&
		       parse_target(lex, rule) && parse_place(lex, rule);
	if (lex_accept(lex, "both")) {
		rule->resets[SIDE_CLIENT] = rule->resets[SIDE_SERVER] = true;
		if (!lex_expect(lex, "sides"))
			return false;
	} else if (lex_expect(lex, "the")) {
		if (!lex_at_word(lex, "client") && !lex_at_word(lex, "server"))
			return lex_fail(lex, "\"client\" or \"server\"");
		rule->resets[lex_accept(lex, "client") ? SIDE_CLIENT : SIDE_SERVER] = true;
		(void)lex_accept(lex, "server");
	}
	if (!lex_duration(lex, &rule->duration_ns) || !lex_expect(lex, "after") ||
	    !parse_target(lex, rule))
		return false;
	if (lex_accept(lex, "with") &&
	    (!lex_expect(lex, "ttl") || !lex_number(lex, "a TTL from 1 to 255", 1, 255, &ttl)))
		return false;
	rule->ttl = (uint8_t)ttl;
	return parse_place(lex, rule);
}

static bool parse_rule(struct lex *lex, struct scenario *scenario, struct session_draft *draft,
		       enum rule_act act)
{
	struct rule *rule = arena_alloc(scenario->arena, sizeof(*rule));

	rule->act = act;
	rule->place_percent = 50;
	rule->transaction = draft->transactions ? draft->transactions - 1 : 0;
	*draft->rules_end = rule;
	draft->rules_end = &rule->next;
	switch (act) {
	case RULE_DIE:
		return parse_death(lex, rule);
	case RULE_DELAY:
		return parse_target(lex, rule) && lex_expect(lex, "by") &&
		       lex_duration(lex, &rule->duration_ns) && parse_times(lex, rule);
	case RULE_REFUSE:
		return parse_refusal(lex, rule);
	case RULE_RESET:
	case RULE_TAKE:
		return parse_box(lex, rule);
	case RULE_LOSE:
	case RULE_MISS:
	case RULE_DOUBLE:
		break;
	}
	return parse_target(lex, rule) && parse_times(lex, rule) && parse_place(lex, rule) &&
	       (act == RULE_LOSE || parse_sides(lex, "at", rule->is_at, false));
}

static bool parse_capture_rule(struct lex *lex, struct scenario *scenario,
			       struct session_draft *draft)
{
	if (lex_accept(lex, "misses"))
		return parse_rule(lex, scenario, draft, RULE_MISS);
	if (lex_accept(lex, "doubles"))
		return parse_rule(lex, scenario, draft, RULE_DOUBLE);
	return lex_fail(lex, "\"misses\" or \"doubles\"");
}

bool parse_rule_starts(const struct lex *lex)
{
	return lex_at_word(lex, "lose") || lex_at_word(lex, "delay") || lex_at_word(lex, "path") ||
	       lex_at_word(lex, "capture") || lex_at_word(lex, "router") || lex_at_word(lex, "box");
}

bool parse_rule_item(struct lex *lex, struct scenario *scenario, struct session_draft *draft)
{
	if (lex_accept(lex, "lose"))
		return parse_rule(lex, scenario, draft, RULE_LOSE);
	if (lex_accept(lex, "delay"))
		return parse_rule(lex, scenario, draft, RULE_DELAY);
	if (lex_accept(lex, "path"))
		return parse_rule(lex, scenario, draft, RULE_DIE);
	if (lex_accept(lex, "router"))
		return parse_rule(lex, scenario, draft, RULE_REFUSE);
	if (lex_accept(lex, "box")) {
		if (lex_accept(lex, "takes"))
			return parse_rule(lex, scenario, draft, RULE_TAKE);
		return lex_expect(lex, "resets") && parse_rule(lex, scenario, draft, RULE_RESET);
	}
	return lex_expect(lex, "capture") && parse_capture_rule(lex, scenario, draft);
}
