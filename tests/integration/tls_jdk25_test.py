"""TLS with JDK 25 as the target's JVM and as the daemon's, which checks the target's host name; on
both lanes."""

from tls_case import TlsTest

from jmxbridge_testing import jdk, main
from jmxbridge_testing.certificates import ssl, store

UNCHECKED = "--java.options=-Djdk.rmi.ssl.client.enableEndpointIdentification=false"


def home(version):
    return f"--java.home={jdk(version).home}"


class Jdk25Test(TlsTest):
    def test_each_reads_the_other(self):
        for target_version, java in [(25, 17), (17, 25), (25, 25)]:
            with self.subTest(target=target_version, daemon=java):
                self.check_read(self.start(version=target_version), ssl(self.trusted),
                                options=[home(java)])

    def test_a_client_certificate(self):
        target = self.start(version=25, client_authority=self.authority)
        self.check_read(target, ssl(self.trusted, store("keyStore", self.client)), options=[home(25)])
        self.check_not_read(target, ssl(self.trusted), "it wants a client certificate",
                            options=[home(25)])

    def test_the_host_name_is_checked_as_java_does(self):
        target = self.start(self.authority.store("elsewhere", hosts="dns:elsewhere.example"))
        self.check_read(target, ssl(self.trusted), options=[home(17)])
        self.check_read(target, ssl(self.trusted), options=[home(25), UNCHECKED])
        self.check_read(target, ssl(self.trusted, "verifyHostName: false"), options=[home(25)])
        for part, options in [("protocols: [TLSv1.3]", ()), ("verifyHostName: true", (UNCHECKED,))]:
            self.check_not_read(target, ssl(self.trusted, part),
                                r"is for another host .*have it issued for 127.0.0.1, .* leave the "
                                r"check out with ssl\.verifyHostName: false", options=[home(25), *options])

    def test_a_registry_and_a_server_each_with_tls_and_without(self):
        self.check_matrix(25, options=[home(25)])


if __name__ == "__main__":
    main("jdk25")
