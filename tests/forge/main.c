/* SPDX-License-Identifier: MIT */
/*
 * smtpforge - a scenario text -> packets: into a capture file, or onto an interface that leads
 * nowhere.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bulk.h"
#include "lex.h"
#include "output.h"
#include "parse.h"

#define EXIT_USAGE 2
#define ERROR_SIZE 512

struct options {
	const char *scenario;
	const char *file;
	const char *device;
	double speed;
	int tap_percent; /* -1: as the scenario says */
	const char *clock;
	const char *nat;
	bool tells_truth;
	bool is_bulk;
	unsigned long bulk_count;
	unsigned long bulk_size;
};

static const char usage_text[] =
	"Usage: smtpforge SCENARIO.scn -w FILE.pcap [--tap client|server|between]\n"
	"                 [--clock [-]DURATION] [--nat ADDRESS]\n"
	"       smtpforge SCENARIO.scn -i INTERFACE [--speed N] [--tap ...]\n"
	"       smtpforge SCENARIO.scn --truth\n"
	"       smtpforge --bulk MESSAGES SIZE -w FILE.pcap\n"
	"\n"
	"Turns a scenario text into packets: into a capture file (- is standard output), or onto "
	"an\n"
	"interface that leads nowhere (loopback, veth, dummy, tun, tap), N times as fast as its "
	"clock. --clock sets the capture's clock ahead (-: behind), --nat puts the client behind "
	"a NAT.\n"
	"--truth prints, for each message and recipient, how many copies the servers have "
	"stored.\n"
	"pcaps/README.md explains the scenario language.\n";

static int usage_error(const char *reason, const char *what)
{
	fprintf(stderr, "smtpforge: %s%s; try --help\n", reason, what);
	return EXIT_USAGE;
}

static bool parse_count(const char *text, unsigned long max, unsigned long *count)
{
	char *end;

	errno = 0;
	*count = strtoul(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno && *count && *count <= max;
}

static bool parse_tap(const char *text, int *percent)
{
	*percent = strcmp(text, "client") == 0 ? 0 : strcmp(text, "between") == 0 ? 50 : 100;
	return *percent != 100 || strcmp(text, "server") == 0;
}

/* `3600 s`, `-1h`: added to the scenario's clock. */
static bool parse_clock(const char *text, struct scenario *scenario)
{
	bool is_behind = text[0] == '-';
	const char *digits = is_behind || text[0] == '+' ? text + 1 : text;
	struct lex *lex = lex_new(scenario->arena, "--clock", digits, strlen(digits));
	int64_t ahead_ns;

	if (!lex_next_line(lex) || !lex_duration(lex, &ahead_ns) || !lex_expect_end(lex))
		return false;
	scenario->clock_ns += is_behind ? -ahead_ns : ahead_ns;
	return true;
}

static bool parse_nat(const char *text, struct scenario *scenario)
{
	scenario->has_nat = true;
	return scenario_read_address(text, &scenario->nat);
}

static bool parse_speed(const char *text, double *speed)
{
	char *end;

	*speed = strtod(text, &end);
	return !*end && *speed >= 0.001 && *speed <= 1e6;
}

/* Returns 0, or the exit status where the options are wrong; help is -1. */
static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{"bulk", no_argument, NULL, 'b'},
		{"clock", required_argument, NULL, 'c'},
		{"nat", required_argument, NULL, 'n'},
		{"truth", no_argument, NULL, 'T'},
		{"speed", required_argument, NULL, 's'},
		{"tap", required_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "w:i:h", long_options, NULL)) != -1) {
		if (c == 'h')
			return -1;
		if (c == 'w')
			options->file = optarg;
		else if (c == 'i')
			options->device = optarg;
		else if (c == 'b')
			options->is_bulk = true;
		else if (c == 'c')
			options->clock = optarg;
		else if (c == 'n')
			options->nat = optarg;
		else if (c == 'T')
			options->tells_truth = true;
		else if (c == 's' && !parse_speed(optarg, &options->speed))
			return usage_error("not a speed: ", optarg);
		else if (c == 't' && !parse_tap(optarg, &options->tap_percent))
			return usage_error("not client, server or between: ", optarg);
		else if (c == '?')
			return usage_error("bad option or missing value: ", argv[optind - 1]);
	}
	if ((options->file != NULL) + (options->device != NULL) + options->tells_truth != 1)
		return usage_error("one of -w and -i is needed", ", or --truth");
	if (argc - optind != (options->is_bulk ? 2 : 1))
		return usage_error(options->is_bulk ? "--bulk needs a number of messages and a size"
						    : "one scenario is needed",
				   "");
	options->scenario = argv[optind];
	if (options->is_bulk && (!parse_count(argv[optind], 10000000, &options->bulk_count) ||
				 !parse_count(argv[optind + 1], 100000000, &options->bulk_size)))
		return usage_error("--bulk needs a number of messages and a size in bytes", "");
	return 0;
}

