"""TLS to the target: every form of `ssl` (specification 3.3) against JVMs that demand it."""

import html
import re
import shutil
import subprocess

from lane_case import BEANS
from tls_case import LANES, TlsTest

from jmxbridge_testing import jdk, main, target_classes
from jmxbridge_testing.certificates import OWN_PASSWORD, PASSWORD, converted, ssl, store


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
                self.check_read(target, configuration, options=options)

    def test_a_registry_without_tls_needs_a_word(self):
        target = self.start(registry=False)
        self.check_read(target, ssl(self.trusted),
                        environment={"RMI_REGISTRY_SSL_DISABLED": "True"})
        self.check_down(self.daemon_for(target, ssl(self.trusted)),
                        "speaks none; start the daemon with the environment variable "
                        "RMI_REGISTRY_SSL_DISABLED=true")

    def test_the_stub_decides_on_the_connection(self):
        """TLS though `ssl` is off, with the JVM's own trust; and none though it is on."""
        target = self.start(registry=False)
        self.check_read(
            target, "ssl: false\n",
            options=[f"--java.options=-Djavax.net.ssl.trustStore={self.authority.trust}",
                     f"--java.options={OWN_PASSWORD}"])
        self.check_down(self.daemon_for(target, ""), "is not trusted: .*ssl.enabled: true")
        plain = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        self.check_read(plain, "ssl: true\n", environment={"RMI_REGISTRY_SSL_DISABLED": "true"})

    def test_a_stub_in_the_url(self):
        target = self.start(registry=False)
        stub = subprocess.run(
            [jdk().java, "-cp", target_classes(), "PrintStub", str(target.port)],
            check=True, capture_output=True, text=True, timeout=60).stdout.strip()
        url = f"jmxUrl: service:jmx:rmi:///stub/{stub}\nincludeObjectNames: ['app:*']\n"
        self.check_up([self.start_daemon(url + ssl(self.trusted), options=[f"--lane={lane}"])
                       for lane in LANES])
        daemon = self.start_daemon(url + ssl(store("trustStore", self.stranger.trust)))
        self.assertNotIn(stub, self.check_down(daemon, "is not trusted"))

    def test_an_authority_that_is_not_trusted(self):
        target = self.start()
        line = self.check_down(self.daemon_for(target, "ssl: true\n"), "is not trusted: put its")
        self.assertIn(f"127.0.0.1:{target.port}", line)
        self.check_not_read(target, ssl(store("trustStore", self.stranger.trust)),
                            "is not trusted: put its")

    def test_a_certificate_that_has_expired(self):
        expired = self.authority.store("expired", start="-365d", days=1)
        self.check_down(self.daemon_for(self.start(expired), ssl(self.trusted)),
                        "The certificate of .* has expired .*renew it")

    def test_a_certificate_for_another_host(self):
        """Java 17 does not ask by itself; a key of `ssl` makes both lanes ask."""
        other = self.start(self.authority.store("elsewhere", hosts="dns:elsewhere.example"))
        for part in ["protocols: [TLSv1.3, TLSv1.2]", "verifyHostName: false"]:
            self.check_read(other, ssl(self.trusted, part))
        self.check_not_read(other, ssl(self.trusted, "verifyHostName: true"),
                            r"is for another host .*have it issued for 127.0.0.1, .*"
                            r"leave the check out with ssl\.verifyHostName: false")
        self.check_read(self.start(), ssl(self.trusted, "verifyHostName: true"))
        # The registry's name fits, and that of the stub does not.
        named = self.start(self.authority.store("named", hosts="dns:localhost"))
        for lane in LANES:
            daemon = self.start_daemon(
                f"hostPort: localhost:{named.port}\n" + ssl(self.trusted, "verifyHostName: true"),
                options=[f"--lane={lane}"])
            self.check_down(daemon, "is for another host .*have it issued for 127.0.0.1, or")

    def test_without_ssl_it_says_to_set_it(self):
        self.check_down(self.daemon_for(self.start(), ""), "looks like TLS.* set ssl: true")

    def test_protocols_and_cipher_suites(self):
        suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        name = "-Dcom.sun.management.jmxremote.ssl.enabled"
        target = self.start(None, f"{name}.protocols=TLSv1.2", f"{name}.cipher.suites={suite}")
        self.check_read(target, ssl(self.trusted))
        self.check_read(target, ssl(self.trusted, "protocols: 'TLSv1.2'",
                                    f"ciphers: [TLS_AES_128_GCM_SHA256, {suite}]"))
        for part in ["protocols: [TLSv1.3]",
                     "ciphers: TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]:
            with self.subTest(part):
                self.check_down(self.daemon_for(target, ssl(self.trusted, part)),
                                "no TLS protocol and cipher suite in common")
        self.check_down(self.daemon_for(target, ssl(self.trusted, "protocols: [TLS1.2]")),
                        "ssl.protocols names TLS1.2, which this JVM does not know; use names such")
        self.check_down(self.daemon_for(target, ssl(self.trusted, "ciphers: [AES128-SHA]")),
                        "ssl.ciphers names AES128-SHA, which")


    def test_each_protocol_alone(self):
        for protocol in ["TLSv1.2", "TLSv1.3"]:
            with self.subTest(protocol):
                target = self.start(
                    None, f"-Dcom.sun.management.jmxremote.ssl.enabled.protocols={protocol}")
                self.check_read(target, ssl(self.trusted))


class LaneTest(TlsTest):
    """The two lanes beside each other, and which of them serves."""

    def test_everything_at_once_is_the_same_on_both_lanes(self):
        passwords = self.processes.write("passwords", "reader secret\n")
        passwords.chmod(0o600)
        access = self.processes.write("access", "reader readonly\n")
        name = "-Dcom.sun.management.jmxremote"
        target = self.start(
            None, f"{name}.authenticate=true", f"{name}.password.file={passwords}",
            f"{name}.access.file={access}", commands=BEANS, client_authority=self.authority)
        own = store("keyStore", self.client)
        login = "username: reader\npassword: secret\n"
        self.check_read(target, login + ssl(self.trusted, own))
        self.check_not_read(target, "username: reader\npassword: wrong\n" + ssl(self.trusted, own),
                            "refused the login; check username and password")

    def test_the_fast_lane_serves_by_itself(self):
        daemon = self.daemon_for(self.start(), ssl(self.trusted))
        self.check_up([daemon])
        self.assertEqual(self.value(daemon.scrape(), "jmxbridge_target_lane", lane="fast"), 1.0)

    def test_what_openssl_refuses_and_java_does_not_is_read_through_the_jvm(self):
        weak = self.authority.store("weak", signature="SHA1withECDSA")
        target = self.start(weak)
        daemon = self.daemon_for(target, ssl(self.trusted))
        for _ in range(2):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_up"), 1.0)
            self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        [lane] = page["jmxbridge_target_lane"].samples
        self.assertEqual(dict(lane.labels)["lane"], "portable")
        reason = dict(lane.labels)["reason"]
        self.assertRegex(reason, rf"127\.0\.0\.1:{target.port}.*\(.*\)")
        self.assertEqual(daemon.events(), [f"The JVM reads the target: {reason}."])
        self.assertIn(f"the portable lane: {reason}", html.unescape(daemon.get("/").text))
        self.check_down(self.daemon_for(target, ssl(self.trusted), options=["--lane=fast"]),
                        re.escape(reason))


class ClientCertificateTest(TlsTest):
    def start(self, *arguments):
        return super().start(*arguments, client_authority=self.authority)

    def test_a_configured_certificate_lets_the_daemon_in(self):
        target = self.start()
        own = store("keyStore", self.client)
        self.check_read(target, ssl(self.trusted, own))
        self.check_read(
            target, ssl(self.trusted),
            options=[f"--java.options=-Djavax.net.ssl.keyStore={self.client}",
                     f"--java.options=-Djavax.net.ssl.keyStorePassword={PASSWORD}"])
        old = converted(self.client, "JKS")
        self.check_read(target, ssl(self.trusted, store("keyStore", old, "JKS"),
                                    "protocols: TLSv1.2"))

    def test_without_a_certificate_the_target_is_down(self):
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


if __name__ == "__main__":
    main()
