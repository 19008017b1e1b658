# SPDX-License-Identifier: MIT
"""The dialogue report taken apart, and what other readers of a capture say was spoken."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile

from program import smtpscope

SESSION = re.compile(r"session (\d+) (\S+) (\S+) > (\S+) (SMTP|LMTP) capture (\d+)\+?")
EVENT = re.compile(r" *(\d+|-) +(-?\d+\.\d{6}) ([CS])([:?~*]) (.*)")
ANSWER = "***"  # what stands for the answer to an AUTH challenge
BANNER = 100    # characters that the second opinion keeps of a greeting


class Line:
    """One line of an event."""

    def __init__(self, fields):
        frame, time, self.side, self.mark, self.text = fields
        self.frame = None if frame == "-" else int(frame)
        self.time = round(float(time) * 10**6)

    def where(self, text):
        return f"{self.frame} {self.time / 10**6:.6f} {text}"


class Spoken:
    """One session of the report."""

    def __init__(self, fields):
        self.id, self.begins, self.client, self.server = int(fields[0]), *fields[1:4]
        self.lines = []

    def commands(self):
        return [line.where(line.text) for line in self.lines
                if line.side == "C" and line.mark == ":"]

    def replies(self):
        """The last line of each reply."""
        return [line for line in self.lines
                if line.side == "S" and line.mark == ":" and line.text[3:4] != "-"]

    def greeting(self):
        replies = [line for line in self.replies() if line.text.startswith("220")]
        if not replies:
            return None
        return f"{replies[0].time / 10**6:.6f} {replies[0].text[4:][:BANNER]}"

    def closes(self):
        ways = {"closes (FIN)": "FIN", "resets (RST)": "RST"}
        return [line.where(f"{line.side} {ways[line.text]}") for line in self.lines
                if line.mark == "*" and line.text in ways]


def read_spoken(text):
    """The sessions of a dialogue report. Every line of it must be of a known form."""
    sessions = []
    for line in text.decode("utf-8").split("\n"):
        session, event = SESSION.fullmatch(line), EVENT.fullmatch(line)
        if session:
            sessions.append(Spoken(session.groups()))
        elif event:
            sessions[-1].lines.append(Line(event.groups()))
        elif line and not line.startswith("capture "):
            raise ValueError(f"a line of no known form: {line!r}")
    return sessions


def clean(text):
    """Control characters as the report shows them."""
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def their_commands(connection):
    """The commands of the second opinion, written as ours."""
    def text(command):
        words = command["c"].split(" ")
        if command["c"] == "***auth-response***":
            return ANSWER
        if words[0].upper() == "AUTH":
            return " ".join(words[:2] + [ANSWER] * (len(words) > 2))
        return clean(command["c"])

    return [f"{c['f']} {c['t']:.6f} {text(c)}" for c in connection["commands"]]


def their_closes(connection):
    return [f"{c['f']} {c['t']:.6f} {c['who']} {c['how']}" for c in connection["close"]]


def their_greeting(connection):
    banner = connection["banner"]
    if not banner or banner["code"] != "220":
        return None
    return f"{banner['t']:.6f} {clean(banner['text'])[:BANNER]}"


def only_in(some, others):
    """What SOME has and OTHERS lacks, as often as it has it more often."""
    others = list(others)
    left = []
    for one in some:
        if one in others:
            others.remove(one)
        else:
            left.append(one)
    return left


class Exported:
    """What --report dialogue --eml wrote of a capture."""

    def __init__(self, path):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)  # root's rights are given up before anything is written
            self.done = smtpscope("--report", "dialogue", "--eml", folder, path)
            self.sessions = read_spoken(self.done.stdout)
            self.files = {name: self.digest(os.path.join(folder, name))
                          for name in os.listdir(folder)}

    @staticmethod
    def digest(path):
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def messages_of(self, session):
        """Digests of its messages in order, with " part" where bytes are missing."""
        found = []
        for name, digest in self.files.items():
            of_session, attempt = re.fullmatch(r"(\d+)-(\d+)\.eml(?:\.part)?", name).groups()
            if int(of_session) == session.id:
                found.append((int(attempt), digest + " part" * name.endswith(".part")))
        return [digest for _, digest in sorted(found)]


# ---- tshark ------------------------------------------------------------------------------------

FIELDS = ["frame.number", "smtp.req.command", "smtp.response.code"]


def has_tshark():
    return shutil.which("tshark") is not None


def tshark_says(path, ports):
    """"FRAME VERB" (four letters of it) and "FRAME CODE" of what was said, each once."""
    command = ["tshark", "-n", "-r", path, "-Y", "smtp", "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=,", "-o", "tcp.desegment_tcp_streams:TRUE"]
    for port in ports:
        command += ["-d", f"tcp.port=={port},smtp"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, check=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))
    said = []
    for line in done.stdout.decode(errors="replace").splitlines():
        frame, commands, codes = (line.split("\t") + ["", ""])[:3]
        said += [f"{frame} {word.upper()[:4]}" for word in commands.split(",") if word]
        said += [f"{frame} {code}" for code in codes.split(",") if code]
    return sorted(set(said))


def we_say(sessions):
    """The same, ours; answers to AUTH have no verb."""
    said = set()
    for line in (line for session in sessions for line in session.lines if line.mark == ":"):
        if line.side == "S":
            said.add(f"{line.frame} {line.text[:3]}")
        elif line.text != ANSWER:
            said.add(f"{line.frame} {line.text.split(' ')[0].upper()[:4]}")
    return sorted(said)
