/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lex.h"
#include "tls.h"

#define USUAL_PATIENCE_NS (300 * NS_PER_S) /* RFC 5321 4.5.3.2 */

void forge_script_init(struct script *script, struct random random)
{
	*script = (struct script){
		.random = random,
		.delay_ns = DELAY_USUAL,
		.patience_ns = {USUAL_PATIENCE_NS, USUAL_PATIENCE_NS},
		.usual_patience_ns = USUAL_PATIENCE_NS,
	};
}

void forge_script_release(struct script *script)
{
	free(script->stream[SIDE_CLIENT].bytes);
	free(script->stream[SIDE_SERVER].bytes);
	free(script->steps);
	for (size_t i = 0; i < script->mark_count; i++)
		free(script->marks[i].receipts);
	free(script->marks);
}

static struct step *add_step(struct script *script, enum side side, enum step_kind kind)
{
	enum side other = side_other(side);
	struct step *step;

	if (script->step_count == script->step_capacity) {
		script->step_capacity = script->step_capacity * 2 + 8;
		script->steps = forge_resize(script->steps, script->step_capacity * sizeof(*step));
	}
	step = &script->steps[script->step_count++];
	*step = (struct step){
		.side = side,
		.kind = kind,
		.need = script->stream[other].len,
		.delay_ns = script->delay_ns,
		.patience_ns = script->patience_ns[side],
	};
	script->delay_ns = DELAY_USUAL;
	script->patience_ns[side] = script->usual_patience_ns;
	script->breaks = false;
	if (side == SIDE_CLIENT) {
		step->goes_on = script->goes_on;
		script->goes_on = false;
		if (script->blocks_client)
			step->need = NEED_NEVER;
		script->blocks_client = false;
	}
	return step;
}

/* The step that takes more bytes of `side`: its last one if nothing came between, else a new one.
 */
static struct step *writing_step(struct script *script, enum side side)
{
	struct step *last = script->step_count ? &script->steps[script->step_count - 1] : NULL;

	if (last && last->side == side && last->kind == STEP_WRITE && !script->breaks &&
	    script->delay_ns == DELAY_USUAL && !script->goes_on && !script->blocks_client)
		return last;
	return add_step(script, side, STEP_WRITE);
}

void forge_script_say_raw(struct script *script, enum side side, const void *bytes, size_t n)
{
	struct step *step = writing_step(script, side);

	buffer_add(&script->stream[side], bytes, n);
	step->upto = script->stream[side].len;
}

void forge_script_say(struct script *script, enum side side, const void *bytes, size_t n)
{
	struct step *step;

	if (!script->is_sealed) {
		forge_script_say_raw(script, side, bytes, n);
		return;
	}
	step = writing_step(script, side);
	tls_seal(&script->random, script->tls, n, &script->stream[side]);
	step->upto = script->stream[side].len;
}

void forge_script_say_line(struct script *script, enum side side, const char *format, ...)
{
	struct buffer line = {0};
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	buffer_printf(&line, "%s\r\n", text);
	forge_script_say(script, side, line.bytes, line.len);
	free(line.bytes);
	free(text);
}

void forge_script_act(struct script *script, enum side side, enum step_kind kind)
{
	add_step(script, side, kind);
}

void forge_script_pause(struct script *script, int64_t delay_ns)
{
	script->delay_ns = delay_ns;
	script->breaks = true;
}

struct marks *forge_script_add_marks(struct script *script)
{
	struct marks *marks;

	script->marks = forge_resize(script->marks, (script->mark_count + 1) * sizeof(*marks));
	marks = &script->marks[script->mark_count++];
	*marks = (struct marks){0};
	return marks;
}

struct receipt *forge_script_add_receipt(struct script *script, const char *recipient)
{
	struct marks *marks = &script->marks[script->mark_count - 1];
	struct receipt *receipt;

	marks->receipts = forge_resize(marks->receipts,
				       (marks->receipt_count + 1) * sizeof(*marks->receipts));
	receipt = &marks->receipts[marks->receipt_count++];
	*receipt = (struct receipt){.recipient = recipient};
	return receipt;
}
