"""A deadline on a connection that no drip can defeat."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Deadline:
    """Cuts the connection at an instant, however busily the server dribbles.

    Socket time-outs begin anew with every byte; this one does not. It holds its own
    duplicate of the descriptor, since TLS detaches the original socket.

    Attributes:
        passed: The last block ran out of time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._round = 0
        self._running = False
        self.passed = False

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection from now on; at once when the time is up already."""
        self.forget()
        with self._lock:
            self._socket = connection.dup()
            if self._running and self.passed:
                self._cut_now()

    def forget(self) -> None:
        """The connection is closed."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Everything in the block must finish within `seconds`; an outer block rules."""
        if self._running:
            yield
            return
        with self._lock:
            self._round += 1
            self._running, self.passed = True, False
        timer = threading.Timer(seconds, self._cut, (self._round,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                self._round += 1
                self._running = False

    def _cut(self, armed_round: int) -> None:
        with self._lock:
            if armed_round == self._round:
                self.passed = True
                self._cut_now()

    def _cut_now(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it may be gone already
                self._socket.shutdown(socket.SHUT_RDWR)
