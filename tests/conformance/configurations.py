"""Small configurations that are accepted or refused: each key with values of every kind, patterns, names
and URLs, those that tests/data/peer writes out, and which the peer's releases judge otherwise."""

import dataclasses
import itertools
import pathlib
import re

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/peer"
TARGET = "hostPort: 127.0.0.1:9599\n"

# A value of each kind, as YAML writes it.
KINDS = ["", "~", '""', '"  "', "text", '"5"', "5", "-1", "1.5", "true", "[]", "[a]", "[5]", '["a:*"]', "{}", "{a: b}",
         "{1: 2}", "2024-01-02", "1:30", "2147483648", ".inf"]
# What looks like another kind than it is, and values at a bound.
NUMBERS = ["", "~", '""', '"  "', "text", '"5"', '" 5 "', "5", "+5", "0", "-1", "1.5", "5.0", "1e3", "true", "0x10",
           "0x1F", "1_000", "1:30", "0o10", "010", "0b11", "08", "256", "257", "2147483647", "2147483648", "-0",
           "99999999999999999999", ".inf", "!!str 5", "!!int '5'", "!!float 5", "[5]"]
FLAGS = ["", "~", '""', '"  "', "true", "True", "tRUE", '"true"', "no", "On", '"on"', "OFF", "y", "N", "1", "0", "text",
         "[]", "{}", '" yes "', "!!bool 'true'", "!!str true"]
TEXTS = ["", "~", '""', '"  "', "text", "5", "1.5", "true", "2024-01-02", "[]", "[a]", "{}", "${PATH}", '" ${PATH} "',
         "${ PATH }", "a${PATH}", "${}", '"${ }"', "${NO_SUCH_VARIABLE_ANYWHERE}", "é", r'"a\nb"', "!!str 5", "=", "1:30",
         "0o10", "null", "Null", "NULL", "nUll", "y", "yes", "!!binary aGk="]

PATTERNS = [
    "", "a", "(a)(b)", "a|", "|", "()", "(?:)", "a**", "a*+", "a?+", "a++", "a+++", "a{2}", "a{2,}", "a{2,1}", "a{,3}", "{",
    "a{", "a{x}", "}", "]", "[", "[]", "[]a]", "[^]a]", "[a", "[a-]", "[-a]", "[z-a]", "[a-c-e]", "[a&&b]", "[a&&[^b]]",
    "[a[b]]", "[[a]", "[[:alpha:]]", "[\\d-z]", "[^\\W_]", "(", ")", "a)(b", "(?", "(?)", "(?<a>x)", "(?<a>x)(?<a>y)",
    "(?<1a>x)", "(?<a_b>x)", "(?P<a>x)", "(?<=a)b", "(?<!a)b", "(?<=a{1,3})b", "(?=a)", "(?!a)", "(?>a)", "(?i)a", "(?q)a",
    "(?i:a)", "(?-i)a", "(?i", "(?x) a # b", "(?x)a", "(?m)^a$", "(?s).", "(?d)a", "(?u)a", "(?iu)a", "(?#a)", "(?R)",
    "(?1)", "(?(1)a)", "(*FAIL)", "\\", "\\\\", "\\d\\w\\s\\D\\W\\S", "\\h\\v\\R\\H\\V", "\\b\\B\\A\\G\\z\\Z", "\\X", "\\q", "\\y",
    "\\i", "\\e\\a\\t\\n\\f\\r", "\\cA", "\\c", "\\x4", "\\x41", "\\x{41}", "\\x{110000}", "\\x{41", "\\u0041", "\\u41", "\\0",
    "\\07", "\\0777", "\\08", "\\1", "(a)\\1", "(a)\\11", "\\9", "\\k<a>", "(?<a>x)\\k<a>", "\\k", "\\Qa(\\E", "\\Qa(", "\\E",
    "\\p{L}", "\\pL", "\\p{Lu}", "\\P{Alpha}", "\\p{IsLatin}", "\\p{IsAlphabetic}", "\\p{script=Greek}", "\\p{gc=Lu}",
    "\\p{Nonsense}", "\\p{IsNonsense}", "\\p{", "\\p{}", "\\p{ASCII}\\p{Punct}\\p{XDigit}\\p{Blank}\\p{Cntrl}", "\\p{alpha}",
    "\\p{LC}", "\\p{L1}", "\\p{all}", "\\p{IsWhite_Space}", "^", "$", "^^a$$", "^*", "$+", "a$b^", ".", ".*.*.*", "\u00e9+",
    "\U0001f600", "[\U0001f600-\U0001f64f]", "#", "a #b", "<type=(.+)><>(\\w+): (.*)", "(a{1000}){1000}"]
