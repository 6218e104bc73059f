"""Services as their projects ship them, each in a folder of its own and on loopback alone: those that
Debian packages, and the Kafka broker that tests/fetch has fetched."""

import dataclasses
import os
import pathlib
import re
import shutil
import socket
import subprocess

from .http import get
from .java import SOURCE, agent_flags, jars, jdk
from .processes import Process, eventually, free_port
from .targets import ENGLISH, QUICK_START, start_target

ACTIVEMQ = pathlib.Path("/usr/share/activemq/bin/activemq.jar")
TOMCAT = pathlib.Path("/usr/share/tomcat10")
ZOOKEEPER_JAR = pathlib.Path("/usr/share/java/zookeeper.jar")
EXAMPLES = SOURCE / "tests/data/peer/example-configs"
KAFKA_LOG = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error"]
START = 120  # seconds that a service may take


@dataclasses.dataclass
class Service:
    process: Process
    jmx_port: int
    port: int  # for its clients
    folder: pathlib.Path


def require(path, package):
    if not path.exists():
        raise AssertionError(f"{path} is missing: install Debian's package {package}")


def own_folder(processes, name):
    folder = processes.folder / name
    folder.mkdir()
    return folder


def accepts(port):
    with socket.create_connection(("127.0.0.1", port), timeout=60):
        return True


def java(*words, heap="128m"):
    return [jdk().java, f"-Xmx{heap}", *QUICK_START, *ENGLISH, *words]


def start_zookeeper(processes):
    """A standalone ZooKeeper."""
    require(ZOOKEEPER_JAR, "zookeeper")
    jmx_port, port = free_port(), free_port()
    folder = own_folder(processes, "zookeeper-files")
    settings = folder / "zoo.cfg"
    settings.write_text("\n".join([
        "tickTime=2000", f"dataDir={folder}", f"clientPort={port}", "clientPortAddress=127.0.0.1",
        "admin.enableServer=false", ""]), encoding="utf-8")
    process = processes.start("zookeeper", java(
        *agent_flags(jmx_port), "-cp", f"/etc/zookeeper/conf:{ZOOKEEPER_JAR}",
        "org.apache.zookeeper.server.quorum.QuorumPeerMain", settings))
    eventually("ZooKeeper accepts clients", lambda: accepts(port), START)
    return Service(process, jmx_port, port, folder)


def zookeeper_commands(service, commands):
    """Runs commands of ZooKeeper's own client against the service."""
    run = subprocess.run(
        [str(word) for word in java("-cp", f"/etc/zookeeper/conf:{ZOOKEEPER_JAR}",
                                    "org.apache.zookeeper.ZooKeeperMain", "-server",
                                    f"127.0.0.1:{service.port}")],
        input="\n".join([*commands, "quit", ""]), capture_output=True, text=True, timeout=START)
    if run.returncode != 0:
        raise AssertionError(f"ZooKeeper's client failed:\n{run.stdout}{run.stderr}")


def start_tomcat(processes):
    """A Tomcat with one application, its root, which has one page."""
    require(TOMCAT / "bin/catalina.sh", "tomcat10")
    jmx_port, port = free_port(), free_port()
    base = own_folder(processes, "tomcat-files")
    shutil.copytree("/etc/tomcat10", base / "conf", symlinks=True)
    for name in ["logs", "temp", "webapps", "work"]:
        (base / name).mkdir()
    (base / "webapps/ROOT").mkdir()
    (base / "webapps/ROOT/page.txt").write_text("a page\n", encoding="utf-8")
    server = (base / "conf/server.xml").read_text(encoding="utf-8")
    server = re.sub(r'<Server port="\d+"', '<Server port="-1"', server)
    server, count = re.subn(r'<Connector port="8080"',
                            f'<Connector address="127.0.0.1" port="{port}"', server, count=1)
    if count != 1:
        raise AssertionError("Tomcat's server.xml has no connector with port 8080")
    (base / "conf/server.xml").write_text(server, encoding="utf-8")
    process = processes.start(
        "tomcat", ["sh", TOMCAT / "bin/catalina.sh", "run"],
        environment={**os.environ, "JAVA_HOME": str(jdk().home), "CATALINA_HOME": str(TOMCAT),
                     "CATALINA_BASE": str(base),
                     "CATALINA_OPTS": " ".join(["-Xmx128m", *QUICK_START, *ENGLISH, *agent_flags(jmx_port)])})
    eventually("Tomcat answers", lambda: get(port).status, START)
    return Service(process, jmx_port, port, base)


