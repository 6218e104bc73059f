"""ZooKeeper, Tomcat and ActiveMQ, as Debian ships them: served whole with a configuration of one line,
and with the peer's example file for each, while somebody uses them."""

import re

from served_whole import ServedWholeTest

from jmxbridge_testing import (LanePair, differences, eventually, get, main, parse_openmetrics, parse_text,
                               without_own)
from jmxbridge_testing.services import (example_file, send_stomp, start_activemq, start_tomcat,
                                        start_zookeeper, zookeeper_commands)


class ExampleFileTest(ServedWholeTest):
    def start_with_example(self, name, service, change=lambda text: text):
        """Two daemons, one for each lane; for the end of the test, when there is most to see."""
        self.daemons = LanePair(self.processes, change(example_file(name, service.jmx_port)))
        return self.daemons.fast

    def scrape(self, daemon):
        """A page without failures; the same in both formats by the names of its families."""
        page = daemon.scrape()
        self.assertEqual(self.value(page, "jmx_up"), 1.0)
        self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
        openmetrics = daemon.scrape(openmetrics=True)
        suffixed = {family.name + ("_total" if family.type == "counter" else "")
                    for family in without_own(openmetrics).values()}
        self.assertEqual(suffixed, set(without_own(page)))
        return page

    def assert_family(self, page, name, kind, help_text=None):
        self.assertEqual(page[name].type, kind)
        if help_text is not None:
            self.assertEqual(page[name].help, help_text)


class ZooKeeperTest(ExampleFileTest):
    def test_it_is_served_whole(self):
        service = start_zookeeper(self.processes)
        daemon = self.check_whole(service.jmx_port, "org_apache_ZooKeeperService_", 200, 30)
        # ZooKeeper names its server after its client port.
        ticks = daemon.scrape()[
            f"org_apache_ZooKeeperService_StandaloneServer_port{service.port}_TickTime"]
        self.assertEqual([sample.value for sample in ticks.samples], [2000.0])

    def test_its_example_file_counts_what_a_client_does(self):
        service = start_zookeeper(self.processes)
        daemon = self.start_with_example("zookeeper.yaml", service)
        before = self.scrape(daemon)
        zookeeper_commands(service, ["create /a x", "create /b y", "create /a/c z"])
        after = self.scrape(daemon)
        self.assertEqual(self.value(after, "zookeeper_NodeCount") - self.value(before, "zookeeper_NodeCount"), 3.0)
        for name in ["zookeeper_PacketsReceived", "zookeeper_PacketsSent"]:
            self.assertGreaterEqual(self.value(after, name) - self.value(before, name), 4.0)
        self.assertEqual(self.value(after, "zookeeper_TickTime"), 2000.0)
        self.assertEqual(self.value(after, "zookeeper_MaxClientCnxnsPerHost"), 60.0)
        for name in without_own(after):
            self.assertTrue(name.startswith("zookeeper_"), name)
            self.assert_family(after, name, "gauge")
        self.daemons.assert_agree(self)


