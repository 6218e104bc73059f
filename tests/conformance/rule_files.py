"""A seeded generator of configurations that reach for the corners of naming: how a pattern's groups
split a text, what templates make of them, which names and types meet in one family, what a rule that
is cached sees, which MBeans and attributes are left out.

What the daemon documents as different from the peer is not made: patterns that jmxbridge-regex(7)
refuses, the rule keys and types of its own, MBeans whose customizer the peer drops or fails on.
"""

import json
import random
import re

from changing_beans import properties_of

# JVM numbers move from one read to the next.
JVM = ["java.lang:*", "java.nio:*", "java.util.logging:*", "com.sun.management:*", "jdk.management.jfr:*"]
SUFFIXES = ["", "", "", "_total", "_info", "_bucket", "_created", "_total_info", "_TOTAL", "_bucket_total"]
# COUNTER stands for the peer's HTTP 500 too, where a number is negative.
TYPES = [None, None, None, "GAUGE", "GAUGE", "COUNTER", "COUNTER", "UNTYPED", "UNKNOWN", "gauge", "HISTOGRAM"]
VALUES = [1, 0, 2.5, "7", " 8 ", "0x1p3", "1e3d", "NaN", "-Infinity", "", None, True, "$1", "1$1", "x", "0.$2"]
FACTORS = [1000, 0.001, "1e-3", "0x1p3", 60, 0.0, -1]
# Each divides a whole match text of any MBean.
WHOLE = [
    r"^(\w+)\.?([\w.]*)<type=(.+), name=(.+)><(.*)>(.+): (.*)",
    r"([^<]*)<([^=]+)=(.*?)(?:, (.+))?><(.*)>(.+?): (.*)",
    r"(.+)<(?:.*, )?(?:type|j2eeType)=([^,>]*+)(.*)><>([A-Z]\w*?)([A-Z]\w*|): (-?[\d.]+)",
    r"\A((?>[^<]+))<(?:(?!name=).)*name=(?<n>[^,>]+).*?><(?<p>.*)>(?<a>.+): (?<v>.*)\z",
    r"([a-z]+)\.\w*<(\w+)=(\w)(\w*)(.*)>(\w+)",
    r"(\w)(\w)?\2.*<type=(.*?)>(<.*>)?(\w+?)(?=: )",
    r"(?i)^(APP|org|KAFKA)[.](\p{Lower}+)<(.*)>",
    r"<type=(?!Values)(\w{1,4}+)(\w*?), (?:name|client-id)=(?=(.))(.*)><>",
    r"(\w+)<([\w-]+)=\"?([^\",]*)\"?, .*(?<![A-Z])([A-Z])[^A-Z]*: ",
    r"([a-z&&[^aeiou]]+)([^a-c[x-z]]*)<.*><>(\w+)",
    r"(?s)^(.*?)<(.*)>(.*): (\S*)(?: (.*))?$",
    r"name=(?:(\d)|([A-Z])|(.))+[,>]",
    r"(?<=[a-z]{2,3}\.)(\w+)<|<type=(\w+)",
    r"(?x) < type = ( [\w-] + ) , \ name",
    r"()(.*)<()(.+?)=.*()>",
    r".*",
    r"Value|Count|Rate",
]


NAMED = {"pattern": "a", "name": "b"}
REFUSED_RULES = [
    *({"pattern": pattern, "name": "b"} for pattern in [
        "(a", "a)(b)(", "[a", "a**+", r"\p{Nonsense}", r"\k<gone>", "(?<n>a)(?<n>b)", "[z-a]", "(?y)a",
        "(?x)a # b", "a{2,1}"]),
    {"name": "b"}, {"help": "h"}, {"pattern": "a", "labels": {}}, {"pattern": "a", "help": "h"},
    NAMED | {"labels": {"a": 1}}, NAMED | {"labels": None}, NAMED | {"labels": [1]},
    NAMED | {"valueFactor": "x"}, NAMED | {"valueFactor": None}, NAMED | {"valueFactor": "0x10"},
    NAMED | {"type": 5}, NAMED | {"cache": "yes"}, NAMED | {"attrNameSnakeCase": 1},
    NAMED | {"name": 5}, NAMED | {"help": 5}, None, "text"]
