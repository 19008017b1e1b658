/* SPDX-License-Identifier: MIT */
/*
 * script: the program driven by a text, on a virtual terminal and clock.
 *
 * One command a line; # begins a comment.
 *
 *     press Down Enter ^D ?     keys by their names, see press_by_name()
 *     type bob@example          every character of the rest of the line as a key
 *     click 5 10                the mouse at row and column, from 0
 *     resize 60x15              columns x rows; 80x24 at the start
 *     clock +90s                lets time pass for what plays
 *     wait loaded               reads the input to its end; what is being saved is written too
 *     dump FILE                 the screen as text; - is standard output
 *     dump-attr FILE            the style of every cell as a letter
 *     dump-copied FILE          what was copied last
 *
 * Sorting and the like is done at once, however many the rows: no time passes for it.
 *
 * Files are opened when the script is read, before privileges are dropped.
 */
#ifndef SMTPSCOPE_TUI_SCRIPT_H
#define SMTPSCOPE_TUI_SCRIPT_H

#include "app.h"

struct script;

/** Reads the script at PATH. NULL: FAULT names file, line and what was expected. */
struct script *script_read(const char *path, struct fault *fault);
void script_free(struct script *script);

/** Runs it on APP. False: no memory, or a screen could not be written. */
bool script_run(struct script *script, struct app *app, struct fault *fault);

#endif
