"""Where the wires begin: what the stages ask of the world outside."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from mailbot.records.notices import LedgerBook, NoticeFigures


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder after SELECT; the server's UIDNEXT is never relied on: 163 tells none."""

    name: str
    uid_validity: int
    count: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server says of a mail before its bytes are fetched.

    Attributes:
        internal_date: The provider's receipt time (INTERNALDATE), UTC.
        size: RFC822.SIZE in bytes.
    """

    uid: int
    internal_date: datetime | None
    size: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours as it lies in the sent folder.

    Attributes:
        at: When the server filed it there (INTERNALDATE).
    """

    message_id: str
    subject: str
    at: datetime | None


class Mailbox(Protocol):
    """One logged-in IMAP connection. Every call may raise Temporary."""

    def deadline(self, seconds: float) -> AbstractContextManager[None]:
        """All calls in the block together may take `seconds`; then they fail."""

    def folders(self) -> Sequence[str]:
        """Folders to poll, as configured or discovered, INBOX first."""

    def missing_folders(self) -> Sequence[str]:
        """Configured folders the server did not list at the last `folders`."""

    def select(self, folder: str) -> FolderState:
        """Open a folder read-only."""

    def uids(self, after: int = 0) -> Sequence[int]:
        """UIDs above `after` in the open folder, ascending; echoes of `n:*` filtered out."""

    def envelopes(self, uids: Sequence[int]) -> Iterator[Envelope]:
        """UID, INTERNALDATE, RFC822.SIZE and FLAGS; UIDs that vanished are left out."""

    def fetch_to(self, uid: int, path: Path, size: int) -> bool:
        """Write the raw mail to `path` in chunks with PEEK; False when it vanished."""

    def fetch_many(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Raw mails of small size in one round trip, with PEEK."""

    def head(self, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a mail: its headers, when it is too big to fetch."""

    def wait(self, seconds: float) -> bool:
        """IDLE for up to `seconds`; True when the server announced new mail.

        False at once where IDLE is off or not offered: the caller sleeps then.
        """

    def after_filing(self, uid: int) -> None:
        """Mark or move a filed mail where config says so; otherwise nothing."""

    def find_message_id(self, folder: str, message_ids: Sequence[str]) -> frozenset[str]:
        """Which of these Message-IDs lie in `folder` (recent mails, compared locally)."""

    def letters_since(self, folder: str, moment: datetime) -> Sequence[SentLetter]:
        """Mails filed in `folder` since `moment`; Temporary when one could not be looked at."""

    def sent_folder(self) -> str | None:
        r"""Name of the \Sent folder, None where there is none."""

    def close(self) -> None:
        """Log out; never raises."""


Quota = Literal["", "quarter", "day"]
"""Which of the provider's limits a reply names: letters in 15 minutes, or in a day."""


class Outcome(StrEnum):
    """What a submission came to: by the reply's tag, its number differs between editions."""

    SENT = "sent"
    RETRY = "retry"  # back off and try again
    TOMORROW = "tomorrow"  # daily quota used up
    NEVER = "never"  # this letter will not pass
    CONFIGURATION = "configuration"  # alarm, stop sending
    LOCKED_OUT = "locked_out"  # stop for hours
    UNKNOWN = "unknown"  # lost after DATA: look for a witness before any repeat


@dataclass(frozen=True, slots=True)
class Submission:
    """Result of handing one letter to the SMTP server.

    Attributes:
        reply: The server's words, decoded tolerantly; never our password.
        refused: Recipients refused, with the server's words; the others were accepted.
        try_again: Those of the refused whom the server may accept later (greylisting, quotas).
        quota: The limit the reply names, "" when it names none.
    """

    outcome: Outcome
    reply: str
    refused: tuple[tuple[str, str], ...] = ()
    try_again: tuple[str, ...] = ()
    quota: Quota = ""


class Papers(Protocol):
    """Makes the office's papers; reads a written notice back."""

    def bulletin(self, figures: NoticeFigures) -> bytes:
        """The notice (通报) as .docx."""

    def differences(self, paper: bytes, figures: NoticeFigures) -> Sequence[str]:
        """What in a notice disagrees with its figures or with itself (Chinese)."""

    def ledger(self, book: LedgerBook) -> bytes:
        """The ledger (台账) as .xlsx."""


class Transport(Protocol):
    """Submits letters over SMTP; keeps one connection while it is of use."""

    def submit(self, sender: str, recipients: Sequence[str], raw: bytes) -> Submission:
        """Send one letter; returns, never raises, whatever the server does."""

    def close(self) -> None:
        """Drop the connection; never raises."""