static bool read_text(const char *path, struct buffer *text)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char chunk[8192];
	size_t n;
	bool is_ok;

	if (!file)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(text, chunk, n);
	is_ok = !ferror(file);
	if (file != stdin)
		fclose(file);
	return is_ok;
}

static struct scenario *load_scenario(const struct options *options)
{
	struct buffer text = {0};
	struct scenario *scenario = NULL;
	char *error = NULL;

	if (options->is_bulk) {
		bulk_write_text(&text, options->bulk_count, options->bulk_size);
		scenario = parse_scenario("bulk", (const char *)text.bytes, text.len, &error);
	} else if (!read_text(options->scenario, &text)) {
		fprintf(stderr, "smtpforge: %s: %s\n", options->scenario, strerror(errno));
	} else {
		scenario = parse_scenario(options->scenario,
					  text.bytes ? (const char *)text.bytes : "", text.len,
					  &error);
	}
	if (error)
		fprintf(stderr, "%s\n", error);
	free(error);
	free(text.bytes);
	if (scenario && options->tap_percent >= 0)
		scenario->tap_percent = (unsigned)options->tap_percent;
	return scenario;
}

/* What of the options is for the scenario; 0, or the exit status. */
static int apply_options(const struct options *options, struct scenario *scenario)
{
	if (options->clock && !parse_clock(options->clock, scenario))
		return usage_error("not a duration such as 3600s: ", options->clock);
	if (options->nat && !parse_nat(options->nat, scenario))
		return usage_error("not an address: ", options->nat);
	return 0;
}

static bool print_truth(const struct scenario *scenario, char *error, size_t error_size)
{
	struct truth truth = {0};
	bool is_ok = output_find_truth(scenario, &truth, error, error_size);

	for (size_t i = 0; i < truth.count && is_ok; i++)
		printf("%s %s %u\n", truth.copies[i].message, truth.copies[i].recipient,
		       truth.copies[i].count);
	free(truth.copies);
	return is_ok;
}

int main(int argc, char **argv)
{
	struct options options = {.speed = 1, .tap_percent = -1};
	int status = parse_options(argc, argv, &options);
	struct scenario *scenario;
	char error[ERROR_SIZE] = "";
	bool is_ok;

	if (status > 0)
		return status;
	if (status < 0) {
		fputs(usage_text, stdout);
		return EXIT_SUCCESS;
	}
	scenario = load_scenario(&options);
	if (!scenario)
		return EXIT_FAILURE;
	status = apply_options(&options, scenario);
	if (status) {
		scenario_free(scenario);
		return status;
	}
	if (options.tells_truth)
		is_ok = print_truth(scenario, error, sizeof(error));
	else if (options.file)
		is_ok = output_write_file(scenario, options.file, error, sizeof(error));
	else
		is_ok = output_inject(scenario, options.device, options.speed, stderr, error,
				      sizeof(error));
	scenario_free(scenario);
	if (!is_ok)
		fprintf(stderr, "smtpforge: %s\n", error);
	return is_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