# scrapeTimeoutSeconds is not among them: the collector of release 1.6.0 does not know it.
REFUSED_KEYS = [
    {"lowercaseOutputName": None}, {"lowercaseOutputName": "true"}, {"inferCounterTypeFromName": 1},
    {"includeObjectNames": "a:*"}, {"includeObjectNames": ["a"]}, {"includeObjectNames": None},
    {"excludeObjectNames": ["a:b=c,"]}, {"includeObjectNameAttributes": {"a": ["b"]}},
    {"excludeObjectNameAttributes": {"a:b=c": "d"}}, {"excludeObjectNameAttributes": None},
    {"autoExcludeObjectNameAttributes": None}, {"rules": None}, {"rules": {}},
    {"jmxUrl": "service:jmx:rmi:///jndi/rmi://h/x"}, {"startDelaySeconds": -1},
    {"metricCustomizers": None}, {"metricCustomizers": [{}]},
    {"metricCustomizers": [{"mbeanFilter": {"domain": "d"}}]},
    {"metricCustomizers": [{"mbeanFilter": {}, "attributesAsLabels": ["a"]}]},
    {"metricCustomizers": [{"mbeanFilter": {"domain": "d"}, "extraMetrics": [{"name": "n"}]}]}]


class Raw(str):
    """YAML text as it stands."""


