/* SPDX-License-Identifier: MIT */
/*
 * Deliveries kept up to date: what changed in the ledger is joined and judged, and summed up.
 */
#include "delivery/meet_again.h"
#include "delivery/placing.h"
#include "delivery/twins.h"
#include "delivery/verdict.h"
#include "tally.h"

#include <stdlib.h>
#include <string.h>

/* Most mail is through by then; only what takes longer is shown while it is sent. */
#define SHOWN_AFTER_NS (2 * NS_PER_SECOND)

struct deliveries *deliveries_new(struct ledger *ledger, const struct delivery_options *options)
{
	struct deliveries *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->ledger = ledger;
	d->judging.ledger = ledger;
	if (options)
		d->judging.options = *options;
	if (d->judging.options.timer_ns <= 0)
		d->judging.options.timer_ns = DEFAULT_TIMER_NS;
	d->judging.pairs = pairs_new(ledger, d->judging.options.seed);
	d->join = join_new(ledger, d->judging.pairs, d->judging.options.seed);
	d->all = pool_of(sizeof(struct delivery));
	d->placings = pool_of(sizeof(struct placing));
	d->shown = pool_of(sizeof(uint32_t));
	d->judging.now_ns = NO_TIME;
	if (!d->join || !d->judging.pairs) {
		deliveries_free(d);
		return NULL;
	}
	return d;
}

void deliveries_free(struct deliveries *deliveries)
{
	if (!deliveries)
		return;
	for (uint32_t i = 0; i < deliveries->all.count; i++) {
		struct delivery *delivery = pool_get(&deliveries->all, i);
		if (delivery->tries != &delivery->only)
			free(delivery->tries);
	}
	join_free(deliveries->join);
	meet_again_free(deliveries->meet_again);
	pairs_free(deliveries->judging.pairs);
	pool_empty(&deliveries->all);
	pool_empty(&deliveries->placings);
	pool_empty(&deliveries->shown);
	free(deliveries->sending.ids);
	free(deliveries->spare.ids);
	free(deliveries->changed.ids);
	free(deliveries->waiting.ids);
	tally_free(deliveries->past);
	free(deliveries);
}

uint32_t deliveries_count(const struct deliveries *deliveries)
{
	return deliveries->all.count;
}

const struct delivery *delivery_get(const struct deliveries *deliveries, uint32_t id)
{
	return pool_get(&deliveries->all, id);
}

uint32_t deliveries_in_state(const struct deliveries *deliveries, enum delivery_state state)
{
	return deliveries->in_state[state];
}

int64_t deliveries_timer(const struct deliveries *deliveries)
{
	return deliveries->judging.options.timer_ns;
}

uint32_t delivery_of(const struct deliveries *deliveries, uint32_t attempt, uint32_t index)
{
	const struct placing *placing = pool_get(&deliveries->placings, attempt);
	if (placing && index < placing->shown) {
		const uint32_t *shown = pool_get(&deliveries->shown, placing->first + index);
		return *shown;
	}
	if (!placing || index >= placing->count)
		return NO_DELIVERY;
	return join_delivery(deliveries->join, placing->first + index);
}

uint32_t deliveries_recipients(const struct deliveries *deliveries,
			       const struct delivery *delivery)
{
	uint32_t most = 1;

	for (uint32_t i = delivery->try_count; i-- > 0 && most == 1;) {
		const struct placing *placing =
			pool_get(&deliveries->placings, delivery->tries[i].attempt);
		if (placing && placing->count)
			most = join_recipients(deliveries->join, placing->first);
		else if (placing && placing->shown)
			most = placing->shown;
	}
	return most;
}

uint64_t deliveries_cut(const struct deliveries *deliveries)
{
	return deliveries->cut;
}

bool delivery_is_passed_over(const struct deliveries *deliveries, uint32_t attempt)
{
	const struct placing *placing = pool_get(&deliveries->placings, attempt);
	return placing && placing->is_passed_over;
}

enum vantage deliveries_vantage(const struct deliveries *deliveries, const struct session *session,
				const char **reason)
{
	return judging_vantage(&deliveries->judging, session, reason);
}

