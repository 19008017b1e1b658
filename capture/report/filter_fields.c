/* SPDX-License-Identifier: MIT */
#include "report/filter_tree.h"

static const struct {
	const char *name;
	enum filter_type type;
	const char *example;
} fields[FIELDS] = {
	[FIELD_STATE] = {"state", FILTER_WORD, "state=duplicated"},
	[FIELD_CAUSE] = {"cause", FILTER_WORD, "cause=reply-late"},
	[FIELD_OUTCOME] = {"outcome", FILTER_WORD, "outcome=rejected"},
	[FIELD_TLS] = {"tls", FILTER_WORD, "tls=starttls"},
	[FIELD_FROM] = {"from", FILTER_TEXT, "from=alice@msn.example"},
	[FIELD_TO] = {"to", FILTER_TEXT, "to ~ example"},
	[FIELD_SUBJECT] = {"subject", FILTER_TEXT, "subject ~ invoice"},
	[FIELD_MESSAGE_ID] = {"message-id", FILTER_TEXT, "message-id ~ 8F2A"},
	[FIELD_REPLY] = {"reply", FILTER_TEXT, "reply ~ queued"},
	[FIELD_SERVER] = {"server", FILTER_PEER, "server=192.0.2.10"},
	[FIELD_CLIENT] = {"client", FILTER_PEER, "client=192.0.2.0/24"},
	[FIELD_WAITED] = {"waited", FILTER_DURATION, "waited>90s"},
	[FIELD_TIME] = {"time", FILTER_TIME, "time>=10:02"},
	[FIELD_SIZE] = {"size", FILTER_SIZE, "size>5M"},
	[FIELD_COPIES] = {"copies", FILTER_NUMBER, "copies>1"},
	[FIELD_COPIES_MIN] = {"copies-min", FILTER_NUMBER, "copies-min>1"},
	[FIELD_ATTEMPTS] = {"attempts", FILTER_NUMBER, "attempts>1"},
	[FIELD_CODE] = {"code", FILTER_NUMBER, "code=4xx"},
	[FIELD_ID] = {"id", FILTER_NUMBER, "id=0"},
	[FIELD_NUMBER] = {"number", FILTER_NUMBER, "number=1"},
	[FIELD_SESSION] = {"session", FILTER_NUMBER, "session=12"},
	[FIELD_FRAME] = {"frame", FILTER_NUMBER, "frame=46"},
};

const char *filter_field_name(enum filter_field field)
{
	return fields[field].name;
}

enum filter_type filter_field_type(enum filter_field field)
{
	return fields[field].type;
}

const char *filter_field_example(enum filter_field field)
{
	return fields[field].example;
}

const char *filter_type_name(enum filter_type type)
{
	switch (type) {
	case FILTER_WORD:
		return "a word";
	case FILTER_TEXT:
		return "a text";
	case FILTER_PEER:
		return "an address or a name";
	case FILTER_DURATION:
		return "a duration";
	case FILTER_TIME:
		return "a time";
	case FILTER_SIZE:
		return "a size";
	case FILTER_NUMBER:
		return "a number";
	}
	return "";
}

static const char *tls_word(unsigned i)
{
	static const char *const names[] = {
		[TLS_NONE] = "none",
		[TLS_STARTTLS] = "starttls",
		[TLS_IMPLICIT] = "implicit",
	};

	return i < sizeof names / sizeof *names ? names[i] : NULL;
}

const char *filter_word(enum filter_field field, unsigned i)
{
	if (field == FIELD_STATE)
		return i < STATES ? state_name((enum delivery_state)i) : NULL;
	if (field == FIELD_OUTCOME)
		return i < OUTCOMES ? outcome_name((enum outcome)i) : NULL;
	if (field == FIELD_TLS)
		return tls_word(i);
	if (i == CAUSE_NONE)
		return "none";
	return i < CAUSES ? cause_name((enum cause)i) : NULL;
}
