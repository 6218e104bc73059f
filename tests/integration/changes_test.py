"""MBeans that come, go and change show so in the very next scrape."""

import re
import signal
import threading
import time

from jmxbridge_testing import (ServiceTest, agent_flags, eventually, main, start_target,
                               without_own)

# Seconds; half of what a scrape has by itself.
GUARD = 30
ALL = "hostPort: 127.0.0.1:{port}\nincludeObjectNames: ['app:*', 'fill:*']\n"


class ChangesTest(ServiceTest):
    """One target and one daemon for each test: what a test changes reaches no other."""

    def setUp(self):
        super().setUp()
        self.target = self.start_target("MutableTarget", "register immutable app:type=Fixed Value=int:7")
        self.daemon = self.start_daemon(ALL.format(port=self.target.port))

    def scrape(self, **options):
        """A page without failures, which always holds the bean that never changes."""
        page = self.daemon.scrape(**options)
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
        self.assertEqual(self.value(page, "app_Fixed_Value"), 7.0)
        return page

    def bean_names(self, page):
        return {name for name in without_own(page) if name != "app_Fixed_Value"}

    def test_a_bean_appears_and_goes(self):
        for _ in range(2):
            self.assertEqual(self.bean_names(self.scrape()), set())
        for round_number in range(3):
            self.target.command(f"register app:type=Visitor Value=int:{round_number} Other=double:0.5")
            for _ in range(2):
                page = self.scrape()
                self.assertEqual(self.value(page, "app_Visitor_Value"), round_number)
                self.assertEqual(self.value(page, "app_Visitor_Other"), 0.5)
            self.target.command("unregister app:type=Visitor")
            for _ in range(2):
                self.assertEqual(self.bean_names(self.scrape()), set())

    def test_a_bean_registered_again_shows_its_new_attributes(self):
        for kind in ["", "immutable "]:
            with self.subTest(kind or "dynamic"):
                self.target.command(f"register {kind}app:type=Again Old=int:1 Both=int:2")
                page = self.scrape()
                self.assertEqual(self.bean_names(page), {"app_Again_Old", "app_Again_Both"})
                self.target.command("unregister app:type=Again")
                self.target.command(f"register {kind}app:type=Again Both=int:3 New=int:4")
                for _ in range(2):
                    page = self.scrape()
                    self.assertEqual(self.bean_names(page), {"app_Again_Both", "app_Again_New"})
                    self.assertEqual(self.value(page, "app_Again_Both"), 3.0)
                    self.assertEqual(self.value(page, "app_Again_New"), 4.0)
                self.target.command("unregister app:type=Again")

    def test_an_mbean_info_that_changes_in_place_shows(self):
        self.target.command("register app:type=Dynamic A=int:1 B=int:2")
        self.assertEqual(self.bean_names(self.scrape()), {"app_Dynamic_A", "app_Dynamic_B"})
        for attributes, names in [
                ("A=int:1 B=int:2 C=int:3", {"app_Dynamic_A", "app_Dynamic_B", "app_Dynamic_C"}),
                ("C=int:4", {"app_Dynamic_C"}),
                ("D=int:5 E=bool:true", {"app_Dynamic_D", "app_Dynamic_E"}),
                ("A=int:6", {"app_Dynamic_A"})]:
            self.target.command(f"replace app:type=Dynamic {attributes}")
            for _ in range(2):
                self.assertEqual(self.bean_names(self.scrape()), names)

    def test_values_change_kind_and_vanish(self):
        self.target.command("register app:type=Kinds Value=int:1 Beside=int:9")
        for text, number in [
                ("int:2", 2.0), ("double:2.5", 2.5), ("long:9007199254740993", 9007199254740992.0),
                ("bool:true", 1.0), ("string:text", None), ("int:3", 3.0), ("null", None),
                ("date:1700000000123", 1700000000.123), ("throw", None), ("double:NaN", "NaN"),
                ("double:-Infinity", float("-inf")), ("int:-4", -4.0), ("null", None), ("int:0", 0.0)]:
            self.target.command(f"set app:type=Kinds Value={text}")
            for _ in range(2):
                page = self.scrape()
                self.assertEqual(self.value(page, "app_Kinds_Beside"), 9.0)
                if number is None:
                    self.assertNotIn("app_Kinds_Value", page, text)
                elif number == "NaN":
                    self.assertNotEqual(*2 * [self.value(page, "app_Kinds_Value")])
                else:
                    self.assertEqual(self.value(page, "app_Kinds_Value"), number, text)

    def test_rows_of_a_table_come_and_go(self):
        self.target.command("register app:type=Table,name=t Rows=table:a/1,b/2")
        for rows, numbers in [
                ("a/1,b/2", {"a": 1, "b": 2}), ("a/5", {"a": 5}), ("", {}), ("c/3,a/4", {"c": 3, "a": 4}),
                ("c/3", {"c": 3}), ("x/1,y/2,z/3", {"x": 1, "y": 2, "z": 3})]:
            self.target.command(f"set app:type=Table,name=t Rows=table:{rows}")
            for _ in range(2):
                page = self.scrape()
                family = page.get("app_Table_Rows")
                found = {} if family is None else {
                    dict(sample.labels)["key"]: sample.value for sample in family.samples}
                self.assertEqual(found, numbers)

    def test_a_value_turns_into_a_composite_and_back(self):
        self.target.command("register app:type=Shape Value=int:1")
        self.assertEqual(self.value(self.scrape(), "app_Shape_Value"), 1.0)
        self.target.command("set app:type=Shape Value=composite:used/10,max/20")
        page = self.scrape()
        self.assertEqual(self.bean_names(page), {"app_Shape_Value_used", "app_Shape_Value_max"})
        self.assertEqual(self.value(page, "app_Shape_Value_max"), 20.0)
        self.target.command("set app:type=Shape Value=table:k/1")
        self.assertEqual(self.value(self.scrape(), "app_Shape_Value", key="k"), 1.0)
        self.target.command("set app:type=Shape Value=int:2")
        self.assertEqual(self.bean_names(self.scrape()), {"app_Shape_Value"})

    def test_what_cannot_be_read_costs_only_itself(self):
        self.target.command(
            "register app:type=Broken A=int:1 Throws=throw Unknown=unknown Opaque=unserializable"
            " Null=null B=int:2")
        self.target.command("register app:type=Fatal A=int:3 Throws=error B=int:4")
        for _ in range(4):
            page = self.scrape()
            self.assertEqual(self.bean_names(page), {"app_Broken_A", "app_Broken_B", "app_Fatal_A",
                                                     "app_Fatal_B"})
        self.target.command("set app:type=Broken Throws=int:5")
        self.target.command("set app:type=Fatal Throws=int:6")
        page = self.scrape()
        self.assertEqual(self.value(page, "app_Broken_Throws"), 5.0)
        self.assertEqual(self.value(page, "app_Fatal_Throws"), 6.0)

    def test_a_bean_without_an_mbean_info_costs_only_itself(self):
        self.target.command("register app:type=Mute Value=int:1")
        self.target.command("info app:type=Mute throw")
        for _ in range(2):
            page = self.daemon.scrape()
            self.assertEqual(self.bean_names(page), set())
            self.assertEqual(self.value(page, "app_Fixed_Value"), 7.0)
            # The peer says so, too, and ends its scrape.
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.target.command("info app:type=Mute fine")
        self.target.command("register app:type=Later Value=int:2")
        self.assertLessEqual({"app_Later_Value"}, self.bean_names(self.scrape()))

    def test_many_beans_come_and_go_at_once(self):
        self.target.command("fill 2000")
        page = self.scrape()
        family = page["fill_Fill_Value"]
        self.assertEqual({dict(sample.labels)["name"]: sample.value for sample in family.samples},
                         {str(i): float(i) for i in range(2000)})
        self.assertEqual(self.value(page, "jmxbridge_scrape_beans"), 2001)

    def test_changes_during_a_scrape_harm_nothing(self):
        """Beans that flicker while scrapes run: each page is well-formed and whole for the others."""
        stop = threading.Event()

        def flicker():
            count = 0
            while not stop.is_set():
                count += 1
                self.target.command(f"register app:type=Flicker,name=n{count % 7} Value=int:{count}")
                self.target.command(f"unregister app:type=Flicker,name=n{count % 7}")

        self.target.command("fill 300")
        thread = threading.Thread(target=flicker)
        thread.start()
        try:
            for _ in range(40):
                page = self.scrape()
                self.assertEqual(len(page["fill_Fill_Value"].samples), 300)
        finally:
            stop.set()
            thread.join()
        self.assertNotIn("app_Flicker_Value", self.scrape())


