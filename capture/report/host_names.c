/* SPDX-License-Identifier: MIT */
#include "host_names.h"

#include "report/filter_value.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS_TEXT 64

struct host_name {
	struct filter_address address;
	char text[ADDRESS_TEXT + HOST_NAME]; /* as it was written */
	const char *name;		     /* its end */
};

struct host_names {
	struct host_name all[LIMIT_HOST_NAMES];
	size_t count;
};

struct host_names *host_names_new(void)
{
	return calloc(1, sizeof(struct host_names));
}

void host_names_free(struct host_names *names)
{
	free(names);
}

bool host_names_add(struct host_names *names, const char *text, struct fault *fault)
{
	char address[ADDRESS_TEXT];
	size_t n = strcspn(text, " \t");
	size_t blanks = strspn(text + n, " \t");
	struct host_name *host = &names->all[names->count];

	if (names->count == LIMIT_HOST_NAMES)
		return fault_set(fault, FAULT_USAGE, "more than %d names of hosts",
				 LIMIT_HOST_NAMES);
	snprintf(address, sizeof address, "%.*s", (int)n, text);
	if (n >= sizeof address || !filter_address(address, &host->address))
		return fault_set(fault, FAULT_USAGE,
				 "a host is named by its address and the name, such as "
				 "192.0.2.0/24 Outlook pool; '%s' is no address", address);
	if (!text[n + blanks])
		return fault_set(fault, FAULT_USAGE, "what is %s to be called?", address);
	if (strlen(text + n + blanks) >= HOST_NAME || strlen(text) >= sizeof host->text)
		return fault_set(fault, FAULT_USAGE, "the name of %s is too long", address);
	snprintf(host->text, sizeof host->text, "%s", text);
	host->name = host->text + n + blanks;
	names->count++;
	return true;
}

static bool is_narrower(const struct filter_address *a, const struct filter_address *b)
{
	return a->has_port != b->has_port ? a->has_port : a->bits >= b->bits;
}

const char *host_names_find(const struct host_names *names, const struct endpoint *endpoint)
{
	const struct host_name *best = NULL;

	for (size_t i = 0; names && i < names->count; i++) {
		const struct host_name *host = &names->all[i];
		if (filter_address_fits(&host->address, endpoint) &&
		    (!best || is_narrower(&host->address, &best->address)))
			best = host;
	}
	return best ? best->name : "";
}

const char *host_names_text(const struct host_names *names, size_t index)
{
	return names && index < names->count ? names->all[index].text : NULL;
}
