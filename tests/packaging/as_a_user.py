"""What the tests of this folder share: the quickstart's service, and the daemon as the documentation
starts it, with the configuration that ships."""

import os
import pathlib
import re

from jmxbridge_testing import ServiceTest, agent_flags, eventually, free_port, get, jdk, program

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["JMXBRIDGE_BUILD"])
CONFIGURATION = SOURCE / "config/jmxbridge.yml"


class UserTest(ServiceTest):
    @property
    def folder(self):
        return self.processes.folder

    def start_order_service(self):
        """packaging/demo's service; gives its JMX port and the URL that takes orders."""
        port = free_port()
        service = self.processes.start("service", [
            jdk().java, "-Xmx64m", *agent_flags(port), SOURCE / "packaging/demo/OrderService.java"])
        return port, service.wait_for_log(r"at (http\S+)")[1]

    def start_bridge(self, jmx_port, binary=None, configuration=CONFIGURATION):
        """Gives the port of a daemon whose configuration differs from the file in hostPort alone."""
        text, count = re.subn(r"(?m)^hostPort: .*$", f"hostPort: 127.0.0.1:{jmx_port}",
                              configuration.read_text(encoding="utf-8"))
        self.assertEqual(count, 1, f"{configuration} has one hostPort")
        port = free_port()
        bridge = self.processes.start("jmxbridge", [
            binary or program(), f"--config.file={self.processes.write('jmxbridge.yml', text)}",
            f"--web.listen-address=127.0.0.1:{port}"])

        def ready():
            self.assertTrue(bridge.running(), "jmxbridge ended")
            return get(port, "/-/ready").status == 200

        eventually("jmxbridge is ready", ready)
        return port


def samples(page):
    """Name with labels → number."""
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in page.splitlines() if not line.startswith("#")}
