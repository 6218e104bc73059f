"""A service served whole, with a configuration of one line, compared with an ordinary JMX client:
every number that the client finds must be in the page once, under the name and labels that the
default rule gives it, and nothing else may be there. Over both lanes, which must serve the same."""

import math

from default_naming import expected_samples, read_leaves

from jmxbridge_testing import LanePair, ServiceTest, eventually, without_own


def numbers(page):
    return {(sample.name, sample.labels): sample.value
            for family in page.values() for sample in family.samples}


def same(left, right):
    return left == right or math.isnan(left) and math.isnan(right)


class ServedWholeTest(ServiceTest):
    def read_when_up(self, port, domain):
        """Two equal sets of numbers in a row: the service has come to rest."""
        last = {}

        def at_rest():
            nonlocal last
            try:
                now = expected_samples(read_leaves(port))
            except AssertionError:
                return None
            alike = now.keys() == last.keys()
            last = now
            return alike and any(name.startswith(domain) for name, _ in now)

        eventually(f"{domain} MBeans stand still", at_rest, seconds=60, pause=0.2)
        return last

    def check_whole(self, port, domain, least, least_still, still_in=None):
        """At least `least` numbers. Those whose names begin with one of `still_in`, or with `domain`, do
        not come back once they have moved: where the client reads one alike before and after, it is
        compared too, and at least `least_still` are."""
        before = self.read_when_up(port, domain)
        daemons = LanePair(self.processes, f"hostPort: 127.0.0.1:{port}\n")
        pages = [daemon.scrape(openmetrics=openmetrics)
                 for openmetrics in (False, True) for daemon in daemons]
        after = expected_samples(read_leaves(port))
        for page in pages:
            self.assertEqual(self.value(page, "jmx_up"), 1.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
            served = numbers(without_own(page))
            self.assertEqual(sorted(before.keys() & after.keys() - served.keys()), [], "lost")
            self.assertEqual(sorted(served.keys() - before.keys() - after.keys()), [], "invented")
            self.assertGreaterEqual(len(served), least)
            self.assertEqual(self.value(page, "jmxbridge_scrape_samples"), len(served))
            still = {key: value for key, value in served.items()
                     if key[0].startswith(still_in or domain) and key in before and key in after
                     and same(before[key], after[key])}
            self.assertGreaterEqual(len(still), least_still)
            for key, value in still.items():
                self.assertTrue(same(value, before[key]),
                                f"{key}: served {value}, read {before[key]}")
            types = {family.type for family in without_own(page).values()}
            self.assertLessEqual(types, {"untyped", "unknown"})
        print(f"{domain}: {len(before)} numbers read by the client, {len(served)} served,"
              f" {len(still)} compared by value")
        daemons.assert_agree(self)
        return daemons.fast
