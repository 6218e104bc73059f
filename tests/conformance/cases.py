"""The recorded pages of the peer, and the comparison of the daemon's pages with them."""

import dataclasses
import pathlib
import re

import example_beans
from example_beans import EXAMPLES, THREADING_NAME

from jmxbridge_testing import (Daemon, Processes, ServiceTest, differences, parse_openmetrics,
                               parse_text, start_target, without_own)

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/peer/conformance"
SCRAPES = 3


def recorded(path):
    text = path.read_bytes().decode("utf-8")
    return (parse_openmetrics if path.suffix == ".om" else parse_text)(text)


def configuration(path, port):
    return path.read_text(encoding="utf-8").replace("@PORT@", str(port))


def example_configuration(path, port):
    """An example file of the peer with what it lacks: a target, and without the numbers of the
    target's JVM, which move, unless the file is for them."""
    text, sample = re.subn("localhost:5555", f"127.0.0.1:{port}", path.read_text(encoding="utf-8"))
    if not sample:
        text += f"\nhostPort: 127.0.0.1:{port}\n"
    return text if THREADING_NAME in text else text + "\nexcludeJvmMetrics: true\n"


def at_rest(page):
    """The page with a fixed number where the only one that moves, the JVM's threads, is a sensible
    one."""
    for family in page.values():
        if family.name == "java_lang_Threading_ThreadCount":
            family.samples = [dataclasses.replace(sample, value=10.0) if 0 < sample.value < 100 else sample
                              for sample in family.samples]
    return page


def examples():
    """The twenty example files, in order."""
    return sorted(EXAMPLES.glob("*.y*ml"))


def start_example_target(processes):
    """A target with the MBeans that the example files are for."""
    return start_target(processes, "MutableTarget", *example_beans.commands())


def check(test, daemon, expected_text, expected_openmetrics=None):
    """Three scrapes in each format, all equal to what the peer answered."""
    for scrape in range(1, SCRAPES + 1):
        forms = [("text", expected_text, False)]
        if expected_openmetrics is not None:
            forms.append(("OpenMetrics", expected_openmetrics, True))
        for form, expected, openmetrics in forms:
            page = daemon.scrape(openmetrics=openmetrics)
            test.assertEqual(test.value(page, "jmx_up"), 1.0)
            test.assertEqual(test.value(page, "jmx_scrape_error"), 0.0)
            found = differences(at_rest(expected), at_rest(without_own(page)))
            if found:
                test.fail(f"scrape {scrape}, {form}: {len(found)} differences\n  " + "\n  ".join(found))


class LaneTest(ServiceTest):
    """Recorded pages of one target, compared over both lanes: a fresh daemon for each file reads over
    the fast lane, and one that is given each file in turn over the portable one."""

    @classmethod
    def start_shared(cls):
        cls.target = cls.start_target()
        cls.portable = Daemon(cls.shared, f"hostPort: 127.0.0.1:{cls.target.port}\n",
                              options=["--lane=portable"])

    def check_lanes(self, name, text, expected_text, expected_openmetrics=None):
        with Processes() as processes, self.subTest(name, lane="fast"):
            check(self, Daemon(processes, text, options=["--lane=fast"]), expected_text, expected_openmetrics)
        with self.subTest(name, lane="portable"):
            self.assertTrue(self.portable.reload(text))
            check(self, self.portable, expected_text, expected_openmetrics)
