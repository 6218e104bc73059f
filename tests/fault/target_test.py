"""A target that is down, closed, slow or no JMX server at all.

Whatever is wrong with it, a scrape is answered with 200 and the daemon's own families by the deadline
that Prometheus gives, `/-/healthy` and `/` answer meanwhile, and the log has one line for each change
of state, which says what to do.
"""

import signal
import subprocess
import threading
import time

from jmxbridge_testing import (Proxy, ServiceTest, Silent, WebServer, agent_flags, eventually,
                               free_port, get, jdk, main, start_target, without_own)

# Specification 9.1: the peer's own families, always there.
OWN = {"jmx_config_reload_failure_total", "jmx_config_reload_success_total", "jmx_exporter_build_info",
       "jmx_http_requests_rejected_total", "jmx_scrape_cached_beans", "jmx_scrape_duration_seconds",
       "jmx_scrape_error", "jmx_scrape_timeout_total", "jmx_up"}
PATHS = ["/-/healthy", "/-/ready", "/"]
# Of a target that does not answer; the daemon's own time would be a minute, and half of it is a guard that
# no busy machine meets.
SCRAPE_TIMEOUT = 3.0
GUARD = 30


class FaultTest(ServiceTest):
    def start_for(self, port, *, host="127.0.0.1", more=""):
        return self.start_daemon(f"hostPort: {host}:{port}\nincludeObjectNames: ['app:*']\n{more}")

    def assert_down(self, page):
        self.assertEqual(without_own(page), {})
        self.assertLessEqual(OWN, page.keys())
        self.assertEqual(self.value(page, "jmx_up"), 0.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)

    def assert_up(self, page, value=1.0):
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
        self.assertEqual(self.value(page, "app_A_Value"), value)

    def scrape_watched(self, daemon, hangs=False):
        """One scrape, while the other paths are asked again and again. Where the target hangs, it has
        SCRAPE_TIMEOUT, and all of them are answered in between."""
        statuses, meanwhile = set(), set()
        done = threading.Event()

        def ask():
            while not done.is_set():
                for path in PATHS:
                    statuses.add((path, get(daemon.port, path).status))
                    if not done.is_set():
                        meanwhile.add(path)
                done.wait(0.05)

        asking = threading.Thread(target=ask)
        asking.start()
        start = time.monotonic()
        try:
            page = daemon.scrape(scrape_timeout=SCRAPE_TIMEOUT if hangs else None)
        finally:
            seconds = time.monotonic() - start
            done.set()
            asking.join()
        self.assertEqual(statuses, {(path, 200) for path in PATHS})
        if hangs:
            self.assertEqual(meanwhile, set(PATHS))
            self.assertLess(seconds, GUARD)
        return page

    def check_down(self, daemon, advice, scrapes=3, hangs=False):
        """Down in each scrape, and one line in the log that gives the advice."""
        before = len(daemon.events())
        for _ in range(scrapes):
            self.assert_down(self.scrape_watched(daemon, hangs))
        events = daemon.events()[before:]
        self.assertEqual(len(events), 1, events)
        self.assertRegex(events[0], advice)
        return events[0]


class UnreachableTest(FaultTest):
    def test_nothing_listens(self):
        port = free_port()
        event = self.check_down(self.start_for(port), r"(?i)refused")
        self.assertIn(f"127.0.0.1:{port}", event)

    def test_a_name_that_does_not_resolve(self):
        daemon = self.start_daemon("hostPort: no-such-host.invalid:9999\n")
        self.assertIn("no-such-host.invalid", self.check_down(daemon, r"(?i)resolve|unknown host|find"))

    def test_a_web_server_is_told_from_a_target(self):
        with WebServer() as server:
            event = self.check_down(self.start_for(server.port), r"(?i)jmx|rmi")
            self.assertIn(str(server.port), event)
            self.assertGreater(server.accepted, 0)

    def test_a_server_that_accepts_and_says_nothing(self):
        with Silent() as server:
            event = self.check_down(self.start_for(server.port), r"sent nothing|answer", scrapes=2,
                                    hangs=True)
            self.assertIn(str(server.port), event)
            # A target that hangs is not asked by more and more threads.
            self.assertLessEqual(server.accepted, 4)

    def test_a_stub_that_leads_elsewhere(self):
        """The usual slip behind NAT and in containers: the server names an address of its own."""
        target = self.start_target(
            "MutableTarget", flags=lambda port: agent_flags(port, hostname="127.0.0.3"))
        self.assertIn(f"127.0.0.3:{target.port}", self.check_down(
            self.start_for(target.port), r"java\.rmi\.server\.hostname"))

    def test_a_registry_without_the_name(self):
        target = self.start_target("MutableTarget")
        daemon = self.start_daemon(
            f"jmxUrl: service:jmx:rmi:///jndi/rmi://127.0.0.1:{target.port}/other\n")
        self.check_down(daemon, r"other")


