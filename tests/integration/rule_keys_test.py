"""The keys of rules that the JMX exporter lacks: infos, state sets, summaries, texts as numbers."""

import json
import subprocess
import urllib.parse

from jmxbridge_testing import ServiceTest, eventually, free_port, get, main, without_own

RULES = r"""
includeObjectNames: ['app:*', 'java.lang:type=Runtime']
rules:
  - pattern: 'java.lang<type=Runtime><>VmVersion: (.+)'
    name: jvm_version_info
    type: INFO
    labels: {version: $1}
    help: The version of the virtual machine
  - pattern: 'app<type=Task, name=(\w+)><>State'
    name: task_state
    type: STATESET
    states: [RUNNING, PAUSED, NO, 1]
    labels: {task: $1}
    help: What a task does
  - pattern: 'app<type=Task, name=(\w+)><>Health: (\w+)'
    name: task_health
    value: $2
    map: {ON: 1, NO: 0, yes: 0.5}
    labels: {task: $1}
    type: GAUGE
    help: Whether a task is well
  - pattern: 'app<type=Timer, name=(\w+)><>(\d+)thPercentile'
    name: $1_seconds
    type: SUMMARY
    quantile: "0.$2"
    help: How long it took
  - pattern: 'app<type=Timer, name=(\w+)><>(sum|count)'
    name: $1_seconds_$2
    type: SUMMARY
    help: How long it took
"""
TASK = "app:type=Task,name=t1"


class RuleKeysTest(ServiceTest):
    def start(self):
        self.target = self.start_target(
            "MutableTarget", f"register {TASK} State=string:RUNNING Health=string:ON-since-noon",
            "register app:type=Timer,name=get 50thPercentile=double:0.25 99thPercentile=double:4 "
            "999thPercentile=double:5 sum=double:12.5 count=long:7")
        return self.start_daemon(f"hostPort: 127.0.0.1:{self.target.port}\n{RULES}")

    def states(self, page):
        return {dict(sample.labels)["task_state"]: sample.value
                for sample in page["task_state"].samples}

    def test_the_page_in_both_formats(self):
        daemon = self.start()
        text, openmetrics = daemon.scrape(), daemon.scrape(openmetrics=True)
        self.assertEqual(
            {name: family.type for name, family in without_own(text).items()},
            {"jvm_version_info": "gauge", "task_state": "gauge", "task_health": "gauge",
             "get_seconds": "summary"})
        self.assertEqual(
            {name: family.type for name, family in without_own(openmetrics).items()},
            {"jvm_version": "info", "task_state": "stateset", "task_health": "gauge",
             "get_seconds": "summary"})
        for page in [text, openmetrics]:
            info = page.get("jvm_version") or page["jvm_version_info"]
            self.assertEqual([(sample.name, sample.value) for sample in info.samples],
                             [("jvm_version_info", 1.0)])
            self.assertRegex(dict(info.samples[0].labels)["version"], r"^17\.")
            self.assertEqual(self.states(page), {"RUNNING": 1, "PAUSED": 0, "NO": 0, "1": 0})
            self.assertEqual(self.value(page, "task_health", task="t1"), 1.0)
            self.assertEqual(
                [(sample.name, dict(sample.labels).get("quantile"), sample.value)
                 for sample in page["get_seconds"].samples],
                [("get_seconds", "0.5", 0.25), ("get_seconds", "0.99", 4.0),
                 ("get_seconds", "0.999", 5.0), ("get_seconds_sum", None, 12.5),
                 ("get_seconds_count", None, 7.0)])
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)

    def test_texts_that_change_are_followed(self):
        daemon = self.start()
        daemon.scrape()
        for text, state in [("PAUSED", "PAUSED"), ("NO", "NO"), ("RUNNING", "RUNNING"), ("1", "1")]:
            kind = "long" if text == "1" else "string"
            self.target.command(f"set {TASK} State={kind}:{text}")
            states = self.states(daemon.scrape())
            self.assertEqual(states.pop(state), 1.0)
            self.assertEqual(set(states.values()), {0.0})
        for text, number in [("NO", 0.0), ("yes", 0.5), ("ON", 1.0)]:
            self.target.command(f"set {TASK} Health=string:{text}")
            self.assertEqual(self.value(daemon.scrape(), "task_health", task="t1"), number)
        self.target.command(f"set {TASK} Health=string:off")
        page = daemon.scrape()
        self.assertNotIn("task_health", page)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)

    def test_a_state_that_is_not_listed_is_named_once(self):
        daemon = self.start()
        daemon.scrape()
        for state in ["FAILED", "FAILED", "LOST"]:
            self.target.command(f"set {TASK} State=string:{state}")
            page = daemon.scrape()
            self.assertEqual(set(self.states(page).values()), {0.0})
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        self.target.command(f"set {TASK} State=string:PAUSED")
        self.assertEqual(self.value(daemon.scrape(), "jmx_scrape_error"), 0.0)
        named = [event for event in daemon.events() if "task_state" in event]
        self.assertEqual(len(named), 1, named)
        self.assertIn("because 'FAILED' is none of them", named[0])

    def test_promtool_finds_no_fault(self):
        page = self.start().get("/metrics").text
        lines = [line for line in page.splitlines() if "jmx" not in line.split("{")[0]]
        self.assertIn("get_seconds_count 7.0", lines)
        self.assertEqual(self.promtool(lines), (0, ""))
        status, _ = self.promtool([line.replace('quantile="0.5"', 'quantile="half"') for line in lines])
        self.assertNotEqual(status, 0)

    def promtool(self, lines):
        verdict = subprocess.run(["promtool", "check", "metrics"], input="\n".join(lines) + "\n",
                                 capture_output=True, text=True, timeout=60)
        return verdict.returncode, verdict.stdout + verdict.stderr

    def test_prometheus_takes_each_type_for_what_it_is(self):
        daemon, prometheus = self.start(), free_port()
        configuration = self.processes.write("prometheus.yml", json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{"job_name": "app", "static_configs": [
                {"targets": [f"127.0.0.1:{daemon.port}"]}]}],
        }))
        self.processes.start("prometheus", [
            "prometheus", f"--config.file={configuration}",
            f"--storage.tsdb.path={configuration.parent / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{prometheus}"])

        eventually("Prometheus is ready", lambda: get(prometheus, "/-/ready").status == 200, 60)

        def query(expression):
            found = get(prometheus, f"/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
            return [float(one["value"][1]) for one in json.loads(found.text)["data"]["result"]]

        def metadata():
            found = json.loads(get(prometheus, "/api/v1/metadata").text)["data"]
            return "task_state" in found and found

        # On a busy machine a scrape of one second fails now and then, and the series are gone.
        for expression, number in [('task_state{task_state="RUNNING"}', 1.0), ("count(task_state)", 4.0),
                                   ('get_seconds{quantile="0.99"}', 4.0),
                                   ("get_seconds_sum / get_seconds_count", 12.5 / 7),
                                   ("jvm_version_info", 1.0), ('up{job="app"}', 1.0)]:
            eventually(expression, lambda: query(expression) == [number])
        known = eventually("metadata", metadata, 60)
        self.assertEqual(
            {name: known[name][0]["type"]
             for name in ["jvm_version", "task_state", "task_health", "get_seconds"]},
            {"jvm_version": "info", "task_state": "stateset", "task_health": "gauge",
             "get_seconds": "summary"})


if __name__ == "__main__":
    main()
