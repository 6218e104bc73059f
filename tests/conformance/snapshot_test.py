"""What `test-rules` makes of a snapshot of the reference target is what the peer served of it live.

Five configurations and thirty generated rule files, each page compared as a whole, after one scrape
and after three.
"""

import os
import re
import subprocess

from cases import DATA, recorded

from jmxbridge_testing import ServiceTest, main, program, start_target
from jmxbridge_testing.daemon import JAVA_SETTINGS

SETTINGS = {name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS}


def quoted(text):
    """The text as YAML's double-quoted scalar, in ASCII."""
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}"
                         for c in text) + '"'


def comparable(path):
    """The recorded page without the helps of families that several beans feed: which one is shown
    depends on the order of a hash table."""
    several = {name for name, family in recorded(path).items() if len(family.samples) > 1}
    lines = path.read_bytes().decode("utf-8").split("\n")
    return "\n".join(line for line in lines
                     if not (line.startswith("# HELP ") and line.split(" ")[2] in several))


class SnapshotConformanceTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        target = start_target(cls.shared, "ReferenceTarget")
        cls.snapshot = cls.shared.folder / "reference.json"
        configuration = cls.shared.write("target.yml", f"hostPort: 127.0.0.1:{target.port}\n")
        subprocess.run([program(), "snapshot", f"--config.file={configuration}",
                        f"--output={cls.snapshot}"], check=True, timeout=60, env=SETTINGS)
        target.kill()

    def run_program(self, *arguments):
        return subprocess.run([program(), *arguments], capture_output=True, timeout=60,
                              env=SETTINGS, encoding="utf-8")

    def check_file(self, path, expected):
        with self.subTest(path.stem):
            text = quoted(comparable(expected))
            once, thrice = [self.snapshot.name], [self.snapshot.name] * 3
            tests = self.shared.write(f"{path.stem}-test.yml", "".join([
                f"rule_file: {quoted(str(path))}\ntests:\n",
                *(f"- {{name: {name}, complete: true, snapshots: [{', '.join(snapshots)}],"
                  f" expect: {text}}}\n"
                  for name, snapshots in [("once", once), ("thrice", thrice)])]))
            run = self.run_program("test-rules", tests)
            self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout[:4000])
            self.assertEqual(run.stdout.splitlines()[:2], ["ok      once", "ok      thrice"])
            self.check_explained(path, expected)

    def check_explained(self, path, expected):
        """Each sample of the page is explained, by the rule that made it."""
        run = self.run_program("explain", f"--config.file={path}", f"--snapshot={self.snapshot}")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        made = re.findall(r"(?m)^ {10} rules\[\d+\](?: \(line \d+\))?: \S.* \(\w+\)$", run.stdout)
        samples = sum(len(family.samples) for family in recorded(expected).values())
        self.assertEqual(len(made), samples)

    def test_configurations(self):
        paths = sorted((DATA / "configs").glob("*.yml"))
        self.assertEqual(len(paths), 5)
        for path in paths:
            self.check_file(path, DATA / f"expected/{path.stem}.prom")

    def test_rule_files(self):
        paths = sorted((DATA / "rules").glob("*.yml"))
        self.assertEqual(len(paths), 30)
        for path in paths:
            self.check_file(path, path.with_suffix(".prom"))

    def test_a_page_that_is_not_the_recorded_one_fails(self):
        text = comparable(DATA / "expected/default.prom").replace(" 1.0\n", " 3.0\n", 1)
        tests = self.shared.write("wrong-test.yml", (
            f"rule_file: {quoted(str(DATA / 'configs/default.yml'))}\n"
            f"snapshot: {self.snapshot.name}\n"
            f"tests:\n- {{name: one is wrong, complete: true, expect: {quoted(text)}}}\n"))
        run = self.run_program("test-rules", tests)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"\AFAILED  one is wrong\n    value       \S+: expected 3\.0, "
                                     r"found 1\.0\n\S+: 1 of 1 failed\n\Z")


if __name__ == "__main__":
    main()
