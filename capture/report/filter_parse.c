/* SPDX-License-Identifier: MIT */
#include "report/filter_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct filter_lexer lexer;
	struct filter_token token; /* the next one */
	struct filter *filter;
	struct filter_fault *fault;
	uint32_t depth;
};

static bool advance(struct parser *p)
{
	return filter_lex(&p->lexer, &p->token, p->fault);
}

static bool fail_at_token(const struct parser *p, const char *what)
{
	return filter_fail(p->fault, p->token.at, p->token.length, "%s", what);
}

/* Adds a node. NO_NODE: there are too many; see the fault. */
static uint32_t add_node(struct parser *p, enum filter_node_kind kind, uint32_t left,
			 uint32_t right)
{
	struct filter *filter = p->filter;

	if (filter->count == LIMIT_FILTER_NODES) {
		filter_fail(p->fault, p->token.at, p->token.length,
			    "this is too long: more than %d tests, and what joins them",
			    LIMIT_FILTER_NODES);
		return NO_NODE;
	}
	filter->nodes[filter->count] =
		(struct filter_node){.kind = kind, .left = left, .right = right};
	return filter->count++;
}

/* ---- What may stand there ------------------------------------------------------------------ */

/* Adds to OUT the names of all fields, or all words of FIELD. */
static void list_names(char *out, size_t size, bool is_fields, enum filter_field field)
{
	size_t used = 0;
	const char *name;

	out[0] = '\0';
	for (unsigned i = 0; used < size; i++) {
		if (is_fields)
			name = i < FIELDS ? filter_field_name((enum filter_field)i) : NULL;
		else
			name = filter_word(field, i);
		if (!name)
			break;
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", name);
	}
}

/* FIELDS: there is none of this name. */
static enum filter_field find_field(const char *name)
{
	char folded[32];
	unsigned i;

	filter_fold_name(name, folded, sizeof folded);
	for (i = 0; i < FIELDS; i++)
		if (strcmp(folded, filter_field_name((enum filter_field)i)) == 0)
			break;
	return (enum filter_field)i;
}

/* ---- Values -------------------------------------------------------------------------------- */

static bool fail_at_value(const struct parser *p, enum filter_field field)
{
	return filter_fail(p->fault, p->token.at, p->token.length, "%s is %s, as in %s",
			   filter_field_name(field), filter_type_name(filter_field_type(field)),
			   filter_field_example(field));
}

/* Takes the word of N bytes at WORD, a part of the token AT its place. */
static bool take_word(struct parser *p, struct filter_test *test, const char *word, size_t n,
		      size_t at)
{
	char name[32], names[300];

	filter_fold_name(word, name, sizeof name);
	if (n < sizeof name)
		name[n] = '\0';
	for (unsigned i = 0; filter_word(test->field, i); i++) {
		if (strcmp(name, filter_word(test->field, i)) == 0) {
			test->words |= 1u << i;
			return true;
		}
	}
	list_names(names, sizeof names, false, test->field);
	return filter_fail(p->fault, at, n, "there is no such %s; there are: %s",
			   filter_field_name(test->field), names);
}

/* "duplicated,in-doubt" */
static bool take_words(struct parser *p, struct filter_test *test)
{
	const char *word = p->token.text;
	size_t at = p->token.at + p->token.is_quoted;

	for (;;) {
		size_t n = strcspn(word, ",");
		if (!take_word(p, test, word, n, at))
			return false;
		if (!word[n])
			return true;
		word += n + 1;
		at += n + 1;
	}
}

static bool make_pattern(struct parser *p, struct filter_test *test, enum filter_pattern_kind kind)
{
	char reason[FILTER_REGEX_REASON];
	size_t at;

	if (filter_pattern_make(&test->pattern, kind, p->token.text, &at, reason))
		return true;
	if (!test->pattern.text)
		return fault_set(&p->fault->fault, FAULT_MEMORY, "no memory for the filter");
	if (!at)
		return filter_fail(p->fault, p->token.at, p->token.length,
				   "this regular expression cannot be read: %s", reason);
	return filter_fail(p->fault, p->token.at + p->token.is_quoted + at, 1, "%s", reason);
}

