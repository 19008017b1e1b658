/* SPDX-License-Identifier: MIT */
#include "list/rows.h"

const struct rows_kind *const rows_kinds[ROWS_KINDS] = {
	&rows_deliveries,
	&rows_sessions,
	&rows_servers,
	&rows_senders,
	&rows_notes,
};