enum vantage deliveries_file_vantage(const struct deliveries *deliveries, uint16_t file,
				     const char **reason)
{
	const struct ledger *ledger = deliveries->ledger;
	enum vantage common = VANTAGE_UNKNOWN;
	const char *ignored, *why;

	if (!reason)
		reason = &ignored;
	*reason = "";
	for (uint32_t i = 0; i < ledger_session_count(ledger); i++) {
		const struct session *session = ledger_session(ledger, i);
		if (session->file != file)
			continue;
		enum vantage vantage = deliveries_vantage(deliveries, session, &why);
		if (vantage == VANTAGE_UNKNOWN || vantage == common)
			continue;
		*reason = common == VANTAGE_UNKNOWN ? why : "";
		if (common != VANTAGE_UNKNOWN)
			return VANTAGE_UNKNOWN;
		common = vantage;
	}
	return common;
}

void deliveries_judge(const struct deliveries *deliveries, uint32_t attempt, uint32_t index,
		      struct verdict *out)
{
	const struct delivery *delivery =
		delivery_get(deliveries, delivery_of(deliveries, attempt, index));

	int64_t next_ns = NO_TIME;

	for (uint32_t i = 0; delivery && i < delivery->try_count; i++) {
		const struct try *try = &delivery->tries[i];
		if (try->attempt != attempt && try->twin != attempt)
			continue;
		if ((try->attempt == attempt ? try->recipient : try->twin_recipient) == index) {
			*out = try->verdict;
			return;
		}
		next_ns = summary_next_start(&deliveries->judging, delivery, try);
	}
	judging_verdict(&deliveries->judging, ledger_attempt(deliveries->ledger, attempt), index,
			next_ns, out);
}

bool deliveries_views(const struct deliveries *deliveries, const struct try *try,
		      struct views *out)
{
	const struct delivery *delivery = delivery_get(
		deliveries, delivery_of(deliveries, try->attempt, try->recipient));
	struct verdict unused;

	return delivery && judging_views(&deliveries->judging, try,
					 summary_next_start(&deliveries->judging, delivery, try),
					 out, &unused);
}

bool ids_add(struct ids *ids, uint32_t id)
{
	if (ids->count == ids->room) {
		uint32_t room = ids->room ? ids->room * 2 : 64;
		uint32_t *grown = reallocarray(ids->ids, room, sizeof *grown);
		if (!grown)
			return false;
		ids->ids = grown;
		ids->room = room;
	}
	ids->ids[ids->count++] = id;
	return true;
}

/* ---- Summing up ---------------------------------------------------------------------------- */

static bool refresh(struct deliveries *d, struct delivery *delivery)
{
	delivery->is_changed = false;
	if (!delivery->try_count)
		return true;
	if (delivery->is_counted)
		d->in_state[delivery->state]--;
	summary_refresh(&d->judging, delivery);
	d->in_state[delivery->state]++;
	delivery->is_counted = true;
	if (delivery->is_waiting || !summary_is_waiting(delivery))
		return true;
	delivery->is_waiting = true;
	return ids_add(&d->waiting, delivery->id);
}

/* Sums up MOST of the deliveries that changed. */
static bool refresh_changed(struct deliveries *d, uint32_t most)
{
	bool is_fine = true;

	for (; most && d->refreshed < d->changed.count; most--)
		is_fine = refresh(d, deliveries_edit(d, d->changed.ids[d->refreshed++])) && is_fine;
	if (d->refreshed == d->changed.count)
		d->refreshed = d->changed.count = 0;
	return is_fine;
}

/* ---- Attempts ------------------------------------------------------------------------------ */

/* What likeness.h asks of an attempt that may still change after it was placed. */
static uint8_t ending_of(const struct deliveries *d, const struct attempt *attempt)
{
	const struct event *reply = attempt_event(d->ledger, attempt, attempt->reply);
	int class = reply ? reply->value / 100 % 8 : 0;

	return (uint8_t)(class * 8 + (reply ? 4 : 0) + (attempt->reply_acked != NO_EVENT ? 2 : 0) +
			 (attempt->client_left != NO_EVENT ? 1 : 0));
}

/* Whether all of its message that will come has come: then it can be told from others. */
static bool is_complete(const struct attempt *attempt)
{
	bool has_ended = attempt->phase == PHASE_WAITING || attempt->phase == PHASE_ANSWERED ||
			 attempt->phase == PHASE_ABANDONED;

	return has_ended && attempt->is_over && attempt_is_judged(attempt);
}

static bool is_being_sent(const struct attempt *attempt)
{
	return attempt->has_begun && attempt->phase == PHASE_MESSAGE && !attempt->is_over;
}

