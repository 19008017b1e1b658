/* SPDX-License-Identifier: MIT */
/*
 * link_types: which link layers are read, by libpcap's DLT_ values.
 *
 * A source refuses an input whose packets nobody could decode, and decode enters exactly these;
 * so both ask here, and neither calls the other.
 */
#ifndef SMTPSCOPE_LINK_TYPES_H
#define SMTPSCOPE_LINK_TYPES_H

#include <stdbool.h>

/** Whether packets of LINK are decoded. */
bool link_is_read(int link);

#endif
