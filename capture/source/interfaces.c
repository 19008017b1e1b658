/* SPDX-License-Identifier: MIT */
#include "interfaces.h"

#include "bounds.h"
#include "record_time.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#define FIRST_CAPACITY 4
#define LINKTYPE_RAW 101 /* the one known link type whose DLT_ value differs */

#define DECIMAL_MAX 19 /* exponents of which a second's units fit 64 bits */
#define BINARY_MAX 63
#define BINARY_NS 34 /* and of which they still do as nanoseconds */
#define MICROSECONDS 6

enum option {
	OPTION_END = 0,
	OPTION_RESOLUTION = 9,
	OPTION_OFFSET = 14,
	OPTION_INTERFACE_DROPPED = 5,
	OPTION_SYSTEM_DROPPED = 7,
};

void interfaces_free(struct interfaces *interfaces)
{
	free(interfaces->all);
}

/* The next option, its value in OUT; OPTION_END behind the last one and where they are broken. */
static uint16_t option_next(struct ordered *options, struct ordered *out)
{
	uint16_t code = ordered_u16(options);
	uint16_t len = ordered_u16(options);

	*out = ordered_at(cursor_bytes(&options->c, len), options->is_little_endian);
	cursor_skip(&options->c, -len & 3u);
	return options->c.is_short ? OPTION_END : code;
}

static bool set_resolution(struct interface *interface, uint8_t value)
{
	interface->is_binary = (value & 0x80) != 0;
	interface->exponent = value & 0x7f;
	if (interface->exponent > (interface->is_binary ? BINARY_MAX : DECIMAL_MAX))
		return false;
	interface->units = 1;
	for (int i = 0; i < interface->exponent; i++)
		interface->units *= interface->is_binary ? 2 : 10;
	return true;
}

static const char *options_read(struct interface *interface, struct ordered options)
{
	struct ordered value;

	for (;;) {
		switch (option_next(&options, &value)) {
		case OPTION_END:
			return NULL;
		case OPTION_RESOLUTION:
			if (!set_resolution(interface, cursor_u8(&value.c)))
				return "an interface counts time in units that are too small";
			break;
		case OPTION_OFFSET:
			interface->offset_s = (int64_t)ordered_u64(&value);
			break;
		}
	}
}

static bool append(struct interfaces *interfaces, struct interface interface)
{
	if (interfaces->n == interfaces->capacity) {
		uint32_t capacity =
			interfaces->capacity ? interfaces->capacity * 2 : FIRST_CAPACITY;
		struct interface *all = realloc(interfaces->all, capacity * sizeof *all);
		if (!all)
			return false;
		interfaces->all = all;
		interfaces->capacity = capacity;
	}
	interfaces->all[interfaces->n++] = interface;
	return true;
}

bool interfaces_add_link(struct interfaces *interfaces, int link)
{
	return append(interfaces, (struct interface){.link = link});
}

const char *interfaces_add(struct interfaces *interfaces, struct ordered body)
{
	struct interface interface = {.link = ordered_u16(&body)};

	(void)ordered_u16(&body);
	interface.snaplen = ordered_u32(&body);
	if (body.c.is_short)
		return "the description of an interface is too short";
	if (interface.link == LINKTYPE_RAW)
		interface.link = DLT_RAW;
	(void)set_resolution(&interface, MICROSECONDS);
	const char *problem = options_read(&interface, body);
	if (problem)
		return problem;
	if (interfaces->n == LIMIT_INTERFACES)
		return "more interfaces than are read";
	return append(interfaces, interface) ? NULL : "no memory";
}

/* The counts go on from block to block: the highest is the newest, also when read again. */
void interfaces_note_dropped(struct interfaces *interfaces, uint32_t index, struct ordered body)
{
	struct interface *interface = &interfaces->all[index];
	struct ordered value;
	uint64_t dropped = 0;

	(void)ordered_u64(&body); /* when */
	for (uint16_t code; (code = option_next(&body, &value)) != OPTION_END;)
		if (code == OPTION_INTERFACE_DROPPED || code == OPTION_SYSTEM_DROPPED)
			dropped += ordered_u64(&value);
	if (dropped > interface->dropped) {
		interfaces->dropped += dropped - interface->dropped;
		interface->dropped = dropped;
	}
}

/* FRACTION is less than a second's units. */
static int64_t fraction_ns(const struct interface *interface, uint64_t fraction)
{
	const uint64_t ns = (uint64_t)NS_PER_SECOND;

	if (!interface->is_binary)
		return (int64_t)(interface->units <= ns ? fraction * (ns / interface->units)
							: fraction / (interface->units / ns));
	if (interface->exponent <= BINARY_NS)
		return (int64_t)(fraction * ns >> interface->exponent);
	return (int64_t)((fraction >> (interface->exponent - BINARY_NS)) * ns >> BINARY_NS);
}

int64_t interface_time_ns(const struct interface *interface, uint64_t time)
{
	uint64_t seconds = time / interface->units;
	int64_t ns = fraction_ns(interface, time % interface->units);
	int64_t sum;

	if (seconds > INT64_MAX)
		seconds = INT64_MAX;
	if (__builtin_add_overflow((int64_t)seconds, interface->offset_s, &sum))
		sum = interface->offset_s < 0 ? 0 : INT64_MAX;
	return record_time_ns(sum, ns);
}
