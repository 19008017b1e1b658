/* SPDX-License-Identifier: MIT */
#include "run/settings.h"

#include "host_names.h"
#include "list/list.h"
#include "list/rows.h"
#include "terminal/theme.h"
#include "timetext.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#define FROM_COMMAND_LINE UINT32_MAX /* an origin beside line numbers; 0: nobody set it */
#define FILE_BYTES 65536	     /* more is no file of settings */

/** Words that an enum's values are called by, in its order. */
struct words {
	const char *const *list;
	int count;
};

static const char *const color_words[] = {"auto", "always", "never"};
static const char *const vantage_words[] = {"auto", "client", "server", "between"};
static const char *const time_words[] = {"clock", "start", "delta", "utc"};
static const char *const ascii_words[] = {"auto", "yes"};
static const char *const mouse_words[] = {"yes", "no"};

static const struct words themes = {theme_names, THEMES};
static const struct words colors = {color_words, 3};
static const struct words vantages = {vantage_words, 4};
static const struct words times = {time_words, WHEN_FORMATS};
static const struct words asciis = {ascii_words, 2};
static const struct words mice = {mouse_words, 2};

enum setting_kind {
	SET_TIMER,
	SET_VANTAGE,
	SET_THEME,
	SET_COLOR,
	SET_ASCII,
	SET_MOUSE,
	SET_TIME,
	SET_RING,
	SET_MEMORY,
	SET_COLUMNS, /* from here on: one for each kind of rows */
	SET_SORT,
};

static const struct setting {
	const char *name;
	const char *about;
	const struct words *words; /* NULL: it takes no such words */
} table[] = {
	[SET_TIMER] = {"timer", "how long the sender waits: 90s, 10m", NULL},
	[SET_VANTAGE] = {"vantage", "where captures are taken", &vantages},
	[SET_THEME] = {"theme", "colours for this kind of terminal", &themes},
	[SET_COLOR] = {"color", "whether to use colours; auto heeds NO_COLOR", &colors},
	[SET_ASCII] = {"ascii", "whether to draw with ASCII only; auto asks the locale", &asciis},
	[SET_MOUSE] = {"mouse", "whether the mouse is smtpscope's", &mice},
	[SET_TIME] = {"time", "how times are shown at first", &times},
	[SET_RING] = {"ring", "memory for packets that cannot be read again: 16M, 1G", NULL},
	[SET_MEMORY] = {"memory", "for sessions and deliveries: 256M, 4G, half of it, unlimited", NULL},
	[SET_COLUMNS] = {"columns-", "columns, in this order; none: as they fit", NULL},
	[SET_SORT] = {"sort-", "the column to sort by, with - in front the other way round", NULL},
};

#define PLAIN_SETTINGS SET_COLUMNS
#define SETTINGS (PLAIN_SETTINGS + 2 * ROWS_KINDS)

_Static_assert(SETTINGS <= MOST_SETTINGS, "options have room for the origins of all settings");

/** Which row of the table INDEX of all settings is; KIND gets its kind of rows. */
static enum setting_kind kind_of(int index, int *rows)
{
	*rows = 0;
	if (index < PLAIN_SETTINGS)
		return (enum setting_kind)index;
	*rows = (index - PLAIN_SETTINGS) / 2;
	return (index - PLAIN_SETTINGS) % 2 ? SET_SORT : SET_COLUMNS;
}

#define NAME_SIZE 48

static const char *name_of(int index, char out[static NAME_SIZE])
{
	int rows;
	enum setting_kind kind = kind_of(index, &rows);
	bool is_list = kind == SET_COLUMNS || kind == SET_SORT;
	snprintf(out, NAME_SIZE, "%s%s", table[kind].name, is_list ? rows_kinds[rows]->name : "");
	return out;
}

static int find_setting(const char *name)
{
	char known[NAME_SIZE];
	for (int i = 0; i < (int)SETTINGS; i++)
		if (strcmp(name_of(i, known), name) == 0)
			return i;
	return -1;
}

