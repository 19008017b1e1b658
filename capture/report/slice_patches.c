/* SPDX-License-Identifier: MIT */
#include "report/slice_patches.h"

#include <stdlib.h>

#define KEPT TAG_LETTERS
#define BLANK 'x'

void patches_free(struct patches *patches)
{
	free(patches->all);
	*patches = (struct patches){0};
}

static bool append(struct patches *patches, const struct patch *patch)
{
	if (patches->count == patches->room) {
		uint32_t room = patches->room ? patches->room * 2 : 16;
		struct patch *all = reallocarray(patches->all, room, sizeof *all);
		if (!all)
			return false;
		patches->all = all;
		patches->room = room;
	}
	patches->all[patches->count++] = *patch;
	return true;
}

static struct patch *newest(struct patches *patches)
{
	return patches->count ? &patches->all[patches->count - 1] : NULL;
}

bool patches_keep(struct patches *patches, uint32_t offset, uint32_t length)
{
	struct patch *last = newest(patches);
	uint32_t end = offset + length;

	if (last && offset < last->offset + last->length)
		offset = last->offset + last->length;
	if (offset >= end)
		return true;
	if (last && last->first_letter == KEPT && offset == last->offset + last->length) {
		last->length = end - last->offset;
		return true;
	}
	return append(patches, &(struct patch){offset, end - offset, 0, KEPT});
}

bool patches_letter(struct patches *patches, uint32_t offset, uint32_t tag, uint8_t number)
{
	struct patch *last = newest(patches);

	if (last && last->first_letter != KEPT && last->tag == tag &&
	    offset == last->offset + last->length && number == last->first_letter + last->length) {
		last->length++;
		return true;
	}
	return append(patches, &(struct patch){offset, 1, tag, number});
}

/* Tag 0 is written as any blank; others have digits of base 26, the least one first. */
static uint8_t letter_of(uint32_t tag, uint32_t number)
{
	if (!tag)
		return BLANK;
	while (number--)
		tag /= 26;
	return (uint8_t)('a' + tag % 26);
}

/* The first patch that ends behind OFFSET. */
static uint32_t find(const struct patches *patches, uint32_t offset)
{
	uint32_t low = 0, high = patches->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct patch *patch = &patches->all[middle];
		if ((uint64_t)patch->offset + patch->length <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void apply_one(const struct patch *patch, uint32_t offset, struct span bytes, uint8_t *out)
{
	uint64_t from = patch->offset > offset ? patch->offset - offset : 0;
	uint64_t to = (uint64_t)patch->offset + patch->length - offset;

	if (to > bytes.n)
		to = bytes.n;
	if (patch->first_letter == KEPT) {
		memcpy(out + from, bytes.p + from, (size_t)(to - from));
		return;
	}
	for (uint64_t i = from; i < to; i++)
		out[i] = letter_of(patch->tag, patch->first_letter +
						       (uint32_t)(offset + i - patch->offset));
}

void patches_apply(const struct patches *patches, uint32_t offset, struct span bytes, uint8_t *out)
{
	for (size_t i = 0; i < bytes.n; i++)
		out[i] = bytes.p[i] == '\r' || bytes.p[i] == '\n' ? bytes.p[i] : BLANK;
	for (uint32_t i = find(patches, offset);
	     i < patches->count && patches->all[i].offset < (uint64_t)offset + bytes.n; i++)
		apply_one(&patches->all[i], offset, bytes, out);
}
