/* SPDX-License-Identifier: MIT */
#include "timers.h"

/* Seconds for connect, greeting, hello, MAIL, RCPT, DATA, block, end of data. What the software
 * does as it is delivered; its administrator may have set something else. */
static const struct known_timer known[] = {
	{"RFC 5321", "the least it asks for, 4.5.3.2", {0, 300, 300, 300, 300, 120, 180, 600}},
	{"MSN", "Q154083", {0, 0, 0, 0, 0, 0, 0, 90}},
	{"Postfix",
	 "smtp_connect_timeout to smtp_data_done_timeout",
	 {30, 300, 300, 300, 300, 120, 180, 600}},
	{"Exim",
	 "connect_timeout, command_timeout, data_timeout, final_timeout",
	 {300, 300, 300, 300, 300, 300, 300, 600}},
	{"Sendmail", "Timeout.initial to Timeout.datafinal", {0, 300, 300, 600, 3600, 300, 3600, 3600}},
	{"Sendmail on Debian",
	 "confTO_ICONNECT, confTO_MAIL and confTO_DATAINIT of debian-mta.m4",
	 {120, 300, 300, 120, 3600, 120, 3600, 3600}},
	{"Courier",
	 "esmtptimeoutconnect, esmtptimeouthelo, esmtptimeout, esmtptimeoutdata",
	 {60, 300, 300, 600, 600, 600, 300, 300}},
	{"nullmailer", "sendtimeout, for the whole try", {0, 0, 0, 0, 0, 0, 0, 3600}},
	{"qmail",
	 "control/timeoutconnect and timeoutremote",
	 {60, 1200, 1200, 1200, 1200, 1200, 1200, 1200}},
	{"OpenSMTPD", "mta_session.c", {300, 300, 300, 300, 300, 300, 300, 300}},
	{"Haraka outbound", "connect_timeout", {30, 30, 30, 30, 30, 30, 30, 30}},
	{"Haraka forwarding", "smtp_client.js", {30, 300, 300, 300, 300, 300, 300, 300}},
	{"dma", "dma.h CON_TIMEOUT", {300, 300, 300, 300, 300, 300, 300, 300}},
	{"Exchange",
	 "send connector, ConnectionInactivityTimeOut",
	 {0, 600, 600, 600, 600, 600, 600, 600}},
	{"Stalwart", "its connection strategy", {300, 300, 300, 300, 300, 600, 0, 600}},
	{"masqmail", "smtp_out.h", {0, 300, 300, 300, 300, 300, 300, 600}},
	{"Outlook and Outlook Express",
	 "server timeout, 1 minute",
	 {0, 60, 60, 60, 60, 60, 60, 60}},
	{"Swiftmailer", "its timeout, 30 s", {30, 30, 30, 30, 30, 30, 30, 30}},
	{"curl", "pingpong.h, RESP_TIMEOUT", {0, 120, 120, 120, 120, 120, 0, 120}},
	{"Perl's Net::SMTP (git send-email)",
	 "its Timeout, 120 s",
	 {120, 120, 120, 120, 120, 120, 120, 120}},
	{"swaks", "--timeout, 30 s", {30, 30, 30, 30, 30, 30, 30, 30}},
	{"aiosmtplib", "its timeout, 60 s", {60, 60, 60, 60, 60, 60, 60, 60}},
	{"lettre", "its timeout, 60 s", {60, 60, 60, 60, 60, 60, 60, 60}},
};

/* Round times that people set. */
static const int64_t usual_s[] = {10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1200,
				  1800, 3600};

#define TOLERANCE_NS (2 * NS_PER_SECOND)
#define TOLERANCE_PART 50 /* 2 % */
#define SHORT_NS (20 * NS_PER_SECOND)
#define SHORT_PART 10 /* of timers so short that 2 s are much of them */

const char *wait_kind_name(enum wait_kind kind)
{
	static const char *const names[WAITS] = {
		[WAIT_CONNECT] = "connect", [WAIT_GREETING] = "greeting", [WAIT_HELLO] = "hello",
		[WAIT_MAIL] = "mail",	    [WAIT_RCPT] = "rcpt",	  [WAIT_DATA] = "data",
		[WAIT_BLOCK] = "block",	    [WAIT_EOD] = "eod",
	};

	return names[kind];
}

const char *wait_kind_words(enum wait_kind kind)
{
	static const char *const words[WAITS] = {
		[WAIT_CONNECT] = "the connection",
		[WAIT_GREETING] = "the greeting",
		[WAIT_HELLO] = "the reply to EHLO",
		[WAIT_MAIL] = "the reply to MAIL",
		[WAIT_RCPT] = "the reply to RCPT",
		[WAIT_DATA] = "the reply to DATA",
		[WAIT_BLOCK] = "the server to take the message",
		[WAIT_EOD] = "the reply to the end of data",
	};

	return words[kind];
}

int64_t timer_minimum(enum wait_kind kind)
{
	return known[0].seconds[kind] * NS_PER_SECOND;
}

const struct known_timer *known_timer(size_t index)
{
	return index < sizeof known / sizeof *known ? &known[index] : NULL;
}

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

bool timer_is_near(int64_t observed_ns, int64_t timer_ns)
{
	int64_t allowed_ns = timer_ns / TOLERANCE_PART;

	if (timer_ns < SHORT_NS)
		allowed_ns = timer_ns / SHORT_PART;
	else if (allowed_ns < TOLERANCE_NS)
		allowed_ns = TOLERANCE_NS;
	return timer_ns > 0 && distance(observed_ns, timer_ns) <= allowed_ns;
}

/* The nearer one of BEST (0: none yet) and the timer of SECONDS. */
static int64_t nearer(int64_t observed_ns, int64_t best_ns, int64_t seconds)
{
	int64_t timer_ns = seconds * NS_PER_SECOND;

	if (!timer_is_near(observed_ns, timer_ns))
		return best_ns;
	if (best_ns && distance(observed_ns, best_ns) <= distance(observed_ns, timer_ns))
		return best_ns;
	return timer_ns;
}

int64_t timer_snap(enum wait_kind kind, int64_t observed_ns)
{
	int64_t best_ns = 0;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		best_ns = nearer(observed_ns, best_ns, known[i].seconds[kind]);
	for (size_t i = 0; i < sizeof usual_s / sizeof *usual_s; i++)
		best_ns = nearer(observed_ns, best_ns, usual_s[i]);
	return best_ns;
}
