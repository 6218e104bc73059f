#!/usr/bin/env python3
"""Measures what a reload costs those who scrape meanwhile: 500 rules take the place of 500 others over
an inventory that is kept. README.md says how to read the figures.

usage: reload_bench.py [--binary=PATH] [--beans=9000] [--rules=500] [--clients=4] [--interval=1.0]
                       [--reloads=30]
"""

import argparse
import http.client
import os
import pathlib
import random
import signal
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from jmxbridge_testing import Daemon, Processes, jdk, parse_text, start_target  # noqa: E402

PER_NINE = 21
WAYS = ("file", "SIGHUP", "POST")


def configuration(port, count, generation):
    """`count` rules, none of which any earlier generation had; the last takes what is left."""
    lines = [f"hostPort: 127.0.0.1:{port}", "includeObjectNames: ['kafka.*:*']", "rules:"]
    kinds = [("kafka.server<type=(.+), name=(.+)PerSec, topic=topic-{i}><>(Count|.+Rate)", "$1_$3"),
             ("kafka.log<type=(.+), name=(.+), topic=topic-{i}, partition=(.+)><>Value", "$1_$2"),
             ("kafka.network<type=(.+), name=(.+)Ms, request=Request{i}><>(\\w+)", "$1_$3"),
             ("kafka.server<type=(.+), name=(.+)Per{i}, topic=(.+)><>Count", "$1_$2")]
    for i in range(count - 1):
        pattern, name = kinds[i % len(kinds)]
        lines.append(f"- {{pattern: '{pattern.format(i=i + generation % 7)}', name: g{generation}_{name}}}")
    lines.append(f"- {{pattern: 'kafka.(.+)<type=(.+), name=(.+)><>(\\w+)', name: g{generation}_$1_$2_$4,"
                 " labels: {rest: $3}}")
    return "\n".join(lines) + "\n"


class Request:
    def __init__(self, start, end, text):
        self.start = start
        self.end = end
        self.took = (end - start) * 1000
        self.generation = int(text[text.index("\ng") + 2:].partition("_")[0])


class Clients:
    """Scrapes at an even pace: each client has its own connection and its place in the interval."""

    def __init__(self, port, count, interval):
        self.port = port
        self.interval = interval
        self.requests = []
        self.failures = []
        self.stopped = threading.Event()
        begin = time.perf_counter()
        self.threads = [threading.Thread(target=self.run, args=(begin + interval * i / count,))
                        for i in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, due):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.stopped.wait(max(due - time.perf_counter(), 0)):
            start = time.perf_counter()
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            text = answer.read().decode()
            end = time.perf_counter()
            if answer.status != 200 or "\njmx_scrape_error 0.0\n" not in text:
                self.failures.append(answer.status)
            self.requests.append(Request(start, end, text))
            due = max(due + self.interval, end)
        connection.close()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


class Load:
    def __init__(self, processes, wanted):
        self.wanted = wanted
        self.target = start_target(processes, "KafkaShapedTarget", str(wanted.beans), "counted",
                                   heap="512m", jvm=())
        self.daemon = Daemon(processes, configuration(self.target.port, wanted.rules, 1))
        self.generation = 1

    def described(self):
        return int(self.target.command("described"))

    def swap(self, way):
        """Puts other rules in the place of those in use; gives when that began."""
        self.generation += 1
        new = self.daemon.configuration.with_suffix(".new")
        new.write_text(configuration(self.target.port, self.wanted.rules, self.generation),
                       encoding="utf-8")
        start = time.perf_counter()
        new.rename(self.daemon.configuration)
        if way == "SIGHUP":
            self.daemon.signal(signal.SIGHUP)
        elif way == "POST" and self.daemon.get("/-/reload", method="POST").status != 200:
            raise SystemExit("a reload was refused")
        return start


def show(what, requests):
    took = sorted(request.took for request in requests)
    p99 = statistics.quantiles(took, n=100)[98] if len(took) > 1 else took[0]
    print(f"  {what:34} {len(took):6} {statistics.median(took):9.1f} {p99:9.1f} {took[-1]:9.1f}")
    return took


def measure(wanted):
    with Processes() as processes:
        load = Load(processes, wanted)
        whole = load.daemon.get("/metrics", timeout=60).text
        samples = sum(len(family.samples) for name, family in parse_text(whole).items()
                      if name.startswith("g1_"))
        if samples != wanted.beans // 9 * PER_NINE:
            raise SystemExit(f"the page has {samples} samples")
        for _ in range(20):  # the target compiles its hot paths
            load.daemon.get("/metrics", timeout=60)
        clients = Clients(load.daemon.port, wanted.clients, wanted.interval)
        time.sleep(2 * wanted.interval)
        described = load.described()
        swaps = []
        for number in range(wanted.reloads):
            way = WAYS[number % len(WAYS)]
            # At any moment of a scrape.
            time.sleep(wanted.interval * (3 + random.random()))
            swaps.append((load.swap(way), way, load.generation))
        time.sleep(2 * wanted.interval)
        clients.stop()
        described = load.described() - described
        page = parse_text(load.daemon.get("/metrics", timeout=60).text)
    if clients.failures:
        raise SystemExit(f"{len(clients.failures)} requests failed")

    near = {way: [] for way in WAYS}
    apart = []
    for request in clients.requests:
        ways = [way for start, way, _ in swaps
                if request.end >= start and request.start <= start + wanted.interval]
        if ways:
            near[ways[0]].append(request)
        else:
            apart.append(request)
    first = [min((request for request in clients.requests if request.generation == generation),
                 key=lambda request: request.end, default=None) for _, _, generation in swaps]
    print(f"{wanted.beans} MBeans, {samples} samples, {wanted.rules} rules for {wanted.rules} others"
          f" {wanted.reloads} times, {wanted.clients} clients every {wanted.interval} s")
    print(f"  milliseconds of {'':18} {'number':>6} {'median':>9} {'p99':>9} {'max':>9}")
    usual = show("requests with no reload near", apart)
    after = [took for way in WAYS if near[way] for took in show(f"requests around one, by {way}", near[way])]
    show("  each reload's first new page", [request for request in first if request])
    print(f"  longest wait around a reload less the longest without: {max(after) - usual[-1]:.1f} ms;"
          f" less the median without: {max(after) - statistics.median(usual):.1f} ms")
    print(f"  getMBeanInfo calls at the target: {described}; reloads that counted:"
          f" {page['jmx_config_reload_success_total'].samples[0].value:.0f},"
          f" that failed: {page['jmx_config_reload_failure_total'].samples[0].value:.0f}")
    if described:
        raise SystemExit("the target was described again")


def main():
    parser = argparse.ArgumentParser(description="what a reload costs; see README.md")
    parser.add_argument("--binary", default=os.environ.get("JMXBRIDGE_BINARY", "build/release/jmxbridge"))
    parser.add_argument("--beans", type=int, default=9000)
    parser.add_argument("--rules", type=int, default=500)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between a client's scrapes")
    parser.add_argument("--reloads", type=int, default=30)
    wanted = parser.parse_args()
    os.environ["JMXBRIDGE_BINARY"] = str(pathlib.Path(wanted.binary).resolve())
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}, {jdk().home.name}")
    measure(wanted)


if __name__ == "__main__":
    main()
