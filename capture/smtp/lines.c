/* SPDX-License-Identifier: MIT */
#include "smtp/lines.h"

#include "bounds.h"

#include <stdlib.h>

#define FIRST_ROOM 128u

static void keep(struct line_reader *reader, struct span bytes)
{
	size_t room = reader->kept_room ? reader->kept_room : FIRST_ROOM;

	if (bytes.n > LIMIT_LINE - reader->kept_n) {
		bytes.n = LIMIT_LINE - reader->kept_n;
		reader->is_cut = true;
	}
	while (room < reader->kept_n + bytes.n)
		room *= 2;
	if (room != reader->kept_room) {
		uint8_t *kept = realloc(reader->kept, room);
		if (!kept) {
			reader->is_cut = true;
			return;
		}
		reader->kept = kept;
		reader->kept_room = room;
	}
	if (bytes.n)
		memcpy(reader->kept + reader->kept_n, bytes.p, bytes.n);
	reader->kept_n += bytes.n;
}

static struct line end_line(struct span text, bool is_cut)
{
	struct line line = {.text = text, .is_cut = is_cut, .is_bare_lf = true};

	if (text.n && text.p[text.n - 1] == '\r' && !is_cut) {
		line.text.n--;
		line.is_bare_lf = false;
	}
	return line;
}

bool line_read(struct line_reader *reader, struct span *in, struct line *line)
{
	const uint8_t *lf = in->n ? memchr(in->p, '\n', in->n) : NULL;

	if (!lf) {
		keep(reader, *in);
		*in = span_skip(*in, in->n);
		return false;
	}
	struct span text = span_take(*in, (size_t)(lf - in->p));
	*in = span_skip(*in, text.n + 1);
	if (reader->kept_n || reader->is_cut) {
		keep(reader, text);
		*line = end_line((struct span){reader->kept, reader->kept_n}, reader->is_cut);
		line_forget(reader);
		return true;
	}
	*line = end_line(span_take(text, LIMIT_LINE), text.n > LIMIT_LINE);
	return true;
}

struct span line_rest(const struct line_reader *reader)
{
	return (struct span){reader->kept, reader->kept_n};
}

void line_forget(struct line_reader *reader)
{
	reader->kept_n = 0;
	reader->is_cut = false;
}

void line_close(struct line_reader *reader)
{
	free(reader->kept);
	*reader = (struct line_reader){0};
}
