/* SPDX-License-Identifier: MIT */
/*
 * xxh3: the library's XXH3, with the widest registers that this machine has.
 *
 * The library finds them out at run time, where it was built to (its header is there then). With
 * it, digesting every segment costs no more than digesting messages alone did without.
 */
#ifndef SMTPSCOPE_XXH3_H
#define SMTPSCOPE_XXH3_H

#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

#endif