class BlockedTest(ServiceTest):
    """A getter that does not return costs its own bean, by the deadline that Prometheus gives."""

    def setUp(self):
        super().setUp()
        self.target = self.start_target("MutableTarget", "fill 50",
                                        "register app:type=Slow Value=int:1 Beside=int:2")
        self.daemon = self.start_daemon(ALL.format(port=self.target.port))
        self.assertEqual(self.value(self.daemon.scrape(), "app_Slow_Value"), 1.0)

    def scrape_soon(self):
        """One scrape that waits two seconds at most for what blocks."""
        start = time.monotonic()
        page = self.daemon.scrape(scrape_timeout=2)
        self.assertLess(time.monotonic() - start, GUARD)
        return page

    def test_the_others_are_served_by_the_deadline(self):
        self.target.command("set app:type=Slow Value=block")
        page = self.scrape_soon()
        self.assertEqual(len(page["fill_Fill_Value"].samples), 50)
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.assertGreaterEqual(self.value(page, "jmxbridge_scrape_beans_missing"), 1.0)
        self.assert_absent(page, "app_Slow_Value")
        self.assert_absent(page, "app_Slow_Beside")

        # It is set aside: the next scrapes do not wait for it, and are not whole.
        start = time.monotonic()
        for _ in range(3):
            page = self.daemon.scrape()
            self.assertEqual(len(page["fill_Fill_Value"].samples), 50)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        # One that waited would have done so for a minute.
        self.assertLess(time.monotonic() - start, GUARD)
        self.assertEqual(self.value(page, "jmxbridge_set_aside_beans"), 1.0)
        self.assertEqual(self.value(page, "jmxbridge_bean_set_aside", bean="app:type=Slow"), 1.0)
        # Nobody asks a bean again whose call is not answered.
        self.assertEqual(self.target.command("waiting app:type=Slow"), "1")
        self.assertEqual(self.daemon.log().count("app:type=Slow"), 1, "one line names the bean")

    def test_it_is_served_again_once_it_answers(self):
        self.target.command("set app:type=Slow Value=block")
        self.scrape_soon()
        self.target.command("set app:type=Slow Value=int:5")
        self.target.command("release")

        def served():
            page = self.scrape_soon()
            return "app_Slow_Value" in page and self.value(page, "jmx_scrape_error") == 0.0 and page

        page = eventually("the bean is served again", served, pause=0.5)
        self.assertEqual(self.value(page, "app_Slow_Value"), 5.0)
        self.assertEqual(self.value(page, "app_Slow_Beside"), 2.0)
        self.assertEqual(self.value(page, "jmxbridge_set_aside_beans"), 0.0)

    def test_an_mbean_info_that_blocks(self):
        self.target.command("register app:type=Mute Value=int:1")
        self.target.command("info app:type=Mute block")
        for _ in range(3):
            page = self.scrape_soon()
            self.assertEqual(len(page["fill_Fill_Value"].samples), 50)
            self.assertEqual(self.value(page, "app_Slow_Value"), 1.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)

    def test_beans_that_block_together_do_not_hold_up_the_others_for_long(self):
        """As when one lock is held: each scrape sets some aside, until the others are served."""
        for i in range(6):
            self.target.command(f"register app:type=Stuck,name=s{i} Value=block")

        scrapes = 0

        def served():
            nonlocal scrapes
            scrapes += 1
            page = self.scrape_soon()
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
            self.assertNotIn("app_Stuck_Value", page)
            return "fill_Fill_Value" in page and page

        page = eventually("the others are served", served, pause=0)
        self.assertLessEqual(scrapes, 6)
        self.assertEqual(len(page["fill_Fill_Value"].samples), 50)
        self.assertEqual(self.value(page, "app_Slow_Value"), 1.0)
        for i in range(6):
            self.assertLessEqual(int(self.target.command(f"waiting app:type=Stuck,name=s{i}")), 1)


