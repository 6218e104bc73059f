"""A strict reader of pages in protobuf, io.prometheus.client.MetricFamily behind its length each.

It knows the field numbers of the public schema and nothing of the daemon's writer. What it gives
has the shape of the readers of text: family name → Family.
"""

import dataclasses
import struct

from .exposition import Family, PageError, Sample

TYPES = {0: "counter", 1: "gauge", 2: "summary", 3: "untyped"}
VALUE_FIELDS = {"gauge": 2, "counter": 3, "summary": 4, "untyped": 5}
VARINT, FIXED64, DELIMITED = 0, 1, 2


@dataclasses.dataclass
class ProtobufFamily(Family):
    created: list = dataclasses.field(default_factory=list)  # seconds since 1970, or None


def take_varint(data, at):
    number = 0
    for count in range(10):
        if at == len(data):
            raise PageError("a varint is cut off")
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            if number >> 64:
                raise PageError("a varint of more than 64 bits")
            return number, at
    raise PageError("a varint of more than ten bytes")


def take_delimited(data, at):
    size, at = take_varint(data, at)
    if at + size > len(data):
        raise PageError("a message is cut off")
    return data[at:at + size], at + size


def fields(data):
    """Field number → its values; the wire type must be one that the schema has."""
    found, at = {}, 0
    while at < len(data):
        key, at = take_varint(data, at)
        if key & 7 == VARINT:
            value, at = take_varint(data, at)
        elif key & 7 == FIXED64:
            if at + 8 > len(data):
                raise PageError("a number is cut off")
            (value,), at = struct.unpack_from("<d", data, at), at + 8
        elif key & 7 == DELIMITED:
            value, at = take_delimited(data, at)
        else:
            raise PageError(f"wire type {key & 7}")
        found.setdefault(key >> 3, []).append(value)
    return found


def one(message, number, kind):
    """The value of a field that must stand once."""
    values = message.pop(number, [])
    if len(values) != 1 or not isinstance(values[0], kind):
        raise PageError(f"field {number}: {values!r}")
    return values[0]


def nothing_left(message, what):
    if message:
        raise PageError(f"{what} with the unknown fields {sorted(message)}")


def read_labels(metric):
    labels = []
    for pair in metric.pop(1, []):
        pair = fields(pair)
        labels.append((one(pair, 1, bytes).decode(), one(pair, 2, bytes).decode()))
        nothing_left(pair, "a label")
    if labels != sorted(set(labels)):
        raise PageError(f"labels out of order or twice: {labels}")
    return tuple(labels)


def read_summary(summary, labels, family):
    """As the samples that text has for it."""
    for quantile in summary.pop(3, []):
        quantile = fields(quantile)
        text = repr(one(quantile, 1, float))
        family.samples.append(Sample(family.name, tuple(sorted([*labels, ("quantile", text)])),
                                     one(quantile, 2, float)))
        nothing_left(quantile, "a quantile")
    for number, suffix, kind in [(2, "_sum", float), (1, "_count", int)]:
        if number in summary:
            family.samples.append(Sample(family.name + suffix, labels,
                                         float(one(summary, number, kind))))
    nothing_left(summary, "a summary")


def read_metric(data, family):
    metric = fields(data)
    labels = read_labels(metric)
    value = fields(one(metric, VALUE_FIELDS[family.type], bytes))
    nothing_left(metric, "a metric")
    if family.type == "summary":
        read_summary(value, labels, family)
        return
    family.samples.append(Sample(family.name, labels, one(value, 1, float)))
    created = value.pop(3, None) if family.type == "counter" else None
    nothing_left(value, "a value")
    if created is not None:
        stamp = fields(created[0])
        family.created.append(one(stamp, 1, int) + stamp.pop(2, [0])[0] / 1e9)
        nothing_left(stamp, "a timestamp")
    else:
        family.created.append(None)


def parse_protobuf(page):
    """The families of a page. A help without text is none, as text has no line for it."""
    families, at = {}, 0
    while at < len(page):
        data, at = take_delimited(page, at)
        message = fields(data)
        name = one(message, 1, bytes).decode()
        help_text = one(message, 2, bytes).decode() or None
        family = ProtobufFamily(name, TYPES[one(message, 3, int)], help_text)
        if name in families:
            raise PageError(f"{name}: twice")
        for metric in message.pop(4, []):
            read_metric(metric, family)
        nothing_left(message, name)
        if not family.samples or len({str(sample) for sample in family.samples}) < len(family.samples):
            raise PageError(f"{name}: no samples, or one twice")
        families[name] = family
    return families
