"""The daemon as a process: exit statuses and messages, signals, the embedded JVM's environment."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from jmxbridge_testing import ServiceTest, eventually, free_port, main, program

NOBODY = 65534


def run(*arguments, environment=None, command=None):
    """The daemon until it ends; it must end by itself."""
    return subprocess.run([*(command or [program()]), *map(str, arguments)], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(environment or {})})


def nobodys_program(folder):
    """How to start the daemon without root's rights, from a copy in a folder that all may enter."""
    if os.geteuid() != 0:
        return [program()]
    folder.chmod(0o755)
    for name in ["jmxbridge", "jmxbridge.jar"]:
        shutil.copy(program().with_name(name), folder)
        (folder / name).chmod(0o755)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
            folder / "jmxbridge"]


class ConfigurationTest(ServiceTest):
    """A configuration that cannot be used ends the daemon before it listens, with status 1 and a
    message that says where and what."""

    def check_refused(self, path, *patterns, command=None):
        end = run(f"127.0.0.1:{free_port()}", path, command=command)
        self.assertEqual(end.returncode, 1, end.stderr)
        for pattern in patterns:
            self.assertRegex(end.stderr, pattern)
        self.assertNotRegex(end.stderr, r"terminate called|std::|Exception in thread")
        return end.stderr

    def check_text(self, text, line, *patterns):
        """Refused at that line, or with the file's name alone where `line` is None."""
        path = self.processes.write("config.yml", text)
        place = rf"{path}:{line}:\d+: \S" if line else rf"{path}:.* \S"
        return self.check_refused(path, place, *patterns)

    def test_an_absent_file_is_named(self):
        path = self.processes.folder / "absent.yml"
        self.check_refused(path, str(path), r"(?i)no such file|does not exist|not found")

    def test_a_folder_is_refused_as_one(self):
        self.check_refused(self.processes.folder, str(self.processes.folder), r"(?i)director|folder")

    def test_a_file_without_permission_is_refused_as_that(self):
        path = self.processes.write("config.yml", "hostPort: 127.0.0.1:1\n")
        path.chmod(0)
        self.check_refused(path, str(path), r"(?i)permission|not be read|cannot read",
                           command=nobodys_program(self.processes.folder))

    def test_a_file_without_keys_lacks_its_target(self):
        self.check_text("", None, "hostPort")
        self.check_text("---\n", None, "hostPort")
        self.check_text("{}\n", None, "hostPort")

    def test_a_list_at_the_top_is_refused_at_its_place(self):
        self.check_text("- hostPort: 127.0.0.1:1\n", 1, "a list", "keys with values")

    def test_a_tab_is_refused_at_its_place(self):
        self.check_text("hostPort: 127.0.0.1:1\nssl:\n\tenabled: true\n", 3, r"(?i)\btab\b")

    def test_a_second_document_is_refused_at_its_place(self):
        self.check_text("hostPort: 127.0.0.1:1\n---\nhostPort: 127.0.0.1:2\n", 2, r"(?i)document")

    def test_every_error_is_listed_at_once(self):
        text = self.check_text(
            "hostPort: 127.0.0.1:1\nlowercaseOutputName: maybe\nrules:\n  - pattern: '('\n"
            "  - name: a\n", 2, r"config\.yml:4:\d+: ", r"config\.yml:5:\d+: ")
        self.assertIn("lowercaseOutputName", text)

    def test_an_unset_variable(self):
        self.check_text("hostPort: 127.0.0.1:1\nusername: u\npassword: ${NO_SUCH_VARIABLE_ANYWHERE}\n", 3,
                        "NO_SUCH_VARIABLE_ANYWHERE")

    def test_nothing_is_listening_when_it_is_refused(self):
        """The same port serves at once after a refusal."""
        path = self.processes.write("config.yml", "rules: 5\nhostPort: 127.0.0.1:1\n")
        port = free_port()
        end = run(f"127.0.0.1:{port}", path)
        self.assertEqual(end.returncode, 1)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)



class StartTest(ServiceTest):
    def test_an_empty_host_is_loopback(self):
        path = self.processes.write("config.yml", "hostPort: 127.0.0.1:1\n")
        port = free_port()
        process = self.processes.start("jmxbridge", [program(), f":{port}", path])
        eventually("it listens", lambda: socket.create_connection(("127.0.0.1", port), 60).close() or True)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=1)
        self.assertTrue(process.running())

    def test_help_and_version_need_nothing(self):
        for flag, text in [("--help", "usage:"), ("--version", "jmxbridge")]:
            end = run(flag, environment={"PATH": "/nonexistent", "JAVA_HOME": "/nonexistent"})
            self.assertEqual((end.returncode, end.stderr), (0, ""))
            self.assertIn(text, end.stdout)


