"""Servers that misbehave on the network, each on a thread of the test."""

import contextlib
import socket
import threading


class Listener:
    """Accepts connections on loopback and gives each to `serve`, on a thread of its own."""

    def __init__(self, host="127.0.0.1", port=0):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        self.socket.listen(64)
        self.host, self.port = self.socket.getsockname()
        self.connections = []
        self.accepted = 0
        self.closed = False
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.closed = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.cut()

    def accept(self):
        while not self.closed:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.accepted += 1
            self.connections.append(connection)
            threading.Thread(target=self.run, args=(connection,), daemon=True).start()

    def run(self, connection):
        with connection, contextlib.suppress(OSError):
            self.serve(connection)

    def cut(self):
        """Ends every connection at once."""
        while self.connections:
            with contextlib.suppress(OSError):
                self.connections.pop().shutdown(socket.SHUT_RDWR)

    def serve(self, connection):
        raise NotImplementedError


class Silent(Listener):
    """Accepts, reads, and never says a word."""

    def serve(self, connection):
        while connection.recv(65536):
            pass


class WebServer(Listener):
    """Answers whatever comes as a web server would, and closes."""

    def serve(self, connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 11\r\n"
                           b"Connection: close\r\n\r\n<h1>no</h1>")
        connection.shutdown(socket.SHUT_RDWR)


class Proxy(Listener):
    """Passes connections on to a port of 127.0.0.1; the network between can be cut and held."""

    def __init__(self, host, port):
        self.target = port
        self.flowing = threading.Event()
        self.flowing.set()
        super().__init__(host, port)

    def serve(self, connection):
        with socket.create_connection(("127.0.0.1", self.target)) as onward:
            self.connections.append(onward)
            back = threading.Thread(target=self.copy, args=(onward, connection), daemon=True)
            back.start()
            self.copy(connection, onward)
            back.join()

    def copy(self, source, sink):
        try:
            while data := source.recv(65536):
                self.flowing.wait()
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for each in (source, sink):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def hold(self):
        """Nothing passes any more, and nobody is told."""
        self.flowing.clear()

    def release(self):
        self.flowing.set()
