"""What a test sees of an IMAP server: an account, and a way to put mail there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient


@dataclass(frozen=True)
class MailServer:
    """One account of an IMAP server on loopback.

    Attributes:
        port: Where the account is polled; a fault proxy's port for the stand-ins.
        direct_port: The same account without any proxy, for the test's own errands.
        tls_port: Implicit TLS, 0 where the server offers none.
        ca_file: What a client must trust for TLS.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    direct_port: int = 0
    tls_port: int = 0
    ca_file: Path | None = None

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A plain logged-in client straight to the real server."""
        client = IMAPClient(self.host, self.direct_port or self.port, ssl=False, timeout=60)
        try:
            client.login(self.user, self.password)
            yield client
        finally:
            client.shutdown()

    def deliver(
        self, raw: bytes, folder: str = "INBOX", internal_date: datetime | None = None
    ) -> None:
        """Append a mail; the folder is made where it does not exist."""
        self.deliver_many([raw], folder, internal_date)

    def deliver_many(
        self,
        raws: list[bytes],
        folder: str = "INBOX",
        internal_date: datetime | None = None,
    ) -> None:
        """Append mails over one connection."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for raw in raws:
                client.append(folder, raw, msg_time=internal_date)

    def uids(self, folder: str = "INBOX") -> list[int]:
        """UIDs the server really holds."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return sorted(client.search("ALL"))

    def flags(self, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        r"""Flags of every mail, without the session's own \Recent."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search("ALL"), ["FLAGS"])
        return {
            uid: tuple(flag for flag in item[b"FLAGS"] if flag != rb"\Recent")
            for uid, item in found.items()
        }

    def remove(self, uid: int, folder: str = "INBOX") -> None:
        """Delete one mail for good, as a clerk in the web mail might."""
        with self.client() as client:
            client.select_folder(folder)
            client.delete_messages([uid])
            client.expunge([uid])

    def recreate(self, folder: str) -> None:
        """Delete and make a folder anew: it gets another UIDVALIDITY."""
        with self.client() as client:
            client.delete_folder(folder)
            client.create_folder(folder)
