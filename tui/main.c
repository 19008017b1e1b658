/* SPDX-License-Identifier: MIT */
/*
 * smtpscope: why was this mail delivered several times?
 */
#include "app.h"
#include "output.h"
#include "packet_log.h"
#include "run/headless.h"
#include "run/inputs.h"
#include "run/loop.h"
#include "run/privileges.h"
#include "run/script.h"
#include "run/settings.h"
#include "run/signals.h"
#include "terminal/terminal.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define STATUS_USAGE 2

static int complain(const struct fault *fault)
{
	headless_complain(fault->text);
	return fault->kind == FAULT_USAGE ? STATUS_USAGE : EXIT_FAILURE;
}

static void complain_since(const struct notes *notes, uint32_t first)
{
	for (uint32_t i = first; i < notes->warning_count && i < MOST_WARNINGS; i++)
		headless_complain(notes->warnings[i].text);
}

/** The screen until the user leaves it. What was warned of meanwhile is said again behind it. */
static int run_screen(struct app *app, const struct options *options)
{
	const struct terminal_options terminal = {
		.stdin_is_taken = inputs_take_stdin(options),
		.no_mouse = options->no_mouse,
		.color = options->color,
	};
	struct fault fault = {0};
	int number = 0;
	uint32_t known = app->notes.warning_count;
	int signal_fd = signals_open();
	if (signal_fd < 0 || !terminal_open(&terminal, &fault))
		return complain(&fault);
	enum loop_end end = LOOP_FAILED;
	bool is_safe = privileges_drop(&fault);
	if (is_safe)
		end = loop_run(app, signal_fd, &number);
	terminal_close();
	close(signal_fd);
	complain_since(&app->notes, known);
	if (!is_safe)
		return complain(&fault);
	if (end == LOOP_SIGNAL)
		signals_die_of(number);
	return end == LOOP_QUIT ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run_script(struct app *app, const struct options *options)
{
	struct fault fault = {0};
	struct script *script = script_read(options->script, &fault);
	if (!script)
		return complain(&fault);
	bool is_fine = privileges_drop(&fault) && script_run(script, app, &fault);
	script_free(script);
	return is_fine ? EXIT_SUCCESS : complain(&fault);
}

static int run_app(struct analysis *analysis, const struct options *options,
		   const struct input_faults *faults)
{
	struct app *app = malloc(sizeof *app);
	int status = EXIT_FAILURE;
	if (app && app_init(app, analysis, options)) {
		for (size_t i = 0; i < faults->count && i < MOST_FAULTS; i++)
			app_warn(app, &faults->list[i]);
		status = options->script ? run_script(app, options) : run_screen(app, options);
		app_clear(app);
	}
	free(app);
	return status;
}

/** The bytes that OPTIONS give to sessions and deliveries; 0: as many as there are. */
static size_t memory_of(const struct options *options)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	if (options->memory_bytes != MEMORY_HALF)
		return options->memory_bytes;
	return pages > 0 && page > 0 ? (size_t)pages / 2 * (size_t)page : 0;
}

/** The analysis that OPTIONS ask for; EXPORT may be NULL. NULL: no memory, and that was said. */
static struct analysis *new_analysis(struct source *source, const struct options *options,
				     const struct export *export, struct packet_log *log)
{
	struct analysis_options analysis_options = {
		.delivery = options->delivery,
		.keeps_copies = options->keeps_copies,
		.seed = 1,
		.memory = memory_of(options),
		.keeps_secrets = options->shows_secrets,
		.messages = export ? export_sink(export) : NULL,
		.log = log,
	};
	if (!options->script &&
	    getrandom(&analysis_options.seed, sizeof analysis_options.seed, 0) < 0)
		analysis_options.seed = (uint64_t)getpid();
	struct analysis *analysis = analysis_new(source, &analysis_options);
	if (analysis)
		ledger_name_hosts(analysis_ledger(analysis), options->host_names);
	else
		headless_complain("no memory");
	return analysis;
}

/** The report, with the slice to SLICE_FD, or -1. */
static int run_unprivileged(struct source *source, const struct options *options,
			    struct filter *where, struct packet_log *log, int slice_fd)
{
	struct fault fault = {0};
	struct headless_extras extras = {NULL, slice_fd};
	bool was_root = geteuid() == 0;
	int status = EXIT_FAILURE;
	if (!privileges_drop(&fault))
		return complain(&fault);
	if (options->export_folder &&
	    !(extras.export = export_new(options->export_folder, &fault))) {
		complain(&fault);
		if (was_root)
			headless_complain("root's rights were given up: name a folder that the "
					  "user behind sudo, or nobody, may write to");
		return EXIT_FAILURE;
	}
	struct analysis *analysis = new_analysis(source, options, extras.export, log);
	if (analysis)
		status = headless_run(analysis, options, where, &extras);
	analysis_free(analysis);
	export_free(extras.export);
	return status;
}

