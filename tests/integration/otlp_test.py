"""The push over OTLP (specification section 11): a real target, receivers of both protocols, and what
becomes of receivers that fail."""

import os
import re
import signal
import time

from jmxbridge_testing import (ServiceTest, Silent, eventually, free_port, main, program,
                               start_target)
from jmxbridge_testing.daemon import JAVA_SETTINGS
from jmxbridge_testing.otlp import GrpcReceiver, HttpReceiver, PemAuthority, server_context

# Shorter than a file can say.
OFTEN = {"OTEL_METRIC_EXPORT_INTERVAL": "200"}
RULES = """includeObjectNames: ['shop:*']
rules:
- {pattern: 'shop<type=Orders><>Handled', name: shop_handled_total, type: COUNTER, help: Handled orders.}
- {pattern: 'shop<type=Orders><>Waiting', name: shop_waiting, type: GAUGE, labels: {queue: main}}
- {pattern: 'shop<type=Orders><>State', name: shop_state, type: STATESET, states: [UP, DOWN]}
"""
SECRET = "Bearer s3cret-t0ken"
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class OtlpTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(
            cls.shared, "MutableTarget",
            "register immutable shop:type=Orders Handled=long:5 Waiting=int:7 State=string:UP")
        cls.authority = PemAuthority(cls.shared.folder)

    def setUp(self):
        super().setUp()
        self.target.command("set shop:type=Orders Handled=long:5")

    def configuration(self, url, protocol, **keys):
        more = "".join(f"  {key}: {value}\n" for key, value in keys.items())
        return (f"hostPort: 127.0.0.1:{self.target.port}\n{RULES}openTelemetry:\n"
                f"  endpoint: '{url}'\n  protocol: {protocol}\n  interval: 1\n{more}")

    def start(self, receiver, protocol, environment=None, **keys):
        return self.start_daemon(self.configuration(receiver.url, protocol, **keys),
                                 environment={**OFTEN, **(environment or {})})

    def start_push_only(self, configuration, environment=OFTEN):
        own = {name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS}
        path = self.processes.write("push-only.yml", configuration)
        return self.processes.start("jmxbridge", [program(), path],
                                    environment={**own, **environment})

    def receivers(self):
        """Both kinds, each with the name of its protocol."""
        yield GrpcReceiver(self.processes), "grpc"
        yield self.enterContext(HttpReceiver()), "http/protobuf"

    def outcomes(self, daemon):
        page = daemon.scrape()
        return {outcome: self.value(page, "jmxbridge_otlp_pushes_total", outcome=outcome)
                for outcome in ("success", "partial", "failure")}

    def wait_for_outcome(self, daemon, outcome, count=1):
        return eventually(f"{count} pushes with {outcome}",
                          lambda: self.outcomes(daemon)[outcome] >= count)

    def push_events(self, daemon, levels="info|warn|error"):
        found = re.findall(rf'(?m)^ts=\S+ level=(?:{levels}) msg="(.*)"$', daemon.log())
        return [event for event in found if "pushed" in event]

    def test_a_targets_numbers_arrive_over_both_protocols_and_counters_rise(self):
        for receiver, protocol in self.receivers():
            with self.subTest(protocol):
                self.target.command("set shop:type=Orders Handled=long:5")
                daemon = self.start(receiver, protocol, headers=f"{{Authorization: '{SECRET}'}}",
                                    serviceName="shop", resourceAttributes="{env: test}")
                first = receiver.wait_for_pushes(1)[0]
                self.target.command("set shop:type=Orders Handled=long:8")
                eventually("the counter rises",
                           lambda: receiver.wait_for_pushes(1)[-1].value("shop_handled") == 8)
                later = receiver.wait_for_pushes(1)[-1]

                self.assertEqual(first.headers["authorization"], SECRET)
                resource = first.resource
                self.assertRegex(resource.pop("service.instance.id"), UUID)
                self.assertEqual(resource, {"service.name": "shop", "env": "test"})
                self.assertEqual(first.value("shop_handled"), 5)
                self.assertEqual(first.value("shop_waiting", queue="main"), 7)
                self.assertEqual(first.value("shop_state", shop_state="UP"), 1)
                self.assertEqual(first.value("shop_state", shop_state="DOWN"), 0)
                self.assertEqual(first.value("jmx_scrape_error"), 0)
                self.assertEqual(first.metrics["jmx_scrape_duration"]["unit"], "s")

                handled = first.metrics["shop_handled"]
                self.assertEqual(handled["description"], "Handled orders.")
                self.assertTrue(handled["sum"]["is_monotonic"])
                self.assertEqual(handled["sum"]["aggregation_temporality"],
                                 "AGGREGATION_TEMPORALITY_CUMULATIVE")
                (point,) = handled["sum"]["data_points"]
                (end,) = later.metrics["shop_handled"]["sum"]["data_points"]
                self.assertEqual(point["start_time_unix_nano"], point["time_unix_nano"])
                self.assertEqual(end["start_time_unix_nano"], point["start_time_unix_nano"])
                self.assertGreater(int(end["time_unix_nano"]), int(point["time_unix_nano"]))
                self.assertLess(abs(int(end["time_unix_nano"]) / 1e9 - time.time()), 60)
                build = first.metrics["jmx_exporter_build"]["sum"]
                self.assertNotIn("is_monotonic", build)

                self.assertGreaterEqual(self.outcomes(daemon)["success"], 1)
                self.assertEqual(self.outcomes(daemon)["failure"], 0)
                self.assertNotIn("s3cret", daemon.get("/config").text)
                self.assertNotIn("s3cret", daemon.log())
                self.assertEqual(daemon.events(), [])
                self.assertEqual(len(self.push_events(daemon)), 1)

    def test_the_environment_goes_before_the_file_and_asks_for_compression(self):
        for receiver, protocol in self.receivers():
            with self.subTest(protocol):
                daemon = self.start_daemon(
                    self.configuration("http://127.0.0.1:1", "grpc", preserveNames="true"),
                    environment={**OFTEN,
                                 "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": receiver.url,
                                 "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
                                 "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
                                 "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=a%20b",
                                 "OTEL_RESOURCE_ATTRIBUTES": "zone=z1,service.instance.id=i1",
                                 "OTEL_SERVICE_NAME": "named"})
                push = receiver.wait_for_pushes(1)[0]
                self.assertEqual(push.headers["x-tenant"], "a b")
                self.assertEqual(push.resource, {"service.name": "named", "zone": "z1",
                                                 "service.instance.id": "i1"})
                self.assertEqual(push.value("shop_handled"), 5)
                self.assertIn("jmx_scrape_duration_seconds", push.metrics)
                self.assertIn("jmx_config_reload_success_total", push.metrics)
                if protocol != "grpc":
                    self.assertEqual(push.headers["content-encoding"], "gzip")
                self.assertEqual(daemon.events(), [])

    def test_without_a_port_it_pushes_and_once_more_at_the_end(self):
        receiver = GrpcReceiver(self.processes)
        daemon = self.start_push_only(self.configuration(receiver.url, "grpc").replace(
            "interval: 1", "interval: 3600"), environment={})
        daemon.wait_for_log(r"serves 127\.0\.0\.1")
        self.assertNotIn("Listening", daemon.log())
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)
        (push,) = receiver.wait_for_pushes(1)
        self.assertEqual(push.value("shop_handled"), 5)
        self.assertEqual([name for name in push.metrics if "_http_" in name], [])

    def test_without_a_port_and_without_a_receiver_there_is_nothing_to_do(self):
        daemon = self.start_push_only(f"hostPort: 127.0.0.1:{self.target.port}\n")
        self.assertEqual(daemon.wait(), 1)
        self.assertRegex(daemon.log(), r"push-only\.yml: error: .*add 'openTelemetry")

    def test_a_receiver_that_hangs_does_not_hold_the_end(self):
        with HttpReceiver() as receiver, Silent() as silent:
            receiver.hangs.set()
            for url, protocol in [(receiver.url, "http/protobuf"),
                                  (f"http://127.0.0.1:{silent.port}", "grpc")]:
                with self.subTest(protocol):
                    daemon = self.start_push_only(self.configuration(url, protocol, timeoutSeconds=120))
                    eventually("a push is under way",
                               lambda: receiver.seen if url == receiver.url else silent.accepted)
                    begin = time.monotonic()
                    daemon.signal(signal.SIGTERM)
                    self.assertEqual(daemon.wait(), 0)
                    # The receiver would have two minutes.
                    self.assertLess(time.monotonic() - begin, 60)

    def test_a_receiver_that_is_down_costs_one_line_and_one_when_it_is_back(self):
        port = free_port()
        daemon = self.start_daemon(self.configuration(f"http://127.0.0.1:{port}", "http/protobuf"),
                                   environment=OFTEN)
        self.wait_for_outcome(daemon, "failure", 2)
        self.assertEqual(len(self.push_events(daemon)), 1)
        self.assertRegex(self.push_events(daemon, "warn")[0],
                         rf"cannot be pushed to http://127\.0\.0\.1:{port}/v1/metrics: it cannot be "
                         "reached; start the receiver")
        with HttpReceiver(port=port) as receiver:
            receiver.wait_for_requests(1)
            self.wait_for_outcome(daemon, "success")
            self.assertEqual(len(self.push_events(daemon)), 2)

    def test_a_receiver_that_hangs_is_left_in_time_and_scrapes_go_on(self):
        receiver = GrpcReceiver(self.processes)
        receiver.answer("hang")
        daemon = self.start(receiver, "grpc", timeoutSeconds=1)
        self.wait_for_outcome(daemon, "failure")
        self.assertRegex(self.push_events(daemon)[0], "did not answer in time")
        self.assertEqual(self.value(daemon.scrape(), "shop_waiting", queue="main"), 7)
        receiver.answer("ok")
        self.wait_for_outcome(daemon, "success")

    def test_429_with_retry_after_is_waited_for_and_400_is_not_tried_again(self):
        with HttpReceiver() as receiver:
            receiver.next, receiver.status = [(429, {"Retry-After": "2"})], 400
            daemon = self.start(receiver, "http/protobuf")
            receiver.wait_for_requests(2)
            self.assertGreater(receiver.times[1] - receiver.times[0], 1.9)
            first, second = [body for _, _, body in receiver.seen[:2]]
            self.assertEqual(first, second)
            third = receiver.wait_for_requests(3)[2][2]
            self.assertNotEqual(third, second)
            self.wait_for_outcome(daemon, "failure")
            self.assertRegex(self.push_events(daemon)[-1], "it answers HTTP 400; look at")

    def test_statuses_of_grpc_are_told_apart(self):
        for answer, log, again in [("fail 3 bad name", r"INVALID_ARGUMENT \(bad name\)", False),
                                   ("fail 8 full", r"RESOURCE_EXHAUSTED \(full\)", False),
                                   ("retry 8 1500", None, True), ("fail 14 away", None, True)]:
            with self.subTest(answer):
                receiver = GrpcReceiver(self.processes)
                receiver.answer(answer)
                daemon = self.start(receiver, "grpc")
                pushes = receiver.wait_for_pushes(2)
                self.assertEqual(times_of(pushes[0]) == times_of(pushes[1]), again)
                if log:
                    self.assertRegex(self.push_events(daemon)[-1], log)
                daemon.kill()

    def test_what_a_receiver_leaves_out_is_told_and_counted(self):
        receiver = GrpcReceiver(self.processes)
        receiver.answer(f"partial 3 no {SECRET} here")
        daemon = self.start(receiver, "grpc", headers=f"{{authorization: '{SECRET}'}}")
        self.wait_for_outcome(daemon, "partial", 2)
        (event,) = self.push_events(daemon)
        self.assertRegex(event, r"it left out 3 points \(no <secret> here\)")
        self.assertNotIn("s3cret", daemon.log())

    def test_a_web_server_in_the_place_of_a_receiver_is_named(self):
        with HttpReceiver() as receiver:
            daemon = self.start(receiver, "grpc", timeoutSeconds=1)
            self.wait_for_outcome(daemon, "failure")
            self.assertRegex(self.push_events(daemon)[0],
                             "check openTelemetry.endpoint and openTelemetry.protocol|did not answer")
        grpc = GrpcReceiver(self.processes)
        daemon = self.start(grpc, "http/protobuf", timeoutSeconds=1)
        self.wait_for_outcome(daemon, "failure")
        self.assertEqual(len(self.push_events(daemon)), 1)

    def test_tls_with_certificates_on_both_sides(self):
        certificate, key = self.authority.issue("receiver")
        client, client_key = self.authority.issue("client")
        trusted = {"OTEL_EXPORTER_OTLP_CERTIFICATE": str(self.authority.certificate)}
        with_client = {**trusted, "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": str(client),
                       "OTEL_EXPORTER_OTLP_CLIENT_KEY": str(client_key)}
        context = server_context(certificate, key, self.authority.certificate)
        grpc = GrpcReceiver(self.processes, certificate, key, self.authority.certificate)
        web = self.enterContext(HttpReceiver(context))
        for receiver, protocol in [(grpc, "grpc"), (web, "http/protobuf")]:
            with self.subTest(protocol):
                daemon = self.start(receiver, protocol, environment=with_client)
                # On one connection, which is kept.
                push = receiver.wait_for_pushes(2)[1]
                self.assertEqual(push.value("shop_handled"), 5)
                self.assertEqual(daemon.events(), [])
                daemon.kill()
        daemon = self.start(web, "http/protobuf", environment=trusted, timeoutSeconds=1)
        self.wait_for_outcome(daemon, "failure")
        self.assertEqual(len(self.push_events(daemon)), 1)

    def test_tls_trusts_the_named_authority_alone(self):
        receiver = GrpcReceiver(self.processes, *self.authority.issue("receiver"))
        stranger = PemAuthority(self.processes.folder, "stranger")
        name = "OTEL_EXPORTER_OTLP_CERTIFICATE"
        pipe = self.processes.folder / "pipe"
        os.mkfifo(pipe)
        text = self.processes.write("text.pem", "no certificate\n")
        for environment, log in [({name: str(stranger.certificate)}, "certificate is not trusted"),
                                 ({}, "certificate is not trusted"),
                                 ({name: str(text)}, "not readable PEM"),
                                 ({name: "/no/such.pem"}, f"{name} cannot be used; .*does not exist"),
                                 ({name: str(pipe)}, f"{name} cannot be used; .*this is a pipe")]:
            with self.subTest(environment):
                daemon = self.start(receiver, "grpc", environment=environment)
                self.wait_for_outcome(daemon, "failure")
                self.assertRegex(self.push_events(daemon)[0], log)
                daemon.kill()
        self.assertEqual(receiver.pushes(), [])

    def test_a_reload_swaps_the_receiver_and_can_end_the_push(self):
        first, second = [self.enterContext(HttpReceiver()) for _ in range(2)]
        daemon = self.start(first, "http/protobuf")
        first.wait_for_requests(1)
        self.assertTrue(daemon.reload(self.configuration(second.url, "http/protobuf")))
        second.wait_for_requests(1)

        # One that was under way may still come.
        def is_left():
            old = len(first.seen)
            second.wait_for_requests(len(second.seen) + 2)
            return len(first.seen) == old

        eventually("the first is left", is_left)
        silent = self.configuration(second.url, "http/protobuf").split("openTelemetry")[0]
        self.assertTrue(daemon.reload(silent))
        daemon.wait_for_log("Metrics are not pushed any more")
        self.assert_absent(daemon.scrape(), "jmxbridge_otlp_pushes_total", outcome="success")
        daemon.write(silent + "openTelemetry: {protocol: x}\n")
        answer = daemon.get("/-/reload", method="POST")
        self.assertEqual(answer.status, 500)
        self.assertIn("openTelemetry.protocol: found 'x'; write grpc or http/protobuf", answer.text)

    def test_a_large_push_arrives_whole_in_several_requests(self):
        target = self.start_target("MutableTarget", heap="128m")
        target.command(f"fill 4000 {'long' * 150}")
        for receiver, protocol in self.receivers():
            with self.subTest(protocol):
                daemon = self.start_daemon(
                    f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['fill:*']\n"
                    f"openTelemetry: {{endpoint: '{receiver.url}', protocol: {protocol}}}\n",
                    environment={"OTEL_METRIC_EXPORT_INTERVAL": "1000"})
                self.wait_for_outcome(daemon, "success")
                pushes = receiver.wait_for_pushes(2)[:2]
                self.assertEqual(len({times_of(push, "fill_Fill_Value") for push in pushes}), 1)
                numbers = [int(point["as_double"]) for push in pushes
                           for point in push.points("fill_Fill_Value").values()]
                self.assertEqual(sorted(numbers), list(range(4000)))
                daemon.kill()

    def test_a_target_that_is_down_is_pushed_as_down(self):
        receiver = GrpcReceiver(self.processes)
        self.start_push_only(self.configuration(receiver.url, "grpc").replace(
            f"127.0.0.1:{self.target.port}", f"127.0.0.1:{free_port()}"))
        push = receiver.wait_for_pushes(1)[0]
        self.assertEqual(push.value("jmx_up"), 0)
        self.assertNotIn("shop_handled", push.metrics)


def times_of(push, name="jmx_up"):
    (time,) = {point["time_unix_nano"] for point in push.points(name).values()}
    return time


if __name__ == "__main__":
    main()
