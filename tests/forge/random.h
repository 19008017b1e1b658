/* SPDX-License-Identifier: MIT */
/*
 * random - numbers that look random and are the same for the same seed on every machine.
 */
#ifndef FORGE_RANDOM_H
#define FORGE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** One generator; any 64-bit value is a good start (the splitmix64 step of Steele, Lea and Flood,
 * 2014). */
struct random {
	uint64_t state;
};

/** The next 64 bits. */
static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/** A number in [0, bound); bound is not 0. */
static inline uint64_t random_below(struct random *random, uint64_t bound)
{
	return random_next(random) % bound;
}

/** A start value from a seed and a name, so that things with different names do not resemble each
 * other. */
static inline struct random random_from(uint64_t seed, const char *name)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ seed;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
	return (struct random){.state = hash};
}

#endif
