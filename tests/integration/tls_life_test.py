"""TLS to the target while things change: settings, targets, certificates and the passwords of stores."""

import shutil
import signal

from tls_case import TlsTest

from jmxbridge_testing import eventually, main
from jmxbridge_testing.certificates import PASSWORD, ssl, store, with_password


def replace(file, other):
    """Puts a file into the place of another at once, as who renews certificates does."""
    new = other.with_suffix(".new")
    shutil.copy(file, new)
    new.rename(other)


class LifeTest(TlsTest):
    def reload(self, daemon, text):
        daemon.write(text)
        read = daemon.log().count("was read again")
        daemon.signal(signal.SIGHUP)
        eventually("the file is read again",
                   lambda: daemon.log().count("was read again") > read)

    def test_other_settings_open_another_session(self):
        target = self.start()
        [daemon, portable] = self.check_read(target, ssl(self.trusted))
        portable.process.end()
        good = daemon.configuration.read_text(encoding="utf-8")
        self.reload(daemon, good.replace(str(self.authority.trust), str(self.stranger.trust)))
        self.check_down(daemon, "is not trusted")
        self.reload(daemon, good)
        self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0)
        opened = self.value(daemon.scrape(), "jmxbridge_sessions_opened_total")
        self.reload(daemon, good + "lowercaseOutputName: true\n")
        self.assertEqual(self.value(daemon.scrape(), "jmxbridge_sessions_opened_total"), opened)

    def test_a_restart_of_the_target_is_not_seen(self):
        target = self.start()
        daemons = self.check_read(target, ssl(self.trusted))
        self.restart(target)
        self.check_up(daemons)

    def test_a_target_that_begins_to_speak_tls(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        daemons = self.check_read(target, "")
        self.restart(target)
        for daemon in daemons:
            self.check_down(daemon, "looks like TLS.* set ssl: true")
            text = daemon.configuration.read_text(encoding="utf-8")
            self.assertTrue(daemon.reload(text + ssl(self.trusted)))
            self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0)
            self.assertEqual(self.value(daemon.scrape(), "app_A_Value"), 1.0)

    def test_certificates_that_are_renewed_while_the_daemon_runs(self):
        trust = self.processes.folder / "trust.p12"
        own = self.processes.folder / "own.p12"
        shutil.copy(self.authority.trust, trust)
        shutil.copy(self.client, own)
        target = self.start(client_authority=self.authority)
        daemons = self.check_read(target, ssl(store("trustStore", trust), store("keyStore", own)))
        # Another authority signs both from now on.
        self.restart(target, self.stranger.store("renewed"), client_authority=self.stranger)
        for daemon in daemons:
            self.check_down(daemon, "is not trusted: put its")
        replace(self.stranger.trust, trust)
        for daemon in daemons:
            self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 0.0)
            self.assertRegex(daemon.events()[-1], "does not trust the client certificate")
        replace(self.stranger.store("renewed-client", hosts="dns:client"), own)
        for _ in range(2):
            for daemon in daemons:
                page = daemon.scrape()
                self.assertEqual(self.value(page, "jmx_up"), 1.0)
                self.assertEqual(self.value(page, "app_A_Value"), 1.0)

    def test_a_password_in_a_file_is_read_for_each_session(self):
        credentials = self.processes.folder / "credentials"
        credentials.mkdir()
        (credentials / "trust").write_text(PASSWORD, encoding="utf-8")
        word = self.processes.write("word", f"{PASSWORD}\n")
        own = self.processes.folder / "own.p12"
        shutil.copy(self.client, own)
        environment = {"CREDENTIALS_DIRECTORY": str(credentials),
                       "JMXBRIDGE_TEST_WORD": "other-secret"}
        trusted = store("trustStore", self.authority.trust,
                        password_file="${CREDENTIALS_DIRECTORY}/trust")
        target = self.start(client_authority=self.authority)
        daemons = self.check_read(target, ssl(trusted, store("keyStore", own, password_file="word")),
                                  environment=environment)
        shown = daemons[0].get("/config").text
        self.assertIn('passwordFile: "${CREDENTIALS_DIRECTORY}/trust"', shown)
        self.assertNotIn(PASSWORD, shown)
        # Sessions that stand need none; the next ones take what is there then.
        word.unlink()
        self.check_up(daemons)
        self.restart(target, client_authority=self.authority)
        for daemon in daemons:
            self.check_down(daemon, rf"ssl\.keyStore\.passwordFile: {word}: the file does not exist")
        word.write_text("wrong-secret\n", encoding="utf-8")
        for daemon in daemons:
            self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 0.0)
            self.assertRegex(daemon.events()[-1], r"\(ssl\.keyStore\) does not open with its "
                                                  r"password; correct ssl\.keyStore\.password")
        replace(with_password(self.client, "other-secret", self.processes.folder), own)
        word.write_text("other-secret", encoding="utf-8")
        daemons.append(self.daemon_for(
            target, ssl(trusted, store("keyStore", own, password="${JMXBRIDGE_TEST_WORD}")),
            environment=environment))
        for daemon in daemons:
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_up"), 1.0)
            self.assertEqual(self.value(page, "app_A_Value"), 1.0)
            self.assertNotIn("-secret", daemon.log())


class FormTest(TlsTest):
    def test_a_registry_and_a_server_each_with_tls_and_without(self):
        self.check_matrix(17)


if __name__ == "__main__":
    main()
