"""TLS with JDK 25 as the target's JVM and as the daemon's, which checks the target's host name."""

from jmxbridge_testing import ServiceTest, jdk, main
from jmxbridge_testing.certificates import Authority, agent, ssl, store

UNCHECKED = "--java.options=-Djdk.rmi.ssl.client.enableEndpointIdentification=false"


class Jdk25Test(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.authority = Authority(cls.shared.folder)
        cls.key = cls.authority.store("target")
        cls.elsewhere = cls.authority.store("elsewhere", hosts="dns:elsewhere.example")
        cls.trusted = ssl(store("trustStore", cls.authority.trust))

    def scrape(self, target, java, *options):
        daemon = self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*']\n{self.trusted}",
            options=[f"--java.home={jdk(java).home}", *options])
        return self.value(daemon.scrape(), "jmx_up"), daemon

    def start(self, version, key, **options):
        return self.start_target("MutableTarget", "register app:type=A Value=int:1",
                                 version=version, flags=lambda port: agent(port, key, **options))

    def test_each_reads_the_other(self):
        for target_version, java in [(25, 17), (17, 25), (25, 25)]:
            with self.subTest(target=target_version, daemon=java):
                up, daemon = self.scrape(self.start(target_version, self.key), java)
                self.assertEqual(up, 1.0, daemon.log())

    def test_a_client_certificate(self):
        target = self.start(25, self.key, client_authority=self.authority)
        up, daemon = self.scrape(target, 25)
        self.assertEqual(up, 0.0)
        self.assertRegex(daemon.events()[-1], "it wants a client certificate")

    def test_the_host_name_is_checked_as_java_does(self):
        target = self.start(17, self.elsewhere)
        self.assertEqual(self.scrape(target, 17)[0], 1.0)
        self.assertEqual(self.scrape(target, 25, UNCHECKED)[0], 1.0)
        up, daemon = self.scrape(target, 25)
        self.assertEqual(up, 0.0)
        self.assertRegex(daemon.events()[-1], "is for another host .*have it issued for 127.0.0.1, or")


if __name__ == "__main__":
    main("jdk25")