class SignalTest(ServiceTest):
    def start_pair(self, value):
        target = self.start_target("MutableTarget", f"register app:type=A Value={value}")
        return target, self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n")

    def check_scrape_finishes(self, number):
        target, daemon = self.start_pair("block")
        pages = []
        thread = threading.Thread(target=lambda: pages.append(daemon.scrape()))
        thread.start()
        eventually("the target is asked", lambda: target.command("waiting app:type=A") != "0")
        daemon.signal(number)
        daemon.wait_for_log("Stopping")

        # Not ready from this moment on: either it says so or it takes nothing new.
        def is_not_ready():
            try:
                return daemon.get("/-/ready").status == 503
            except ConnectionError:
                return True

        eventually("it is not ready", is_not_ready)
        target.command("release")
        thread.join()
        self.assertEqual(len(pages), 1, "the scrape under way was cut off")
        self.assertEqual(self.value(pages[0], "app_A_Value"), 1.0)
        self.assertEqual(self.value(pages[0], "jmx_scrape_error"), 0.0)
        self.assertEqual(daemon.wait(), 0)

    def test_sigterm_lets_the_scrape_finish(self):
        self.check_scrape_finishes(signal.SIGTERM)

    def test_sigint_lets_the_scrape_finish(self):
        self.check_scrape_finishes(signal.SIGINT)

    def test_sigterm_without_a_scrape_ends_it_soon(self):
        _, daemon = self.start_pair("int:1")
        daemon.scrape()
        # A scraper that keeps its connection open does not hold it up.
        idle = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        self.addCleanup(idle.close)
        idle.request("GET", "/-/healthy")
        self.assertEqual(idle.getresponse().read(), b"Exporter is healthy.\n")
        start = time.monotonic()
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)
        # What is under way would have 25 s.
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(idle.sock.recv(1), b"")

    def test_sigterm_with_a_dead_target(self):
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{free_port()}\n")
        daemon.scrape()
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)


class JvmTest(ServiceTest):
    def test_a_java_home_without_a_jvm(self):
        path = self.processes.write("config.yml", "hostPort: 127.0.0.1:1\n")
        home = self.processes.folder / "empty"
        home.mkdir()
        end = run("--java.home", home, f"127.0.0.1:{free_port()}", path)
        self.assertEqual(end.returncode, 1, end.stderr)
        self.assertRegex(end.stderr, rf"{home}")
        self.assertRegex(end.stderr, r"(?i)java")

    @unittest.skipUnless(os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "true"], capture_output=True).returncode == 0,
        "hiding the machine's JVMs needs a mount namespace")
    def test_no_jvm_at_all(self):
        path = self.processes.write("config.yml", "hostPort: 127.0.0.1:1\n")
        hide = "mount -t tmpfs none /usr/lib/jvm && exec \"$@\""
        end = run(f"127.0.0.1:{free_port()}", path,
                  command=["unshare", "--mount", "sh", "-c", hide, "sh", "env", "-u", "JAVA_HOME",
                           program()])
        self.assertEqual(end.returncode, 1, end.stderr)
        self.assertRegex(end.stderr, r"(?i)install|openjdk")
        self.assertRegex(end.stderr, r"java\.home|JAVA_HOME")

    def test_settings_for_other_jvms_are_not_used(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        for name in ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"]:
            with self.subTest(name):
                daemon = self.start_daemon(
                    f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n",
                    environment={name: "-Xmx1k -javaagent:/nonexistent.jar"})
                self.assertEqual(self.value(daemon.scrape(), "app_A_Value"), 1.0)
                warnings = [event for event in daemon.events("warn") if name in event]
                self.assertEqual(len(warnings), 1, daemon.log())
                self.assertNotIn("Picked up", daemon.log())

    def test_neither_rights_nor_environment_nor_folder_matter(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        daemon = self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\n",
            command=["env", "-i", *nobodys_program(self.processes.folder)], cwd="/")
        self.assertEqual(self.value(daemon.scrape(), "app_A_Value"), 1.0)


if __name__ == "__main__":
    main()
