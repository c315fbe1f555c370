"""An SMTP server as bad as allowed: it refuses, drops, and loses some of its 250s.

What it accepted is synced to a journal before it answers; the copy in the sent folder
appears some time later, as at a provider that files it by itself.
"""

import heapq
import json
import os
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from random import Random

from imapclient import IMAPClient
from servers.fault_smtp import ACCEPT_AND_DROP, DROP, FaultSmtp, Received, Stage
from servers.mail_server import MailServer

LOST_250 = 0.03
REFUSALS: dict[Stage, tuple[tuple[float, str], ...]] = {
    "connect": ((0.02, DROP), (0.01, "421 HL:REP,smtp11,too many connections")),
    "mail": ((0.01, "451 MI:DMC smtp11 too many messages"), (0.01, DROP)),
    "rcpt": ((0.01, "450 RP:DRC smtp11 too many recipients"), (0.005, DROP)),
    "data": ((0.01, DROP),),
    "body": (
        (LOST_250, ACCEPT_AND_DROP),
        (0.015, "451 DT:SPM,smtp11"),
        (0.015, DROP),
    ),
}


class Copier:
    """Files each accepted letter in the sent folder, up to `lag` seconds later."""

    def __init__(self, account: MailServer, folder: str, lag: float, chance: Random) -> None:
        self._account, self._folder, self._lag, self._chance = account, folder, lag, chance
        self._due: list[tuple[float, int, float, bytes]] = []
        self._changed = threading.Condition()
        self._closing = False
        self.slowest = 0.0
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def later(self, raw: bytes) -> None:
        """File `raw` after a random part of the lag."""
        now = time.monotonic()
        with self._changed:
            entry = (now + self._chance.random() * self._lag, id(raw), now, raw)
            heapq.heappush(self._due, entry)
            self._changed.notify()

    def close(self) -> None:
        """File what is left, then end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(60)

    def _work(self) -> None:
        with ExitStack() as line:
            self._copy_all(line)

    def _copy_all(self, line: ExitStack) -> None:
        client: IMAPClient | None = None
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > time.monotonic():
                    if self._closing and not self._due:
                        return
                    wait = self._due[0][0] - time.monotonic() if self._due else None
                    self._changed.wait(wait)
                _, _, accepted, raw = heapq.heappop(self._due)
            if client is None:
                client = IMAPClient(self._account.host, self._account.direct_port, ssl=False)
                line.enter_context(client)
                client.login(self._account.user, self._account.password)
            client.append(self._folder, raw)
            self.slowest = max(self.slowest, time.monotonic() - accepted)


class _Journal(list[Received]):
    """The accepted letters: on disk before the server says so."""

    def __init__(self, path: Path, copier: Copier) -> None:
        super().__init__()
        self._file = path.open("ab")
        self._copier = copier
        self._lock = threading.Lock()

    def close(self) -> None:
        """Everything is on disk already."""
        self._file.close()

    def append(self, mail: Received) -> None:
        message = message_from_bytes(mail.raw)
        line = {"id": message["Message-ID"], "to": mail.recipients, "at": time.time()}
        with self._lock:
            self._file.write(json.dumps(line).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            super().append(mail)
        self._copier.later(mail.raw)


@dataclass
class PostOffice(FaultSmtp):
    """FaultSmtp with random faults; `calm` ends them."""

    chance: Random = field(default_factory=Random)
    calm: bool = False
    faults: int = 0
    lost: int = 0
    _drawing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def keep(self, path: Path, copier: Copier) -> None:
        """Where accepted letters go."""
        self.mails = self._journal = _Journal(path, copier)

    def close(self) -> None:
        """No more letters come."""
        self._journal.close()

    def next_reply(self, stage: Stage) -> str | bytes | None:
        """A fault now and then."""
        if self.calm:
            return None
        with self._drawing:
            drawn = self.chance.random()
            for share, reply in REFUSALS.get(stage, ()):
                if drawn < share:
                    self.faults += 1
                    self.lost += reply == ACCEPT_AND_DROP
                    return reply
                drawn -= share
        return None

    def accepted(self) -> dict[str, int]:
        """Message-IDs, and how often each was accepted."""
        counts: dict[str, int] = {}
        for mail in list(self.mails):
            name = str(message_from_bytes(mail.raw)["Message-ID"])
            counts[name] = counts.get(name, 0) + 1
        return counts
