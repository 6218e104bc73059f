"""Strict readers of the Prometheus text format 0.0.4 and of OpenMetrics 1.0.0.

What the specifications of the formats forbid is an error here, so that every test that reads a page
checks the page's form too: order of lines, one block for each family, no series twice, escapes,
line ends. Both give the same shape: family name → Family, where the name is the one on the TYPE
line. Label names that are no plain names may be quoted.
"""

import dataclasses
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
NUMBER = re.compile(r"NaN|[+-]Inf|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
ESCAPES = {"\\": "\\", '"': '"', "n": "\n"}
TEXT_TYPES = {"counter", "gauge", "untyped", "histogram", "summary"}
OPENMETRICS_TYPES = {"counter", "gauge", "unknown", "info", "stateset", "histogram",
                     "gaugehistogram", "summary"}
OWN = ("jmx_", "jmxbridge_", "process_")


class PageError(AssertionError):
    """A line that the format does not allow."""


@dataclasses.dataclass(frozen=True)
class Sample:
    name: str
    labels: tuple  # pairs, ascending by name
    value: float

    def __str__(self):
        labels = ",".join(f"{name}={value!r}" for name, value in self.labels)
        return f"{self.name}{{{labels}}}"


@dataclasses.dataclass
class Family:
    name: str
    type: str
    help: str | None = None
    unit: str | None = None
    samples: list = dataclasses.field(default_factory=list)


class Line:
    """One line, read from left to right."""

    def __init__(self, number, text):
        self.number, self.text, self.at = number, text, 0

    def fail(self, what):
        raise PageError(f"line {self.number}, column {self.at + 1}: {what}: {self.text!r}")

    def take(self, pattern, what):
        match = pattern.match(self.text, self.at)
        if match is None:
            self.fail(f"expected {what}")
        self.at = match.end()
        return match[0]

    def skip(self, literal):
        if not self.text.startswith(literal, self.at):
            self.fail(f"expected {literal!r}")
        self.at += len(literal)

    def at_end(self):
        return self.at == len(self.text)

    def sees(self, literal):
        return self.text.startswith(literal, self.at)

    def quoted(self):
        """A text in quotes, unescaped."""
        self.skip('"')
        out = []
        while not self.sees('"'):
            if self.at_end():
                self.fail("a quoted text without an end")
            character = self.text[self.at]
            self.at += 1
            if character == "\\":
                if self.at_end() or self.text[self.at] not in ESCAPES:
                    self.fail("an unknown escape")
                character = ESCAPES[self.text[self.at]]
                self.at += 1
            out.append(character)
        self.skip('"')
        return "".join(out)


def unescape_help(line, text, quotes):
    """HELP text: `\\\\` and `\\n`, and in OpenMetrics `\\"`."""
    out, at = [], 0
    while at < len(text):
        character = text[at]
        if character == '"' and quotes:
            line.fail("a quote in HELP that is not escaped")
        if character == "\\":
            at += 1
            allowed = '\\n"' if quotes else "\\n"
            if at == len(text) or text[at] not in allowed:
                line.fail("an unknown escape in HELP")
            character = ESCAPES[text[at]]
        out.append(character)
        at += 1
    return "".join(out)


def read_labels(line):
    """`{name="value",…}`, ascending by name, none twice; an empty set has no braces."""
    labels = []
    line.skip("{")
    while True:
        name = line.quoted() if line.sees('"') else line.take(LABEL_NAME, "a label name")
        if LABEL_NAME.fullmatch(name) and line.text[line.at - 1] == '"':
            line.fail("a plain label name in quotes")
        line.skip("=")
        labels.append((name, line.quoted()))
        if line.sees("}"):
            break
        line.skip(",")
    line.skip("}")
    names = [name for name, _ in labels]
    # Java's String order is that of UTF-16 code units.
    if names != sorted(set(names), key=lambda name: name.encode("utf-16-be")):
        line.fail("label names that are not ascending, or one twice")
    return tuple(sorted(labels))


def read_sample(line):
    name = line.take(NAME, "a metric name")
    labels = read_labels(line) if line.sees("{") else ()
    line.skip(" ")
    number = line.take(NUMBER, "a number")
    if not line.at_end():
        line.fail("something after the number")
    return Sample(name, labels, float(number))


class Reader:
    """Collects families and holds the rules that both formats share."""

    def __init__(self, types, suffixes, quotes):
        self.types, self.suffixes, self.quotes = types, suffixes, quotes
        self.families, self.series = {}, set()
        self.family = None     # the one whose block is being read
        self.seen = set()      # kinds of metadata lines in this block
        self.block_of = None   # the name that this block's metadata gives

    def metadata(self, line):
        line.skip("# ")
        kind = line.take(re.compile(r"HELP|TYPE|UNIT"), "HELP, TYPE or UNIT")
        line.skip(" ")
        name = line.take(NAME, "a metric name")
        line.skip(" ")
        text = line.text[line.at:]
        if name != self.block_of:
            if name in self.families:
                line.fail("a second block of one family")
            if self.family is None and self.block_of is not None:
                line.fail(f"the block of {self.block_of} has no TYPE")
            self.block_of, self.family, self.seen, self.pending = name, None, set(), {}
        if kind in self.seen:
            line.fail(f"a second {kind}")
        if self.family is not None and self.family.samples:
            line.fail("metadata behind samples")
        order = ["TYPE", "UNIT", "HELP"] if self.quotes else ["HELP", "TYPE"]
        if kind not in order or any(later in self.seen for later in order[order.index(kind):]):
            line.fail(f"{kind} out of order")
        self.seen.add(kind)
        if kind == "TYPE":
            if text not in self.types:
                line.fail("an unknown type")
            self.family = Family(name, text, **self.pending)
            self.families[name] = self.family
        elif kind == "HELP":
            help_text = unescape_help(line, text, self.quotes)
            if not help_text:
                line.fail("an empty HELP")
            if self.family is not None:
                self.family.help = help_text
            else:
                self.pending["help"] = help_text
        else:
            if not name.endswith("_" + text):
                line.fail("a unit that does not end the name")
            self.family.unit = text

    def sample(self, line):
        sample = read_sample(line)
        if self.family is None:
            line.fail("a sample without a TYPE")
        self.check_form(line, sample)
        key = (sample.name, sample.labels)
        if key in self.series:
            line.fail("a series twice")
        self.series.add(key)
        self.family.samples.append(sample)

    def check_form(self, line, sample):
        """What the family's type asks of a sample."""
        family, labels = self.family, dict(sample.labels)
        suffixes = [self.suffixes.get(family.type, "")]
        if family.type == "summary":
            suffixes = [""] if "quantile" in labels else ["_sum", "_count"]
            if not 0 <= float(labels.get("quantile", 0)) <= 1:
                line.fail("a quantile that is not between 0 and 1")
        elif family.type == "stateset":
            if family.name not in labels or sample.value not in (0, 1):
                line.fail("no state of the family, or one that is neither 0 nor 1")
        elif family.type == "info" and sample.value != 1:
            line.fail("an info that is not 1")
        if sample.name not in [family.name + suffix for suffix in suffixes]:
            line.fail(f"a sample that is none of the family {family.name}")

    def read(self, lines):
        for number, text in enumerate(lines, 1):
            line = Line(number, text)
            if text.startswith("#"):
                self.metadata(line)
            else:
                self.sample(line)
        for family in self.families.values():
            if not family.samples:
                raise PageError(f"the family {family.name} has no sample")
        return self.families


def lines_of(page):
    if not page.endswith("\n"):
        raise PageError("the page does not end with a line end")
    return page[:-1].split("\n")


def parse_text(page):
    """A page of the text format 0.0.4."""
    if not page:
        return {}
    return Reader(TEXT_TYPES, {}, quotes=False).read(lines_of(page))


def parse_openmetrics(page):
    """A page of OpenMetrics 1.0.0."""
    lines = lines_of(page)
    if lines[-1] != "# EOF":
        raise PageError("the page does not end with # EOF")
    suffixes = {"counter": "_total", "info": "_info"}
    return Reader(OPENMETRICS_TYPES, suffixes, quotes=True).read(lines[:-1])


def without_own(page):
    """The families that come from the target."""
    return {name: family for name, family in page.items() if not name.startswith(OWN)}
