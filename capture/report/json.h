/* SPDX-License-Identifier: MIT */
/*
 * json: objects written one a line, in the order of the calls, with the rules of the report.
 *
 * Times are strings of seconds with nine decimals, durations numbers of seconds, what is unknown
 * is null. Texts from the network are written as text_clean() shows them, so a report may be
 * looked at on a terminal; the lines of a reply stay apart.
 */
#ifndef SMTPSCOPE_REPORT_JSON_H
#define SMTPSCOPE_REPORT_JSON_H

#include "fault.h"
#include "ledger.h"

#include <stdio.h>
#include <yajl/yajl_gen.h>

struct json {
	yajl_gen gen;
	FILE *out;
	const struct ledger *ledger;
};

/** Writes to OUT; texts are LEDGER's. False: no memory. Free with json_free(). */
bool json_init(struct json *json, FILE *out, const struct ledger *ledger);
void json_free(struct json *json);

/** Begins a line's object of TYPE, and ends it with its newline. */
void json_begin(struct json *json, const char *type);
void json_end(struct json *json);

/** A member's name; its value follows. */
void json_key(struct json *json, const char *key);

void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_close_array(struct json *json);

/* Values. NULL strings, NO_TIME and empty names are null. */
void json_null(struct json *json);
void json_string(struct json *json, const char *string);
void json_number(struct json *json, uint64_t number);
void json_bool(struct json *json, bool value);
void json_time(struct json *json, int64_t time_ns);
void json_duration(struct json *json, int64_t duration_ns);
void json_frame(struct json *json, uint16_t file, uint32_t frame);
void json_bytes(struct json *json, struct span bytes);

/** A text of the ledger; null for 0. */
void json_text(struct json *json, text_id text);

/** Whether all that was written has gone out. */
bool json_flush(struct json *json, struct fault *fault);

#endif
