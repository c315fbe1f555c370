"""The office's mailbox over imapclient; with its imap_* neighbours all that knows IMAP."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.adapters import imap_fetch, imap_idle
from mailbot.adapters.imap_connection import GuardedClient
from mailbot.adapters.imap_folders import INBOX, Listed, read_listing, sent_folder, to_poll
from mailbot.adapters.imap_session import ImapSession
from mailbot.config import MailboxConfig
from mailbot.errors import Temporary
from mailbot.ports import Envelope, FolderState, SentLetter

RECENT_MAILS = 300  # how far back a Message-ID is looked for


class ImapMailbox:
    """Mailbox over one IMAP connection, opened when first needed and again after a failure.

    Not for several threads at once. Every method but `close` may raise Temporary,
    AuthenticationFailed or ConfigError; after a broken connection the next call starts
    a new one and opens the same folder again, so that a caller may simply go on.
    """

    def __init__(self, config: MailboxConfig, password: str) -> None:
        self._config = config
        self._session = ImapSession(config, password)
        self._listing: list[Listed] = []
        self._missing: list[str] = []
        self._top: dict[tuple[str, int], int] = {}

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """All calls in the block together may take `seconds`; then the connection is cut."""
        with self._session.deadline.within(seconds):
            yield

    def folders(self) -> Sequence[str]:
        """Folders to poll, as configured or discovered, INBOX first."""
        kept = self._session.client is not None
        try:
            self._listing = self._list()
        except Temporary:
            if not kept or self._session.deadline.passed:
                raise
            # a connection kept from the last poll may have died quietly
            self._listing = self._list()
        names, self._missing = to_poll(self._listing, self._config.folders)
        for name in self._missing:
            log.warning("folder_missing", folder=name)
        return names

    def missing_folders(self) -> Sequence[str]:
        """Configured folders the server did not list at the last `folders`."""
        return tuple(self._missing)

    def _list(self) -> list[Listed]:
        with self._session.command() as client:
            client.folder_encode = False  # one malformed name must not hide the others
            try:
                return read_listing(client.list_folders())
            finally:
                client.folder_encode = True

    def select(self, folder: str) -> FolderState:
        """Open a folder read-only."""
        with self._session.command() as client:
            return self._session.open(client, folder)

    def uids(self, after: int = 0) -> Sequence[int]:
        """UIDs above `after` in the open folder, ascending; echoes of `n:*` filtered out."""
        with self._session.in_folder() as client:
            fresh = _uids_above(client, after)
            state = self._session.folder
            if state is not None:
                self._top[state.name, state.uid_validity] = max([after, *fresh[-1:]])
            return fresh

    def envelopes(self, uids: Sequence[int]) -> Iterator[Envelope]:
        """UID, INTERNALDATE, RFC822.SIZE and FLAGS; UIDs without an answer are left out."""
        with self._session.in_folder() as client:
            return iter(list(imap_fetch.envelopes(client, uids)))

    def fetch_to(self, uid: int, path: Path, size: int) -> bool:
        """Write the raw mail to `path` in chunks with PEEK; False when it vanished."""
        with self._session.in_folder() as client:
            return imap_fetch.to_path(client, uid, path, size, self._config.max_mail_bytes)

    def fetch_many(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Raw mails of small size in one round trip, with PEEK."""
        with self._session.in_folder() as client:
            return iter(list(imap_fetch.whole(client, uids)))

    def head(self, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a mail: its headers, when it is too big to fetch."""
        with self._session.in_folder() as client:
            return imap_fetch.piece(client, uid, 0, limit) or b""

    def wait(self, seconds: float) -> bool:
        """IDLE for up to `seconds`; True when the server announced new mail.

        False at once where IDLE is switched off or not offered: the caller sleeps then.
        IDLE stays on between calls, so that short waits cost nothing.
        """
        if not self._config.use_idle:
            return False
        client = self._session.client
        if client is None or client.idle_tag is None:
            with self._session.command() as client:
                if not client.has_capability("IDLE"):
                    return False
                if self._news_since_poll(client) or imap_idle.enter(client):
                    return True
        end = time.monotonic() + seconds
        with self._session.translated():
            while imap_idle.ready(client, max(0.0, end - time.monotonic())):
                with self._session.deadline.within(self._config.timeout_seconds):
                    if imap_idle.announced(client):
                        return True
            if imap_idle.stale(client):
                imap_idle.leave(client)
        return False

    def _news_since_poll(self, client: GuardedClient) -> bool:
        """Open INBOX for IDLE; True for mail that came after the poll looked there."""
        state = self._session.open(client, INBOX)
        top = self._top.get((state.name, state.uid_validity))
        return top is not None and bool(_uids_above(client, top))

    def after_filing(self, uid: int) -> None:
        """Mark or move a filed mail of the open folder where config says so."""
        if self._config.after_filing == "nothing":
            return
        with self._session.in_folder() as client:
            state = self._session.writable(client)
            target = self._config.move_to
            if self._config.after_filing == "mark_read":
                client.add_flags([uid], [rb"\Seen"], silent=True)
            elif target and target != state.name:
                _move(client, uid, target)

    def find_message_id(self, folder: str, message_ids: Sequence[str]) -> frozenset[str]:
        """Which of these Message-IDs lie in `folder` (recent mails, compared locally).

        Raises:
            Temporary: Some recent mail could not be looked at, so absence proves nothing.
        """
        with self._session.command() as client:
            self._session.open(client, folder)
            recent = _uids_above(client, 0)[-RECENT_MAILS:]
            found = imap_fetch.message_ids(client, recent)
            unread = set(recent) - set(found)
            if unread and unread & set(_uids_above(client, 0)):
                raise Temporary(f"文件夹“{folder}”中有 {len(unread)} 封邮件服务器没有给出信头")
        wanted = {"".join(message_id.split()): message_id for message_id in message_ids}
        return frozenset(wanted[value] for value in found.values() if value in wanted)

    def letters_since(self, folder: str, moment: datetime) -> Sequence[SentLetter]:
        """Mails filed in `folder` since `moment`, read from the newest backwards.

        Raises:
            Temporary: Some mail could not be looked at, so absence proves nothing.
        """
        found: list[SentLetter] = []
        with self._session.command() as client:
            self._session.open(client, folder)
            uids = _uids_above(client, 0)
            for end in range(len(uids), 0, -imap_fetch.ENVELOPES_AT_ONCE):
                some = uids[max(0, end - imap_fetch.ENVELOPES_AT_ONCE) : end]
                at = {e.uid: e.internal_date for e in imap_fetch.envelopes(client, some)}
                recent = [uid for uid in some if (date := at.get(uid)) is None or date >= moment]
                if not recent:
                    break
                known = imap_fetch.identities(client, recent)
                if unread := set(recent) - set(known):
                    raise Temporary(f"文件夹“{folder}”中有 {len(unread)} 封邮件服务器没有给出信头")
                found += [SentLetter(*known[uid], at.get(uid)) for uid in recent]
        return found

    def sent_folder(self) -> str | None:
        r"""Name of the \Sent folder, None where there is none."""
        if not self._listing:
            self._listing = self._list()
        return sent_folder(self._listing)

    def probe(self) -> tuple[str, ...]:
        """Read-only findings on the server for `mailbot doctor`, in Chinese."""
        with self._session.command() as client:
            words = sorted(word.decode("ascii", "replace") for word in client.capabilities())
            state = self._session.open(client, INBOX)
            listed = len(_uids_above(client, 0))
        seconds = self._config.poll_seconds
        idle = "有，新邮件即时查收" if "IDLE" in words else f"没有，每 {seconds} 秒查收一次"
        advice = "" if listed == state.count else "，不一致：请在网页邮箱设置中选择“收取全部邮件”"
        return (
            f"服务器能力：{' '.join(words)}",
            f"即时通知（IDLE）：{idle}",
            f"收件箱共 {state.count} 封，可列出 {listed} 封{advice}",
            f"收件箱 UIDVALIDITY：{state.uid_validity}",
        )

    def close(self) -> None:
        """Log out; never raises."""
        self._session.close()


def _uids_above(client: GuardedClient, after: int) -> list[int]:
    """SEARCH by UID range only (163 fails other searches); the echo of `n:*` dropped."""
    found = client.search(["UID", f"{after + 1}:*"] if after else ["ALL"])
    return sorted({uid for uid in found if uid > after})


def _move(client: GuardedClient, uid: int, target: str) -> None:
    r"""MOVE, or COPY + \Deleted + UID EXPUNGE: a plain EXPUNGE would take others' mails."""
    if not client.folder_exists(target):
        client.create_folder(target)
    if client.has_capability("MOVE"):
        client.move([uid], target)
        return
    client.copy([uid], target)
    client.add_flags([uid], [rb"\Deleted"], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge([uid])
