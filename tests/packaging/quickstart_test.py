"""packaging/quickstart, as a user runs it."""

import os
import re
import signal
import subprocess

from as_a_user import BUILD, SOURCE, UserTest, samples
from jmxbridge_testing import eventually, get, main

QUICKSTART = [SOURCE / "packaging/quickstart", f"--build-dir={BUILD}"]


def running_with(setting):
    """Ids of the processes that have this setting in their environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environment:
                if setting.encode() in environment.read().split(b"\0"):
                    found.append(int(pid))
        except OSError:
            pass  # ended meanwhile, or another user's
    return found


class QuickstartTest(UserTest):
    def setUp(self):
        super().setUp()
        # What quickstart starts and writes is found by this folder.
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.scratch)}

    def assert_nothing_is_left(self):
        self.assertEqual(running_with(f"TMPDIR={self.scratch}"), [])
        self.assertEqual([path for path in self.scratch.iterdir()
                          if path.name.startswith("jmxbridge-quickstart")], [])

    def test_once_shows_two_scrapes_and_leaves_nothing_behind(self):
        run = subprocess.run([*QUICKSTART, "--once"], env=self.environment, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=240)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        shown = {match[1]: (float(match[2]), float(match[3])) for match in
                 re.finditer(r"(?m)^(\S.*?) +(\S+) -> (\S+)$", run.stdout)}
        first, second = shown["shop_orders_handled_total"]
        self.assertGreater(second, first)
        self.assertEqual(shown["jmx_up"], (1.0, 1.0))
        self.assertIn("shop_orders_waiting", shown)
        self.assertIn("java_lang_Threading_ThreadCount", shown)
        self.assertIn('jvm_memory_pool_used_bytes{pool="Metaspace"}', shown)
        self.assert_nothing_is_left()

    def test_it_stays_until_ctrl_c_and_then_ends_both(self):
        quickstart = self.processes.start("quickstart", QUICKSTART, environment=self.environment)
        quickstart.wait_for_log("Ctrl-C ends", seconds=240)
        port = int(re.search(r"series +http://127.0.0.1:(\d+)/metrics", quickstart.log())[1])
        self.assertEqual(samples(get(port, "/metrics").text)["jmx_up"], 1.0)
        self.assertGreaterEqual(len(running_with(f"TMPDIR={self.scratch}")), 3)

        quickstart.signal(signal.SIGINT)
        # An impatient second one leaves nothing undone.
        quickstart.wait_for_log("Ended")
        quickstart.signal(signal.SIGINT)
        self.assertEqual(quickstart.wait(), 0, quickstart.log())
        self.assert_nothing_is_left()

    def test_the_service_and_the_daemon_end_even_if_quickstart_is_killed(self):
        quickstart = self.processes.start("quickstart", QUICKSTART, environment=self.environment)
        quickstart.wait_for_log("Ctrl-C ends", seconds=240)
        quickstart.kill()
        eventually("both are gone", lambda: not running_with(f"TMPDIR={self.scratch}"))

    def test_an_unknown_argument_is_a_usage_error(self):
        run = subprocess.run([*QUICKSTART, "--twice"], capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 2)
        self.assertIn("--twice", run.stderr)


if __name__ == "__main__":
    main()
