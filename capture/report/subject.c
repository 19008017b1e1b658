/* SPDX-License-Identifier: MIT */
#include "story.h"

static enum vantage ask_deliveries(const void *context, const struct session *session)
{
	const char *reason;

	return deliveries_vantage(context, session, &reason);
}

static bool ask_views(const void *context, const struct try *try, struct views *out)
{
	return deliveries_views(context, try, out);
}

struct subject subject_of(const struct ledger *ledger, const struct deliveries *deliveries,
			  const struct delivery *delivery, int64_t now_ns, bool is_over)
{
	return (struct subject){
		.ledger = ledger,
		.delivery = delivery,
		.timer_ns = deliveries_timer(deliveries),
		.now_ns = deliveries_until(deliveries, delivery, now_ns),
		.recipients = deliveries_recipients(deliveries, delivery),
		.is_over = is_over,
		.vantage = ask_deliveries,
		.views = ask_views,
		.context = deliveries,
	};
}
