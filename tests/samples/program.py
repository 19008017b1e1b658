# SPDX-License-Identifier: MIT
"""Runs smtpscope and reads its JSON Lines."""

import json
import os
import subprocess

BUILD = os.environ.get("BUILD", "build")
SMTPSCOPE = os.path.join(BUILD, "smtpscope")
SMTPFORGE = os.path.join(BUILD, "smtpforge")


def smtpscope(*arguments, stdin=b"", timeout=60):
    """The finished process, its stdout and stderr as bytes. Times of day are in UTC."""
    environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    return subprocess.run([SMTPSCOPE, *arguments], input=stdin, capture_output=True,
                          timeout=timeout, env=environment, check=False)


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def refuse_twice(pairs):
    if len(pairs) != len(dict(pairs)):
        raise ValueError("a field stands twice")
    return dict(pairs)


class Report:
    """The objects of a jsonl report: in order, and the sessions and attempts by id."""

    def __init__(self, text):
        self.objects = [json.loads(line, parse_constant=refuse_constant,
                                   object_pairs_hook=refuse_twice)
                        for line in text.decode("utf-8").splitlines()]
        self.captures = self.of_type("capture")
        self.sessions = {o["id"]: o for o in self.of_type("session")}
        self.attempts = {o["id"]: o for o in self.of_type("attempt")}
        self.deliveries = self.of_type("delivery")

    def of_type(self, name):
        return [o for o in self.objects if o["type"] == name]

    def result(self, attempt_id, address):
        """How an attempt ended for one recipient, or None. Where no recipient was seen, the
        attempt itself says it."""
        attempt = self.attempts[attempt_id]
        if address is None and not attempt["recipients"]:
            return attempt
        for recipient in attempt["recipients"]:
            if recipient["address"] == address:
                return recipient
        return None


def read_report(*arguments):
    """The jsonl report of files that must be read without a word on stderr."""
    done = smtpscope("--report", "jsonl", *arguments)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return Report(done.stdout)
