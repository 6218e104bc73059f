"""The man pages have what the program has: every flag of its help, every path and family that it
serves, and every line of its help on exit statuses."""

import re
import subprocess

from as_a_user import SOURCE
from jmxbridge_testing import Daemon, ServiceTest, main, program
from manual import PAGES, all_items, flags

SUBCOMMANDS = ["snapshot", "test-rules", "explain"]


def page(name):
    return (SOURCE / PAGES / name).read_text(encoding="utf-8")


class ManualTest(ServiceTest):
    def help(self, *command):
        run = subprocess.run([program(), *command, "--help"], capture_output=True, text=True,
                             timeout=30)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def assert_all(self, wanted, described, name):
        self.assertEqual(wanted - described, set(), f"these are missing in {name}; describe them")

    def test_every_flag_of_the_help(self):
        described = flags(page("jmxbridge.1"))
        for command in [[], *([word] for word in SUBCOMMANDS)]:
            listed = set(re.findall(r"(?m)^  (--[a-z.-]+)", self.help(*command)))
            self.assertIn("--help", listed)
            self.assert_all(listed, described, "jmxbridge.1")

    def test_every_subcommand_of_the_help(self):
        words = re.search(r"(?m)^  jmxbridge ([\w-]+(?: \| [\w-]+)+) \[--help\]", self.help())[1]
        self.assertEqual(words.split(" | "), SUBCOMMANDS)
        described = set(re.findall(r"(?m)^\.Ss jmxbridge (\S+)", page("jmxbridge.1")))
        self.assert_all(set(SUBCOMMANDS), described, "jmxbridge.1")

    def test_every_exit_status_of_the_help(self):
        statuses = page("jmxbridge.1").partition(".Sh EXIT STATUS")[2].partition(".Sh ")[0]
        listed = re.findall(r"(?m)^  (\d)  ", self.help().partition("Exit status:")[2])
        self.assertEqual(re.findall(r"(?m)^\.It (\d)$", statuses), listed)

    def test_every_path_and_family_of_a_daemon(self):
        # Nothing listens at the receiver, so the family on pushes is there and counts failures.
        daemon = Daemon(self.processes, "hostPort: 127.0.0.1:1\nrules: []\n"
                        "openTelemetry: {endpoint: 'http://127.0.0.1:1'}\n", options=["--self"])
        families = set(re.findall(r"(?m)^# TYPE (\S+) ", daemon.get("/metrics").text))
        self.assertIn("jmxbridge_otlp_pushes_total", families)
        self.assert_all(families, all_items(page("jmxbridge-metrics.7")), "jmxbridge-metrics.7")

        missing = daemon.get("/no-such-path")
        self.assertEqual(missing.status, 404)
        paths = set(missing.text.partition("what there is:")[2].split())
        self.assertIn("/metrics", paths)
        described = set(re.findall(r"(?m)^\.It Pa (\S+)", page("jmxbridge-http.7")))
        self.assertEqual(paths, described)


if __name__ == "__main__":
    main()