class TomcatTest(ExampleFileTest):
    def test_it_is_served_whole(self):
        service = start_tomcat(self.processes)
        daemon = self.check_whole(service.jmx_port, "Catalina_", 400, 150, ("Catalina_", "Users_"))
        # The same page in both formats: what does not move is equal.
        text = daemon.get("/metrics").text
        openmetrics = daemon.get("/metrics", headers={"Accept": "application/openmetrics-text"}).text
        still = [{name: family for name, family in read.items() if name.startswith("Catalina_ThreadPool_")}
                 for read in (parse_text(text), parse_openmetrics(openmetrics))]
        self.assertGreater(len(still[0]), 20)
        for family in still[0].values():
            self.assertEqual(family.type, "untyped")
            family.type = "unknown"
        self.assertEqual(differences(*still), [])

    def test_its_example_file_counts_requests(self):
        service = start_tomcat(self.processes)
        # The file is for connectors without an address of their own, whose name has none.
        daemon = self.start_with_example("tomcat.yml", service, lambda text: re.sub(
            r"\(\\w\+-\\w\+\)-\(\\d\+\)", r"(\\w+-\\w+)-127.0.0.1-(\\d+)", text))
        connector = {"port": str(service.port), "protocol": "http-nio"}
        servlet = {"module": "localhost/", "servlet": "default"}
        session = {"context": "/", "host": "localhost"}
        before = self.scrape(daemon)
        for _ in range(7):
            self.assertEqual(get(service.port, "/page.txt").status, 200)
        for _ in range(2):
            self.assertEqual(get(service.port, "/missing.txt").status, 404)

        # Tomcat counts a request when its answer is out.
        def counted():
            page = self.scrape(daemon)
            rise = (self.value(page, "tomcat_requestcount_total", **connector)
                    - self.value(before, "tomcat_requestcount_total", **connector))
            errors = (self.value(page, "tomcat_errorcount_total", **connector)
                      - self.value(before, "tomcat_errorcount_total", **connector))
            self.assertLessEqual((rise, errors), (9.0, 2.0))
            return page if (rise, errors) == (9.0, 2.0) else None

        page = eventually("nine requests are counted", counted)
        self.assert_family(page, "tomcat_requestcount_total", "counter", "Tomcat global requestCount")
        self.assertEqual(self.value(page, "tomcat_servlet_requestcount_total", **servlet)
                         - self.value(before, "tomcat_servlet_requestcount_total", **servlet), 9.0)
        self.assert_family(page, "tomcat_servlet_requestcount_total", "counter",
                           "Tomcat servlet requestCount total")
        self.assertEqual(self.value(page, "tomcat_threadpool_maxthreads", **connector), 200.0)
        self.assert_family(page, "tomcat_threadpool_maxthreads", "gauge", "Tomcat threadpool maxThreads")
        self.assertEqual(self.value(page, "tomcat_session_sessioncounter_total", **session), 0.0)
        info = page["tomcat_serverinfo_total"]
        self.assertEqual([sample.value for sample in info.samples], [1.0])
        self.assertRegex(dict(info.samples[0].labels)["serverinfo"], r"^Apache Tomcat/10\.")
        self.daemons.assert_agree(self)


class ActiveMqTest(ExampleFileTest):
    def test_it_is_served_whole(self):
        service = start_activemq(self.processes)
        send_stomp(service, "/queue/orders", ["1", "2"])
        self.check_whole(service.jmx_port, "org_apache_activemq_", 300, 100)

    def test_its_example_file_shows_queues_and_what_is_in_them(self):
        service = start_activemq(self.processes)
        daemon = self.start_with_example("activemq.yml", service)
        orders, bills, news = ({"destination": name} for name in ("orders", "bills", "news"))
        page = self.scrape(daemon)
        self.assert_absent(page, "activemq_queue_queue_size", **orders)
        # A queue that comes shows in the very next scrape.
        send_stomp(service, "/queue/orders", ["one", "two", "three", "four", "five"])
        page = self.scrape(daemon)
        self.assertEqual(self.value(page, "activemq_queue_queue_size", **orders), 5.0)
        self.assertEqual(self.value(page, "activemq_queue_enqueue_count", **orders), 5.0)
        self.assertEqual(self.value(page, "activemq_queue_dequeue_count", **orders), 0.0)
        self.assert_family(page, "activemq_queue_queue_size", "untyped")
        self.assert_absent(page, "activemq_queue_queue_size", **bills)
        send_stomp(service, "/queue/bills", ["six"])
        send_stomp(service, "/topic/news", ["seven", "eight"])
        page = self.scrape(daemon)
        self.assertEqual(self.value(page, "activemq_queue_queue_size", **orders), 5.0)
        self.assertEqual(self.value(page, "activemq_queue_queue_size", **bills), 1.0)
        self.assertEqual(self.value(page, "activemq_topic_enqueue_count", **news), 2.0)
        # The broker's own, where advisories count too.
        self.assert_family(page, "activemq_enqueue_total", "counter")
        self.assertGreaterEqual(self.value(page, "activemq_enqueue_total"), 8.0)
        self.assert_family(page, "activemq_memory_usage_ratio", "gauge")
        self.assertLess(self.value(page, "activemq_memory_usage_ratio"), 0.5)
        # Two rules of the file give one name to two attributes (specification 13.1.2).
        self.assert_family(page, "activemq_connections", "untyped")
        self.assertEqual([dict(sample.labels)["_objectname"].rpartition(">")[2]
                          for sample in page["activemq_connections"].samples],
                         ["CurrentConnectionsCount", "TotalConnectionsCount"])
        self.daemons.assert_agree(self)


if __name__ == "__main__":
    main()
