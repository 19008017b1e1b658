/* SPDX-License-Identifier: MIT */
#include "run/loop.h"

#include "bounds.h"
#include "run/signals.h"
#include "terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* A key waits for a slice of each at the most, and for the drawing. */
#define BATCH_NS (3 * NS_PER_MS) /* packets, or deliveries, between two looks at the keys */
#define WORK_NS (3 * NS_PER_MS)	 /* tasks, the same */
#define BATCH_PACKETS 128
#define UPDATE_ATTEMPTS 32
#define UPDATE_NS (20 * NS_PER_MS)   /* the model follows the packets at most so often */
#define UPDATE_SHARE 2		     /* and for at most a third of the time */
#define DRAW_NS (100 * NS_PER_MS)    /* the screen follows the model at most so often */
#define REFRESH_SHARE 10	     /* and sorts for a tenth of the time, which may take long */
#define TICK_NS (40 * NS_PER_MS)     /* while the playhead runs */
#define GROWING_NS (200 * NS_PER_MS) /* a look at files that grow */
#define MOST_KEYS 256		     /* taken in before the screen is drawn again */

struct loop {
	struct app *app;
	struct canvas canvas;
	int signal_fd;
	int signal_number;
	enum loop_end end;
	bool is_over;
	bool has_packets;     /* the source has more to read at once */
	bool has_descriptors; /* it names descriptors to poll while it has not */
	bool has_unread;      /* packets were read since the last update */
	bool is_updating;     /* an update is under way */
	int64_t update_spent_ns;
	int64_t updated_ns;   /* when the last update ended */
	int64_t update_due_ns;
	int64_t refresh_spent_ns;
	int64_t refresh_due_ns;
	int64_t draw_due_ns; /* for news; what the user did is drawn at once */
};

