"""The peer's twenty example files give, of MBeans as their services have them, what the peer gave:
every rule that can be the first to match is, and each page is as recorded."""

from cases import DATA, LaneTest, example_configuration, examples, recorded, start_example_target
from example_beans import NEVER_FIRST, first_rules

from jmxbridge_testing import main


class ExamplesTest(LaneTest):
    @classmethod
    def start_target(cls):
        return start_example_target(cls.shared)

    def test_the_beans_reach_every_rule(self):
        rules = 0
        for path in examples():
            with self.subTest(path.name):
                first, count = first_rules(path)
                self.assertEqual(set(range(1, count + 1)) - first, NEVER_FIRST.get(path.name, set()))
                rules += count
        self.assertEqual((len(examples()), rules), (20, 202))

    def test_the_pages_are_those_of_the_peer(self):
        for path in examples():
            stem = DATA / "examples" / path.stem
            self.check_lanes(path.name, example_configuration(path, self.target.port),
                             recorded(stem.with_name(path.stem + ".prom")),
                             recorded(stem.with_name(path.stem + ".om")))


if __name__ == "__main__":
    main()
