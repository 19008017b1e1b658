/* SPDX-License-Identifier: MIT */
#include "report/scene.h"

#include <stdio.h>

/* Who handed the message on, by name and address: "relay.example.net (198.51.100.57)". */
static struct words relay_words(const struct subject *subject)
{
	struct scene scene = scene_of(subject, 0);
	struct words address = address_words(&scene.session->client);

	if (!scene.session->client_name)
		return address;
	struct words name = text_words(subject, scene.session->client_name, 60), both;
	snprintf(both.s, sizeof both.s, "%.400s (%.100s)", name.s, address.s);
	return both;
}

void story_way(const struct subject *subject, struct prose *out)
{
	prose_clear(out);
	if (subject->delivery->hop_of != NO_DELIVERY)
		prose_add(out,
			  "A hop: %s hands on the message of delivery #%u. Its attempts are not "
			  "counted there.",
			  relay_words(subject).s, subject->delivery->hop_number + 1);
	if (subject->recipients > 1) {
		prose_break(out);
		prose_add(out, "The message went to %s: each has a delivery of its own.",
			  plural_words(subject->recipients, "recipient").s);
	}
}

void story_way_short(const struct subject *subject, struct prose *out)
{
	prose_clear(out);
	if (subject->delivery->hop_of != NO_DELIVERY)
		prose_add(out, "handed on by %s", relay_words(subject).s);
	else if (subject->recipients > 1)
		prose_add(out, "one of %s", plural_words(subject->recipients, "recipient").s);
}
