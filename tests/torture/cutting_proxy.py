"""A line to the IMAP server that breaks: some connections end after a few thousand bytes."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

SHARE = 0.25  # of the connections
BYTES = (200, 150_000)


@dataclass
class Line:
    """State of the proxy."""

    target: tuple[str, int]
    chance: Random = field(default_factory=Random)
    calm: bool = False
    port: int = 0
    cuts: int = 0
    open: set[socket.socket] = field(default_factory=set)

    def allowance(self) -> int | None:
        """How many bytes of answers the next connection may carry; None = all."""
        if self.calm or self.chance.random() >= SHARE:
            return None
        return self.chance.randrange(*BYTES)

    def drop_all(self) -> None:
        """Every connection ends now."""
        for end in list(self.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class _Session(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        line: Line = self.server.line  # type: ignore[attr-defined]
        left = line.allowance()
        with suppress(OSError), socket.create_connection(line.target, 60) as up:
            line.open.add(self.request)
            for end in (up, self.request):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asking = threading.Thread(target=_pump, args=(self.request, up), daemon=True)
            asking.start()
            while data := up.recv(65_536):
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                self.request.sendall(data)
                if left == 0:
                    line.cuts += 1
                    break
            for end in (up, self.request):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            asking.join(10)
        line.open.discard(self.request)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def running(line: Line) -> Iterator[Line]:
    """Serve until the block ends."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.line = line  # type: ignore[attr-defined]
        line.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.drop_all()
            server.shutdown()
            thread.join(10)
