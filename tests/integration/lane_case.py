"""One target, read over both lanes: each serves the same page of it."""

from jmxbridge_testing import ServiceTest, differences, without_own

BEANS = [
    "register app:type=Plain Int=int:-7 Long=long:9007199254740993 Double=double:1.5 Bool=bool:true"
    " Text=string:text Null=null Date=date:1700000000123",
    "register app:type=Deep Pair=composite:a/1,b/2 Rows=table:x/10,y/20",
    "register app:type=Odd A=int:1 Unknown=unknown B=int:2 Unserializable=unserializable C=int:3"
    " Throws=throw D=int:4",
    "register app:type=Fatal A=int:1 Error=error B=int:2",
    "register app:type=Changing A=int:1",
    "fill 700",
]


class LaneCase(ServiceTest):
    """A target that is read over both lanes at once."""

    def start_pair(self, port, more=""):
        configuration = f"hostPort: 127.0.0.1:{port}\nincludeObjectNames: ['app:*', 'fill:*']\n{more}"
        return [self.start_daemon(configuration, options=[f"--lane={lane}"])
                for lane in ("fast", "portable")]

    def filled(self, page, number):
        """The value of one of the beans of `fill`."""
        return next(sample.value for sample in page["fill_Fill_Value"].samples
                    if dict(sample.labels)["name"] == str(number))

    def assert_same(self, daemons, scrapes=3):
        for _ in range(scrapes):
            pages = [daemon.scrape() for daemon in daemons]
            for page, lane in zip(pages, ("fast", "portable")):
                self.assertEqual(self.value(page, "jmxbridge_target_lane", lane=lane), 1.0)
                self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
                self.assertEqual(self.value(page, "jmxbridge_scrape_beans_missing"), 0.0)
            self.assertEqual(differences(*(without_own(page) for page in pages)), [])
        return pages[0]

    def check_lanes(self, version):
        target = self.start_target("MutableTarget", *BEANS, version=version)
        daemons = self.start_pair(target.port)
        page = self.assert_same(daemons)
        self.assertEqual(self.value(page, "app_Odd_D"), 4.0)
        self.assertEqual(self.value(page, "app_Fatal_B"), 2.0)
        self.assertEqual(self.value(page, "app_Deep_Rows", key="y"), 20.0)
        self.assertEqual(self.filled(page, 699), 699.0)

        target.command("unregister app:type=Plain")
        target.command("register app:type=Plain Int=int:8")
        target.command("unregister app:type=Deep")
        target.command("replace app:type=Changing A=int:2 New=int:3")
        page = self.assert_same(daemons)
        self.assertEqual(self.value(page, "app_Plain_Int"), 8.0)
        self.assertEqual(self.value(page, "app_Changing_New"), 3.0)
        self.assert_absent(page, "app_Plain_Double")
        self.assert_absent(page, "app_Deep_Rows", key="y")
