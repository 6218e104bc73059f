"""The daemon beside the peer's collector: the same configuration, three scrapes, and the same pages, or the
same refusal to load. Where the peer aborts its scrape or answers HTTP 500, the daemon leaves out one sample
instead, and says so in jmx_scrape_error."""

import collections

from jmxbridge_testing import Daemon, ServiceTest, differences, parse_text, without_own
from jmxbridge_testing.peer import start_peer

SCRAPES = 3
OUTCOMES = {"0": "pages compared", "1": "scrapes aborted by the peer", "500": "answered 500 by the peer"}


def bare_samples(page):
    """What of a page's samples does not depend on the others of the family: whether the type is COUNTER,
    and whether `_objectname` tells them apart. Numbers as text, so that NaN equals NaN."""
    return {(sample.name.removesuffix("_total"), str(sample.value),
             tuple(label for label in sample.labels if label[0] != "_objectname"))
            for family in page.values() for sample in family.samples}


class BesidePeerTest(ServiceTest):
    @classmethod
    def start_pair(cls, port):
        """The peer, and a daemon whose first configuration has that target."""
        cls.peer = start_peer(cls.shared, "PeerSession")
        cls.daemon = Daemon(cls.shared, f"hostPort: 127.0.0.1:{port}\n")
        cls.page_path = cls.shared.folder / "peer.prom"
        cls.counts = collections.Counter()

    def check_file(self, text, step=None):
        """`step` takes the target from one scrape to the next; it is told both numbers."""
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
        counts_cached = step is not None and "JMImplementation:*" in text
        failed = False
        try:
            for scrape in range(SCRAPES):
                if step and scrape:
                    step(scrape - 1, scrape)
                outcome = self.check_scrape(scrape, text, counts_cached)
                failed |= outcome != "0"
                if step and outcome == "1":
                    # What the peer did not come to is not excluded, nor cached, as it is here.
                    break
        finally:
            if step:
                step(scrape, 0)
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