NAMES = [
    "a:*", "*:*", "", " ", "*", "a", "a:", "a:b", "a:b=", "a:b=c", "a:b=c,", "a:b=c,*", "a:*,b=c", "a:b=c,*,d=e", "a:**",
    "a:b=*", "a:b=c*d?", "a:b=c=d", "a:b=c:d", "a:b=c,b=d", "a:=c", "a:,", "a:b=c,,d=e", "?:b=c", "a?b*c:d=e", ":b=c", ":*",
    "a:b=\"c\"", "a:b=\"c", "a:b=c\"", "a:b=\"c\"d", "a:b=\"\\\"\"", "a:b=\"\\n\"", "a:b=\"\\x\"", "a:b=\"*\"", "a:b=\"\\*\"",
    "a:b=\"c,d=e\"", "a:b=\"c\",d=e", "a b:c d=e f", "a:b= ", "a: b=c", "a:b=c ,*", "a:b=c, *", "a:b*=c", "a:b?=c", "a/b:c=d",
    "a:b:c=d", "\u00e9:\u00e9=\u00e9", "a:type=X,name=\"Y\"", "a:b=\"\\\\\"", "a:b=\"\"", "a:b=\"c\n\"", "a\nb:c=d", "a:b=c\nd"]
URLS = [
    "service:jmx:rmi:///jndi/rmi://h:1/jmxrmi", "service:jmx:rmi://h:1/jndi/rmi://h/x", "service:jmx:rmi://h/jndi/rmi://h:1/x",
    "SERVICE:JMX:RMI:///jndi/rmi://h:1/jmxrmi", "service:jmx:rmi:///stub/rO0ABQ==", "service:jmx:rmi:///jndi/ldap://h/x",
    "service:jmx:rmi:///jndi/x", "service:jmx:iiop:///jndi/iiop://h/x", "service:jmx:jmxmp://h:1", "service:jmx:rmi://", "h:1",
    "service:jmx:rmi:///", "rmi://h:1/jmxrmi", "service:jmx:", "service:jmx:rmi:///jndi/rmi://h:99999/jmxrmi",
    "service:jmx:rmi:///jndi/rmi://[::1]:1/jmxrmi"]


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    text: str


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def collector_tables():
    """Where a value stands, and the values."""
    tops = ["username", "password", "ssl", "includeObjectNames", "whitelistObjectNames", "excludeObjectNames",
            "blacklistObjectNames", "includeObjectNameAttributes", "excludeObjectNameAttributes", "metricCustomizers",
            "rules", "unknownKey"]
    flags = ["lowercaseOutputName", "lowercaseOutputLabelNames", "inferCounterTypeFromName", "excludeJvmMetrics",
             "autoExcludeObjectNameAttributes"]
    yield from ((TARGET + f"{key}: @\n", KINDS) for key in tops)
    yield from ((TARGET + f"{key}: @\n", FLAGS) for key in flags)
    yield from ((TARGET + f"{key}: @\n", TEXTS) for key in ("username", "password"))
    yield TARGET + "startDelaySeconds: @\n", NUMBERS
    yield "hostPort: @\n", KINDS + TEXTS
    yield "jmxUrl: @\n", KINDS + [quoted(url) for url in URLS]
    for key in ["pattern", "name", "value", "valueFactor", "labels", "help", "type", "attrNameSnakeCase", "cache"]:
        rest = "".join(f", {other}: b" for other in ("pattern", "name") if other != key)
        yield TARGET + f"rules: [{{{key}: @{rest}}}]\n", KINDS
    for inner, values in [
            ("pattern: a, attrNameSnakeCase: @", FLAGS), ("pattern: a, cache: @", FLAGS),
            ("pattern: a, valueFactor: @", NUMBERS + ['"0x1p3"', '"1e3d"', '"NaN"', '"Infinity"', "0x1p3", "1,5"]),
            ("pattern: a, name: @", TEXTS), ("pattern: a, name: b, help: @", TEXTS), ("pattern: a, type: @", TEXTS),
            ("pattern: a, name: b, labels: {l: @}", TEXTS + KINDS), ("pattern: a, name: b, labels: {? @ : v}", TEXTS[:20]),
            ("pattern: @", [quoted(pattern) for pattern in PATTERNS]),
            ("name: @", TEXTS[:8]), ("labels: @", KINDS), ("help: @", TEXTS[:8]), ("value: @", KINDS)]:
        yield TARGET + f"rules: [{{{inner}}}]\n", values
    yield TARGET + "rules: [@]\n", KINDS
    yield TARGET + "excludeObjectNames: [@]\n", [quoted(name) for name in NAMES]
    for key in ["includeObjectNameAttributes", "excludeObjectNameAttributes"]:
        yield TARGET + f"{key}: {{'a:b=c': @}}\n", KINDS
        yield TARGET + f"{key}: {{? @ : [a]}}\n", [quoted(name) for name in NAMES] + ["5", "true", "~", "[a]"]
    yield TARGET + "metricCustomizers: [@]\n", KINDS
    for inner in ["mbeanFilter: @, attributesAsLabels: [a]", "mbeanFilter: {domain: @}, attributesAsLabels: [a]",
                  "mbeanFilter: {domain: d, properties: @}, attributesAsLabels: [a]",
                  "mbeanFilter: {domain: d, properties: {k: @}}, attributesAsLabels: [a]",
                  "mbeanFilter: {domain: d}, attributesAsLabels: @", "mbeanFilter: {domain: d}, extraMetrics: @",
                  "mbeanFilter: {domain: d}, extraMetrics: [@]",
                  "mbeanFilter: {domain: d}, extraMetrics: [{name: @, value: 1}]",
                  "mbeanFilter: {domain: d}, extraMetrics: [{name: n, value: @}]",
                  "mbeanFilter: {domain: d}, extraMetrics: [{name: n, value: 1, description: @}]"]:
        yield TARGET + f"metricCustomizers: [{{{inner}}}]\n", KINDS
    yield TARGET + "ssl: {enabled: @}\n", FLAGS
    for inner in ["enabled: true, keyStore: @", "enabled: true, trustStore: {filename: @}", "enabled: true, protocols: @",
                  "enabled: true, ciphers: @"]:
        yield TARGET + f"ssl: {{{inner}}}\n", KINDS
    for inner in ["keyStore: 5", "keyStore: {filename: 5}", "protocols: [a]"]:
        yield TARGET + f"ssl: {{{inner}}}\n", [""]


