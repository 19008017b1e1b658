/* SPDX-License-Identifier: MIT */
/*
 * The lists of keys in README.md and in the manual page say what the key table says.
 * SMTPSCOPE_UPDATE=1 in the environment writes them anew from the table.
 */
#include "keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	enum context context;
	const char *name;
} contexts[] = {
	{IN_LIST, "lists"}, {IN_LANES, "lanes"}, {IN_LADDER, "ladder"},
	{IN_BYTES, "bytes"}, {IN_TEXT, "texts"},
};

/** "lists, ladder", "everywhere", into OUT. */
static void name_contexts(unsigned mask, char out[static 64])
{
	size_t used = 0;
	out[0] = '\0';
	if (mask == EVERYWHERE)
		snprintf(out, 64, "everywhere");
	for (size_t i = 0; i < sizeof contexts / sizeof *contexts && mask != EVERYWHERE; i++)
		if (mask & (unsigned)contexts[i].context)
			used += (size_t)snprintf(out + used, 64 - used, "%s%s", used ? ", " : "",
						 contexts[i].name);
}

/** Writes the presses of BINDING, each between BEFORE and BEHIND. */
static void write_presses(FILE *out, const struct binding *binding, bool ascii_only,
			  const char *before, const char *behind)
{
	for (int i = 0; i < BINDING_PRESSES && binding->presses[i]; i++) {
		char name[PRESS_NAME];
		press_name(binding->presses[i], ascii_only, name);
		fprintf(out, "%s%s%s%s", i ? " " : "", before, name, behind);
	}
}

static void write_markdown(FILE *out)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	fputs("| keys | where | what they do |\n| --- | --- | --- |\n", out);
	for (size_t i = 0; i < count; i++) {
		char where[64];
		name_contexts(bindings[i].contexts, where);
		fputs("| ", out);
		write_presses(out, &bindings[i], false, "`", "`");
		fprintf(out, " | %s | %s |\n", where, bindings[i].help);
	}
}

/** TEXT as the manual's language has it: a \ and a - of their own. */
static void write_roff(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\-", *text))
			fputc('\\', out);
		fputs(*text == '\\' ? "e" : (const char[]){*text, '\0'}, out);
	}
}

static void write_manual(FILE *out)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	for (size_t i = 0; i < count; i++) {
		char where[64];
		char *presses = NULL;
		size_t size = 0;
		FILE *names = open_memstream(&presses, &size);
		assert_non_null(names);
		write_presses(names, &bindings[i], true, "", "");
		fclose(names);
		name_contexts(bindings[i].contexts, where);
		fputs(".TP\n.B \"", out);
		write_roff(out, presses);
		fputs("\"\n", out);
		write_roff(out, bindings[i].help);
		fprintf(out, " (%s)\n", where);
		free(presses);
	}
}

static char *read_file(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *in = fopen(path, "rb");
	assert_non_null(text);
	assert_non_null(in);
	text[fread(text, 1, (1 << 20) - 1, in)] = '\0';
	fclose(in);
	return text;
}

/** Expects what stands in the file PATH between BEGIN and END to be what WRITE writes. */
static void compare(const char *path, const char *begin, const char *end, void (*write)(FILE *))
{
	char *text = read_file(path);
	char *from = strstr(text, begin);
	char *expected = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&expected, &size);
	assert_non_null(out);
	write(out);
	fclose(out);
	assert_non_null(from);
	from += strlen(begin);
	char *to = strstr(from, end);
	assert_non_null(to);
	if (getenv("SMTPSCOPE_UPDATE")) {
		FILE *file = fopen(path, "wb");
		assert_non_null(file);
		fprintf(file, "%.*s%s%s", (int)(from - text), text, expected, to);
		fclose(file);
	} else {
		*to = '\0';
		if (strcmp(from, expected) != 0)
			fail_msg("%s: not the keys of the table; SMTPSCOPE_UPDATE=1 before this "
				 "test's program writes them anew",
				 path);
	}
	free(expected);
	free(text);
}

static void test_manual_readme_lists_the_keys_of_the_table(void **state)
{
	(void)state;
	compare("README.md", "<!-- keys: written by test_tui_manual -->\n",
		"<!-- end of keys -->\n", write_markdown);
}

static void test_manual_page_lists_the_keys_of_the_table(void **state)
{
	(void)state;
	compare("tui/smtpscope.1", ".\\\" keys: written by test_tui_manual\n",
		".\\\" end of keys\n", write_manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual_readme_lists_the_keys_of_the_table),
		cmocka_unit_test(test_manual_page_lists_the_keys_of_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
