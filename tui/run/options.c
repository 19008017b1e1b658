/* SPDX-License-Identifier: MIT */
#include "run/options.h"

#include "host_names.h"
#include "run/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_DURATION_NS (INT64_C(7) * 24 * 3600 * NS_PER_SECOND)

const char options_help[] =
	"Usage: smtpscope [OPTION]... FILE...           look at capture files\n"
	"       smtpscope [OPTION]... -i IFACE [BPF]    watch an interface\n"
	"       smtpscope [OPTION]... --demo            look at the built-in example\n"
	"\n"
	"Shows from network packets why a mail was delivered several times: who waited for\n"
	"the confirmation, for how long, and what became of it.\n"
	"\n"
	"Input\n"
	"  FILE                   pcap or pcapng, also .gz and .zst; - for standard input\n"
	"  -i, --interface IFACE  capture from IFACE; BPF restricts what is captured\n"
	"  -w, --write FILE       also write every packet to FILE (pcapng), with -i or -: to look\n"
	"                         at it again\n"
	"      --demo             the built-in example: a server that answers too late\n"
	"      --follow           go on reading files that grow\n"
	"      --no-dedupe        take frames that were captured twice for two\n"
	"      --ring SIZE        memory for the newest packets of what cannot be read\n"
	"                         again, as pipes: 512k, 16M, 1G (default 16M)\n"
	"      --memory SIZE      memory for sessions and deliveries: 256M, 4G, or unlimited\n"
	"                         (default: half of the machine's); the oldest ones without\n"
	"                         trouble are let go first, and counted\n"
	"\n"
	"Judgement\n"
	"      --timer TIME       how long the sender waits: 90, 90s, 10m (default 90s)\n"
	"      --vantage PLACE    where the capture was taken: client, server, between; or one\n"
	"                         for each file in turn: client,server\n"
	"                         (default: told from the packets)\n"
	"      --what-if TIMES    what other timers would have changed: 30,90,10m (in the\n"
	"                         text and jsonl reports)\n"
	"\n"
	"Output\n"
	"      --report FORMAT    text, markdown, jsonl, dialogue or csv on standard output,\n"
	"                         not the screen (text where standard output is no terminal)\n"
	"      --where EXPR       only deliveries that fit, such as 'state=duplicated and\n"
	"                         waited>90s' or 'to ~ @example.net'; also & on the screen\n"
	"      --fail-on STATES   exit with 3 if one is duplicated, maybe-duplicated,\n"
	"                         in-doubt or undelivered (a list with commas; a report)\n"
	"      --eml DIR          also write each message to DIR/SESSION-ATTEMPT.eml (with a\n"
	"                         report; the text report where none is named)\n"
	"      --slice FILE       also write the packets of the troubled deliveries, or of those\n"
	"                         that fit --where, to FILE: whole connections (with a report;\n"
	"                         - for standard output, without one)\n"
	"      --redact           blank passwords and messages in the slice, lengths kept\n"
	"      --show-secrets     keep the passwords of AUTH, and show them\n"
	"      --theme NAME       dark, light, mono or high-contrast (default dark)\n"
	"      --color WHEN       auto, always or never (auto heeds NO_COLOR)\n"
	"      --ascii            draw with ASCII only\n"
	"      --no-mouse         leave the mouse to the terminal\n"
	"      --script FILE      press the keys in FILE and dump screens, for tests\n"
	"\n"
	"      --dump-config      print all settings, and where each comes from: a file for\n"
	"                         ~/.config/smtpscope/config\n"
	"      --help             this text\n"
	"      --version          version and libraries\n"
	"\n"
	"On the screen, ? shows all keys.\n";

#define FIRST_LONG 256

