/* SPDX-License-Identifier: MIT */
/*
 * lex - a scenario text, line by line and word by word.
 *
 * A word is a run of characters other than blanks and quotes; a string stands in double quotes (\"
 * and \\ inside); a number's unit may follow with or without a blank ("90 s", "90s"). `#` starts a
 * comment where a word could start.
 *
 * The first error is kept, and from then on every function here answers false: a parser may ask for
 * all parts of a line in a row and look at lex_failed() once. An error reads `x.scn:7:12: expected
 * a duration such as "90 s", found "fast"`; columns count bytes from 1.
 */
#ifndef FORGE_LEX_H
#define FORGE_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

struct lex;

/** Starts to read `text` (borrowed, `len` bytes); `name` stands in errors. The lexer and all
 * strings live in `arena`. */
struct lex *lex_new(struct arena *arena, const char *name, const char *text, size_t len);

/** Goes to the next line that holds something; false at the end of the text or after an error. */
bool lex_next_line(struct lex *lex);

/** True where the present line starts with a blank: it belongs to the line above that does not. */
bool lex_is_indented(const struct lex *lex);

/** If the next word is `word`, goes past it. */
bool lex_accept(struct lex *lex, const char *word);

/** As lex_accept(), and an error where it is another word. */
bool lex_expect(struct lex *lex, const char *word);

/** True where the next word is `word`; it stays unread. */
bool lex_at_word(const struct lex *lex, const char *word);

/** True where nothing is left on this line; no error where something is. */
bool lex_at_end(const struct lex *lex);

/** True where the next thing is a string; it stays unread. */
bool lex_at_string(const struct lex *lex);

/** An error unless nothing is left on this line. */
bool lex_expect_end(struct lex *lex);

/** A word, described as `what` in the error. */
bool lex_word(struct lex *lex, const char *what, char **word);

/** A word that is a mail address, without angle brackets; a comma after it is dropped. */
bool lex_mailbox(struct lex *lex, char **mailbox);

/** True where the next word holds an @. */
bool lex_at_mailbox(const struct lex *lex);

/** A string in double quotes. */
bool lex_string(struct lex *lex, const char *what, char **string);

/** A whole number in [min, max]. */
bool lex_number(struct lex *lex, const char *what, uint64_t min, uint64_t max, uint64_t *number);

/** A duration in ns, us, ms, s, min or h; decimals are allowed. */
bool lex_duration(struct lex *lex, int64_t *duration_ns);

/** A size in bytes: B, kB (1000), KiB (1024), MB. */
bool lex_size(struct lex *lex, uint64_t *size);

/** A moment such as `1996-11-04 10:02:11.5 UTC`, in nanoseconds since the epoch. */
bool lex_moment(struct lex *lex, int64_t *moment_ns);

/** What is left of the line as it stands, without the blank before it; comments are not known here.
 */
bool lex_rest(struct lex *lex, char **rest);

/** Latches the error "expected <expected>, found <the next thing>". Always false. */
bool lex_fail(struct lex *lex, const char *expected);

/** Latches the error at the word read last instead of the next one. Always false. */
bool lex_fail_back(struct lex *lex, const char *expected);

/** True after an error. */
bool lex_failed(const struct lex *lex);

/** The error with its place, or NULL. */
const char *lex_error(const struct lex *lex);

#endif
