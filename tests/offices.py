"""An office for end-to-end tests: the shipped configuration on test servers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.clock import SHANGHAI
from mailbot.resources import shipped

OFFICE, DUTY, UNIT = "office@dzcg.example", "duty@dzcg.example", "zhishu1@dzcg.example"
OURS = "dzscgzfj@163.com"


@dataclass
class Office:
    """A folder with a config.toml, and commands run in it as an operator would."""

    folder: Path
    passwords: dict[str, str]

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A mailbot process in the background; its log goes to run.log."""
        with (self.folder / "run.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "mailbot", "--config", str(self.config), *arguments],
                env={**os.environ, **self.passwords},
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
            )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A mailbot command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "mailbot", "--config", str(self.config), *arguments],
            env={**os.environ, **self.passwords},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def listing(self, *arguments: str) -> Any:
        """What a command prints with --json."""
        return json.loads(self.run(*arguments, "--json").stdout)

    @property
    def log(self) -> str:
        return (self.folder / "run.log").read_text(encoding="utf-8")


def open_office(folder: Path, imap: Any, smtp: Any, **changes: str) -> Office:
    """The shipped config.toml with the test's servers and three addresses.

    `imap` and `smtp` have host, port, user and password; further `changes` are whole
    lines of the file by their key, for example `use_idle="use_idle = false"`.
    """
    text = shipped("config.toml").read_text(encoding="utf-8")
    mailbox, _, rest = text.partition("[smtp]")
    sending, _, rest = rest.partition("[store]")
    mailbox = _server(mailbox, imap, changes.pop("imap_tls", 'tls = "none"'))
    sending = _server(sending, smtp, 'tls = "none"')
    text = f"{mailbox}[smtp]{sending}[store]{rest}"
    lines = text.split("\n")
    unit = lines.index(next(line for line in lines if line.startswith('name = "直属一大队"')))
    at = next(i for i in range(unit, unit + 9) if lines[i].startswith("addresses = []"))
    lines[at] = f'addresses = ["{UNIT}"]'
    for at, line in enumerate(lines):
        key = line.partition(" = ")[0]
        if key in changes:
            lines[at] = changes.pop(key)
    text = "\n".join(lines).replace('"office@example.com"', f'"{OFFICE}"')
    text = text.replace("duty = []", f'duty = ["{DUTY}"]')
    (folder / "config.toml").write_text(text, encoding="utf-8")
    passwords = {"MAILBOT_IMAP_PASSWORD": imap.password, "MAILBOT_SMTP_PASSWORD": smtp.password}
    return Office(folder, passwords)


def _server(section: str, server: Any, tls: str) -> str:
    values = {
        "host": f'host = "{server.host}"',
        "port": f"port = {server.port}",
        "user": f'user = "{server.user}"',
        "tls": tls,
        "poll_seconds": "poll_seconds = 1",
    }
    lines = section.split("\n")
    return "\n".join(values.get(line.partition(" = ")[0], line) for line in lines)


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Ask again and again; AssertionError when it never comes true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def stop(process: "subprocess.Popen[str]") -> int:
    """SIGTERM, then the exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(60)


def minutes_ago(minutes: int) -> datetime:
    """An instant a little while back, UTC, without seconds."""
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes)


def in_words(moment: datetime) -> str:
    """4月19日8时5分."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local.hour}时{local.minute}分"
