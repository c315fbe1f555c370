"""pymap on loopback: a second, independent IMAP server, in memory and without privileges."""

import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.daemon import ATTEMPTS, START_SECONDS, Daemon, free_port
from servers.mail_server import MailServer


@contextmanager
def running_pymap(folder: Path) -> Iterator[MailServer]:
    """A server with one empty account, in a process of its own."""
    account = MailServer("127.0.0.1", 0, "box@test.example", secrets.token_hex(8))
    for _ in range(ATTEMPTS):
        port = free_port()
        daemon = _launch(folder / "pymap.log", account, port)
        try:
            if _answers(daemon, port):
                yield MailServer(account.host, port, account.user, account.password, port)
                return
        finally:
            daemon.stop()
    raise AssertionError(f"pymap did not start: {daemon.log()}")


def _launch(log: Path, account: MailServer, port: int) -> Daemon:
    options = ["--host", account.host, "--port", str(port), "--no-tls", "--no-service", "admin"]
    users = ["dict", "--demo-user", account.user, "--demo-password", account.password]
    start = "from pymap.main import main; main()"
    return Daemon([sys.executable, "-c", start, *options, *users], log, as_ourselves=True)


def _answers(daemon: Daemon, port: int) -> bool:
    give_up = time.monotonic() + START_SECONDS
    while daemon.alive and time.monotonic() < give_up:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                return b"OK" in connection.recv(512)
        except OSError:
            time.sleep(0.05)
    return False
