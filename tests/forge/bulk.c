/* SPDX-License-Identifier: MIT */
#include "bulk.h"

#define HOSTS 4		/* clients, and as many servers */
#define SPACING_US 1300 /* between the starts of two sessions: some ten are open at a time */

void bulk_write_text(struct buffer *text, unsigned long count, unsigned long size)
{
	buffer_printf(text, "scenario \"bulk\"\nstart 1996-11-04 10:00:00 UTC\ndelay 1 ms\ntap at "
			    "the client\n");
	for (unsigned i = 1; i <= HOSTS; i++) {
		buffer_printf(text, "client relay%u 192.0.2.%u name relay%u.msn.example\n", i,
			      10 + i, i);
		buffer_printf(text, "server mx%u 198.51.100.%u name mx%u.example.net\n", i, 20 + i,
			      i);
	}
	for (unsigned long i = 0; i < count; i++) {
		unsigned long start_us = i * SPACING_US;

		buffer_printf(
			text,
			"message m%lu %lu B from user%lu@msn.example to reader%lu@example.net\n", i,
			size, i % 97, i % 9973);
		buffer_printf(text, "session relay%lu -> mx%lu at %lu.%06lu s\n\tdeliver m%lu%s\n",
			      i % HOSTS + 1, i / HOSTS % HOSTS + 1, start_us / 1000000,
			      start_us % 1000000, i, i % 3 ? " pipelined" : "");
	}
}