/* ---- Values ------------------------------------------------------------------------------- */

/** "16M", "512k", "1G" or bytes. */
static bool parse_bytes(const char *value, size_t *out)
{
	static const char units[] = "kMG";
	char *end;
	errno = 0;
	unsigned long long number = strtoull(value, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	if (errno || value[0] < '0' || value[0] > '9' || (*end && (!unit || end[1])) || !number ||
	    number > ((size_t)1 << 40) >> shift)
		return false;
	*out = (size_t)number << shift;
	return true;
}

static bool set_list(struct options *options, enum setting_kind kind, int rows, const char *called,
		     const char *value, struct fault *fault)
{
	struct list list;
	struct fault reason = {0};
	struct list_look *look = &options->lists[rows];
	char *to = kind == SET_COLUMNS ? look->columns : look->sort;
	size_t size = kind == SET_COLUMNS ? sizeof look->columns : sizeof look->sort;
	list_start(&list, rows_kinds[rows]);
	bool is_fine = kind == SET_COLUMNS ? list_choose_columns(&list, value, &reason)
					   : list_sort_named(&list, value, &reason);
	if (!is_fine)
		return fault_set(fault, FAULT_USAGE, "%s: %s", called, reason.text);
	if (strlen(value) >= size)
		return fault_set(fault, FAULT_USAGE, "%s: that is too long", called);
	snprintf(to, size, "%s", value);
	return true;
}

static void set_word(struct options *options, enum setting_kind kind, int word)
{
	if (kind == SET_VANTAGE)
		options->delivery.vantage = (enum vantage)word;
	else if (kind == SET_THEME)
		options->theme = (enum theme_choice)word;
	else if (kind == SET_COLOR)
		options->color = (enum color_choice)word;
	else if (kind == SET_ASCII)
		options->is_ascii = word == 1;
	else if (kind == SET_MOUSE)
		options->no_mouse = word == 1;
	else
		options->when = (enum when_format)word;
}

/** A size; or "half" of the machine's memory, or "unlimited", which 0 is too. */
static bool parse_memory(const char *text, size_t *out)
{
	if (strcmp(text, "half") == 0)
		*out = MEMORY_HALF;
	else if (strcmp(text, "unlimited") == 0 || strcmp(text, "0") == 0)
		*out = 0;
	else
		return parse_bytes(text, out);
	return true;
}

static bool set_value(struct options *options, int index, const char *called, const char *value,
		      struct fault *fault)
{
	int rows;
	enum setting_kind kind = kind_of(index, &rows);
	if (table[kind].words) {
		int word = option_pick(called, value, table[kind].words->list,
				       table[kind].words->count, fault);
		if (word >= 0)
			set_word(options, kind, word);
		return word >= 0;
	}
	if (kind == SET_TIMER)
		return duration_parse(value, &options->delivery.timer_ns) ||
		       fault_set(fault, FAULT_USAGE,
				 "%s takes a time such as 90, 90s or 10m, not '%s'", called, value);
	if (kind == SET_RING)
		return parse_bytes(value, &options->ring_bytes) ||
		       fault_set(fault, FAULT_USAGE, "%s takes a size such as 512k, 16M or 1G, not '%s'",
				 called, value);
	if (kind == SET_MEMORY)
		return parse_memory(value, &options->memory_bytes) ||
		       fault_set(fault, FAULT_USAGE,
				 "%s takes a size such as 256M or 4G, half or unlimited, not '%s'",
				 called, value);
	return set_list(options, kind, rows, called, value, fault);
}

static int word_of(const struct options *options, enum setting_kind kind)
{
	if (kind == SET_VANTAGE)
		return (int)options->delivery.vantage;
	if (kind == SET_THEME)
		return (int)options->theme;
	if (kind == SET_COLOR)
		return (int)options->color;
	if (kind == SET_ASCII)
		return options->is_ascii;
	if (kind == SET_MOUSE)
		return options->no_mouse;
	return (int)options->when;
}

/** "16M", "16384k", in the largest unit that is exact. */
static void print_bytes(size_t bytes, char *out, size_t size)
{
	static const char units[] = "kMG";
	size_t unit = 0;
	while (unit < 3 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, size, "%zu%.1s", bytes, unit ? &units[unit - 1] : "");
}

static void print_memory(size_t bytes, char *out, size_t size)
{
	if (bytes && bytes != MEMORY_HALF)
		print_bytes(bytes, out, size);
	else
		snprintf(out, size, "%s", bytes ? "half" : "unlimited");
}

static void print_value(const struct options *options, int index, char *out, size_t size)
{
	int rows;
	enum setting_kind kind = kind_of(index, &rows);
	if (table[kind].words)
		snprintf(out, size, "%s", table[kind].words->list[word_of(options, kind)]);
	else if (kind == SET_TIMER)
		snprintf(out, size, "%.15gs", (double)options->delivery.timer_ns / 1e9);
	else if (kind == SET_RING)
		print_bytes(options->ring_bytes, out, size);
	else if (kind == SET_MEMORY)
		print_memory(options->memory_bytes, out, size);
	else
		snprintf(out, size, "%s",
			 kind == SET_COLUMNS ? options->lists[rows].columns
					     : options->lists[rows].sort);
}

void settings_default(struct options *options)
{
	options->delivery.timer_ns = DEFAULT_TIMER_NS;
	options->ring_bytes = DEFAULT_RING_BYTES;
	options->memory_bytes = MEMORY_HALF;
}

bool settings_set(struct options *options, const char *name, const char *called, const char *value,
		  struct fault *fault)
{
	int index = find_setting(name);
	if (index < 0 || !set_value(options, index, called, value, fault))
		return false;
	options->origins[index] = FROM_COMMAND_LINE;
	return true;
}

/* ---- The file ----------------------------------------------------------------------------- */

bool settings_path(char *out, size_t size)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *between = "";
	if (!base || base[0] != '/') {
		base = getenv("HOME");
		between = "/.config";
	}
	if (!base || !base[0])
		return false;
	int n = snprintf(out, size, "%s%s/smtpscope/config", base, between);
	return n > 0 && (size_t)n < size;
}