class AddressTest(FaultTest):
    def test_registry_and_server_on_two_ports(self):
        other = free_port()
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1",
                                   flags=lambda port: agent_flags(port, rmi_port=other))
        self.assert_up(self.start_for(target.port).scrape())

    def test_a_service_url_and_a_host_name(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        daemon = self.start_daemon(
            f"jmxUrl: service:jmx:rmi:///jndi/rmi://localhost:{target.port}/jmxrmi\n"
            "includeObjectNames: ['app:*']\n")
        self.assert_up(daemon.scrape())


class LoginTest(FaultTest):
    @classmethod
    def start_shared(cls):
        password = cls.shared.write("password", "monitor right-secret\n")
        password.chmod(0o600)
        access = cls.shared.write("access", "monitor readonly\n")
        cls.target = start_target(
            cls.shared, "MutableTarget", "register app:type=A Value=int:1",
            flags=lambda port: agent_flags(port, password_file=password, access_file=access))

    def test_a_password_is_wanted(self):
        event = self.check_down(self.start_for(self.target.port), r"(?i)password")
        self.assertRegex(event, r"(?i)username|user name|log in|login|credentials")

    def test_another_password_is_wanted(self):
        daemon = self.start_for(self.target.port, more="username: monitor\npassword: wrong-secret\n")
        self.check_down(daemon, r"(?i)password")
        self.assertNotIn("wrong-secret", daemon.log())

    def test_the_right_password_reads(self):
        daemon = self.start_for(self.target.port, more="username: monitor\npassword: right-secret\n")
        self.assert_up(daemon.scrape())
        self.assertNotIn("right-secret", daemon.log())


class TlsTest(FaultTest):
    def test_a_target_that_speaks_tls(self):
        store = self.processes.folder / "key.p12"
        subprocess.run([jdk().keytool, "-genkeypair", "-alias", "target", "-keyalg", "EC", "-dname",
                        "CN=127.0.0.1", "-validity", "2", "-storetype", "PKCS12", "-keystore", store,
                        "-storepass", "changeit"], check=True, capture_output=True, timeout=60)
        target = self.start_target("MutableTarget", flags=lambda port: agent_flags(port, key_store=store))
        self.check_down(self.start_for(target.port), r"(?i)\b(tls|ssl)\b")


class LifeTest(FaultTest):
    """A target that was fine and then is not."""

    def setUp(self):
        super().setUp()
        self.target = self.start_target("MutableTarget", "register immutable app:type=A Value=int:1")
        self.daemon = self.start_for(self.target.port)
        self.assert_up(self.daemon.scrape())

    def restart(self):
        self.target.kill()
        self.target = self.start_target("MutableTarget", "register immutable app:type=A Value=int:2",
                                        port=self.target.port)

    def test_it_is_restarted_between_scrapes(self):
        """The very next scrape reads the new JVM; nothing was ever down."""
        self.restart()
        self.assert_up(self.daemon.scrape(), 2.0)
        self.assert_up(self.daemon.scrape(), 2.0)
        self.assertEqual(self.daemon.events(), [])

    def test_it_dies_and_comes_back(self):
        self.target.kill()
        self.check_down(self.daemon, r"(?i)refused")
        informed = len(self.daemon.events("info"))
        self.target = self.start_target("MutableTarget", "register immutable app:type=A Value=int:3",
                                        port=self.target.port)
        for _ in range(2):
            self.assert_up(self.scrape_watched(self.daemon), 3.0)
        back = [event for event in self.daemon.events("info")[informed:] if str(self.target.port) in event]
        self.assertEqual(len(back), 1, back)

    def test_it_dies_while_it_is_read(self):
        self.target.command("register app:type=Deadly Value=int:1")
        self.assert_up(self.daemon.scrape())
        self.target.command("exit-on-read app:type=Deadly")
        page = self.scrape_watched(self.daemon)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.assertFalse(self.target.running())
        self.assert_down(self.scrape_watched(self.daemon))

    def test_it_freezes_and_thaws(self):
        self.target.signal(signal.SIGSTOP)
        for _ in range(2):
            page = self.scrape_watched(self.daemon, hangs=True)
            self.assertEqual(without_own(page), {})
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.assertGreaterEqual(len(self.daemon.events()), 1)
        self.assertLessEqual(len(self.daemon.events()), 2, self.daemon.events())
        self.target.signal(signal.SIGCONT)

        def thawed():
            page = self.scrape_watched(self.daemon)
            return self.value(page, "jmx_scrape_error") == 0.0 and page

        self.assert_up(eventually("the target is read again", thawed, pause=0.2))

    def test_it_is_frozen_from_the_start(self):
        self.target.signal(signal.SIGSTOP)
        self.check_down(self.start_for(self.target.port), r"sent nothing|answer", scrapes=2, hangs=True)

    def test_a_client_that_goes_away_harms_nothing(self):
        self.target.command("register app:type=Sleepy Value=sleep:300")
        for _ in range(5):
            with self.assertRaises(TimeoutError):
                self.daemon.get("/metrics", timeout=0.05)
        page = self.daemon.scrape()
        self.assert_up(page)
        self.assertEqual(self.value(page, "app_Sleepy_Value"), 300.0)


class NetworkTest(FaultTest):
    """The network between daemon and target, through a proxy at the target's own port number."""

    def setUp(self):
        super().setUp()
        host = "127.0.0.2"
        self.target = self.start_target("MutableTarget", "register immutable app:type=A Value=int:1",
                                        flags=lambda port: agent_flags(port, hostname=host))
        self.proxy = self.enterContext(Proxy(host, self.target.port))
        self.daemon = self.start_for(self.target.port, host=host)
        for _ in range(2):
            self.assert_up(self.daemon.scrape())
        self.assertGreater(self.proxy.accepted, 0)

    def test_a_connection_that_breaks_between_scrapes_is_not_seen(self):
        for value in range(2, 6):
            self.proxy.cut()
            self.target.command(f"set app:type=A Value=int:{value}")
            self.assert_up(self.daemon.scrape(), value)
        self.assertEqual(self.daemon.events(), [])

    def test_a_network_that_swallows_everything(self):
        self.proxy.hold()
        for _ in range(2):
            page = self.scrape_watched(self.daemon, hangs=True)
            self.assertEqual(without_own(page), {})
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.proxy.release()
        self.proxy.cut()

        def back():
            page = self.scrape_watched(self.daemon)
            return self.value(page, "jmx_scrape_error") == 0.0 and page

        self.assert_up(eventually("the target is read again", back, pause=0.2))


if __name__ == "__main__":
    main()
