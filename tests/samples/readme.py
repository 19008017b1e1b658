# SPDX-License-Identifier: MIT
"""pcaps/README.md as a specification: its tables of captures, read as data."""

import re

COLUMNS = ["capture", "what happens", "to", "attempts", "joined", "copies", "state"]
ATTEMPT = re.compile(r"([a-z]+)(?:/([a-z-]+))?(?: ([0-9]{3}))?")


class Capture:
    """What smtpscope must say of one capture."""

    def __init__(self, name, vantage):
        self.name, self.vantage = name, vantage
        self.deliveries = []  # dictionaries of to, attempts, joined, copies, state
        self.encrypted = {}   # how many sessions by what tls says of them


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def words_of(cell):
    return [word.strip() for word in cell.split(",")] if cell else []


def attempt_of(word):
    match = ATTEMPT.fullmatch(word)
    if not match:
        raise ValueError(f"pcaps/README.md: not an attempt: {word!r}")
    return {"outcome": match[1], "cause": match[2],
            "reply_code": int(match[3]) if match[3] else None}


def add_row(capture, row):
    encrypted = re.fullmatch(r"([0-9]+) sessions? (starttls|implicit)", row["attempts"])
    if encrypted:
        capture.encrypted[encrypted[2]] = int(encrypted[1])
        return
    least, most = row["copies"].split("..")
    for recipient in words_of(row["to"]):
        capture.deliveries.append({
            "to": recipient, "attempts": [attempt_of(w) for w in words_of(row["attempts"])],
            "joined": words_of(row["joined"]), "copies_min": int(least),
            "copies_max": int(most), "state": row["state"]})


def read_specification(path="pcaps/README.md"):
    """The captures of all tables that have these columns, by name."""
    captures, capture, is_inside = {}, None, False
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("|"):
                is_inside = False
                continue
            cells = cells_of(line)
            if cells == COLUMNS:
                is_inside = True
                continue
            if not is_inside or set(line.strip()) <= set("|- "):
                continue
            row = dict(zip(COLUMNS, cells, strict=True))
            if row["capture"]:
                name, vantage = row["capture"].split()
                capture = captures[name] = Capture(name, vantage.lstrip("@"))
            add_row(capture, row)
    return captures
