# SPDX-License-Identifier: MIT
"""What holds for every report in JSON Lines, whatever it tells."""

import re

TIME = re.compile(r"[0-9]+\.[0-9]{9}")
ENDPOINT = re.compile(r"(\[[0-9a-f:.]+\]|[0-9.]+|[0-9a-f:]+):[0-9]+")


def text(value):
    return isinstance(value, str)


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def flag(value):
    return isinstance(value, bool)


def seconds(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def time(value):
    return text(value) and TIME.fullmatch(value) is not None


def endpoint(value):
    return text(value) and ENDPOINT.fullmatch(value) is not None


def address(value):
    return text(value) and not (value.startswith("<") or value.endswith(">"))


def code(value):
    return count(value) and 100 <= value <= 999


def digest(value):
    return text(value) and re.fullmatch(r"[0-9a-f]{32}", value) is not None


def frame(value):
    return isinstance(value, list) and len(value) == 2 and count(value[0]) and \
        count(value[1]) and value[1] > 0


def counts(value):
    return isinstance(value, dict) and all(count(n) for n in value.values())


def frames(value):
    names = {"data", "eod", "eod_acked", "reply", "left"}
    return isinstance(value, dict) and names <= set(value) and \
        all(value[name] is None or frame(value[name]) for name in names)


def ids(value):
    return isinstance(value, list) and len(value) > 0 and all(count(i) for i in value)


def spread(value):
    """Of the waits that were answered, or of retries."""
    names = {"count", "least", "median", "p95", "p99", "most"}
    if not isinstance(value, dict) or set(value) != names:
        return False
    order = [value[name] for name in ("least", "median", "p95", "p99", "most")]
    return all(seconds(n) for n in order) and order == sorted(order)


def waits(value):
    return isinstance(value, dict) and all(n is None or seconds(n) for n in value.values())


def wait_sums(value):
    names = {"count", "longest", "over_minimum", "given_up"}
    return isinstance(value, dict) and len(value) == 8 and \
        all(set(sums) == names and count(sums["count"]) and
            (sums["longest"] is None) == (sums["count"] == 0) for sums in value.values())


def one_of(*words):
    return lambda value: value in words


def or_null(rule):
    return lambda value: value is None or rule(value)


def each(rule):
    return lambda value: isinstance(value, list) and all(rule(item) for item in value)


OUTCOMES = one_of("accepted", "rejected", "unacknowledged", "incomplete", "unknown", "encrypted")
CAUSES = ("capture-gap", "reply-lost", "reply-late", "reply-partial", "server-closed",
          "server-silent", "no-reply", "not-received", "still-waiting", "client-closed",
          "data-stalled", "still-sending")
CLOSINGS = one_of("open", "client", "server", "client-reset", "server-reset", "turned")
CAUSE = or_null(one_of(*CAUSES))
PARTY = {
    "name": or_null(text), "sessions": count, "messages": count, "attempts": count,
    "deliveries": count, "duplicated": count, "maybe_duplicated": count, "refused": count,
    "encrypted": count, "ends": count, "answered": count, "unanswered": count, "waiting": count,
    "unseen": count, "past_timer": count, "answers": or_null(spread),
    "longest_unanswered": or_null(seconds), "waits": wait_sums}
WAITS = one_of("connect", "greeting", "hello", "mail", "rcpt", "data", "block", "eod")
TIMER = {"wait": WAITS, "given_up": count, "least": seconds, "median": seconds, "most": seconds,
         "median_from_tcp_ack": or_null(seconds), "guess": or_null(seconds),
         "software": each(text)}
RECIPIENT = {"address": or_null(address), "outcome": OUTCOMES, "cause": CAUSE,
             "reply_code": or_null(code), "copies_min": count, "copies_max": count}


def recipients(value):
    return isinstance(value, list) and all(not faults_of_fields(r, RECIPIENT) for r in value)


def timers(value):
    return isinstance(value, list) and all(not faults_of_fields(t, TIMER) for t in value)


FIELDS = {
    "capture": {
        "file": text, "link": text, "vantage": one_of("client", "server", "between", "unknown"),
        "packets": count, "bytes": count, "first": or_null(time), "last": or_null(time),
        "skipped": counts, "gaps": count, "dropped": count},
    "let_go": {"sessions": count, "deliveries": count, "troubled": count, "states": counts},
    "session": {
        "id": count, "client": endpoint, "server": endpoint, "client_name": or_null(text),
        "server_name": or_null(text), "start": time, "end": time,
        "protocol": one_of("smtp", "lmtp"), "tls": one_of("none", "starttls", "implicit"),
        "transactions": count, "closed_by": or_null(CLOSINGS),
        "gap_bytes": count, "retransmitted_segments": count, "waits": waits,
        "over_minimum": each(WAITS)},
    "attempt": {
        "id": count, "session": count, "message_id": or_null(address), "digest": or_null(digest),
        "subject": or_null(text), "sender": or_null(address), "recipients": recipients,
        "size": or_null(count), "outcome": lambda o: o == "mixed" or OUTCOMES(o),
        "cause": lambda c: c == "mixed" or CAUSE(c), "eod": or_null(time),
        "reply_time": or_null(time),
        "reply_code": or_null(code), "reply_text": or_null(text), "waited": or_null(seconds),
        "timer_expired": flag, "frames": frames, "waits": waits, "over_minimum": each(WAITS),
        "body_digest": or_null(digest), "transid": or_null(text), "date": or_null(text),
        "received": count,
        "declared_size": or_null(count), "is_encrypted": flag, "file": count,
        "client": endpoint, "server": endpoint,
        "connection": or_null(text), "position": count, "start": time, "left": or_null(time),
        "copies_min": count, "copies_max": count},
    "delivery": {
        "id": count, "revision": count, "message_id": or_null(address),
        "subject": or_null(text), "sender": or_null(address), "recipient": or_null(address),
        "attempts": ids, "joined": each(one_of("certain", "likely", "possible")),
        "relations": each(one_of("resend", "retry", "sent-again")),
        "state": one_of("delivered", "duplicated", "maybe-duplicated", "undelivered", "in-doubt"),
        "copies_min": count, "copies_max": count,
        "cause": or_null(one_of("sent-again", *CAUSES)), "first": time, "last": time,
        "hop_of": or_null(count), "recipients": count},
    "server": {"address": endpoint, **PARTY},
    "sender": {
        "address": text, **PARTY, "timers": timers, "retries": or_null(spread),
        "next_server": count,
        "schedule": or_null(one_of("fixed", "postfix", "qmail", "haraka", "dma"))},
    "what-if": {
        "timer": seconds, "attempts": count, "confirmed": count, "encrypted": count,
        "refused": count, "too_late": count, "unknown": count, "spared": count}}



def faults_of_fields(thing, rules):
    faults = [f"{name} is missing" for name in rules if name not in thing]
    return faults + [f"{name} is {thing[name]!r}" for name, rule in rules.items()
                     if name in thing and not rule(thing[name])]


def faults_of_types(report):
    """Every field is there and of its type."""
    faults = []
    for number, thing in enumerate(report.objects, 1):
        if next(iter(thing)) != "type" or thing["type"] not in FIELDS:
            faults.append(f"line {number}: begins with {next(iter(thing.items()))}")
            continue
        faults += [f"line {number}, {thing['type']}: {fault}"
                   for fault in faults_of_fields(thing, FIELDS[thing["type"]])]
    return faults


def faults_of_order(report):
    """Captures, then sessions, attempts and deliveries, each with its ids rising; attempts that
    carried no message and were refused none are left out, and so are merged deliveries."""
    types = [thing["type"] for thing in report.objects]
    faults = [] if types == sorted(types, key=list(FIELDS).index) else ["out of order"]
    for name in "session", "attempt", "delivery":
        numbers = [thing["id"] for thing in report.of_type(name)]
        if numbers != sorted(set(numbers)):
            faults.append(f"ids of {name}: {numbers}")
    return faults


def faults_of_references(report):
    """What is named is there."""
    faults = [f"attempt {a['id']}: no session {a['session']}"
              for a in report.attempts.values() if a["session"] not in report.sessions]
    for delivery in report.deliveries:
        for attempt in delivery["attempts"]:
            if attempt not in report.attempts:
                faults.append(f"delivery {delivery['id']}: no attempt {attempt}")
            elif not report.result(attempt, delivery["recipient"]):
                faults.append(f"delivery {delivery['id']}: attempt {attempt} is not to its "
                              "recipient")
    return faults


def faults_of_frames(report, times_of_files):
    """Frames exist in the capture, and the times are those of their frames."""
    faults = []
    for attempt in report.attempts.values():
        for name, place in attempt["frames"].items():
            if place and (place[0] >= len(times_of_files) or
                          place[1] > len(times_of_files[place[0]])):
                faults.append(f"attempt {attempt['id']}: no frame {place} ({name})")
        for frame_name, time_name in ("eod", "eod"), ("reply", "reply_time"):
            place = attempt["frames"][frame_name]
            seen = times_of_files[place[0]][place[1] - 1] if place else None
            if attempt[time_name] != seen:
                faults.append(f"attempt {attempt['id']}: {time_name} is {attempt[time_name]}, "
                              f"but its frame {place} was seen at {seen}")
    for capture, times in zip(report.captures, times_of_files):
        if [capture["packets"], capture["first"], capture["last"]] != \
                [len(times), min(times), max(times)]:
            faults.append(f"{capture['file']}: packets, first or last")
    return faults


def state_of(copies_min, copies_max):
    if copies_min >= 2:
        return "duplicated"
    if copies_max >= 2:
        return "maybe-duplicated"
    return {(0, 0): "undelivered", (1, 1): "delivered"}.get((copies_min, copies_max), "in-doubt")


def cause_of(results):
    """Of the first attempt that was neither accepted nor rejected."""
    for result in results:
        if result["outcome"] not in ("accepted", "rejected"):
            return result["cause"]
    accepted = [r for r in results if r["outcome"] == "accepted"]
    return "sent-again" if len(accepted) >= 2 and len(accepted) == len(results) else None


def relation_to(before):
    """What an attempt is to the one before it."""
    return {"accepted": "sent-again", "rejected": "retry",
            "incomplete": "retry"}.get(before["outcome"], "resend")


def faults_of_sums(report):
    """A delivery's state and cause follow from its copies and attempts."""
    faults = []
    for d in report.deliveries:
        results = [report.result(a, d["recipient"]) for a in d["attempts"]]
        name = f"delivery {d['id']}"
        if len(d["joined"]) != len(d["attempts"]) - 1:
            faults.append(f"{name}: {len(d['attempts'])} attempts, joined {d['joined']}")
        if d["relations"] != [relation_to(r) for r in results[:-1]]:
            faults.append(f"{name}: relations {d['relations']}")
        if not d["copies_min"] <= d["copies_max"] <= len(d["attempts"]):
            faults.append(f"{name}: {d['copies_min']}..{d['copies_max']} copies")
        if d["state"] != state_of(d["copies_min"], d["copies_max"]):
            faults.append(f"{name}: {d['state']}, {d['copies_min']}..{d['copies_max']} copies")
        if d["cause"] != cause_of(results):
            faults.append(f"{name}: cause {d['cause']}, expected {cause_of(results)}")
        if d["first"] > d["last"]:
            faults.append(f"{name}: first {d['first']}, last {d['last']}")
    for a in report.attempts.values():
        for name in "outcome", "cause":
            theirs = {r[name] for r in a["recipients"]}
            if theirs and a[name] != ("mixed" if len(theirs) > 1 else min(theirs, key=str)):
                faults.append(f"attempt {a['id']}: {name} {a[name]}, its recipients: {theirs}")
    return faults


def faults_of_parties(report):
    """Every attempt has one server and one sender, and every end of data one fate."""
    faults = []
    for name in "server", "sender":
        parties = report.of_type(name)
        if sum(p["attempts"] for p in parties) > len(report.attempts):
            faults.append(f"more attempts at each {name} than there are")
        for p in parties:
            fates = p["answered"] + p["unanswered"] + p["waiting"] + p["unseen"]
            if p["ends"] != fates or p["answered"] != (p["answers"] or {"count": 0})["count"]:
                faults.append(f"{name} {p['address']}: {p['ends']} ends of data, {fates} fates")
    return faults


def faults_of_report(report, times_of_files):
    faults = faults_of_types(report)
    if faults:
        return faults
    return faults_of_order(report) + faults_of_references(report) + \
        faults_of_frames(report, times_of_files) + faults_of_sums(report) + \
        faults_of_parties(report)
