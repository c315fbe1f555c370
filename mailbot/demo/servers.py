"""Embedded servers on loopback: IMAP by pymap, SMTP by aiosmtpd. Real protocols, no account."""

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from imapclient import IMAPClient

HOST = "127.0.0.1"
USER, PASSWORD = "dzscgzfj@163.com", "demo-only"
SENT, JUNK = "Sent", "Junk"
_START_SECONDS = 30.0


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class EmbeddedImap:
    """A running IMAP server with INBOX, Junk and Sent."""

    port: int

    def deliver(self, raw: bytes, received_at: datetime, folder: str = "INBOX") -> None:
        """Put a mail into a folder, as the provider would, with its receipt time."""
        with IMAPClient(HOST, self.port, ssl=False) as client:
            client.login(USER, PASSWORD)
            client.append(folder, raw, msg_time=received_at)


@contextmanager
def imap_server(log: Path) -> Iterator[EmbeddedImap]:
    """Pymap in a process of its own, in memory; stopped at the end."""
    port = free_port()
    options = ["--host", HOST, "--port", str(port), "--no-tls", "--no-service", "admin"]
    store = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    command = [sys.executable, "-m", "mailbot.demo.imap_process", *options, *store]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,  # noqa: S603  our own
    ):
        try:
            _await_port(port, process)
            server = EmbeddedImap(port)
            _prepare(port)
            yield server
        finally:
            process.terminate()


def _prepare(port: int) -> None:
    with IMAPClient(HOST, port, ssl=False) as client:
        client.login(USER, PASSWORD)
        for folder in (JUNK, SENT):
            client.create_folder(folder)


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the embedded IMAP server did not start")


@dataclass
class Outgoing:
    """What the SMTP server accepted: kept as .eml files and copied to Sent, as 163 does."""

    folder: Path
    imap: EmbeddedImap
    now: datetime | None = None
    accepted: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Accept one letter."""
        raw = envelope.content
        assert isinstance(raw, bytes)
        self.accepted.append((tuple(envelope.rcpt_tos), raw))
        path = self.folder / f"{len(self.accepted):03d}.eml"
        path.write_bytes(raw)
        return f"250 Mail OK queued as demo,{len(self.accepted)}"


def _knows(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, auth: object
) -> AuthResult:
    good = isinstance(auth, LoginPassword) and auth.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)  # a refusal is said, not left open


@contextmanager
def smtp_server(outgoing: Outgoing) -> Iterator[int]:
    """Aiosmtpd in a thread; yields its port."""
    # It warns of a deprecated attribute of its own at every login.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    controller = Controller(
        outgoing,
        hostname=HOST,
        port=free_port(),
        authenticator=_knows,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()
