"""The man pages have what the program has: every flag, subcommand and exit status of its help, and
every path and family that it serves."""

import os
import re
import subprocess

from as_a_user import SOURCE
from jmxbridge_testing import Daemon, ServiceTest, main, program
from manual import PAGES, all_items, flags, table_flags


def page(name):
    return (SOURCE / PAGES / name).read_text(encoding="utf-8")


class ManualTest(ServiceTest):
    def help(self, *command):
        run = subprocess.run([program(), *command, "--help"], capture_output=True, text=True,
                             timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def subcommands(self):
        words = re.search(r"(?m)^  jmxbridge ([\w-]+(?: \| [\w-]+)+) \[--help\]", self.help())
        self.assertIsNotNone(words, "the help has no line with the subcommands")
        return words[1].split(" | ")

    def test_every_flag_of_the_help(self):
        listed = set()
        for command in [[], *([word] for word in self.subcommands())]:
            own = set(re.findall(r"(?m)^  (--[a-z.-]+)", self.help(*command)))
            self.assertIn("--help", own)
            listed |= own
        self.assertEqual(listed, flags(page("jmxbridge.1")))

    def test_every_flag_of_the_daemon_is_in_the_readme(self):
        own = set(re.findall(r"(?m)^  (--[a-z.-]+)", self.help()))
        readme = (SOURCE / "README.md").read_text(encoding="utf-8")
        self.assertEqual(table_flags(readme), own)

    def test_every_subcommand_of_the_help(self):
        described = re.findall(r"(?m)^\.Ss jmxbridge (\S+)", page("jmxbridge.1"))
        self.assertEqual(self.subcommands(), described)

    def test_every_exit_status_of_the_help(self):
        statuses = page("jmxbridge.1").partition(".Sh EXIT STATUS")[2].partition(".Sh ")[0]
        listed = re.findall(r"(?m)^  (\d)  ", self.help().partition("Exit status:")[2])
        self.assertEqual(re.findall(r"(?m)^\.It (\d)$", statuses), listed)

    def test_every_example_of_a_configuration(self):
        blocks = re.findall(r"(?s)\.Bd -literal[^\n]*\n(.*?)\.Ed\n", page("jmxbridge-config.5"))
        examples = [block.replace("\\e", "\\") for block in blocks
                    if not block.startswith("tls_server_config:")]
        self.assertGreater(len(examples), 4)
        for example in examples:
            with self.subTest(example):
                file = self.processes.write("example.yml", "hostPort: 127.0.0.1:1\n" + example)
                check = subprocess.run([program(), "--config.check=strict", file], capture_output=True,
                                       text=True, timeout=60,
                                       env={**os.environ, "METRICS_PASSWORD": "secret"})
                self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_every_path_and_family_of_a_daemon(self):
        # Nothing listens at the receiver, so the family on pushes is there and counts failures.
        daemon = Daemon(self.processes, "hostPort: 127.0.0.1:1\nrules: []\n"
                        "openTelemetry: {endpoint: 'http://127.0.0.1:1'}\n", options=["--self"])
        families = set(re.findall(r"(?m)^# TYPE (\S+) ", daemon.get("/metrics").text))
        self.assertIn("jmxbridge_otlp_pushes_total", families)
        self.assertEqual(families - all_items(page("jmxbridge-metrics.7")), set(),
                         "these are missing in jmxbridge-metrics.7; describe them")

        missing = daemon.get("/no-such-path")
        self.assertEqual(missing.status, 404)
        paths = set(missing.text.partition("what there is:")[2].split())
        self.assertIn("/metrics", paths)
        described = set(re.findall(r"(?m)^\.It Pa (\S+)", page("jmxbridge-http.7")))
        self.assertEqual(paths, described)


if __name__ == "__main__":
    main()
