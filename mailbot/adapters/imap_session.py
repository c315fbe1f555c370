"""A session that mends itself: connects when needed, drops what broke, names every failure."""

import imaplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import ProtocolError

from mailbot import log
from mailbot.adapters import imap_idle
from mailbot.adapters.deadline import Deadline
from mailbot.adapters.imap_connection import GuardedClient, connect
from mailbot.adapters.tls import tls_advice
from mailbot.config import MailboxConfig
from mailbot.errors import AuthenticationFailed, MailbotError, Temporary
from mailbot.ports import FolderState

LOGOUT_SECONDS = 5.0
UNSAFE_LOGIN = "unsafe login"


class ImapSession:
    """The connection of one mailbox, with the folder that is open in it."""

    def __init__(self, config: MailboxConfig, password: str) -> None:
        self._config = config
        self._password = password
        self._client: GuardedClient | None = None
        self._folder: FolderState | None = None
        self._is_open = False
        self._writable = False
        self._refused = ""
        self._refused_until = 0.0
        self.deadline = Deadline()

    @property
    def folder(self) -> FolderState | None:
        """The folder last opened, even if its connection has broken since."""
        return self._folder

    @contextmanager
    def command(self) -> Iterator[GuardedClient]:
        """A connected client, out of IDLE, whose failures become ours."""
        with self.deadline.within(self._config.poll_deadline_seconds), self.translated():
            if self._client is None:
                self._client = self._connected()
            imap_idle.leave(self._client)
            self._client.allow()
            yield self._client

    def _connected(self) -> GuardedClient:
        """A new connection, but never a quick second try of a refused password.

        The breaker over polls is stored; this one also guards whoever forgets to ask it,
        and ends a little sooner, so as not to answer in its place.
        """
        if self._refused and time.monotonic() < self._refused_until:
            raise AuthenticationFailed(self._refused)
        try:
            return connect(self._config, self._password, self.deadline)
        except AuthenticationFailed as refusal:
            minutes = self._config.authentication_pause_minutes
            self._refused = str(refusal)
            self._refused_until = time.monotonic() + minutes * 54
            raise

    @contextmanager
    def in_folder(self) -> Iterator[GuardedClient]:
        """As `command`, with the last folder open; after a break it is opened again."""
        with self.command() as client:
            before = self._folder
            if before is None:
                raise Temporary("还没有打开任何文件夹")
            if not self._is_open:
                now = self.open(client, before.name)
                if now.uid_validity != before.uid_validity:
                    raise Temporary(f"文件夹“{before.name}”的编号规则刚刚改变，稍后重新收取")
            yield client

    def open(self, client: GuardedClient, folder: str, *, writable: bool = False) -> FolderState:
        """SELECT or EXAMINE, with ID once more where the server still asks for it."""
        self._is_open = False
        try:
            answer = client.select_folder(folder, readonly=not writable)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if UNSAFE_LOGIN not in str(error).lower() or not self._config.send_id:
                raise
            client.introduce()  # needed even where a proxy hides the capability
            answer = client.select_folder(folder, readonly=not writable)
        validity, count = answer.get(b"UIDVALIDITY", 0), answer.get(b"EXISTS", 0)
        self._folder = FolderState(folder, validity, count)
        self._is_open, self._writable = True, writable
        return self._folder

    def writable(self, client: GuardedClient) -> FolderState:
        """The open folder, opened for changes where it was read-only."""
        assert self._folder is not None
        if not self._writable:
            return self.open(client, self._folder.name, writable=True)
        return self._folder

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the wire and the library raise into our errors.

        `imaplib.IMAP4.abort` (the connection is lost) is a subclass of `error` (the
        server said NO), hence the order.
        """
        try:
            yield
        except MailbotError:
            raise
        except imaplib.IMAP4.abort as error:
            raise self._lost(error) from error
        except ProtocolError as error:
            raise self._lost(error, "服务器的应答不合规范") from error
        except imaplib.IMAP4.error as error:
            raise Temporary(f"IMAP 服务器没有执行命令：{_words(error)}") from error
        except (OSError, EOFError) as error:
            raise self._lost(error, tls_advice(error)) from error
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise self._lost(error, "服务器的应答无法理解") from error

    def _lost(self, error: BaseException, advice: str = "") -> Temporary:
        """Drop the connection: nothing more read from it could be trusted."""
        passed = self.deadline.passed
        self.drop()
        if passed:
            seconds = self._config.poll_deadline_seconds
            return Temporary(f"收取超过 {seconds} 秒仍未完成，连接已断开，稍后继续")
        where = f"{self._config.host}:{self._config.port}"
        return Temporary(f"与 IMAP 服务器 {where} 的连接中断：{advice or _words(error)}")

    def drop(self) -> None:
        """Close without a word."""
        client, self._client = self._client, None
        self._is_open = False
        if client is not None:
            client.shutdown()
        self.deadline.forget()

    def close(self) -> None:
        """Log out; never raises."""
        client, self._client = self._client, None
        self._is_open = False
        if client is None:
            return
        try:
            with self.deadline.within(LOGOUT_SECONDS):
                imap_idle.leave(client)
                client.logout()
        except Exception as error:  # noqa: BLE001  the server may be gone in any way
            log.event("imap_logout_failed", error=type(error).__name__)
            client.shutdown()

    @property
    def client(self) -> GuardedClient | None:
        """The live client, None when there is no connection."""
        return self._client


def _words(error: BaseException) -> str:
    """What the server or the system said, in one line of bounded length."""
    return " ".join((str(error) or type(error).__name__).split())[:300]
