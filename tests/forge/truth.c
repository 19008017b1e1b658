/* SPDX-License-Identifier: MIT */
#include "truth.h"

#include <string.h>

void truth_add(struct truth *truth, const char *message, const char *recipient, unsigned count)
{
	for (size_t i = 0; i < truth->count; i++) {
		struct copies *copies = &truth->copies[i];

		if (strcmp(copies->message, message) == 0 &&
		    strcmp(copies->recipient, recipient) == 0) {
			copies->count += count;
			return;
		}
	}
	if (truth->count == truth->capacity) {
		truth->capacity = truth->capacity * 2 + 8;
		truth->copies =
			forge_resize(truth->copies, truth->capacity * sizeof(*truth->copies));
	}
	truth->copies[truth->count++] = (struct copies){message, recipient, count};
}

void truth_begin(struct truth *truth, const struct scenario *scenario)
{
	for (const struct session *session = scenario->sessions; session; session = session->next) {
		for (const struct item *item = session->items; item; item = item->next) {
			const struct text_list *to;

			if (!item->message)
				continue;
			to = item->recipients ? item->recipients : item->message->recipients;
			for (; to; to = to->next)
				truth_add(truth, item->message->name, to->text, 0);
		}
	}
}