/* Founds or joins deliveries, one for each recipient of ATTEMPT. */
static bool place_parts(struct deliveries *d, const struct attempt *attempt)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);
	uint32_t count = attempt->recipient_count ? attempt->recipient_count : 1, number;

	placing->ending = ending_of(d, attempt);
	for (uint32_t i = 0; i < count; i++) {
		if (!join_add(d->join, (struct part){attempt, i}, &number))
			return false;
		if (i == 0)
			placing->first = number;
		placing->count++;
		if (!placing_settle(d, number) || !placing_settle_later(d, number))
			return false;
	}
	return true;
}

/* What an attempt carried is known: it goes to the deliveries of its recipients. */
static bool place_attempt(struct deliveries *d, const struct attempt *attempt)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);
	const struct attempt *twin = NULL;
	enum meeting meeting = pairs_meet(d->judging.pairs, attempt_session(d->ledger, attempt));

	if (meeting == MEETING_TWICE && pairs_has_other(d->judging.pairs, attempt)) {
		placing->is_passed_over = true;
		return true;
	}
	if (meeting == MEETING_PAIR)
		twin = pairs_twin(d->judging.pairs, attempt);
	const struct placing *other = twin ? pool_get(&d->placings, twin->id) : NULL;
	if (!other || other->has_twin || other->is_twin)
		return place_parts(d, attempt);
	if (!other->count && is_complete(twin) && twins_compare(twin, attempt) > 0 &&
	    !place_parts(d, twin))
		return false;
	return other->count ? twins_attach(d, attempt, twin) : place_parts(d, attempt);
}

/* ---- Once more, when all is known ----------------------------------------------------------- */

/* Empties all deliveries: those of attempts that are placed again take their places, in order. */
static bool forget_all(struct deliveries *d)
{
	d->changed.count = d->refreshed = d->waiting.count = d->spare.count = 0;
	d->cut = 0;
	memset(d->in_state, 0, sizeof d->in_state);
	for (uint32_t i = d->all.count; i-- > 0;) {
		struct delivery *delivery = pool_get(&d->all, i);
		summary_forget(delivery);
		if (!ids_add(&d->spare, i))
			return false;
	}
	return true;
}

/* Whether ATTEMPT, which was neither placed nor shown so far, goes where it belongs. */
static bool place_again(struct deliveries *d, const struct attempt *attempt, bool was_shown)
{
	if (was_shown && is_being_sent(attempt))
		return placing_show(d, attempt);
	return !is_complete(attempt) || place_attempt(d, attempt);
}

static void unplace_all(struct deliveries *d)
{
	for (uint32_t i = 0; i < d->placings.count; i++) {
		struct placing *placing = pool_get(&d->placings, i);
		*placing = (struct placing){.is_sending = placing->is_sending,
					    .was_shown = placing->shown > 0};
	}
}

/* Captures are read in the order of their clocks, and the one that tells more may come last: with
 * all of them known, everything is placed again. */
static bool place_all_again(struct deliveries *d)
{
	struct join *join = join_new(d->ledger, d->judging.pairs, d->judging.options.seed);
	uint32_t *ids = ledger_attempts_in_order(d->ledger);
	bool is_fine = join && ids && forget_all(d);

	if (is_fine) {
		join_free(d->join);
		d->join = join;
		unplace_all(d);
	} else {
		join_free(join);
	}
	for (uint32_t i = 0; is_fine && i < ledger_attempt_count(d->ledger); i++) {
		const struct placing *placing = pool_get(&d->placings, ids[i]);
		is_fine = !placing || placing->count ||
			  place_again(d, ledger_attempt(d->ledger, ids[i]), placing->was_shown);
	}
	free(ids);
	if (!is_fine)
		return false;
	while (d->spare.count)
		deliveries_edit(d, d->spare.ids[--d->spare.count])->revision++;
	d->is_outdated = false;
	return true;
}

/* Sessions are asked while they are new: of a million in the end it would take a while. */
static void look_for_files(struct deliveries *d)
{
	for (; d->looked_at < ledger_session_count(d->ledger); d->looked_at++)
		d->has_files |= ledger_session(d->ledger, d->looked_at)->file !=
				ledger_session(d->ledger, 0)->file;
}

