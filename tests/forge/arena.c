/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_SIZE ((size_t)64 * 1024)

struct block {
	struct block *next;
	size_t used;
	size_t size;
	max_align_t bytes[];
};

struct arena {
	struct block *newest;
};

void *forge_resize(void *block, size_t size)
{
	void *grown = realloc(block, size ? size : 1);

	if (!grown) {
		fputs("smtpforge: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return grown;
}

struct arena *arena_new(void)
{
	struct arena *arena = forge_resize(NULL, sizeof(*arena));

	arena->newest = NULL;
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->newest) {
		struct block *next = arena->newest->next;

		free(arena->newest);
		arena->newest = next;
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->newest;
	size_t rounded =
		(size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	unsigned char *bytes;

	if (!block || block->size - block->used < rounded) {
		size_t room = rounded > ARENA_BLOCK_SIZE ? rounded : ARENA_BLOCK_SIZE;

		block = forge_resize(NULL, sizeof(*block) + room);
		block->next = arena->newest;
		block->used = 0;
		block->size = room;
		arena->newest = block;
	}
	bytes = (unsigned char *)block->bytes + block->used;
	block->used += rounded;
	memset(bytes, 0, rounded);
	return bytes;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	char *text = NULL, *copy;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	copy = arena_copy(arena, text, n < 0 ? 0 : (size_t)n);
	if (n >= 0)
		free(text);
	return copy;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t n)
{
	if (n > buffer->capacity - buffer->len) {
		buffer->capacity = (buffer->len + n) * 3 / 2 + 256;
		buffer->bytes = forge_resize(buffer->bytes, buffer->capacity);
	}
	if (n)
		memcpy(buffer->bytes + buffer->len, bytes, n);
	buffer->len += n;
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	buffer_add(buffer, text, (size_t)n);
	free(text);
}
