"""Small configurations, given to `jmxbridge --config.check` and to the peer: its collector, and for
`httpServer` its standalone program of an older release. Each is accepted or refused by both, but for the
differences that configurations.py lists with their reasons."""

import collections
import concurrent.futures
import subprocess

from configurations import (COLLECTOR_DIFFERENCES, SERVER_DIFFERENCES, collector_cases, server_cases)

from jmxbridge_testing import ServiceTest, main, program
from jmxbridge_testing.peer import start_peer


class ConfigurationsTest(ServiceTest):
    def verdicts(self, cases, sessions):
        """For each case whether the peer accepts it and whether the daemon does, and what both say."""
        files = [self.processes.folder / f"{number}.yml" for number in range(len(cases))]
        for file, each in zip(files, cases):
            file.write_bytes(each.text.encode("utf-8", "surrogateescape"))
        lines = [f"load {file}" for file in files]
        for session in sessions:
            session.send(lines)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            ours = list(pool.map(self.check_file, files))
        theirs = zip(*(session.collect(lines, 300) for session in sessions), strict=True)
        for each, mine, said in zip(cases, ours, theirs, strict=True):
            self.assertIn(mine.returncode, (0, 1), each)
            yield each, all(text == "loaded" for text in said), mine.returncode == 0, (said, mine.stdout + mine.stderr)

    def check_file(self, file):
        return subprocess.run([program(), "--config.check", file], capture_output=True, text=True, timeout=60)

    def check(self, cases, listed, *sessions):
        counts = collections.Counter()
        wrong = []
        for each, peer, ours, said in self.verdicts(cases, sessions):
            reasons = [entry for entry in listed if entry.covers(each)]
            counts[f"{'accepted' if peer else 'refused'} by the peer"] += 1
            counts["different on purpose"] += bool(reasons)
            counts.update(reasons)
            if len(reasons) > 1:
                wrong.append(f"listed twice: {each.name}")
            elif reasons and (peer != reasons[0].peer_accepts or ours == peer):
                wrong.append(f"listed as different ({reasons[0].why}): {each.name}: {said}")
            elif not reasons and peer != ours:
                wrong.append(f"the peer {'accepts' if peer else 'refuses'} it: {each.name!r}: {said}")
        wrong += [f"covers nothing: {entry}" for entry in listed if not counts[entry]]
        print(", ".join(f"{count} {what}" for what, count in counts.items() if isinstance(what, str)))
        if wrong:
            self.fail("\n".join(wrong))

    def test_the_collectors_part(self):
        cases = collector_cases()
        self.assertGreaterEqual(len(cases), 1000)
        self.check(cases, COLLECTOR_DIFFERENCES, start_peer(self.processes, "PeerSession"))

    def test_the_servers_part(self):
        cases = server_cases()
        self.assertGreaterEqual(len(cases), 300)
        self.check(cases, SERVER_DIFFERENCES, start_peer(self.processes, "PeerSession"),
                   start_peer(self.processes, "StandaloneSession", "standalone"))


if __name__ == "__main__":
    main("peer", "standalone")
