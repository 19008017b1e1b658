/* SPDX-License-Identifier: MIT */
/*
 * A program (see program.h) -> a capture -> what is shown of it: stories, ladders, lanes, the text
 * report. The sum of the program's bytes picks the size of the screen, and how much is let go.
 */
#include "fuzz.h"

#include "program.h"
#include "walk.h"

#include <stdlib.h>

#define PROGRAM_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct analysis_options options = {.seed = 1};
	struct fault fault;
	uint32_t which = 0;

	if (size > PROGRAM_MAX)
		return 0;
	for (size_t i = 0; i < size; i++)
		which += data[i];
	struct program_capture capture = program_play((struct span){data, size});
	struct source *source = program_open(&capture);
	struct analysis *analysis = analysis_new(source, &options);
	assert(analysis);
	/* Sometimes before the end, as while a capture runs. */
	uint32_t packets = capture.look_count ? capture.looks[0] : capture.packets + 1;
	(void)analysis_read(analysis, packets, &fault);
	assert(analysis_update(analysis, NO_TIME));
	(void)analysis_let_go(analysis, which % 11 / 10.0);
	(void)analysis_read(analysis, which % 64, &fault);
	assert(analysis_update(analysis, NO_TIME));
	walk_views(analysis, which);
	walk_text(analysis);
	walk_markdown(analysis);
	analysis_free(analysis);
	source_free(source);
	free(capture.bytes);
	return 0;
}