/* The words that fit an expression. */
static bool take_like_words(struct parser *p, struct filter_test *test)
{
	char names[300];

	if (!make_pattern(p, test, PATTERN_REGEX))
		return false;
	for (unsigned i = 0; filter_word(test->field, i); i++)
		if (filter_pattern_fits(&test->pattern, span_of(filter_word(test->field, i))))
			test->words |= 1u << i;
	list_names(names, sizeof names, false, test->field);
	return test->words ||
	       filter_fail(p->fault, p->token.at, p->token.length, "this fits no %s; there are: %s",
			   filter_field_name(test->field), names);
}

/* "<a@b>", as addresses stand in commands and headers, is "a@b". */
static void strip_brackets(struct filter_token *token)
{
	size_t n = strlen(token->text);

	if (n < 2 || token->text[0] != '<' || token->text[n - 1] != '>')
		return;
	memmove(token->text, token->text + 1, n - 2);
	token->text[n - 2] = '\0';
}

static bool is_like(const struct filter_test *test)
{
	return test->operator== FILTER_LIKE;
}

static bool take_text(struct parser *p, struct filter_test *test)
{
	enum filter_field field = test->field;

	if (!is_like(test) &&
	    (field == FIELD_FROM || field == FIELD_TO || field == FIELD_MESSAGE_ID))
		strip_brackets(&p->token);
	return make_pattern(p, test, is_like(test) ? PATTERN_REGEX : PATTERN_EQUAL);
}

static bool take_peer(struct parser *p, struct filter_test *test)
{
	const char *text = p->token.text;

	if (!is_like(test) && !filter_address(text, &test->address)) {
		test->address.is_set = false;
		if (!text[0] || filter_is_numeric(text) || strchr(text, '/'))
			return fail_at_value(p, test->field);
	}
	return make_pattern(p, test, is_like(test) ? PATTERN_REGEX : PATTERN_EQUAL);
}

static bool take_range(struct parser *p, struct filter_test *test)
{
	const char *text = p->token.text;
	int64_t exact_ns;
	bool is_fine = false;

	switch (filter_field_type(test->field)) {
	case FILTER_DURATION:
		is_fine = filter_duration(text, &test->range, &exact_ns);
		if (is_fine && test->operator!= FILTER_EQUAL)
			test->range = (struct filter_range){exact_ns, exact_ns};
		break;
	case FILTER_TIME:
		is_fine = filter_time(text, &test->range, &test->clock);
		break;
	case FILTER_SIZE:
		is_fine = filter_size(text, &test->range);
		break;
	case FILTER_NUMBER:
		is_fine = filter_number(text, test->field == FIELD_CODE, &test->range);
		break;
	case FILTER_WORD:
	case FILTER_TEXT:
	case FILTER_PEER:
		break;
	}
	return is_fine || fail_at_value(p, test->field);
}

static bool take_value(struct parser *p, struct filter_test *test)
{
	if (is_like(test) && !p->token.text[0])
		return fail_at_token(p, "an empty text is in everything");
	switch (filter_field_type(test->field)) {
	case FILTER_WORD:
		return is_like(test) ? take_like_words(p, test) : take_words(p, test);
	case FILTER_TEXT:
		return take_text(p, test);
	case FILTER_PEER:
		return take_peer(p, test);
	case FILTER_DURATION:
	case FILTER_TIME:
	case FILTER_SIZE:
	case FILTER_NUMBER:
		break;
	}
	return take_range(p, test);
}

/* ---- Tests --------------------------------------------------------------------------------- */

static bool has_order(enum filter_type type)
{
	return type == FILTER_DURATION || type == FILTER_TIME || type == FILTER_SIZE ||
	       type == FILTER_NUMBER;
}

/* Whether fields of TYPE are compared by OPERATOR. */
static bool is_operator_of(enum filter_operator operator, enum filter_type type)
{
	switch (operator) {
	case FILTER_EQUAL:
	case FILTER_UNEQUAL:
		return true;
	case FILTER_LESS:
	case FILTER_AT_MOST:
	case FILTER_MORE:
	case FILTER_AT_LEAST:
		return has_order(type);
	case FILTER_LIKE:
	case FILTER_UNLIKE:
		return !has_order(type);
	}
	return false;
}

