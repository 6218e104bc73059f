"""The tests' own tools: the page readers refuse what the formats forbid, the comparison sees every
kind of difference, and programs end with their test."""

import os
import unittest

from jmxbridge_testing import (PageError, Processes, TestTimeout, differences, jdk, main,
                               parse_openmetrics, parse_text, without_own)

TEXT = '''# HELP a_total Counted \\\\ by\\na line "as it is"
# TYPE a_total counter
a_total{x="1"} 1.0
a_total{x="\\\\ \\" \\n"} 2.5E10
# TYPE b untyped
b{"k:1"="é",z="v"} NaN
b -Inf
'''
OPENMETRICS = '''# TYPE a counter
# HELP a With \\"quotes\\"
a_total{x="1"} 1.0
# TYPE b_seconds gauge
# UNIT b_seconds seconds
b_seconds 0.5
# EOF
'''


class ReaderTest(unittest.TestCase):
    def test_a_text_page_is_read_with_its_escapes(self):
        page = parse_text(TEXT)
        self.assertEqual(page["a_total"].help, 'Counted \\ by\na line "as it is"')
        self.assertEqual(page["a_total"].type, "counter")
        self.assertEqual(page["a_total"].samples[1].labels, (("x", '\\ " \n'),))
        self.assertEqual(page["a_total"].samples[1].value, 2.5e10)
        self.assertEqual(page["b"].samples[0].labels, (("k:1", "é"), ("z", "v")))

    def test_an_openmetrics_page_is_read_with_its_unit(self):
        page = parse_openmetrics(OPENMETRICS)
        self.assertEqual(page["a"].help, 'With "quotes"')
        self.assertEqual(page["a"].samples[0].name, "a_total")
        self.assertEqual(page["b_seconds"].unit, "seconds")

    def test_what_the_text_format_forbids_is_refused(self):
        bad = {
            "no line end": "# TYPE a gauge\na 1",
            "an empty line": "# TYPE a gauge\n\na 1\n",
            "no TYPE": "a 1\n",
            "TYPE before HELP": "# TYPE a gauge\n# HELP a b\na 1\n",
            "an unknown type": "# TYPE a unknown\na 1\n",
            "a series twice": "# TYPE a gauge\na 1\na 2\n",
            "a family twice": "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x=\"1\"} 1\n",
            "another family's sample": "# TYPE a gauge\nb 1\n",
            "a family without samples": "# TYPE a gauge\n# TYPE b gauge\nb 1\n",
            "empty braces": "# TYPE a gauge\na{} 1\n",
            "a trailing comma": "# TYPE a gauge\na{x=\"1\",} 1\n",
            "labels out of order": "# TYPE a gauge\na{y=\"1\",x=\"1\"} 1\n",
            "a label twice": "# TYPE a gauge\na{x=\"1\",x=\"1\"} 1\n",
            "an unknown escape": "# TYPE a gauge\na{x=\"\\t\"} 1\n",
            "an open label": "# TYPE a gauge\na{x=\"1} 1\n",
            "quotes without need": "# TYPE a gauge\na{\"x\"=\"1\"} 1\n",
            "a number of another language": "# TYPE a gauge\na nan\n",
            "a timestamp": "# TYPE a gauge\na 1 5\n",
            "an EOF": "# TYPE a gauge\na 1\n# EOF\n",
            "an empty HELP": "# HELP a \n# TYPE a gauge\na 1\n",
            "a summary's plain sample": "# TYPE a summary\na 1\n",
            "a quantile that is none": "# TYPE a summary\na{quantile=\"2\"} 1\n",
            "a quantile of a sum": "# TYPE a summary\na_sum{quantile=\"0.5\"} 1\n",
        }
        for name, page in bad.items():
            with self.subTest(name), self.assertRaises(PageError):
                parse_text(page)

    def test_what_openmetrics_forbids_is_refused(self):
        bad = {
            "no EOF": "# TYPE a gauge\na 1\n",
            "HELP before TYPE": "# HELP a b\n# TYPE a gauge\na 1\n# EOF\n",
            "a counter without _total": "# TYPE a counter\na 1\n# EOF\n",
            "untyped": "# TYPE a untyped\na 1\n# EOF\n",
            "a unit that is no suffix": "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
            "a bare quote in HELP": "# TYPE a gauge\n# HELP a \"b\"\na 1\n# EOF\n",
            "lines behind the EOF": "# EOF\n# EOF\n",
            "an info that is not 1": "# TYPE a info\na_info 2\n# EOF\n",
            "a state without its label": "# TYPE a stateset\na{b=\"x\"} 1\n# EOF\n",
            "a state that is half on": "# TYPE a stateset\na{a=\"x\"} 0.5\n# EOF\n",
        }
        for name, page in bad.items():
            with self.subTest(name), self.assertRaises(PageError):
                parse_openmetrics(page)


