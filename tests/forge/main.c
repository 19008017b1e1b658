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
	bool is_bulk;
	unsigned long bulk_count;
	unsigned long bulk_size;
};

static const char usage_text[] =
	"Usage: smtpforge SCENARIO.scn -w FILE.pcap [--tap client|server|between]\n"
	"       smtpforge SCENARIO.scn -i INTERFACE [--speed N] [--tap ...]\n"
	"       smtpforge --bulk MESSAGES SIZE -w FILE.pcap\n"
	"\n"
	"Turns a scenario text into packets: into a capture file (- is standard output), or onto "
	"an\n"
	"interface that leads nowhere (loopback, veth, dummy, tun, tap), N times as fast as its "
	"clock.\n"
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
		else if (c == 's' && !parse_speed(optarg, &options->speed))
			return usage_error("not a speed: ", optarg);
		else if (c == 't' && !parse_tap(optarg, &options->tap_percent))
			return usage_error("not client, server or between: ", optarg);
		else if (c == '?')
			return usage_error("bad option or missing value: ", argv[optind - 1]);
	}
	if (!options->file == !options->device)
		return usage_error("one of -w and -i is needed", "");
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
	if (options.file)
		is_ok = output_write_file(scenario, options.file, error, sizeof(error));
	else
		is_ok = output_inject(scenario, options.device, options.speed, stderr, error,
				      sizeof(error));
	scenario_free(scenario);
	if (!is_ok)
		fprintf(stderr, "smtpforge: %s\n", error);
	return is_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
