/* SPDX-License-Identifier: MIT */
/*
 * filter_tree: a filter as it was read: nodes that name each other by number, tests at the ends.
 */
#ifndef SMTPSCOPE_REPORT_FILTER_TREE_H
#define SMTPSCOPE_REPORT_FILTER_TREE_H

#include "bounds.h"
#include "report/filter_lex.h"
#include "report/filter_pattern.h"

enum filter_field {
	FIELD_STATE,
	FIELD_CAUSE,
	FIELD_OUTCOME,
	FIELD_TLS,
	FIELD_FROM,
	FIELD_TO,
	FIELD_SUBJECT,
	FIELD_MESSAGE_ID,
	FIELD_REPLY,
	FIELD_SERVER,
	FIELD_CLIENT,
	FIELD_WAITED,
	FIELD_TIME,
	FIELD_SIZE,
	FIELD_COPIES,
	FIELD_COPIES_MIN,
	FIELD_ATTEMPTS,
	FIELD_CODE,
	FIELD_ID,
	FIELD_NUMBER,
	FIELD_SESSION,
	FIELD_FRAME,
	FIELDS,
};

enum filter_type {
	FILTER_WORD,
	FILTER_TEXT,
	FILTER_PEER,
	FILTER_DURATION,
	FILTER_TIME,
	FILTER_SIZE,
	FILTER_NUMBER,
};

/** "state"; how its values are called, and one of them, for messages. */
const char *filter_field_name(enum filter_field field);
enum filter_type filter_field_type(enum filter_field field);
const char *filter_type_name(enum filter_type type);
const char *filter_field_example(enum filter_field field);

/** Word I of a FILTER_WORD field, as i of its enum; NULL: that was all. */
const char *filter_word(enum filter_field field, unsigned i);

/** A value from `low` to `high`, both in it: numbers, bytes, nanoseconds. */
struct filter_range {
	int64_t low;
	int64_t high;
};

/** A time that has no date counts from midnight, in local time or `offset_s` east of UTC. */
struct filter_clock {
	bool is_set;
	bool has_zone;
	int32_t offset_s;
	int64_t quarter; /* of an hour since the epoch, for which local time's offset is known: */
	int64_t local_offset_ns;
};

/** An address, all of it or its first `bits`, and perhaps a port. */
struct filter_address {
	bool is_set;
	uint8_t bytes[16];
	uint8_t bits;
	bool has_port;
	uint16_t port;
};

/** One test: what FIELD is compared with, or, with `is_bare`, what a user sees. */
struct filter_test {
	bool is_bare;
	enum filter_field field;
	enum filter_operator operator; /* the opposites are a NODE_NOT over a test */
	uint32_t words;		       /* bit i: word i fits */
	uint32_t causes;	       /* of a bare text, whose `words` are states */
	struct filter_range range;
	struct filter_clock clock;
	struct filter_address address;
	struct filter_pattern pattern;
	struct filter_memo clients; /* by session */
	struct filter_memo servers;
};

enum filter_node_kind { NODE_TEST, NODE_AND, NODE_OR, NODE_NOT };

struct filter_node {
	enum filter_node_kind kind;
	uint32_t left; /* NODE_NOT has this one only */
	uint32_t right;
	struct filter_test test;
};

#define NO_NODE UINT32_MAX

struct filter {
	char text[LIMIT_FILTER_TEXT + 1];
	uint8_t *ids;  /* instead of a tree: by delivery, whether it fits; NULL: there is none */
	uint32_t id_count;
	uint32_t root; /* NO_NODE: everything fits */
	uint32_t count;
	struct filter_node nodes[LIMIT_FILTER_NODES];
};

#endif
