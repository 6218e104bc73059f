"""What the daemon reads and says of secrets: passwords of every kind, the warning of one that goes in
clear, and files that are none."""

import os
import signal
import subprocess

from jmxbridge_testing import ServiceTest, agent_flags, eventually, main, program

LONG = "0123456789abcdef" * 256
PASSWORDS = {
    "signs": "p@ss:w=rd#!'\"${}`$\\%&*|<>?~[]",
    "letters": "Pässwörd-пароль-密码-🔑",
    "long": LONG,
}
CLEAR = "the password goes over the network in clear"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class ProtectedTest(ServiceTest):
    """With targets that want a password."""

    def start_protected(self, password, port=None, **options):
        file = self.processes.write("target-password", f"monitor {password}\n")
        file.chmod(0o600)
        access = self.processes.write("target-access", "monitor readonly\n")
        # The target must compare with the text, not put a hash of it into the file.
        hashes = "-Dcom.sun.management.jmxremote.password.toHashes=false"
        return self.start_target(
            "MutableTarget", "register app:type=A Value=int:1", port=port,
            flags=lambda chosen: [
                *agent_flags(chosen, password_file=file, access_file=access, **options), hashes,
                "-Dfile.encoding=UTF-8"])


class PasswordTest(ProtectedTest):
    def check_up(self, target, login, **options):
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nusername: monitor\n{login}\n"
                                   "includeObjectNames: ['app:*']\n", **options)
        page = daemon.scrape()
        self.assertEqual(self.value(page, "jmx_up"), 1.0, daemon.log())
        self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        return daemon

    def test_every_password_that_a_target_can_have(self):
        for kind, password in PASSWORDS.items():
            with self.subTest(kind):
                target = self.start_protected(password)
                file = self.processes.write("own-password", password + "\n")
                for daemon in [
                        self.check_up(target, f"password: {quoted(password)}"),
                        self.check_up(target, f"passwordFile: {file}"),
                        self.check_up(target, "password: ${JMXBRIDGE_TEST_WORD}",
                                      environment={"JMXBRIDGE_TEST_WORD": f" {password} "})]:
                    for text in (daemon.get("/config").text, daemon.log(), daemon.get("/").text):
                        self.assertNotIn(password, text)

    def test_a_wrong_one_is_said_once_and_never_shown(self):
        target = self.start_protected("right-secret")
        for wrong in [PASSWORDS["letters"], LONG, "wrong-secret", "x"]:
            with self.subTest(wrong[:20]):
                daemon = self.start_daemon(
                    f"hostPort: 127.0.0.1:{target.port}\nusername: monitor\n"
                    f"password: {quoted(wrong)}\n")
                for _ in range(5):
                    self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 0.0)
                [event] = daemon.events()
                self.assertRegex(event, "refused the login; check username and password")
                if len(wrong) > 1:
                    self.assertNotIn(wrong, daemon.log() + daemon.get("/").text)
        # Another one does not wait for the pause of the last to end.
        self.assertTrue(daemon.reload(daemon.configuration.read_text(encoding="utf-8").replace(
            "password: 'x'", "password: right-secret")))
        self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0)

    def test_an_empty_one_is_none(self):
        target = self.start_protected("right-secret")
        daemon = self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nusername: monitor\npassword: ''\n")
        for _ in range(2):
            self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 0.0)
        [event] = daemon.events()
        self.assertRegex(event, "wants a user name and a password; set username and password")