static int open_as_user(const char *path, const struct source *source, struct fault *fault)
{
	privileges_lower();
	int fd = output_open(path, source, true, fault);
	privileges_raise();
	return fd;
}

/** A file that is named is opened with the user's rights; nothing is read with root's. */
static int run_report(struct source *source, const struct options *options, struct filter *where,
		      struct packet_log *log)
{
	struct fault fault = {0};
	int slice_fd = -1;
	if (options->slice && (slice_fd = open_as_user(options->slice, source, &fault)) < 0)
		return complain(&fault);
	int status = run_unprivileged(source, options, where, log, slice_fd);
	if (slice_fd >= 0)
		close(slice_fd);
	return status;
}

static int run_on(struct source *source, const struct options *options, struct filter *where,
		  const struct input_faults *faults, struct packet_log *log)
{
	int status = EXIT_FAILURE;
	if (options->mode != RUN_SCREEN) {
		status = run_report(source, options, where, log);
		return faults->count ? EXIT_FAILURE : status;
	}
	struct analysis *analysis = new_analysis(source, options, NULL, log);
	if (analysis)
		status = run_app(analysis, options, faults);
	analysis_free(analysis);
	return status;
}

/** Opens the file of -w, while there are the rights to. False: that was complained of. */
static bool open_log(const struct options *options, const struct source *source,
		     struct packet_log **log)
{
	struct fault fault = {0};
	*log = NULL;
	if (!options->log)
		return true;
	int fd = open_as_user(options->log, source, &fault);
	if (fd >= 0)
		*log = packet_log_new(fd, options->log, source, &fault);
	if (!*log)
		complain(&fault);
	return *log != NULL;
}

static int run(const struct options *options, struct filter *where)
{
	struct input_faults faults;
	struct packet_log *log;
	struct source *source = inputs_open(options, &faults);
	for (size_t i = 0; i < faults.count && i < MOST_FAULTS; i++)
		headless_complain(faults.list[i].text);
	if (!source)
		return EXIT_FAILURE;
	int status = EXIT_FAILURE;
	if (open_log(options, source, &log))
		status = run_on(source, options, where, &faults, log);
	if (log)
		headless_tell_log(log);
	packet_log_free(log);
	source_free(source);
	return status;
}

/** Reads --where before anything is opened. */
static int run_where(const struct options *options)
{
	struct filter_fault fault;
	struct filter *where = NULL;
	if (options->where && !(where = filter_parse(options->where, &fault))) {
		headless_complain_of_filter(options->where, &fault, options->is_ascii);
		return fault.fault.kind == FAULT_USAGE ? STATUS_USAGE : EXIT_FAILURE;
	}
	int status = run(options, where);
	filter_free(where);
	return status;
}

static void print_version(void)
{
	printf("smtpscope %s\n%s\n", SMTPSCOPE_VERSION, pcap_lib_version());
}

int main(int argc, char **argv)
{
	struct options options;
	struct fault fault = {0};
	struct fault bad_settings = {0};
	char path[PATH_MAX] = "~/.config/smtpscope/config";
	setlocale(LC_ALL, "");
	options_init(&options);
	bool has_path = settings_path(path, sizeof path);
	bool is_set = !has_path || settings_read_file(&options, path, &bad_settings);
	bool is_asked = options_parse(&options, argc, argv, &fault);
	bool is_plain = options.mode == RUN_HELP || options.mode == RUN_VERSION;
	if (!is_asked || (!is_set && !is_plain)) {
		options_clear(&options);
		return complain(is_asked ? &bad_settings : &fault);
	}
	if (options.mode != RUN_DUMP_CONFIG && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		options.is_ascii = true;
	if (options.mode == RUN_SCREEN && !options.script && !isatty(STDOUT_FILENO))
		options.mode = RUN_REPORT_TEXT;
	int status = EXIT_SUCCESS;
	if (options.mode == RUN_HELP)
		fputs(options_help, stdout);
	else if (options.mode == RUN_VERSION)
		print_version();
	else if (options.mode == RUN_DUMP_CONFIG)
		settings_dump(&options, path, stdout);
	else
		status = run_where(&options);
	options_clear(&options);
	return status;
}
