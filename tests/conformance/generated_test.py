"""The daemon beside the peer's collector, with generated rule files: beside_peer.py says what is compared.

usage: generated_test.py [--seed=TEXT] [--files=N] [--only=NUMBER]     NUMBER: one file, by its number
"""

import argparse
import sys

from beside_peer import BesidePeerTest
from changing_beans import CHANGING, REFERENCE, step
from rule_files import FileMaker

from jmxbridge_testing import main, start_target

options = argparse.Namespace(seed="1", files=200, only=None)


class GeneratedTest(BesidePeerTest):
    @classmethod
    def start_shared(cls):
        cls.reference = start_target(cls.shared, "ReferenceTarget")
        cls.changing = start_target(cls.shared, "MutableTarget", *step(None, 0))
        cls.start_pair(cls.reference.port)

    def change(self, before, after):
        self.changing.commands(step(before, after))

    def test_generated_files_give_the_peers_samples(self):
        numbers = range(options.files) if options.only is None else [options.only]
        for number in numbers:
            # The MBeans of the one never change, those of the other do in each scrape.
            beans, target = [(REFERENCE, self.reference), (CHANGING, self.changing)][number % 2]
            text = FileMaker(options.seed, number, beans).make(target.port)
            with self.subTest(seed=options.seed, file=number):
                self.check_file(text, self.change if beans.changing else None)
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        print(f"seed {options.seed}: {counts}")
        if len(numbers) >= 100:
            # The comparison must say something: few files in which the peer gives no whole page.
            self.assertLess(self.counts["files that the peer fails with"], 0.15 * len(numbers))
            self.assertGreater(self.counts["samples"], 50 * len(numbers))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Generated rule files, beside the peer's collector.")
    parser.add_argument("--seed", default=options.seed)
    parser.add_argument("--files", type=int, default=options.files)
    parser.add_argument("--only", type=int)
    options, sys.argv[1:] = parser.parse_known_args()
    main("peer")
