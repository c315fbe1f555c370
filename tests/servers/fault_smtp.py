"""An SMTP server that answers as scripted, drops when told to, and keeps what it accepts."""

import base64
import socket
import socketserver
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Literal

from servers.certificates import Certificates

Stage = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "body"]
DROP = "DROP"  # close without a word
ACCEPT_AND_DROP = "ACCEPT_AND_DROP"  # keep the mail, then close before the 250
STALL = "STALL"  # say nothing until the client gives up
GREETING = "220 fault.test ESMTP"
EXTENSIONS = ("PIPELINING", "AUTH LOGIN PLAIN", "8BITMIME")  # as smtp.163.com had them in 2019
OK = {
    "auth": "235 Authentication successful",
    "mail": "250 Mail OK",
    "rcpt": "250 Mail OK",
    "data": "354 End data with <CR><LF>.<CR><LF>",
    "body": "250 Mail OK queued as fault,1 1",
}


@dataclass(frozen=True)
class Received:
    """A mail the server took responsibility for."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    user: str

    @property
    def message(self) -> Message:
        return message_from_bytes(self.raw)


@dataclass
class FaultSmtp:
    """State shared by all connections; tests script it and read `mails`."""

    user: str = "box@test.example"
    password: str = field(default="secret", repr=False)
    mails: list[Received] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    connections: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    cut_body: bool = False  # close on the first byte of the next body
    extensions: tuple[str, ...] = EXTENSIONS
    host: str = "127.0.0.1"
    port: int = 0
    certificates: Certificates | None = None
    implicit_tls: bool = False
    _script: dict[Stage, deque[str | bytes]] = field(
        default_factory=lambda: defaultdict(deque), repr=False
    )
    _forever: dict[Stage, str | bytes] = field(default_factory=dict, repr=False)
    _released: threading.Event = field(default_factory=threading.Event, repr=False)

    def answer(self, stage: Stage, reply: str | bytes, times: int | None = 1) -> None:
        """Give `reply` at `stage` for the next `times` occasions; None = always."""
        if times is None:
            self._forever[stage] = reply
        else:
            self._script[stage].extend([reply] * times)

    def drop(self, stage: Stage, *, accepted: bool = False, times: int | None = 1) -> None:
        """Close the connection at `stage`; after the body the mail may have been accepted."""
        self.answer(stage, ACCEPT_AND_DROP if accepted else DROP, times)

    def stall(self, stage: Stage) -> None:
        """Fall silent at `stage` until the server stops."""
        self.answer(stage, STALL)

    def refuse(self, recipient: str, reply: str = "550 User not found: x") -> None:
        """Refuse one recipient, for good."""
        self.refused[recipient] = reply

    def clear(self) -> None:
        """Forget the script and the mails."""
        self.mails.clear()
        self.verbs.clear()
        self.refused.clear()
        self._script.clear()
        self._forever.clear()

    def sent(self) -> list[Message]:
        """The accepted mails, parsed, oldest first."""
        return [mail.message for mail in self.mails]

    def next_reply(self, stage: Stage) -> str | bytes | None:
        """The scripted reply of a stage, None where all is well."""
        waiting = self._script.get(stage)
        return waiting.popleft() if waiting else self._forever.get(stage)

    def release(self) -> None:
        """Let stalled connections end."""
        self._released.set()

    def wait_released(self) -> None:
        self._released.wait(60)


class _HangUpError(Exception):
    """The script says that this connection ends here."""


class _Session(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        self.state: FaultSmtp = self.server.state  # type: ignore[attr-defined]
        self.state.connections += 1
        self.who, self.sender, self.recipients = "", "", []
        try:
            if self.state.implicit_tls:
                self._wrap()
            self._greet()
        except (_HangUpError, OSError, ValueError):
            return

    def finish(self) -> None:
        with suppress(OSError, ValueError):  # the client may be gone, the stream TLS now
            super().finish()
        with suppress(OSError):
            self.connection.close()

    def _wrap(self) -> None:
        certificates = self.state.certificates
        assert certificates is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        self.connection = context.wrap_socket(self.request, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def _greet(self) -> None:
        self._reply("connect", GREETING)
        while line := self.rfile.readline(10_000):
            verb, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
            verb = verb.upper()
            self.state.verbs.append(verb)
            if verb == "QUIT":
                self._say("221 Bye")
                return
            getattr(self, f"_on_{verb.lower()}", self._unknown)(rest)

    def _unknown(self, _rest: str) -> None:
        self._say("502 Error: command not implemented")

    def _on_ehlo(self, _rest: str) -> None:
        words = [*self.state.extensions]
        if self.state.certificates is not None and not isinstance(self.connection, ssl.SSLSocket):
            words.append("STARTTLS")
        lines = ["fault.test", *words]
        text = [f"250-{line}\r\n" for line in lines[:-1]]
        self._reply("ehlo", "".join(text) + f"250 {lines[-1]}")

    _on_helo = _on_ehlo

    def _on_starttls(self, _rest: str) -> None:
        self._say("220 Ready to start TLS")
        self._wrap()

    def _on_noop(self, _rest: str) -> None:
        self._say("250 OK")

    def _on_rset(self, _rest: str) -> None:
        self.sender, self.recipients = "", []
        self._say("250 OK")

    def _on_auth(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            given = initial or self._ask("")
            parts = base64.b64decode(given).decode().split("\0")
            user, password = parts[1], parts[2]
        else:
            user = base64.b64decode(initial or self._ask("VXNlcm5hbWU6")).decode()
            password = base64.b64decode(self._ask("UGFzc3dvcmQ6")).decode()
        if (user, password) != (self.state.user, self.state.password):
            self._say("535 Error: authentication failed")
            return
        self.who = user
        self._reply("auth", OK["auth"])

    def _ask(self, prompt: str) -> str:
        self._say(f"334 {prompt}")
        return self.rfile.readline(10_000).decode().strip()

    def _on_mail(self, rest: str) -> None:
        if self.sender:
            self._say("503 nested MAIL command")
            return
        self.sender, self.recipients = rest.partition("<")[2].partition(">")[0], []
        if self.sender != self.state.user and "@" in self.state.user:
            self.sender = ""
            self._say("553 Mail from must equal authorized user")
            return
        if not self._reply("mail", OK["mail"]):
            self.sender = ""

    def _on_rcpt(self, rest: str) -> None:
        recipient = rest.partition("<")[2].partition(">")[0]
        if recipient in self.state.refused:
            self._say(self.state.refused[recipient])
            return
        if self._reply("rcpt", OK["rcpt"]):
            self.recipients.append(recipient)

    def _on_data(self, _rest: str) -> None:
        if not self._reply("data", OK["data"]):
            return
        if self.state.cut_body:
            self.state.cut_body = False
            self._hang_up()
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = Received(self.sender, tuple(self.recipients), b"".join(lines), self.who)
        self.sender, self.recipients = "", []
        scripted = self.state.next_reply("body")
        if scripted in (None, ACCEPT_AND_DROP):
            self.state.mails.append(mail)
        self._say(OK["body"] if scripted is None else scripted)

    def _reply(self, stage: Stage, usual: str) -> bool:
        """Say the scripted reply or the usual one; True for the usual one."""
        scripted = self.state.next_reply(stage)
        self._say(usual if scripted is None else scripted)
        return scripted is None

    def _say(self, reply: str | bytes) -> None:
        if reply in (DROP, ACCEPT_AND_DROP):
            self._hang_up()
        if reply == STALL:
            self.state.wait_released()
            self._hang_up()
        data = reply.encode() if isinstance(reply, str) else reply
        self.wfile.write(data + b"\r\n")
        if data.startswith(b"421"):
            self._hang_up()

    def _hang_up(self) -> None:
        with suppress(OSError):  # the client went first
            self.request.shutdown(socket.SHUT_RDWR)
        raise _HangUpError


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def running(state: FaultSmtp, port: int = 0) -> Iterator[FaultSmtp]:
    """Serve `state` on a loopback port until the block ends."""
    with _Server((state.host, port), _Session) as server:
        server.state = state  # type: ignore[attr-defined]
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.release()
            server.shutdown()
            thread.join(10)
