/* SPDX-License-Identifier: MIT */
/*
 * Which columns a list shows, by their names, in which order, and by which it sorts.
 */
#include "list/list.h"

#include <stdio.h>
#include <string.h>

/** The next of comma-separated NAMES, without blanks around it; NULL: there is none. */
static struct span next_name(const char **names)
{
	const char *start = *names + strspn(*names, " ,");
	size_t n = strcspn(start, ",");
	*names = start + n;
	while (n && start[n - 1] == ' ')
		n--;
	return (struct span){n ? (const uint8_t *)start : NULL, n};
}

static bool is_named(const struct column *column, struct span name)
{
	return strlen(column->name) == name.n &&
	       strncasecmp(column->name, (const char *)name.p, name.n) == 0;
}

static const struct column *find_column(const struct rows_kind *kind, struct span name)
{
	for (size_t i = 0; i < kind->column_count; i++)
		if (is_named(&kind->columns[i], name))
			return &kind->columns[i];
	return NULL;
}

static void print_names(const struct column *columns, size_t count, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "",
					 columns[i].name);
}

static bool refuse_column(const struct rows_kind *kind, struct span name, struct fault *fault)
{
	char all[256];
	print_names(kind->columns, kind->column_count, all, sizeof all);
	return fault_set(fault, FAULT_USAGE, "%s have no column '%.*s': there are %s", kind->name,
			 name.n < 64 ? (int)name.n : 64, (const char *)name.p, all);
}

/** Gives COLUMN, the INDEX-th from the left, the right to its place before those behind it. */
static void rank_column(struct column *column, size_t index)
{
	column->priority = (uint8_t)(index < EXTRA_COLUMN ? index : EXTRA_COLUMN - 1);
}

bool list_choose_columns(struct list *list, const char *names, struct fault *fault)
{
	struct column chosen[MOST_COLUMNS];
	size_t count = 0;
	char sort[64] = ""; /* the order stays, if its column does */
	if (list->sort != SORT_RANK)
		snprintf(sort, sizeof sort, "%s%s", list->is_reversed ? "-" : "",
			 list->columns[list->sort].name);
	for (struct span name = next_name(&names); name.p; name = next_name(&names)) {
		const struct column *column = find_column(list->kind, name);
		if (!column)
			return refuse_column(list->kind, name, fault);
		if (count == MOST_COLUMNS)
			return fault_set(fault, FAULT_USAGE, "too many columns");
		chosen[count] = *column;
		rank_column(&chosen[count], count);
		count++;
	}
	list_wish(list);
	list->pan = 0;
	list->column_count = count ? count : list->kind->column_count;
	for (size_t i = 0; i < list->column_count; i++)
		list->columns[i] = count ? chosen[i] : list->kind->columns[i];
	list->sort = SORT_RANK;
	(void)list_sort_named(list, sort, NULL);
	return true;
}

size_t list_columns(const struct list *list, struct column out[static MOST_COLUMNS])
{
	size_t count = 0;
	for (size_t i = 0; i < list->column_count; i++) {
		if (i && i <= list->pan)
			continue;
		out[count] = list->columns[i];
		if (list->pan)
			rank_column(&out[count], count);
		count++;
	}
	return count;
}

bool list_pan(struct list *list, int by)
{
	if (by < 0 ? !list->pan : list->pan + 2 >= list->column_count)
		return false;
	list->pan += by < 0 ? (size_t)-1 : 1;
	return true;
}

const char *list_column_names(const struct list *list, char *out, size_t size)
{
	print_names(list->columns, list->column_count, out, size);
	return out;
}

bool list_sort_named(struct list *list, const char *name, struct fault *fault)
{
	bool is_reversed = name[0] == '-' && name[1];
	struct span wanted = span_of(name + is_reversed);
	size_t sort = SORT_RANK;
	for (size_t i = 0; i < list->column_count; i++)
		if (is_named(&list->columns[i], wanted))
			sort = i;
	if (sort == SORT_RANK && wanted.n && strcasecmp(name + is_reversed, list->kind->order) != 0)
		return refuse_column(list->kind, wanted, fault);
	list->sort = sort;
	list->is_reversed = is_reversed;
	return true;
}
