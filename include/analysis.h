/* SPDX-License-Identifier: MIT */
/*
 * analysis: the whole way from packets to deliveries, put together once.
 *
 * Feed it from a source in batches; between batches everything that is known so far may be
 * read. Live and file differ only in the source.
 */
#ifndef SMTPSCOPE_ANALYSIS_H
#define SMTPSCOPE_ANALYSIS_H

#include "decode.h"
#include "delivery.h"
#include "dialogue.h"
#include "fault.h"
#include "source.h"
#include "tcp.h"

struct packet_log;

struct analysis_options {
	struct delivery_options delivery;
	bool keeps_copies; /* packets that a capture holds twice are taken for two */
	uint64_t seed; /* of the flow table: random, or fixed in tests */
	size_t memory; /* bytes that sessions, attempts and deliveries may take; 0: no bound */
	bool keeps_secrets; /* passwords are kept in the ledger; else only that there were some */
	const struct message_sink *messages; /* takes every message as it goes by; NULL: nobody */
	struct packet_log *log; /* takes every packet; the caller's. NULL: nothing does */
};

/**
 * Whoever remembers ids of sessions, attempts or deliveries between reads. With options.memory they
 * change now and then, within analysis_read(), analysis_update() and analysis_let_go(), when older
 * sessions are let go; what analysis_ledger() and analysis_deliveries() return changes with them.
 */
struct analysis_keeper {
	void *context;
	/* Whether ids may change, and deliveries be brought up to date, now; else it is asked again
	   soon. */
	bool (*may_move)(void *context);
	/* Calls KEEP for sessions that must stay, as what is on the screen. */
	void (*pin)(void *context, void (*keep)(void *to, uint32_t session), void *to);
	/* Ids have changed: see moves.h. What they come from is freed afterwards. */
	void (*moved)(void *context, const struct moves *moves, const struct deliveries *before,
		      const struct deliveries *after);
};

struct analysis;

/** SOURCE stays the caller's and must outlive it. NULL: no memory. */
struct analysis *analysis_new(struct source *source, const struct analysis_options *options);
void analysis_free(struct analysis *analysis);

/**
 * Reads at most MAX_PACKETS packets. Returns what the source said last: SOURCE_PACKET there is
 * more, SOURCE_WAIT poll first, SOURCE_END all was read, SOURCE_WARNING see FAULT
 * (call again to go on).
 */
enum source_state analysis_read(struct analysis *analysis, uint32_t max_packets,
				struct fault *fault);

/** Brings the deliveries up to date; NOW_NS is the live clock, or NO_TIME for the newest packet. */
bool analysis_update(struct analysis *analysis, int64_t now_ns);

/**
 * Takes in MOST of the attempts that changed, or when all was read looks at MOST again, so that the
 * next analysis_update() takes less time; pointers to deliveries are invalid then, too. False:
 * there are no more.
 */
bool analysis_update_some(struct analysis *analysis, uint32_t most);

/** From now on KEEPER, which must outlive ANALYSIS, is asked and told. */
void analysis_set_keeper(struct analysis *analysis, const struct analysis_keeper *keeper);

/**
 * Lets sessions go, at once, until about SHARE (0 to 1) of the memory is taken; which ones are kept
 * stands in capture/delivery/keeping.h. False: no memory for it, or may_move() said no.
 */
bool analysis_let_go(struct analysis *analysis, double share);

/** Bytes that sessions, attempts and deliveries take. */
size_t analysis_memory(const struct analysis *analysis);

/**
 * What stays as it is, whatever is read, until it is released as often as it was held: the ids of
 * sessions, attempts and deliveries; or these and the deliveries themselves, which no update changes
 * then, that at the end of the input neither: one has to follow.
 */
enum analysis_held { HELD_IDS, HELD_DELIVERIES, HELD_KINDS };
void analysis_hold(struct analysis *analysis, enum analysis_held what);
void analysis_release(struct analysis *analysis, enum analysis_held what);

struct source *analysis_source(struct analysis *analysis);
struct ledger *analysis_ledger(struct analysis *analysis);
struct deliveries *analysis_deliveries(struct analysis *analysis);
const struct tcp_counts *analysis_tcp(const struct analysis *analysis);
const struct dialogue_counts *analysis_dialogues(const struct analysis *analysis);
uint64_t analysis_packets(const struct analysis *analysis);
uint64_t analysis_skipped(const struct analysis *analysis, enum skip_reason reason);

/** The newest time seen, and whether the input has ended. */
int64_t analysis_now(const struct analysis *analysis);
bool analysis_is_over(const struct analysis *analysis);

/** Where packets are written to as they come; NULL: nowhere. */
const struct packet_log *analysis_log(const struct analysis *analysis);

#endif