enum {
	OPT_DEMO = FIRST_LONG,
	OPT_FOLLOW,
	OPT_NO_DEDUPE,
	OPT_RING,
	OPT_MEMORY,
	OPT_TIMER,
	OPT_VANTAGE,
	OPT_WHAT_IF,
	OPT_REPORT,
	OPT_EML,
	OPT_SLICE,
	OPT_REDACT,
	OPT_SHOW_SECRETS,
	OPT_WHERE,
	OPT_FAIL_ON,
	OPT_THEME,
	OPT_COLOR,
	OPT_ASCII,
	OPT_NO_MOUSE,
	OPT_SCRIPT,
	OPT_DUMP_CONFIG,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"interface", required_argument, NULL, 'i'},
	{"demo", no_argument, NULL, OPT_DEMO},
	{"follow", no_argument, NULL, OPT_FOLLOW},
	{"no-dedupe", no_argument, NULL, OPT_NO_DEDUPE},
	{"write", required_argument, NULL, 'w'},
	{"ring", required_argument, NULL, OPT_RING},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"timer", required_argument, NULL, OPT_TIMER},
	{"vantage", required_argument, NULL, OPT_VANTAGE},
	{"what-if", required_argument, NULL, OPT_WHAT_IF},
	{"report", required_argument, NULL, OPT_REPORT},
	{"eml", required_argument, NULL, OPT_EML},
	{"slice", required_argument, NULL, OPT_SLICE},
	{"redact", no_argument, NULL, OPT_REDACT},
	{"show-secrets", no_argument, NULL, OPT_SHOW_SECRETS},
	{"where", required_argument, NULL, OPT_WHERE},
	{"fail-on", required_argument, NULL, OPT_FAIL_ON},
	{"theme", required_argument, NULL, OPT_THEME},
	{"color", required_argument, NULL, OPT_COLOR},
	{"ascii", no_argument, NULL, OPT_ASCII},
	{"no-mouse", no_argument, NULL, OPT_NO_MOUSE},
	{"script", required_argument, NULL, OPT_SCRIPT},
	{"dump-config", no_argument, NULL, OPT_DUMP_CONFIG},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

bool duration_parse(const char *text, int64_t *out_ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}};
	if ((text[0] < '0' || text[0] > '9') && text[0] != '.')
		return false;
	char *end;
	errno = 0;
	double number = strtod(text, &end);
	if (errno || end == text || strpbrk(text, "xXpPeE"))
		return false;
	while (*end == ' ')
		end++;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		double ns = number * units[i].ns;
		if (!(ns >= 1e6 && ns <= (double)LONGEST_DURATION_NS))
			return false;
		*out_ns = (int64_t)(ns + 0.5);
		return true;
	}
	return false;
}

int option_pick(const char *called, const char *word, const char *const *words, int count,
		struct fault *fault)
{
	for (int i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	char list[128] = "";
	size_t used = 0;
	for (int i = 0; i < count && used < sizeof list - 32; i++) {
		const char *join = i == 0 ? "" : i == count - 1 ? " or " : ", ";
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", join, words[i]);
	}
	fault_set(fault, FAULT_USAGE, "%s takes %s, not '%s'", called, list, word);
	return -1;
}

static bool take_report(struct options *o, const char *word, struct fault *fault)
{
	static const char *const reports[] = {"text", "jsonl", "dialogue", "csv",
					      "markdown"};
	int i = option_pick("--report", word, reports, 5, fault);
	if (i < 0)
		return false;
	o->mode = (enum run_mode)(RUN_REPORT_TEXT + i);
	o->has_mode = true;
	return true;
}

/** "duplicated,in-doubt". A maybe-duplicated one may be duplicated, so that is meant too. */
static bool take_states(struct options *o, const char *list, struct fault *fault)
{
	/* in the order of enum delivery_state */
	static const char *const states[] = {"duplicated", "maybe-duplicated", "in-doubt",
					     "undelivered"};
	for (;;) {
		char word[64];
		size_t n = strcspn(list, ",");
		snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word), list);
		int i = option_pick("--fail-on", word, states, 4, fault);
		if (i < 0)
			return false;
		o->fail_states |= 1u << i;
		if (!list[n])
			break;
		list += n + 1;
	}
	if (o->fail_states & 1u << STATE_MAYBE_DUPLICATED)
		o->fail_states |= 1u << STATE_DUPLICATED;
	if (o->mode == RUN_SCREEN)
		o->mode = RUN_REPORT_TEXT;
	return true;
}

