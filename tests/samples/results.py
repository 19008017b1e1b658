# SPDX-License-Identifier: MIT
"""Lines "ok NAME" and "not ok NAME", as tests/tools/check counts them."""

import sys


class Results:
    """Prints one line for each test; the failed ones last, with what was wrong."""

    def __init__(self):
        self.failed = []

    def add(self, name, faults):
        """FAULTS is a list of sentences; an empty one passes."""
        if faults:
            self.failed.append("\n    ".join(["not ok " + name] + faults[:8]))
        else:
            print("ok " + name)

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
        for text in self.failed:
            print(text)
        sys.exit(1 if self.failed else 0)


def compare(what, ours, expected):
    """A list with one fault, or none."""
    return [] if ours == expected else [f"{what}: {ours!r}, expected {expected!r}"]