static int64_t clock_now(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

static void end_loop(struct loop *loop, enum loop_end end)
{
	loop->is_over = true;
	loop->end = end;
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool fit_canvas(struct loop *loop)
{
	int rows;
	int columns;
	terminal_size(&rows, &columns);
	if (rows == loop->canvas.rows && columns == loop->canvas.columns)
		return true;
	canvas_free(&loop->canvas);
	return canvas_init(&loop->canvas, rows, columns);
}

static void draw(struct loop *loop)
{
	struct app *app = loop->app;
	if (!fit_canvas(loop)) {
		end_loop(loop, LOOP_FAILED);
		return;
	}
	app_draw(app, &loop->canvas);
	terminal_show(&loop->canvas, app->theme, app_cursor_column(app, &loop->canvas),
		      app->wants_redraw);
	app->wants_redraw = false;
	loop->draw_due_ns = clock_now(CLOCK_MONOTONIC) + DRAW_NS;
}

static void draw_if_due(struct loop *loop)
{
	const struct app *app = loop->app;
	bool has_news = app->has_news || app_task(app);
	if (app->is_changed || (has_news && clock_now(CLOCK_MONOTONIC) >= loop->draw_due_ns))
		draw(loop);
}

/** Takes in what was read, until UNTIL_NS; goes on with it in the next turn. */
static void update(struct loop *loop, int64_t until_ns)
{
	struct app *app = loop->app;
	int64_t before = clock_now(CLOCK_MONOTONIC), now = before;
	bool is_end = app->has_ended && app->model.is_loading;
	bool is_wanted = !app->is_held || is_end;
	bool goes_on = is_wanted;
	while (goes_on && now < until_ns) {
		goes_on = app_update_some(app, UPDATE_ATTEMPTS);
		now = clock_now(CLOCK_MONOTONIC);
	}
	loop->update_spent_ns = now - before + (loop->is_updating ? loop->update_spent_ns : 0);
	loop->is_updating = goes_on;
	if (goes_on)
		return;
	if (is_wanted)
		app_update(app, app->model.is_live ? clock_now(CLOCK_REALTIME) : NO_TIME);
	loop->has_unread = false;
	loop->updated_ns = clock_now(CLOCK_MONOTONIC);
	loop->update_due_ns =
		loop->updated_ns + longer(UPDATE_NS, loop->update_spent_ns * UPDATE_SHARE);
}

/** Has tasks go on for a while. What they took is what the next refresh waits for. */
static void work(struct loop *loop)
{
	struct app *app = loop->app;
	int64_t begun = clock_now(CLOCK_MONOTONIC), now = begun;
	if (app->is_stale && !app_is_busy(app) && now >= loop->refresh_due_ns) {
		loop->refresh_spent_ns = 0;
		loop->refresh_due_ns = now + DRAW_NS;
		app_refresh(app);
	}
	while (app_is_busy(app) && now - begun < WORK_NS) {
		app_work(app);
		now = clock_now(CLOCK_MONOTONIC);
	}
	loop->refresh_spent_ns += now - begun;
	if (now > begun)
		loop->refresh_due_ns =
			longer(loop->refresh_due_ns, now + loop->refresh_spent_ns * REFRESH_SHARE);
}

/** The time until something must be done though no descriptor says so; -1: for ever. */
static int64_t patience(const struct loop *loop, int64_t now_ns)
{
	const struct app *app = loop->app;
	int64_t wait = -1;
	int64_t candidates[6];
	int count = 0;
	if (loop->has_packets || loop->is_updating || app->is_changed || app_is_busy(app))
		return 0;
	if (app->is_moving)
		candidates[count++] = TICK_NS;
	if (app->has_news)
		candidates[count++] = loop->draw_due_ns - now_ns;
	if (app->is_stale)
		candidates[count++] = loop->refresh_due_ns - now_ns;
	if (loop->has_unread)
		candidates[count++] = loop->update_due_ns - now_ns;
	if (app->model.is_live)
		candidates[count++] = loop->updated_ns + NS_PER_SECOND - now_ns;
	if (!app->has_ended && !loop->has_descriptors)
		candidates[count++] = GROWING_NS;
	for (int i = 0; i < count; i++)
		if (wait < 0 || candidates[i] < wait)
			wait = candidates[i] > 0 ? candidates[i] : 0;
	return wait;
}

static void wait_for_events(struct loop *loop)
{
	struct pollfd fds[2 + LIMIT_SOURCES] = {
		{.fd = terminal_fd(), .events = POLLIN},
		{.fd = loop->signal_fd, .events = POLLIN},
	};
	size_t count = 2;
	loop->has_descriptors = false;
	if (!loop->has_packets && !loop->app->has_ended) {
		size_t sources = source_poll(analysis_source(loop->app->model.analysis), fds + 2,
					     LIMIT_SOURCES);
		loop->has_descriptors = sources > 0;
		count += sources;
	}
	int64_t wait = patience(loop, clock_now(CLOCK_MONOTONIC));
	int ready = poll(fds, (nfds_t)count, wait < 0 ? -1 : (int)((wait + 999999) / NS_PER_MS));
	if (ready < 0 && errno != EINTR)
		end_loop(loop, LOOP_FAILED);
	if (ready > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
		end_loop(loop, LOOP_HANG_UP);
	else if (ready > 0 && (fds[0].revents & POLLIN) && terminal_is_at_end())
		end_loop(loop, LOOP_HANG_UP);
	for (size_t i = 2; ready > 0 && i < count; i++)
		if (fds[i].revents)
			loop->has_packets = true;
	if (!loop->app->has_ended && !loop->has_descriptors)
		loop->has_packets = true;
}

static void take_signals(struct loop *loop)
{
	int number;
	while (!loop->is_over && (number = signals_next(loop->signal_fd))) {
		if (number == SIGWINCH) {
			terminal_resize();
			loop->app->is_changed = true;
		} else if (number == SIGTSTP) {
			terminal_suspend();
			loop->app->wants_redraw = loop->app->is_changed = true;
		} else if (number == SIGHUP) {
			end_loop(loop, LOOP_HANG_UP);
		} else if (number != SIGCONT) {
			end_loop(loop, LOOP_SIGNAL);
			loop->signal_number = number;
		}
	}
}

static void take_keys(struct loop *loop)
{
	struct terminal_press press;
	for (int i = 0; i < MOST_KEYS && !loop->is_over && !loop->app->is_over; i++) {
		enum terminal_event event = terminal_read(&press);
		if (event == TERMINAL_NOTHING)
			return;
		if (event == TERMINAL_LOST)
			end_loop(loop, LOOP_HANG_UP);
		else
			app_press(loop->app, press.press, press.row, press.column);
	}
}

static void copy_out(struct app *app)
{
	if (!app->copied)
		return;
	if (!terminal_copy(app->copied))
		app_say(app, "not copied: this terminal is known to have no clipboard");
	free(app->copied);
	app->copied = NULL;
}

static void take_packets(struct loop *loop)
{
	struct app *app = loop->app;
	int64_t until = clock_now(CLOCK_MONOTONIC) + BATCH_NS;
	if (loop->is_updating)
		update(loop, until);
	while (loop->has_packets && !app->has_ended && clock_now(CLOCK_MONOTONIC) < until) {
		enum source_state state = app_read(app, BATCH_PACKETS);
		loop->has_unread = true;
		loop->has_packets = state == SOURCE_PACKET || state == SOURCE_WARNING;
	}
	if (app->has_ended)
		loop->has_packets = false;
	bool is_due = clock_now(CLOCK_MONOTONIC) >= loop->update_due_ns;
	bool is_end = app->has_ended && app->model.is_loading;
	if (!loop->is_updating && ((loop->has_unread && is_due) || is_end))
		update(loop, until);
}

static void tick(struct loop *loop)
{
	struct app *app = loop->app;
	int64_t now = clock_now(CLOCK_MONOTONIC);
	if (app->model.is_live && now - loop->updated_ns >= NS_PER_SECOND)
		update(loop, now + BATCH_NS);
	app_tick(app, now);
}

enum loop_end loop_run(struct app *app, int signal_fd, int *number)
{
	struct loop loop = {.app = app, .signal_fd = signal_fd, .has_packets = true};
	loop.updated_ns = clock_now(CLOCK_MONOTONIC);
	while (!loop.is_over && !app->is_over) {
		work(&loop);
		draw_if_due(&loop);
		if (loop.is_over)
			break;
		take_packets(&loop);
		wait_for_events(&loop);
		take_signals(&loop);
		tick(&loop);
		if (!loop.is_over)
			take_keys(&loop);
		copy_out(app);
		terminal_take_mouse(app->has_mouse);
	}
	canvas_free(&loop.canvas);
	*number = loop.signal_number;
	return loop.end;
}
