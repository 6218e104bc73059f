"""What the daemon serves of the reference target is what the peer served of it, over either lane.

Five configurations in text and OpenMetrics, thirty generated rule files in text; three scrapes each.
"""

from cases import DATA, LaneTest, configuration, recorded

from jmxbridge_testing import main, start_target


class ConformanceTest(LaneTest):
    @classmethod
    def start_target(cls):
        return start_target(cls.shared, "ReferenceTarget")

    def test_configurations(self):
        paths = sorted((DATA / "configs").glob("*.yml"))
        self.assertEqual(len(paths), 5)
        for path in paths:
            self.check_lanes(path.stem, configuration(path, self.target.port),
                             recorded(DATA / f"expected/{path.stem}.prom"),
                             recorded(DATA / f"expected/{path.stem}.om"))

    def test_rule_files(self):
        paths = sorted((DATA / "rules").glob("*.yml"))
        self.assertEqual(len(paths), 30)
        for path in paths:
            self.check_lanes(path.stem, configuration(path, self.target.port),
                             recorded(path.with_suffix(".prom")))


if __name__ == "__main__":
    main()
