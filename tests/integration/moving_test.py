"""diff and migrate as a user runs them before and after a move, beside real pages."""

import gzip
import http.server
import os
import pathlib
import subprocess
import threading

from jmxbridge_testing import ServiceTest, free_port, main, program, start_target
from jmxbridge_testing.daemon import OPENMETRICS
from jmxbridge_testing.secured import start_secured

FAMILIES = "includeObjectNames: ['java.lang:type=Memory', 'java.lang:type=Runtime']\n"
EXAMPLES = pathlib.Path(__file__).parents[1] / "data" / "peer" / "example-configs"


class CompressedInPart(http.server.BaseHTTPRequestHandler):
    """Like the exporter when a page fails: the whole of what there is, but for who takes gzip, whose answer
    ends early."""

    def do_GET(self):
        page = b"a 1\nb 2\n" * 100
        self.send_response(200)
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            self.send_header("Content-Encoding", "gzip")
            page = gzip.compress(b"a 1\n" * 100)[:-12]
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


class MovingTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "ReferenceTarget", heap="64m")

    def run_program(self, *arguments):
        # What curl reads from a home must not be the user's.
        return subprocess.run([program(), *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=60, cwd=self.processes.folder,
                              env={**os.environ, "HOME": str(self.processes.folder)})

    def start(self, more=""):
        return self.start_daemon(f"hostPort: 127.0.0.1:{self.target.port}\n{FAMILIES}{more}")

    def check(self, run, status, *texts):
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        for text in texts:
            self.assertIn(text, run.stdout)

    def check_unreadable(self, run, *texts):
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        for text in texts:
            self.assertIn(text, run.stderr)

    def saved(self, daemon, name, **headers):
        return self.processes.write(name, daemon.get("/metrics", headers=headers).text)

    def test_a_saved_page_is_that_of_the_daemon_in_every_format(self):
        daemon = self.start()
        url = f"http://127.0.0.1:{daemon.port}/metrics"
        text = self.saved(daemon, "a.prom")
        open_metrics = self.saved(daemon, "a.om", Accept=OPENMETRICS)
        self.assertTrue(open_metrics.read_text().endswith("# EOF\n"))
        for a, b in ((text, url), (url, open_metrics), (text, open_metrics), (url, url)):
            self.check(self.run_program("diff", a, b), 0, "0 missing in B, 0 extra, 0 of another type")
        self.check(self.run_program("diff", "--own", text, open_metrics), 0)
        self.check(self.run_program("diff", "--values", text, text), 0, "0 of another value")
        # The time that it is up has moved.
        run = self.run_program("diff", "--values", text, url)
        self.check(run, 3, "value    java_lang_Runtime_Uptime: ", "--tolerance")
        self.check(self.run_program("diff", "--tolerance=1e12", text, url), 0)

    def test_another_configuration_differs_as_the_lines_say(self):
        a = self.saved(self.start(), "a.prom")
        b = self.start("rules:\n- pattern: 'java.lang<type=Memory><(.+)>(.+):'\n"
                       "  name: java_lang_Memory_$1_$2\n  type: GAUGE\n"
                       "- pattern: 'java.lang<type=Runtime><>StartTime'\n  name: started\n")
        run = self.run_program("diff", a, f"http://127.0.0.1:{b.port}/metrics")
        self.check(run, 3, "missing  java_lang_Runtime_StartTime: B has nothing of this name",
                   "extra    started: ",
                   "type     java_lang_Memory_HeapMemoryUsage_max: untyped in A, gauge in B")
        bounded = self.run_program("diff", "--limit=1", a, f"http://127.0.0.1:{b.port}/metrics")
        self.check(bounded, 3, "type     … and 7 more; --limit=0 shows all")

    def test_a_page_that_cannot_be_read_is_an_error(self):
        page = self.processes.write("a.prom", "a 1\n")
        self.check_unreadable(self.run_program("diff", page, "none.prom"), "none.prom: the file does not exist")
        self.check_unreadable(self.run_program("diff", self.processes.write("b.prom", "a 1\na\n"), page),
                              "b.prom:2:2: ")
        self.check_unreadable(self.run_program("diff", page, self.processes.write("c.prom", "")),
                              "c.prom: there is no sample in it")
        for name, content, advice in [("d.gz", b"\x1f\x8b\x08\x00", "unpack it with gunzip"),
                                      ("d.pb", b"\x12\n\x06jmx_up\x18\x01", "this is no text, but protobuf")]:
            file = self.processes.folder / name
            file.write_bytes(content)
            self.check_unreadable(self.run_program("diff", page, file), name, advice)
        self.check_unreadable(self.run_program("diff", page, f"http://u:s3cret@127.0.0.1:{free_port()}/m?k=s3cret"),
                              "nothing listens there")
        daemon = self.start()
        run = self.run_program("diff", page, f"http://u:s3cret@127.0.0.1:{daemon.port}/nothing?k=s3cret")
        self.check_unreadable(run, f"http://127.0.0.1:{daemon.port}/nothing: it answers 404")
        self.assertNotIn("s3cret", run.stderr)
        self.check_unreadable(self.run_program("diff", page, f"http://127.0.0.1:{daemon.port}/"),
                              "page B: this is a page for people; take the exporter's /metrics")
        self.check_unreadable(self.run_program("diff", page, f"127.0.0.1:{daemon.port}/metrics"),
                              "the file does not exist", "a URL starts with http://")

    def test_pages_of_targets_that_are_down_prove_nothing(self):
        daemon = self.start_daemon(f"hostPort: 127.0.0.1:{free_port()}\n")
        url = f"http://127.0.0.1:{daemon.port}/metrics"
        run = self.run_program("diff", url, url)
        self.check(run, 1, "series of the exporters themselves left out")
        self.assertIn("neither page has a series of a target, so nothing was compared", run.stderr)
        self.check(self.run_program("diff", "--own", url, url), 0)
        self.check(self.run_program("diff", url, self.processes.write("a.prom", "a 1\n")), 3, "extra    a: ")

    def test_a_page_that_breaks_off_is_not_taken_for_whole(self):
        page = self.processes.write("a.prom", "a 1\nb 2\n")
        self.check_unreadable(self.run_program("diff", page, self.processes.write("cut.prom", "a 1\nb")),
                              "cut.prom:2:2: the page breaks off here")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), CompressedInPart) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.check(self.run_program("diff", page, f"http://127.0.0.1:{server.server_port}/metrics"), 0)
            server.shutdown()

    def test_a_page_behind_a_password_is_reached_by_netrc(self):
        guarded = start_secured(
            self.processes,
            configuration="httpServer: {authentication: {basic: {username: u, password: s3cret}}}\n")
        url = f"http://127.0.0.1:{guarded.port}/metrics"
        run = self.run_program("diff", url, url)
        self.check_unreadable(run, f"{url}: it answers 401: ", "~/.netrc")
        self.processes.write(".netrc", "machine 127.0.0.1 login u password s3cret\n").chmod(0o600)
        self.check(self.run_program("diff", url, url), 0, "0 missing in B, 0 extra")

    def test_an_agents_file_is_moved_as_it_is_told(self):
        run = self.run_program("migrate", EXAMPLES / "kafka-2_0_0.yml")
        self.check(run, 3, "change: hostPort: this is a file of the Java agent", ": same: rules: ",
                   " 1 to change, ")
        moved = self.processes.write(
            "moved.yml", f"hostPort: 127.0.0.1:{self.target.port}\n" + (EXAMPLES / "kafka-2_0_0.yml").read_text())
        self.check(self.run_program("migrate", moved), 0, f"{moved}:1:1: same: hostPort: ", " 0 to change, ")
        self.start_daemon(moved).scrape()


if __name__ == "__main__":
    main()
