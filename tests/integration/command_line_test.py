"""How the program ends and what it says, before it serves anything."""

import os
import re
import signal
import socket
import subprocess

from jmxbridge_testing import ServiceTest, eventually, free_port, main, program
from jmxbridge_testing.daemon import JAVA_SETTINGS

FINE = "hostPort: 127.0.0.1:1\n"


class CommandLineTest(ServiceTest):
    def run_program(self, *arguments, environment=None):
        return subprocess.run(
            [program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, cwd=self.processes.folder,
            env={**{name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS},
                 **(environment or {})})

    def assert_fails(self, run, status, *texts):
        """It ends with the status, says each text on stderr, and nothing on stdout."""
        self.assertEqual((run.returncode, run.stdout), (status, ""), run.stderr)
        for text in texts:
            self.assertIn(text, run.stderr)

    def configuration(self, text=FINE):
        return self.processes.write("config.yml", text)

    def test_without_arguments_the_usage_is_shown(self):
        self.assert_fails(self.run_program(), 2, "usage:\n", "jmxbridge [HOST:]PORT CONFIG")

    def test_output_that_cannot_be_written_ends_with_1(self):
        configuration = self.configuration("hostPort: h:1\nrules: [{pattern: a}]\n")
        page = self.processes.write("page.prom", "a 1\n")
        for arguments in [["--help"], ["--config.check", configuration], ["migrate", configuration],
                          ["diff", page, page]]:
            with self.subTest(arguments), open("/dev/full", "w", encoding="utf-8") as full:
                run = subprocess.run([program(), *arguments], stdin=subprocess.DEVNULL, stdout=full,
                                     stderr=subprocess.PIPE, text=True, timeout=60, check=False)
                self.assertEqual(run.returncode, 1)
                self.assertRegex(run.stderr, "stdout cannot be written .No space left")

    def test_a_reader_that_leaves_early_is_no_failure(self):
        page = self.processes.write("page.prom", "a 1\n")
        reader, writer = os.pipe()
        os.close(reader)
        try:
            run = subprocess.run([program(), "diff", page, page], stdin=subprocess.DEVNULL,
                                 stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
        finally:
            os.close(writer)
        self.assertIn(run.returncode, (0, -signal.SIGPIPE))
        self.assertEqual(run.stderr, b"")

    def test_closed_standard_streams_are_not_taken_by_sockets(self):
        port = free_port()
        process = self.processes.start("jmxbridge", [
            "sh", "-c", f'exec "$0" --self --web.listen-address=127.0.0.1:{port} <&- >&- 2>&-',
            program()])
        eventually("it listens", lambda: socket.create_connection(("127.0.0.1", port), timeout=5)
                   ).close()
        for fd in ["0", "1", "2"]:
            self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{fd}"), "/dev/null")

    def test_usage_errors_end_with_2(self):
        configuration = self.configuration()
        for arguments, text in [
                (["0", configuration], "'0' is no [HOST:]PORT"),
                (["65536", configuration], "'65536' is no [HOST:]PORT"),
                (["host:abc", configuration], "'host:abc' is no [HOST:]PORT"),
                (["", configuration], "is blank"),
                (["9404"], "no configuration follows the port '9404'"),
                (["9404", configuration, "third"], "there are 3 arguments"),
                (["9404", configuration, "--log.levl=info"], "did you mean --log.level?"),
                (["--config.check"], "there is no configuration"),
                (["--config.check=lax", configuration], "'lax' is unknown")]:
            with self.subTest(arguments):
                self.assert_fails(self.run_program(*arguments), 2, text, "usage:\n")

    def test_a_configuration_alone_that_pushes_nowhere_ends_with_1_and_names_both_ways_out(self):
        self.assert_fails(
            self.run_program(self.configuration()), 1, "add 'openTelemetry: {endpoint: …}'",
            "or write jmxbridge [HOST:]PORT CONFIG\n")

    def test_help_and_version_go_to_stdout(self):
        for flag in ["--help", "-h"]:
            run = self.run_program(flag)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertIn("--web.listen-address=HOST:PORT", run.stdout)
        run = self.run_program("--version")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"\Ajmxbridge, version \d+\.\d+\.\d+\n")

    def test_config_check_says_what_is_wrong_and_how_bad_it_is(self):
        fine = self.configuration()
        warned = self.processes.write("warned.yml", FINE + "rules:\n- pattren: a\n")
        wrong = self.processes.write("wrong.yml",
                                     FINE + "lowercaseOutputName: 3\nrules:\n- pattern: '('\n")
        for arguments, status in [(["--config.check", fine], 0),
                                  (["--config.check=strict", fine], 0),
                                  (["--config.check", warned], 0),
                                  (["--config.check=strict", warned], 3),
                                  (["--config.check", wrong], 1),
                                  (["--config.check=strict", wrong], 1),
                                  (["9404", wrong, "--config.check"], 1),
                                  ([f"--config.file={wrong}", "--config.check"], 1)]:
            with self.subTest(arguments):
                run = self.run_program(*arguments)
                self.assertEqual((run.returncode, run.stderr), (status, ""), run.stdout)
        self.assertEqual(self.run_program("--config.check", fine).stdout, f"{fine}: fine\n")
        self.assertRegex(self.run_program("--config.check", warned).stdout,
                         r"warned\.yml:3:\d+: warning: rules\[0\]")
        report = self.run_program("--config.check", wrong).stdout
        # Of both parts, the file's own and the rules': all at once.
        self.assertRegex(report, r"(?m)wrong\.yml:2:\d+: error: lowercaseOutputName")
        self.assertRegex(report, r"(?m)wrong\.yml:4:\d+: error: rules\[0\]\.pattern")
        self.assertRegex(report, r"(?m)^\S+wrong\.yml: 2 errors, 0 warnings$")

    def test_a_wrong_configuration_ends_before_anything_listens(self):
        port = free_port()
        wrong = self.configuration("hostPort: a:1\njmxUrl: b\nstartDelaySeconds: x\n")
        run = self.run_program(f"127.0.0.1:{port}", wrong)
        self.assert_fails(run, 1, "config.yml:3:", "startDelaySeconds")
        self.assertGreaterEqual(run.stderr.count(": error: "), 2)

    def test_a_missing_configuration_is_one_clear_error(self):
        for arguments in [[f"127.0.0.1:{free_port()}", "absent.yml"],
                          ["--config.file=absent.yml", "--web.listen-address=127.0.0.1:0"]]:
            run = self.run_program(*arguments)
            self.assert_fails(run, 1, "absent.yml")
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)

    def test_a_port_in_use_ends_with_1_and_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for arguments in [[f"127.0.0.1:{port}", self.configuration()],
                              ["--self", "--web.listen-address=127.0.0.1:0",
                               f"--web.listen-address=127.0.0.1:{port}"]]:
                run = self.run_program(*arguments)
                self.assert_fails(run, 1, str(port))
                self.assertRegex(run.stderr, r"(?i)in use")

    def test_a_host_that_is_not_here_ends_with_1(self):
        # An address of the documentation's network, which no machine has.
        run = self.run_program(f"192.0.2.1:{free_port()}", self.configuration())
        self.assert_fails(run, 1, "192.0.2.1")

    def test_without_a_jvm_one_sentence_says_so(self):
        run = self.run_program("--java.home=/nonexistent", f"127.0.0.1:{free_port()}",
                               self.configuration())
        self.assert_fails(run, 1, "/nonexistent")
        errors = [line for line in run.stderr.splitlines() if "level=error" in line]
        self.assertEqual(len(errors), 1, run.stderr)
        # What needs no JVM works without one.
        self.assertEqual(
            self.run_program("--java.home=/nonexistent", "--config.check", self.configuration())
            .returncode, 0)

    def test_java_settings_of_the_environment_are_named_and_left_out(self):
        daemon = self.start_daemon(FINE, environment={
            "JAVA_TOOL_OPTIONS": "-XX:NoSuchOption=1", "_JAVA_OPTIONS": "-Xmx1k",
            "JDK_JAVA_OPTIONS": "@/nonexistent"})
        # Any of them would have ended the JVM.
        for name in ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"]:
            self.assertRegex(daemon.log(), rf"level=warn msg=.*\b{name}\b")
        self.assertNotIn("Picked up", daemon.log())

    def test_java_options_reach_the_jvm(self):
        largest_heap = "java_lang_Memory_HeapMemoryUsage_max"
        usual = self.value(self.start_daemon(FINE, options=["--self"]).scrape(), largest_heap)
        small = self.start_daemon(FINE, options=["--self", '--java.options=-Da="b c" -Xmx24m'])
        self.assertLess(self.value(small.scrape(), largest_heap), usual / 2)

    def test_java_options_that_the_jvm_does_not_take_are_told_with_its_reason(self):
        # Its ways to end differ: it returns, exits, or aborts.
        for options, reason in [("-XX:NoSuchOption=1", "NoSuchOption"),
                                ("-Xms200m -Xmx100m", "heap size"),
                                ("-XX:+UseParallelGC", "garbage collectors"),
                                ("-agentlib:nosuch", "nosuch")]:
            with self.subTest(options):
                run = self.run_program(f"--java.options={options}", f"127.0.0.1:{free_port()}",
                                       self.configuration())
                self.assertEqual(run.returncode, 1)
                self.assertRegex(run.stderr, rf"level=error msg=.*{reason}.*--java\.options")

    def test_prometheus_form_serves_on_every_address(self):
        ports = [free_port(), free_port()]
        process = self.processes.start("jmxbridge", [
            program(), "--config.file", self.configuration(),
            *(f"--web.listen-address=127.0.0.1:{port}" for port in ports)])
        for port in ports:
            process.wait_for_log(rf"127\.0\.0\.1:{port}")
        for port in ports:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                pass

    def test_port_0_is_any_free_port_and_the_log_names_it(self):
        process = self.processes.start("jmxbridge", [
            program(), "--self", "--web.listen-address=127.0.0.1:0"])
        match = process.wait_for_log(r"127\.0\.0\.1:([1-9]\d+)")
        with socket.create_connection(("127.0.0.1", int(match[1])), timeout=5):
            pass

    def test_the_log_can_be_json(self):
        daemon = self.start_daemon(FINE, options=["--log.format=json"])
        for line in daemon.log().splitlines():
            self.assertTrue(re.fullmatch(r'\{"ts":"[^"]+","level":"\w+","msg":".*"\}', line), line)
        quiet = self.start_daemon(FINE, options=["--log.level=error"])
        self.assertEqual(quiet.log(), "")


if __name__ == "__main__":
    main()
