"""The recorded pages are what the peer's collector makes of the same targets and configurations.

usage: peer_test.py [--record]     --record writes the pages of the example files anew

The other tests of this folder hold the daemon to the recorded pages; this one needs the peer's jars.
"""

import re
import sys

from cases import (DATA, SCRAPES, at_rest, configuration, example_configuration, examples,
                   recorded, start_example_target)

from jmxbridge_testing import (Processes, ServiceTest, differences, main, parse_openmetrics,
                               parse_text, peer_pages, without_own)


class PeerTest(ServiceTest):
    def check_recorded(self, configurations, stems):
        """Each stem's .prom, and .om where there is one, is what the peer answers."""
        pages = peer_pages(self.processes, configurations, scrapes=SCRAPES)
        for stem, (text, openmetrics) in zip(stems, pages, strict=True):
            with self.subTest(stem.name):
                page = parse_text(text)
                self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
                self.assert_same(page, stem.with_name(stem.name + ".prom"))
                om = stem.with_name(stem.name + ".om")
                if om.exists():
                    self.assert_same(parse_openmetrics(openmetrics), om)

    def assert_same(self, page, path):
        self.assertEqual(differences(at_rest(without_own(page)), at_rest(recorded(path))), [])

    def test_the_reference_target(self):
        port = self.start_target("ReferenceTarget").port
        paths = [*sorted((DATA / "configs").glob("*.yml")), *sorted((DATA / "rules").glob("*.yml"))]
        stems = [(DATA / "expected" if path.parent.name == "configs" else path.parent) / path.stem
                 for path in paths]
        self.assertEqual(len(paths), 35)
        self.check_recorded([configuration(path, port) for path in paths], stems)

    def test_the_example_files(self):
        port = start_example_target(self.processes).port
        self.check_recorded([example_configuration(path, port) for path in examples()],
                            [DATA / "examples" / path.stem for path in examples()])


def without_own_lines(page):
    own = re.compile(r"(# (HELP|TYPE|UNIT) )?jmx_")
    return "".join(line for line in page.splitlines(keepends=True) if not own.match(line))


def record():
    with Processes() as processes:
        port = start_example_target(processes).port
        configurations = [example_configuration(path, port) for path in examples()]
        folder = DATA / "examples"
        folder.mkdir(exist_ok=True)
        for path, pages in zip(examples(), peer_pages(processes, configurations, scrapes=SCRAPES)):
            for form, page in zip(("prom", "om"), pages):
                (folder / f"{path.stem}.{form}").write_text(without_own_lines(page), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        record()
    else:
        main("peer")
