/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <string.h>
#include <utf8proc.h>

static bool is_shown(int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

void expect_shown(const char *text, bool with_lines, bool ascii_only)
{
	utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;

	while (left) {
		int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(p, left, &c);
		assert(n > 0);
		assert(is_shown(c) || (c == '\n' && with_lines));
		assert(c < 0x80 || !ascii_only);
		p += n;
		left -= n;
	}
}