def clients_under_way(daemon):
    """Those whose requests the daemon works on, as SIGQUIT shows."""
    start = len(daemon.log())
    daemon.signal(signal.SIGQUIT)
    daemon.wait_for_log("State: target ", start=start)
    return set(re.findall(r"State: (http client \S+) .*is being answered", daemon.log()[start:]))


class SharedReadTest(ServiceTest):
    """Scrapes that come together share one read of the target (specification Q29)."""

    def test_one_read_serves_all_who_wait(self):
        target = self.start_target("MutableTarget", "register app:type=A Value=int:7")
        daemon = self.start_daemon(ALL.format(port=target.port))
        daemon.scrape()
        before = int(target.command("reads app:type=A"))
        target.command("set app:type=A Value=block")
        pages = []
        threads = [threading.Thread(target=lambda: pages.append(daemon.scrape())) for _ in range(8)]
        for thread in threads:
            thread.start()
        # All of them are there before the target answers.
        eventually("eight requests are under way", lambda: len(clients_under_way(daemon)) == 8)
        target.command("release")
        for thread in threads:
            thread.join()
        self.assertEqual(len(pages), 8)
        for page in pages:
            self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        self.assertLessEqual(int(target.command("reads app:type=A")) - before, 2)


class OnlyReadsTest(ServiceTest):
    """The daemon asks for what its configuration can use, and never writes (design section 4)."""

    def test_attributes_and_beans_that_no_rule_uses_are_not_read(self):
        target = start_target(self.processes, "MutableTarget",
                              "register app:type=Wanted Value=int:1",
                              "register app:type=Excluded Value=int:1",
                              "register other:type=Other Value=int:1")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n"
                                   "excludeObjectNames: ['app:type=Excluded']\n")
        for _ in range(3):
            page = daemon.scrape()
        self.assertEqual(list(without_own(page)), ["app_Wanted_Value"])
        self.assertGreaterEqual(int(target.command("reads app:type=Wanted")), 3)
        self.assertEqual(target.command("reads app:type=Excluded"), "0")
        self.assertEqual(target.command("reads other:type=Other"), "0")

    def test_a_readonly_role_is_enough(self):
        password = self.processes.write("password", "monitor secret\n")
        password.chmod(0o600)
        access = self.processes.write("access", "monitor readonly\n")
        target = start_target(self.processes, "MutableTarget", "register app:type=A Value=int:1",
                              flags=lambda port: agent_flags(port, password_file=password, access_file=access))
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nusername: monitor\n"
                                   f"password: ${{TARGET_PASSWORD}}\nincludeObjectNames: ['app:*']\n",
                                   environment={"TARGET_PASSWORD": "secret"})
        for _ in range(2):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
            self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        self.assertNotIn("secret", daemon.log())


if __name__ == "__main__":
    main()
