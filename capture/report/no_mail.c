/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "report/scene.h"

#include <stdio.h>

bool report_no_mail(struct analysis *analysis, char out[static NO_MAIL_TEXT])
{
	const struct dialogue_counts *dialogues = analysis_dialogues(analysis);
	struct prose prose;

	if (ledger_session_count(analysis_ledger(analysis)) ||
	    deliveries_let_go(analysis_deliveries(analysis))->sessions)
		return false;
	prose_clear(&prose);
	prose_add(&prose, "no mail: %s, %s", plural_words(analysis_packets(analysis), "packet").s,
		  plural_words(dialogues->connections, "TCP connection").s);
	if (dialogues->connections)
		prose_add(&prose, ", none of them SMTP");
	const char *joint = "; ";
	for (int i = 0; i < SKIP_REASONS; i++) {
		uint64_t count = analysis_skipped(analysis, (enum skip_reason)i);
		if (!count)
			continue;
		prose_add(&prose, "%s%s passed over: %s", joint, plural_words(count, "packet").s,
			  skip_reason_name((enum skip_reason)i));
		joint = ", ";
	}
	snprintf(out, NO_MAIL_TEXT, "%.*s", NO_MAIL_TEXT - 1, prose.text);
	return true;
}
