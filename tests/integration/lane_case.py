"""One target, read over both lanes: each serves the same page of it."""

import random

from jmxbridge_testing import LANES, ServiceTest, differences, without_own

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

    def start_pair(self, port, more="", names="'app:*', 'fill:*'"):
        configuration = f"hostPort: 127.0.0.1:{port}\nincludeObjectNames: [{names}]\n{more}"
        return [self.start_daemon(configuration, options=[f"--lane={lane}"])
                for lane in LANES]

    def check_churn(self, version):
        """While 200 MBeans a second come and go, each change shows in the scrape that begins after it."""
        target = self.start_target("MutableTarget", "fill 100", version=version)
        daemons = self.start_pair(target.port, names="'app:*', 'fill:*', 'churn:*'")
        target.command("churn 200")

        def check(**expected):
            """The values of the beans of app:*, in one scrape of each lane."""
            for daemon in daemons:
                page = daemon.scrape()
                self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
                self.assertEqual(len(page["fill_Fill_Value"].samples), 100)
                found = {name.removeprefix("app_"): family.samples[0].value
                         for name, family in page.items() if name.startswith("app_")}
                self.assertEqual(found, expected)

        check()
        for number in range(8):
            kind = ["immutable ", ""][number % 2]
            target.command(f"register {kind}app:type=V A=int:{number} B=int:1")
            check(V_A=number, V_B=1)
            target.commands(["unregister app:type=V", f"register {kind}app:type=V B=int:{number}"])
            check(V_B=number)
            target.commands(["unregister app:type=V", f"register {kind}app:type=V B=int:{-number}"])
            check(V_B=-number)
            # More at once than the target keeps notifications of, with changes before and behind.
            target.commands(["unregister app:type=V", f"register {kind}app:type=V C=int:2",
                             "burst 800", "register app:type=W A=int:3"])
            check(V_C=2, W_A=3)
            target.command("replace app:type=W A=int:4 B=int:5")
            check(V_C=2, W_A=4, W_B=5)
            target.commands(["unregister app:type=V", "unregister app:type=W"])
            check()
        target.command("churn 0")

    def filled(self, page, number):
        """The value of one of the beans of `fill`."""
        return next(sample.value for sample in page["fill_Fill_Value"].samples
                    if dict(sample.labels)["name"] == str(number))

    def assert_same(self, daemons, scrapes=3):
        for _ in range(scrapes):
            pages = [daemon.scrape() for daemon in daemons]
            for page, lane in zip(pages, LANES):
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

    def check_random(self, version, seed=1, steps=40):
        """Beans of any shape that come, go and change: after each step both lanes serve the same."""
        beans = RandomBeans(seed)
        target = self.start_target("MutableTarget", "register app:type=First Value=int:1", version=version)
        daemons = self.start_pair(target.port)
        samples = 0
        for step in range(steps):
            commands = beans.step()
            target.commands(commands)
            with self.subTest(seed=seed, step=step, commands=commands):
                page = self.assert_same(daemons, scrapes=2)
                self.assertEqual(self.value(page, "app_First_Value"), 1.0)
                samples += self.value(page, "jmxbridge_scrape_samples")
        print(f"JDK {version}, seed {seed}: {samples:.0f} samples in {steps} steps")
        self.assertGreater(samples, 50 * steps)


class RandomBeans:
    """Commands of MutableTarget, at random but the same for one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.promises = {}  # whether the MBean of a name promises a fixed MBeanInfo
        self.count = 0

    def step(self):
        wanted = self.random.choice([1, 3, 20])
        return [self.command() for _ in range(wanted)]

    def command(self):
        pick = self.random.random()
        if self.promises and pick < 0.2:
            name = self.random.choice(sorted(self.promises))
            del self.promises[name]
            return f"unregister\t{name}"
        # What promises a fixed MBeanInfo does not change in place.
        changeable = sorted(name for name, promise in self.promises.items() if not promise)
        if changeable and pick < 0.4:
            return f"replace\t{self.random.choice(changeable)}\t{self.attributes()}"
        # Some come back under a name that they had before.
        name = None
        while name is None or name in self.promises:
            self.count += 1
            name = f"app:type={self.random.choice('ABC')},name={self.text()}{self.random.randrange(self.count)}"
        self.promises[name] = self.random.random() < 0.5
        promise = "immutable\t" if self.promises[name] else ""
        return f"register\t{promise}{name}\t{self.attributes()}"

    def attributes(self):
        names = self.random.sample("Count Size state a.b Zwölf x_total Total HTTPRate".split(),
                                   self.random.randint(1, 6))
        return "\t".join(f"{name}={self.attribute()}" for name in names)

    def attribute(self):
        kind = self.random.choice(
            "int long double float decimal bool string date name null composite table throw error unknown"
            " unserializable int long double".split())
        whole = self.random.choice([0, 1, -1, 2**31 - 1, self.random.randrange(-1000, 1000)])
        text = {
            "int": whole, "long": whole * 4294967295, "float": whole / 3, "decimal": f"{whole}.50E+3",
            "double": self.random.choice(["NaN", "-Infinity", "-0.0", "1e-310", whole / 7]),
            "bool": self.random.choice(["true", "false"]), "string": self.text(), "date": abs(whole),
            "name": f"q:a={self.text() or 'b'}",
            "composite": ",".join(f"{item}/{whole + i}" for i, item in enumerate(
                self.random.sample(["used", "max", "a b", "Öl"], self.random.randint(1, 4)))),
            "table": ",".join(f"k{key}/{whole + key}" for key in range(self.random.randint(1, 5))),
        }.get(kind)
        return kind if text is None else f"{kind}:{text}"

    def text(self):
        return self.random.choice(["", "x", "a b", "ünï", "\u20ac", "\U0001f600", "l" * 70])