def server_tables():
    """The same of `httpServer`, which the peer reads apart from the rest."""
    yield TARGET + "httpServer: @\n", KINDS
    for key in ["minimum", "maximum", "keepAliveTime"]:
        given = {"minimum": "1", "maximum": "10", "keepAliveTime": "120"} | {key: "@"}
        yield TARGET + f"httpServer: {{threads: {flow(given)}}}\n", NUMBERS
        yield TARGET + f"httpServer: {{threads: {flow({k: v for k, v in given.items() if k != key})}}}\n", [""]
    for given in ["{}", "{minimum: 5, maximum: 4, keepAliveTime: 1}", "{minimum: 5, maximum: 5, keepAliveTime: 1}"]:
        yield TARGET + f"httpServer: {{threads: {given}}}\n", [""]
    for key in ["threads", "authentication", "authentication: {basic", "ssl"]:
        yield TARGET + f"httpServer: {{{key}: @{'}' * key.count('{')}}}\n", KINDS
    basic = TARGET + "httpServer: {authentication: {basic: {username: u, "
    yield TARGET + "httpServer: {authentication: {basic: {username: @, password: p}}}\n", TEXTS
    yield basic + "password: @}}}\n", TEXTS
    yield basic + "password: p, algorithm: @}}}\n", [
        *TEXTS, "PLAINTEXT", "MD5", "SHA-1", "sha-1", '" plaintext "', "PBKDF2WithHmacSHA1"]
    for algorithm, size in ("SHA-1", 20), ("SHA-256", 32), ("SHA-512", 64), ("PBKDF2WithHmacSHA1", 16):
        digest = quoted("0a" * size)
        table = {"salt": TEXTS[:12],
                 "passwordHash": [*TEXTS[:12], '"000"', '"0g"', '"00:01"', quoted("0A" * size), quoted("0a" * (size + 1)),
                                  quoted("0a:" * size)]}
        if algorithm.startswith("PBKDF2"):
            table |= {"iterations": NUMBERS, "keyLength": [*NUMBERS, "128", "16"]}
        for key, values in table.items():
            given = {"algorithm": algorithm, "passwordHash": digest, "salt": "s"} | {key: "@"}
            yield basic + flow(given)[1:] + "}}\n", values
            yield basic + flow({k: v for k, v in given.items() if k != key})[1:] + "}}\n", [""]
    yield TARGET + "httpServer: {ssl: {keyStore: {filename: @, password: p}, certificate: {alias: a}}}\n", TEXTS[:12]


def flow(given):
    return "{" + ", ".join(f"{key}: {value}" for key, value in given.items()) + "}"


def generated(tables):
    for around, values in tables:
        for value in dict.fromkeys(values):
            text = around.replace("@", value)
            yield Case(text.removeprefix(TARGET).strip().replace("\n", " "), text)


def written(name):
    """Those of a file in tests/data/peer: `=== NAME`, and the text; <CR> and the like stand for characters,
    and <FC> for a byte that is no UTF-8."""
    for block in ("\n" + (DATA / name).read_text(encoding="utf-8")).split("\n=== ")[1:]:
        title, _, text = block.partition("\n")
        for word, character in ("<BOM>", "\ufeff"), ("<CR>", "\r"), ("<BEL>", "\a"), ("<TAB>", "\t"), ("<FC>", "\udcfc"):
            text = text.replace(word, character)
        yield Case(title.partition(" | ")[0], text + "\n")


