"""Compares two pages as the conformance set defines it: the same set of samples, the same numbers,
the same type of each family; the same HELP where a family has one sample."""

import math


def same_number(left, right):
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right and math.copysign(1, left) == math.copysign(1, right)


def samples_of(page):
    return {(sample.name, sample.labels): sample
            for family in page.values() for sample in family.samples}


def differences(expected, actual):
    """One sentence for each difference; an empty list means equal."""
    found = []
    wanted, got = samples_of(expected), samples_of(actual)
    found += [f"missing: {wanted[key]} {wanted[key].value}" for key in sorted(wanted.keys() - got.keys())]
    found += [f"not expected: {got[key]} {got[key].value}" for key in sorted(got.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & got.keys()):
        if not same_number(wanted[key].value, got[key].value):
            found.append(f"number of {wanted[key]}: expected {wanted[key].value}, got {got[key].value}")
    for name in sorted(expected.keys() & actual.keys()):
        left, right = expected[name], actual[name]
        if left.type != right.type:
            found.append(f"type of {name}: expected {left.type}, got {right.type}")
        if left.unit != right.unit:
            found.append(f"unit of {name}: expected {left.unit}, got {right.unit}")
        if len(left.samples) == 1 and left.help != right.help:
            found.append(f"help of {name}: expected {left.help!r}, got {right.help!r}")
    return found
