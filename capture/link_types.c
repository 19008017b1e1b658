/* SPDX-License-Identifier: MIT */
#include "link_types.h"

#include <pcap/dlt.h>

bool link_is_read(int link)
{
	switch (link) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_PPP_ETHER:
	case DLT_C_HDLC:
	case DLT_MPLS:
	case DLT_NFLOG:
	case DLT_PKTAP:
	case DLT_PFLOG:
	case DLT_ENC:
		return true;
	default:
		return false;
	}
}
