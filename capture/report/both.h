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

/** What is known of the attempt of SCENE from two captures. False: there is one alone. */
bool both_of(const struct scene *scene, struct views *out);

/**
 * The attempt of SCENE as the far capture of VIEWS saw it. VERDICT takes its verdict, which is
 * that of SCENE with the events of the far session.
 */
struct scene both_far(const struct scene *scene, const struct views *views,
		      struct verdict *verdict);

/**
 * The proof, where only both captures give it: a clause, as those of the other verdicts. False:
 * nothing was added, the near capture proves it alone.
 */
bool both_prove(const struct scene *scene, struct prose *out);

/** Where the time went: up, in the server, back, and how well the clocks agree. Or nothing. */
void both_split(const struct scene *scene, struct prose *out);

#endif