class WarningTest(ProtectedTest):
    def test_a_password_in_clear_is_warned_of_once(self):
        # Nobody is asked before a scrape, so no name is looked up.
        text = "hostPort: target.invalid:1\nusername: u\npassword: hunter2\n"
        daemon = self.start_daemon(text)
        said = lambda: [event for event in daemon.events() if CLEAR in event]
        [warning] = said()
        self.assertIn(":3:1: warning: password: ", warning)
        for _ in range(2):
            self.assertEqual(daemon.get("/-/reload", method="POST").status, 200)
        read = daemon.log().count("was read again")
        daemon.signal(signal.SIGHUP)
        eventually("the file is read again", lambda: daemon.log().count("was read again") > read)
        self.assertFalse(daemon.reload(text + "rules: 5\n"))
        self.assertTrue(daemon.reload(text + "lowercaseOutputName: true\n"))
        # Once more beside what was wrong, each time that this was read.
        refused = sum("old one stays" in event for event in daemon.events())
        self.assertEqual(said().count(warning), 1 + refused)
        self.assertTrue(daemon.reload("hostPort: localhost:1\nusername: u\npassword: hunter2\n"))
        self.assertTrue(daemon.reload(text))
        self.assertEqual(said().count(warning), 2 + refused)
        self.assertNotIn("hunter2", daemon.log())


    def test_a_stub_that_leads_into_the_clear_is_warned_of_once(self):
        """`ssl` is on, but what the registry gives leads elsewhere, and without TLS."""
        here = "2130706433"  # 127.0.0.1, and no name that one would take for this machine
        target = self.start_protected("right-secret", hostname=here)
        text = (f"hostPort: 127.0.0.1:{target.port}\nusername: monitor\npassword: right-secret\n"
                "ssl: true\n")
        daemon = self.start_daemon(text, environment={"RMI_REGISTRY_SSL_DISABLED": "true"})
        for _ in range(2):
            self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0, daemon.log())
        target.kill()
        self.start_protected("right-secret", target.port, hostname=here)
        self.assertTrue(daemon.reload(text + "lowercaseOutputName: true\n"))
        self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0)
        [event] = daemon.events()
        self.assertRegex(event, f"went over the network in clear although ssl is on: .*{here}.*jmxremote.ssl=true")
        self.assertTrue(daemon.reload(text.replace("ssl: true", "ssl: {enabled: true, verifyHostName: false}")))
        self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0)
        self.assertEqual(len(daemon.events()), 2)
        self.assertNotIn("right-secret", daemon.log())


class FileTest(ServiceTest):
    """Files that do not end, or wait for somebody: said at once, without memory or a thread."""

    def check(self, text, *flags, status=1):
        file = self.processes.write("checked.yml", text)
        run = subprocess.run([program(), "--config.check", f"--config.file={file}", *flags],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def strange(self):
        folder = self.processes.folder
        pipe = folder / "pipe"
        os.mkfifo(pipe)
        return [(pipe, "this is a pipe, which can be read only once; name a file"),
                (folder, "this is a directory; name a file in it"),
                ("/dev/zero", "this is a socket or a device; name a file")]

    def test_what_a_configuration_names(self):
        target = "hostPort: 127.0.0.1:1\nusername: u\n"
        for path, message in self.strange():
            with self.subTest(path):
                self.assertIn(f"passwordFile: {path}: {message}",
                              self.check(f"{target}passwordFile: {path}\n"))
                web = self.processes.write(
                    "web.yml", f"tls_server_config: {{cert_file: {path}, key_file: {path}}}\n")
                said = self.check(target, f"--web.config.file={web}")
                self.assertIn(f"tls_server_config.cert_file: {path}: {message}", said)
                self.assertIn(f"tls_server_config.key_file: {path}: {message}", said)

    def test_what_the_command_line_names(self):
        for path, message in self.strange()[1:]:
            with self.subTest(path):
                run = subprocess.run(
                    [program(), "--config.check", f"--config.file={path}"], capture_output=True,
                    text=True, timeout=60)
                self.assertEqual(run.returncode, 1)
                self.assertIn(message, run.stdout + run.stderr)
                self.assertIn(message, self.check("hostPort: 127.0.0.1:1\n",
                                                  f"--web.config.file={path}"))
        self.check("hostPort: 127.0.0.1:1\n", "--web.config.file=/dev/null", status=0)

    def test_a_configuration_from_a_shell_is_read_once(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        text = f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n"
        file = self.processes.write("piped.yml", text)
        script = 'program=$1 port=$2; exec "$program" "$port" <(sleep 0.1; cat "$3")'
        daemon = self.start_daemon(file, command=["bash", "-c", script, "bash", program()])
        for _ in range(2):
            self.assertEqual(self.value(daemon.scrape(), "app_A_Value"), 1.0)
        answer = daemon.get("/-/reload", method="POST")
        self.assertEqual(answer.status, 500)
        self.assertIn("was read from a pipe, which gives it once; start with a file", answer.text)
        page = daemon.scrape()
        self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        self.assertEqual(self.value(page, "jmxbridge_config_last_reload_successful"), 1.0)


if __name__ == "__main__":
    main()
