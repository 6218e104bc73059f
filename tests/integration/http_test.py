"""HTTP as the JMX exporter's clients know it (specification section 10, with the verdicts of 12):
bytes of requests, and what of the answer a client can notice."""

import contextlib
import gzip
import os
import pathlib
import re
import resource
import select
import socket
import time

from jmxbridge_testing import (Daemon, ServiceTest, differences, eventually, main,
                               parse_openmetrics, parse_protobuf, parse_text, start_target,
                               without_own)
from jmxbridge_testing.raw_http import Connection, page, request

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PROTOBUF = ("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
            " encoding=delimited")
PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
WANTS_PROTOBUF = ("Accept: application/vnd.google.protobuf;"
                  "proto=io.prometheus.client.MetricFamily;encoding=delimited")
HEALTHY = b"Exporter is healthy.\n"
VALUE = b"app_A_Value 1.0\n"


def starts(text):
    return lambda body: body.startswith(text)


def has(*texts):
    return lambda body: all(text in body for text in texts)


def lacks(text):
    return lambda body: text not in body


def one_line(body):
    return body.count(b"\n") == 1 and body.endswith(b"\n")


NAMED = "/metrics?name[]=app_A_Value"
ONE_FAMILY = (b"# HELP app_A_Value About Value app:name=null,type=A,attribute=Value\n"
              b"# TYPE app_A_Value untyped\napp_A_Value 1.0\n")
DOTS = b"# TYPE app__A__Value untyped\napp__A__Value 1.0\n"

