"""passwordFile against a JVM that wants a password: it is read anew for each session."""

from jmxbridge_testing import ServiceTest, agent_flags, eventually, main


class TargetPasswordTest(ServiceTest):
    def start_protected(self, password, port=None):
        file = self.processes.write("target-password", f"monitor {password}\n")
        file.chmod(0o600)
        access = self.processes.write("target-access", "monitor readonly\n")
        return self.start_target(
            "MutableTarget", "register app:type=A Value=int:1", port=port,
            flags=lambda chosen: agent_flags(chosen, password_file=file, access_file=access))

    def up(self, daemon):
        page = daemon.scrape()
        if self.value(page, "jmx_up") == 0.0:
            return False
        self.assertEqual(self.value(page, "app_A_Value"), 1.0)
        return True

    def check_moves_on(self, name, file, environment=None):
        target = self.start_protected("first-secret")
        file.write_text("first-secret\n", encoding="utf-8")
        daemon = self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nusername: monitor\npasswordFile: {name}\n"
            "includeObjectNames: ['app:*']\n", environment=environment)
        self.assertTrue(self.up(daemon))
        # A session that stands needs no password.
        file.write_text("wrong-secret\n", encoding="utf-8")
        self.assertTrue(self.up(daemon))

        target.end()
        self.start_protected("second-secret", target.port)
        eventually("the old password is refused", lambda: not self.up(daemon) and any(
            "refused the login" in event for event in daemon.events()))
        file.unlink()
        self.assertFalse(self.up(daemon))
        eventually("the missing file is named", lambda: not self.up(daemon) and any(
            "cannot be read" in event and str(file) in event for event in daemon.events()))
        file.write_text("second-secret", encoding="utf-8")
        eventually("the new password is taken", lambda: self.up(daemon))

        shown = daemon.get("/config").text
        self.assertIn(f'passwordFile: "{name}"', shown)
        for text in (shown, daemon.log(), daemon.get("/").text):
            self.assertNotIn("-secret", text)

    def test_a_file_beside_the_configuration(self):
        self.check_moves_on("password", self.processes.folder / "password")

    def test_a_credential_of_systemd(self):
        folder = self.processes.folder / "credentials"
        folder.mkdir()
        self.check_moves_on("${CREDENTIALS_DIRECTORY}/target", folder / "target",
                            {"CREDENTIALS_DIRECTORY": str(folder)})


if __name__ == "__main__":
    main()
