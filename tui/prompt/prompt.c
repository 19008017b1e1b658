/* SPDX-License-Identifier: MIT */
#include "prompt/prompt.h"

#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void forget_advice(struct prompt *prompt)
{
	prompt->why[0] = prompt->hint[0] = prompt->more[0] = '\0';
}

void prompt_replace(struct prompt *prompt, const char *text)
{
	snprintf(prompt->text, PROMPT_SIZE, "%s", text);
	prompt->len = strlen(prompt->text);
	prompt->cursor = prompt->len;
	prompt->is_offered = false;
	forget_advice(prompt);
}

bool prompt_number(const char *text, uint32_t *out)
{
	char *end;
	text += strspn(text, " ");
	text += *text == '#';
	if (*text < '0' || *text > '9')
		return false;
	unsigned long number = strtoul(text, &end, 10);
	*out = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
	return end[strspn(end, " ")] == '\0';
}

void prompt_start(struct prompt *prompt, const char *text)
{
	prompt_replace(prompt, text);
	prompt->is_offered = prompt->len > 0;
}

void prompt_mark(struct prompt *prompt, size_t at, size_t length, const char *why)
{
	prompt->why_at = at < prompt->len ? at : prompt->len;
	prompt->why_length = length;
	snprintf(prompt->why, sizeof prompt->why, "%s", why);
}

void prompt_refuse(struct prompt *prompt, size_t at, size_t length, const char *why)
{
	prompt_mark(prompt, at, length, why);
	prompt->cursor = prompt->why_at;
	prompt->is_offered = false;
	prompt->hint[0] = '\0';
}

static bool is_inside_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const struct prompt *p, size_t at)
{
	while (at > 0 && is_inside_character(p->text[--at]))
		;
	return at;
}

static size_t behind(const struct prompt *p, size_t at)
{
	if (at < p->len)
		at++;
	while (at < p->len && is_inside_character(p->text[at]))
		at++;
	return at;
}

static void erase(struct prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->cursor = from;
}

static size_t word_start(const struct prompt *p)
{
	size_t at = p->cursor;
	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	while (at > 0 && p->text[at - 1] != ' ')
		at--;
	return at;
}

static size_t encode(unsigned c, char out[static 4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/** False: there is no room for them. */
static bool insert_bytes(struct prompt *p, const char *bytes, size_t n)
{
	if (p->len + n >= PROMPT_SIZE)
		return false;
	memmove(p->text + p->cursor + n, p->text + p->cursor, p->len - p->cursor + 1);
	memcpy(p->text + p->cursor, bytes, n);
	p->len += n;
	p->cursor += n;
	return true;
}

static void insert(struct prompt *p, int press)
{
	char bytes[4];
	bool is_text = press >= ' ' && press < 0x110000 && (press < 0x7f || press > 0x9f) &&
		       (press < 0xd800 || press > 0xdfff);
	if (!is_text)
		return;
	if (p->is_offered)
		erase(p, 0, p->len);
	insert_bytes(p, bytes, encode((unsigned)press, bytes));
}

static void complete(struct prompt *p)
{
	size_t n = strlen(p->more);
	size_t replaced = p->cursor - p->more_from;
	if (!n || p->len - replaced + n >= PROMPT_SIZE)
		return;
	erase(p, p->more_from, p->cursor);
	insert_bytes(p, p->more, n);
}

static enum prompt_state edit(struct prompt *p, int press)
{
	switch (press) {
	case PRESS_ENTER:
		return PROMPT_DONE;
	case PRESS_ESCAPE:
	case PRESS_CTRL('G'):
		return PROMPT_CANCELLED;
	case PRESS_LEFT:
		p->cursor = before(p, p->cursor);
		break;
	case PRESS_RIGHT:
		p->cursor = behind(p, p->cursor);
		break;
	case PRESS_HOME:
	case PRESS_CTRL('A'):
		p->cursor = 0;
		break;
	case PRESS_END:
	case PRESS_CTRL('E'):
		p->cursor = p->len;
		break;
	case PRESS_BACKSPACE:
	case PRESS_CTRL('H'):
		erase(p, before(p, p->cursor), p->cursor);
		break;
	case PRESS_DELETE:
	case PRESS_CTRL('D'):
		erase(p, p->cursor, behind(p, p->cursor));
		break;
	case PRESS_CTRL('U'):
		erase(p, 0, p->cursor);
		break;
	case PRESS_CTRL('W'):
		erase(p, word_start(p), p->cursor);
		break;
	case PRESS_TAB:
		complete(p);
		break;
	default:
		insert(p, press);
	}
	return PROMPT_OPEN;
}

enum prompt_state prompt_press(struct prompt *p, int press)
{
	enum prompt_state state = edit(p, press);
	p->is_offered = false;
	forget_advice(p);
	return state;
}
