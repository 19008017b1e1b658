# SPDX-License-Identifier: MIT
"""A scenario of mixed traffic by chance, for smtpforge: what a day of several relays looks like."""

import random

HEAD = """scenario "traffic {seed}"
start 1996-11-20 08:00:00 UTC
client one 192.0.2.11 name one.example timer 30 s
client two 192.0.2.12 name two.example timer 30 s
server mx1 198.51.100.1 name mx1.example.net
server mx2 198.51.100.2 name mx2.example.net
client relay 198.51.100.1 name mx1.example.net
server store 198.51.100.9 name store.example.net
tap between
"""


def plain(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}"]


def late(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}", "\treply to dot after 40 s",
            "resend after 20 s"]


def second_server(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}", "\treply to dot nothing",
            "resend after 2 s to mx2"]


def greylisted(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}",
            '\treply to rcpt "450 4.2.0 come again"', "retry after 60 s as before",
            "retry after 200 s"]


def closed(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}", "\treply to dot close",
            "resend after 30 s", f"session {client} -> mx2 at {at + 300} s", f"\tdeliver {name}"]


def cut_off(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name} cut after 1 kB",
            "\tclient closes", f"session {client} -> mx1 at {at + 90} s", f"\tdeliver {name}"]


def rejected(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}",
            '\treply to dot "554 5.7.1 no"']


def relayed(name, client, at):
    return [f"session {client} -> mx1 at {at} s", f"\tdeliver {name}",
            f"session relay -> store at {at + 5} s", f"\tdeliver {name}-relayed",
            f"session relay -> store at {at + 65} s", f"\tdeliver {name}-relayed"]


def encrypted(name, client, at):
    return [f"session {client} -> mx1 at {at} s tls", f"\tdeliver {name}",
            "\treply to dot after 40 s", "resend after 20 s"]


COURSES = [plain, late, second_server, greylisted, closed, cut_off, rejected, relayed, encrypted]


def scenario(seed, messages=60):
    chance = random.Random(seed)
    lines, at = [HEAD.format(seed=seed)], 0
    sessions = []
    for number in range(messages):
        name = f"m{number}"
        size = 2000 + 37 * number
        lines.append(f"message {name} {size} B from user{chance.randrange(5)}@one.example to "
                     f"user{chance.randrange(20)}@example.net subject \"number {number}\"")
        course = COURSES[number % len(COURSES)]
        if course is relayed:
            lines += [f"message {name}-relayed like {name}",
                      f'\theader "Received: from x by mx1.example.net with ESMTP id {number}"']
        sessions += course(name, chance.choice(["one", "two"]), at)
        at += chance.randrange(1, 120)
    return "\n".join(lines + sessions) + "\n"
