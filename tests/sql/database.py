# SPDX-License-Identifier: MIT
"""A PostgreSQL of one's own: in a temporary folder, without network, stopped by its own id."""

import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time


class Database:
    """Use it in a `with`. PostgreSQL refuses to run as root: then it runs as its own user."""

    def __enter__(self):
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.programs = folders[-1] if folders else "/usr/bin"
        self.folder = tempfile.mkdtemp(prefix="smtpscope-sql-")
        self.as_whom = {}
        if os.geteuid() == 0:
            self.as_whom = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.folder, "postgres", "postgres")
        self.data = os.path.join(self.folder, "data")
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.server = None
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=30)
        self.log.close()
        shutil.rmtree(self.folder)

    def _program(self, name):
        return os.path.join(self.programs, name)

    def _start(self):
        subprocess.run([self._program("initdb"), "-D", self.data, "-U", "tester", "-A", "trust",
                        "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
                       check=True, cwd=self.folder, stdout=self.log, stderr=self.log,
                       **self.as_whom)
        self.server = subprocess.Popen(
            [self._program("postgres"), "-D", self.data, "-k", self.folder, "-F",
             "-c", "listen_addresses="],
            cwd=self.folder, stdout=self.log, stderr=self.log, **self.as_whom)
        for _ in range(300):
            if self._client("pg_isready", ["-q"]).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not start")

    def _client(self, program, arguments, text=""):
        return subprocess.run([self._program(program), "-h", self.folder, "-U", "tester",
                               "-d", "postgres", *arguments],
                              input=text, capture_output=True, text=True, check=False,
                              cwd=self.folder)

    def run(self, sql):
        """The rows that SQL prints, as lists of texts; a NULL is empty."""
        done = self._client("psql", ["-X", "-q", "-At", "-F", "\x1f", "-v", "ON_ERROR_STOP=1"],
                            sql)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return [line.split("\x1f") for line in done.stdout.splitlines()]
