"""jmxbridge as a process."""

import os
import pathlib
import re

from .exposition import parse_openmetrics, parse_text
from .http import get
from .processes import TestTimeout, eventually, free_port

OPENMETRICS = "application/openmetrics-text;version=1.0.0"
# Settings of JVMs that would reach the embedded one; a test that wants one sets it itself.
JAVA_SETTINGS = ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_HOME"]


def program():
    """The binary under test: JMXBRIDGE_BINARY, which CTest sets."""
    path = os.environ.get("JMXBRIDGE_BINARY")
    if not path:
        raise AssertionError("set JMXBRIDGE_BINARY to the jmxbridge to test")
    return pathlib.Path(path)


class Daemon:
    """A running jmxbridge in the peer's form, `jmxbridge 127.0.0.1:PORT CONFIG`, on a free port."""

    def __init__(self, processes, configuration, *, options=(), environment=None, command=None,
                 cwd=None, headers=None):
        """`configuration` is YAML text, or the path of a file; `command` is how to start the program
        if not by its name alone; `headers` go with each request for its readiness."""
        self.port = free_port()
        self.headers = headers or {}
        if isinstance(configuration, pathlib.Path):
            self.configuration = configuration
        else:
            self.configuration = processes.write(f"jmxbridge-{self.port}.yml", configuration)
        own = {name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS}
        self.process = processes.start(
            "jmxbridge",
            [*(command or [program()]), *options, f"127.0.0.1:{self.port}", self.configuration],
            cwd=cwd, environment={**own, **(environment or {})})
        self.wait_until_ready()

    def __getattr__(self, name):
        return getattr(self.process, name)

    def wait_until_ready(self, seconds=60):
        def ready():
            if not self.process.running():
                raise TestTimeout(f"jmxbridge ended with {self.process.popen.returncode}:\n"
                                  f"{self.process.log()}")
            return self.get("/-/ready", headers=self.headers).status == 200

        eventually("jmxbridge is ready", ready, seconds)

    def get(self, path, **options):
        return get(self.port, path, **options)

    def events(self, levels="warn|error"):
        """The log's lines of these levels, as the text of their messages."""
        return re.findall(rf'(?m)^ts=\S+ level=(?:{levels}) msg="(.*)"$', self.process.log())

    def reload(self, text):
        """Gives it another configuration; False if it refuses that."""
        self.write(text)
        return self.get("/-/reload", method="POST").status == 200

    def write(self, text):
        """Puts another configuration in the place of the one it has: it looks at the file by itself, too,
        and must not meet half of it."""
        new = self.configuration.with_name(f"{self.configuration.name}.new")
        new.write_text(text, encoding="utf-8")
        new.rename(self.configuration)

    def scrape(self, *, openmetrics=False, scrape_timeout=None, timeout=90):
        """One scrape as Prometheus makes it, read strictly: family name → family."""
        headers = {"Accept": OPENMETRICS} if openmetrics else {}
        if scrape_timeout is not None:
            headers["X-Prometheus-Scrape-Timeout-Seconds"] = str(scrape_timeout)
        answer = self.get("/metrics", headers=headers, timeout=timeout)
        if answer.status != 200:
            raise AssertionError(f"/metrics answered {answer.status}: {answer.text[:2000]}")
        return parse_openmetrics(answer.text) if openmetrics else parse_text(answer.text)
