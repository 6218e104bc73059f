"""The naming that the tests of whole services rely on gives what the peer recorded."""

import math
import pathlib

from default_naming import expected_samples, read_leaves, without_reserved_suffix

from jmxbridge_testing import ServiceTest, main, parse_text

RECORDED = pathlib.Path(__file__).resolve().parents[1] / "data/peer/conformance/expected/default.prom"
# Specification 4.2.1, those that the reference target has.
JVM_DOMAINS = {"com.sun.management", "java.lang", "java.nio", "java.util.logging",
               "jdk.management.jfr"}


class NamingTest(ServiceTest):
    def test_the_reference_target_is_named_as_the_peer_named_it(self):
        target = self.start_target("ReferenceTarget")
        named = expected_samples(read_leaves(target.port), JVM_DOMAINS)
        page = parse_text(RECORDED.read_bytes().decode("utf-8"))
        recorded = {(sample.name, sample.labels): sample.value
                    for family in page.values() for sample in family.samples}
        self.assertEqual(named.keys(), recorded.keys())
        for key, value in recorded.items():
            if not math.isnan(value):
                self.assertEqual(named[key], value, key)

    def test_reserved_suffixes(self):
        for name, expected in {"foo_bucket_total": "foo", "_total": "total", "x_total_info": "x",
                               "Foo_TOTAL": "Foo_TOTAL"}.items():
            self.assertEqual(without_reserved_suffix(name), expected)


if __name__ == "__main__":
    main()
