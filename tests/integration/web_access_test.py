"""Passwords and TLS of the daemon's own port: `httpServer` (specification 10.7, 10.9) and
`--web.config.file`, asked by curl."""

import base64
import contextlib
import functools
import hashlib
import shutil
import socket
import subprocess
import threading
import unittest

from jmxbridge_testing import Processes, ServiceTest, eventually, main
from jmxbridge_testing.certificates import (PASSWORD, Authority, converted, keytool,
                                            with_password)
from jmxbridge_testing.raw_http import Connection, page
from jmxbridge_testing.secured import curl, refused_start, start_secured

LOGIN = ("--user", "prom:Grün:1")
WRONG = ("--user", "prom:Grün:2")
# Of the same password, by htpasswd's algorithm at its lowest cost.
BCRYPT = "$2y$04$abcdefghijklmnopqrstuubZDwPHYxnXi1YTA.xIR5HX0M7fgUqAC"
SAMPLE = "java_lang_ClassLoading_LoadedClassCount"


class Certificates:
    def __init__(self, folder):
        self.authority = Authority(folder)
        self.stranger = Authority(folder, "stranger")
        self.server = self.authority.store("server")
        self.other = self.authority.store("other")
        self.expired = self.authority.store("expired", start="-9d", days=2)
        self.client = pem(self.authority.store("client", hosts="dns:client.example"))
        self.expired_client = pem(self.expired)
        self.strange_client = pem(self.stranger.store("strange"))
        self.server_pem = pem(self.server)
        self.trust = ("--cacert", self.authority.certificate)


def pem(store):
    """The key and the certificates of a store in one file."""
    file = store.with_suffix(".pem")
    subprocess.run(["openssl", "pkcs12", "-in", store, "-passin", f"pass:{PASSWORD}", "-nodes",
                    "-out", file], check=True, capture_output=True, timeout=60)
    return file


@functools.cache
def certificates():
    return Certificates(unittest.enterModuleContext(Processes()).folder)


def replace(file, content):
    """Puts another file in its place, so that nobody meets half of it."""
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.rename(file)


def basic(**keys):
    items = ", ".join(f"{name}: {value}" for name, value in keys.items())
    return f"  authentication: {{basic: {{username: prom, {items}}}}}\n"


def ssl(store, *more, kind="PKCS12", password=PASSWORD):
    keys = "".join(f", {one}" for one in more)
    return (f"  ssl: {{keyStore: {{filename: '{store}', type: {kind}, password: {password}}}"
            f"{keys}}}\n")


def server(*parts):
    return "httpServer:\n" + "".join(parts)


