#!/usr/bin/env python3
"""Measures whole scrapes: target, daemon and a tuned Java client side by side. README.md says how to
read the table.

usage: scrape_bench.py [--binary=PATH] [--option=FLAG]... [--beans=900,9000] [--rounds=30]
                       [--dynamic] [--tls] [--quick] [--growth]
"""

import argparse
import os
import pathlib
import re
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from jmxbridge_testing import Daemon, Processes, jdk, parse_text, start_target, target_classes  # noqa: E402
from jmxbridge_testing.certificates import OWN_PASSWORD, Authority, agent, ssl, store  # noqa: E402
from jmxbridge_testing.http import get  # noqa: E402

CONFIGURATION = """hostPort: 127.0.0.1:{port}
includeObjectNames: ['kafka.*:*']
rules:
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)PerSec, topic=(.+)><>(Count|.+Rate)'
    name: kafka_$1_$2_$3_$5
    labels: {{topic: "$4"}}
  - pattern: '.*'
"""
PER_NINE = 21


def cpu_seconds(pid):
    """User and system time of a process, with all its threads: its clock as the kernel numbers it
    (clock_getcpuclockid(3)), which is exact where /proc counts in steps of 10 ms."""
    return time.clock_gettime(~pid << 3 | 2)


def resident_mib(pid):
    """Resident memory: all of it, and the part that no other process shares by file."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")

    def field(name):
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024

    return field("VmRSS"), field("RssAnon")


def timed_scrape(daemon):
    """Milliseconds of one scrape over HTTP, and the page."""
    start = time.perf_counter()
    answer = get(daemon.port, "/metrics", timeout=60)
    took = (time.perf_counter() - start) * 1000
    if answer.status != 200:
        raise SystemExit(f"a scrape was answered with {answer.status}")
    return took, answer.text


class Client:
    """tests/targets/TunedClient, one pass at a time."""

    def __init__(self, processes, port, flags=()):
        self.process = processes.start("TunedClient", [
            jdk().java, "-Xmx128m", *flags, "-cp", target_classes(), "TunedClient", str(port),
            "kafka.*:*"], commands=True)
        self.process.wait_for_log(r"(?m)^ready$", 120)
        self.passes = 0

    def timed_pass(self):
        """Milliseconds that the client itself measured, and how many numbers it read."""
        self.process.popen.stdin.write(b"read\n")
        self.process.popen.stdin.flush()
        self.passes += 1
        return self.await_answer()

    def await_answer(self):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answers = re.findall(r"(?m)^ok (\d+) (\d+)$", self.process.log())
            if len(answers) >= self.passes:
                nanoseconds, samples = answers[self.passes - 1]
                return int(nanoseconds) / 1e6, int(samples)
            time.sleep(0.002)
        raise SystemExit("the client does not answer")


class Load:
    """The target, with the JVM's defaults, as services run; with `tls` only its registry is plain."""

    def __init__(self, processes, beans, dynamic=False, tls=False):
        self.processes = processes
        authority = Authority(processes.folder) if tls else None
        key = authority.store("target") if tls else None
        arguments = [str(beans), *(["dynamic"] if dynamic else [])]
        self.target = start_target(
            processes, "KafkaShapedTarget", *arguments, heap="512m", jvm=(),
            flags=(lambda port: agent(port, key, registry=False)) if tls else None)
        self.configuration = CONFIGURATION.format(port=self.target.port)
        self.client_flags = []
        self.environment = {}
        if tls:
            self.configuration += ssl(store("trustStore", authority.trust))
            self.client_flags = [f"-Djavax.net.ssl.trustStore={authority.trust}", OWN_PASSWORD]
            self.environment = {"RMI_REGISTRY_SSL_DISABLED": "true"}

    def start_daemon(self, options):
        return Daemon(self.processes, self.configuration, options=options,
                      environment=self.environment)

    def start_client(self):
        return Client(self.processes, self.target.port, self.client_flags)


def first_scrape(load, options):
    """Milliseconds from starting the daemon to the end of its first complete page."""
    start = time.perf_counter()
    daemon = load.start_daemon(options)
    _, text = timed_scrape(daemon)
    took = (time.perf_counter() - start) * 1000
    return daemon, took, text


def check_whole(text, beans):
    page = parse_text(text)
    samples = sum(len(family.samples) for name, family in page.items() if name.startswith("kafka_"))
    wanted = beans // 9 * PER_NINE
    if samples != wanted or page["jmx_scrape_error"].samples[0].value != 0:
        raise SystemExit(f"the page has {samples} samples instead of {wanted}, or an error")


