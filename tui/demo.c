/* SPDX-License-Identifier: MIT */
#include "demo.h"

/* In demo.S, which takes the file in as it is. */
extern const uint8_t demo_begin[], demo_end[];

struct span demo_capture(void)
{
	return (struct span){demo_begin, (size_t)(demo_end - demo_begin)};
}
