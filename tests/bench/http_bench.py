#!/usr/bin/env python3
"""Measures how many requests a second the daemon answers over TLS with a PBKDF2 password, on
connections that are kept, with its own JVM as the target. README.md says what is wanted.

usage: http_bench.py [--binary=PATH] [--connections=4] [--requests=4000]
"""

import argparse
import base64
import hashlib
import os
import pathlib
import re
import socket
import ssl
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from jmxbridge_testing import Processes  # noqa: E402
from jmxbridge_testing.certificates import PASSWORD, Authority  # noqa: E402
from jmxbridge_testing.secured import start_secured  # noqa: E402

LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")


def answer(connection):
    """The status of the next answer, which is read to its end."""
    data = connection.recv(65536)
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    rest = int(LENGTH.search(head + b"\r\n")[1]) - len(body)
    while rest > 0:
        rest -= len(connection.recv(min(rest, 65536)))
    return int(head[9:12])


def run(connect, request, connections, requests):
    """Sends `requests` over each of the connections at once; the milliseconds of each, and the
    seconds of all."""
    times, failures = [], []

    def client():
        connection = connect()
        for _ in range(requests):
            start = time.perf_counter()
            connection.sendall(request)
            if answer(connection) != 200:
                failures.append(1)
            times.append((time.perf_counter() - start) * 1000)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} requests were not answered 200")
    return times, time.perf_counter() - start


def show(name, times, seconds):
    p99 = statistics.quantiles(times, n=100)[98]
    print(f"{name:28} {len(times) / seconds:8.0f} requests/s   p50 {statistics.median(times):6.2f} ms"
          f"   p99 {p99:6.2f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("JMXBRIDGE_BINARY",
                                                           "build/release/jmxbridge"))
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--requests", type=int, default=4000)
    wanted = parser.parse_args()
    os.environ["JMXBRIDGE_BINARY"] = str(pathlib.Path(wanted.binary).resolve())
    each = wanted.requests // wanted.connections
    derived = hashlib.pbkdf2_hmac("sha512", b"open sesame", b"pepper", 210000, 64).hex()
    with Processes() as processes:
        store = Authority(processes.folder).store("server")
        basic = ("  authentication: {basic: {username: prom, algorithm: PBKDF2WithHmacSHA512, "
                 f"salt: pepper, keyLength: 512, passwordHash: '{derived}'}}}}\n")
        tls = f"  ssl: {{keyStore: {{filename: '{store}', type: PKCS12, password: {PASSWORD}}}}}\n"
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        login = base64.b64encode(b"prom:open sesame").decode()
        for name, parts, secure in [("plain", "", False), ("PBKDF2", basic, False),
                                    ("TLS and PBKDF2", basic + tls, True)]:
            daemon = start_secured(
                processes, configuration="includeObjectNames: ['java.lang:*']\n"
                                         + (f"httpServer:\n{parts}" if parts else ""))

            def connect():
                plain = socket.create_connection(("127.0.0.1", daemon.port), timeout=30)
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return context.wrap_socket(plain) if secure else plain

            for path in "/metrics", "/-/healthy":
                request = (f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {login}\r\n\r\n"
                           ).encode()
                run(connect, request, 1, 50)
                show(f"{name}, {path}", *run(connect, request, wanted.connections, each))
            daemon.end()


if __name__ == "__main__":
    main()
