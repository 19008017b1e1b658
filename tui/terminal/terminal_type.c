/* SPDX-License-Identifier: MIT */
#include "terminal/terminal_type.h"

#include <curses.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

bool terminal_type_check(struct fault *fault)
{
	const char *type = getenv("TERM");
	int result = 0;
	if (!type || !*type)
		return fault_set(fault, FAULT_OPEN,
				 "TERM is not set, so the terminal is unknown; --report text "
				 "needs none");
	if (setupterm(type, STDOUT_FILENO, &result) != OK)
		return fault_set(fault, FAULT_OPEN,
				 "terminal type '%s' is unknown here; set TERM to another (xterm, "
				 "vt100), or use --report text",
				 type);
	bool can_move = cursor_address != NULL;
	del_curterm(cur_term);
	if (!can_move)
		return fault_set(fault, FAULT_OPEN,
				 "a terminal of type '%s' cannot show screens; use --report text",
				 type);
	return true;
}
