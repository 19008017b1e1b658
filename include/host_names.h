/* SPDX-License-Identifier: MIT */
/*
 * host_names: what a user calls hosts and networks, for screens, reports and filters.
 *
 *     192.0.2.0/24 Outlook pool        192.0.2.17 the slow one        [2001:db8::1]:2525 test
 *
 * Of several that fit an address the narrowest counts: a port before none, more bits before fewer;
 * of two alike the later one.
 */
#ifndef SMTPSCOPE_HOST_NAMES_H
#define SMTPSCOPE_HOST_NAMES_H

#include "decode.h"
#include "fault.h"

#include <stdio.h>

#define HOST_NAME 64

struct host_names;

/** None yet. NULL: no memory. */
struct host_names *host_names_new(void);
void host_names_free(struct host_names *names);

/** Takes "ADDRESS[/BITS][:PORT] NAME" in; at most LIMIT_HOST_NAMES. False: see FAULT. */
bool host_names_add(struct host_names *names, const char *text, struct fault *fault);

/** What ENDPOINT is called; "" if nothing. NAMES may be NULL. */
const char *host_names_find(const struct host_names *names, const struct endpoint *endpoint);

/** What was taken in, one as it was written, by its number from 0; NULL: there is none. */
const char *host_names_text(const struct host_names *names, size_t index);

#endif