def unique(cases):
    """Without those whose text another has."""
    return list({each.text: each for each in cases}.values())


def collector_cases():
    acceptance = [each for each in written("config-acceptance.txt") if "httpServer" not in each.text]
    return unique(itertools.chain(generated(collector_tables()), acceptance, written("configurations.txt")))


def server_cases():
    acceptance = [each for each in written("config-acceptance.txt") if "httpServer" in each.text]
    return unique(itertools.chain(generated(server_tables()), acceptance))


@dataclasses.dataclass(frozen=True)
class Difference:
    cases: str  # a pattern for whole names
    peer_accepts: bool
    why: str

    def covers(self, case):
        return re.fullmatch(self.cases, case.name, re.DOTALL) is not None


COLLECTOR_DIFFERENCES = [
    Difference(r'jmxUrl: ("  "|text|"5"|"h:1"|"rmi:.*"|"service:jmx:(rmi:///?|iiop:.*|jmxmp:.*|.*/jndi/(x|ldap:.*)|.*:99999/.*|)")',
               True, "Q44, Q50: what no session can be opened with is refused when the file is loaded"),
    Difference("time-out text", True, "the collector of the release does not know scrapeTimeoutSeconds (2.3)"),
    Difference("an alias to itself", True, "a list that holds itself is none that a configuration can use"),
    Difference(r"ssl: \{(keyStore|protocols): .*\}", False, "3.3.1: without `enabled` it is off, whatever else it holds"),
    Difference(r"ssl: \{enabled: true, (keyStore|trustStore: \{filename|protocols|ciphers): ~?\}+", False,
               "a key without a value counts as absent"),
    Difference(r'ssl: \{enabled: true, (protocols|ciphers): \[("?a.*"?)?\]\}|ssl map', False,
               "3.3.2: lists, which the release does not take yet"),
]
BASIC = r"httpServer: \{authentication: \{basic: \{username: "
NO_TEXT = r"(5|1\.5|true|yes|2024-01-02|1:30|\[a?\]|\{\}|!!binary aGk=)"
NO_MAP = r'(""|"  "|text|"5"|5|-1|1\.5|true|\[.*\]|2024-01-02|1:30|2147483648|\.inf)'
# The peer's standalone program is of release 1.0.1 here: where it judges otherwise than the specification,
# which describes a later one, the specification is right.
SERVER_DIFFERENCES = [
    Difference(r"httpServer: \{threads: \{minimum: -?0, .*\}\}|http: threads minimum zero", True, "2.7: at least 1"),
    Difference(r"httpServer: \{threads: \{.* maximum: (1_000|257|2147483647), .*\}\}", True, "2.7: at most 256"),
    Difference(r"httpServer: \{threads: ~?\}", False, "2.7: what is no map is ignored"),
    Difference(r"httpServer: \{authentication: " + NO_MAP + r"\}", True, "2.7: without `plugin` it requires `basic`"),
    Difference(r"httpServer: \{ssl: " + NO_MAP + r"\}", True, "2.7: it turns TLS on and requires a key store"),
    Difference(BASIC + NO_TEXT + r", password: p\}.*", False, "2.7: what is no text becomes one"),
    Difference(BASIC + r"u, (password|.* salt): " + NO_TEXT + r"\}.*", False, "2.7: what is no text becomes one"),
    Difference(BASIC + r'("\$\{ \}", password: p|u, password: "\$\{ \}")\}.*', True, "2.8.2: a variable without a name"),
    Difference(BASIC + r'u, algorithm: .*, passwordHash: (text|"000"|"0g"), salt: s\}.*', True,
               "10.7.3: a hash is in hexadecimal"),
    Difference(BASIC + r'u, algorithm: PBKDF2\w+, passwordHash: ("00:01"|"(0a){17}"), salt: s\}.*', True,
               "10.7.4: a hash is as long as keyLength says"),
    Difference(BASIC + r"""u, algorithm: PBKDF2.* keyLength: (\+?5|"5"|0x1F|1_000|1:30|010|0b11|08|25[67]|2147483647|!!str 5|!!int '5')\}.*""",
               True, "10.7.4: a hash is as long as keyLength says"),
    Difference(r"httpServer: \{ssl: \{keyStore: \{filename: text, .*", False, "the file is read when the daemon starts"),
    Difference(r"httpServer: \{ssl: \{keyStore: \{filename: " + NO_TEXT + ", .*", False, "2.7: what is no text becomes one"),
    Difference("http: path blank", True, "2.7: the release does not know httpServer.metrics"),
    Difference("http: request seconds zero", True, "2.7: the release does not know maximumRequestSeconds"),
]
