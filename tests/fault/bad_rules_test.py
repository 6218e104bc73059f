"""Rules and values that are bad: each costs its own samples and one clear message, never the rest of
the scrape, the deadline or the daemon's memory.
"""

import pathlib
import re
import subprocess
import time

from jmxbridge_testing import ServiceTest, main, program, start_target

SCRAPE_TIMEOUT = 30.0
GUARD = 50  # seconds, of the minute that a scrape has by itself
MANY = 20_000
LONG = 12 * 1024 * 1024


class BadTest(ServiceTest):
    def configure(self, rules, names="'bad:*', 'fill:*', 'good:*'", **options):
        """A daemon with these rules before one that takes what is good."""
        return self.start_daemon(f"hostPort: 127.0.0.1:{self.target.port}\n"
                                 f"includeObjectNames: [{names}]\n"
                                 f"rules:\n{rules}- pattern: 'good<type=(\\w+)><>(\\w+): (\\d+)$'\n"
                                 "  name: good_$1_$2\n", **options)

    def scrape_in_time(self, daemon):
        start = time.monotonic()
        page = daemon.scrape(scrape_timeout=SCRAPE_TIMEOUT)
        self.assertLess(time.monotonic() - start, GUARD)
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        return page

    def assert_good(self, page):
        self.assertEqual(self.value(page, "good_A_One"), 1.0)
        self.assertEqual(self.value(page, "good_B_Two"), 2.0)

    def failures(self, daemon):
        """What the log says of scrapes, without what it says of the file."""
        return [event for event in daemon.events() if ": warning: " not in event]

    def check_flagged(self, daemon, message, scrapes=3):
        """Each scrape is flagged and has what is good; the log says the message once."""
        for _ in range(scrapes):
            page = self.scrape_in_time(daemon)
            self.assert_good(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        events = self.failures(daemon)
        self.assertEqual(len(events), 1, events)
        self.assertRegex(events[0], message)
        self.assertLess(len(events[0]), 600)
        return page


class PatternTest(BadTest):
    """Patterns that try more ways than there is time for, on the names of many MBeans."""

    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "MutableTarget", f"fill {MANY} {'a' * 120}!",
                                  "register immutable good:type=A One=long:1",
                                  "register immutable good:type=B Two=long:2", heap="256m")

    def test_nested_quantifiers(self):
        daemon = self.configure("- pattern: 'fill<type=Fill, name=(a+)+$'\n  name: bad\n")
        page = self.check_flagged(daemon, r"rules\[0\] \(line 4\): its pattern takes too many steps")
        self.assertNotIn("bad", page)
        self.assertEqual(daemon.get("/-/healthy").status, 200)

    def test_nested_wildcards(self):
        daemon = self.configure("- pattern: 'fill<(.*a)*(.*a)*x'\n  name: bad\n")
        page = self.scrape_in_time(daemon)
        self.assert_good(page)
        self.assertNotIn("bad", page)

    def test_two_bad_rules_are_two_messages(self):
        daemon = self.configure(
            "- pattern: 'fill<type=Fill, name=(a+)+!1\\d*>$'\n  name: bad\n"
            "- pattern: 'fill<type=Fill, name=(a|aa)+!*$'\n  name: worse\n")
        for _ in range(2):
            page = self.scrape_in_time(daemon)
            self.assert_good(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        rules = [re.search(r"rules\[(\d)\]", event)[1] for event in self.failures(daemon)]
        self.assertEqual(sorted(rules), sorted(set(rules)), daemon.events())
        self.assertIn("1", rules)

    def test_a_bean_that_comes_later_is_named_by_its_rule(self):
        daemon = self.configure("- pattern: 'fill<type=Fill, name=(a+)+$'\n  name: bad\n")
        self.scrape_in_time(daemon)
        self.target.command("register immutable good:type=C Three=long:3")
        try:
            self.assertEqual(self.value(self.scrape_in_time(daemon), "good_C_Three"), 3.0)
        finally:
            self.target.command("unregister good:type=C")


class TemplateTest(BadTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(
            cls.shared, "MutableTarget", "fill 50", "register immutable good:type=A One=long:1",
            "register immutable good:type=B Two=long:2",
            "register immutable bad:type=A,name=x Value=long:1 Other=long:2")

    def check_rule(self, rule, message):
        return self.check_flagged(self.configure(rule), message)

    def test_labels_that_clash_cost_only_their_sample(self):
        page = self.check_rule(
            "- pattern: 'bad<type=(\\w+), name=(\\w+)><>(\\w+)'\n  name: bad_$3\n"
            "  labels: {\"a.b\": $1, \"a-b\": $2}\n", r"rules\[0\].*two labels 'a_b'.*rename")
        self.assertNotIn("bad_Value", page)

    def test_a_label_without_a_value(self):
        daemon = self.configure("- pattern: 'bad<type=(\\w+)'\n  name: bad\n  labels: {l: }\n")
        for _ in range(2):
            page = self.scrape_in_time(daemon)
            self.assert_good(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.assertEqual(sum("rules[0] (line" in event for event in daemon.events()), 1)

    def test_a_group_that_is_not_there(self):
        daemon = self.configure("- pattern: 'bad<type=(\\w+)'\n  name: bad_$7\n")
        for _ in range(2):
            page = self.scrape_in_time(daemon)
            self.assert_good(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        # At the load, and when it first costs a sample.
        self.assertEqual(len([e for e in daemon.events() if "group 7" in e]), 2, daemon.events())


class ValueTest(BadTest):
    """Values of twelve megabytes, with siblings and other MBeans that are served."""

    rules = ("- pattern: 'bad<type=(\\w+)><(?:T, )?>(\\w+): (\\d+)$'\n  name: bad_$1_$2\n"
             "- pattern: 'bad<type=(\\w+)><>Text: (a*)$'\n  name: text\n  value: 1\n"
             "  labels: {text: $2}\n")

    def start_with(self, *attributes):
        self.target = self.start_target(
            "MutableTarget", "register immutable good:type=A One=long:1",
            "register immutable good:type=B Two=long:2",
            f"register immutable bad:type=A Before=long:1 {' '.join(attributes)} Zero=long:0",
            heap="512m")
        return self.configure(self.rules)

    def assert_siblings(self, page):
        self.assert_good(page)
        self.assertEqual(self.value(page, "bad_A_Before"), 1.0)
        self.assertEqual(self.value(page, "bad_A_Zero"), 0.0)

    def resident(self, daemon):
        status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def test_a_long_text_costs_only_its_sample_and_no_memory(self):
        daemon = self.start_with(f"Text=long-string:{LONG}")
        self.assert_siblings(self.check_flagged(daemon, r"rules\[1\]|label value of text"))
        # Each thread that ever reads it keeps some room.
        for _ in range(20):
            self.assert_siblings(self.scrape_in_time(daemon))
        before = self.resident(daemon)
        for _ in range(10):
            self.assert_siblings(self.scrape_in_time(daemon))
        self.assertLess(self.resident(daemon), before + LONG)

    def test_a_long_array_costs_nothing(self):
        daemon = self.start_with(f"Array=long-array:{LONG}")
        for _ in range(2):
            page = self.scrape_in_time(daemon)
            self.assert_siblings(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
        self.assertEqual(daemon.events(), [])

    def test_a_composite_with_a_text(self):
        daemon = self.start_with(f"Composite=long-composite:{LONG}")
        for _ in range(2):
            self.assert_siblings(self.scrape_in_time(daemon))
        self.assertLessEqual(len(self.failures(daemon)), 1, daemon.events())

    def start_with_table(self, **options):
        self.target = self.start_target(
            "MutableTarget", "register immutable good:type=A One=long:1",
            "register immutable good:type=B Two=long:2",
            "register immutable bad:type=A Before=long:1 Table=long-table:100000 Zero=long:0",
            heap="512m")
        return self.configure(
            "- pattern: 'bad<type=(\\w+), key=(\\w+)><>(\\w+)'\n  name: row\n"
            "  labels: {key: $2}\n- pattern: 'bad<type=(\\w+)><>(\\w+): (\\d+)$'\n"
            "  name: bad_$1_$2\n", **options)

    def test_a_table_of_a_hundred_thousand_rows(self):
        daemon = self.start_with_table(options=["--java.options=-Xmx512m"])
        for _ in range(2):
            page = self.scrape_in_time(daemon)
            self.assert_siblings(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
            self.assertEqual(len(page["row"].samples), 100_000)

    def check_too_large(self, daemon, attribute):
        """Too large for the daemon's JVM: the attribute is lost, flagged and named, and no other."""
        daemon.scrape(scrape_timeout=60, timeout=60)
        for _ in range(2):
            page = self.scrape_in_time(daemon)
            self.assert_siblings(page)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        events = self.failures(daemon)
        self.assertEqual(len(events), 1, events)
        self.assertRegex(events[0], rf"Attribute {attribute} of bad:type=A .*-Xmx")

    def test_a_table_that_is_too_large_for_the_jvm(self):
        self.check_too_large(self.start_with_table(options=["--lane=portable"]), "Table")

    def test_a_text_that_is_too_large_for_the_jvm(self):
        self.check_too_large(self.start_with(f"Text=long-string:{70 * 1024 * 1024}"), "Text")


class FileTest(ServiceTest):
    """Files that are refused: one message that names the bound, soon, in little memory."""

    def check(self, text):
        path = self.processes.write("bad.yml", text)
        start = time.monotonic()
        run = subprocess.run(["prlimit", f"--as={2 << 30}", program(), "--config.check",
                              f"--config.file={path}"], capture_output=True, text=True, timeout=60)
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(run.returncode, 1, run.stdout[-2000:] + run.stderr[-2000:])
        output = run.stdout + run.stderr
        self.assertLess(len(output), 400_000)
        errors = [line for line in output.splitlines() if ": error: " in line]
        self.assertEqual(len(errors), 1, errors[:5])
        self.assertLess(len(errors[0]), 500)
        return errors[0]

    def rules(self, lines):
        return "hostPort: 127.0.0.1:9999\nrules:\n" + "".join(lines)

    def test_a_file_of_five_megabytes(self):
        self.assertIn("3 MiB", self.check(self.rules("- {pattern: abcdef}\n" for _ in range(260_000))))

    def test_a_hundred_thousand_rules(self):
        error = self.check(self.rules(f"- {{pattern: a{i}}}\n" for i in range(100_000)))
        self.assertIn("10000", error)
        self.assertIn(":10003:", error)

    def test_a_pattern_of_a_megabyte(self):
        error = self.check(self.rules([f"- pattern: '{'a' * (1 << 20)}'\n"]))
        self.assertIn("100000", error)
        self.assertIn(":3:", error)

    def test_more_than_ten_thousand_groups(self):
        self.assertIn("10000", self.check(self.rules([f"- pattern: '{'()' * 10_001}'\n"])))

    def test_patterns_that_multiply(self):
        self.assertIn("64 MiB", self.check(self.rules(
            f"- pattern: '(?:abc){{4000}}{i}'\n" for i in range(9_000))))

    def test_aliases_that_multiply(self):
        bomb = "a0: &a0 [x, x]\n" + "".join(
            f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
        self.assertIn("50 aliases", self.check(bomb + "hostPort: 127.0.0.1:9999\n"))

    def test_texts_that_aliases_repeat(self):
        self.assertIn("3 MiB", self.check(
            f"x: &x '{'a' * 90_000}'\n" + self.rules("- pattern: *x\n" for _ in range(9_000))))

    def test_nesting_is_bounded(self):
        self.assertIn("50 levels", self.check("a: " + "[" * 90 + "]" * 90 + "\n"))


if __name__ == "__main__":
    main()
