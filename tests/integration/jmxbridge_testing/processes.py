"""Programs that a test starts: each ends with the test, whatever happens, and within a time-out."""

import ctypes
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
# Below the range from which Linux takes the local ports of connections, so that a port that was
# free a moment ago cannot be taken by an outgoing connection.
PORTS = range(18000, 32000)


class TestTimeout(AssertionError):
    """Something did not happen in time."""


# What keeps this process's ports from other tests, here and in C++ (tests/free_port.h): names that the
# kernel frees when the process ends, whatever ends it.
CLAIMS = []


def claimed(port):
    """Whether the port is this process's from now on."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0jmxbridge-test-port-{port}")
    except OSError:
        claim.close()
        return False
    CLAIMS.append(claim)
    return True


def free_port():
    """A port on which nothing listens on loopback; no other test is given it before this one ends."""
    chance = random.Random(os.urandom(8))
    while True:
        port = chance.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if claimed(port):
            return port


def eventually(what, condition, seconds=60, pause=0.02):
    """Waits until the condition gives something true, and gives that; OSError counts as not yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            seen = condition()
        except OSError as error:
            seen, last = None, error
        else:
            last = seen
        if seen:
            return seen
        if time.monotonic() > end:
            raise TestTimeout(f"{what}: not within {seconds} s; last seen: {last!r}")
        time.sleep(pause)


def end_with_parent():
    """Runs in the child: it is killed if the test dies before it has cleaned up."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A running program, its output in a file."""

    patience = 10  # seconds from SIGTERM to SIGKILL

    def __init__(self, name, command, folder, *, environment=None, cwd=None, commands=False):
        self.name = name
        self.log_path = folder / f"{name}.log"
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.PIPE if commands else subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env=environment, cwd=cwd, preexec_fn=end_with_parent)
        self.pid = self.popen.pid

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def running(self):
        return self.popen.poll() is None

    def wait_for_log(self, pattern, seconds=60, start=0):
        """The first match of the pattern in the output; fails if the program ends without it."""

        def look():
            ended = not self.running()
            match = re.search(pattern, self.log()[start:])
            if match is None and ended:
                raise TestTimeout(f"{self.name} ended with {self.popen.returncode} before it wrote"
                                  f" {pattern!r}")
            return match

        return eventually(f"{self.name} writes {pattern!r}", look, seconds)

    def wait(self, seconds=60):
        """The exit status; negative for a signal."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TestTimeout(f"{self.name} still runs after {seconds} s") from None

    def signal(self, number):
        self.popen.send_signal(number)

    def kill(self):
        if self.running():
            self.popen.send_signal(signal.SIGKILL)
        self.popen.wait(60)

    def end(self):
        """SIGTERM, and SIGKILL when patience ends; a stopped process is continued first."""
        if self.popen.stdin:
            self.popen.stdin.close()
        if self.running():
            self.popen.send_signal(signal.SIGCONT)
            self.popen.terminate()
            try:
                self.popen.wait(self.patience)
            except subprocess.TimeoutExpired:
                self.kill()


class Processes:
    """The programs of a test and the folder that holds their files. Use it with `with`."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jmxbridge-test-"))
        self.started = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for process in reversed(self.started):
            process.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name, command, **options):
        count = sum(process.name.split(".")[0] == name for process in self.started)
        process = Process(f"{name}.{count + 1}" if count else name, command, self.folder, **options)
        self.started.append(process)
        return process

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def logs(self, lines=60):
        """The end of every program's output, for the message of a failure."""
        shown = []
        for process in self.started:
            tail = process.log().splitlines()[-lines:]
            shown.append("\n".join([f"--- {process.name} (pid {process.pid})", *tail]))
        return "\n".join(shown)
