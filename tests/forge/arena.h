/* SPDX-License-Identifier: MIT */
/*
 * arena - memory that is given back all at once.
 *
 * A scenario is read once, used, and dropped: everything that belongs to it lives in one arena.
 * smtpforge is a tool for tests, so running out of memory ends it with a message; nothing here
 * returns NULL.
 */
#ifndef FORGE_ARENA_H
#define FORGE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/** A new empty arena. */
struct arena *arena_new(void);

/** Frees the arena and all that came from it; NULL is ignored. */
void arena_free(struct arena *arena);

/** `size` zeroed bytes, aligned for any type, owned by the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/** A NUL-terminated copy of `n` bytes, owned by the arena. */
char *arena_copy(struct arena *arena, const char *bytes, size_t n);

/** printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** realloc() that ends the program when memory is out; the caller owns the block and frees it. */
void *forge_resize(void *block, size_t size);

/** A byte string that grows; set to zero before use, free `bytes` after it. */
struct buffer {
	uint8_t *bytes;
	size_t len;
	size_t capacity;
};

/** Appends `n` bytes. */
void buffer_add(struct buffer *buffer, const void *bytes, size_t n);

/** Appends what printf would print. */
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
