"""The connections of the stand-in for imap.163.com, between a client and Dovecot."""

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from imapclient.imap_utf7 import decode

from servers.netease import UNSAFE, WRONG_CODE, Netease

LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")


class _CutError(Exception):
    """This connection ends here."""


class _Session(socketserver.BaseRequestHandler):
    """One client connection and its own connection to Dovecot."""

    def handle(self) -> None:
        self.state: Netease = self.server.state  # type: ignore[attr-defined]
        self.state.connections += 1
        self.client: socket.socket = self.request
        self.state.open_sockets.append(self.client)
        self.logged_in = self.identified = False
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
        """Whether the command was dealt with here and must not reach Dovecot."""
        verb = rest.split(b" ")[0].upper()
        return self._fault(tag, verb, rest) or self._manner(tag, verb, rest)

    def _fault(self, tag: bytes, verb: bytes, rest: bytes) -> bool:
        state = self.state
        if state.bye_on and state.bye_on in rest.upper():
            self.client.sendall(b"* BYE IMAP server terminating connection\r\n")
            raise _CutError
        if state.inject and state.inject[0] in rest.upper():
            self.client.sendall(state.inject[1] + b"\r\n")
            state.inject = None
            self._say(tag, b"OK done")
        elif verb == b"IDLE" and state.idle_burst:
            self.idle_tag = tag
            self.client.sendall(state.idle_burst)
        elif tag == b"DONE" and self.idle_tag:
            self._say(self.idle_tag, b"OK IDLE terminated")
        elif verb == b"LOGIN" and state.login_reply:
            self._say(tag, state.login_reply)
        elif verb in (b"SELECT", b"EXAMINE") and self._refuses(rest):
            self._say(tag, b"NO SELECT System Error")
        else:
            return self._cut_on_body(rest)
        return True

    def _manner(self, tag: bytes, verb: bytes, rest: bytes) -> bool:
        state = self.state
        if verb in state.hidden_commands:
            self._say(tag, b"BAD command not support")
        elif verb == b"CAPABILITY":
            self.client.sendall(b"* CAPABILITY " + state.capability + b"\r\n")
            self._say(tag, b"OK CAPABILITY completed")
        elif verb == b"ID":
            self.identified = self.logged_in
            self.client.sendall(
                b'* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "x1")\r\n'
            )
            self._say(tag, b"OK ID completed")
        elif verb in (b"SELECT", b"EXAMINE") and state.needs_id and not self.identified:
            self._say(tag, UNSAFE)
        elif verb == b"STATUS":
            self.client.sendall(b"* STATUS " + rest.split(b" ")[1] + b" ()\r\n")
            self._say(tag, b"OK STATUS completed")
        else:
            return False
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
                self.logged_in = True
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
