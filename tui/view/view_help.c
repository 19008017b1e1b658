/* SPDX-License-Identifier: MIT */
/*
 * Help, drawn from the key table, with the legend of the lanes; and other pages of text.
 */
#include "delivery.h"
#include "lanes.h"
#include "text.h"
#include "view/page.h"
#include "view/views.h"

#include <stdio.h>
#include <string.h>

#define KEYS_COLUMNS 18

static const struct {
	enum context context;
	const char *title;
} sections[] = {
	{IN_LIST, "In lists"},
	{IN_LANES, "In the lanes of a delivery"},
	{IN_LADDER, "In the ladder of a session"},
	{IN_BYTES, "In the bytes of a session"},
	{IN_TEXT, "In help and other texts"},
};

static bool is_everywhere(const struct binding *binding)
{
	return (binding->contexts & EVERYWHERE) == EVERYWHERE;
}

/** "← h" padded to KEYS_COLUMNS, then what the key does. */
static void add_binding(struct page *page, const struct binding *binding, bool ascii_only)
{
	char text[256];
	size_t used = 0;
	for (int i = 0; i < BINDING_PRESSES && binding->presses[i]; i++) {
		char name[PRESS_NAME];
		press_name(binding->presses[i], ascii_only, name);
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "  ",
					 name);
	}
	for (int pad = KEYS_COLUMNS - text_columns(text); pad > 0; pad--)
		used += (size_t)snprintf(text + used, sizeof text - used, " ");
	snprintf(text + used, sizeof text - used, "%s", binding->help);
	page_add(page, SCREEN_TEXT, KEYS_COLUMNS, text);
}

static void add_section(struct page *page, enum context context, const char *title, bool ascii_only)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	page_add(page, SCREEN_HEADING, 0, title);
	for (size_t i = 0; i < count; i++)
		if ((bindings[i].contexts & (unsigned)context) && !is_everywhere(&bindings[i]))
			add_binding(page, &bindings[i], ascii_only);
	page_add(page, SCREEN_TEXT, 0, "");
}

static void add_everywhere(struct page *page, bool ascii_only)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	page_add(page, SCREEN_HEADING, 0, "Everywhere");
	for (size_t i = 0; i < count; i++)
		if (is_everywhere(&bindings[i]))
			add_binding(page, &bindings[i], ascii_only);
	page_add(page, SCREEN_TEXT, 0,
		 "  A number before a key repeats it: 5j goes five rows down.");
	page_add(page, SCREEN_TEXT, 0, "");
}

/** Keys of the line in which texts are typed, which are not bound to screens. */
static void add_prompts(struct page *page, bool ascii_only)
{
	page_add(page, SCREEN_HEADING, 0, "While something is typed");
	page_add(page, SCREEN_TEXT, KEYS_COLUMNS,
		 "  Tab             completes a field or word of a filter, as far as it is clear");
	page_add(page, SCREEN_TEXT, KEYS_COLUMNS,
		 ascii_only ? "  Up Down         what was typed before"
			    : "  ↑ ↓             what was typed before");
	page_add(page, SCREEN_TEXT, KEYS_COLUMNS,
		 "  ^A ^E ^U ^W     to the start, the end; erase what is before, a word");
	page_add(page, SCREEN_TEXT, KEYS_COLUMNS, "  Esc             leave it as it was");
	page_add(page, SCREEN_TEXT, 0, "");
}

static void add_legend(struct page *page, bool ascii_only)
{
	size_t count;
	const struct lanes_legend *legend = lanes_legend(ascii_only, &count);
	page_add(page, SCREEN_HEADING, 0, "Marks in the lanes");
	for (size_t i = 0; i < count; i++) {
		char text[256];
		int pad = KEYS_COLUMNS - 2 - text_columns(legend[i].glyph);
		snprintf(text, sizeof text, "  %s%*s%s", legend[i].glyph, pad > 0 ? pad : 1, "",
			 legend[i].meaning);
		page_add(page, SCREEN_TEXT, KEYS_COLUMNS, text);
	}
	page_add(page, SCREEN_TEXT, 0, "");
}

/** What the column `why` says. */
static void add_causes(struct page *page)
{
	static const char *const meanings[CAUSES] = {
		[CAUSE_CAPTURE_GAP] = "the capture lacks the bytes that would decide",
		[CAUSE_REPLY_LOST] = "the server answered, and the client never got it",
		[CAUSE_REPLY_LATE] = "the server answered after the client had given up",
		[CAUSE_REPLY_PARTIAL] = "only a part of the answer came",
		[CAUSE_SERVER_CLOSED] = "the server closed, or was reset, before it answered",
		[CAUSE_SERVER_SILENT] = "the server sent nothing until the client gave up: proven",
		[CAUSE_NO_REPLY] = "no answer was seen; silence or loss, nothing tells which",
		[CAUSE_NOT_RECEIVED] = "the end of the message never reached the server, as TCP "
				       "shows",
		[CAUSE_STILL_WAITING] = "the client was waiting yet when the capture ended",
		[CAUSE_CLIENT_CLOSED] = "the client closed amid the message",
		[CAUSE_DATA_STALLED] = "the message's bytes do not get through",
		[CAUSE_STILL_SENDING] = "the capture ended amid the message",
		[CAUSE_SENT_AGAIN] = "sent once more although it had been confirmed",
		[CAUSE_ANSWERED_BETWEEN] = "something on the way answered in the server's name",
	};
	page_add(page, SCREEN_HEADING, 0, "Why no acknowledgement came");
	for (int i = 0; i < CAUSES; i++) {
		char text[128];
		if (!meanings[i])
			continue;
		snprintf(text, sizeof text, "  %-17s %s", cause_name((enum cause)i), meanings[i]);
		page_add(page, SCREEN_TEXT, KEYS_COLUMNS + 2, text);
	}
	page_add(page, SCREEN_TEXT, 0, "");
}

static void add_words(struct page *page)
{
	static const char *const words[] = {
		"end of data       the final dot, or the last byte of BDAT LAST",
		"acknowledgement   the server's 250 to the end of data",
		"timer             how long the sender waits for the acknowledgement",
		"attempt           one try to deliver a message",
		"delivery          one message to one recipient: all its attempts",
		"copies            how many of it the recipient's server holds, at least..at most",
		"gap               bytes that the capture lacks",
	};
	page_add(page, SCREEN_HEADING, 0, "Words");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		char text[128];
		snprintf(text, sizeof text, "  %s", words[i]);
		page_add(page, SCREEN_TEXT, KEYS_COLUMNS + 2, text);
	}
}

struct view *help_view_open(enum context context, bool ascii_only)
{
	struct page *page = page_new("Keys");
	if (!page)
		return NULL;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (sections[i].context == context)
			add_section(page, context, sections[i].title, ascii_only);
	add_everywhere(page, ascii_only);
	add_prompts(page, ascii_only);
	if (context == IN_LANES)
		add_legend(page, ascii_only);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (sections[i].context != context)
			add_section(page, sections[i].context, sections[i].title, ascii_only);
	if (context != IN_LANES)
		add_legend(page, ascii_only);
	add_causes(page);
	add_words(page);
	return &page->view;
}

struct view *text_view_open(const char *title, const char *text)
{
	struct page *page = page_new(title);
	if (!page)
		return NULL;
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[4096];
		snprintf(line, sizeof line, "%.*s", (int)n, text);
		page_add(page, SCREEN_TEXT, 0, line);
		page_add(page, SCREEN_TEXT, 0, "");
		text += n + (text[n] == '\n');
	}
	return &page->view;
}
