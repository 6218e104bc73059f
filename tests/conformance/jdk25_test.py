"""The recorded pages hold with JDK 25 as the target's JVM and as the daemon's."""

from cases import DATA, check, configuration, recorded

from jmxbridge_testing import ServiceTest, jdk, main


class Jdk25Test(ServiceTest):
    def check_default(self, target_version, **daemon_options):
        target = self.start_target("ReferenceTarget", version=target_version)
        daemon = self.start_daemon(
            configuration(DATA / "configs/default.yml", target.port), **daemon_options)
        check(self, daemon, recorded(DATA / "expected/default.prom"),
              recorded(DATA / "expected/default.om"))
        return daemon

    def assert_java(self, daemon, version):
        info = daemon.scrape()["jmxbridge_build_info"].samples[0]
        self.assertRegex(dict(info.labels)["java_version"], rf"^{version}\b")

    def test_a_target_on_jdk_25_over_the_portable_lane(self):
        self.check_default(25, options=["--lane=portable"])

    def test_a_target_on_jdk_25(self):
        daemon = self.check_default(25, options=[f"--java.home={jdk(17).home}"])
        self.assert_java(daemon, 17)

    def test_the_daemon_on_jdk_25_by_flag(self):
        daemon = self.check_default(17, options=[f"--java.home={jdk(25).home}"])
        self.assert_java(daemon, 25)

    def test_both_on_jdk_25_by_java_home(self):
        daemon = self.check_default(25, environment={"JAVA_HOME": str(jdk(25).home)})
        self.assert_java(daemon, 25)

    def test_the_flag_goes_before_java_home(self):
        daemon = self.check_default(17, options=[f"--java.home={jdk(17).home}"],
                                    environment={"JAVA_HOME": str(jdk(25).home)})
        self.assert_java(daemon, 17)


if __name__ == "__main__":
    main("jdk25")
