"""A real Kafka broker and real Kafka clients, while records are sent, fetched and clients come and go:
under the peer's example files, under rules of one's own, and whole."""

from default_naming import read_leaves
from served_whole import ServedWholeTest

from jmxbridge_testing import LanePair, ServiceTest, eventually, main, without_own
from jmxbridge_testing.services import (example_file, restart_kafka, start_kafka,
                                        start_kafka_clients)

BROKER_FILES = ["kafka-kraft-3_0_0.yml", "kafka-2_0_0.yml"]
# Of the broker, where no clock decides: a measured time can go and come back.
STILL = ["cluster", "coordinator", "log_Log_", "server_BrokerTopicMetrics", "server_ReplicaManager"]
CONSUMER_RULES = """lowercaseOutputName: true
rules:
- pattern: 'kafka.consumer<type=consumer-fetch-manager-metrics, client-id=(.+), topic=(.+),
    partition=(.+)><>(records-lag|records-lead):'
  name: fetch_$4
  type: GAUGE
  labels: {client: "$1", topic: "$2", partition: "$3"}
- pattern: kafka.consumer<type=consumer-fetch-manager-metrics, client-id=(.+),
    topic=(.+)><>records-consumed-total
  name: fetch_records_total
  type: COUNTER
  labels: {client: "$1", topic: "$2"}
- pattern: kafka.consumer<type=consumer-coordinator-metrics,.*>assigned-partitions
  name: assigned
  type: GAUGE
"""


def by_labels(page, name):
    """The numbers of a family by its labels."""
    family = page.get(name)
    return {} if family is None else {sample.labels: sample.value for sample in family.samples}


def checked(test, daemon, **options):
    """A scrape without failures."""
    page = daemon.scrape(**options)
    test.assertEqual(test.value(page, "jmx_up"), 1.0)
    test.assertEqual(test.value(page, "jmx_scrape_error"), 0.0)
    return page


