"""One GET over loopback, with every header of the answer."""

import dataclasses
import http.client


@dataclasses.dataclass(frozen=True)
class Response:
    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8")


def get(port, path="/", *, headers=None, timeout=60, method="GET", host="127.0.0.1"):
    """Sends one request on a connection of its own; no redirects, no proxies."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()},
                        body)
    finally:
        connection.close()