# What it shows, the request, the status, headers (None: absent), and what the body is.
TABLE = [
    # Routes: 10.1.1 and verdict Q20.
    ("metrics", page("/metrics"), 200, {"content-type": TEXT}, has(VALUE)),
    ("a longer path", page("/metrics/x"), 200, {"content-type": TEXT}, has(VALUE)),
    ("a slash behind", page("/metrics/"), 200, {"content-type": TEXT}, has(VALUE)),
    ("letters behind", page("/metricsfoo"), 200, {"content-type": TEXT}, has(VALUE)),
    ("an encoded letter", page("/%6detrics"), 200, {"content-type": TEXT}, has(VALUE)),
    ("an encoded slash", page("/metrics%2Fx"), 200, {"content-type": TEXT}, has(VALUE)),
    ("a whole URI", page("http://other/metrics"), 200, {"content-type": TEXT}, has(VALUE)),
    ("capitals", page("/METRICS"), 404, {"content-type": PLAIN}, one_line),
    ("another path", page("/foo"), 404, {"content-type": PLAIN}, has(b"/metrics", b"/custom")),
    ("half a path", page("/metric"), 404, {}, one_line),
    ("the landing page", page("/"), 200, {"content-type": HTML}, has(b"/metrics", b"name[]")),
    ("the landing page with a query", page("/?x=y"), 200, {"content-type": HTML}, has(b"<h1>")),
    ("health", page("/-/healthy"), 200, {"content-type": PLAIN, "content-length": "21"}, HEALTHY),
    ("health and more", page("/-/healthyfoo"), 200, {"content-type": PLAIN}, HEALTHY),
    ("readiness", page("/-/ready"), 200, {"content-type": PLAIN}, one_line),
    ("readiness and more", page("/-/readyfoo"), 404, {}, one_line),
    ("the configuration", page("/config"), 200, {"content-type": PLAIN, "cache-control": "no-store"},
     has(b'jmxUrl: "service:jmx:rmi:', b'password: "<secret>"')),
    ("no secret in it", page("/config"), 200, {}, lacks(b"hunter2")),
    # The path of one's own: 10.1.2 and verdict Q21.
    ("a path of one's own", page("/custom"), 200,
     {"content-type": TEXT, "x-frame-options": "DENY"}, has(VALUE)),
    ("and more", page("/custom/x"), 200, {"content-type": TEXT}, has(VALUE)),
    # Methods: 10.1.3 and verdict Q43.
    ("POST", request("/metrics", "Connection: close", "Content-Length: 5", method="POST",
                     body=b"hello"), 200, {"content-type": TEXT}, has(VALUE)),
    ("POST in chunks", request("/metrics", "Connection: close", "Transfer-Encoding: chunked",
                               method="POST", body=b"5\r\nhello\r\n0\r\n\r\n"), 200, {}, has(VALUE)),
    ("POST to the landing page", request("/", "Connection: close", "Content-Length: 0",
                                         method="POST"), 405, {"allow": "GET, HEAD"}, one_line),
    ("PUT", request("/metrics", "Connection: close", method="PUT"), 405,
     {"allow": "GET, HEAD, POST"}, one_line),
    ("DELETE", request("/-/healthy", "Connection: close", method="DELETE"), 405,
     {"allow": "GET, HEAD"}, one_line),
    ("a method of one's own", request("/metrics", "Connection: close", method="FOO"), 405,
     {"allow": "GET, HEAD, POST"}, one_line),
    ("a reload by GET", page("/-/reload"), 405, {"allow": "POST"}, one_line),
    # Formats: 10.3.
    ("anything", page("/metrics", "Accept: */*"), 200, {"content-type": TEXT}, has(VALUE)),
    ("never 406", page("/metrics", "Accept: image/png"), 200, {"content-type": TEXT}, has(VALUE)),
    ("OpenMetrics", page(NAMED, "Accept: application/openmetrics-text"), 200,
     {"content-type": OPENMETRICS},
     b"# TYPE app_A_Value unknown\n# HELP app_A_Value About Value app:name=null,type=A,attribute=Value\n"
     b"app_A_Value 1.0\n# EOF\n"),
    ("OpenMetrics 2", page("/metrics", "Accept: application/openmetrics-text;version=2.0.0"), 200,
     {"content-type": OPENMETRICS}, has(b"# EOF\n")),
    ("no weights", page("/metrics", "Accept: text/plain;q=1, application/openmetrics-text;q=0"), 200,
     {"content-type": OPENMETRICS}, has(b"# EOF\n")),
    ("capitals in Accept", page("/metrics", "Accept: Application/OpenMetrics-Text"), 200,
     {"content-type": TEXT}, lacks(b"# EOF\n")),
    ("the first Accept line", page("/metrics", "Accept: text/plain",
                                   "Accept: application/openmetrics-text"), 200,
     {"content-type": TEXT}, lacks(b"# EOF\n")),
    ("protobuf", page("/metrics", WANTS_PROTOBUF), 200, {"content-type": PROTOBUF},
     has(b"app_A_Value")),
    ("protobuf before OpenMetrics", page("/metrics", "Accept: application/openmetrics-text;q=1,"
                                         + WANTS_PROTOBUF.partition(" ")[2] + ";q=0.1"), 200,
     {"content-type": PROTOBUF}, has(b"app_A_Value")),
    ("protobuf of another schema", page("/metrics", "Accept: application/vnd.google.protobuf"), 200,
     {"content-type": TEXT}, has(VALUE)),
    # Escaping: 10.4.
    ("underscores", page(NAMED, "Accept: text/plain;escaping=underscores"), 200,
     {"content-type": TEXT}, ONE_FAMILY),
    ("allow-utf-8", page(NAMED, "Accept: text/plain;escaping=allow-utf-8"), 200,
     {"content-type": TEXT}, ONE_FAMILY),
    ("values", page(NAMED, "Accept: text/plain;escaping=values"), 200, {"content-type": TEXT},
     ONE_FAMILY),
    ("dots", page(NAMED, "Accept: text/plain;escaping=dots"), 200, {"content-type": TEXT},
     has(DOTS)),
    ("dots for the own families", page("/metrics", "Accept: text/plain; escaping=dots; q=1"), 200,
     {}, has(b"jmx__scrape__error 0.0\n", b"jmx__config__reload__success__total 0.0\n")),
    ("the first scheme", page(NAMED, "Accept: a;escaping=nothing;escaping=dots"), 200, {},
     ONE_FAMILY),
    ("a scheme with a comma", page(NAMED, "Accept: a;escaping=dots,b;q=1"), 200, {}, ONE_FAMILY),
    # Names: 10.5.1.
    ("one family", page(NAMED), 200, {"content-length": str(len(ONE_FAMILY))}, ONE_FAMILY),
    ("encoded brackets", page("/metrics?name%5B%5D=app_A_Value"), 200, {}, ONE_FAMILY),
    ("a longer name", page("/metrics?name[]=app_A_Value_total_xyz"), 200, {}, ONE_FAMILY),
    ("a shorter name", page("/metrics?name[]=app_A"), 200, {"content-type": TEXT}, b""),
    ("no name", page("/metrics?name[]="), 200, {"content-length": "0"}, b""),
    ("no name in OpenMetrics", page("/metrics?name[]=", "Accept: application/openmetrics-text"), 200,
     {"content-type": OPENMETRICS}, b"# EOF\n"),
    ("no name in protobuf", page("/metrics?name[]=", WANTS_PROTOBUF), 200,
     {"content-type": PROTOBUF}, b""),
    ("a counter by its base name", page("/metrics?name[]=jmx_config_reload_success"), 200, {},
     has(b"jmx_config_reload_success_total 0.0\n")),
    ("a counter by its whole name", page("/metrics?name[]=jmx_config_reload_success_total"), 200, {},
     has(b"jmx_config_reload_success_total 0.0\n")),
    ("two names", page("/metrics?name[]=app_A_Value&name[]=jmx_up"), 200, {},
     has(VALUE, b"jmx_up 1.0\n")),
    ("an encoded name", page("/metrics?name[]=app%5FA%5FValue"), 200, {}, ONE_FAMILY),
    ("other parameters", page("/metrics?name=x&collect[]=y"), 200, {}, has(VALUE)),
    # Debug: 10.5.2 and verdict Q47.
    ("debug text", page("/metrics?debug=text&name[]=app_A_Value", "Accept-Encoding: gzip",
                        "Accept: application/openmetrics-text"), 200,
     {"content-type": PLAIN, "content-encoding": None}, ONE_FAMILY),
    ("debug OpenMetrics", page("/metrics?debug=openmetrics"), 200, {"content-type": PLAIN},
     has(b"# EOF\n")),
    ("debug protobuf", page("/metrics?debug=prometheus-protobuf&name[]=app_A_Value",
                            "Accept-Encoding: gzip"), 200,
     {"content-type": PLAIN, "content-encoding": None},
     b'name: "app_A_Value"\nhelp: "About Value app:name=null,type=A,attribute=Value"\ntype: UNTYPED\n'
     b"metric {\n  untyped {\n    value: 1.0\n  }\n}\n"),
    ("debug with dots", page("/metrics?debug=text&name[]=app_A_Value", "Accept: a;escaping=dots"),
     200, {"content-type": PLAIN}, has(DOTS)),
    ("another debug", page("/metrics?debug=true"), 500, {"content-type": PLAIN}, one_line),
    ("an empty debug", page("/metrics?debug="), 500, {"content-type": PLAIN}, one_line),
    ("the first debug", page("/metrics?debug=text&debug=x"), 200, {"content-type": PLAIN},
     has(VALUE)),
    ("debug elsewhere", page("/-/healthy?debug=x"), 200, {}, HEALTHY),
    # Compression: 10.5.3 and verdict Q23.
    ("gzip", page("/metrics", "Accept-Encoding: deflate, GZIP"), 200,
     {"content-encoding": "gzip", "content-type": TEXT}, starts(b"\x1f\x8b")),
    ("gzip with a weight", page("/metrics", "Accept-Encoding: gzip;q=1.0"), 200,
     {"content-encoding": "gzip"}, starts(b"\x1f\x8b")),
    ("gzip unwanted", page("/metrics", "Accept-Encoding: gzip;q=0"), 200,
     {"content-encoding": None}, has(VALUE)),
    ("gzip in a second line", page("/metrics", "Accept-Encoding: br", "Accept-Encoding: gzip"), 200,
     {"content-encoding": "gzip"}, starts(b"\x1f\x8b")),
    ("no coding we have", page("/metrics", "Accept-Encoding: br, zstd"), 200,
     {"content-encoding": None}, has(VALUE)),
    ("health is not compressed", page("/-/healthy", "Accept-Encoding: gzip"), 200,
     {"content-encoding": None}, HEALTHY),
    # The protocol: 10.1.6.
    ("no host is needed", request("/-/healthy"), 200, {"connection": None}, HEALTHY),
    ("HTTP/1.0", request("/-/healthy", version="1.0"), 200, {"connection": "close"}, HEALTHY),
    ("an asked close", page("/-/healthy"), 200, {"connection": "close"}, HEALTHY),
    ("a malformed escape", page("/%zz"), 400, {"content-type": PLAIN}, one_line),
    ("a malformed query", page("/metrics?name[]=%zz"), 400, {}, one_line),
    ("no path", page("metrics"), 404, {}, one_line),
    ("a host for a path", page("//metrics"), 404, {}, one_line),
    ("a star", page("*"), 404, {}, one_line),
    ("no request line", b"nonsense\r\n\r\n", 400, {"connection": "close"}, one_line),
    ("no version", b"GET /metrics\r\n\r\n", 400, {"connection": "close"}, one_line),
    ("a length and chunks", request("/metrics", "Content-Length: 3", "Transfer-Encoding: chunked",
                                    method="POST", body=b"0\r\n\r\n"), 400,
     {"connection": "close"}, one_line),
    ("another transfer coding", request("/metrics", "Transfer-Encoding: gzip, chunked"), 501,
     {"connection": "close"}, one_line),
    ("an empty line before", b"\r\n" + page("/-/healthy"), 200, {}, HEALTHY),
    ("two lengths", request("/metrics", "Content-Length: 1", "Content-Length: 2", method="POST",
                            body=b"ab"), 400, {"connection": "close"}, one_line),
    ("a malformed header", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, {"connection": "close"},
     one_line),
    # Bounds.
    ("a long header", request("/", "X: " + "x" * 20000), 431, {"connection": "close"}, one_line),
    ("a long target", request("/" + "x" * 20000), 431, {"connection": "close"}, one_line),
    ("a long body", request("/metrics", "Content-Length: 70000", method="POST"), 413,
     {"connection": "close"}, one_line),
    ("a body at the bound", request("/metrics", "Connection: close", "Content-Length: 65536",
                                    method="POST", body=b"b" * 65536), 200, {}, has(VALUE)),
]


