/* SPDX-License-Identifier: MIT */
/*
 * dialogue - a session's lines -> its script: the default dialogue (RFC 5321, LMTP RFC 2033, BDAT
 * RFC 3030, pipelining RFC 2920) around its messages, with the replies that the scenario asks for,
 * and its own lines as they are.
 *
 * The greeting (banner, EHLO) comes of itself where the first line is `deliver` or `starttls`, QUIT
 * where the last one is `deliver`. Without a line that says when the client closes, it closes at
 * the end.
 */
#ifndef FORGE_DIALOGUE_H
#define FORGE_DIALOGUE_H

#include "script.h"

/** Writes the session's script; `random` is the session's own. Free it with forge_script_release().
 */
void forge_dialogue_write(const struct scenario *scenario, const struct session *session,
			  struct random random, struct script *script);

#endif