/** The text while the library reads it line by line. */
struct reading {
	struct options *options;
	const char *path;
	const char *rest;
	uint32_t line;
	struct fault *fault;
	bool has_failed;
};

static void fail(struct reading *reading, const char *why)
{
	if (!reading->has_failed)
		fault_set(reading->fault, FAULT_USAGE, "%s:%u: %s", reading->path, reading->line,
			  why);
	reading->has_failed = true;
}

/**
 * The next line for the library, without blanks before it, which would mean something else to it;
 * what it would misread is an error.
 */
static char *next_line(char *out, int size, void *stream)
{
	struct reading *reading = stream;
	if (reading->has_failed || !*reading->rest)
		return NULL;
	size_t n = strcspn(reading->rest, "\n");
	const char *start = reading->rest;
	reading->rest += n + (reading->rest[n] == '\n');
	reading->line++;
	size_t blanks = strspn(start, " \t\r");
	blanks = blanks < n ? blanks : n;
	start += blanks;
	n -= blanks;
	if (n > SETTINGS_LINE || (int)n + 2 > size)
		fail(reading, "this line is too long");
	else if (n && start[0] == '[')
		fail(reading, "there are no sections: a line is a name, =, and a value");
	else if (n && !strchr("#;", start[0]) && !memchr(start, '=', n))
		fail(reading, "a line is a name, =, and a value; or a comment with # before it");
	if (reading->has_failed)
		return NULL;
	snprintf(out, (size_t)size, "%.*s\n", (int)n, start);
	return out;
}

/** The one setting that may stand there more than once. */
static const char host_name_setting[] = "name";

