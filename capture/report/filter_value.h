/* SPDX-License-Identifier: MIT */
/*
 * filter_value: values of a filter, from what was written to what is compared. Each function
 * returns false if the text is none of its kind; the caller knows what to say.
 */
#ifndef SMTPSCOPE_REPORT_FILTER_VALUE_H
#define SMTPSCOPE_REPORT_FILTER_VALUE_H

#include "report/filter_tree.h"

/** "250"; with HAS_PLACES also "4xx" and "45x". */
bool filter_number(const char *text, bool has_places, struct filter_range *out);

/** "90", "90s", "1.5m": OUT is what rounds to it, EXACT the value itself. */
bool filter_duration(const char *text, struct filter_range *out, int64_t *exact_ns);

/** "27212", "27k", "1.4M": what begins so. */
bool filter_size(const char *text, struct filter_range *out);

/** "10:02:30.5", "2026-11-24", "2026-11-24T10:02+01:00". CLOCK is set where there is no date. */
bool filter_time(const char *text, struct filter_range *out, struct filter_clock *clock);

/** "192.0.2.1", "192.0.2.0/24", "192.0.2.1:25", "2001:db8::1", "[2001:db8::1]:25". */
bool filter_address(const char *text, struct filter_address *out);

/** Whether ENDPOINT is ADDRESS, or within it. */
bool filter_address_fits(const struct filter_address *address, const struct endpoint *endpoint);

/** Whether TEXT has only characters of IPv4 addresses, ports and lengths: it is no name. */
bool filter_is_numeric(const char *text);

#endif
