"""The peer's twenty example files give, of MBeans as their services have them, what the peer gave:
every rule that can be the first to match is, and each page is as recorded."""

from cases import (DATA, check, example_configuration, examples, recorded, start_example_target)
from example_beans import NEVER_FIRST, first_rules

from jmxbridge_testing import Daemon, Processes, ServiceTest, main


class ExamplesTest(ServiceTest):
    def test_the_beans_reach_every_rule(self):
        rules = 0
        for path in examples():
            with self.subTest(path.name):
                first, count = first_rules(path)
                self.assertEqual(set(range(1, count + 1)) - first, NEVER_FIRST.get(path.name, set()))
                rules += count
        self.assertEqual((len(examples()), rules), (20, 202))

    def test_the_pages_are_those_of_the_peer(self):
        port = start_example_target(self.processes).port
        for path in examples():
            with Processes() as processes, self.subTest(path.name):
                daemon = Daemon(processes, example_configuration(path, port))
                stem = DATA / "examples" / path.stem
                check(self, daemon, recorded(stem.with_name(path.stem + ".prom")),
                      recorded(stem.with_name(path.stem + ".om")))


if __name__ == "__main__":
    main()