static bool take_host_name(struct options *options, const char *value, struct fault *fault)
{
	if (!options->host_names)
		options->host_names = host_names_new();
	if (!options->host_names)
		return fault_set(fault, FAULT_MEMORY, "no memory");
	return host_names_add(options->host_names, value, fault);
}

static int take_setting(void *user, const char *section, const char *name, const char *value)
{
	struct reading *reading = user;
	struct fault reason = {0};
	char why[NAME_SIZE + 128];
	int index = find_setting(name);
	(void)section;
	if (strcmp(name, host_name_setting) == 0) {
		if (take_host_name(reading->options, value, &reason))
			return 1;
		fail(reading, reason.text);
		return 0;
	}
	if (index < 0) {
		snprintf(why, sizeof why, "there is no setting '%.60s' (--dump-config shows all)",
			 name);
		fail(reading, why);
		return 0;
	}
	if (!set_value(reading->options, index, name, value, &reason)) {
		fail(reading, reason.text);
		return 0;
	}
	reading->options->origins[index] = reading->line;
	return 1;
}

bool settings_read_text(struct options *options, const char *path, const char *text,
			struct fault *fault)
{
	struct reading reading = {.options = options, .path = path, .rest = text, .fault = fault};
	int result = ini_parse_stream(next_line, &reading, take_setting, &reading);
	if (result && !reading.has_failed)
		fail(&reading, "a line is a name, =, and a value");
	return !reading.has_failed;
}

bool settings_read_file(struct options *options, const char *path, struct fault *fault)
{
	FILE *in = fopen(path, "re");
	if (!in && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (!in)
		return fault_set(fault, FAULT_OPEN, "%s: %s", path, strerror(errno));
	char *text = calloc(1, FILE_BYTES + 1);
	size_t n = text ? fread(text, 1, FILE_BYTES + 1, in) : 0;
	bool is_fine = text && !ferror(in) && n <= FILE_BYTES;
	int error = errno;
	fclose(in);
	if (!text)
		fault_set(fault, FAULT_MEMORY, "no memory");
	else if (n > FILE_BYTES)
		fault_set(fault, FAULT_USAGE, "%s: too large for a file of settings", path);
	else if (!is_fine)
		fault_set(fault, FAULT_READ, "%s: %s", path, strerror(error));
	else if (memchr(text, '\0', n))
		is_fine = fault_set(fault, FAULT_USAGE, "%s: this is no text", path);
	is_fine = is_fine && settings_read_text(options, path, text, fault);
	free(text);
	return is_fine;
}

/* ---- All of them -------------------------------------------------------------------------- */

static void dump_host_names(const struct options *options, FILE *out)
{
	const char *text;
	fprintf(out, "\n# what hosts and networks are called; a line for each (such as "
		     "192.0.2.0/24 Outlook pool)\n");
	for (size_t i = 0; (text = host_names_text(options->host_names, i)); i++)
		fprintf(out, "%s = %s\n", host_name_setting, text);
}

void settings_dump(const struct options *options, const char *path, FILE *out)
{
	fprintf(out, "# Settings of smtpscope, to be kept as %s\n", path);
	for (int i = 0; i < (int)SETTINGS; i++) {
		int rows;
		char name[NAME_SIZE];
		char value[OPTION_TEXT];
		char origin[32] = "default";
		const struct setting *setting = &table[kind_of(i, &rows)];
		if (options->origins[i] == FROM_COMMAND_LINE)
			snprintf(origin, sizeof origin, "command line");
		else if (options->origins[i])
			snprintf(origin, sizeof origin, "line %u", options->origins[i]);
		print_value(options, i, value, sizeof value);
		fprintf(out, "\n# %s", setting->about);
		for (int w = 0; setting->words && w < setting->words->count; w++)
			fprintf(out, "%s%s", w ? ", " : ": ", setting->words->list[w]);
		fprintf(out, "  (%s)\n%s =%s%s\n", origin, name_of(i, name), value[0] ? " " : "",
			value);
	}
	dump_host_names(options, out);
}
