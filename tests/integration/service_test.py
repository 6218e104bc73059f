"""ZooKeeper and Tomcat, as Debian ships them, are served whole with a configuration of one line.

Each runs from a folder of its own, on loopback, and is read a second time by an ordinary JMX client:
every number that the client finds must be in the page once, under the name and labels that the
default rule gives it, and nothing else may be there.
"""

import math
import os
import pathlib
import re
import shutil

from default_naming import expected_samples, read_leaves

from jmxbridge_testing import (ServiceTest, agent_flags, differences, eventually, free_port, get, jdk,
                               main, parse_openmetrics, parse_text, without_own)

ZOOKEEPER_JAR = pathlib.Path("/usr/share/java/zookeeper.jar")
TOMCAT = pathlib.Path("/usr/share/tomcat10")
# Of these the numbers do not move while nobody uses the service, so they are compared too.
STILL_DOMAINS = ("org_apache_ZooKeeperService_", "Catalina_", "Users_")


def numbers(page):
    return {(sample.name, sample.labels): sample.value
            for family in page.values() for sample in family.samples}


class ServedWholeTest(ServiceTest):
    def require(self, path, package):
        self.assertTrue(path.exists(), f"{path} is missing: install Debian's package {package}")

    def start_zookeeper(self):
        self.require(ZOOKEEPER_JAR, "zookeeper")
        port, client_port = free_port(), free_port()
        data = self.processes.folder / "data"
        data.mkdir()
        settings = self.processes.write("zoo.cfg", "\n".join([
            "tickTime=2000", f"dataDir={data}", f"clientPort={client_port}",
            "clientPortAddress=127.0.0.1", "admin.enableServer=false", ""]))
        self.processes.start("zookeeper", [
            jdk().java, "-Xmx128m", *agent_flags(port), "-cp",
            f"/etc/zookeeper/conf:{ZOOKEEPER_JAR}",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", settings])
        return port

    def start_tomcat(self):
        self.require(TOMCAT / "bin/catalina.sh", "tomcat10")
        port, http_port = free_port(), free_port()
        base = self.processes.folder / "tomcat"
        shutil.copytree("/etc/tomcat10", base / "conf", symlinks=True)
        for name in ["logs", "temp", "webapps", "work"]:
            (base / name).mkdir()
        server = (base / "conf/server.xml").read_text(encoding="utf-8")
        server = re.sub(r'<Server port="\d+"', '<Server port="-1"', server)
        server, count = re.subn(r'<Connector port="8080"',
                                f'<Connector address="127.0.0.1" port="{http_port}"', server, count=1)
        self.assertEqual(count, 1, "server.xml has its connector")
        (base / "conf/server.xml").write_text(server, encoding="utf-8")
        self.processes.start(
            "tomcat", ["sh", TOMCAT / "bin/catalina.sh", "run"],
            environment={**os.environ, "JAVA_HOME": str(jdk().home), "CATALINA_HOME": str(TOMCAT),
                         "CATALINA_BASE": str(base), "CATALINA_OPTS": " ".join(agent_flags(port))})
        eventually("Tomcat answers", lambda: get(http_port).status, seconds=60)
        return port

    def read_when_up(self, port, domain):
        """Two equal sets of numbers in a row: the service has come to rest."""
        last = {}

        def at_rest():
            nonlocal last
            try:
                now = expected_samples(read_leaves(port))
            except AssertionError:
                return None
            same = now.keys() == last.keys()
            last = now
            return same and any(name.startswith(domain) for name, _ in now)

        eventually(f"{domain} MBeans stand still", at_rest, seconds=60, pause=0.2)
        return last

    def check_whole(self, port, domain, least, least_still):
        before = self.read_when_up(port, domain)
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{port}\n")
        pages = [daemon.scrape(), daemon.scrape(openmetrics=True), daemon.scrape()]
        after = expected_samples(read_leaves(port))
        for page in pages:
            self.assertEqual(self.value(page, "jmx_up"), 1.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
            served = numbers(without_own(page))
            self.assertEqual(sorted(before.keys() & after.keys() - served.keys()), [], "lost")
            self.assertEqual(sorted(served.keys() - before.keys() - after.keys()), [], "invented")
            self.assertGreaterEqual(len(served), least)
            self.assertEqual(self.value(page, "jmxbridge_scrape_samples"), len(served))
            still = {key: value for key, value in served.items()
                     if key[0].startswith(STILL_DOMAINS) and before[key] == after[key]}
            self.assertGreaterEqual(len(still), least_still)
            for key, value in still.items():
                self.assertTrue(value == before[key] or math.isnan(value) and math.isnan(before[key]),
                                f"{key}: served {value}, read {before[key]}")
            types = {family.type for family in without_own(page).values()}
            self.assertLessEqual(types, {"untyped", "unknown"})
        print(f"{domain}: {len(before)} numbers read by the client, {len(served)} served,"
              f" {len(still)} compared by value")
        return daemon

    def test_zookeeper(self):
        daemon = self.check_whole(self.start_zookeeper(), "org_apache_ZooKeeperService_", 300, 30)
        # ZooKeeper names its server after its client port.
        ticks = [family for name, family in daemon.scrape().items()
                 if re.fullmatch(r"org_apache_ZooKeeperService_StandaloneServer_port\d+_TickTime", name)]
        self.assertEqual([sample.value for family in ticks for sample in family.samples], [2000.0])

    def test_tomcat(self):
        daemon = self.check_whole(self.start_tomcat(), "Catalina_", 440, 150)
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


if __name__ == "__main__":
    main()
