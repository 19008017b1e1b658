/* SPDX-License-Identifier: MIT */
#include "report/json.h"

#include "bounds.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#define CLEAN_SIZE (12 * LIMIT_TEXT) /* no byte takes more: "<U+202E>" stands for three */

bool json_init(struct json *json, FILE *out, const struct ledger *ledger)
{
	*json = (struct json){.gen = yajl_gen_alloc(NULL), .out = out, .ledger = ledger};
	return json->gen != NULL;
}

void json_free(struct json *json)
{
	if (json->gen)
		yajl_gen_free(json->gen);
	*json = (struct json){0};
}

void json_begin(struct json *json, const char *type)
{
	yajl_gen_reset(json->gen, NULL);
	yajl_gen_map_open(json->gen);
	json_key(json, "type");
	json_string(json, type);
}

void json_end(struct json *json)
{
	const unsigned char *text;
	size_t length;

	yajl_gen_map_close(json->gen);
	if (yajl_gen_get_buf(json->gen, &text, &length) == yajl_gen_status_ok)
		fwrite(text, 1, length, json->out);
	yajl_gen_clear(json->gen);
	fputc('\n', json->out);
}

static void put_string(struct json *json, const char *string)
{
	yajl_gen_string(json->gen, (const unsigned char *)string, strlen(string));
}

void json_key(struct json *json, const char *key)
{
	put_string(json, key);
}

void json_object(struct json *json, const char *key)
{
	json_key(json, key);
	yajl_gen_map_open(json->gen);
}

void json_array(struct json *json, const char *key)
{
	json_key(json, key);
	yajl_gen_array_open(json->gen);
}

void json_close_object(struct json *json)
{
	yajl_gen_map_close(json->gen);
}

void json_close_array(struct json *json)
{
	yajl_gen_array_close(json->gen);
}

void json_null(struct json *json)
{
	yajl_gen_null(json->gen);
}

void json_string(struct json *json, const char *string)
{
	if (string && *string)
		put_string(json, string);
	else
		json_null(json);
}

static void put_number(struct json *json, const char *digits)
{
	yajl_gen_number(json->gen, digits, strlen(digits));
}

void json_number(struct json *json, uint64_t number)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRIu64, number);
	put_number(json, digits);
}

void json_bool(struct json *json, bool value)
{
	yajl_gen_bool(json->gen, value);
}

/* Seconds with nine decimals; negative ones too, as a clock before 1970 gives them. */
static void print_seconds(int64_t ns, char out[32])
{
	uint64_t size = ns < 0 ? (uint64_t)0 - (uint64_t)ns : (uint64_t)ns;

	snprintf(out, 32, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "",
		 size / (uint64_t)NS_PER_SECOND, size % (uint64_t)NS_PER_SECOND);
}

void json_time(struct json *json, int64_t time_ns)
{
	char seconds[32];

	if (time_ns == NO_TIME) {
		json_null(json);
		return;
	}
	print_seconds(time_ns, seconds);
	put_string(json, seconds);
}

void json_duration(struct json *json, int64_t duration_ns)
{
	char seconds[32];

	print_seconds(duration_ns, seconds);
	put_number(json, seconds);
}

void json_frame(struct json *json, uint16_t file, uint32_t frame)
{
	if (!frame) {
		json_null(json);
		return;
	}
	yajl_gen_array_open(json->gen);
	json_number(json, file);
	json_number(json, frame);
	yajl_gen_array_close(json->gen);
}

/* The next line of TEXT, without its line break. */
static struct span take_line(struct span *text)
{
	size_t n = 0;

	while (n < text->n && text->p[n] != '\n')
		n++;
	struct span line = span_take(*text, n);
	*text = span_skip(*text, n + 1);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

void json_bytes(struct json *json, struct span bytes)
{
	char clean[CLEAN_SIZE];
	size_t used = 0;

	if (!bytes.n) {
		put_string(json, "");
		return;
	}
	while (bytes.n && used + 1 < sizeof clean) {
		if (used)
			clean[used++] = '\n';
		struct span line = take_line(&bytes);
		text_clean(line, clean + used, sizeof clean - used, INT_MAX, false);
		used += strlen(clean + used);
	}
	yajl_gen_string(json->gen, (const unsigned char *)clean, used);
}

void json_text(struct json *json, text_id text)
{
	if (text)
		json_bytes(json, ledger_text(json->ledger, text));
	else
		json_null(json);
}

bool json_flush(struct json *json, struct fault *fault)
{
	if (fflush(json->out) != 0 || ferror(json->out))
		return fault_set(fault, FAULT_READ, "the report could not be written: %s",
				 strerror(errno));
	return true;
}