class RequestsTest(ServiceTest):
    """One daemon for all, at rest."""

    @classmethod
    def start_shared(cls):
        target = start_target(cls.shared, "MutableTarget", "register app:type=A Value=int:1")
        # The target wants no password; one is sent and shown nowhere.
        cls.daemon = Daemon(cls.shared, f"hostPort: 127.0.0.1:{target.port}\nusername: u\n"
                            "password: hunter2\nincludeObjectNames: ['app:*']\n",
                            options=["--web.telemetry-path=/custom"])
        cls.daemon.scrape()

    def ask(self, data, **options):
        with Connection(self.daemon.port) as connection:
            connection.send(data)
            return connection.answer(**options)

    def test_every_request_of_the_table_is_answered_as_it_says(self):
        self.assertGreaterEqual(len(TABLE), 60)
        for what, data, status, headers, body in TABLE:
            with self.subTest(what):
                answer = self.ask(data)
                self.assertIsNotNone(answer, "the connection ended without an answer")
                self.assertEqual(answer.status, status, answer.body)
                for name, value in headers.items():
                    self.assertEqual(answer.headers.get(name), value, name)
                if isinstance(body, bytes):
                    self.assertEqual(answer.body, body)
                else:
                    self.assertTrue(body(answer.body), answer.body[:2000])
                self.assertIn("content-length", answer.headers)
                self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
                self.assertEqual(answer.headers["x-frame-options"], "DENY")
                self.assertRegex(answer.headers["date"], r"^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$")

    def test_head_is_the_head_of_get(self):
        for target in ["/", "/metrics", "/-/healthy", "/config", "/foo"]:
            with self.subTest(target):
                whole = self.ask(page(target))
                head = self.ask(request(target, "Connection: close", method="HEAD"), head_only=True)
                self.assertEqual(head.status, whole.status)
                # The numbers of a page move, and so can its length.
                moving = ("date", "content-length") if target in ("/", "/metrics") else ("date",)
                for name in moving:
                    self.assertIn(name, head.headers)
                    del head.headers[name], whole.headers[name]
                self.assertEqual(head.headers, whole.headers)

    def test_a_connection_serves_request_after_request(self):
        with Connection(self.daemon.port) as connection:
            connection.send(request("/-/healthy") + request("/", method="HEAD")
                            + request("/%zz") + request("/metrics") + page("/-/healthy"))
            for status, head_only in [(200, False), (200, True), (400, False), (200, False),
                                      (200, False)]:
                self.assertEqual(connection.answer(head_only=head_only).status, status)
            self.assertTrue(connection.ended())

    def test_a_client_that_asks_first_is_told_to_continue(self):
        with Connection(self.daemon.port) as connection:
            connection.send(request("/metrics", "Content-Length: 5", "Expect: 100-continue",
                                    method="POST"))
            self.assertEqual(connection.answer().status, 100)
            connection.send(b"hello")
            self.assertEqual(connection.answer().status, 200)

    def test_the_formats_say_the_same(self):
        answers = {kind: self.ask(page("/metrics", *headers)) for kind, headers in {
            "text": [], "openmetrics": ["Accept: application/openmetrics-text"],
            "protobuf": [WANTS_PROTOBUF], "gzip": ["Accept-Encoding: gzip"]}.items()}
        text = parse_text(answers["text"].body.decode())
        protobuf = parse_protobuf(answers["protobuf"].body)
        self.assertEqual(text.keys(), protobuf.keys())
        for name, family in text.items():
            self.assertEqual((family.type, family.help), (protobuf[name].type, protobuf[name].help))
            self.assertEqual([(sample.name, sample.labels) for sample in family.samples],
                             [(sample.name, sample.labels) for sample in protobuf[name].samples])
        self.assertEqual(differences(without_own(text), without_own(protobuf)), [])
        unzipped = parse_text(gzip.decompress(answers["gzip"].body).decode())
        self.assertEqual(differences(without_own(text), without_own(unzipped)), [])
        openmetrics = without_own(parse_openmetrics(answers["openmetrics"].body.decode()))
        self.assertEqual(openmetrics["app_A_Value"].samples, text["app_A_Value"].samples)
        # What counts within the daemon began with it; an info is a gauge that is 1.
        counter = protobuf["jmx_config_reload_success_total"]
        self.assertLess(abs(counter.created[0] - time.time()), 3600)
        self.assertEqual(protobuf["app_A_Value"].created, [None])
        self.assertEqual(protobuf["jmx_exporter_build_info"].type, "gauge")
        self.assertEqual(protobuf["jmx_exporter_build_info"].samples[0].value, 1.0)