def flow(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


class PatternMaker:
    """Makes a pattern for one leaf, and counts its groups."""

    def __init__(self, chance):
        self.chance, self.groups, self.names = chance, 0, []

    def group(self, inner):
        self.groups += 1
        if self.chance.random() < 0.15:
            self.names.append(self.chance.choice(["n", "key", "Part", "x"]) + str(self.groups))
            return f"(?<{self.names[-1]}>{inner})"
        return f"({inner})"

    def literal(self, text):
        kind = self.chance.random()
        if kind < 0.1:
            return rf"\Q{text}\E"
        out = "".join(c if c.isalnum() or c in " _,<>=:/%\"" else "\\" + c for c in text)
        if text and text[-1].isalnum() and out.endswith(text[-1]):
            last = text[-1]
            if kind < 0.15:
                out = out[:-1] + f"[{last}]"
            elif kind < 0.18:
                out = out[:-1] + f"\\x{ord(last):02x}"
            elif kind < 0.21:
                out = out[:-1] + f"\\u{ord(last):04x}"
            elif kind < 0.24:
                out = out[:-1] + f"(?:{last})"
        return out

    def part(self, text):
        """A pattern for a piece of the text; most match it. No possessive count and no atomic group
        holds a group: Java leaves in it what it backed out of."""
        pick = self.chance.choice
        kind = self.chance.random()
        if kind < 0.32:
            return self.literal(text)
        if kind < 0.62:
            return self.group(pick([".*", ".+", ".*?", ".+?", "[^,]*", "[^,]+", "[^<>]*+", "[^,:>]+", r"\w+",
                                    r"\S*", r"[\w&&[^\d]]+.*", r"(?:[A-Z][a-z]*)*.*", ".{1,20}",
                                    ".{2,6}+.*",
                                    r"\p{Alnum}+", r"[^\W_]+.*", r"[\p{L}&&[^\p{Lu}]]*.*", "(?>.)*"]))
        if kind < 0.66:
            return pick([".*", ".*?", "[^>]*", r"\S+"])
        if kind < 0.72:
            other = self.group(self.literal(text[::-1] + "#"))
            return f"(?:{other}|" + self.group(pick([".*", ".+?"])) + ")"
        if kind < 0.77:
            return self.group(self.literal(text[:1])) + pick(["?", "??", "*", "{0,1}"]) + self.group(".*")
        if kind < 0.81:
            return f"(?i:{self.literal(text.swapcase())})" if text.isascii() else self.literal(text)
        if kind < 0.85:
            return self.group(f"(?!{self.literal(text[:2] + '#')})" + r"\S*") + ".*"
        if kind < 0.89:
            return f"(?={self.literal(text[:2])})" + self.group(".*")
        if kind < 0.93 and text:
            return self.literal(text[:1]) + f"(?<={self.literal(text[0])})" + self.group(".*")
        if kind < 0.96:
            first = self.group(".")
            back = f"\\k<{self.names[-1]}>" if first.startswith("(?<") else f"\\{self.groups}"
            return first + f"(?:{back})" + pick(["?", "*", "{0,2}"]) + self.group(".*")
        return self.group(pick(["[a-zA-Z]+?", r"\p{Upper}?\p{Lower}*", r"\d*"])) + self.group(".*?")

    def pair(self, key, value):
        kind = self.chance.random()
        if kind < 0.8:
            name = self.literal(key)
        else:
            name = self.group(self.chance.choice(["[^=]+", "[^=,]+", ".+?", r"\w+"]))
        return name + "=" + self.part(value)

    def value(self, leaf):
        pick = self.chance.choice
        kind = self.chance.random()
        if kind < 0.4:
            return ""
        if kind < 0.5:
            return pick([":", ": ", ": .*", "$"])
        if kind < 0.55:
            return ": " + self.literal(leaf.value[:2])
        return ": " + self.group(pick([".*", ".+", r"-?\d+", r"-?[\d.]+", ".*?", r"\w*",
                                       "true|false|[A-Z]+", "[^:]*"]))

    def make(self, leaf):
        # What is made is used: a group counts as soon as it is made.
        start = self.chance.random()
        domain = "" if start < 0.2 else self.part(leaf.domain)
        if 0.2 <= start < 0.4:
            domain = self.chance.choice(["^", r"\A"]) + domain
        properties, rest = leaf.properties, ""
        if self.chance.random() < 0.25:
            properties = properties[:self.chance.randrange(len(properties))]
            rest = self.chance.choice([".*", ".+?", self.group])
        pairs = [self.pair(*pair) for pair in properties]
        if rest:
            pairs.append(rest if isinstance(rest, str) else rest(".*"))
        path = ", ".join(leaf.path)
        if self.chance.random() < 0.4:
            path = self.group(self.chance.choice([".*", "[^>]*"]))
        return f"{domain}<{', '.join(pairs)}><{path}>{self.part(leaf.attribute)}{self.value(leaf)}"


class FileMaker:
    """Makes the configuration of one number."""

    def __init__(self, seed, number, beans):
        self.chance = random.Random(f"{seed}:{number}")
        self.beans = beans
        # Few names, so that rules of a file meet in one family.
        self.names = self.chance.sample(["shared", "Family", "fam", "a-b", "ünique", "x:y"], 2)
        self.labels_change = False
        self.fails = False  # the rule under way, in each sample

    def often(self, share):
        return self.chance.random() < share

    def template(self, groups, names, literals, most=3):
        out = []
        for _ in range(self.chance.randint(1, most)):
            kind = self.chance.random()
            if kind < 0.45:
                out.append(self.chance.choice(literals))
            elif kind < 0.9:
                # A digit behind a reference is a part of it as long as there are so many groups.
                out.append(f"${self.chance.randint(0 if kind < 0.48 else 1, groups)}" if groups else "_")
                if kind > 0.86:
                    out.append(str(self.chance.randint(0, 99)))
            elif kind < 0.95 and names:
                out.append("${" + self.chance.choice(names) + "}")
            else:
                out.append(self.chance.choice([r"\$1", "\\\\", r"\n", r"\q"]))
        if self.often(0.004):
            self.fails = True
            out.append(self.chance.choice(["$99", "${none}", "$", "$x", "\\"]))
        return "".join(out)

    def name(self, groups, names):
        if self.often(0.45):
            text = self.chance.choice(self.names)
        else:
            text = self.template(groups, names, ["m_", "9x", "_", "-", "Name", ":", "é"])
        return text + self.chance.choice(SUFFIXES)

    def labels(self, groups, names):
        out = {}
        for at in range(self.chance.randint(0, 3)):
            key = self.chance.choice([f"l{at}", f"L-{at}", f"a:{at}", f"{at}", f"l{at}"])
            if groups and self.often(0.25):
                key += f"${self.chance.randint(1, groups)}"
            out[key] = self.template(groups, names, ["v", "", 'q"', "\\\\", "ü", " ", "line\n"])
        if self.often(0.01):
            self.fails = True
            out[self.chance.choice(["_objectname", "l0", "l1"])] = self.chance.choice(["v", None])
        return out

    def rule(self):
        rule = {}
        self.fails = False
        if self.often(0.25):
            rule["pattern"] = pattern = self.chance.choice(WHOLE)
            groups = len(re.findall(r"(?<!\\)\((?!\?)|\(\?<(?![=!])", pattern))
            names = re.findall(r"\(\?<(\w+)>", pattern)
        else:
            maker = PatternMaker(self.chance)
            rule["pattern"] = maker.make(self.chance.choice(self.beans.leaves))
            groups, names = maker.groups, maker.names
        if self.often(0.8):
            rule["name"] = self.name(groups, names)
            if self.often(0.7):
                rule["labels"] = self.labels(groups, names)
            if self.often(0.4):
                rule["help"] = self.template(groups, names, ["Help", " ", "\\\\ ", "\n", "ü", ""])
        if self.often(0.25):
            rule["value"] = self.chance.choice(VALUES)
            if groups < 2 and isinstance(rule["value"], str):
                rule["value"] = rule["value"].replace("$2", "0").replace("$1", "1" if groups == 0 else "$1")
        # The peer fails on texts, too, that make no sample; the daemon does not read them.
        if self.fails:
            rule["value"] = 1
        if self.often(0.2):
            rule["valueFactor"] = self.chance.choice(FACTORS)
        kind = self.chance.choice(TYPES)
        if kind is not None and not (kind == "COUNTER" and (rule.get("valueFactor") == -1 or self.often(0.3))):
            rule["type"] = kind
        if self.often(0.12):
            rule["attrNameSnakeCase"] = True
        # What the peer freezes of a label that changes under a cached rule, the daemon reads anew.
        if self.often(0.15) and not self.labels_change:
            rule["cache"] = True
        items = list(rule.items())
        self.chance.shuffle(items)
        return dict(items)

    def last_rule(self):
        if self.often(0.01):
            return {"value": 1}
        return self.chance.choice([
            {}, {"attrNameSnakeCase": True}, {"pattern": ".*"}, {"type": "GAUGE"},
            {"pattern": "", "valueFactor": 2},
            {"pattern": "(.*?)<(.*?)(?:=(.*))?><(.*)>(.*?): (.+)", "name": "rest_$5",
             "labels": {"domain": "$1", "first": "$2", "keys": "$4"}}])

    def object_name(self):
        """A name of an MBean, its properties in another order perhaps."""
        domain, pairs = properties_of(self.chance.choice(self.beans.names))
        pairs = list(pairs)
        self.chance.shuffle(pairs)
        return f"{domain}:" + ",".join(f"{key}={value}" for key, value in pairs)

    def query(self):
        name = self.object_name()
        domain, pairs = properties_of(name)
        return self.chance.choice([
            name, f"{domain}:*", f"{domain[:-2]}*:*", f"?{domain[1:]}:*", f"*:{'='.join(pairs[0])},*",
            f"*:{pairs[-1][0]}=*,*", f"{domain}:{pairs[0][0]}=*"])

    def attributes(self, share):
        """A map of MBeans to some of their attributes."""
        out = {}
        for _ in range(self.chance.randint(1, 4)):
            name = self.object_name()
            domain, pairs = properties_of(name)
            known = sorted({leaf.path[0] if leaf.path else leaf.attribute for leaf in self.beans.leaves
                            if leaf.domain == domain and set(pairs) <= set(leaf.properties)})
            if self.often(0.1):
                name += ",*"
            out[name] = [attribute for attribute in known if self.often(share)] + ["NoSuch"]
        return out

    def selection(self, out):
        # With excludeJvmMetrics beside includes, the collector of release 1.6.0 drops what the commit
        # that the specification describes keeps.
        if self.often(0.5):
            out["excludeJvmMetrics"] = True
            excluded = ["JMImplementation:*"] if self.often(0.8) else []
        else:
            excluded = ["JMImplementation:*", *JVM]
            if self.often(0.5):
                key = self.chance.choice(["includeObjectNames", "whitelistObjectNames"])
                out[key] = [self.query() for _ in range(self.chance.randint(1, 4))]
        if self.often(0.2):
            excluded.append(self.query())
        if excluded:
            out[self.chance.choice(["excludeObjectNames", "blacklistObjectNames"])] = excluded
        if self.often(0.08):
            out["includeObjectNameAttributes"] = self.attributes(0.8)
        if self.often(0.15):
            out["excludeObjectNameAttributes"] = self.attributes(0.4)
        if self.often(0.4):
            out["autoExcludeObjectNameAttributes"] = self.often(0.5)

    def customizer(self):
        name = self.chance.choice(sorted(self.beans.customized))
        domain, pairs = properties_of(name)
        entry = {"mbeanFilter": {"domain": domain, "properties": dict(pairs)}}
        if self.often(0.7):
            entry["attributesAsLabels"] = [*self.chance.sample(self.beans.customized[name], 1), "NoSuch"]
            self.labels_change = self.labels_change or self.beans.changing
        if self.often(0.6) or "attributesAsLabels" not in entry:
            entry["extraMetrics"] = [
                {"name": f"{self.chance.choice(['isActive', 'extra_total', 'Ex-tra'])}{at}",
                 "value": self.chance.choice([True, False, 3, 2.5, -4, "text", "12", Raw("2024-01-02"), [1],
                                              Raw("2024-01-02T03:04:05.678Z")])}
                | self.chance.choice([{}, {"description": "Extra"}, {"description": ""}])
                for at in range(self.chance.randint(1, 2))]
        return entry

    def spoil(self, out):
        """Makes a file of it that is refused when it is loaded."""
        if self.often(0.6):
            out.setdefault("rules", []).append(self.chance.choice(REFUSED_RULES))
        else:
            out.update(self.chance.choice(REFUSED_KEYS))

    def make(self, port):
        out = {"hostPort": f"127.0.0.1:{port}"}
        for key, share in [("lowercaseOutputName", 0.4), ("lowercaseOutputLabelNames", 0.3),
                           ("inferCounterTypeFromName", 0.3)]:
            if self.often(share):
                out[key] = self.often(0.9)
        self.selection(out)
        if self.often(0.25):
            out["metricCustomizers"] = [self.customizer() for _ in range(self.chance.randint(1, 2))]
        if self.often(0.95):
            out["rules"] = [self.rule() for _ in range(self.chance.randint(1, 7))]
            if self.often(0.7):
                out["rules"].append(self.last_rule())
        if self.often(0.05):
            self.spoil(out)
        lines = []
        for key, value in out.items():
            if key == "rules" and value:
                lines += ["rules:", *(f"  - {flow(rule)}" for rule in value)]
            else:
                lines.append(f"{key}: {flow(value)}")
        return "\n".join(lines) + "\n"
