/* SPDX-License-Identifier: MIT */
/*
 * model: all that screens read. Owned by the application, handed around as const.
 */
#ifndef SMTPSCOPE_TUI_MODEL_H
#define SMTPSCOPE_TUI_MODEL_H

#include "analysis.h"
#include "view/when.h"

struct notes;
struct tally;

struct model {
	struct analysis *analysis;
	const struct ledger *ledger;
	const struct notes *notes;
	const struct tally *tally; /* of servers and senders, as of the newest look at them; NULL */
	struct deliveries *deliveries;
	int64_t reference_ns; /* the moment that times count from; NO_TIME: the first packet's */
	int64_t origin_ns;     /* the first packet's time; NO_TIME before it */
	int64_t now_ns;	       /* the newest packet, or the live clock */
	enum when_format when; /* how times are shown */
	bool is_ascii;
	bool is_live;
	bool is_growing;	/* files are read on as they grow */
	const char *watched;	/* the BPF expression of an interface; NULL: the default */
	bool shows_secrets; /* passwords are not masked */
	bool is_loading; /* the input has not ended, and is not live */
};

/** An empty MODEL over ANALYSIS, which stays the caller's. */
static inline struct model model_over(struct analysis *analysis)
{
	return (struct model){
		.analysis = analysis,
		.ledger = analysis_ledger(analysis),
		.deliveries = analysis_deliveries(analysis),
		.reference_ns = NO_TIME,
		.origin_ns = NO_TIME,
		.now_ns = NO_TIME,
	};
}

#endif
