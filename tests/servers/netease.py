"""A stand-in for imap.163.com: a TCP proxy that gives Dovecot 163's manners and faults.

The manners are those of the published protocol logs: SELECT is refused until the
ID command came after LOGIN, IDLE and MOVE are not offered, UIDNEXT is never told,
STATUS answers an empty list, and the last old mail echoes in `UID n:*`. The faults
are switched on by a test through the attributes of `Netease`.
"""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from servers.mail_server import MailServer

CAPABILITY = (
    b"IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 "
    b"XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1 SASL-IR AUTH=XOAUTH2"
)
UNSAFE = b"NO SELECT Unsafe Login. Please contact kefu@188.com for help"
WRONG_CODE = b"NO LOGIN Login error or password error"
HIDDEN = (b"IDLE", b"MOVE", b"NAMESPACE", b"ENABLE", b"AUTHENTICATE")


@dataclass
class Netease:
    """Switches of the stand-in; one-shot faults reset themselves.

    Attributes:
        needs_id: SELECT is refused until ID was sent after LOGIN on the same connection.
        cut_literal_after: Close after so many bytes of the next mail literal (one shot).
        cut_on_uid: Close whenever the body of this UID is asked for.
        stall_on: Forward nothing more once the server answers this command.
        drip_on: Likewise, but send an endless dribble of bytes, each in time.
        giant_literal: Announce a literal of so many bytes for the next mail, and keep sending.
        empty_fetch: UIDs whose FETCH brings no data, only OK.
        hidden_uids: UIDs gone from every answer: they left the 30-day window.
        uid_validity_shift: Added to every UIDVALIDITY.
        login_reply: Said instead of the real answer to LOGIN.
        bye_on: Say BYE and close when this command comes.
        no_search_line: OK without any `* SEARCH` line.
        capability: What CAPABILITY lists.
        inject: (command, line): an untagged line said once before that command's answer.
        hidden_commands: Answered with BAD.
        idle_burst: Sent in one piece as the answer to IDLE.
        refused_folders: SELECT of these is refused for good.
        commands: Verbs in order, one list for all connections, passwords left out.
    """

    needs_id: bool = True
    cut_literal_after: int | None = None
    cut_on_uid: int | None = None
    stall_on: bytes = b""
    drip_on: bytes = b""
    giant_literal: int = 0
    empty_fetch: set[int] = field(default_factory=set)
    hidden_uids: set[int] = field(default_factory=set)
    uid_validity_shift: int = 0
    login_reply: bytes = b""
    bye_on: bytes = b""
    no_search_line: bool = False
    hidden_commands: tuple[bytes, ...] = HIDDEN
    idle_burst: bytes = b""
    refused_folders: set[str] = field(default_factory=set)
    capability: bytes = CAPABILITY
    inject: tuple[bytes, bytes] | None = None
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    target: tuple[str, int] = ("127.0.0.1", 0)
    open_sockets: list[socket.socket] = field(default_factory=list, repr=False)
    stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def hang_up_all(self) -> None:
        """Close every connection from the server's side, as an idle time-out does."""
        for connection in self.open_sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.open_sockets.clear()

    def verbs(self) -> list[str]:
        """The first word of every command, UID counted with its verb."""
        return [command.split(" ")[0] for command in self.commands]


@dataclass(frozen=True)
class NeteaseAccount(MailServer):
    """An account behind the stand-in, with its switches."""

    faults: Netease = field(default_factory=Netease)
