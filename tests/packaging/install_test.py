"""What `cmake --install` lays down is complete, and the systemd unit is sound."""

import os
import re
import subprocess

from as_a_user import BUILD, CONFIGURATION, SOURCE, UserTest, samples
from jmxbridge_testing import get, main, program


class InstallTest(UserTest):
    def install(self, *arguments, **environment):
        run = subprocess.run(["cmake", "--install", BUILD, *arguments], capture_output=True, text=True,
                             timeout=60, env={**os.environ, **environment})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_the_installed_tree_runs_on_its_own(self):
        prefix = self.folder / "prefix"
        self.install("--prefix", prefix)
        files = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
        self.assertEqual(files, {
            "bin/jmxbridge", "share/jmxbridge/jmxbridge.jar", "etc/jmxbridge/jmxbridge.yml",
            "lib/systemd/system/jmxbridge.service", "share/man/man1/jmxbridge.1",
            "share/man/man5/jmxbridge-config.5", "share/man/man7/jmxbridge-http.7",
            "share/man/man7/jmxbridge-metrics.7", "share/man/man7/jmxbridge-peer.7",
            "share/man/man7/jmxbridge-regex.7"})

        version = subprocess.run([prefix / "bin/jmxbridge", "--version"], capture_output=True,
                                 text=True, timeout=60, cwd="/")
        self.assertEqual(version.returncode, 0, version.stderr)
        project = re.search(r"project\(jmxbridge VERSION (\S+)",
                            (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
        self.assertIn(project, version.stdout)

        jmx_port, _ = self.start_order_service()
        port = self.start_bridge(jmx_port, binary=prefix / "bin/jmxbridge",
                                 configuration=prefix / "etc/jmxbridge/jmxbridge.yml")
        page = samples(get(port, "/metrics").text)
        self.assertEqual(page["jmx_up"], 1.0)
        self.assertIn("shop_orders_handled_total", page)

    def test_the_unit_names_what_was_installed(self):
        prefix = self.folder / "prefix"
        self.install("--prefix", prefix)
        unit = prefix / "lib/systemd/system/jmxbridge.service"
        command = re.search(r"(?m)^ExecStart=(\S+) --config\.file=(\S+)",
                            unit.read_text(encoding="utf-8"))
        self.assertEqual(command[1], str(prefix / "bin/jmxbridge"))
        self.assertEqual(command[2], str(prefix / "etc/jmxbridge/jmxbridge.yml"))
        verify = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True,
                                timeout=60)
        self.assertEqual((verify.returncode, verify.stdout + verify.stderr), (0, ""))

    def test_the_unit_is_hardened(self):
        security = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager",
             SOURCE / "systemd/jmxbridge.service"], capture_output=True, text=True, timeout=60)
        self.assertEqual(security.returncode, 0, security.stdout + security.stderr)

    def test_a_package_build_lays_down_the_systems_paths(self):
        stage = self.folder / "stage"
        self.install("--prefix", "/usr", DESTDIR=str(stage))
        self.assertTrue((stage / "usr/bin/jmxbridge").exists())
        self.assertTrue((stage / "etc/jmxbridge/jmxbridge.yml").exists())
        unit = (stage / "usr/lib/systemd/system/jmxbridge.service").read_text(encoding="utf-8")
        self.assertEqual(unit, (SOURCE / "systemd/jmxbridge.service").read_text(encoding="utf-8"))

    def test_the_configuration_that_ships_has_no_findings(self):
        check = subprocess.run([program(), "--config.check=strict", CONFIGURATION],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_a_configuration_that_is_there_stays(self):
        configuration = self.folder / "prefix/etc/jmxbridge/jmxbridge.yml"
        configuration.parent.mkdir(parents=True)
        configuration.write_text("hostPort: 127.0.0.1:1\n", encoding="utf-8")
        self.install("--prefix", self.folder / "prefix")
        self.assertEqual(configuration.read_text(encoding="utf-8"), "hostPort: 127.0.0.1:1\n")


if __name__ == "__main__":
    main()
