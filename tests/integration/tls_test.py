"""TLS to the target: every form of `ssl` (specification 3.3) against JVMs that demand it."""

import functools
import shutil
import signal
import subprocess
import unittest

from jmxbridge_testing import Processes, ServiceTest, eventually, jdk, main, target_classes
from jmxbridge_testing.certificates import (OWN_PASSWORD, PASSWORD, Authority, agent, converted, ssl,
                                            store)


class Certificates:
    """What all classes use, made once."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder)
        self.stranger = Authority(folder, "stranger")
        self.key = self.authority.store("target")
        self.client = self.authority.store("client", hosts="dns:client")


@functools.cache
def certificates():
    return Certificates(unittest.enterModuleContext(Processes()).folder)


class TlsTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        made = certificates()
        cls.authority, cls.stranger = made.authority, made.stranger
        cls.key, cls.client = made.key, made.client
        cls.trusted = store("trustStore", cls.authority.trust)

    def start(self, store_file=None, *more, **options):
        return self.start_target(
            "MutableTarget", "register app:type=A Value=int:1",
            flags=lambda port: agent(port, store_file or self.key, *more, **options))

    def daemon_for(self, target, configuration, **options):
        return self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n{configuration}",
            **options)

    def check_up(self, daemon):
        for _ in range(2):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_up"), 1.0)
            self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        self.assertEqual(daemon.events(), [])

    def check_down(self, daemon, pattern):
        """Down at each scrape, with one line that says what to do, and no secret in it."""
        for _ in range(2):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_up"), 0.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        events = daemon.events()
        self.assertRegex(events[-1], pattern)
        self.assertEqual(len(events), 1, events)
        self.assertNotIn(PASSWORD, daemon.log())
        return events[0]


class TrustTest(TlsTest):
    """Whom the daemon trusts, and what it says of those whom it does not."""

    def test_each_way_to_name_the_authority(self):
        target = self.start()
        old = converted(self.authority.trust, "JKS")
        properties = f"--java.options=-Djavax.net.ssl.trustStore={self.authority.trust}"
        both = ssl(store("trustStore", self.stranger.trust))
        for configuration, options in [
                (ssl(self.trusted), ()),
                (ssl(store("trustStore", old, "JKS")), ()),
                (ssl(f"trustStore: {{filename: '{old}', type: JKS}}"), ()),
                ("ssl: true\n", (properties, f"--java.options={OWN_PASSWORD}")),
                (both, (properties, f"--java.options={OWN_PASSWORD}"))]:
            with self.subTest(configuration, options=options):
                self.check_up(self.daemon_for(target, configuration, options=options))

    def test_a_registry_without_tls_needs_a_word(self):
        target = self.start(registry=False)
        self.check_up(self.daemon_for(target, ssl(self.trusted),
                                      environment={"RMI_REGISTRY_SSL_DISABLED": "True"}))
        self.check_down(self.daemon_for(target, ssl(self.trusted)),
                        "speaks none; start the daemon with the environment variable "
                        "RMI_REGISTRY_SSL_DISABLED=true")

    def test_the_stub_decides_on_the_connection(self):
        """TLS though `ssl` is off, with the JVM's own trust; and none though it is on."""
        target = self.start(registry=False)
        self.check_up(self.daemon_for(
            target, "ssl: false\n",
            options=[f"--java.options=-Djavax.net.ssl.trustStore={self.authority.trust}",
                     f"--java.options={OWN_PASSWORD}"]))
        self.check_down(self.daemon_for(target, ""), "is not trusted: .*ssl.enabled: true")
        plain = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        self.check_up(self.daemon_for(plain, "ssl: true\n",
                                      environment={"RMI_REGISTRY_SSL_DISABLED": "true"}))

    def test_a_stub_in_the_url(self):
        target = self.start(registry=False)
        stub = subprocess.run(
            [jdk().java, "-cp", target_classes(), "PrintStub", str(target.port)],
            check=True, capture_output=True, text=True, timeout=30).stdout.strip()
        url = f"jmxUrl: service:jmx:rmi:///stub/{stub}\nincludeObjectNames: ['app:*']\n"
        self.check_up(self.start_daemon(url + ssl(self.trusted)))
        daemon = self.start_daemon(url + ssl(store("trustStore", self.stranger.trust)))
        self.assertNotIn(stub, self.check_down(daemon, "is not trusted"))

    def test_an_authority_that_is_not_trusted(self):
        target = self.start()
        line = self.check_down(self.daemon_for(target, "ssl: true\n"), "is not trusted: put its")
        self.assertIn(f"127.0.0.1:{target.port}", line)
        self.check_down(self.daemon_for(target, ssl(store("trustStore", self.stranger.trust))),
                        "is not trusted: put its")

    def test_a_certificate_that_has_expired(self):
        expired = self.authority.store("expired", start="-365d", days=1)
        self.check_down(self.daemon_for(self.start(expired), ssl(self.trusted)),
                        "The certificate of .* has expired .*renew it")

    def test_without_ssl_it_says_to_set_it(self):
        self.check_down(self.daemon_for(self.start(), ""), "looks like TLS.* set ssl: true")

    def test_protocols_and_cipher_suites(self):
        suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        name = "-Dcom.sun.management.jmxremote.ssl.enabled"
        target = self.start(None, f"{name}.protocols=TLSv1.2", f"{name}.cipher.suites={suite}")
        self.check_up(self.daemon_for(target, ssl(self.trusted)))
        self.check_up(self.daemon_for(
            target, ssl(self.trusted, "protocols: 'TLSv1.2'",
                        f"ciphers: [TLS_AES_128_GCM_SHA256, {suite}]")))
        for part in ["protocols: [TLSv1.3]",
                     "ciphers: TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]:
            with self.subTest(part):
                self.check_down(self.daemon_for(target, ssl(self.trusted, part)),
                                "no TLS protocol and cipher suite in common")
        self.check_down(self.daemon_for(target, ssl(self.trusted, "protocols: [TLS1.2]")),
                        "ssl.protocols names TLS1.2, which this JVM does not know; use names such")
        self.check_down(self.daemon_for(target, ssl(self.trusted, "ciphers: [AES128-SHA]")),
                        "ssl.ciphers names AES128-SHA, which")


class ClientCertificateTest(TlsTest):
    def start(self, *arguments):
        return super().start(*arguments, client_authority=self.authority)

    def test_it_is_shown(self):
        target = self.start()
        own = store("keyStore", self.client)
        self.check_up(self.daemon_for(target, ssl(self.trusted, own)))
        self.check_up(self.daemon_for(
            target, ssl(self.trusted),
            options=[f"--java.options=-Djavax.net.ssl.keyStore={self.client}",
                     f"--java.options=-Djavax.net.ssl.keyStorePassword={PASSWORD}"]))
        old = converted(self.client, "JKS")
        self.check_up(self.daemon_for(target, ssl(self.trusted, store("keyStore", old, "JKS"),
                                                  "protocols: TLSv1.2")))

    def test_it_is_missing(self):
        target = self.start()
        for protocol in ["TLSv1.3", "TLSv1.2"]:
            with self.subTest(protocol):
                self.check_down(
                    self.daemon_for(target, ssl(self.trusted, f"protocols: {protocol}")),
                    r"it wants a client certificate; name a store with a key .*ssl\.keyStore")

    def test_it_is_not_trusted_by_the_target(self):
        other = self.stranger.store("other", hosts="dns:client")
        target = self.start()
        for protocol in ["TLSv1.3", "TLSv1.2"]:
            with self.subTest(protocol):
                daemon = self.daemon_for(
                    target,
                    ssl(self.trusted, store("keyStore", other), f"protocols: {protocol}"))
                self.check_down(daemon, "does not trust the client certificate .*trust store of the "
                                "target")


class StoreTest(TlsTest):
    """Stores that cannot be used: what is wrong is said at the scrape, never with the password."""

    def test_what_is_wrong_with_it(self):
        # Nothing is asked of the target before the stores are open.
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        trust = self.authority.trust
        folder = self.processes.folder
        nothing = self.processes.write("nothing.p12", "")
        for part, pattern in [
                (store("trustStore", trust, password="wrong-secret"),
                 r"trust\.p12 \(ssl\.trustStore\) does not open with its password; "
                 r"correct ssl\.trustStore\.password"),
                (store("keyStore", self.key, password="wrong-secret"),
                 r"\(ssl\.keyStore\) does not open with its password"),
                (store("trustStore", folder / "missing.p12"),
                 r"missing\.p12 \(ssl\.trustStore\) does not exist; correct its file name"),
                (store("trustStore", folder), "is no regular file"),
                (store("trustStore", nothing), "is damaged or no store of type PKCS12"),
                (store("trustStore", self.authority.certificate), "is damaged or no store"),
                (store("keyStore", self.key, "PFX"), r"type that this JVM lacks \(PFX\); use PKCS12"),
                (store("keyStore", trust), "holds no private key"),
                (f"trustStore: {{filename: '{trust}', type: PKCS12}}", "no certificate.* password"),
                (f"keyStore: {{filename: '{self.key}', password: '{PASSWORD}'}}",
                 r"ssl\.keyStore has no type; give the store's filename and type"),
                (f"trustStore: {{type: PKCS12, password: '{PASSWORD}'}}",
                 r"ssl\.trustStore has no filename")]:
            with self.subTest(part):
                daemon = self.daemon_for(target, ssl(part))
                # A file that is not there or a store without type is warned of at the start as well.
                known = len(daemon.events())
                for _ in range(2):
                    self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 0.0)
                events = daemon.events()[known:]
                self.assertEqual(len(events), 1, events)
                self.assertRegex(events[0], pattern)
                for secret in [PASSWORD, "wrong-secret"]:
                    self.assertNotIn(secret, daemon.log())

    def test_a_store_of_the_properties(self):
        target = self.start()
        self.check_down(self.daemon_for(
            target, "ssl: true\n",
            options=[f"--java.options=-Djavax.net.ssl.trustStore={self.processes.folder}/gone.p12"]),
            r"gone\.p12 \(javax\.net\.ssl\.trustStore\) does not exist")

    def test_an_edited_store_is_taken_by_the_next_session(self):
        target = self.start()
        copy = self.processes.folder / "trust.p12"
        shutil.copy(self.stranger.trust, copy)
        daemon = self.daemon_for(target, ssl(store("trustStore", copy)))
        self.check_down(daemon, "is not trusted")
        shutil.copy(self.authority.trust, copy)
        self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1.0)


class LifeTest(TlsTest):
    def reload(self, daemon, text):
        daemon.configuration.write_text(text, encoding="utf-8")
        read = daemon.log().count("was read again")
        daemon.signal(signal.SIGHUP)
        eventually("the file is read again",
                   lambda: daemon.log().count("was read again") > read)

    def test_other_settings_open_another_session(self):
        target = self.start()
        daemon = self.daemon_for(target, ssl(self.trusted))
        self.check_up(daemon)
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
        daemon = self.daemon_for(target, ssl(self.trusted))
        self.check_up(daemon)
        target.kill()
        self.start_target("MutableTarget", "register app:type=A Value=int:1", port=target.port,
                          flags=lambda port: agent(port, self.key))
        self.check_up(daemon)


if __name__ == "__main__":
    main()