class ComparisonTest(unittest.TestCase):
    def setUp(self):
        self.page = parse_text('# HELP a h\n# TYPE a gauge\na 1\n# TYPE b gauge\nb{x="1"} NaN\nb{x="2"} 0.0\n')

    def assert_difference(self, text, *words):
        found = differences(self.page, parse_text(text))
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_equal_pages_have_none(self):
        again = parse_text('# HELP b free\n# TYPE b gauge\nb{x="2"} 0\nb{x="1"} NaN\n# HELP a h\n# TYPE a gauge\na 1.0\n')
        self.assertEqual(differences(self.page, again), [])

    def test_each_kind_is_named(self):
        rest = '# TYPE b gauge\nb{x="1"} NaN\nb{x="2"} 0.0\n'
        a = "# HELP a h\n# TYPE a gauge\na 1\n"
        self.assert_difference(a + '# TYPE b gauge\nb{x="1"} NaN\n', "missing", "b{x='2'}")
        self.assert_difference(a + rest + "# TYPE c gauge\nc 1\n", "not expected", "c{}")
        self.assert_difference("# HELP a h\n# TYPE a gauge\na 2\n" + rest, "number", "1.0", "2.0")
        self.assert_difference("# HELP a h\n# TYPE a counter\na 1\n" + rest, "type of a")
        self.assert_difference("# HELP a x\n# TYPE a gauge\na 1\n" + rest, "help of a")
        self.assert_difference(a + '# TYPE b gauge\nb{x="1"} 1\nb{x="2"} 0.0\n', "number", "nan")
        self.assert_difference(a + '# TYPE b gauge\nb{x="1"} NaN\nb{x="2"} -0.0\n', "number", "-0.0")

    def test_own_families_are_left_out(self):
        page = parse_text("# TYPE jmx_up gauge\njmx_up 1\n# TYPE jmxbridge_x gauge\njmxbridge_x 1\n# TYPE a gauge\na 1\n")
        self.assertEqual(list(without_own(page)), ["a"])


class ProcessesTest(unittest.TestCase):
    def test_programs_end_with_their_test_even_if_they_refuse(self):
        with Processes() as processes:
            stubborn = processes.start("sh", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"])
            stubborn.wait_for_log("up")
            stubborn.patience = 0.2
            folder, pid = processes.folder, stubborn.pid
        self.assertFalse(folder.exists())
        self.assertFalse(os.path.exists(f"/proc/{pid}"))

    def test_waiting_has_an_end(self):
        with Processes() as processes:
            sleeper = processes.start("sleep", ["sleep", "60"])
            with self.assertRaises(TestTimeout):
                sleeper.wait_for_log("never", seconds=0.2)
            with self.assertRaises(TestTimeout):
                sleeper.wait(0.2)

    def test_a_program_that_ends_is_not_waited_for(self):
        with Processes() as processes:
            process = processes.start("false", ["false"])
            with self.assertRaisesRegex(TestTimeout, "ended with 1"):
                process.wait_for_log("never", seconds=60)

    def test_there_is_a_jdk_17(self):
        self.assertEqual(jdk(17).version, 17)


if __name__ == "__main__":
    main()