class FormsTest(ServiceTest):
    def test_every_type_of_family_says_the_same_in_protobuf(self):
        target = self.start_target("MutableTarget", "register app:type=B Half=double:0.25 Sum=double:1e9"
                                   " Count=long:7 State=string:ON Version=string:v1 Total=int:3")
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n"
                                   "rules:\n"
                                   "- {pattern: <>Half, name: latency, type: SUMMARY, quantile: 0.5}\n"
                                   "- {pattern: <>Sum, name: latency_sum, type: SUMMARY}\n"
                                   "- {pattern: <>Count, name: latency_count, type: SUMMARY}\n"
                                   "- {pattern: <>State, name: state, type: STATESET, states: [ON, OFF]}\n"
                                   "- {pattern: '<>Version: (.*)', name: version, type: INFO,"
                                   " labels: {version: $1}}\n"
                                   "- {pattern: <>Total, name: things, type: COUNTER}\n")
        text = without_own(daemon.scrape())
        answer = daemon.get("/metrics", headers=dict([WANTS_PROTOBUF.split(": ")]))
        protobuf = without_own(parse_protobuf(answer.body))
        self.assertEqual({name: family.type for name, family in protobuf.items()},
                         {"latency": "summary", "state": "gauge", "version_info": "gauge",
                          "things_total": "counter"})
        self.assertEqual(differences(text, protobuf), [])
        self.assertEqual(self.value(protobuf, "latency_count"), 7.0)
        shown = daemon.get("/config").text
        self.assertIn('states: ["ON", "OFF"]', shown)
        self.assertIn('quantile: "0.5"', shown)