def start_activemq(processes):
    """An ActiveMQ broker that keeps nothing on disk; `port` speaks STOMP."""
    require(ACTIVEMQ, "activemq")
    jmx_port, port = free_port(), free_port()
    base = own_folder(processes, "activemq-files")
    settings = base / "activemq.xml"
    settings.write_text(f"""<beans xmlns="http://www.springframework.org/schema/beans"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.springframework.org/schema/beans
      http://www.springframework.org/schema/beans/spring-beans-2.0.xsd
      http://activemq.apache.org/schema/core
      http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" useJmx="true" persistent="false"
      brokerName="localhost" dataDirectory="{base}/data">
    <managementContext><managementContext createConnector="false"/></managementContext>
    <transportConnectors>
      <transportConnector name="stomp" uri="stomp://127.0.0.1:{port}"/>
    </transportConnectors>
  </broker>
</beans>
""", encoding="utf-8")
    process = processes.start("activemq", java(
        *agent_flags(jmx_port), "-Dactivemq.home=/usr/share/activemq", f"-Dactivemq.base={base}",
        f"-Dactivemq.conf={base}", f"-Dactivemq.data={base}/data", "-jar", ACTIVEMQ, "start",
        f"xbean:file:{settings}"))
    eventually("ActiveMQ accepts clients", lambda: accepts(port), START)
    return Service(process, jmx_port, port, base)


def send_stomp(service, destination, bodies):
    """Sends the messages; done when the broker has them all."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        stream = connection.makefile("rwb")

        def frame(command, headers, body=""):
            lines = [command, *(f"{name}:{value}" for name, value in headers.items()), "", body]
            stream.write("\n".join(lines).encode() + b"\0\n")
            stream.flush()

        def expect(command):
            answer = b""
            while not answer.endswith(b"\0"):
                more = stream.read(1)
                if not more:
                    raise AssertionError(f"the broker closed before {command}: {answer!r}")
                answer += more
            if not answer.lstrip().startswith(command.encode() + b"\n"):
                raise AssertionError(f"expected {command}, got {answer!r}")

        frame("CONNECT", {"accept-version": "1.2", "host": "localhost"})
        expect("CONNECTED")
        for body in bodies:
            frame("SEND", {"destination": destination, "receipt": "sent"}, body)
            expect("RECEIPT")
        frame("DISCONNECT", {"receipt": "done"})
        expect("RECEIPT")


def example_file(name, port):
    """The peer's example file of that name, with its target."""
    return f"{(EXAMPLES / name).read_text(encoding='utf-8')}\nhostPort: 127.0.0.1:{port}\n"


def start_kafka_clients(processes, broker):
    """KafkaClients in a JVM of its own, read over JMX at its `port`."""
    return start_target(processes, "KafkaClients", f"127.0.0.1:{broker.port}", folder="kafka",
                        jvm=(*QUICK_START, *ENGLISH, *KAFKA_LOG))


def start_kafka(processes):
    """A Kafka broker that is its own controller. `restart_kafka` starts it again in the same place."""
    service = Service(None, free_port(), free_port(), own_folder(processes, "kafka-files"))
    settings = service.folder / "server.properties"
    controller = free_port()
    settings.write_text("\n".join([
        "process.roles=broker,controller", "node.id=1",
        f"controller.quorum.voters=1@127.0.0.1:{controller}",
        f"listeners=PLAINTEXT://127.0.0.1:{service.port},CONTROLLER://127.0.0.1:{controller}",
        f"advertised.listeners=PLAINTEXT://127.0.0.1:{service.port}",
        "controller.listener.names=CONTROLLER", f"log.dirs={service.folder}/logs",
        "num.network.threads=1", "num.io.threads=2", "auto.create.topics.enable=false",
        "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
        "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1", "group.initial.rebalance.delay.ms=0", ""]),
        encoding="utf-8")
    run = subprocess.run(
        [str(word) for word in java(*KAFKA_LOG, "-cp", kafka_classpath(), "kafka.tools.StorageTool",
                                    "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", settings)],
        capture_output=True, text=True, timeout=START)
    if run.returncode != 0:
        raise AssertionError(f"Kafka could not format its folder:\n{run.stdout}{run.stderr}")
    restart_kafka(processes, service)
    return service


def kafka_classpath():
    return ":".join(str(path) for path in jars("kafka"))


def restart_kafka(processes, service):
    service.process = processes.start("kafka", java(
        *agent_flags(service.jmx_port), *KAFKA_LOG, "-cp", kafka_classpath(), "kafka.Kafka",
        service.folder / "server.properties", heap="256m"))
    eventually("Kafka accepts clients", lambda: accepts(service.port), START)
