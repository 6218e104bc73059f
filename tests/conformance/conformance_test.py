"""What the daemon serves of the reference target is what the peer served of it.

Five configurations in text and OpenMetrics, thirty generated rule files in text; three scrapes each.
"""

from cases import DATA, check, configuration, recorded

from jmxbridge_testing import Daemon, Processes, ServiceTest, main, start_target


class ConformanceTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "ReferenceTarget")

    def check_file(self, path, expected_text, expected_openmetrics=None):
        with Processes() as processes, self.subTest(path.stem):
            daemon = Daemon(processes, configuration(path, self.target.port))
            check(self, daemon, expected_text, expected_openmetrics)

    def test_configurations(self):
        paths = sorted((DATA / "configs").glob("*.yml"))
        self.assertEqual(len(paths), 5)
        for path in paths:
            self.check_file(path, recorded(DATA / f"expected/{path.stem}.prom"),
                            recorded(DATA / f"expected/{path.stem}.om"))

    def test_rule_files(self):
        paths = sorted((DATA / "rules").glob("*.yml"))
        self.assertEqual(len(paths), 30)
        for path in paths:
            self.check_file(path, recorded(path.with_suffix(".prom")))


if __name__ == "__main__":
    main()
