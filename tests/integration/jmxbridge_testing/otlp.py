"""Receivers of OTLP: over gRPC a program built with gRPC's own library, over HTTP a server on a thread of
the test. Both decode with Google's protobuf and the public schema (tests/otlp)."""

import gzip
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import threading
import time

from .processes import eventually


def receiver_program():
    return pathlib.Path(os.environ["JMXBRIDGE_BUILD"]) / "otlp_receiver"


class Pushed:
    """One request: its headers, in lower case, and what it says."""

    def __init__(self, headers, request):
        self.headers, self.request = headers, request

    @property
    def resource(self):
        (resource,) = self.request["resource_metrics"]
        return {each["key"]: each["value"]["string_value"]
                for each in resource["resource"]["attributes"]}

    @property
    def metrics(self):
        """Name → metric."""
        (resource,) = self.request["resource_metrics"]
        (scope,) = resource["scope_metrics"]
        return {metric["name"]: metric for metric in scope["metrics"]}

    def points(self, name):
        """Attributes, as a sorted tuple of pairs → point."""
        metric = self.metrics[name]
        (data,) = [metric[kind] for kind in ("gauge", "sum", "summary") if kind in metric]
        return {tuple(sorted((each["key"], each["value"]["string_value"])
                             for each in point.get("attributes", []))): point
                for point in data["data_points"]}

    def value(self, name, **labels):
        return self.points(name)[tuple(sorted(labels.items()))]["as_double"]


class GrpcReceiver:
    def __init__(self, processes, *files):
        """With a certificate and its key it speaks TLS; with an authority too, it asks for a client's
        certificate."""
        self.process = processes.start("otlp_receiver", [receiver_program(), "grpc", *files],
                                       commands=True)
        self.port = int(self.process.wait_for_log(r'\{"port": (\d+)\}')[1])
        self.url = f"{'https' if files else 'http'}://127.0.0.1:{self.port}"

    def answer(self, line):
        """How calls are answered from now on, in the program's words."""
        start = len(self.process.log())
        self.process.popen.stdin.write(f"{line}\n".encode())
        self.process.popen.stdin.flush()
        self.process.wait_for_log(r'\{"answers"', start=start)

    def pushes(self):
        lines = self.process.log().split("\n")[:-1]
        calls = [json.loads(line) for line in lines if line.startswith('{"metadata"')]
        return [Pushed(call["metadata"], call["request"]) for call in calls]

    def wait_for_pushes(self, count, seconds=60):
        return eventually(f"{count} pushes over gRPC",
                          lambda: (seen := self.pushes())[count - 1:] and seen, seconds)


class HttpReceiver:
    """Use it with `with`."""

    def __init__(self, context=None, port=0):
        self.status, self.headers, self.body = 200, {}, b""
        self.next = []  # pairs of a status and headers, for the first requests
        self.seen = []
        self.times = []  # when each came, in seconds
        self.hangs = threading.Event()
        self.let_go = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver.next.pop(0) if receiver.next else (receiver.status, receiver.headers)
                receiver.times.append(time.monotonic())
                receiver.seen.append((self.path, headers, body))
                if receiver.hangs.is_set():
                    receiver.let_go.wait()
                self.send_response(answer[0])
                for name, value in answer[1].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a client that leaves

        self.server = Server(("127.0.0.1", port), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind, error, trace):
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()

    def wait_for_requests(self, count, seconds=60):
        """Paths, headers and bodies."""
        return eventually(f"{count} pushes over HTTP",
                          lambda: (seen := list(self.seen))[count - 1:] and seen, seconds)

    def wait_for_pushes(self, count, seconds=60):
        requests = self.wait_for_requests(count, seconds)
        bodies = [gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
                  for _, headers, body in requests]
        return [Pushed(headers, request)
                for (_, headers, _), request in zip(requests, decoded(bodies), strict=True)]


def decoded(bodies):
    stream = b"".join(b"%d\n" % len(body) + body for body in bodies)
    run = subprocess.run([receiver_program(), "decode"], input=stream, capture_output=True,
                         check=True, timeout=60)
    return [json.loads(line) for line in run.stdout.splitlines()]


class PemAuthority:
    """Signs certificates, all as PEM files in a folder."""

    def __init__(self, folder, name="otlp-authority"):
        self.folder = folder
        self.certificate, self.key = self.sign(name)

    def sign(self, name, *options):
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", certificate,
             *options], check=True, capture_output=True, timeout=60)
        return certificate, key

    def issue(self, name, hosts="IP:127.0.0.1"):
        return self.sign(name, "-CA", self.certificate, "-CAkey", self.key, "-addext",
                         f"subjectAltName={hosts}")


def server_context(certificate, key, client_authority=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_authority)
    return context
