"""The recorded pages of the peer, and the comparison of the daemon's pages with them."""

import pathlib

from jmxbridge_testing import differences, parse_openmetrics, parse_text, without_own

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/peer/conformance"
SCRAPES = 3


def recorded(path):
    text = path.read_bytes().decode("utf-8")
    return (parse_openmetrics if path.suffix == ".om" else parse_text)(text)


def configuration(path, port):
    return path.read_text(encoding="utf-8").replace("@PORT@", str(port))


def check(test, daemon, expected_text, expected_openmetrics=None):
    """Three scrapes in each format, all equal to what the peer answered."""
    for scrape in range(1, SCRAPES + 1):
        forms = [("text", expected_text, False)]
        if expected_openmetrics is not None:
            forms.append(("OpenMetrics", expected_openmetrics, True))
        for form, expected, openmetrics in forms:
            page = daemon.scrape(openmetrics=openmetrics)
            test.assertEqual(test.value(page, "jmx_up"), 1.0)
            test.assertEqual(test.value(page, "jmx_scrape_error"), 0.0)
            found = differences(expected, without_own(page))
            if found:
                test.fail(f"scrape {scrape}, {form}: {len(found)} differences\n  " + "\n  ".join(found))
