"""The base of the tests that start programs."""

import functools
import os
import sys
import unittest

from .daemon import Daemon
from .java import Missing, jars, jdk
from .processes import Processes
from .targets import start_target

# What a machine may lack: the names that JMXBRIDGE_REQUIRE knows, and who says so.
NEEDS = {"jdk25": lambda: jdk(25), "kafka": lambda: jars("kafka"), "peer": lambda: jars("peer"),
         "standalone": lambda: jars("standalone")}
SKIPPED = 77  # CTest's SKIP_RETURN_CODE


def with_logs(test):
    """A failure shows what the programs of the test wrote."""

    @functools.wraps(test)
    def run(self, *arguments):
        try:
            return test(self, *arguments)
        except unittest.SkipTest:
            raise
        except Exception as error:
            error.add_note(self.processes.logs())
            shared = getattr(type(self), "shared", None)
            if shared:
                error.add_note(shared.logs())
            raise

    return run


class ServiceTest(unittest.TestCase):
    """Each test has programs and a folder of its own; `shared` has those of the whole class, for a
    class that fills it in `start_shared`."""

    shared = None

    def __init_subclass__(cls):
        for name, member in list(vars(cls).items()):
            if name.startswith("test_"):
                setattr(cls, name, with_logs(member))

    @classmethod
    def setUpClass(cls):
        if "start_shared" in dir(cls):
            cls.shared = cls.enterClassContext(Processes())
            try:
                cls.start_shared()
            except Exception as error:
                error.add_note(cls.shared.logs())
                raise

    def setUp(self):
        self.processes = self.enterContext(Processes())

    def start_target(self, main, *arguments, **options):
        return start_target(self.processes, main, *arguments, **options)

    def start_daemon(self, configuration, **options):
        return Daemon(self.processes, configuration, **options)

    def value(self, page, name, **labels):
        """The number of one sample of a page, which must be there."""
        family, sample = find(page, name, labels)
        if sample is None:
            self.fail(f"no sample {name}{labels or ''} in the page; the family: {family}")
        return sample.value

    def assert_absent(self, page, name, **labels):
        _, sample = find(page, name, labels)
        self.assertIsNone(sample)


def find(page, name, labels):
    wanted = tuple(sorted(labels.items()))
    for family in page.values():
        for sample in family.samples:
            if sample.name == name:
                if sample.labels == wanted:
                    return family, sample
    return page.get(name), None


def main(*needs):
    """Runs the tests of the program. Where the machine lacks what it needs (a name of NEEDS) they are
    skipped with one line, or have failed if JMXBRIDGE_REQUIRE names it."""
    for need in needs:
        try:
            NEEDS[need]()
        except Missing as missing:
            print(f"left out: {missing}")
            sys.exit(1 if need in os.environ.get("JMXBRIDGE_REQUIRE", "").split() else SKIPPED)
    unittest.main(verbosity=2)
