"""Both lanes serve the same page of the same target, and the daemon says which one reads and why."""

from lane_case import LaneCase

from jmxbridge_testing import eventually, main


class LanesTest(LaneCase):
    def test_jdk_17(self):
        self.check_lanes(17)

    def test_beans_of_any_shape(self):
        self.check_random(17)

    def test_churn_jdk_17(self):
        self.check_churn(17)

    def test_what_only_java_can_decode_is_read_through_the_jvm(self):
        # The first and the last that are read, so that there is one without a successor.
        target = self.start_target("MutableTarget", "register app:type=A Value=int:1 X=external",
                                   "register app:type=B Value=int:2",
                                   "register app:type=C Value=int:3 X=external")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n")
        for _ in range(3):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmxbridge_target_lane", lane="fast"), 1.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
            self.assertEqual([self.value(page, f"app_{name}_Value") for name in "ABC"], [1.0, 2.0, 3.0])
        self.assertIn("the fast lane, and the portable lane for 2 MBeans", daemon.get("/").text)

    def test_a_bean_that_blocks_costs_itself_and_is_asked_by_one_thread(self):
        target = self.start_target("MutableTarget", "register immutable app:type=Stuck Value=int:1",
                                   "fill 300")
        daemon = self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*', 'fill:*']\n",
            options=["--lane=fast"])
        # The session is open before time counts.
        self.assertEqual(self.value(daemon.scrape(), "app_Stuck_Value"), 1.0)
        target.command("set app:type=Stuck Value=block")
        page = daemon.scrape(scrape_timeout=2)
        self.assertEqual(self.filled(page, 299), 299.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)

        def set_aside():
            later = daemon.scrape(scrape_timeout=2)
            return self.value(later, "jmxbridge_set_aside_beans") == 1.0 and later

        page = eventually("the bean is set aside", set_aside)
        self.assertEqual(self.filled(page, 0), 0.0)
        self.assertEqual(target.command("waiting app:type=Stuck"), "1")
        target.command("release")


if __name__ == "__main__":
    main()
