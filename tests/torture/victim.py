"""The daemon, with a trap in it: SIGKILL at its n-th step of a kind.

A step is one SQL statement or commit, one IMAP or SMTP verb (before it goes out, and
after its answer), one fsync or renaming of a file. The traps are put around the
libraries from outside: production code knows nothing of them.

    MAILBOT_KILL_AT=SMTP:7 python -m torture.victim --config config.toml run

MAILBOT_FIRST_WAIT (seconds) shortens the wait after a refused letter or fetch, so that
a thousand kills fit into an hour.
"""

import imaplib
import os
import signal
import smtplib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from mailbot.__main__ import run
from mailbot.rules import backoff
from mailbot.stages import setbacks


class Trap:
    """Counts steps over all threads; at the chosen one nothing more happens."""

    def __init__(self, kind: str, at: int) -> None:
        self._kind, self._left = kind, at
        self._lock = threading.Lock()

    def step(self, kind: str) -> None:
        """Count one; the last is told to the log and is the end."""
        if kind != self._kind:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.write(2, f"trap {kind}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, kind: str) -> None:
        """A step before and a step after every call of `owner.name`."""
        inner: Callable[..., Any] = getattr(owner, name)

        def wrapped(*given: Any, **named: Any) -> Any:
            self.step(kind)
            try:
                return inner(*given, **named)
            finally:
                self.step(kind)

        setattr(owner, name, wrapped)


def set_traps(trap: Trap) -> None:
    """SQL, IMAP, SMTP, archive."""
    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, lambda *_: trap.step("SQL"))
    trap.around(imaplib.IMAP4, "_simple_command", "IMAP")
    trap.around(smtplib.SMTP, "putcmd", "SMTP")
    trap.around(smtplib.SMTP, "getreply", "SMTP")
    trap.around(os, "fsync", "disk")
    trap.around(Path, "rename", "disk")
    trap.around(Path, "replace", "disk")


def hurry(first: timedelta) -> None:
    """Waits after a failure start at `first` and never grow beyond ten times that."""
    backoff.ROUTINE_FIRST = backoff.URGENT_FIRST = first
    backoff.ROUTINE_MOST = backoff.URGENT_MOST = 10 * first
    setbacks.FIRST_WAIT, setbacks.LONGEST_WAIT = first, 10 * first


if __name__ == "__main__":
    kind, _, at = os.environ.get("MAILBOT_KILL_AT", "").partition(":")
    if kind:
        set_traps(Trap(kind, int(at)))
    hurry(timedelta(seconds=float(os.environ.get("MAILBOT_FIRST_WAIT", "2"))))
    run()
