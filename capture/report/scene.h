/* SPDX-License-Identifier: MIT */
/*
 * scene: one attempt of a delivery with everything at hand that is told about it, and the
 * words that sentences are made of.
 *
 * The words come by value, so that they can stand in the arguments of a printf. What is in them
 * from the network passed text_clean().
 */
#ifndef SMTPSCOPE_REPORT_SCENE_H
#define SMTPSCOPE_REPORT_SCENE_H

#include "story.h"
#include "timers.h"
#include "timetext.h"

struct scene {
	const struct subject *subject;
	uint32_t try;
	const struct try *item;
	const struct verdict *verdict;
	const struct attempt *attempt;
	const struct session *session;
	const struct recipient *recipient; /* NULL: its envelope was not seen */
	enum vantage vantage;
	bool is_far;                       /* as seen by the capture further from the client */
	uint32_t reply;                    /* the event that answers this recipient */
	const struct step *step;           /* while a sentence is said: its step and event, */
	const struct event *event;         /* NULL for a step without one */
};

/** Attempt TRY (below delivery->try_count) of SUBJECT. */
struct scene scene_of(const struct subject *subject, uint32_t try);

/** The first attempt with the cause that is the whole delivery's. */
struct scene scene_in_doubt(const struct subject *subject);

/** What is known of the attempt of SCENE from two captures. False: there is one alone. */
bool scene_views(const struct scene *scene, struct views *out);

/** The attempt of SCENE as the far capture of VIEWS saw it. */
struct scene scene_far(const struct scene *scene, const struct views *views);

/** The scene of STEP, in the capture that it was seen in, with step and event filled in. */
struct scene scene_of_step(const struct subject *subject, const struct step *step);

/**
 * The reply as it was seen, here or else by the far capture; AT takes its time on the clock of
 * this one. NULL: it was not seen.
 */
const struct event *scene_any_reply(const struct scene *scene, int64_t *at_ns);

/** An event of its session; NULL for NO_EVENT. */
const struct event *scene_event(const struct scene *scene, uint32_t index);

/** The first event that belongs to the attempt: of its session, or its MAIL; NO_EVENT if none. */
uint32_t scene_first_event(const struct scene *scene);

/** When the attempt begins. */
int64_t scene_start(const struct scene *scene);

/** When the newest thing that belongs to it happens. */
int64_t scene_end(const struct scene *scene);

/** Whether the reply came in time, and whether a reply with CODE accepts. */
bool scene_is_answered(const struct scene *scene);
bool reply_accepts(uint16_t code);

/** Whether only the shape of encrypted records was seen. */
bool scene_is_encrypted(const struct scene *scene);

/**
 * Until when the client waited for the reply: until it came, a side left, or nothing more is
 * known. NO_TIME: no end of data was seen.
 */
int64_t scene_wait_end(const struct scene *scene);

/** Which side ended the wait, or the message, by leaving; LEFT_NOBODY if none did. */
enum who_left { LEFT_NOBODY, LEFT_CLIENT, LEFT_SERVER };
enum who_left scene_who_left(const struct scene *scene);

/**
 * Whether a late reply is known to have left the server late: it was captured there, or the
 * server's packets prove that it had sent nothing when the client left.
 */
bool scene_was_sent_late(const struct scene *scene);

/** Whether the connection ended while other recipients still waited for their replies: LMTP has
 * one for each (RFC 2033 4.2). */
bool scene_was_cut_off(const struct scene *scene);

/** Whether the client left sooner behind the end of data than any timer runs out. */
bool scene_left_early(const struct scene *scene);

/** Whether what came for a reply is a line without a code, which is none (RFC 5321 4.2). */
bool scene_is_babble(const struct scene *scene);

/** The reply where it is a whole one that neither confirms nor refuses (RFC 5321 4.2.1), else NULL. */
const struct event *scene_unsettling(const struct scene *scene);

/** Whether a reply that settles nothing is the server's doing: nothing of it was lost on the way. */
bool scene_part_is_all(const struct scene *scene);

/** Whether the client's machine refused the reply: it had left some time before, unseen. */
bool scene_left_unseen(const struct scene *scene);

/** From the end of data to EVENT; 0 where one of them is missing. */
int64_t scene_after_eod(const struct scene *scene, const struct event *event);

/** From the client's leaving to EVENT; 0 where one of them is missing. */
int64_t scene_after_left(const struct scene *scene, const struct event *event);

#define WORDS_SIZE 640

struct words {
	char s[WORDS_SIZE];
};

/** TEXT of the ledger, clean, of at most COLUMNS columns. */
struct words text_words(const struct subject *subject, text_id text, int columns);

/**
 * The first line of a reply in quotes, and whether there were more: "250 2.0.0 Ok: queued as
 * 4F1C2". Without quotes "an encrypted reply".
 */
struct words reply_words(const struct scene *scene, const struct event *event);

/** "250", or "reply" where no code can be read. */
struct words code_words(const struct event *event);

/** Whether frame numbers of the delivery need their file named. */
bool subject_spans_files(const struct subject *subject);

/** "frame 44", with the file where the delivery is in several: "frame 44 of file 2". */
struct words frame_words(const struct scene *scene, const struct event *event);

/** "192.0.2.10", and its address with the port where that is not 25. */
struct words address_words(const struct endpoint *endpoint);
struct words server_words(const struct session *session);

/** The same with what a user calls the host: "192.0.2.10 (Outlook pool)". */
struct words client_named_words(const struct scene *scene);
struct words server_named_words(const struct scene *scene);

/** "1 byte", "27 212 bytes". */
struct words bytes_words(uint64_t bytes);

/** NUMBER and NOUN in its plural unless it is one: "3 attempts", "2 copies", "1 delivery". */
struct words plural_words(uint64_t number, const char *noun);

/** "1, 2 and 4": the numbers (from 1) of those attempts whose bit in WANTED is set. */
struct words attempts_words(const bool *wanted, uint32_t count);

#endif
