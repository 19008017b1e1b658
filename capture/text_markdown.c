/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <ctype.h>
#include <stdio.h>

#define PIECE 8 /* "&#124;" */

static bool begins_www(const char *at)
{
	return strncasecmp(at, "www.", 4) == 0;
}

/* Whether the character AT, which TEXT begins with or blanks and digits lead up to, would begin a
 * heading, a quotation, a list, a rule or an underline. */
static bool begins_block(const char *text, const char *at)
{
	size_t blanks = strspn(text, " ");
	size_t digits = strspn(text + blanks, "0123456789");

	if (*at == '.' || *at == ')')
		return digits > 0 && at == text + blanks + digits && (!at[1] || at[1] == ' ');
	return strchr("-+=#>", *at) && at == text + blanks;
}

/* Whether the _ AT, amid a word, is not markup: there are names with it. */
static bool is_amid_word(const char *text, const char *at)
{
	return *at == '_' && at > text && isalnum((unsigned char)at[-1]) &&
	       isalnum((unsigned char)at[1]);
}

/* What stands for the character AT in TEXT, where that is not itself. */
static const char *stand_in(const char *text, const char *at, char out[static PIECE])
{
	bool is_escaped = (strchr("\\`*_[]<~$&", *at) && !is_amid_word(text, at)) ||
			  begins_block(text, at) ||
			  (*at == ':' && at[1] == '/' && at[2] == '/') ||
			  (*at == '.' && at - text >= 3 && begins_www(at - 3));

	if (*at == '|')
		return "&#124;"; /* a backslash before it may be one too many for a table */
	if (*at == ' ' && at == text)
		return "&#32;";
	if (!is_escaped)
		return NULL;
	snprintf(out, PIECE, "\\%c", *at);
	return out;
}

const char *text_markdown(const char *text, char *out, size_t out_size)
{
	size_t used = 0, n;

	for (const char *at = text; *at && out_size; at += n) {
		char piece[PIECE];
		const char *put = stand_in(text, at, piece);
		text_character(at, &n);
		size_t length = put ? strlen(put) : n;
		if (length > out_size - 1 - used)
			break;
		memcpy(out + used, put ? put : at, length);
		used += length;
	}
	if (out_size)
		out[used] = '\0';
	return out;
}
