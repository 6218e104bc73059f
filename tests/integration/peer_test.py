"""Real services in use, read by the peer's own collector and by the daemon with the peer's example file
for each: the same series, types and texts, and the same numbers where they stand still."""

from served_whole import numbers, same

from jmxbridge_testing import (ServiceTest, get, main, parse_openmetrics, parse_text, peer_pages,
                               without_own)
from jmxbridge_testing.services import (example_file, send_stomp, start_activemq, start_kafka,
                                        start_kafka_clients, start_tomcat, start_zookeeper,
                                        zookeeper_commands)

# Of a Kafka broker, where no clock decides: a measured time can go and come back.
STILL = ("kafka_cluster_", "kafka_coordinator_", "kafka_log_", "kafka_server_brokertopicmetrics_",
         "kafka_server_replicamanager_")


class PeerTest(ServiceTest):
    def check_same(self, name, port, least, still_in=("",)):
        """The daemon's pages, each between two of the peer's. Numbers whose names begin with one of
        `still_in`, and that the peer reads alike before and after, must be the daemon's too; at least
        `least` are. One that went and came back meanwhile does not do so three times."""
        text = example_file(name, port)
        daemon = self.start_daemon(text)
        daemon.scrape()
        wrong = None
        for _ in range(3):
            now = self.differing(daemon, text, least, still_in)
            wrong = now if wrong is None else wrong & now
            if not wrong:
                return
        self.fail(f"{name}: numbers that differ from the peer's: {sorted(wrong)}")

    def differing(self, daemon, text, least, still_in):
        """The samples whose numbers are not the peer's; all else must be the same."""
        before = peer_pages(self.processes, [text], scrapes=1)[0]
        pages = [daemon.scrape(), daemon.scrape(openmetrics=True)]
        after = peer_pages(self.processes, [text], scrapes=1)[0]
        wrong = set()
        for page, read, first, last in zip(pages, (parse_text, parse_openmetrics), before, after):
            first, last = read(first), read(last)
            for each in (page, first, last):
                self.assertEqual(self.value(each, "jmx_scrape_error"), 0.0)
            first, last, page = (without_own(each) for each in (first, last, page))
            left, right, served = (numbers(each) for each in (first, last, page))
            self.assertEqual(sorted(left.keys() & right.keys() - served.keys()), [], "lost")
            self.assertEqual(sorted(served.keys() - left.keys() - right.keys()), [], "invented")
            still = [key for key in left.keys() & right.keys()
                     if key[0].startswith(still_in) and same(left[key], right[key])]
            self.assertGreaterEqual(len(still), least)
            wrong |= {key for key in still if not same(left[key], served[key])}
            for family in first.keys() & last.keys() & page.keys():
                self.assertEqual(page[family].type, first[family].type, family)
                if len(page[family].samples) == len(first[family].samples) == 1:
                    self.assertEqual(page[family].help, first[family].help, family)
        print(f"{len(served)} numbers served as the peer serves them, {len(still)} by value")
        return wrong

    def test_kafka(self):
        broker = start_kafka(self.processes)
        clients = start_kafka_clients(self.processes, broker)
        for command in ["topic t 30", "producer p", "produce p t 300", "consumer c t", "consume c 300"]:
            clients.command(command)
        self.check_same("kafka-connect.yml", clients.port, 30,
                        ("kafka_producer_topic_", "kafka_consumer_fetch_manager_"))
        for name in ["kafka-kraft-3_0_0.yml", "kafka-2_0_0.yml"]:
            self.check_same(name, broker.jmx_port, 300, STILL)

    def test_activemq(self):
        service = start_activemq(self.processes)
        send_stomp(service, "/queue/orders", ["one", "two", "three"])
        send_stomp(service, "/topic/news", ["four"])
        self.check_same("activemq.yml", service.jmx_port, 50)

    def test_tomcat(self):
        service = start_tomcat(self.processes)
        for _ in range(5):
            get(service.port, "/page.txt")
        self.check_same("tomcat.yml", service.jmx_port, 5)

    def test_zookeeper(self):
        service = start_zookeeper(self.processes)
        zookeeper_commands(service, ["create /a x"])
        self.check_same("zookeeper.yaml", service.jmx_port, 10)


if __name__ == "__main__":
    main("peer", "kafka")