static bool check_field(const struct parser *p, enum filter_field field)
{
	char names[300];

	if (field == FIELDS) {
		list_names(names, sizeof names, true, field);
		return filter_fail(p->fault, p->token.at, p->token.length,
				   "there is no such field; there are: %s (a text with an "
				   "operator in it needs quotes)",
				   names);
	}
	enum filter_type type = filter_field_type(field);
	if (is_operator_of(p->token.operator, type))
		return true;
	return filter_fail(p->fault, p->token.at, p->lexer.at - p->token.at,
			   "%s is %s, which is compared by %s, not by %s", filter_field_name(field),
			   filter_type_name(type),
			   has_order(type) ? "= != < <= > or >=" : "= != ~ or !~",
			   filter_operator_name(p->token.operator));
}

/* "state=duplicated"; the token is its TOKEN_FIELD. */
static uint32_t parse_field_test(struct parser *p)
{
	enum filter_field field = find_field(p->token.text);
	enum filter_operator operator= p->token.operator;
	bool is_opposite = operator== FILTER_UNEQUAL || operator== FILTER_UNLIKE;

	if (!check_field(p, field))
		return NO_NODE;
	uint32_t node = add_node(p, NODE_TEST, NO_NODE, NO_NODE);
	if (node == NO_NODE || !filter_lex_value(&p->lexer, &p->token, p->fault))
		return NO_NODE;
	if (is_opposite)
		operator= operator== FILTER_UNEQUAL ? FILTER_EQUAL : FILTER_LIKE;
	struct filter_test *test = &p->filter->nodes[node].test;
	test->field = field;
	test->operator= operator;
	if (!take_value(p, test))
		return NO_NODE;
	if (is_opposite)
		node = add_node(p, NODE_NOT, node, NO_NODE);
	return node != NO_NODE && advance(p) ? node : NO_NODE;
}

/* The words of FIELD that hold the test's text. */
static uint32_t words_with_text(struct filter_test *test, enum filter_field field)
{
	uint32_t words = 0;

	for (unsigned i = 0; filter_word(field, i); i++)
		if (filter_pattern_fits(&test->pattern, span_of(filter_word(field, i))))
			words |= 1u << i;
	return words;
}

static uint32_t parse_bare_text(struct parser *p)
{
	enum filter_field field = find_field(p->token.text);
	uint32_t node = add_node(p, NODE_TEST, NO_NODE, NO_NODE);

	if (node == NO_NODE)
		return NO_NODE;
	if (!p->token.is_quoted && field != FIELDS) {
		filter_fail(p->fault, p->token.at, p->token.length,
			    "%s is a field: write %s, or the word in quotes", p->token.text,
			    filter_field_example(field));
		return NO_NODE;
	}
	if (!p->token.is_quoted)
		strip_brackets(&p->token);
	if (!p->token.text[0]) {
		fail_at_token(p, "an empty text is in everything");
		return NO_NODE;
	}
	struct filter_test *test = &p->filter->nodes[node].test;
	test->is_bare = true;
	if (!make_pattern(p, test, PATTERN_HOLDS))
		return NO_NODE;
	test->words = words_with_text(test, FIELD_STATE);
	test->causes = words_with_text(test, FIELD_CAUSE) & ~(1u << CAUSE_NONE);
	test->operator= FILTER_EQUAL;
	if (!filter_time(p->token.text, &test->range, &test->clock))
		test->range = (struct filter_range){1, 0};
	return advance(p) ? node : NO_NODE;
}

/* ---- What joins them ----------------------------------------------------------------------- */

static uint32_t parse_expression(struct parser *p);
static uint32_t parse_negation(struct parser *p);

static uint32_t parse_group(struct parser *p)
{
	size_t at = p->token.at;

	if (!advance(p))
		return NO_NODE;
	uint32_t node = parse_expression(p);
	if (node == NO_NODE)
		return NO_NODE;
	if (p->token.kind != TOKEN_CLOSE) {
		filter_fail(p->fault, at, 1, "this parenthesis is not closed");
		return NO_NODE;
	}
	return advance(p) ? node : NO_NODE;
}

static uint32_t parse_inner(struct parser *p)
{
	uint32_t node;

	switch (p->token.kind) {
	case TOKEN_NOT:
		node = advance(p) ? parse_negation(p) : NO_NODE;
		return node == NO_NODE ? NO_NODE : add_node(p, NODE_NOT, node, NO_NODE);
	case TOKEN_OPEN:
		return parse_group(p);
	case TOKEN_FIELD:
		return parse_field_test(p);
	case TOKEN_TEXT:
		return parse_bare_text(p);
	case TOKEN_END:
	case TOKEN_CLOSE:
	case TOKEN_AND:
	case TOKEN_OR:
		break;
	}
	fail_at_token(p, "a test is missing here, such as state=duplicated");
	return NO_NODE;
}