/** "client", or one for each input in turn: "client,server". */
static bool take_vantages(struct options *o, const char *places, struct fault *fault)
{
	struct delivery_options *delivery = &o->delivery;
	char word[16];

	delivery->of_file_count = 0;
	if (!strchr(places, ','))
		return settings_set(o, "vantage", "--vantage", places, fault);
	for (const char *at = places; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		if (delivery->of_file_count == VANTAGES_MOST)
			return fault_set(fault, FAULT_USAGE, "--vantage takes at most %d places",
					 VANTAGES_MOST);
		snprintf(word, sizeof word, "%.*s", (int)strcspn(at, ","), at);
		if (!settings_set(o, "vantage", "--vantage", word, fault))
			return false;
		delivery->of_file[delivery->of_file_count++] = delivery->vantage;
	}
	/* Those behind the last one named are told from the packets. */
	return settings_set(o, "vantage", "--vantage", "auto", fault);
}

/** "30,90,10m". */
static bool take_what_if(struct options *o, const char *list, struct fault *fault)
{
	o->what_if_count = 0;
	for (;;) {
		char word[32];
		size_t n = strcspn(list, ",");
		snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word), list);
		if (o->what_if_count == MOST_WHAT_IFS)
			return fault_set(fault, FAULT_USAGE, "--what-if takes at most %d times",
					 MOST_WHAT_IFS);
		if (n >= sizeof word || !duration_parse(word, &o->what_if_ns[o->what_if_count]))
			return fault_set(fault, FAULT_USAGE,
					 "--what-if takes times such as 30,90,10m, not '%s'", word);
		o->what_if_count++;
		if (!list[n])
			break;
		list += n + 1;
	}
	if (o->mode == RUN_SCREEN)
		o->mode = RUN_REPORT_TEXT;
	return true;
}

/** The name of the long option whose value is VALUE. */
static const char *long_name(int value)
{
	const struct option *option = long_options;
	while (option->name && option->val != value)
		option++;
	return option->name ? option->name : "?";
}

static bool refuse(int option, char **argv, struct fault *fault)
{
	if (option == ':' && optopt >= FIRST_LONG)
		return fault_set(fault, FAULT_USAGE, "option --%s needs an argument (see --help)",
				 long_name(optopt));
	if (option == ':')
		return fault_set(fault, FAULT_USAGE, "option -%c needs an argument (see --help)",
				 optopt);
	if (optopt && optopt < FIRST_LONG)
		return fault_set(fault, FAULT_USAGE, "unknown option -%c (see --help)", optopt);
	return fault_set(fault, FAULT_USAGE, "unknown option or argument %s (see --help)",
			 argv[optind - 1]);
}

static bool take_option(struct options *o, int option, char **argv, struct fault *fault)
{
	switch (option) {
	case 'i':
		if (o->interface)
			return fault_set(fault, FAULT_USAGE,
					 "only one interface, please: -i any "
					 "captures from all of them");
		o->interface = optarg;
		return true;
	case 'w':
		o->log = optarg;
		return true;
	case OPT_DEMO:
		o->is_demo = true;
		return true;
	case OPT_FOLLOW:
		o->is_follow = true;
		return true;
	case OPT_NO_DEDUPE:
		o->keeps_copies = true;
		return true;
	case OPT_ASCII:
		return settings_set(o, "ascii", "--ascii", "yes", fault);
	case OPT_NO_MOUSE:
		return settings_set(o, "mouse", "--no-mouse", "no", fault);
	case OPT_SCRIPT:
		o->script = optarg;
		return true;
	case OPT_EML:
		o->export_folder = optarg;
		if (o->mode == RUN_SCREEN)
			o->mode = RUN_REPORT_TEXT;
		return true;
	case OPT_SLICE:
		o->slice = optarg;
		if (o->mode == RUN_SCREEN)
			o->mode = RUN_REPORT_TEXT;
		return true;
	case OPT_SHOW_SECRETS:
		o->shows_secrets = true;
		return true;
	case OPT_REDACT:
		o->redacts = true;
		return true;
	case OPT_WHERE:
		o->where = optarg;
		return true;
	case OPT_FAIL_ON:
		return take_states(o, optarg, fault);
	case OPT_WHAT_IF:
		return take_what_if(o, optarg, fault);
	case OPT_REPORT:
		return take_report(o, optarg, fault);
	case OPT_DUMP_CONFIG:
		o->mode = RUN_DUMP_CONFIG;
		o->has_mode = true;
		return true;
	case OPT_TIMER:
		return settings_set(o, "timer", "--timer", optarg, fault);
	case OPT_RING:
		return settings_set(o, "ring", "--ring", optarg, fault);
	case OPT_MEMORY:
		return settings_set(o, "memory", "--memory", optarg, fault);
	case OPT_VANTAGE:
		return take_vantages(o, optarg, fault);
	case OPT_THEME:
		return settings_set(o, "theme", "--theme", optarg, fault);
	case OPT_COLOR:
		return settings_set(o, "color", "--color", optarg, fault);
	default:
		return refuse(option, argv, fault);
	}
}

