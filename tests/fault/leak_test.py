"""Ten thousand scrapes, hundreds that fail and a thousand reloads leave the daemon as it was: no thread,
no descriptor and no memory is lost with each."""

import http.client
import os
import pathlib

from jmxbridge_testing import ServiceTest, eventually, free_port, main, parse_text

SCRAPES = 10_000
WARM_UP = 2_000
FAILURES = 300
# A page of the kernel's accounting and the JVM's heap move a little; a leak of 1.5 KiB a scrape
# would show as 12 MiB.
MOST_GROWTH = 12 * 1024 * 1024


class Usage:
    """What a process holds right now."""

    def __init__(self, pid):
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        self.threads = int(fields["Threads"])
        self.anonymous = int(fields["RssAnon"].split()[0]) * 1024
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))

    def __str__(self):
        return f"{self.threads} threads, {self.descriptors} descriptors, {self.anonymous // 1024} KiB"


class LeakTest(ServiceTest):
    def scrape_often(self, daemon, count):
        """One kept connection, as Prometheus holds it."""
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        try:
            for _ in range(count):
                connection.request("GET", "/metrics")
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    self.fail(f"{answer.status}: {body[:500]}")
            return parse_text(body.decode())
        finally:
            connection.close()

    def check(self, daemon, before):
        """No more than before; connections and RMI's own threads may come and go by two, and take a
        while to go."""
        after = None

        def is_as_before():
            nonlocal after
            after = Usage(daemon.pid)
            return (after.threads <= before.threads + 2 and after.descriptors <= before.descriptors + 2
                    and after.anonymous - before.anonymous < MOST_GROWTH)

        try:
            eventually("nothing is left behind", is_as_before, pause=0.1)
        finally:
            print(f"before: {before}; after: {after}")

    def test_ten_thousand_scrapes(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1 Rows=table:a/1,b/2")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n")
        self.scrape_often(daemon, WARM_UP)
        before = Usage(daemon.pid)
        page = self.scrape_often(daemon, SCRAPES - WARM_UP)
        self.check(daemon, before)
        self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        self.assertEqual(self.value(page, "jmxbridge_sessions_opened_total"), 1.0)
        self.assertGreaterEqual(int(target.command("reads app:type=A")), SCRAPES)

    def test_scrapes_that_fail(self):
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{free_port()}\n")
        self.scrape_often(daemon, 50)
        before = Usage(daemon.pid)
        page = self.scrape_often(daemon, FAILURES)
        self.check(daemon, before)
        self.assertEqual(self.value(page, "jmx_up"), 0.0)
        self.assertEqual(len(daemon.events()), 1)

    def test_a_thousand_reloads(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        texts = [f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\nrules:\n"
                 + "".join(f"- {{pattern: 'app<type={kind}{i}><>Value', name: x{i}}}\n" for i in range(20))
                 + f"- {{pattern: .*, name: {kind}}}\n" for kind in ("even", "odd")]
        daemon = self.start_daemon(texts[0])
        new = daemon.configuration.with_suffix(".new")

        def reload(times):
            for i in range(times):
                # Whole at any moment, as the daemon looks at it by itself, too.
                new.write_text(texts[i % 2], encoding="utf-8")
                new.rename(daemon.configuration)
                self.assertEqual(daemon.get("/-/reload", method="POST").status, 200)
                if i % 10 == 1:
                    self.assertEqual(self.value(daemon.scrape(), "odd"), 1.0)

        reload(200)
        before = Usage(daemon.pid)
        reload(800)
        self.check(daemon, before)
        page = daemon.scrape()
        self.assertGreaterEqual(self.value(page, "jmx_config_reload_success_total"), 1000)
        self.assertEqual(self.value(page, "jmx_config_reload_failure_total"), 0)
        self.assertEqual(self.value(page, "jmxbridge_sessions_opened_total"), 1.0)

    def test_sessions_that_are_opened_again_and_again(self):
        """Each restart of the target costs a session; what belonged to the old one is let go."""
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n")

        def restart(times):
            nonlocal target
            for _ in range(times):
                target.kill()
                target = self.start_target("MutableTarget", "register app:type=A Value=int:1",
                                           port=target.port)
                self.assertEqual(self.value(daemon.scrape(), "app_A_Value"), 1.0)

        daemon.scrape()
        restart(3)
        before = Usage(daemon.pid)
        restart(8)
        self.check(daemon, before)
        self.assertEqual(self.value(daemon.scrape(), "jmxbridge_sessions_opened_total"), 12.0)


if __name__ == "__main__":
    main()
