"""What a page must hold under the default rule, computed from an independent reading of the target.

`tests/targets/ListAttributes` reads every attribute with an ordinary JMX client; this module names
each number in it by the words of specification 7.3, 7.5, 7.9 and 8.2. It shares no code with the
daemon.
"""

import collections
import json
import re
import subprocess

from jmxbridge_testing import jdk, target_classes

PROPERTY = re.compile(r'([^,=:*?]+)=("(?:[^"\\]|\\.)*"|[^,=:"]*)')
# Specification 4.6.6: read by the client here, never served.
NEVER_SERVED = {"jdk.management.jfr:type=FlightRecorder"}


def read_leaves(port):
    """Every number that the target has, as ListAttributes prints it."""
    run = subprocess.run([jdk().java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                          target_classes(), "ListAttributes", str(port)],
                         capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise AssertionError(f"ListAttributes failed:\n{run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def safe_name(text):
    if text[:1].isdigit() and text[:1].isascii():
        text = "_" + text
    return re.sub("_+", "_", re.sub(r"[^A-Za-z0-9_:]", "_", text))


def without_reserved_suffix(name):
    while match := re.search("_(total|created|bucket|info)$", name):
        if match.start() == 0:
            return match[1]
        name = name[:match.start()]
    return name


def properties_of(leaf):
    """The bean's properties in their own order, then the row's keys; a name that is taken gets
    underscores (5.3.1)."""
    properties = PROPERTY.findall(leaf["properties"])
    taken = {key for key, _ in properties}
    for key, value in zip(leaf["keys"][::2], leaf["keys"][1::2]):
        while key in taken:
            key += "_"
        taken.add(key)
        properties.append((key, value))
    return properties


def expected_samples(leaves, excluded_domains=()):
    """(name, labels) → number, for a configuration without rules."""
    families = collections.defaultdict(list)
    for leaf in leaves:
        bean = f"{leaf['domain']}:{leaf['properties']}"
        if bean in NEVER_SERVED or leaf["domain"] in excluded_domains:
            continue
        properties = properties_of(leaf)
        parts = [leaf["domain"], *(value for _, value in properties[:1]), *leaf["path"],
                 leaf["attribute"]]
        name = without_reserved_suffix(safe_name("_".join(parts)))
        labels = tuple(sorted((safe_name(key), value) for key, value in properties[1:]))
        shown = ", ".join(f"{key}={value}" for key, value in properties)
        match_text = f"{leaf['domain']}<{shown}><{', '.join(leaf['path'])}>{leaf['attribute']}"
        families[name].append((labels, match_text, float(leaf["value"])))
    samples = {}
    for name, members in families.items():
        collide = len({labels for labels, _, _ in members}) < len(members)
        for labels, match_text, value in members:
            if collide:
                labels = tuple(sorted([*labels, ("_objectname", match_text)]))
            if (name, labels) in samples:
                raise AssertionError(f"two numbers for {name} {labels}")
            samples[name, labels] = value
    return samples