/** The words behind -i are one BPF expression, as with tcpdump. */
static bool join_filter(struct options *o, int count, char **words, struct fault *fault)
{
	size_t size = 1;
	for (int i = 0; i < count; i++)
		size += strlen(words[i]) + 1;
	o->filter = malloc(size);
	if (!o->filter)
		return fault_set(fault, FAULT_MEMORY, "no memory for the filter");
	size_t used = 0;
	for (int i = 0; i < count; i++)
		used += (size_t)snprintf(o->filter + used, size - used, "%s%s", i ? " " : "",
					 words[i]);
	return true;
}

static bool check_inputs(struct options *o, struct fault *fault)
{
	if (o->mode == RUN_DUMP_CONFIG)
		return true;
	if (o->interface && o->is_demo)
		return fault_set(fault, FAULT_USAGE, "either -i or --demo, not both");
	if (o->is_demo && o->file_count)
		return fault_set(fault, FAULT_USAGE, "either --demo or files, not both");
	if (!o->interface && !o->is_demo && !o->file_count)
		return fault_set(fault, FAULT_USAGE,
				 "which capture? Name a file, an interface (-i eth0), or try "
				 "--demo (see --help)");
	if (o->redacts && !o->slice)
		return fault_set(fault, FAULT_USAGE, "--redact belongs to --slice FILE");
	if (o->slice && strcmp(o->slice, "-") == 0) {
		if (o->has_mode)
			return fault_set(fault, FAULT_USAGE,
					 "either a report or the slice goes to standard output, "
					 "not both");
		o->mode = RUN_SLICE_ONLY;
	}
	size_t dashes = 0;
	for (size_t i = 0; i < o->file_count; i++)
		dashes += strcmp(o->files[i], "-") == 0;
	if (o->log && !o->interface && (!dashes || dashes < o->file_count))
		return fault_set(fault, FAULT_USAGE,
				 "-w writes what comes from -i or standard input (-); of files, "
				 "--slice writes a part");
	if (o->log && strcmp(o->log, "-") == 0)
		return fault_set(fault, FAULT_USAGE, "-w writes to a file, not to standard output");
	if (dashes > 1)
		return fault_set(fault, FAULT_USAGE, "standard input (-) can be read only once");
	return true;
}

void options_init(struct options *options)
{
	*options = (struct options){0};
	settings_default(options);
}

bool options_parse(struct options *options, int argc, char **argv, struct fault *fault)
{
	optind = 0; /* starts anew, also for a second call (getopt(3), NOTES) */
	opterr = 0;
	for (;;) {
		int option = getopt_long(argc, argv, ":i:w:", long_options, NULL);
		if (option == -1)
			break;
		if (option == OPT_HELP || option == OPT_VERSION) {
			options->mode = option == OPT_HELP ? RUN_HELP : RUN_VERSION;
			return true;
		}
		if (!take_option(options, option, argv, fault))
			return false;
	}
	if (options->interface) {
		if (optind < argc)
			return join_filter(options, argc - optind, argv + optind, fault) &&
			       check_inputs(options, fault);
	} else {
		options->files = argv + optind;
		options->file_count = (size_t)(argc - optind);
	}
	return check_inputs(options, fault);
}

void options_clear(struct options *options)
{
	free(options->filter);
	options->filter = NULL;
	host_names_free(options->host_names);
	options->host_names = NULL;
}
