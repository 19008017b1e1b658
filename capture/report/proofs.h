/* SPDX-License-Identifier: MIT */
/*
 * proofs: by which frames the verdict on an attempt is proven, in words.
 */
#ifndef SMTPSCOPE_REPORT_PROOFS_H
#define SMTPSCOPE_REPORT_PROOFS_H

#include "report/scene.h"

/** Adds what proves the verdict on the attempt of SCENE, as a clause without its full stop. */
void proof_of(const struct scene *scene, struct prose *out);

#endif
