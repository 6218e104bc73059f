"""Keys of the configuration that show only against a running target."""

from jmxbridge_testing import ServiceTest, eventually, main, parse_text, start_target, without_own


class TimesTest(ServiceTest):
    """`scrapeTimeoutSeconds` (specification 3.5) and `startDelaySeconds` (2.6)."""

    def test_the_last_complete_result_is_served_when_the_time_is_over(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:7 Other=int:2")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\n"
                                   "includeObjectNames: ['app:*']\nscrapeTimeoutSeconds: 1\n")
        # The first may take longer than that on a busy machine: it opens the session.
        page = eventually("a complete result",
                          lambda: "app_A_Value" in (page := daemon.scrape()) and page)
        self.assertEqual(self.value(page, "app_A_Value"), 7.0)
        timeouts = self.value(page, "jmx_scrape_timeout_total")

        target.command("set app:type=A Value=block")
        page = daemon.scrape()
        self.assertEqual(self.value(page, "app_A_Value"), 7.0)
        self.assertEqual(self.value(page, "jmx_scrape_timeout_total"), timeouts + 1)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)

        # The late result becomes the last complete one (Q28).
        self.assertEqual(target.command("waiting app:type=A"), "1")
        target.command("release")
        eventually("the read is over", lambda: "one is under way" not in daemon.get("/").text)
        target.command("set app:type=A Other=int:9")
        page = daemon.scrape()
        self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        self.assertEqual(self.value(page, "app_A_Other"), 2.0)
        self.assertEqual(self.value(page, "jmx_scrape_timeout_total"), timeouts + 2)

    def test_a_target_that_was_never_in_time_shows_the_own_families(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=block")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\n"
                                   "includeObjectNames: ['app:*']\nscrapeTimeoutSeconds: 1\n")
        page = daemon.scrape()
        self.assertEqual(without_own(page), {})
        self.assertEqual(self.value(page, "jmx_scrape_timeout_total"), 1.0)

    def test_metrics_are_not_served_during_the_start_delay(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        text = f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\nstartDelaySeconds: "
        daemon = self.start_daemon(f"{text}1000\n")
        answer = daemon.get("/metrics")
        self.assertEqual(answer.status, 500)
        self.assertRegex(answer.headers["content-type"], "^text/plain")
        self.assertNotIn("jmx_up", answer.text)
        self.assertRegex(answer.text, r"^startDelaySeconds is 1000, so there are series in \d+ s; ")
        for path in ["/", "/-/healthy", "/-/ready"]:
            self.assertEqual(daemon.get(path).status, 200)
        self.assertEqual(target.command("reads app:type=A"), "0")
        self.assertTrue(daemon.reload(f"{text}3\n"))
        answer = eventually("metrics after the delay",
                            lambda: (page := daemon.get("/metrics")).status == 200 and page)
        self.assertEqual(self.value(parse_text(answer.text), "app_A_Value"), 1.0)


class SelectionTest(ServiceTest):
    """What is read (specification 4.2 and 4.4), seen in the page and at the target."""

    @classmethod
    def start_shared(cls):
        cls.target = start_target(
            cls.shared, "MutableTarget", "register app:type=A,name=n1 Value=int:1 Other=int:2",
            "register app:type=A,name=n2 Value=int:3 Other=int:4", "register other:type=B Value=int:5")

    def families(self, text):
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{self.target.port}\n{text}")
        daemon.scrape()
        page = daemon.scrape()
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
        return {f"{sample.name} {dict(sample.labels).get('name', '')}".strip()
                for family in without_own(page).values() for sample in family.samples}

    def test_jvm_beans_that_are_asked_for_by_name_stay(self):
        found = self.families("excludeJvmMetrics: true\nincludeObjectNames: ['java.lang:type=Threading',"
                              " 'java.nio:*', 'other:*']\nexcludeObjectNames: ['java.nio:*']\n")
        self.assertIn("java_lang_Threading_ThreadCount", found)
        self.assertIn("other_B_Value", found)
        self.assertEqual({name.split("_")[0] + "_" + name.split("_")[1] for name in found},
                         {"java_lang", "other_B"})

    def test_jvm_beans_are_left_out(self):
        self.assertEqual(self.families("excludeJvmMetrics: true\n"),
                         {"app_A_Value n1", "app_A_Other n1", "app_A_Value n2", "app_A_Other n2",
                          "other_B_Value"})

    def test_an_empty_include_list_takes_nothing(self):
        self.assertEqual(self.families("includeObjectNames: []\n"), set())

    def test_no_rules_give_nothing(self):
        self.assertEqual(self.families("rules: []\n"), set())

    def test_the_attribute_list_admits_nothing_else(self):
        found = self.families('includeObjectNameAttributes: {"app:name=n1,type=A": [Value]}\n')
        self.assertEqual(found, {"app_A_Value n1"})

    def test_attributes_are_excluded_from_exactly_one_bean(self):
        found = self.families("includeObjectNames: ['app:*']\nexcludeObjectNameAttributes:\n"
                              '  "app:name=n2,type=A": [Other]\n  "app:type=A,*": [Value]\n')
        self.assertEqual(found, {"app_A_Value n1", "app_A_Other n1", "app_A_Value n2"})


class PathTest(ServiceTest):
    """`httpServer.metrics.path` adds a path (specification 10.1.2); the flag goes before it."""

    def paths(self, *options):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n"
                                   "httpServer: {metrics: {path: custom}}\n", options=options)
        self.assertEqual(daemon.events(), [])
        return {path for path in ["/metrics", "/custom", "/flag"]
                if "app_A_Value 1.0" in daemon.get(path).text}

    def test_the_path_of_the_file(self):
        self.assertEqual(self.paths(), {"/metrics", "/custom"})

    def test_the_path_of_the_flag(self):
        self.assertEqual(self.paths("--web.telemetry-path=/flag"), {"/metrics", "/flag"})


if __name__ == "__main__":
    main()
