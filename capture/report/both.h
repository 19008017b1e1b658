/* SPDX-License-Identifier: MIT */
/*
 * both: what two captures of one attempt say together, in words.
 *
 * A scene is that of the capture nearer to the client. Where the far one proves something, its
 * frames are named with their file.
 */
#ifndef SMTPSCOPE_REPORT_BOTH_H
#define SMTPSCOPE_REPORT_BOTH_H

#include "report/scene.h"

/**
 * The proof, where only both captures give it: a clause, as those of the other verdicts. False:
 * nothing was added, the near capture proves it alone.
 */
bool both_prove(const struct scene *scene, struct prose *out);

/**
 * Where the time of a long wait went: up, in the server, back, and how well the clocks agree; from
 * one capture, what of it was the line's at most. Or nothing, where that cannot be told.
 */
void both_split(const struct scene *scene, struct prose *out);

/** Which file is which, where the attempts lie in several: their frames are told with its number. */
void both_name_files(const struct subject *subject, struct prose *out);

#endif
