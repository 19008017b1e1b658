/* SPDX-License-Identifier: MIT */
#include "delivery.h"

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOMES] = {
		[OUTCOME_UNKNOWN] = "unknown",
		[OUTCOME_ACCEPTED] = "accepted",
		[OUTCOME_REJECTED] = "rejected",
		[OUTCOME_UNACKNOWLEDGED] = "unacknowledged",
		[OUTCOME_INCOMPLETE] = "incomplete",
		[OUTCOME_ENCRYPTED] = "encrypted",
	};
	return names[outcome];
}

const char *cause_name(enum cause cause)
{
	static const char *const names[CAUSES] = {
		[CAUSE_NONE] = "",
		[CAUSE_CAPTURE_GAP] = "capture-gap",
		[CAUSE_REPLY_LOST] = "reply-lost",
		[CAUSE_REPLY_LATE] = "reply-late",
		[CAUSE_REPLY_PARTIAL] = "reply-partial",
		[CAUSE_SERVER_CLOSED] = "server-closed",
		[CAUSE_SERVER_SILENT] = "server-silent",
		[CAUSE_NO_REPLY] = "no-reply",
		[CAUSE_NOT_RECEIVED] = "not-received",
		[CAUSE_STILL_WAITING] = "still-waiting",
		[CAUSE_CLIENT_CLOSED] = "client-closed",
		[CAUSE_DATA_STALLED] = "data-stalled",
		[CAUSE_STILL_SENDING] = "still-sending",
		[CAUSE_SENT_AGAIN] = "sent-again",
		[CAUSE_ANSWERED_BETWEEN] = "answered-between",
	};
	return names[cause];
}

const char *vantage_name(enum vantage vantage)
{
	switch (vantage) {
	case VANTAGE_UNKNOWN:
		return "unknown";
	case VANTAGE_CLIENT:
		return "client";
	case VANTAGE_SERVER:
		return "server";
	case VANTAGE_BETWEEN:
		return "between";
	}
	return "";
}

const char *relation_name(enum relation relation)
{
	switch (relation) {
	case RELATION_FIRST:
		return "first";
	case RELATION_RESEND:
		return "resend";
	case RELATION_RETRY:
		return "retry";
	case RELATION_SENT_AGAIN:
		return "sent-again";
	}
	return "";
}

const char *certainty_name(enum certainty certainty)
{
	switch (certainty) {
	case JOIN_CERTAIN:
		return "certain";
	case JOIN_LIKELY:
		return "likely";
	case JOIN_POSSIBLE:
		return "possible";
	}
	return "";
}

const char *state_name(enum delivery_state state)
{
	static const char *const names[STATES] = {
		[STATE_DUPLICATED] = "duplicated",
		[STATE_MAYBE_DUPLICATED] = "maybe-duplicated",
		[STATE_IN_DOUBT] = "in-doubt",
		[STATE_UNDELIVERED] = "undelivered",
		[STATE_DELIVERED] = "delivered",
	};
	return names[state];
}
