"""snapshot, test-rules and explain as a user runs them, against a real target and without one."""

import json
import os
import stat
import subprocess

from jmxbridge_testing import ServiceTest, free_port, main, program, start_target
from jmxbridge_testing.daemon import JAVA_SETTINGS

SETTINGS = {name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS}
RULES = """
rules:
- pattern: 'java.lang<type=Memory><HeapMemoryUsage>max'
  name: heap_max_bytes
  type: GAUGE
- pattern: 'java.lang<type=Threading><>ThreadCount'
  name: threads
  type: GAUGE
"""


class RuleToolsTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "ReferenceTarget", heap="64m")

    def run_program(self, *arguments, java=True):
        """Without `java` it is checked that no JVM is loaded."""
        opened = {} if java else {"LD_DEBUG": "files",
                                  "LD_DEBUG_OUTPUT": str(self.processes.folder / "libraries")}
        run = subprocess.run([program(), *arguments], stdin=subprocess.DEVNULL, text=True,
                             capture_output=True, timeout=60, cwd=self.processes.folder,
                             env={**SETTINGS, **opened})
        if not java:
            self.assertNotIn("libjvm", self.libraries())
        return run

    def libraries(self):
        """What the dynamic linker wrote of the files that it opened."""
        texts = [path.read_text() for path in self.processes.folder.glob("libraries.*")]
        self.assertNotEqual(texts, [])
        return "".join(texts)

    def assert_fails(self, run, status, *texts):
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        for text in texts:
            self.assertIn(text, run.stderr)

    def configuration(self, text=RULES, port=None):
        return self.processes.write("config.yml",
                                    f"hostPort: 127.0.0.1:{port or self.target.port}\n{text}")

    def snapshot(self, configuration=None):
        """A snapshot of the target: its path, and what it holds."""
        path = self.processes.folder / "target.json"
        run = self.run_program("snapshot", f"--config.file={configuration or self.configuration()}",
                               f"--output={path}")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))
        return path, json.loads(path.read_text(encoding="utf-8"))

    def attribute(self, held, bean, name):
        found = [each for each in held["beans"] if each["name"] == bean]
        self.assertEqual(len(found), 1, bean)
        return next(each for each in found[0]["attributes"] if each["name"] == name)

    def test_a_snapshot_holds_the_target_for_its_owner_alone(self):
        path, held = self.snapshot()
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual((held["format"], held["version"], held["target"]),
                         ("jmxbridge-snapshot", 1, f"127.0.0.1:{self.target.port}"))
        heap = self.attribute(held, "java.lang:type=Memory", "HeapMemoryUsage")["value"]
        self.assertEqual(heap["composite"], "java.lang.management.MemoryUsage")
        self.assertIs(type(heap["items"]["max"]), int)
        names = [bean["name"] for bean in held["beans"]]
        self.assertEqual(len(names), len(set(names)))

    def test_what_may_be_private_or_is_excluded_is_not_read(self):
        configuration = self.configuration(
            "excludeObjectNames: ['java.lang:type=Threading']\n"
            "excludeObjectNameAttributes: {'java.lang:type=Memory': [Verbose]}\n")
        _, held = self.snapshot(configuration)
        for bean, name in [("java.lang:type=Runtime", "SystemProperties"),
                           ("java.lang:type=Runtime", "ClassPath"),
                           ("java.lang:type=Threading", "ThreadCount"),
                           ("java.lang:type=Memory", "Verbose")]:
            with self.subTest(name):
                self.assertNotIn("value", self.attribute(held, bean, name))
        self.assertIn("value", self.attribute(held, "java.lang:type=Memory", "HeapMemoryUsage"))

    def test_a_snapshot_of_the_daemon_itself_goes_to_stdout(self):
        run = self.run_program("snapshot", "--self")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(json.loads(run.stdout)["target"], "self")

    def test_that_a_jvm_is_loaded_would_be_seen(self):
        with self.assertRaisesRegex(AssertionError, "libjvm"):
            self.run_program("snapshot", "--self", java=False)

    def test_a_target_that_is_down_says_so(self):
        port = free_port()
        configuration = self.configuration("username: u\npassword: gEhEiM7\n", port)
        for command in ["snapshot", "explain"]:
            with self.subTest(command):
                run = self.run_program(command, f"--config.file={configuration}")
                self.assert_fails(run, 1, f"127.0.0.1:{port}")
                self.assertEqual(run.stdout, "")
                self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
                self.assertNotIn("gEhEiM7", run.stderr)

    def test_a_snapshot_that_cannot_be_written_says_so(self):
        run = self.run_program("snapshot", "--self", "--output=/nonexistent/a.json")
        self.assert_fails(run, 1, "/nonexistent/a.json", "--output")

    def test_rules_are_tested_without_target_and_jvm(self):
        path, held = self.snapshot()
        threads = self.attribute(held, "java.lang:type=Threading", "ThreadCount")["value"]
        self.processes.write("rules.yml", RULES)
        right = self.processes.write("right.yml", f"""
rule_file: rules.yml
snapshot: {path.name}
tests:
- name: threads
  expect: |
    # TYPE threads gauge
    threads {threads}
  complete: [threads]
  absent: [java_lang_Memory_Verbose]
""")
        wrong = self.processes.write("wrong.yml", f"""
rule_file: rules.yml
snapshot: {path.name}
tests:
- name: threads
  expect: threads {threads + 1}
- name: heap
  absent: [nothing]
""")
        run = self.run_program("test-rules", right, java=False)
        self.assertEqual((run.returncode, run.stdout, run.stderr),
                         (0, f"ok      threads\n{right}: 1 ok\n", ""))
        run = self.run_program("test-rules", wrong, right, java=False)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout, f"FAILED  threads\n"
                         f"    value       threads: expected {threads + 1}.0, found {threads}.0\n"
                         f"ok      heap\n{wrong}: 1 of 2 failed\n"
                         f"ok      threads\n{right}: 1 ok\n")

    def test_explain_says_the_same_live_and_of_a_snapshot(self):
        configuration = self.configuration()
        path, _ = self.snapshot()
        arguments = ["explain", f"--config.file={configuration}", "--bean=java.lang:type=Memory,*",
                     "--attribute=HeapMemoryUsage"]
        live = self.run_program(*arguments)
        recorded = self.run_program(*arguments, f"--snapshot={path}", java=False)
        for run in [live, recorded]:
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertRegex(run.stdout, (
                r"(?m)^sample     java\.lang<type=Memory><HeapMemoryUsage>max: (\d+)\n"
                r" +rules\[0\] \(line \d+\): heap_max_bytes \S+ \(gauge\)\n +settled: yes$"))
            self.assertRegex(
                run.stdout, r"(?m)^unmatched  java\.lang<type=Memory><HeapMemoryUsage>used: \d+$")
            self.assertTrue(
                run.stdout.endswith("\n1 samples, 3 unmatched, 0 dropped, 0 errors, 0 skipped\n"))

    def test_explain_of_nothing_is_an_error(self):
        path, _ = self.snapshot()
        arguments = ["explain", f"--config.file={self.configuration()}", f"--snapshot={path}"]
        self.assert_fails(self.run_program(*arguments, "--bean=no.such:*", java=False), 1,
                          "there is no bean no.such:*")
        self.assert_fails(self.run_program(*arguments, "--bean=a", java=False), 2, "--bean: ")

    def test_files_that_cannot_be_used_are_located(self):
        self.processes.write("rules.yml", RULES)
        self.processes.write("broken-rules.yml", "rules:\n- pattern: '('\n")
        self.processes.write("broken.json", '{"format":\n nonsense}')
        self.processes.write("newer.json",
                             '{"format": "jmxbridge-snapshot", "version": 2, "beans": []}')
        for rules, snapshot, text in [
                ("absent.yml", "broken.json", "absent.yml"),
                ("broken-rules.yml", "broken.json", "broken-rules.yml:2:"),
                ("rules.yml", "absent.json", "absent.json: "),
                ("rules.yml", "broken.json", "broken.json: line 2, column 2: "),
                ("rules.yml", "newer.json", "newer.json: its version is not 1")]:
            with self.subTest(text):
                tests = self.processes.write("tests.yml", (
                    f"rule_file: {rules}\nsnapshot: {snapshot}\ntests: [{{absent: [a]}}]\n"))
                self.assert_fails(self.run_program("test-rules", tests, java=False), 1, text)
        self.assert_fails(self.run_program("test-rules", "absent.yml", java=False), 1, "absent.yml")
        self.assert_fails(
            self.run_program("explain", "--config.file=rules.yml", "--snapshot=newer.json",
                             java=False), 1, "newer.json: its version is not 1")

    def test_usage_errors_end_with_2(self):
        for arguments, text in [(["snapshot"], "there is no configuration"),
                                (["test-rules"], "there is no test file"),
                                (["explain", "--wat"], "unknown flag '--wat'")]:
            with self.subTest(arguments):
                self.assert_fails(self.run_program(*arguments), 2, text,
                                  f"jmxbridge {arguments[0]}")


if __name__ == "__main__":
    main()
