"""The requests of peer_requests_test.py, and what is answered otherwise on purpose."""

import base64
import dataclasses
import re

from jmxbridge_testing.raw_http import page, request

OPENMETRICS = "Accept: application/openmetrics-text"
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
# As Prometheus 2 and 3 send them.
PROMETHEUS_2 = ("Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
PROMETHEUS_3 = ("Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
                "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2")


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    data: bytes

    @property
    def head_only(self):
        return self.data.startswith(b"HEAD ")


@dataclasses.dataclass(frozen=True)
class Difference:
    """What is answered otherwise, and why: a verdict of the specification, or one of its sections."""
    cases: str   # a pattern for whole names
    fields: dict  # "status" or a header → the peer's and ours
    why: str

    def covers(self, case):
        return re.fullmatch(self.cases, case.name) is not None


CASES = []


def case(name, data):
    CASES.append(Case(name, data))


def get(target, *headers):
    case(" ".join(["GET", target, *headers]), page(target, *headers))


def paths():
    for target in ["/metrics", "/metrics/", "/metrics/x", "/metricsfoo", "/metrics;x=1", "/%6detrics",
                   "/metrics%2Fx", "/metrics%20", "/metrics.txt", "/metrics//", "/metrics?", "/metrics?x",
                   "/metrics??x", "/metrics?a=b?c=d", "/-/healthy", "/-/healthy/", "/-/healthyfoo",
                   "/-/healthy?x=y", "/%2D/healthy", "/", "/?x=y", "http://other/metrics",
                   "http://other:1/-/healthy", "/custom", "/custom/x", "/customfoo", "/./metrics",
                   "/metrics/../-/healthy", "/x/../metrics", "//metrics", "metrics", "*", "/METRICS", "/metric",
                   "/foo", "/-/health", "/-", "/favicon.ico", "/%zz", "/metrics%", "/metrics%2", "/metri\u00e9",
                   "/metrics#x", "/metrics?x#y", "/metrics?x=|", "/metrics?x={}", "/metrics?x=\"", "/metrics?x=<>",
                   "/metrics?x=^`", "/metrics?x=\\", "/metrics?x=\u00e9", "/metrics|", "/metrics?x=[]", "/metrics%00", "/metrics%FF",
                   "/metrics?x=\x85", "/metrics?x=\xa0", "/metrics?x=\u00c3\u00a9", "/metrics[", "/metrics?x=%c3%28", "/metrics?x='()*!$;,:@",
                   "/metrics:1", "/metrics@x", "/-/healthy#", "http:///metrics", "http:/metrics", "https://other/metrics", "ftp://other/metrics",
                   "http://other", "http://[::1]:1/metrics", "http://u:p@other/metrics", "http://other:port/metrics", "?name[]=x", "/?", ""]:
        get(target)


def methods():
    for method in ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO", "get", "CONNECT"]:
        for target in ["/metrics", "/-/healthy", "/", "/custom"] if method in ("HEAD", "POST") else ["/metrics"]:
            case(f"{method} {target}", request(target, "Connection: close", method=method))
    body = "name[]=app_A_Value&debug=openmetrics"
    form = "Content-Type: application/x-www-form-urlencoded"
    case("POST of a form", request("/metrics", form, f"Content-Length: {len(body)}", "Connection: close",
                                   method="POST", body=body.encode()))
    case("POST in chunks", request("/metrics", "Transfer-Encoding: chunked", "Connection: close", method="POST",
                                   body=b"5\r\nhello\r\n0\r\n\r\n"))
    case("GET with a body", request("/metrics", "Content-Length: 5", "Connection: close", body=b"hello"))
    case("HEAD with gzip", request("/metrics", "Accept-Encoding: gzip", "Connection: close", method="HEAD"))
    case("HEAD of a debug", request("/metrics?debug=text", "Connection: close", method="HEAD"))
    case("HEAD in protobuf", request("/metrics", f"Accept: {PROTOBUF}", "Connection: close", method="HEAD"))


def formats():
    for accept in ["*/*", "", "text/plain", "text/plain;version=0.0.4", "text/plain;version=1.0.0", "text/html",
                   "image/png", "application/json", "application/openmetrics-text",
                   "application/openmetrics-text;version=0.0.1", "application/openmetrics-text; version=1.0.0",
                   "application/openmetrics-text;version=2.0.0", "application/openmetrics-text;q=0",
                   "text/plain;q=1, application/openmetrics-text;q=0.1", "Application/OpenMetrics-Text",
                   "xapplication/openmetrics-textx", "application/openmetrics", PROTOBUF, f"{PROTOBUF};q=0.1, text/plain",
                   "application/openmetrics-text;q=1, " + PROTOBUF, "application/vnd.google.protobuf",
                   "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
                   "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text",
                   "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
                   "application/vnd.google.protobuf;proto=other", "proto=io.prometheus.client.MetricFamily",
                   "Application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
                   "application/vnd.google.protobuf;proto=\"io.prometheus.client.MetricFamily\""]:
        get("/metrics", f"Accept: {accept}")
    for headers in [(PROMETHEUS_2,), (PROMETHEUS_3,), ("Accept: text/plain", OPENMETRICS),
                    (OPENMETRICS, "Accept: text/plain"), ("accept: application/openmetrics-text",),
                    ("ACCEPT:application/openmetrics-text",), (OPENMETRICS + "   ",)]:
        get("/metrics", *headers)


def escapings():
    for scheme in ["underscores", "allow-utf-8", "values", "dots", "DOTS", "nothing", ""]:
        for kind in ["text/plain;version=1.0.0", "application/openmetrics-text"]:
            get("/metrics", f"Accept: {kind};escaping={scheme}")
    get("/metrics", f"Accept: {PROTOBUF};escaping=dots")
    for accept in ["a; escaping = dots", "a;  escaping=dots  ;q=1", "a;escaping=nothing;escaping=dots",
                   "a;escaping=dots,b;q=1", "a;escaping=dots=x;escaping=dots", "escaping=dots",
                   "a;escaping=values;escaping=dots", "a;Escaping=dots", "a;escaping=\"dots\""]:
        get("/metrics", f"Accept: {accept}")


def names():
    for query in ["name[]=app_A_Value", "name%5B%5D=app_A_Value", "name%5b]=app_A_Value", "name[]=app_A", "name[]=",
                  "name[]", "name[]=app_A_Value_total_xyz", "name[]=app_A_Value&name[]=app_B_Value",
                  "name[]=app_A_Value&name[]=app_A_Value", "name[]=app%5FA_Value", "name[]=app_A_Value+x",
                  "name[]=+app_A_Value", "name[]=app_A_Value%20", "name[]=app_A_Value,app_B_Value", "name=app_A_Value",
                  "NAME[]=app_A_Value", "name[]=APP_A_VALUE", "name[]=jmx_config_reload_success_total",
                  "name[]=jmx_config_reload_success", "name[]=jmx_config", "name[]=app_served_total",
                  "name[]=app_served", "name[]=app_served_created", "name[]=a=b", "name[]=app_A_Value=x",
                  "&name[]=app_A_Value", "name[]=app_A_Value&", "&&name[]=app_A_Value&&x", "x=y;name[]=app_A_Value",
                  "name[]=%zz", "name[]=%", "name[]=app_A_Value%", "name[]=app_A_Value&x=%zz", "name[]=%C3%A9",
                  "name[]=%FF", "name[]=app_A_Value%00", "name[0]=app_A_Value", "name[]&name[]=app_A_Value",
                  "name[]=jmx_exporter_build_info", "name[]=jmx_exporter_build", "=app_A_Value",
                  "name[]=app_A_Value#name[]=x", "name%5B%5D=&name[]=app_B_Value"]:
        get(f"/metrics?{query}")
    get("/metrics?name[]=", OPENMETRICS)
    get("/metrics?name[]=", f"Accept: {PROTOBUF}")
    get("/metrics?name[]=app_served", OPENMETRICS)
    get("/metrics?name[]=app_served_total", f"Accept: {PROTOBUF}")
    get("/metrics?name[]=app_A_Value", "Accept: a;escaping=dots")
    get("/metrics?name[]=app__A__Value", "Accept: a;escaping=dots")
    get("/metrics?name[]=none", "Accept-Encoding: gzip")
    get("/custom?name[]=app_A_Value")
    get("/?name[]=app_A_Value")
    get("/-/healthy?name[]=app_A_Value")


def debugs():
    for query in ["debug=text", "debug=openmetrics", "debug=prometheus-protobuf", "debug=true", "debug=", "debug",
                  "debug=TEXT", "debug=text&debug=x", "debug=x&debug=text", "debug=%74ext", "debug=protobuf",
                  "debug=text&name[]=app_A_Value", "debug=openmetrics&name[]=app_served",
                  "debug=prometheus-protobuf&name[]=app_served", "debug=prometheus-protobuf&name[]=app_A_Value",
                  "debug=prometheus-protobuf&name[]=none", "debug=openmetrics&name[]=none",
                  "debug=prometheus-protobuf&name[]=app_text"]:
        get(f"/metrics?{query}")
    get("/metrics?debug=openmetrics", f"Accept: {PROTOBUF}")
    get("/metrics?debug=text&name[]=app_A_Value", "Accept: a;escaping=dots")
    get("/metrics?debug=text", "Accept-Encoding: gzip")
    get("/-/healthy?debug=x")
    get("/custom?debug=x")


def codings():
    for coding in ["gzip", "GZIP", "gzip, deflate", "deflate,gzip", "deflate , gzip ", "identity", "*", "br, zstd", "",
                   "x-gzip", "gzip;q=1.0", "gzip;q=0", "gzip;q=0.5, identity;q=1", "identity;q=0", "*;q=0", ",gzip,",
                   "gzip;q=1.0, gzip"]:
        get("/metrics", f"Accept-Encoding: {coding}")
    get("/metrics", "Accept-Encoding: br", "Accept-Encoding: gzip")
    get("/metrics", "Accept-Encoding: gzip", OPENMETRICS)
    get("/metrics", "Accept-Encoding: gzip", f"Accept: {PROTOBUF}")
    get("/-/healthy", "Accept-Encoding: gzip")
    get("/", "Accept-Encoding: gzip")


def protocol():
    case("HTTP/1.0", request("/metrics", version="1.0"))
    case("HTTP/1.0 that would stay", request("/metrics", "Connection: keep-alive", version="1.0"))
    case("HTTP/1.1 without a host", request("/-/healthy", "Connection: Close"))
    case("HTTP/1.1 that stays", request("/-/healthy"))
    case("HTTP/2.0", request("/-/healthy", "Connection: close", version="2.0"))
    case("HTTP/1.2", request("/-/healthy", "Connection: close", version="1.2"))
    case("a protocol of one's own", b"GET /-/healthy SPDY/1\r\nConnection: close\r\n\r\n")
    case("no version", b"GET /metrics\r\n\r\n")
    case("no target", b"GET\r\n\r\n")
    case("nonsense", b"nonsense\r\n\r\n")
    case("two blanks", b"GET  /metrics HTTP/1.1\r\nConnection: close\r\n\r\n")
    case("a blank in the target", b"GET /metrics x HTTP/1.1\r\nConnection: close\r\n\r\n")
    case("an empty line before", b"\r\nGET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n")
    case("a header without a colon", b"GET /-/healthy HTTP/1.1\r\nno colon\r\nConnection: close\r\n\r\n")
    case("a blank before the colon", b"GET /-/healthy HTTP/1.1\r\nX : y\r\nConnection: close\r\n\r\n")
    case("a folded header", b"GET /-/healthy HTTP/1.1\r\nX: y\r\n z\r\nConnection: close\r\n\r\n")
    case("an empty header name", b"GET /-/healthy HTTP/1.1\r\n: y\r\nConnection: close\r\n\r\n")
    case("an empty header value", request("/-/healthy", "X:", "Connection: close"))
    case("a header in Latin-1", request("/-/healthy", "X: \u00e9", "Connection: close"))
    case("a tab in a header", request("/-/healthy", "X:\ta\tb", "Connection: close"))
    case("two lengths", request("/-/healthy", "Content-Length: 1", "Content-Length: 2", "Connection: close",
                                method="POST", body=b"ab"))
    case("a length and chunks", request("/-/healthy", "Content-Length: 3", "Transfer-Encoding: chunked",
                                        "Connection: close", method="POST", body=b"0\r\n\r\n"))
    case("a length that is none", request("/-/healthy", "Content-Length: x", "Connection: close"))
    case("a negative length", request("/-/healthy", "Content-Length: -1", "Connection: close"))
    case("another transfer coding", request("/-/healthy", "Transfer-Encoding: gzip", "Connection: close"))
    case("two transfer codings", request("/-/healthy", "Transfer-Encoding: gzip, chunked", "Connection: close"))
    case("a host that is none", request("/-/healthy", "Host: a b", "Connection: close"))
    case("two hosts", request("/-/healthy", "Host: a", "Host: b", "Connection: close"))
    case("a range", request("/-/healthy", "Range: bytes=0-3", "Connection: close"))
    case("a condition", request("/-/healthy", "If-None-Match: *", "Connection: close"))
    case("an origin", request("/metrics", "Origin: http://other", "Connection: close"))
    case("an upgrade", request("/-/healthy", "Upgrade: h2c", "Connection: Upgrade, close"))
    case("an unknown expectation", request("/-/healthy", "Expect: nothing", "Connection: close"))
    case("a password that nobody asked for", request("/metrics", "Authorization: Basic eDp5", "Connection: close"))
    case("Prometheus' own headers", request("/metrics", PROMETHEUS_3, "Accept-Encoding: gzip",
                                            "User-Agent: Prometheus/3.0.0", "X-Prometheus-Scrape-Timeout-Seconds: 10",
                                            "Host: localhost", "Connection: close"))
    case("a time-out that is none", request("/metrics", "X-Prometheus-Scrape-Timeout-Seconds: soon",
                                            "Connection: close"))


paths()
methods()
formats()
escapings()
names()
debugs()
codings()
protocol()

OPEN_CASES = list(CASES)
CASES.clear()


def login(text):
    return "Authorization: Basic " + base64.b64encode(text.encode()).decode()


def passwords():
    for target in ["/metrics", "/", "/-/healthy", "/custom"]:
        get(target)
        get(target, login("prom:secret"))
    for header in [login("prom:wrong"), login("other:secret"), login("prom:"), login(":secret"), login("prom:secret:x"),
                   login("PROM:secret"), "Authorization: Bearer x", "Authorization: basic cHJvbTpzZWNyZXQ=",
                   "Authorization: BASIC cHJvbTpzZWNyZXQ=", "Authorization: Basic", "Authorization: Basic ",
                   "Authorization:", "Authorization: Basic  cHJvbTpzZWNyZXQ=", login("nocolon"),
                   "Authorization: Basic ===", "Authorization: Basic cHJvbTpzZWNyZXQ", "Authorization: x",
                   "Authorization: Basic cHJvbTpzZWNyZXQ= x"]:
        get("/metrics", header)
    get("/metrics", login("prom:secret"), login("prom:wrong"))
    get("/metrics", login("prom:wrong"), login("prom:secret"))
    case("HEAD without a password", request("/metrics", "Connection: close", method="HEAD"))
    get("/foo")
    get("/metrics?debug=x")
    get("/%zz")


passwords()
GUARDED_CASES = list(CASES)
CASES.clear()


def shortly():
    """What also tells of a target that is down, and of a delay."""
    for target in ["/metrics", "/metrics?name[]=jmx_scrape_error", "/metrics?debug=text", "/metrics?debug=x", "/-/healthy", "/"]:
        get(target)
    for header in [OPENMETRICS, f"Accept: {PROTOBUF}", "Accept-Encoding: gzip", "Accept: a;escaping=dots"]:
        get("/metrics", header)
    case("HEAD", request("/metrics", "Connection: close", method="HEAD"))


shortly()
SHORT_CASES = list(CASES)

HEADERS_OF_METRICS = {"x-content-type-options": (None, "nosniff"), "x-frame-options": (None, "DENY")}
OPEN_DIFFERENCES = [
    Difference(r"\w+ /custom.*", HEADERS_OF_METRICS, "Q21: a path of one's own has the headers of /metrics"),
    Difference(r"GET /(\./metrics|x/\.\./metrics|METRICS|metric|metri\xe9|foo|-/health|-|favicon\.ico)",
               {"status": (200, 404)}, "Q20: unknown paths"),
    Difference(r"POST /(-/healthy)?", {"status": (200, 405), "allow": (None, "GET, HEAD")}, "Q43"),
    Difference(r"(PUT|DELETE|OPTIONS|PATCH|TRACE|FOO|get|CONNECT) /metrics",
               {"status": (200, 405), "allow": (None, "GET, HEAD, POST")}, "Q43"),
    Difference(r"GET /metrics Accept-Encoding: (gzip;q=1\.0|x-gzip|\*)", {"content-encoding": (None, "gzip")},
               "Q23: what RFC 9110 says of gzip"),
    Difference(r"HTTP/2\.0|HTTP/1\.2|a protocol of one's own|a blank in the target", {"status": (200, 400)},
               "10.1.6: a malformed request line"),
    Difference(r"GET |two blanks", {"status": (404, 400)}, "10.1.6: a malformed request line"),
    Difference(r"GET http://other:port/metrics", {"status": (200, 404)}, "10.1.6: a malformed URI"),
]
CHALLENGE = 'Basic realm="/", charset="UTF-8"'
GUARDED_DIFFERENCES = [
    *OPEN_DIFFERENCES[:1],
    Difference(r"GET /metrics Authorization: (basic|BASIC) .*", {"status": (401, 200)},
               "10.7.1: the name of the scheme is read as RFC 9110 and newer Java read it"),
    Difference(r"GET /metrics Authorization: Basic ?", {"www-authenticate": (None, CHALLENGE)}, "Q36"),
    Difference(r"GET /metrics Authorization: Basic  .*", {"status": (None, 200)}, "Q36: blanks around are passed over"),
    Difference(r"GET /metrics Authorization: Basic (bm9jb2xvbg==|===|.* x)", {"status": (None, 401)}, "Q36"),
    Difference(r"GET /%zz", {"status": (400, 401)}, "10.7.1: nothing of a request is looked at before its password"),
]