class WorkTest(ServiceTest):
    """What happens while scrapes take their time."""

    def start(self, *options):
        self.target = self.start_target("MutableTarget", "register app:type=A Value=block")
        self.daemon = self.start_daemon(f"hostPort: 127.0.0.1:{self.target.port}\n"
                                        "includeObjectNames: ['app:*']\n", options=options)
        self.enterContext(contextlib.closing(self))

    def close(self):
        self.target.command("release")

    def test_scrapes_beyond_the_bound_are_turned_away_and_counted(self):
        self.start("--web.max-requests=2")
        with Connection(self.daemon.port) as one, Connection(self.daemon.port) as two:
            for connection in (one, two):
                connection.send(request("/metrics", "X-Prometheus-Scrape-Timeout-Seconds: 30"))
            eventually("the target is asked",
                       lambda: self.target.command("waiting app:type=A") != "0")
            for _ in range(2):
                answer = eventually("a scrape is turned away",
                                    lambda: (got := self.daemon.get("/metrics?name[]=x", headers={
                                        "X-Prometheus-Scrape-Timeout-Seconds": "0.2"})
                                    ).status == 503 and got)
                self.assertIn("Too many scrapes", answer.text)
            self.assertEqual(self.daemon.get("/-/healthy").status, 200)
            self.target.command("release")
            pages = [parse_text(connection.answer().body.decode()) for connection in (one, two)]
        for each in pages:
            self.assertGreaterEqual(self.value(each, "jmx_http_requests_rejected_total"), 2)


