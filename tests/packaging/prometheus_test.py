"""A real Prometheus reads the order service through the daemon."""

import contextlib
import functools
import hashlib
import http.client
import json
import subprocess
import urllib.parse

from as_a_user import UserTest, samples
from jmxbridge_testing import eventually, free_port, get, main, program
from jmxbridge_testing.certificates import PASSWORD, Authority

# Two scrapes and a busy machine lie between a cause and what a query shows of it.
soon = functools.partial(eventually, seconds=60)


class PrometheusTest(UserTest):
    def start_prometheus(self, target_port, *flags, **scrape):
        """`scrape` are further keys of the scrape configuration."""
        self.prometheus = free_port()
        configuration = self.processes.write("prometheus.yml", json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{"job_name": "shop", "static_configs": [
                {"targets": [f"127.0.0.1:{target_port}"]}], **scrape}],
        }))
        self.processes.start("prometheus", [
            "prometheus", f"--config.file={configuration}",
            f"--storage.tsdb.path={self.folder / f'tsdb-{self.prometheus}'}",
            f"--web.listen-address=127.0.0.1:{self.prometheus}", *flags])
        soon("Prometheus is ready", lambda: get(self.prometheus, "/-/ready").status == 200)

    def ask(self, path, **parameters):
        answer = get(self.prometheus, f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        self.assertEqual(answer.status, 200, answer.text)
        return json.loads(answer.text)["data"]

    def query(self, expression):
        """The numbers of the series that the expression gives now."""
        return [float(series["value"][1])
                for series in self.ask("query", query=expression)["result"]]

    def expect(self, condition):
        """On a busy machine a scrape of one second fails now and then, and the series is gone."""
        soon(condition, lambda: self.query(condition))

    def test_the_services_counter_and_closure_arrive(self):
        jmx_port, orders = self.start_order_service()
        self.start_prometheus(self.start_bridge(jmx_port))

        first = soon("the counter", lambda: self.query("shop_orders_handled_total"))[0]
        soon("a higher counter", lambda: self.query(f"shop_orders_handled_total > {first}"))
        soon("a rate", lambda: self.query("rate(shop_orders_handled_total[1m]) > 0"))
        self.expect('up{job="shop"} == 1')
        self.expect('jmx_up{job="shop"} == 1')
        self.expect('jvm_memory_pool_used_bytes{pool="Metaspace"} > 0')
        metadata = soon("metadata", lambda: self.ask("metadata"))
        # Prometheus asks for OpenMetrics, which names a counter without its suffix.
        self.assertEqual(metadata["shop_orders_handled"][0]["type"], "counter")
        self.assertEqual(metadata["shop_orders_waiting"][0]["type"], "gauge")

        # The closure looks at the queue at the moment of the scrape, so a flood must show.
        # It works off thirty orders a second, whatever the machine takes for these.
        def flooded():
            with contextlib.closing(http.client.HTTPConnection(
                    urllib.parse.urlsplit(orders).netloc, timeout=60)) as connection:
                for _ in range(200):
                    connection.request("POST", "/orders", b"tea")
                    answer = connection.getresponse()
                    answer.read()
                    self.assertIn(answer.status, (202, 503))
            return self.query("shop_orders_waiting > 100")

        soon("a long queue", flooded)

    def test_a_prometheus_that_asks_for_protobuf_sees_the_same(self):
        jmx_port, _ = self.start_order_service()
        bridge = self.start_bridge(jmx_port)
        # With this feature Prometheus wants protobuf before all else.
        self.start_prometheus(bridge, "--enable-feature=native-histograms")
        first = soon("the counter", lambda: self.query("shop_orders_handled_total"))[0]
        soon("a higher counter", lambda: self.query(f"shop_orders_handled_total > {first}"))
        self.expect('up{job="shop"} == 1')
        self.expect('jvm_memory_pool_used_bytes{pool="Metaspace"} > 0')
        self.expect('jmx_exporter_build_info{name="jmxbridge"} == 1')
        metadata = soon("metadata", lambda: self.ask("metadata"))
        # In protobuf a family is named as its series are.
        self.assertEqual(metadata["shop_orders_handled_total"][0]["type"], "counter")
        self.assertNotIn("shop_orders_handled", metadata)
        self.assertEqual(metadata["jmxbridge_build_info"][0]["type"], "gauge")
        # Prometheus takes in every sample that the page has; a young JVM's page still grows.
        soon("every sample", lambda: self.query("scrape_samples_scraped")
             == [float(len(samples(get(bridge, "/metrics").text)))])

    def test_over_tls_with_a_password_in_both_formats(self):
        authority = Authority(self.folder)
        server, client = authority.store("server"), authority.store("prometheus", hosts="dns:p")
        derived = hashlib.pbkdf2_hmac("sha512", b"open sesame", b"pepper", 210000, 64).hex()
        jmx_port, _ = self.start_order_service()
        port = free_port()
        configuration = self.processes.write("jmxbridge.yml", f"""
            hostPort: 127.0.0.1:{jmx_port}
            rules: [{{pattern: .*}}]
            httpServer:
              authentication:
                basic: {{username: prom, algorithm: PBKDF2WithHmacSHA512, salt: pepper,
                  keyLength: 512, passwordHash: "{derived}"}}
              ssl:
                keyStore: {{filename: "{server}", type: PKCS12, password: {PASSWORD}}}
                mutualTLS: true
                trustStore: {{filename: "{authority.trust}", type: PKCS12, password: {PASSWORD}}}
            """)
        self.processes.start("jmxbridge", [
            program(), f"--config.file={configuration}", f"--web.listen-address=127.0.0.1:{port}",
        ]).wait_for_log(r"jmxbridge \S+ serves ")
        shown = self.folder / "prometheus.pem"
        subprocess.run(["openssl", "pkcs12", "-in", client, "-passin", f"pass:{PASSWORD}", "-nodes",
                        "-out", shown], check=True, capture_output=True, timeout=60)
        scrape = {
            "scheme": "https",
            "basic_auth": {"username": "prom", "password": "open sesame"},
            "tls_config": {"ca_file": str(authority.certificate), "cert_file": str(shown),
                           "key_file": str(shown)}}
        # What a family is called in the metadata tells the format that it came in.
        for flags, name in [((), "jmx_config_reload_success"),
                            (("--enable-feature=native-histograms",),
                             "jmx_config_reload_success_total")]:
            self.start_prometheus(port, *flags, **scrape)
            soon("a scrape", lambda: self.query("jmx_up == 1"))
            self.expect('up{job="shop"} == 1')
            self.expect("java_lang_Threading_ThreadAllocatedMemoryEnabled == 1")
            self.expect("jmxbridge_http_unauthorized_total == 0")
            metadata = soon("metadata", lambda: self.ask("metadata"))
            self.assertEqual(metadata[name][0]["type"], "counter")

    def test_a_service_that_is_gone_shows_in_jmx_up(self):
        self.start_prometheus(self.start_bridge(free_port()))
        self.expect("jmx_up == 0")
        self.expect('up{job="shop"} == 1')

    def test_promtool_approves_of_the_names_that_are_our_own(self):
        jmx_port, _ = self.start_order_service()
        page = get(self.start_bridge(jmx_port), "/metrics").text
        self.assertEqual(samples(page)["jmx_up"], 1.0)
        own = [line for line in page.splitlines()
               if line.removeprefix("# HELP ").removeprefix("# TYPE ")
               .startswith(("jmxbridge_", "jmx_up"))]
        self.assertGreater(len(own), 30)
        self.assertEqual(self.promtool(own), (0, ""))
        # The same way with a name that breaks the rules, so that the check is known to judge.
        status, finding = self.promtool(["# HELP jmxbridge_Bad x", "# TYPE jmxbridge_Bad counter",
                                         "jmxbridge_Bad 1"])
        self.assertNotEqual(status, 0)
        self.assertIn("jmxbridge_Bad", finding)

    def promtool(self, lines):
        verdict = subprocess.run(["promtool", "check", "metrics"], input="\n".join(lines) + "\n",
                                 capture_output=True, text=True, timeout=60)
        return verdict.returncode, verdict.stdout + verdict.stderr


if __name__ == "__main__":
    main()
