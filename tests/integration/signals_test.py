"""What the daemon does on each of its signals, and what it tells systemd."""

import signal
import socket
import threading
import time

from jmxbridge_testing import Daemon, ServiceTest, eventually, main, parse_text

RULE = "hostPort: 127.0.0.1:{port}\nrules:\n- pattern: 'java.lang<type=Runtime><>Uptime'\n  name: {name}\n"


class Notifications:
    """The socket that systemd would give the daemon."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(60)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.socket.close()

    def next(self):
        return self.socket.recv(4096).decode().splitlines()


class SignalsTest(ServiceTest):
    def wait_for_scrape(self, daemon):
        """Until the daemon has a scrape under way, as SIGQUIT shows."""

        def under_way():
            start = len(daemon.log())
            daemon.signal(signal.SIGQUIT)
            return "a scrape is under way" in daemon.wait_for_log(
                r"State: target .*", start=start)[0]

        eventually("a scrape is under way", under_way)

    def test_sigterm_and_sigint_end_an_idle_daemon_at_once_with_0(self):
        for number in [signal.SIGTERM, signal.SIGINT]:
            target = self.start_target("ReferenceTarget")
            daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\n")
            daemon.scrape()
            begin = time.monotonic()
            daemon.signal(number)
            self.assertEqual(daemon.wait(), 0)
            # What is under way would have 25 s.
            self.assertLess(time.monotonic() - begin, 20)
            self.assertRegex(daemon.log(), r"Stopped\.")

    def test_a_scrape_in_flight_finishes_before_the_daemon_ends(self):
        target = self.start_target("ReferenceTarget")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\n")
        daemon.scrape()
        target.signal(signal.SIGSTOP)
        answers = []
        client = threading.Thread(target=lambda: answers.append(daemon.get("/metrics")))
        client.start()
        self.wait_for_scrape(daemon)
        daemon.signal(signal.SIGTERM)
        daemon.wait_for_log(r"Stopping")
        target.signal(signal.SIGCONT)
        client.join()
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual(answers[0].status, 200)
        page = parse_text(answers[0].text)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0)
        self.assertEqual(self.value(page, "jmx_up"), 1)

    def test_a_second_signal_ends_a_daemon_whose_target_is_frozen(self):
        target = self.start_target("ReferenceTarget")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\n")
        daemon.scrape()
        target.signal(signal.SIGSTOP)

        def client():
            try:
                daemon.get("/metrics")
            except (OSError, AssertionError):
                pass  # the connection is cut off

        thread = threading.Thread(target=client)
        thread.start()
        self.wait_for_scrape(daemon)
        daemon.signal(signal.SIGTERM)
        daemon.wait_for_log(r"Stopping:")
        begin = time.monotonic()
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)
        # The first signal alone would have waited 25 s.
        self.assertLess(time.monotonic() - begin, 20)
        thread.join()

    def test_sighup_reads_the_configuration_again(self):
        target = self.start_target("ReferenceTarget")
        daemon = self.start_daemon(RULE.format(port=target.port, name="before"))
        self.assertGreater(self.value(daemon.scrape(), "before"), 0)

        daemon.write(RULE.format(port=target.port, name="after"))
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_log(r"was read again")
        page = daemon.scrape()
        self.assertGreater(self.value(page, "after"), 0)
        self.assert_absent(page, "before")
        # One more if the daemon had a look of its own at the file in between.
        self.assertGreaterEqual(self.value(page, "jmx_config_reload_success_total"), 1)
        self.assertEqual(self.value(page, "jmxbridge_config_last_reload_successful"), 1)

    def test_sighup_may_name_another_target(self):
        first, second = self.start_target("ReferenceTarget"), self.start_target("ReferenceTarget")
        daemon = self.start_daemon(RULE.format(port=first.port, name="uptime"))
        daemon.scrape()
        first.kill()
        daemon.write(RULE.format(port=second.port, name="uptime"))
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_log(r"was read again")
        page = daemon.scrape()
        self.assertEqual(self.value(page, "jmx_up"), 1)
        self.assertGreater(self.value(page, "uptime"), 0)

    def test_a_wrong_configuration_leaves_the_old_one_in_use(self):
        target = self.start_target("ReferenceTarget")
        daemon = self.start_daemon(RULE.format(port=target.port, name="kept"))
        for count, text in enumerate(["rules: 3\n", "hostPort: a:1\nrules:\n- pattern: '('\n"], 1):
            start = len(daemon.log())
            daemon.write(text)
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_log(r"level=error .*old one stays", start=start)
            self.assertIn(f"{daemon.configuration}:", daemon.log()[start:])
            page = daemon.scrape()
            self.assertGreater(self.value(page, "kept"), 0)
            self.assertGreaterEqual(self.value(page, "jmx_config_reload_failure_total"), count)
            self.assertEqual(self.value(page, "jmxbridge_config_last_reload_successful"), 0)

    def test_sigquit_writes_the_state_and_changes_nothing(self):
        target = self.start_target("ReferenceTarget")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\n")
        daemon.scrape()
        with socket.create_connection(("127.0.0.1", daemon.port)):
            daemon.signal(signal.SIGQUIT)
            daemon.wait_for_log(rf"State: target 127\.0\.0\.1:{target.port} is up on the \w+ lane; "
                                r"[1-9]\d* beans, [1-9]\d* samples; 1 scrapes")
            daemon.wait_for_log(r"State: .*127\.0\.0\.1")
        self.assertEqual(self.value(daemon.scrape(), "jmx_up"), 1)

    def test_systemd_is_told_of_readiness_reload_and_stop(self):
        notifications = self.enterContext(Notifications(self.processes.folder))
        daemon = Daemon(self.processes, "hostPort: 127.0.0.1:1\n",
                        environment={"NOTIFY_SOCKET": notifications.path})
        self.assertIn("READY=1", notifications.next())
        daemon.signal(signal.SIGHUP)
        self.assertIn("RELOADING=1", notifications.next())
        self.assertIn("READY=1", notifications.next())
        daemon.signal(signal.SIGTERM)
        self.assertIn("STOPPING=1", notifications.next())
        self.assertEqual(daemon.wait(), 0)


if __name__ == "__main__":
    main()
