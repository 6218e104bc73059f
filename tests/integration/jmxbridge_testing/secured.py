"""A daemon whose own port asks for passwords or speaks TLS, and curl, which asks it."""

import dataclasses
import os
import re
import subprocess

from .daemon import JAVA_SETTINGS, program
from .processes import free_port

# Written by the daemon when it listens and is ready.
READY = r"jmxbridge \S+ serves "


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int    # 0: there was none
    headers: dict  # names in lower case
    text: str
    failure: int   # curl's exit status


def curl(port, path="/metrics", *options, secure=True, timeout=60):
    """One request; what curl makes of a refusal is an answer too."""
    scheme = "https" if secure else "http"
    run = subprocess.run(
        ["curl", "--disable", "--silent", "--include", "--max-time", str(timeout), "--noproxy", "*",
         *(str(option) for option in options), f"{scheme}://127.0.0.1:{port}{path}"],
        capture_output=True, timeout=timeout + 10)
    head, _, body = run.stdout.decode("utf-8").partition("\r\n\r\n")
    lines = head.split("\r\n")
    status = re.match(r"HTTP/\S+ (\d+)", lines[0])
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    return Answer(int(status[1]) if status else 0,
                  {name.lower(): value for name, value in headers.items()}, body, run.returncode)


def start_secured(processes, *flags, configuration="", environment=None):
    """A daemon that serves its own JVM; `configuration` is YAML text. Gives the process, with its
    port as `port`, whether it has become ready or has ended."""
    port = free_port()
    file = processes.write(f"secured-{port}.yml", f"hostPort: 127.0.0.1:1\nrules: [{{pattern: .*}}]\n{configuration}")
    own = {name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS}
    process = processes.start("jmxbridge", [
        program(), "--self", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}",
        *flags], environment={**own, **(environment or {})})
    process.port = port
    process.configuration = file
    process.wait_for_log(READY)
    return process


def refused_start(processes, *flags, configuration="", environment=None):
    """What a daemon says on stderr that must not start."""
    file = processes.write("refused.yml", f"hostPort: 127.0.0.1:1\n{configuration}")
    port = free_port()
    own = {name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS}
    run = subprocess.run(
        [program(), "--self", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}",
         *flags], env={**own, **(environment or {})}, capture_output=True, text=True, timeout=60)
    if run.returncode != 1 or "Listening" in run.stderr:
        raise AssertionError(f"ended with {run.returncode}:\n{run.stderr}")
    return run.stderr
