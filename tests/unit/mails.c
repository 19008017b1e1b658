/* SPDX-License-Identifier: MIT */
#include "mails.h"

#include <stdio.h>

const char mail_text[] = "Message-ID: <1@x>\r\nDate: today\r\nSubject: s\r\n\r\nhello\r\n.\r\n";

const struct mail mail_unanswered = {"a@x", "b@y", mail_text, NULL};

void mail_send(struct play *play, const struct mail *mail, double seconds)
{
	if (play->count) {
		play_wait(play, seconds);
		play_reconnect(play, (uint16_t)(play->ends[SIDE_CLIENT].port + 1));
	}
	play_open(play);
	play_envelope(play, mail->sender, mail->recipient);
	play_say(play, SIDE_CLIENT, mail->text);
	play_ack(play, SIDE_SERVER);
	if (mail->reply) {
		play_say(play, SIDE_SERVER, mail->reply);
		play_ack(play, SIDE_CLIENT);
	} else {
		play_wait(play, 90);
	}
	play_fin(play, SIDE_CLIENT);
	play_fin(play, SIDE_SERVER);
	play_ack(play, SIDE_CLIENT);
}

void mail_refuse(struct play *play, const char *sender, const char *recipient)
{
	char line[100];

	if (play->count)
		play_reconnect(play, (uint16_t)(play->ends[SIDE_CLIENT].port + 1));
	play_open(play);
	play_say(play, SIDE_SERVER, "220 mx\r\n");
	snprintf(line, sizeof line, "MAIL FROM:<%s> SIZE=100\r\n", sender);
	play_say(play, SIDE_CLIENT, line);
	play_say(play, SIDE_SERVER, "250 ok\r\n");
	snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", recipient);
	play_say(play, SIDE_CLIENT, line);
	play_say(play, SIDE_SERVER, "450 come again\r\n");
	play_say(play, SIDE_CLIENT, "QUIT\r\n");
	play_say(play, SIDE_SERVER, "221 bye\r\n");
	play_fin(play, SIDE_CLIENT);
	play_fin(play, SIDE_SERVER);
	play_ack(play, SIDE_CLIENT);
}

uint32_t mail_deliveries(const struct heard *heard, const struct delivery **newest)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < deliveries_count(heard->deliveries); i++) {
		const struct delivery *delivery = delivery_get(heard->deliveries, i);
		if (!delivery->try_count)
			continue;
		count++;
		*newest = delivery;
	}
	return count;
}