/* How all have met takes the place of how they met so far; what was made of that may be outdated. */
static bool take_meetings(struct deliveries *d)
{
	bool has_news = false;

	if (d->meet_again) {
		pairs_free(d->judging.pairs);
		d->judging.pairs = meet_again_take(d->meet_again, &has_news);
		join_use_pairs(d->join, d->judging.pairs);
		meet_again_free(d->meet_again);
		d->meet_again = NULL;
	}
	return !(has_news || d->is_outdated) || place_all_again(d);
}

/* All was read: where several files were, MOST sessions or attempts of it are looked at again. */
static bool look_back(struct deliveries *d, uint32_t most)
{
	bool goes_on = false;

	switch (d->looking_back) {
	case LOOKING_NOT:
		if (d->has_files && !(d->meet_again = meet_again_new(d->judging.pairs)))
			return false;
		d->looking_back = LOOKING_AT_MEETINGS;
		break;
	case LOOKING_AT_MEETINGS:
		if (d->meet_again && meet_again_step(d->meet_again, most))
			break;
		d->looking_back = LOOKING_AT_TWINS;
		return take_meetings(d);
	case LOOKING_AT_TWINS:
		if (d->has_files && !twins_judge_some(d, most, &goes_on))
			return false;
		d->looking_back = goes_on ? LOOKING_AT_TWINS : LOOKED_BACK;
		break;
	case LOOKED_BACK:
		break;
	}
	return true;
}

/* ---- What changed ---------------------------------------------------------------------------- */

/* The first COUNT recipients' tries of ATTEMPT are to be judged anew. */
static bool refresh_tries(struct deliveries *d, uint32_t attempt, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct delivery *delivery = deliveries_edit(d, delivery_of(d, attempt, i));
		struct try *try = summary_find_try(delivery, attempt);
		if (try)
			summary_make_stale(delivery, try);
		if (!placing_note_change(d, delivery))
			return false;
	}
	return true;
}

/* An attempt that was not placed so far has changed. */
static bool take_unplaced(struct deliveries *d, const struct attempt *attempt)
{
	struct placing *placing = pool_get(&d->placings, attempt->id);
	bool is_fine = true;

	if (is_being_sent(attempt) && placing->shown)
		return refresh_tries(d, attempt->id, placing->shown);
	if (is_being_sent(attempt)) {
		bool was_sending = placing->is_sending;
		placing->is_sending = true;
		return was_sending || ids_add(&d->sending, attempt->id);
	}
	if (placing->shown)
		is_fine = placing_hide(d, attempt);
	if (is_fine && is_complete(attempt))
		is_fine = place_attempt(d, attempt);
	d->spare.count = 0;
	return is_fine;
}

static bool take_attempt(struct deliveries *d, uint32_t id)
{
	const struct attempt *attempt = ledger_attempt(d->ledger, id);
	uint32_t index;

	while (d->placings.count <= id) {
		if (!pool_add(&d->placings, &index))
			return false;
	}
	struct placing *placing = pool_get(&d->placings, id);
	if (placing->is_passed_over)
		return true;
	if (placing->count == 0)
		return take_unplaced(d, attempt);
	bool is_settled = placing->ending == ending_of(d, attempt) && !attempt->answers_each;
	placing->ending = ending_of(d, attempt);
	for (uint32_t i = 0; !is_settled && i < placing->count; i++) {
		if (!placing_settle_later(d, placing->first + i))
			return false;
	}
	return refresh_tries(d, id, placing->count);
}

/* Attempts that have been on their way for a while are shown. */
static bool show_slow_ones(struct deliveries *d)
{
	uint32_t kept = 0;
	bool is_fine = true;

	for (uint32_t i = 0; i < d->sending.count; i++) {
		const struct attempt *attempt = ledger_attempt(d->ledger, d->sending.ids[i]);
		struct placing *placing = pool_get(&d->placings, attempt->id);
		int64_t now_ns = d->judging.now_ns, start_ns = attempt_start(d->ledger, attempt);
		if (!is_being_sent(attempt)) {
			placing->is_sending = false;
		} else if (now_ns < start_ns || now_ns - start_ns < SHOWN_AFTER_NS) {
			d->sending.ids[kept++] = attempt->id;
		} else {
			placing->is_sending = false;
			is_fine = placing_show(d, attempt) && is_fine;
		}
	}
	d->sending.count = kept;
	return is_fine;
}

