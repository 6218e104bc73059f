"""The daemon beside the peer's collector, with generated rule files and three scrapes for each: the same
pages, or the same refusal to load. Where the peer aborts its scrape or answers HTTP 500, the daemon leaves
out one sample instead, and says so in jmx_scrape_error.

usage: generated_test.py [--seed=TEXT] [--files=N] [--only=NUMBER]     NUMBER: one file, by its number
"""

import argparse
import collections
import sys

from changing_beans import CHANGING, REFERENCE, step
from rule_files import FileMaker

from jmxbridge_testing import (Daemon, ServiceTest, differences, main, parse_text, start_target,
                               without_own)

SCRAPES = 3
OUTCOMES = {"0": "pages compared", "1": "scrapes aborted by the peer", "500": "answered 500 by the peer"}
options = argparse.Namespace(seed="1", files=200, only=None)


def bare_samples(page):
    """What of a page's samples does not depend on the others of the family: whether the type is COUNTER,
    and whether `_objectname` tells them apart. Numbers as text, so that NaN equals NaN."""
    return {(sample.name.removesuffix("_total"), str(sample.value),
             tuple(label for label in sample.labels if label[0] != "_objectname"))
            for family in page.values() for sample in family.samples}


class GeneratedTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.reference = start_target(cls.shared, "ReferenceTarget")
        cls.changing = start_target(cls.shared, "MutableTarget", *step(None, 0))
        cls.peer = start_target(cls.shared, "PeerSession", folder="peer", heap="128m")
        cls.daemon = Daemon(cls.shared, f"hostPort: 127.0.0.1:{cls.reference.port}\n")
        cls.page_path = cls.shared.folder / "peer.prom"
        cls.counts = collections.Counter()

    def test_files(self):
        numbers = range(options.files) if options.only is None else [options.only]
        for number in numbers:
            # The MBeans of the one never change, those of the other do in each scrape.
            beans, target = [(REFERENCE, self.reference), (CHANGING, self.changing)][number % 2]
            text = FileMaker(options.seed, number, beans).make(target.port)
            with self.subTest(seed=options.seed, file=number):
                self.check_file(text, beans.changing)
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        print(f"seed {options.seed}: {counts}")
        if len(numbers) >= 100:
            # The comparison must say something: few files in which the peer gives no whole page.
            self.assertLess(self.counts["files that the peer fails with"], 0.15 * len(numbers))
            self.assertGreater(self.counts["samples"], 50 * len(numbers))

    def check_file(self, text, changing):
        self.counts["files"] += 1
        path = self.shared.write("peer.yml", text)
        self.peer.send([f"load {path}"])
        try:
            taken = self.daemon.reload(text)
        finally:
            answer = self.peer.collect(["load"])[0]
        if (answer == "loaded") != taken:
            self.fail(f"the peer: {answer}; the daemon: {'loaded' if taken else 'refused'}\n{text}")
        if not taken:
            self.counts["refused"] += 1
            return
        # The peer's count holds texts, too, that no rule can use; the daemon does not read those of the
        # declared type String.
        counts_cached = changing and "JMImplementation:*" in text
        failed = False
        try:
            for scrape in range(SCRAPES):
                if changing and scrape:
                    self.changing.commands(step(scrape - 1, scrape))
                outcome = self.check_scrape(scrape, text, counts_cached)
                failed |= outcome != "0"
                if changing and outcome == "1":
                    # What the peer did not come to is not excluded, nor cached, as it is here.
                    break
        finally:
            if changing:
                self.changing.commands(step(scrape, 0))
        self.counts["files that the peer fails with"] += failed

    def check_scrape(self, scrape, text, counts_cached):
        """Compares one scrape; gives the peer's outcome, a key of OUTCOMES."""
        self.peer.send([f"scrape {self.page_path}"])
        try:
            page = self.daemon.scrape()
        finally:
            error, detail = self.peer.collect(["scrape"])[0].split(" ", 1)
        where = f"scrape {scrape + 1}: "
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), float(error != "0"),
                         f"{where}the peer: {error} {detail}\n{text}")
        self.counts[OUTCOMES[error]] += 1
        if error == "500":
            return error
        expected = parse_text(self.page_path.read_bytes().decode("utf-8"))
        cached = self.value(page, "jmx_scrape_cached_beans")
        page = without_own(page)
        if error == "1":
            lost = bare_samples(expected) - bare_samples(page)
            self.assertEqual(sorted(lost), [], f"{where}lost beside an aborted scrape of the peer\n{text}")
            return error
        found = differences(expected, page)
        if counts_cached and cached != float(detail):
            found.append(f"jmx_scrape_cached_beans: expected {detail}, got {cached}")
        if found:
            self.fail(f"{where}{len(found)} differences\n  " + "\n  ".join(found[:20]) + f"\n{text}")
        self.counts["samples"] += sum(len(family.samples) for family in page.values())
        return error


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Generated rule files, beside the peer's collector.")
    parser.add_argument("--seed", default=options.seed)
    parser.add_argument("--files", type=int, default=options.files)
    parser.add_argument("--only", type=int)
    options, sys.argv[1:] = parser.parse_known_args()
    main("peer")