def measure(beans, rounds, options, dynamic, tls):
    """One table: daemon and client take turns against one target."""
    with Processes() as processes:
        load = Load(processes, beans, dynamic, tls)
        target = load.target
        starts = []
        for _ in range(5):
            daemon, took, text = first_scrape(load, options)
            check_whole(text, beans)
            starts.append(took)
            if len(starts) < 5:
                daemon.process.end()
        client = load.start_client()
        for _ in range(10):  # both JVMs and the target compile their hot paths
            timed_scrape(daemon)
            client.timed_pass()

        ours, theirs, our_cpu, their_cpu, target_for_us, target_for_them = ([] for _ in range(6))
        for _ in range(rounds):
            cpu, target_cpu = cpu_seconds(daemon.pid), cpu_seconds(target.pid)
            took, text = timed_scrape(daemon)
            ours.append(took)
            our_cpu.append(cpu_seconds(daemon.pid) - cpu)
            target_for_us.append(cpu_seconds(target.pid) - target_cpu)
            cpu, target_cpu = cpu_seconds(client.process.pid), cpu_seconds(target.pid)
            took, samples = client.timed_pass()
            theirs.append(took)
            their_cpu.append(cpu_seconds(client.process.pid) - cpu)
            target_for_them.append(cpu_seconds(target.pid) - target_cpu)
        check_whole(text, beans)
        if samples != beans // 9 * PER_NINE:
            raise SystemExit(f"the client read {samples} numbers")
        phases = {dict(sample.labels)["phase"]: sample.value * 1000
                  for sample in parse_text(text)["jmxbridge_scrape_phase_seconds"].samples}

    def row(what, values, unit, digits=1):
        print(f"  {what:34} {min(values):9.{digits}f} {statistics.fmean(values):9.{digits}f}"
              f" {max(values):9.{digits}f}  {unit}")

    print(f"{beans} MBeans, {beans // 9 * PER_NINE} samples{', dynamic' if dynamic else ''}"
          f"{', TLS' if tls else ''}, {rounds} rounds")
    print(f"  {'':34} {'min':>9} {'avg':>9} {'max':>9}")
    row("start to first complete scrape", starts, "ms")
    row("scrape of the daemon, over HTTP", ours, "ms")
    row("pass of the tuned client", theirs, "ms")
    row("daemon CPU a scrape", [value * 1000 for value in our_cpu], "ms")
    row("client CPU a pass", [value * 1000 for value in their_cpu], "ms")
    row("target CPU a scrape of the daemon", [value * 1000 for value in target_for_us], "ms")
    row("target CPU a pass of the client", [value * 1000 for value in target_for_them], "ms")
    print(f"  ratio daemon/client: {statistics.fmean(ours) / statistics.fmean(theirs):.2f} by average,"
          f" {statistics.median(ours) / statistics.median(theirs):.2f} by median,"
          f" {min(ours) / min(theirs):.2f} by minimum")
    print(f"  scrapes by the CPU time that they cost the target: {sum(ours) / 1000 / sum(target_for_us):.2f}")
    print("  phases of the last scrape, ms: "
          + ", ".join(f"{name} {value:.1f}" for name, value in phases.items()))


def measure_memory(beans, options, tls, scrapes=50):
    with Processes() as processes:
        daemon = Load(processes, beans, tls=tls).start_daemon(options)
        for _ in range(scrapes):
            timed_scrape(daemon)
        resident, anonymous = resident_mib(daemon.pid)
        print(f"  {beans:6} MBeans after {scrapes} scrapes: {resident:6.1f} MiB resident,"
              f" {anonymous:6.1f} MiB of it anonymous")


def measure_growth(beans, options, tls, first=1000, last=10_000):
    """Resident memory over many scrapes back to back."""
    with Processes() as processes:
        daemon = Load(processes, beans, tls=tls).start_daemon(options)
        after = {}
        for scrape in range(1, last + 1):
            timed_scrape(daemon)
            if scrape in (first, last):
                after[scrape], anonymous = resident_mib(daemon.pid)
                print(f"  {beans:6} MBeans after {scrape:6} scrapes: {after[scrape]:6.1f} MiB resident,"
                      f" {anonymous:6.1f} MiB of it anonymous")
        print(f"  growth from scrape {first} to {last}: {after[last] - after[first]:.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description="whole scrapes; see README.md")
    parser.add_argument("--binary", default=os.environ.get("JMXBRIDGE_BINARY", "build/release/jmxbridge"))
    parser.add_argument("--option", action="append", default=[], help="a flag for the daemon")
    parser.add_argument("--beans", default="900,9000")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--dynamic", action="store_true", help="MBeans whose MBeanInfo may change")
    parser.add_argument("--tls", action="store_true", help="a target that speaks TLS")
    parser.add_argument("--quick", action="store_true", help="900 MBeans and 10 rounds, without memory")
    parser.add_argument("--growth", action="store_true",
                        help="only the memory over 10,000 scrapes of 900 MBeans; some minutes")
    arguments = parser.parse_args()
    os.environ["JMXBRIDGE_BINARY"] = str(pathlib.Path(arguments.binary).resolve())
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}, {jdk().home.name}")
    if arguments.growth:
        measure_growth(900, arguments.option, arguments.tls)
        return
    if arguments.quick:
        measure(900, 10, arguments.option, arguments.dynamic, arguments.tls)
        return
    for beans in map(int, arguments.beans.split(",")):
        measure(beans, arguments.rounds, arguments.option, arguments.dynamic, arguments.tls)
    print("memory of the daemon")
    for beans in (1000, 10000):
        measure_memory(beans, arguments.option, arguments.tls)


if __name__ == "__main__":
    main()
