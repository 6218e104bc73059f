"""The configuration's file is looked at before each scrape and every few seconds (specification 2.5
with verdicts Q26 and Q27): what counts as a change, and what becomes of one."""

import contextlib
import os
import signal
import threading

from jmxbridge_testing import ServiceTest, eventually, main, parse_text, start_target

RULE = "hostPort: 127.0.0.1:{port}\nincludeObjectNames: ['app:*']\nrules:\n- pattern: .*\n  name: {name}\n"
BROKEN = "hostPort: 127.0.0.1:1\nrules:\n- pattern: '('\n"


class FileTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "MutableTarget",
                                  "register immutable app:type=A Value=int:1")

    def start(self, path=None):
        """A daemon whose only sample is called `before`; `path` is where its file is reached."""
        self.path = self.processes.write("jmxbridge.yml", self.text("before"))
        self.daemon = self.start_daemon(path(self.path) if path else self.path)
        self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)

    def text(self, name):
        return RULE.format(port=self.target.port, name=name)

    def counts(self):
        page = self.daemon.scrape()
        return tuple(int(self.value(page, f"jmx_config_reload_{what}_total"))
                     for what in ("success", "failure"))

    def replace(self, text):
        """Puts another file in the place of the configuration, as editors and tools do: a reader
        sees the old one or the new one, whole."""
        new = self.path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.rename(self.path)

    def test_the_scrape_after_an_edit_in_place_is_made_with_it(self):
        self.start()
        # Truncated and written, so that a look in between may see half of it.
        self.path.write_text(self.text("after"), encoding="utf-8")
        page = self.daemon.scrape()
        self.assertEqual(self.value(page, "after"), 1)
        self.assert_absent(page, "before")
        self.assertGreaterEqual(self.counts()[0], 1)

    def test_the_scrape_after_a_rename_is_made_with_the_new_file_and_counts_once(self):
        self.start()
        self.replace(self.text("after"))
        page = self.daemon.scrape()
        self.assertEqual(self.value(page, "after"), 1)
        self.assertEqual(self.value(page, "jmx_config_reload_success_total"), 1)
        self.assertEqual(self.counts(), (1, 0))

    def test_the_swap_of_a_config_map_is_seen(self):
        folders = [self.processes.folder / name for name in ("..1", "..2")]
        for folder, name in zip(folders, ("before", "after")):
            folder.mkdir()
            (folder / "jmxbridge.yml").write_text(self.text(name), encoding="utf-8")
        data = self.processes.folder / "..data"
        data.symlink_to(folders[0].name)
        link = self.processes.folder / "linked.yml"
        link.symlink_to("..data/jmxbridge.yml")
        self.start(lambda _: link)
        swap = self.processes.folder / "..data_tmp"
        swap.symlink_to(folders[1].name)
        swap.rename(data)
        page = self.daemon.scrape()
        self.assertEqual(self.value(page, "after"), 1)
        self.assertEqual(self.counts(), (1, 0))

    def test_a_file_that_is_gone_changes_nothing_until_it_is_back(self):
        self.start()
        self.path.rename(self.path.with_suffix(".away"))
        self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)
        self.assertEqual(self.counts(), (0, 0))
        self.replace(self.text("after"))
        self.assertEqual(self.value(self.daemon.scrape(), "after"), 1)
        self.assertEqual(self.counts(), (1, 0))

    def test_a_broken_file_counts_once_and_is_tried_again_when_it_is_mended(self):
        self.start()
        for number, text in enumerate([BROKEN, BROKEN, "lowercaseOutputName: true\n"], 1):
            self.replace(text)
            for _ in range(3):
                page = self.daemon.scrape()
                self.assertEqual(self.value(page, "before"), 1)
                self.assertEqual(self.value(page, "jmxbridge_config_last_reload_successful"), 0)
            self.assertEqual(self.counts(), (0, number))
        self.assertEqual(len([event for event in self.daemon.events() if "old one stays" in event]), 3)
        self.replace(self.text("after"))
        page = self.daemon.scrape()
        self.assertEqual(self.value(page, "after"), 1)
        self.assertEqual(self.value(page, "jmxbridge_config_last_reload_successful"), 1)
        self.assertEqual(self.counts(), (1, 3))

    def test_a_touch_is_a_change_forwards_and_backwards(self):
        self.start()
        for count, moved in enumerate([5, -3600], 1):
            now = self.path.stat().st_mtime
            os.utime(self.path, (now + moved, now + moved))
            self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)
            self.assertEqual(self.counts(), (count, 0))

    def test_without_a_scrape_the_file_is_looked_at_in_the_background(self):
        self.start()
        self.replace(self.text("after"))
        self.daemon.wait_for_log(r"was read again")
        # Without a scrape, also a new start delay would not show: this is the configuration's page.
        self.assertIn('name: "after"', self.daemon.get("/config").text)

    def test_a_reload_asks_the_target_for_no_description_again(self):
        self.start()
        before = self.target.command("describes app:type=A")
        self.replace(self.text("after"))
        self.assertEqual(self.value(self.daemon.scrape(), "after"), 1)
        after = self.target.command("describes app:type=A")
        self.assertEqual(after, before)

    def test_another_target_is_described_anew(self):
        other = self.start_target("MutableTarget", "register immutable app:type=A Value=int:7 More=int:8")
        self.start()
        self.replace(RULE.format(port=other.port, name="{name}").format(name="after_$1").replace(
            "pattern: .*", "pattern: '<>(.*):'"))
        page = self.daemon.scrape()
        self.assertEqual(self.value(page, "after_Value"), 7)
        self.assertEqual(self.value(page, "after_More"), 8)
        self.assertEqual(self.value(page, "jmxbridge_sessions_opened_total"), 2)

    def test_what_cannot_be_read_for_a_moment_counts_once(self):
        self.start()
        aside = self.path.with_suffix(".away")
        self.path.rename(aside)
        self.path.mkdir()
        for _ in range(3):
            self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)
        self.assertEqual(self.counts(), (0, 1))
        self.assertIn("this is a directory", " ".join(self.daemon.events()))
        self.path.rmdir()
        self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)
        aside.rename(self.path)
        self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)
        self.assertEqual(self.counts(), (1, 1))

    def test_half_a_file_leaves_the_old_one_until_it_is_whole(self):
        self.start()
        whole = self.text("after")
        half = whole[:whole.index("app:*") + 3]
        self.path.write_text(half, encoding="utf-8")
        self.assertEqual(self.value(self.daemon.scrape(), "before"), 1)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(whole[len(half):])
        page = self.daemon.scrape()
        self.assertEqual(self.value(page, "after"), 1)
        self.assertEqual(self.value(page, "jmxbridge_config_last_reload_successful"), 1)

    def test_the_start_delay_of_the_newest_configuration_counts(self):
        self.path = self.processes.write("jmxbridge.yml", self.text("before") + "startDelaySeconds: 600\n")
        self.daemon = self.start_daemon(self.path)
        self.assertEqual(self.daemon.get("/metrics").status, 500)
        self.replace(self.text("after"))
        self.assertEqual(self.value(self.daemon.scrape(), "after"), 1)
        self.replace(self.text("after") + "startDelaySeconds: 600\n")
        self.assertEqual(self.daemon.get("/metrics").status, 500)

    def test_what_needs_a_restart_is_said(self):
        self.start()
        threads = "httpServer: {threads: {minimum: 1, maximum: 1, keepAliveTime: 1}}\n"
        self.replace(self.text("after") + threads)
        self.assertEqual(self.value(self.daemon.scrape(), "after"), 1)
        self.assertIn("restart the daemon", " ".join(self.daemon.events()))
        events = len(self.daemon.events())
        self.replace(self.text("later"))
        self.assertEqual(self.value(self.daemon.scrape(), "later"), 1)
        self.assertEqual(len(self.daemon.events()), events)

    def test_reloads_at_once_all_succeed_and_the_file_counts(self):
        self.start()
        self.replace(self.text("after"))
        statuses = []

        def ask():
            for _ in range(10):
                statuses.append(self.daemon.get("/-/reload", method="POST").status)

        clients = [threading.Thread(target=ask) for _ in range(4)]
        for client in clients:
            client.start()
        for _ in range(10):
            self.daemon.signal(signal.SIGHUP)
            self.assertEqual(self.value(self.daemon.scrape(), "jmx_scrape_error"), 0)
        for client in clients:
            client.join()
        self.assertEqual(statuses, [200] * 40)
        self.assertEqual(self.value(self.daemon.scrape(), "after"), 1)
        success, failure = self.counts()
        # Those who ask at once share a reading; the ten of one client follow each other.
        self.assertGreaterEqual(success, 10)
        self.assertEqual(failure, 0)

    def test_a_reload_that_was_answered_holds_for_the_next_scrape_with_many_rules(self):
        """Also where the plan is made beside the scrapes that go on."""
        self.start()
        rules = "".join(f"- {{pattern: 'app<type=B{i}><>Value', name: b{i}}}\n" for i in range(5000))
        page = self.daemon.scrape()
        for name in ("second", "third"):
            text = self.text(name).replace("rules:\n", "rules:\n" + rules).replace(
                "['app:*']", "['app:*', 'java.lang:*']")
            self.replace(text)
            answer = self.daemon.get("/-/reload", method="POST")
            self.assertEqual(answer.status, 200)
            page = self.daemon.scrape()
            self.assert_absent(page, "before")
            self.assertIn(name, page)

    def test_a_scrape_in_flight_ends_with_the_configuration_that_it_began_with(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        self.path = self.processes.write("jmxbridge.yml", RULE.format(port=target.port, name="before"))
        self.daemon = self.start_daemon(self.path)
        self.daemon.scrape()
        target.signal(signal.SIGSTOP)
        with contextlib.ExitStack() as stack:
            stack.callback(target.signal, signal.SIGCONT)
            answers = []
            client = threading.Thread(
                target=lambda: answers.append(self.daemon.get("/metrics", timeout=90)))
            client.start()
            eventually("a scrape is under way",
                       lambda: "one is under way" in self.daemon.get("/").text)
            self.replace(RULE.format(port=target.port, name="after"))
            late = threading.Thread(
                target=lambda: answers.append(self.daemon.get("/metrics", timeout=90)))
            late.start()
            self.daemon.wait_for_log(r"was read again")
        client.join()
        late.join()
        self.assertEqual([answer.status for answer in answers], [200, 200])
        pages = [parse_text(answer.text) for answer in answers]
        names = sorted(name for page in pages for name in page if name in ("before", "after"))
        self.assertEqual(names, ["after", "before"])


if __name__ == "__main__":
    main()