/* Time has passed for deliveries that still wait. */
static bool pass_time(struct deliveries *d)
{
	bool is_fine = true;

	for (uint32_t i = 0; i < d->waiting.count; i++) {
		struct delivery *delivery = deliveries_edit(d, d->waiting.ids[i]);
		delivery->is_waiting = false;
		is_fine = placing_note_change(d, delivery) && is_fine;
	}
	d->waiting.count = 0;
	return is_fine;
}

/* Takes in MOST changed attempts. False: no memory. */
static bool take_attempts(struct deliveries *d, uint32_t most)
{
	uint32_t id;

	for (uint32_t i = 0; i < most; i++) {
		id = ledger_next_changed(d->ledger);
		if (id == NO_ATTEMPT)
			break;
		if (!take_attempt(d, id))
			return false;
	}
	return true;
}

static void set_now(struct deliveries *d, int64_t now_ns)
{
	d->has_time_passed |= now_ns != d->judging.now_ns;
	d->judging.now_ns = now_ns;
}

bool deliveries_take(struct deliveries *deliveries, int64_t now_ns, bool is_over, uint32_t most,
		     bool *goes_on)
{
	struct deliveries *d = deliveries;

	set_now(d, now_ns);
	look_for_files(d);
	*goes_on = true;
	if (!take_attempts(d, most))
		return false;
	if (is_over && !ledger_changed_count(d->ledger) && !look_back(d, most))
		return false;
	bool is_fine = refresh_changed(d, most);
	*goes_on = ledger_changed_count(d->ledger) || d->changed.count ||
		   (is_over && d->looking_back != LOOKED_BACK);
	return is_fine;
}

bool deliveries_update(struct deliveries *deliveries, int64_t now_ns, bool is_over)
{
	bool goes_on = true;

	deliveries->has_time_passed |= is_over != deliveries->is_over;
	deliveries->is_over = is_over;
	if (!is_over)
		deliveries->looking_back = LOOKING_NOT;
	while (goes_on)
		if (!deliveries_take(deliveries, now_ns, is_over, UINT32_MAX, &goes_on))
			return false;
	if (deliveries->has_time_passed && !(show_slow_ones(deliveries) && pass_time(deliveries)))
		return false;
	deliveries->has_time_passed = false;
	return refresh_changed(deliveries, UINT32_MAX);
}

void deliveries_cover(struct deliveries *deliveries, uint16_t file, int64_t first_ns,
		      int64_t last_ns)
{
	pairs_cover(deliveries->judging.pairs, file, first_ns, last_ns);
}

int64_t deliveries_until(const struct deliveries *deliveries, const struct delivery *delivery,
			 int64_t now_ns)
{
	int64_t last_ns = NO_TIME;

	for (uint32_t i = 0; i < delivery->try_count; i++) {
		const struct attempt *attempt =
			ledger_attempt(deliveries->ledger, delivery->tries[i].attempt);
		int64_t end_ns = pairs_end(deliveries->judging.pairs,
					   attempt_session(deliveries->ledger, attempt));
		if (end_ns == NO_TIME)
			return now_ns;
		if (end_ns > last_ns)
			last_ns = end_ns;
	}
	return last_ns != NO_TIME && last_ns < now_ns ? last_ns : now_ns;
}

void deliveries_begin_timer(struct deliveries *deliveries, int64_t timer_ns)
{
	deliveries->judging.options.timer_ns = timer_ns > 0 ? timer_ns : DEFAULT_TIMER_NS;
	deliveries->judged = 0;
	deliveries->is_judging = true;
}

bool deliveries_judge_some(struct deliveries *deliveries, uint32_t most)
{
	for (; most && deliveries->is_judging; most--) {
		struct delivery *delivery = deliveries_edit(deliveries, deliveries->judged++);
		for (uint32_t k = 0; delivery && k < delivery->try_count; k++)
			delivery->tries[k].verdict.is_stale = true;
		if (delivery)
			(void)refresh(deliveries, delivery);
		deliveries->is_judging = delivery != NULL;
	}
	return deliveries->is_judging;
}

uint32_t deliveries_judged(const struct deliveries *deliveries)
{
	return deliveries->is_judging ? deliveries->judged : deliveries->all.count;
}

void deliveries_set_timer(struct deliveries *deliveries, int64_t timer_ns)
{
	deliveries_begin_timer(deliveries, timer_ns);
	while (deliveries_judge_some(deliveries, UINT32_MAX))
		;
}
