"""The same bytes of requests to the daemon and to the peer's own HTTP classes over its collector: the
same status, headers and page, but for the differences that peer_requests.py lists with their reasons.

What one of them alone has on each page is left out before: families of the daemon's own, and what tells of
the scrape; how long an answer is, or whether it comes in chunks, where the pages are not the same bytes.
"""

import gzip
import re
import socket

from peer_requests import (GUARDED_CASES, GUARDED_DIFFERENCES, OPEN_CASES, OPEN_DIFFERENCES, SHORT_CASES,
                           login)

from jmxbridge_testing import Daemon, ServiceTest, free_port, main, parse_protobuf, start_target
from jmxbridge_testing.peer import start_peer
from jmxbridge_testing.raw_http import Connection

HEADERS = ["content-type", "content-encoding", "allow", "www-authenticate", "location", "vary",
           "x-content-type-options", "x-frame-options"]
PATH = "/custom"
# What the target has: each type of family, a help and labels with all that is escaped, a quoted label name.
BEANS = ["register app:type=A Value=int:1 Text=string:x", "register app:type=B Value=double:-2.5e-7 Nan=double:NaN"
         " Inf=double:Infinity Low=double:-Infinity Max=double:1.7976931348623157e308 Min=double:4.9e-324",
         'register\tapp:type=C,name="a\\\\b,c"\tServed=long:7\tValue=bool:true',
         "register app:type=D Table=table:a/1,b/2 Both=composite:x/1,y/2"]
RULES = """
includeObjectNames: ["app:*"]
rules:
- {pattern: 'app<type=C, name="(.+)"><>Served', name: app_served, type: COUNTER, help: "a \\\\\\\\ b \\" c\\nd \u00e9",
   labels: {path: '$1', "x:y": "\\" \\n"}}
- {pattern: 'app<type=(B)><>Value', name: app_gauge_total, type: GAUGE, help: ''}
- {pattern: 'app<type=A><>Text: (.*)', name: app_text, value: 3, labels: {text: "$1 \u00e9\u4e2d\U0001f600"}}
- {}
"""
# The daemon's own families that the peer has not, and those of its collector's build.
OWN_LINE = re.compile(r"(# (HELP|TYPE|UNIT) )?(jmxbridge_|jmx_up\b|process_|jmx_scrape_timeout|jmx__up\b"
                      r"|jmx__scrape__timeout|jmxbridge__|process__)")
MOVING = re.compile(r"(jmx_+scrape_+(?:duration_+seconds|error|cached_+beans)|jmx_+exporter_+build_+info)(\{.*\})? .*")
STAMP = re.compile(r"(?<=seconds: )\d+|\n +nanos: \d+")
PRINTED_FAMILY = re.compile(r'(?m)^name: "(.*)"\n(?:(?!name:).*\n)*')


def ask(port, each):
    with Connection(port, timeout=10) as connection:
        connection.send(each.data)
        try:
            return connection.answer(head_only=each.head_only)
        except socket.timeout:
            return None


def same_lines(text):
    lines = [line for line in text.splitlines() if not OWN_LINE.match(line)]
    return [MOVING.sub(r"\1", line) for line in lines]


def read(answer):
    """What of a body can be compared: None where it is for people only."""
    body = answer.body
    if answer.headers.get("content-encoding") == "gzip" and body:
        body = gzip.decompress(body)
    kind = answer.headers.get("content-type", "")
    if answer.status != 200 or kind.startswith("text/html"):
        return None
    if kind.startswith("application/vnd.google.protobuf"):
        return [(name, family.type, family.help, [stamp is None for stamp in family.created],
                 [] if MOVING.match(name + " 1") else [f"{sample} {sample.value}" for sample in family.samples])
                for name, family in parse_protobuf(body).items() if not OWN_LINE.match(name)]
    text = body.decode("utf-8")
    if text.startswith("name: "):
        return [STAMP.sub("", part[0]) for part in PRINTED_FAMILY.finditer(text)
                if not OWN_LINE.match(part[1]) and not MOVING.match(part[1] + " 1")]
    return same_lines(text)


def compared(peer, ours):
    """What differs: the key → (the peer's, ours)."""
    if peer is None or ours is None:
        left, right = (answer and answer.status for answer in (peer, ours))
        return {} if left == right else {"status": (left, right)}
    found = {"status": (peer.status, ours.status)}
    if peer.status != ours.status or peer.status in (400, 404, 501):
        # These are written by the server of the JDK, before any handler: for people, without headers.
        names = ["allow"]
    else:
        names = HEADERS
        pages = (read(peer), read(ours))
        if pages[0] != pages[1]:
            found["body"] = tuple([each for each in one if each not in other] or one
                                  for one, other in (pages, pages[::-1]))
    for name in names:
        found[name] = (peer.headers.get(name), ours.headers.get(name))
    if peer.body and peer.body == ours.body and "content-length" in peer.headers:
        found["content-length"] = (peer.headers["content-length"], ours.headers["content-length"])
    return {key: pair for key, pair in found.items() if pair[0] != pair[1]}


class PeerRequestsTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "MutableTarget", *BEANS)
        cls.peer = start_peer(cls.shared, "PeerServer")

    def start_pair(self, *, target=None, delay=0, password=None):
        """The peer and the daemon, as two ports."""
        text = f"hostPort: 127.0.0.1:{target or self.target.port}\nstartDelaySeconds: {delay}\n{RULES}"
        port = free_port()
        file = self.processes.write("peer.yml", text)
        self.peer.command(" ".join(["serve", str(port), str(file), PATH, *(password or [])]))
        block = f"httpServer: {{metrics: {{path: {PATH}}}"
        login_header = None
        if password:
            block += ", authentication: {{basic: {{username: {}, password: {}}}}}".format(*password)
            login_header = dict([login(":".join(password)).split(": ")])
        daemon = Daemon(self.processes, f"{text}{block}}}\n", headers=login_header)
        return port, daemon.port

    def check(self, cases, listed, ports):
        wrong, used = [], set()
        for each in cases:
            found = compared(*(ask(port, each) for port in ports))
            reasons = [entry for entry in listed if entry.covers(each)]
            used.update(entry.cases for entry in reasons)
            expected = reasons[0].fields if reasons else {}
            if found != expected or len(reasons) > 1:
                wrong.append(f"{each.name!r}: {found}, listed as {[entry.fields for entry in reasons]}")
        wrong += [f"covers nothing: {entry}" for entry in listed if entry.cases not in used]
        print(f"{len(cases)} requests, {len(listed)} differences on purpose")
        if wrong:
            self.fail("\n".join(wrong))

    def test_without_a_login(self):
        self.assertGreaterEqual(len(OPEN_CASES), 250)
        self.check(OPEN_CASES, OPEN_DIFFERENCES, self.start_pair())

    def test_with_a_login(self):
        self.assertGreaterEqual(len(GUARDED_CASES), 30)
        self.check(GUARDED_CASES, GUARDED_DIFFERENCES, self.start_pair(password=("prom", "secret")))

    def test_a_target_that_is_down(self):
        self.check(SHORT_CASES, [], self.start_pair(target=free_port()))

    def test_before_the_delay_has_passed(self):
        self.check(SHORT_CASES, [], self.start_pair(delay=1000))


if __name__ == "__main__":
    main("peer")
