"""A stand-in for imap.163.com: a TCP proxy that gives Dovecot 163's manners and faults.

The manners are those of the published protocol logs: SELECT is refused until the
ID command came after LOGIN, IDLE and MOVE are not offered, UIDNEXT is never told,
STATUS answers an empty list, and the last old mail echoes in `UID n:*`. The faults
are switched on by a test through the attributes of `Netease`.
"""

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from imapclient.imap_utf7 import decode

from servers.mail_server import MailServer

CAPABILITY = (
    b"IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 "
    b"XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1 SASL-IR AUTH=XOAUTH2"
)
UNSAFE = b"NO SELECT Unsafe Login. Please contact kefu@188.com for help"
WRONG_CODE = b"NO LOGIN Login error or password error"
HIDDEN = (b"IDLE", b"MOVE", b"NAMESPACE", b"ENABLE", b"AUTHENTICATE")
LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")


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


class _CutError(Exception):
    """This connection ends here."""


class _Session(socketserver.BaseRequestHandler):
    """One client connection and its own connection to Dovecot."""

    def handle(self) -> None:
        self.state: Netease = self.server.state  # type: ignore[attr-defined]
        self.state.connections += 1
        self.client: socket.socket = self.request
        self.state.open_sockets.append(self.client)
        self.identified = False
        self.idle_tag = b""
        self.pending: dict[bytes, bytes] = {}
        with socket.create_connection(self.state.target, 60) as upstream:
            self.upstream = upstream
            for end in (self.client, upstream):  # many small lines: no waiting for more
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = threading.Thread(target=self._guard, args=(self._answers,), daemon=True)
            answers.start()
            self._guard(self._requests)
            answers.join(10)

    def _guard(self, work: Callable[[], None]) -> None:
        with suppress(_CutError, OSError, ValueError):  # either side may go at any time
            work()
        for end in (self.client, self.upstream):
            with suppress(OSError):  # already closed
                end.shutdown(socket.SHUT_RDWR)

    # from the client to Dovecot

    def _requests(self) -> None:
        stream = self.client.makefile("rb")
        while line := stream.readline():
            tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
            self._note(rest)
            if self._answer_ourselves(tag, rest):
                continue
            self.pending[tag] = rest.upper()
            self._send_up(stream, line)

    def _send_up(self, stream: BinaryIO, line: bytes) -> None:
        """Forward a command with its literals, synchronising or not."""
        self.upstream.sendall(line)
        while found := LITERAL.search(line):
            size = int(found[1])
            self.upstream.sendall(stream.read(size))
            line = stream.readline()
            self.upstream.sendall(line)

    def _note(self, rest: bytes) -> None:
        text = rest.decode("latin-1")
        if text.upper().startswith("LOGIN"):
            text = "LOGIN"
        self.state.commands.append(text.removeprefix("UID ") if text.startswith("UID") else text)

    def _answer_ourselves(self, tag: bytes, rest: bytes) -> bool:
        verb = rest.split(b" ")[0].upper()
        if self.state.inject and self.state.inject[0] in rest.upper():
            self.client.sendall(self.state.inject[1] + b"\r\n")
            self.state.inject = None
            self._say(tag, b"OK done")
            return True
        if self.state.bye_on and self.state.bye_on in rest.upper():
            self.client.sendall(b"* BYE IMAP server terminating connection\r\n")
            raise _CutError
        if verb == b"IDLE" and self.state.idle_burst:
            self.idle_tag = tag
            self.client.sendall(self.state.idle_burst)
        elif tag == b"DONE" and self.idle_tag:
            self._say(self.idle_tag, b"OK IDLE terminated")
        elif verb in self.state.hidden_commands:
            self._say(tag, b"BAD command not support")
        elif verb == b"CAPABILITY":
            self.client.sendall(b"* CAPABILITY " + self.state.capability + b"\r\n")
            self._say(tag, b"OK CAPABILITY completed")
        elif verb == b"ID":
            self.identified = self.logged_in
            self.client.sendall(
                b'* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "x1")\r\n'
            )
            self._say(tag, b"OK ID completed")
        elif verb in (b"SELECT", b"EXAMINE") and self.state.needs_id and not self.identified:
            self._say(tag, UNSAFE)
        elif verb in (b"SELECT", b"EXAMINE") and self._refuses(rest):
            self._say(tag, b"NO SELECT System Error")
        elif verb == b"STATUS":
            folder = rest.split(b" ")[1]
            self.client.sendall(b"* STATUS " + folder + b" ()\r\n")
            self._say(tag, b"OK STATUS completed")
        elif verb == b"LOGIN" and self.state.login_reply:
            self._say(tag, self.state.login_reply)
        else:
            return self._cut_on_body(rest)
        return True

    def _refuses(self, rest: bytes) -> bool:
        name = decode(rest.partition(b" ")[2].strip(b'"'))
        return name in self.state.refused_folders

    def _cut_on_body(self, rest: bytes) -> bool:
        wanted = self.state.cut_on_uid
        asks_body = b"FETCH" in rest.upper() and b"BODY" in rest.upper()
        if wanted is not None and asks_body and wanted in _uid_set(rest.split(b" ")[2]):
            raise _CutError
        return False

    @property
    def logged_in(self) -> bool:
        return getattr(self, "_logged_in", False)

    def _say(self, tag: bytes, text: bytes) -> None:
        self.client.sendall(tag + b" " + text + b"\r\n")

    # from Dovecot to the client

    def _answers(self) -> None:
        stream = self.upstream.makefile("rb")
        while line := stream.readline():
            self._stall_or_drip()
            if not line.startswith((b"* ", b"+")):
                line = self._tagged(line)
            elif line.startswith(b"* "):
                line = self._untagged(line)
            found = LITERAL.search(line)
            if found is None:
                self.client.sendall(line)
                continue
            self._literals(stream, line, int(found[1]))

    def _tagged(self, line: bytes) -> bytes:
        tag, _, rest = line.partition(b" ")
        command = self.pending.pop(tag, b"")
        if command.startswith(b"LOGIN"):
            if rest.startswith(b"OK"):
                self._logged_in = True
                return tag + b" OK LOGIN completed\r\n"
            return tag + b" " + WRONG_CODE + b"\r\n"
        return re.sub(rb"\[(?:HIGHESTMODSEQ|CAPABILITY)[^]]*\] ", b"", line)

    def _untagged(self, line: bytes) -> bytes:
        if line.startswith((b"* OK [UIDNEXT", b"* OK [HIGHESTMODSEQ")):
            return b""
        if line.startswith(b"* OK [CAPABILITY"):
            return b"* OK Coremail System IMap Server Ready(163com)\r\n"
        if found := re.match(rb"\* OK \[UIDVALIDITY (\d+)\]", line):
            shifted = int(found[1]) + self.state.uid_validity_shift
            return b"* OK [UIDVALIDITY %d] UIDs valid\r\n" % shifted
        if line.startswith(b"* SEARCH"):
            return self._search(line)
        if b" FETCH (" in line:
            return self._fetch(line)
        return line

    def _search(self, line: bytes) -> bytes:
        if self.state.no_search_line:
            return b""
        uids = [uid for uid in line.split()[2:] if int(uid) not in self.state.hidden_uids]
        return b" ".join([b"* SEARCH", *uids]) + b"\r\n"

    def _fetch(self, line: bytes) -> bytes:
        found = re.search(rb"UID (\d+)", line)
        uid = int(found[1]) if found else 0
        absent = uid in self.state.hidden_uids or uid in self.state.empty_fetch
        return b"" if absent and not LITERAL.search(line) else line

    def _literals(self, stream: BinaryIO, line: bytes, size: int) -> None:
        """Forward one response with its literals, or cut, swallow or inflate it."""
        found = re.search(rb"UID (\d+)", line)
        uid = int(found[1]) if found else 0
        swallow = uid in self.state.hidden_uids or uid in self.state.empty_fetch
        while True:
            data = stream.read(size)
            tail = stream.readline()
            if not swallow:
                self._literal(line, data)
            found = LITERAL.search(tail)
            if found is None:
                break
            line, size = tail, int(found[1])
        if not swallow:
            self.client.sendall(tail)

    def _literal(self, line: bytes, data: bytes) -> None:
        if self.state.giant_literal:
            self._send_giant(line)
        self.client.sendall(line)
        cut, self.state.cut_literal_after = self.state.cut_literal_after, None
        if cut is not None:
            self.client.sendall(data[:cut])
            raise _CutError
        self.client.sendall(data)

    def _send_giant(self, line: bytes) -> None:
        size, self.state.giant_literal = self.state.giant_literal, 0
        self.client.sendall(LITERAL.sub(b"{%d}\r\n" % size, line))
        block = b"\0" * 65536
        for _ in range(size // len(block)):
            self.client.sendall(block)
        raise _CutError

    def _stall_or_drip(self) -> None:
        waiting = b"\n".join(self.pending.values())
        if self.state.stall_on and self.state.stall_on in waiting:
            self.state.stopped.wait(60)
            raise _CutError
        if self.state.drip_on and self.state.drip_on in waiting:
            self.client.sendall(b"* OK ")
            while not self.state.stopped.wait(0.2):
                self.client.sendall(b".")
            raise _CutError


def _uid_set(text: bytes) -> set[int]:
    """The members of a UID set such as 3,5:7; an open end counts as its start."""
    members: set[int] = set()
    for part in text.split(b","):
        low, _, high = part.partition(b":")
        end = int(high) if high.isdigit() else int(low)
        members.update(range(int(low), end + 1))
    return members


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def running(state: Netease) -> Iterator[Netease]:
    """Serve the stand-in on a free loopback port until the block ends."""
    with _Server((state.host, 0), _Session) as server:
        server.state = state  # type: ignore[attr-defined]
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.stopped.set()
            server.shutdown()
            thread.join(10)