class KafkaTest(ServedWholeTest):
    """One broker for the class; each test has topics of its own. The clients' MBeans are dynamic, and
    are registered anew whenever an attribute comes."""

    @classmethod
    def start_shared(cls):
        cls.broker = start_kafka(cls.shared)
        cls.clients = start_kafka_clients(cls.shared, cls.broker)

    def start_example(self, name):
        return self.start_daemon(example_file(name, self.broker.jmx_port))

    def assert_lanes_agree(self, configuration):
        LanePair(self.processes, configuration).assert_agree(self)

    def produced(self, page, topic):
        return by_labels(page, "kafka_server_brokertopicmetrics_messagesin_total").get((("topic", topic),), 0.0)

    def partitions(self, page, name, topic):
        return {dict(labels)["partition"]: value for labels, value in by_labels(page, name).items()
                if dict(labels)["topic"] == topic}

    def produce_requests(self, page):
        """All Produce requests, over the versions of the request."""
        return sum(value for labels, value in by_labels(page, "kafka_network_requestmetrics_requests_total").items()
                   if dict(labels)["request"] == "Produce")

    def when_counted(self, daemon, last):
        """A page with more Produce requests than `last`. The broker counts a request when its answer is
        out, in one family after the other."""

        def counted():
            page = checked(self, daemon)
            total = self.produce_requests(page)
            timed = by_labels(page, "kafka_network_requestmetrics_totaltimems_count_total")
            return total > last and timed.get((("request", "Produce"),)) == total and page

        return eventually("the requests are counted", counted)

    def test_what_is_sent_is_counted_under_the_example_files(self):
        for i, name in enumerate(BROKER_FILES):
            with self.subTest(name):
                topic, producer = f"orders-{i}", f"producer-{i}"
                daemon = self.start_example(name)
                before = checked(self, daemon)
                self.assertEqual(self.partitions(before, "kafka_log_log_logendoffset", topic), {})
                self.clients.command(f"topic {topic} 3")
                self.clients.command(f"producer {producer}")
                sent, last = 0, self.produce_requests(before)
                for count in [300, 30, 600]:
                    self.clients.command(f"produce {producer} {topic} {count}")
                    sent += count
                    for page in [checked(self, daemon) for _ in range(2)]:
                        self.assertEqual(self.produced(page, topic), sent)
                        self.assertEqual(self.partitions(page, "kafka_log_log_logendoffset", topic),
                                         {str(partition): sent / 3 for partition in range(3)})
                    page = self.when_counted(daemon, last)
                    last = self.produce_requests(page)
                self.assertEqual(page["kafka_server_brokertopicmetrics_messagesin_total"].type, "counter")
                self.assertEqual(page["kafka_log_log_logendoffset"].type, "gauge")
                sizes = self.partitions(page, "kafka_log_log_size", topic)
                self.assertEqual(sorted(sizes), ["0", "1", "2"])
                self.assertTrue(all(size > 100 * sent / 3 for size in sizes.values()), sizes)
                times = {dict(labels).get("quantile"): value for labels, value
                         in by_labels(page, "kafka_network_requestmetrics_totaltimems").items()
                         if dict(labels)["request"] == "Produce"}
                self.assertEqual(set(times), {"0.50", "0.75", "0.95", "0.98", "0.99", "0.999"})
                self.assertLessEqual(times["0.50"], times["0.999"])
                self.assertEqual(page["kafka_network_requestmetrics_totaltimems"].type, "gauge")
                self.assert_lanes_agree(example_file(name, self.broker.jmx_port))
                self.clients.command(f"close {producer}")

    def test_the_raft_state_is_a_label_under_the_kraft_file(self):
        page = checked(self, self.start_example(BROKER_FILES[0]))
        self.assertEqual(by_labels(page, "kafka_server_raft_metrics_current_state"), {(("state", "leader"),): 1.0})
        self.assertEqual(self.value(page, "kafka_server_raft_metrics_current_leader"), 1.0)
        self.assertEqual(self.value(page, "kafka_controller_kafkacontroller_activecontrollercount"), 1.0)

    def test_the_broker_is_served_whole(self):
        self.clients.command("topic whole 40")
        self.clients.command("producer whole")
        self.clients.command("produce whole whole 400")
        self.clients.command("close whole")
        self.check_whole(self.broker.jmx_port, "kafka_", 5000, 300,
                         tuple(f"kafka_{room}_" for room in STILL))

    def scraped(self, daemon, name):
        """What two scrapes say alike of a family."""
        first, second = (by_labels(checked(self, daemon), name) for _ in range(2))
        self.assertEqual(first.keys(), second.keys())
        return second

    def test_a_producer_closed_and_made_again_under_the_connect_file(self):
        clients = start_kafka_clients(self.processes, self.broker)
        sends = "kafka_producer_topic_record_send"
        daemon = self.start_daemon(example_file("kafka-connect.yml", clients.port))
        self.assertEqual(self.scraped(daemon, sends), {})
        clients.command("topic again-1 2")
        clients.command("topic again-2 1")
        labels = {topic: (("clientId", "maker"), ("topic", topic)) for topic in ("again-1", "again-2")}
        for _ in range(2):
            clients.command("producer maker")
            page = checked(self, daemon)
            self.assertEqual(by_labels(page, sends), {})
            info = {dict(each).get("version") for each in by_labels(page, "kafka_producer_version")}
            self.assertEqual(info, {"4.1.1"})
            clients.command("produce maker again-1 200")
            self.assertEqual(self.scraped(daemon, sends), {labels["again-1"]: 200.0})
            clients.command("produce maker again-2 50")
            self.assertEqual(self.scraped(daemon, sends), {labels["again-1"]: 200.0, labels["again-2"]: 50.0})
            self.assert_lanes_agree(example_file("kafka-connect.yml", clients.port))
            clients.command("close maker")
            page = checked(self, daemon)
            self.assertFalse([name for name in page if name.startswith("kafka_producer_")])

    def test_a_consumer_that_takes_another_topic_under_rules_of_one_s_own(self):
        clients = start_kafka_clients(self.processes, self.broker)
        rules = f"{CONSUMER_RULES}hostPort: 127.0.0.1:{clients.port}\n"
        daemon = self.start_daemon(rules)
        for topic, count in [("left", 2), ("right", 1)]:
            clients.command(f"topic {topic} {count}")
        clients.command("producer p")
        clients.command("produce p left 100")
        clients.command("consumer c left")
        self.assertEqual(self.value(checked(self, daemon), "assigned"), 2.0)
        clients.command("consume c 100")
        left, right = ((("client", "c"), ("topic", topic)) for topic in ("left", "right"))
        self.assertEqual(self.scraped(daemon, "fetch_records_total"), {left: 100.0})
        self.assertEqual({dict(labels)["partition"]: value for labels, value
                          in self.scraped(daemon, "fetch_records_lag").items()}, {"0": 0.0, "1": 0.0})
        clients.command("produce p left 40")
        clients.command("consume c 40")
        self.assertEqual(self.scraped(daemon, "fetch_records_total"), {left: 140.0})
        clients.command("produce p right 30")
        clients.command("subscribe c right")
        clients.command("consume c 30")
        self.assertEqual(self.scraped(daemon, "fetch_records_total")[right], 30.0)
        self.assertEqual({dict(labels)["topic"] for labels in self.scraped(daemon, "fetch_records_lead")},
                         {"right"})
        self.assertEqual(self.value(checked(self, daemon), "assigned"), 1.0)
        self.assert_lanes_agree(rules)
        clients.command("close c")
        page = checked(self, daemon)
        self.assertEqual(list(without_own(page)), [])

    def test_an_attribute_that_a_bean_gets_later(self):
        """A partition's bean has one attribute when it is assigned, and its lag from the first fetch."""
        clients = start_kafka_clients(self.processes, self.broker)
        daemon = self.start_daemon(
            f"hostPort: 127.0.0.1:{clients.port}\n"
            "includeObjectNames: ['kafka.consumer:type=consumer-fetch-manager-metrics,partition=*,*']\n")
        bean = "kafka_consumer_consumer_fetch_manager_metrics_"

        def attributes():
            page = checked(self, daemon)
            served = {name.removeprefix(bean) for name in without_own(page)}
            read = {leaf["attribute"].replace("-", "_") for leaf in read_leaves(clients.port)
                    if "partition=" in leaf["properties"]}
            self.assertEqual(served, read)
            return served

        clients.command("topic later 1")
        clients.command("producer p")
        self.assertEqual(attributes(), set())
        clients.command("consumer c later")
        assigned = attributes()
        self.assertEqual(assigned, {"preferred_read_replica"})
        clients.command("produce p later 10")
        clients.command("consume c 10")
        fetched = attributes()
        self.assertLess(assigned, fetched)
        self.assertLessEqual({"records_lag", "records_lag_max", "records_lead"}, fetched)
        clients.command("close c")
        self.assertEqual(attributes(), set())


class RestartTest(ServiceTest):
    def test_a_broker_that_stops_and_comes_back(self):
        broker = start_kafka(self.processes)
        daemon = self.start_daemon(example_file(BROKER_FILES[0], broker.jmx_port))
        leaders = "kafka_server_replicamanager_leadercount"
        self.assertEqual(self.value(checked(self, daemon), leaders), 0.0)
        broker.process.end()
        for _ in range(2):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_up"), 0.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
            self.assertFalse([name for name in page if name.startswith("kafka_")])
        restart_kafka(self.processes, broker)
        for _ in range(2):
            self.assertEqual(self.value(checked(self, daemon), leaders), 0.0)


if __name__ == "__main__":
    main("kafka")
