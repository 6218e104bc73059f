#!/usr/bin/env python3
"""Measures whole scrapes of the daemon and of the peer's own collector and HTTP server, in turns against
one target. README.md says how to read the table.

usage: peer_bench.py [--binary=PATH] [--beans=900,9000] [--rounds=20] [--released]

  --released   beside the peer's whole standalone program, of the last release that the registry serves
"""

import argparse
import contextlib
import os
import pathlib
import statistics

from scrape_bench import CONFIGURATION, PER_NINE, cpu_seconds, resident_mib, timed_scrape

from jmxbridge_testing import (Daemon, Processes, eventually, free_port, get, jdk, parse_text,
                               start_target)

WARM_UP = 10
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Peer:
    """tests/targets/peer/PeerServer, which is the peer's collector behind its own HTTP server, with the
    JVM's defaults and room for its heap."""

    def __init__(self, processes, port):
        self.process = start_target(processes, "PeerServer", folder="peer", heap="4g", jvm=(),
                                    flags=lambda _: [])
        self.pid = self.process.pid
        self.port = free_port()
        configuration = processes.write("peer.yml", CONFIGURATION.format(port=port))
        self.process.command(f"serve {self.port} {configuration} /")


class Released:
    """The peer's released program, with the JVM's defaults."""

    def __init__(self, processes, port):
        self.port = free_port()
        [program] = ROOT.glob("build/jars/standalone/*.jar")
        configuration = processes.write("released.yml", CONFIGURATION.format(port=port))
        self.process = processes.start(
            "released", [jdk().java, "-jar", program, f"127.0.0.1:{self.port}", configuration])
        self.pid = self.process.pid
        eventually("the peer serves", self.serves)

    def serves(self):
        with contextlib.suppress(OSError):
            return get(self.port, "/metrics", timeout=60).status == 200
        return False


def samples(text):
    return sum(len(family.samples) for name, family in parse_text(text).items()
               if name.startswith("kafka_"))


def measure(beans, rounds, kind):
    with Processes() as processes:
        target = start_target(processes, "KafkaShapedTarget", str(beans), heap="512m", jvm=())
        daemon = Daemon(processes, CONFIGURATION.format(port=target.port))
        peer = kind(processes, target.port)
        sides = {"daemon": daemon, "peer": peer}
        took, own, target_cpu = ({name: [] for name in sides} for _ in range(3))
        for round_ in range(WARM_UP + rounds):
            for name, side in sides.items():
                before, target_before = cpu_seconds(side.pid), cpu_seconds(target.pid)
                milliseconds, text = timed_scrape(side)
                if round_ < WARM_UP:
                    continue
                took[name].append(milliseconds)
                own[name].append((cpu_seconds(side.pid) - before) * 1000)
                target_cpu[name].append((cpu_seconds(target.pid) - target_before) * 1000)
            if samples(text) != beans // 9 * PER_NINE:
                raise SystemExit(f"the page of the {name} has {samples(text)} samples")
        resident = {name: resident_mib(side.pid)[0] for name, side in sides.items()}
        print(f"{beans} MBeans, {beans // 9 * PER_NINE} samples, {rounds} rounds; averages")
        print(f"  {'':22} {'daemon':>9} {'peer':>9} {'peer/daemon':>12}")
        for what, unit, of in [("scrape", "ms", took), ("own CPU a scrape", "ms", own),
                               ("target CPU a scrape", "ms", target_cpu)]:
            left, right = (statistics.fmean(of[name]) for name in sides)
            print(f"  {what:22} {left:9.1f} {right:9.1f} {right / left:12.1f}  {unit}")
        print(f"  {'resident':22} {resident['daemon']:9.1f} {resident['peer']:9.1f}"
              f" {resident['peer'] / resident['daemon']:12.1f}  MiB")


def main():
    parser = argparse.ArgumentParser(description="beside the peer; see README.md")
    parser.add_argument("--binary", default=os.environ.get("JMXBRIDGE_BINARY", "build/release/jmxbridge"))
    parser.add_argument("--beans", default="900,9000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--released", action="store_true")
    arguments = parser.parse_args()
    os.environ["JMXBRIDGE_BINARY"] = str(pathlib.Path(arguments.binary).resolve())
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}, {jdk().home.name}")
    for beans in map(int, arguments.beans.split(",")):
        measure(beans, arguments.rounds, Released if arguments.released else Peer)


if __name__ == "__main__":
    main()
