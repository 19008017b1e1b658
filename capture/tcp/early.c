/* SPDX-License-Identifier: MIT */
#include "tcp/early.h"

#include "bounds.h"

#include <stdlib.h>

struct early *early_take(struct early_list *list)
{
	struct early *first = list->first;
	if (!first)
		return NULL;
	list->first = first->next;
	if (!list->first)
		list->last = NULL;
	list->count--;
	list->bytes -= first->captured;
	return first;
}

void early_empty(struct early_list *list)
{
	struct early *early;
	while ((early = early_take(list)))
		free(early);
}

/* Adds the bytes FROM..TO of PIECE behind PREVIOUS (NULL: in front). */
static struct early *add_piece(struct early_list *list, struct early *previous,
			       const struct early *piece, struct span payload, uint64_t from,
			       uint64_t to)
{
	struct span bytes = span_take(span_skip(payload, (size_t)(from - piece->offset)),
				      (size_t)(to - from));
	struct early *early;

	if (list->count >= LIMIT_EARLY_SEGMENTS || list->bytes + bytes.n > LIMIT_EARLY_BYTES)
		return NULL;
	early = malloc(sizeof *early + bytes.n);
	if (!early)
		return NULL;
	*early = *piece;
	early->offset = from;
	early->len = (uint32_t)(to - from);
	early->captured = (uint32_t)bytes.n;
	if (bytes.n)
		memcpy(early->bytes, bytes.p, bytes.n);
	early->next = previous ? previous->next : list->first;
	if (previous)
		previous->next = early;
	else
		list->first = early;
	if (!early->next)
		list->last = early;
	list->count++;
	list->bytes += bytes.n;
	return early;
}

/* Whether PIECE's bytes differ from those of KEPT where both hold them. */
static bool is_conflict(const struct early *kept, const struct early *piece, struct span payload)
{
	uint64_t from = kept->offset > piece->offset ? kept->offset : piece->offset;
	uint64_t kept_end = kept->offset + kept->captured;
	uint64_t piece_end = piece->offset + payload.n;
	uint64_t to = kept_end < piece_end ? kept_end : piece_end;

	return to > from && memcmp(kept->bytes + (from - kept->offset),
				   payload.p + (from - piece->offset), (size_t)(to - from)) != 0;
}

enum early_result early_insert(struct early_list *list, const struct early *piece,
			       struct span payload, uint64_t *conflicts)
{
	uint64_t from = piece->offset, end = piece->offset + piece->len;
	enum early_result result = EARLY_NOTHING_NEW;
	struct early *previous = NULL, *kept = list->first;

	if (list->last && list->last->offset + list->last->len <= from) {
		previous = list->last;
		kept = NULL;
	}
	for (; kept && from < end; previous = kept, kept = kept->next) {
		if (kept->offset + kept->len <= from)
			continue;
		if (kept->offset > from) {
			uint64_t to = kept->offset < end ? kept->offset : end;
			if (!add_piece(list, previous, piece, payload, from, to))
				return EARLY_NO_ROOM;
			result = EARLY_KEPT;
		}
		if (kept->offset < end && is_conflict(kept, piece, payload))
			(*conflicts)++;
		if (kept->offset + kept->len > from)
			from = kept->offset + kept->len;
	}
	if (from < end) {
		if (!add_piece(list, previous, piece, payload, from, end))
			return EARLY_NO_ROOM;
		result = EARLY_KEPT;
	}
	return result;
}
