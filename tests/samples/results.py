# SPDX-License-Identifier: MIT
"""Lines "ok NAME" and "not ok NAME", as tests/tools/check counts them."""

import sys


class Results:
    """Prints one line for each test, and behind a failed one what was wrong."""

    def __init__(self):
        self.has_failed = False

    def add(self, name, faults):
        """FAULTS is a list of sentences; an empty one passes."""
        print(("not ok " if faults else "ok ") + name)
        for fault in faults[:8]:
            print("    " + fault)
        self.has_failed = self.has_failed or bool(faults)

    def skip(self, name, reason):
        print(f"skip {name}: {reason}")

    def run(self, name, test, *arguments):
        """TEST returns a list of faults; what it raises is one."""
        try:
            faults = test(*arguments)
        except Exception as error:  # a broken report must not hide the other tests
            faults = [f"{type(error).__name__}: {error}"]
        self.add(name, faults or [])

    def finish(self):
        sys.exit(1 if self.has_failed else 0)


def compare(what, ours, expected):
    """A list with one fault, or none."""
    return [] if ours == expected else [f"{what}: {ours!r}, expected {expected!r}"]