class CrowdTest(ServiceTest):
    def test_idle_connections_by_the_thousand_cost_a_bounded_number_and_no_memory(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 10_000 if hard == resource.RLIM_INFINITY else min(10_000, hard - 200)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted + 200, hard)), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        daemon = self.start_daemon("hostPort: 127.0.0.1:1\n")
        before = anonymous_memory(daemon.pid)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(socket.create_connection(("127.0.0.1", daemon.port), timeout=60))
                       for _ in range(wanted)]
            eventually("those beyond the bound are closed", lambda: closed(clients) >= wanted - 600)
            descriptors = len(os.listdir(f"/proc/{daemon.pid}/fd"))
            self.assertLess(descriptors, 700)
            self.assertGreater(descriptors, 500)
            self.assertLess(anonymous_memory(daemon.pid) - before, 64 * 1024 * 1024)
            # Whoever comes now is told, or turned away.
            with Connection(daemon.port) as late:
                late.send(request("/-/healthy"))
                answer = late.answer()
                self.assertIn(answer and answer.status, (None, 503))
        answer = eventually("it answers again", lambda: (got := self.answer_of(daemon)) and got)
        self.assertEqual(answer.status, 200)

    def answer_of(self, daemon):
        with Connection(daemon.port) as connection:
            connection.send(page("/metrics"))
            answer = connection.answer()
            return answer if answer and answer.status == 200 else None


def closed(clients):
    """How many of the connections the other side has ended."""
    poll = select.poll()
    for client in clients:
        poll.register(client, select.POLLIN)
    return len(poll.poll(0))


def anonymous_memory(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024


class ReloadTest(ServiceTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon("hostPort: 127.0.0.1:1\n")

    def post(self):
        return self.daemon.get("/-/reload", method="POST")

    def reloads(self):
        read = self.daemon.scrape()
        return (self.value(read, "jmx_config_reload_success_total"),
                self.value(read, "jmx_config_reload_failure_total"))

    def test_a_reload_that_is_asked_for_reads_the_file_and_says_how_it_went(self):
        answer = self.post()
        self.assertEqual((answer.status, answer.text), (200, "The configuration was read again.\n"))
        self.assertEqual(self.reloads(), (1, 0))

        self.daemon.write("hostPort: 127.0.0.1:1\nrules:\n- pattern: '('\n")
        answer = self.post()
        self.assertEqual(answer.status, 500)
        self.assertEqual(answer.headers["content-type"], PLAIN)
        self.assertIn(f"{self.daemon.configuration}:3:12: error: rules[0].pattern", answer.text)
        self.assertGreaterEqual(self.reloads()[1], 1)
        self.assertIn("\nrules:\n- {}\n", self.daemon.get("/config").text)

        self.daemon.write("hostPort: 127.0.0.1:2\n")
        self.assertEqual(self.post().status, 200)
        self.assertIn("127.0.0.1:2", self.daemon.get("/config").text)
        self.assertEqual(self.value(self.daemon.scrape(), "jmxbridge_config_last_reload_successful"), 1)


if __name__ == "__main__":
    main()