static uint32_t parse_negation(struct parser *p)
{
	if (p->depth == LIMIT_FILTER_DEPTH) {
		filter_fail(p->fault, p->token.at, p->token.length,
			    "more than %d parentheses and nots inside each other",
			    LIMIT_FILTER_DEPTH);
		return NO_NODE;
	}
	p->depth++;
	uint32_t node = parse_inner(p);
	p->depth--;
	return node;
}

static uint32_t parse_conjunction(struct parser *p)
{
	uint32_t left = parse_negation(p);

	while (left != NO_NODE && p->token.kind != TOKEN_END && p->token.kind != TOKEN_CLOSE &&
	       p->token.kind != TOKEN_OR) {
		if (p->token.kind == TOKEN_AND && !advance(p))
			return NO_NODE;
		uint32_t right = parse_negation(p);
		left = right == NO_NODE ? NO_NODE : add_node(p, NODE_AND, left, right);
	}
	return left;
}

static uint32_t parse_expression(struct parser *p)
{
	uint32_t left = parse_conjunction(p);

	while (left != NO_NODE && p->token.kind == TOKEN_OR) {
		if (!advance(p))
			return NO_NODE;
		uint32_t right = parse_conjunction(p);
		left = right == NO_NODE ? NO_NODE : add_node(p, NODE_OR, left, right);
	}
	return left;
}

static bool parse_all(struct parser *p)
{
	if (!advance(p))
		return false;
	if (p->token.kind == TOKEN_END)
		return true;
	p->filter->root = parse_expression(p);
	if (p->filter->root == NO_NODE)
		return false;
	return p->token.kind == TOKEN_END ||
	       fail_at_token(p, "no parenthesis was opened that this could close");
}

/* ---- The whole ----------------------------------------------------------------------------- */

struct filter *filter_parse(const char *text, struct filter_fault *fault)
{
	struct filter *filter = NULL;

	*fault = (struct filter_fault){0};
	if (strlen(text) > LIMIT_FILTER_TEXT) {
		filter_fail(fault, LIMIT_FILTER_TEXT, 0, "this is too long: more than %d bytes",
			    LIMIT_FILTER_TEXT);
		return NULL;
	}
	filter = calloc(1, sizeof *filter);
	if (!filter) {
		fault_set(&fault->fault, FAULT_MEMORY, "no memory for the filter");
		return NULL;
	}
	memcpy(filter->text, text, strlen(text) + 1);
	filter->root = NO_NODE;
	struct parser parser = {
		.lexer = {.text = filter->text},
		.filter = filter,
		.fault = fault,
	};
	if (parse_all(&parser))
		return filter;
	filter_free(filter);
	return NULL;
}

struct filter *filter_of_ids(const uint8_t *ids, uint32_t count, const char *name)
{
	struct filter *filter = calloc(1, sizeof *filter);

	if (!filter || !(filter->ids = calloc((size_t)count + 1, 1))) {
		free(filter);
		return NULL;
	}
	if (count)
		memcpy(filter->ids, ids, count);
	filter->id_count = count;
	filter->root = NO_NODE;
	snprintf(filter->text, sizeof filter->text, "%s", name);
	return filter;
}

void filter_free(struct filter *filter)
{
	for (uint32_t i = 0; filter && i < filter->count; i++) {
		struct filter_test *test = &filter->nodes[i].test;
		filter_pattern_free(&test->pattern);
		free(test->clients.known);
		free(test->servers.known);
	}
	if (filter)
		free(filter->ids);
	free(filter);
}

static void forget(struct filter_memo *memo)
{
	free(memo->known);
	*memo = (struct filter_memo){0};
}

void filter_forget(struct filter *filter)
{
	for (uint32_t i = 0; filter && i < filter->count; i++) {
		struct filter_test *test = &filter->nodes[i].test;
		forget(&test->pattern.texts);
		forget(&test->clients);
		forget(&test->servers);
	}
}

const char *filter_text(const struct filter *filter)
{
	return filter ? filter->text : "";
}