class PasswordTest(ServiceTest):
    def check_guarded(self, daemon, *options, secure=False):
        for path in "/metrics", "/", "/-/healthy", "/-/ready", "/config", "/nothing":
            for login in (), WRONG, ("--user", "other:Grün:1"), ("-H", "Authorization: Basic ==="):
                answer = curl(daemon.port, path, *login, *options, secure=secure)
                self.assertEqual(answer.status, 401, (path, login))
                self.assertEqual(answer.headers["www-authenticate"],
                                 'Basic realm="/", charset="UTF-8"')
                self.assertEqual(answer.text, "")
        for _ in range(2):
            answer = curl(daemon.port, "/metrics", *LOGIN, *options, secure=secure)
            self.assertEqual(answer.status, 200)
            self.assertIn(SAMPLE, answer.text)

    def test_each_form_of_the_password(self):
        salted = "pepper:Grün:1".encode()
        forms = [("plaintext", "", {"password": "'Grün:1'"})]
        for name, kind in ("SHA-1", "sha1"), ("SHA-256", "sha256"), ("SHA-512", "sha512"):
            digest = hashlib.new(kind, salted).hexdigest()
            forms.append((name, digest, {"algorithm": name, "salt": "pepper",
                                         "passwordHash": f"'{digest}'"}))
        for kind, size in ("sha1", 16), ("sha256", 32), ("sha512", 64):
            derived = hashlib.pbkdf2_hmac(kind, "Grün:1".encode(), b"pepper", 2000, size).hex(":")
            forms.append((kind, derived, {
                "algorithm": f"PBKDF2WithHmac{kind.upper()}", "salt": "pepper", "iterations": 2000,
                "keyLength": 8 * size, "passwordHash": f"'{derived.upper()}'"}))
        for name, secret, keys in forms:
            with self.subTest(name):
                daemon = start_secured(self.processes, configuration=server(basic(**keys)))
                self.check_guarded(daemon)
                shown = curl(daemon.port, "/config", *LOGIN, secure=False).text
                self.assertIn("<secret>", shown)
                for one in "Grün:1", "pepper", secret or "Grün:1":
                    self.assertNotIn(one, shown)
                    self.assertNotIn(one, daemon.log())
                daemon.end()

    def test_what_is_refused_is_counted_and_reloads_change_the_password(self):
        daemon = start_secured(self.processes, configuration=server(basic(password="a")))
        self.assertEqual(curl(daemon.port, "/metrics", "--user", "prom:b", secure=False).status, 401)
        page = curl(daemon.port, "/metrics", "--user", "prom:a", secure=False).text
        self.assertIn("\njmxbridge_http_unauthorized_total 1.0\n", page)
        reload = curl(daemon.port, "/-/reload", "--user", "prom:a", "-X", "POST", secure=False)
        self.assertEqual(reload.status, 200, reload.text)
        text = daemon.configuration.read_text(encoding="utf-8")
        replace(daemon.configuration, text.replace("password: a", "password: bb").encode())
        reload = curl(daemon.port, "/-/reload", "--user", "prom:a", "-X", "POST", secure=False)
        # The daemon looks at the file by itself, too: then it knows the new password already.
        self.assertIn(reload.status, (200, 401), reload.text)
        self.assertEqual(curl(daemon.port, "/metrics", "--user", "prom:a", secure=False).status, 401)
        self.assertEqual(curl(daemon.port, "/metrics", "--user", "prom:bb", secure=False).status, 200)

    def test_a_password_file_is_read_again_when_it_has_changed(self):
        secret = self.processes.write("secret", "first\n")
        daemon = start_secured(self.processes,
                               configuration=server(basic(passwordFile=f"'{secret}'")))

        def statuses():
            return [curl(daemon.port, "/metrics", "--user", f"prom:{password}", secure=False).status
                    for password in ("first", "second")]

        self.assertEqual(statuses(), [200, 401])
        secret.write_text("second\n", encoding="utf-8")
        self.assertEqual(statuses(), [401, 200])
        secret.unlink()
        reload = curl(daemon.port, "/-/reload", "--user", "prom:second", "-X", "POST", secure=False)
        self.assertEqual(reload.status, 500)
        self.assertIn("does not exist", reload.text)
        self.assertEqual(statuses(), [401, 200])

    def test_guesses_do_not_hold_up_those_who_are_known(self):
        # Long enough a check that guesses pile up.
        derived = hashlib.pbkdf2_hmac("sha512", "Grün:1".encode(), b"pepper", 210000, 64).hex()
        daemon = start_secured(self.processes, configuration=server(basic(
            algorithm="PBKDF2WithHmacSHA512", salt="pepper", passwordHash=f"'{derived}'",
            keyLength=512)))
        self.assertEqual(curl(daemon.port, "/metrics", *LOGIN, secure=False).status, 200)
        with contextlib.ExitStack() as stack:
            guessers = [stack.enter_context(Connection(daemon.port)) for _ in range(100)]
            for number, guesser in enumerate(guessers):
                login = base64.b64encode(f"prom:{number}".encode()).decode()
                guesser.send(page("/metrics", f"Authorization: Basic {login}"))
            for _ in range(5):
                self.assertEqual(curl(daemon.port, "/metrics", *LOGIN, secure=False).status, 200)
            self.assertEqual({guesser.answer().status for guesser in guessers}, {401, 503})


class TlsTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.made = certificates()

    def test_stores_of_each_type_and_the_alias(self):
        made = self.made
        both = self.processes.folder / "both.p12"
        shutil.copy(made.server, both)
        keytool(both, "genkeypair", "-alias", "rsa", "-keyalg", "RSA", "-dname", "CN=rsa", "-ext",
                "san=ip:127.0.0.1")
        rsa = self.processes.folder / "rsa.crt"
        keytool(both, "exportcert", "-rfc", "-alias", "rsa", "-file", rsa)
        trust = ("--cacert", made.authority.certificate)
        for name, text, trusted in [
                ("pkcs12", ssl(made.server), trust),
                ("jks", ssl(converted(made.server, "JKS"), kind="JKS"), trust),
                ("type by its content", ssl(made.server, kind="JKS"), trust),
                ("the best key", ssl(both), trust),
                ("the key of the alias", ssl(both, "certificate: {alias: rsa}"), ("--cacert", rsa)),
                ("an alias that is not there", ssl(both, "certificate: {alias: none}"), trust)]:
            with self.subTest(name):
                daemon = start_secured(self.processes, configuration=server(text))
                answer = curl(daemon.port, "/metrics", *trusted)
                self.assertEqual((answer.status, answer.failure), (200, 0))
                self.assertEqual(answer.headers["strict-transport-security"], "max-age=31536000")
                self.assertIn("\njmxbridge_http_certificate_expiry_timestamp_seconds ", answer.text)
                plain = curl(daemon.port, secure=False)
                self.assertEqual(plain.status, 400)
                self.assertIn("https://", plain.text)
                self.assertEqual("has no key 'none'" in daemon.log(), "none" in text, daemon.log())
                daemon.end()

    def test_clients_must_show_a_certificate_of_the_trusted(self):
        made = self.made
        daemon = start_secured(self.processes, configuration=server(
            ssl(made.server, "mutualTLS: true", f"trustStore: {{filename: '{made.authority.trust}', "
                f"type: PKCS12, password: {PASSWORD}}}"), basic(password="'Grün:1'")))
        for name, shown, status in [
                ("none", (), 0), ("a stranger's", ("--cert", made.strange_client), 0),
                ("an expired one", ("--cert", made.expired_client), 0),
                ("a good one", ("--cert", made.client), 200)]:
            for protocol in ("--tlsv1.2", "--tls-max", "1.2"), ("--tlsv1.3",):
                with self.subTest(name, protocol=protocol):
                    answer = curl(daemon.port, "/metrics", *made.trust, *shown, *protocol, *LOGIN)
                    self.assertEqual(answer.status, status)
        # A certificate does not stand for a password.
        self.assertEqual(curl(daemon.port, "/metrics", *made.trust, "--cert", made.client).status,
                         401)

    def test_protocols_and_ciphers_as_text_and_as_a_list(self):
        made = self.made
        for text in "protocols: 'TLSv1.2, TLSv1.2'", "protocols: [TLSv1.2]":
            daemon = start_secured(self.processes, configuration=server(
                ssl(made.server, text, "ciphers: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]")))
            self.assertEqual(curl(daemon.port, "/metrics", *made.trust, "--tlsv1.3").status, 0)
            for suite, status in ("ECDHE-ECDSA-AES256-GCM-SHA384", 200), (
                    "ECDHE-ECDSA-AES128-GCM-SHA256", 0):
                self.assertEqual(
                    curl(daemon.port, "/metrics", *made.trust, "--ciphers", suite).status, status)
            daemon.end()

    def test_a_changed_store_is_taken_under_running_scrapes(self):
        made = self.made
        store = self.processes.folder / "live.p12"
        shutil.copy(made.server, store)
        daemon = start_secured(self.processes, configuration=server(ssl(store)))
        stop = threading.Event()
        failures = []

        def scrape():
            while not stop.is_set():
                answer = curl(daemon.port, "/metrics", *made.trust)
                if answer.status != 200:
                    failures.append(answer)

        scrapers = [threading.Thread(target=scrape) for _ in range(2)]
        for scraper in scrapers:
            scraper.start()
        try:
            self.assertIn("CN=server", self.shown_by(daemon))
            replace(store, made.other.read_bytes())
            self.assertIn("CN=other", self.shown_by(daemon))
            # What cannot be used leaves the old one, with a line and a gauge.
            replace(store, b"damaged")
            self.assertIn("CN=other", self.shown_by(daemon))
            daemon.wait_for_log(r"level=error .*live\.p12 .*damaged")
            # Nor does one that has expired take the place of one that has not.
            replace(store, made.expired.read_bytes())
            self.assertIn("CN=other", self.shown_by(daemon))
            daemon.wait_for_log(r"level=error .*has expired")
            page = curl(daemon.port, "/metrics", *made.trust).text
            self.assertIn("\njmxbridge_http_access_last_reload_successful 0.0\n", page)
            replace(store, made.server.read_bytes())
            self.assertIn("CN=server", self.shown_by(daemon))
            page = curl(daemon.port, "/metrics", *made.trust).text
            self.assertIn("\njmxbridge_http_access_last_reload_successful 1.0\n", page)
        finally:
            stop.set()
            for scraper in scrapers:
                scraper.join()
        self.assertEqual(failures, [])
        self.assertNotIn(PASSWORD, daemon.log())

    def test_passwords_in_files_are_read_again_with_what_they_open(self):
        made = self.made
        store = self.processes.folder / "own.p12"
        shutil.copy(made.server, store)
        word = self.processes.write("word", PASSWORD)
        user = self.processes.write("user", "one\n")
        tls = f"  ssl: {{keyStore: {{filename: '{store}', type: PKCS12, passwordFile: word}}}}\n"
        daemon = start_secured(self.processes,
                               configuration=server(basic(passwordFile="user"), tls))

        def status(password):
            return curl(daemon.port, "/metrics", *made.trust, "--user", f"prom:{password}").status

        self.assertEqual((status("one"), status("two")), (200, 401))
        user.write_text("two\n", encoding="utf-8")
        self.assertEqual((status("one"), status("two")), (401, 200))
        # Between the two the old state holds, whichever comes first.
        renewed = with_password(made.other, "other-secret", self.processes.folder)
        replace(store, renewed.read_bytes())
        self.assertIn("CN=server", self.shown_by(daemon))
        daemon.wait_for_log(r"level=error .*correct httpServer\.ssl\.keyStore\.password")
        word.write_text("other-secret", encoding="utf-8")
        self.assertIn("CN=other", self.shown_by(daemon))
        self.assertEqual(status("two"), 200)
        self.assertNotIn("-secret", daemon.log())

    def shown_by(self, daemon):
        run = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{daemon.port}"],
            input=b"", capture_output=True, timeout=60)
        return run.stdout.decode("utf-8", "replace").replace("CN = ", "CN=")

    def test_a_reload_with_a_wrong_password_keeps_the_old_state(self):
        made = self.made
        daemon = start_secured(self.processes, configuration=server(ssl(made.server)))
        text = daemon.configuration.read_text(encoding="utf-8")
        replace(daemon.configuration, text.replace(PASSWORD, "not-it").encode())
        answer = curl(daemon.port, "/-/reload", *made.trust, "-X", "POST")
        self.assertEqual(answer.status, 500)
        self.assertIn("does not open with its password", answer.text)
        self.assertNotIn("not-it", answer.text + daemon.log())
        page = curl(daemon.port, "/metrics", *made.trust).text
        self.assertIn("\njmxbridge_config_last_reload_successful 0.0\n", page)
        # Two if the daemon has looked at the file by itself before it was told to.
        self.assertRegex(page, r"\njmx_config_reload_failure_total [12]\.0\n")

    def test_a_start_that_cannot_be_says_why(self):
        made = self.made
        none = self.processes.folder / "none.p12"
        trust = f"trustStore: {{filename: '{made.server}', type: PKCS12, password: x}}"
        for text, said in [
                (ssl(self.processes.folder), "is no regular file"),
                (ssl(none), "none.p12 (httpServer.ssl.keyStore) does not exist"),
                (ssl(made.server, password="not-it"), "does not open with its password; correct "
                                                      "httpServer.ssl.keyStore.password"),
                (ssl(made.authority.trust), "holds no private key"),
                (ssl(made.authority.certificate), "is damaged or no store of type PKCS12"),
                (ssl(made.server, kind="ODD"), "is of a type that this JVM lacks (ODD)"),
                (ssl(made.server, "mutualTLS: true", trust),
                 "correct httpServer.ssl.trustStore.password"),
                (ssl(made.server, "ciphers: TLS_OWN"), "'TLS_OWN' is not known"),
                (ssl(made.server, "ciphers: TLS_AES_128_GCM_SHA256", "protocols: TLSv1.2"),
                 "no cipher suite goes with")]:
            with self.subTest(text):
                stderr = refused_start(self.processes, configuration=server(text))
                self.assertIn(said, stderr)
                self.assertNotIn("not-it", stderr)

    def test_an_expired_certificate_is_served_with_a_warning(self):
        daemon = start_secured(self.processes, configuration=server(ssl(self.made.expired)))
        self.assertEqual(curl(daemon.port, "/metrics", *self.made.trust).failure, 60)
        self.assertEqual(curl(daemon.port, "/metrics", "--insecure").status, 200)
        self.assertRegex(daemon.log(), r"level=warn .*has expired")

    def test_many_slow_greetings_leave_room_for_others(self):
        daemon = start_secured(self.processes, configuration=server(ssl(self.made.server)))
        slow = []
        try:
            for _ in range(100):
                one = socket.create_connection(("127.0.0.1", daemon.port), timeout=60)
                one.sendall(b"\x16\x03")
                slow.append(one)
            self.assertEqual(curl(daemon.port, "/metrics", *self.made.trust).status, 200)
        finally:
            for one in slow:
                one.close()


class WebConfigTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.made = certificates()

    def start(self, text, **options):
        self.web = self.processes.write("web.yml", text)
        return start_secured(self.processes, f"--web.config.file={self.web}", **options)

    def tls(self, *lines):
        return (f"tls_server_config:\n  cert_file: {self.made.server_pem}\n"
                f"  key_file: {self.made.server_pem}\n" + "".join(f"  {line}\n" for line in lines))

    def test_users_and_their_change_without_a_restart(self):
        daemon = self.start(f"basic_auth_users:\n  prom: {BCRYPT}\n")
        answer = curl(daemon.port, "/metrics", secure=False)
        self.assertEqual((answer.status, answer.headers["www-authenticate"], answer.text),
                         (401, "Basic", "Unauthorized\n"))
        self.assertEqual(curl(daemon.port, "/metrics", *WRONG, secure=False).status, 401)
        self.assertEqual(curl(daemon.port, "/metrics", *LOGIN, secure=False).status, 200)
        # Empty is what a file is while it is written.
        self.web.write_text("", encoding="utf-8")
        self.assertEqual(curl(daemon.port, "/metrics", secure=False).status, 401)
        self.web.write_text("{}\n", encoding="utf-8")
        self.assertEqual(curl(daemon.port, "/metrics", secure=False).status, 200)
        self.web.write_text("basic_auth_users: {prom: nonsense}\n", encoding="utf-8")
        self.assertEqual(curl(daemon.port, "/metrics", secure=False).status, 200)
        daemon.wait_for_log(r"level=error .*basic_auth_users\.prom: this is no hash")
        # Neither a file that is gone nor one that cannot be read opens the door, or closes it.
        self.web.unlink()
        self.assertEqual(curl(daemon.port, "/metrics", secure=False).status, 200)
        self.web.mkdir()
        self.assertEqual(curl(daemon.port, "/metrics", secure=False).status, 200)
        daemon.wait_for_log(r"level=error .*web\.yml.*this is a directory")
        self.web.rmdir()
        self.web.write_text(f"basic_auth_users:\n  other: {BCRYPT}\n", encoding="utf-8")
        self.assertEqual(curl(daemon.port, "/metrics", *LOGIN, secure=False).status, 401)
        self.assertNotIn("$2y$", daemon.log())

    def test_tls_with_certificates_of_clients_and_headers(self):
        made = self.made
        daemon = self.start(
            self.tls("client_auth_type: RequireAndVerifyClientCert",
                     f"client_ca_file: {made.authority.certificate}",
                     "client_allowed_sans: [client.example]") +
            "http_server_config:\n  headers: {X-Frame-Options: sameorigin}\n")
        answer = curl(daemon.port, "/metrics", *made.trust, "--cert", made.client)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["x-frame-options"], "sameorigin")
        self.assertNotIn("strict-transport-security", answer.headers)
        for shown in (), ("--cert", made.server_pem), ("--cert", made.strange_client):
            self.assertEqual(curl(daemon.port, "/metrics", *made.trust, *shown).status, 0)
        # A key of another certificate leaves the old pair in use.
        self.web.write_text(self.tls().replace(f"key_file: {made.server_pem}",
                                               f"key_file: {made.client}"), encoding="utf-8")
        self.assertEqual(curl(daemon.port, "/metrics", *made.trust).status, 0)
        daemon.wait_for_log(r"level=error .*the key is not that of the certificate")
        self.assertEqual(
            curl(daemon.port, "/metrics", *made.trust, "--cert", made.client).status, 200)
        self.web.write_text(self.tls(), encoding="utf-8")
        self.assertEqual(curl(daemon.port, "/metrics", *made.trust).status, 200)

    def test_requests_beyond_the_rate(self):
        daemon = self.start("rate_limit: {interval: 1h, burst: 3}\n")
        statuses = [curl(daemon.port, "/-/healthy", secure=False).status for _ in range(4)]
        self.assertEqual(statuses, [200, 200, 200, 429])

    def test_a_start_that_cannot_be_says_why(self):
        made = self.made
        unreadable = self.processes.folder
        for text, said in [
                ("basic_auth_user: {}\n", "web.yml:1:1: error: basic_auth_user: this key is not known"),
                ("tls_server_config: {cert_file: none.pem, key_file: none.pem}\n",
                 "none.pem: the file does not exist"),
                (f"tls_server_config: {{cert_file: {made.server_pem}, key_file: {made.client}}}\n",
                 "the key is not that of the certificate"),
                (f"tls_server_config: {{cert_file: {unreadable}, key_file: {made.client}}}\n",
                 "this is a directory"),
                (f"tls_server_config: {{cert_file: /dev/null, key_file: {made.client}}}\n",
                 "cert_file: /dev/null: the file is empty")]:
            web = self.processes.write("web.yml", text)
            with self.subTest(text):
                self.assertIn(said, refused_start(self.processes, f"--web.config.file={web}"))
        self.assertIn("the file does not exist",
                      refused_start(self.processes, "--web.config.file=/nothing/web.yml"))
        web = self.processes.write("web.yml", "")
        self.assertIn("keep one", refused_start(self.processes, f"--web.config.file={web}",
                                                configuration=server(basic(password="x"))))


if __name__ == "__main__":
    main()
