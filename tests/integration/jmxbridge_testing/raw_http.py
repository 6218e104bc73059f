"""Bytes of requests over a socket, and the answers that come back, whatever server it is."""

import dataclasses
import re
import socket


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes


class Connection:
    """One connection; requests are sent as they stand."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.socket.close()

    def send(self, request):
        self.socket.sendall(request)

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.received += data
        return bool(data)

    def ended(self):
        return not self.received and not self.more()

    def take(self, size):
        while len(self.received) < size:
            if not self.more():
                raise AssertionError("an answer is cut off")
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def take_line(self):
        while b"\r\n" not in self.received:
            if not self.more():
                raise AssertionError("an answer is cut off")
        line, _, self.received = self.received.partition(b"\r\n")
        return line

    def take_chunks(self):
        body = b""
        while size := int(self.take_line(), 16):
            body += self.take(size)
            self.take_line()
        self.take_line()
        return body

    def take_rest(self):
        while self.more():
            pass
        return self.take(len(self.received))

    def answer(self, *, head_only=False):
        """The next answer, or None if the connection ends without one."""
        while b"\r\n\r\n" not in self.received:
            if not self.more():
                return None
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        status, *lines = head.decode("ascii").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) [A-Z].*", status)[1])
        if head_only or status == 100:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = self.take_chunks()
        elif "content-length" in headers:
            body = self.take(int(headers["content-length"]))
        else:
            body = self.take_rest()
        return Answer(status, headers, body)


def request(target, *headers, method="GET", version="1.1", body=b""):
    lines = [f"{method} {target} HTTP/{version}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def page(target, *headers):
    """A GET that is the last of its connection."""
    return request(target, *headers, "Connection: close")
