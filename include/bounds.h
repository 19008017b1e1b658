/* SPDX-License-Identifier: MIT */
/*
 * Every bound that hostile or merely large input can reach, in one place.
 *
 * Whoever reaches one counts it and goes on; the counts are shown. (Not called limits.h, which
 * would hide the C library's.)
 */
#ifndef SMTPSCOPE_BOUNDS_H
#define SMTPSCOPE_BOUNDS_H

/* source */
#define LIMIT_SOURCES 64                   /* files and interfaces opened at once */
#define LIMIT_SNAPLEN 262144               /* bytes of one packet, as libpcap's own maximum */
#define LIMIT_RECORD (16u << 20)           /* bytes of one record of a file, as libpcap's own bound
					      for a pcapng block */
#define LIMIT_INTERFACES (1u << 16)        /* described in one file, in all its sections */
#define LIMIT_ZSTD_WINDOW_LOG 27           /* 128 MiB of what was unpacked, as zstd's own default */

/* decode */
#define LIMIT_LINK_DEPTH 16                /* VLAN tags, labels and tunnels inside each other */
#define LIMIT_IPV6_EXTENSIONS 16           /* extension headers of one packet */
#define LIMIT_DATAGRAMS 256                /* datagrams being put together from fragments */
#define LIMIT_UNSEGMENTED (1u << 20)       /* bytes of one that leaves segmentation to a network
					      card: twice what Linux does */
#define LIMIT_FRAGMENT_PARTS 64            /* fragments of one datagram whose frames are known */
#define LIMIT_DATAGRAM_BYTES 65535         /* the largest one (RFC 791 3.1) */
#define LIMIT_FRAGMENT_AGE_NS (INT64_C(60) * 1000000000) /* RFC 8200 4.5: 60 seconds */
#define LIMIT_SIGHTINGS 2048               /* newest packets among which a copy is looked for */
#define LIMIT_DIRECTIONS 4096              /* directions of connections whose newest packet
					      is known */
#define LIMIT_TWICE_NS (INT64_C(10) * 1000000) /* between two captures of one packet: a mirror port
						  takes microseconds, a firewall milliseconds */
#define LIMIT_TWICE_SURE_NS INT64_C(1000000)   /* the same, where less tells them from packets that
						  were sent again: no retransmission timer is
						  so short */
#define LIMIT_TWICE_HOPS 8                 /* routers between two captures of one packet */

/* tcp */
#define LIMIT_CONNECTIONS (1u << 20)       /* connections followed at once */
#define LIMIT_EARLY_BYTES (256u << 10)     /* early bytes kept for one direction */
#define LIMIT_EARLY_SEGMENTS 1024u         /* early segments kept for one direction */
#define LIMIT_EARLY_TOTAL (64u << 20)      /* early bytes kept in all */
#define LIMIT_EARLY_WAIT_NS INT64_C(1000000000) /* how long bytes that the other side has
						   acknowledged may be missing before they
						   count as lost by the capture: taps reorder
						   by milliseconds */
#define LIMIT_HANDED 32768u                /* segments handed on whose later copies are compared
					      with them, over all connections */
#define LIMIT_JUMP (INT64_C(64) << 20)     /* bytes that an ACK or RST may lie beyond all that was
					      seen or acknowledged: more than a window is no
					      loss but a forged or broken segment */
#define LIMIT_WATCHES 4                    /* watched positions of one direction */
#define LIMIT_LINGER_NS INT64_C(1000000000)      /* a closed connection stays this long for late
						    segments */
#define LIMIT_LINGER_RESET_NS (INT64_C(60) * 1000000000) /* one that was reset while an answer
						    was awaited: the answer may still come */

/* smtp */
#define LIMIT_LINE 4096                    /* bytes of a command or reply line that are kept; RFC
					      5321 4.5.3.1 asks for 512, extensions for more */
#define LIMIT_TEXT 512                     /* bytes of a text that is kept for showing */
#define LIMIT_QUEUE 2048                   /* commands awaiting their replies */
#define LIMIT_HELD (64u << 10)             /* client bytes held until DATA is answered */
#define LIMIT_RECIPIENTS 1000              /* recipients kept of one transaction */
#define LIMIT_SESSION_EVENTS 100000        /* events kept of one session */
#define LIMIT_REPEATS 64                   /* repeated facts (retransmissions) kept as single
					      events; later ones only count */
#define LIMIT_SNIFF (4u << 10)             /* bytes looked at to tell whether it is SMTP */

/* delivery */
#define LIMIT_ATTEMPTS 1000                /* attempts of one delivery that are joined */
#define LIMIT_JOIN 32                      /* newest attempts of one message, or of one client, that
					      another is compared with */
#define LIMIT_JOIN_SORT 256                /* how many of them a late one is put in front of */
#define LIMIT_PARTIES 16384                /* servers, and senders, that are counted apart */
#define LIMIT_SENDER_NAMES 16              /* names of one address that are taken for senders of
					      their own */
#define LIMIT_GIVE_UPS 64                  /* newest give-ups of a sender that its timer is
					      guessed from */

/* filter: what a user wrote */
#define LIMIT_FILTER_TEXT 1000             /* bytes of one */
#define LIMIT_FILTER_NODES 128             /* tests, and what joins them */
#define LIMIT_FILTER_DEPTH 32              /* parentheses and nots inside each other */
#define LIMIT_REGEX 256                    /* characters that repetitions add to a regular
					      expression when they are written out */
#define LIMIT_REGEX_WIDE 64                /* its pieces that fit more than one character, with
					      their repetitions: what the C library keeps of a
					      text of LIMIT_TEXT is then 80 MB at worst */
#define LIMIT_REGEX_DEPTH 32               /* its parentheses inside each other */

/* report */
#define LIMIT_HOST_NAMES 256               /* that a user has given */
#define LIMIT_PATCHES (1u << 22)           /* stretches of redacted slices that are not blanked */
#define LIMIT_EXPORT_FILES 64              /* exported messages whose files are open at once */
#define LIMIT_WIRE_BYTES (256u << 10)      /* bytes of one session that are read again and kept, or
					      twice what is wanted of a message, if that is more */
#define LIMIT_WIRE_BODY (8u << 20)         /* bytes of one message that can be wanted */
#define LIMIT_WIRE_SEGMENTS (64u << 10)    /* its segments that are kept */

#endif
