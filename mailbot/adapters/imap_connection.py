"""One guarded IMAP connection: verified TLS, bounded answers, a deadline no drip can defeat."""

import imaplib
import socket
import ssl
from contextlib import suppress
from typing import Any, Final

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from mailbot import log
from mailbot.adapters.deadline import Deadline
from mailbot.adapters.tls import tls_context
from mailbot.config import MailboxConfig
from mailbot.errors import AuthenticationFailed, ConfigError, Temporary

CONNECT_SECONDS = 30.0
ANSWER_BYTES = 32_000_000  # a SEARCH answer of three million UIDs, or one batch of mails
CLIENT_ID: Final = {"name": "mailbot", "version": "1.0", "vendor": "mailbot"}
# RFC 5530: codes that say nothing against the password
NOT_OUR_FAULT = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")


class _GuardedImap4(imaplib.IMAP4):
    """The wire: as imaplib's, but it reads no more than a command may bring."""

    def __init__(
        self,
        address: tuple[str, int],
        context: ssl.SSLContext | None,
        timeout: float,
        deadline: Deadline,
    ) -> None:
        self._context = context
        self._deadline = deadline
        self.allowance = ANSWER_BYTES
        super().__init__(*address, timeout=timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._deadline.watch(plain)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def read(self, size: int) -> bytes:
        """A literal; one larger than what we asked for is an attack or a fault."""
        self._spend(size)
        data: bytes = super().read(size)
        return data

    def readline(self) -> bytes:
        """A line of up to the allowance: imaplib's own limit fails at 90,000 UIDs."""
        line = self.file.readline(self.allowance + 1)
        assert isinstance(line, bytes)  # the stub allows text
        self._spend(len(line))
        return line

    def shutdown(self) -> None:
        """Close the socket and the watchdog's duplicate of it."""
        self._deadline.forget()
        super().shutdown()

    def _spend(self, size: int) -> None:
        if size > self.allowance:
            raise self.abort(f"answer too large: {size} bytes more")
        self.allowance -= size


class GuardedClient(IMAPClient):  # type: ignore[misc]  # the library has no types
    """imapclient with our guards; times come back with their zone."""

    def __init__(self, config: MailboxConfig, deadline: Deadline) -> None:
        context = tls_context("mailbox", config)
        self._guard = (context if config.tls == "tls" else None, deadline)
        seconds = float(config.timeout_seconds)
        super().__init__(
            config.host,
            config.port,
            ssl=config.tls == "tls",
            timeout=SocketTimeout(min(CONNECT_SECONDS, seconds), seconds),
        )
        self.idle_tag: bytes | None = None
        self.idle_since = 0.0
        self.normalise_times = False
        self._imap.debug = 0  # its 5 formats every literal: 14 times the CPU (measured)
        if config.tls == "starttls":
            self._encrypt(context)

    def _encrypt(self, context: ssl.SSLContext | None) -> None:
        try:
            self.starttls(context)
        except CapabilityError as error:
            self.shutdown()
            raise ConfigError(
                "mailbox.tls", "服务器没有提供 STARTTLS 加密", '请改用 tls = "tls"'
            ) from error
        except BaseException:
            self.shutdown()
            raise

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  the library's hook
        context, deadline = self._guard
        connect_seconds = self._timeout.connect
        return _GuardedImap4((self.host, self.port), context, connect_seconds, deadline)

    @property
    def wire(self) -> Any:
        """The imaplib object below, for what the library does not offer."""
        return self._imap

    def allow(self, size: int = ANSWER_BYTES) -> None:
        """How many bytes the next command may bring."""
        self._imap.allowance = size

    def shutdown(self) -> None:
        """Close without a word; the socket may be broken already."""
        with suppress(OSError, ValueError):
            super().shutdown()

    def introduce(self) -> None:
        """Send ID; a server that dislikes it must not stop us (RFC 2971)."""
        try:
            self.wire._simple_command("ID", _parenthesised(CLIENT_ID))  # noqa: SLF001
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            log.warning("imap_id_refused", words=str(error))


def connect(config: MailboxConfig, password: str, deadline: Deadline) -> GuardedClient:
    """Connect, log in and introduce ourselves.

    Raises:
        AuthenticationFailed: The server refused user or 授权码.
        ConfigError: STARTTLS is configured and not offered, or ca_file is unreadable.
        imaplib.IMAP4.error, OSError: Whatever else goes wrong on the wire.
    """
    client = GuardedClient(config, deadline)
    try:
        _log_in(client, config.user, password)
        if config.send_id and client.has_capability("ID"):
            client.introduce()
    except BaseException:
        client.shutdown()
        raise
    return client


def _log_in(client: GuardedClient, user: str, password: str) -> None:
    if not (user + password).isascii():
        raise AuthenticationFailed("用户名或授权码含有中文或全角字符，请重新填写")
    try:
        client.login(user, password)
    except LoginError as error:
        # the library calls a dropped connection a LoginError too
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        words = str(error).replace(password, "***") if password else str(error)
        if any(code in words.upper() for code in NOT_OUR_FAULT):
            raise Temporary(f"IMAP 服务器暂时不能登录：{words}") from None
        raise AuthenticationFailed(
            f"IMAP 服务器拒绝登录（{words}）。请核对 [mailbox] user 与授权码，"
            "并在网页邮箱的设置中确认 IMAP 服务已开启"
        ) from None


def _parenthesised(fields: dict[str, str]) -> str:
    words = " ".join(f'"{key}" "{value}"' for key, value in fields.items())
    return f"({words})"
