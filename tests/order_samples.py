"""An office clerk at a desk without servers: mails orders, clicks links, reads what comes back."""

import atexit
import html
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import parse_qs, urlsplit

from duty_samples import at, draft
from filing_samples import FilingDesk, filing_desk
from office_samples import CONFIG, DUTY, OFFICE, deliver, emergency, watching

from mailbot.clock import shanghai
from mailbot.config import Config
from store.records import ActRecord, EventRecord, OutboxRecord
from store.unit_of_work import Store

__all__ = ["DUTY", "OFFICE", "Clerk", "at", "clerk_at_work", "mail"]

NOON = at("2023-04-20 12:00")
TEAM, SECTION = "直属一大队", "市政管理科"
UNIT_ADDRESS = "zhishu1@dzcg.example"
_LINK = re.compile(r'href="(mailto:[^"]+)"[^>]*>([^<]+)</a>')


def mail(
    sender: str,
    subject: str,
    body: str = "",
    *headers: tuple[str, str],
    when: datetime = NOON,
    sender_header: str = "",
) -> bytes:
    """A mail as a mail program writes it; `sender_header` replaces its From line."""
    text = MIMEText(body, "plain", "utf-8")
    del text["MIME-Version"]
    lines = [
        sender_header or f"From: {Header('办公室', 'utf-8').encode()} <{sender}>",
        "To: <dzscgzfj@163.com>",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"Date: {format_datetime(shanghai(when))}",
        f"Message-ID: <{abs(hash((subject, body, when, sender_header, headers)))}@u.example>",
        *(f"{name}: {value}" for name, value in headers),
        "MIME-Version: 1.0",
    ]
    return "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n" + text.as_bytes()


@dataclass
class Clerk:
    """The office's clerk; each mail takes a minute."""

    desk: FilingDesk
    config: Config
    now: datetime = NOON
    address: str = OFFICE
    seen: set[int] = field(default_factory=set)

    @property
    def store(self) -> Store:
        return self.desk.store

    def send(
        self, subject: str, body: str = "", *headers: tuple[str, str], sender: str = ""
    ) -> list[OutboxRecord]:
        """Mail an order; the letters that come of it."""
        raw = mail(sender or self.address, subject, body, *headers, when=self.now)
        return self.post(raw)

    def post(self, raw: bytes) -> list[OutboxRecord]:
        """A raw mail arrives; the letters that come of it."""
        self.desk.fetch(raw, self.now, self.now)
        self.now += timedelta(minutes=1)
        return self.fresh()

    def fresh(self) -> list[OutboxRecord]:
        """Letters queued since the last look, oldest first."""
        with self.store.look() as uow:
            found = [one for one in reversed(uow.outbox.listing()) if one.id not in self.seen]
        self.seen |= {one.id for one in found}
        return found

    def letters(self) -> list[OutboxRecord]:
        """All letters, newest first."""
        with self.store.look() as uow:
            return list(uow.outbox.listing())

    def reply(self, letter: OutboxRecord, words: str, *, sender: str = "") -> list[OutboxRecord]:
        """Answer a letter of ours as mail programs do: its subject, its history."""
        answered = f"{words}\n\n------------------ 原始邮件 ------------------\n"
        answered += f'发件人: "系统" <dzscgzfj@163.com>;\n主题: {letter.subject}\n\n{letter.text}'
        headers = ("In-Reply-To", letter.message_id)
        return self.send(f"回复：{letter.subject}", answered, headers, sender=sender)

    def click(
        self, letter: OutboxRecord, label: str, *, fill: str = "", sender: str = ""
    ) -> list[OutboxRecord]:
        """Send the mail that a link prefills; `fill` replaces what it leaves to write."""
        subject, body = filled(links(letter)[label])
        if fill:
            subject, body = (re.sub(r"（请写.*?）", fill, text) for text in (subject, body))
        return self.send(subject, body, sender=sender)

    def confirmed(self, subject: str, body: str = "") -> list[OutboxRecord]:
        """Order, then answer 确认; the letters that follow the confirmation."""
        asked = self.send(subject, body)
        assert [one.key.partition("/")[0] for one in asked] == ["confirm"], asked
        return self.reply(asked[0], "确认")

    def digest(self) -> OutboxRecord:
        """The daily digest of today at 8:30 or the next time it is due."""
        watching(self.store, self.config).watch(self.now)
        found = [one for one in self.fresh() if one.key.startswith("digest/daily/")]
        return found[-1]

    def draft(self, unit: str = TEAM, title: str = "占道经营整治", **more: object) -> int:
        """A draft on record."""
        received = self.now - timedelta(hours=4)
        number = len(self.drafts()) + 1
        return deliver(self.store, draft(number, unit, received, title=title, **more))

    def drafts(self) -> list[str]:
        with self.store.look() as uow:
            return [one.state for one in uow.drafts.since(self.now - timedelta(days=300))]

    def event(self, unit: str = TEAM, title: str = "燃气泄漏") -> int:
        """An open emergency."""
        opened = self.now - timedelta(minutes=5)
        record = EventRecord(
            0, unit, title, "燃气", "alert", "open", opened, "mail", written_at=opened
        )
        return emergency(self.store, record)

    def acts(self) -> list[ActRecord]:
        with self.store.look() as uow:
            return list(uow.acts.all())

    def verbs(self) -> list[str]:
        """Acts in force."""
        return [act.verb for act in self.acts() if act.undone_by is None]


@contextmanager
def clerk_at_work(folder: Path, config: Config | None = None) -> Iterator[Clerk]:
    """A clerk on a new store."""
    chosen = config or office_config()
    shutil.copy(_empty_store(), folder / "mailbot.db")
    with filing_desk(folder, chosen) as desk:
        yield Clerk(desk, chosen)


@cache
def _empty_store() -> Path:
    """A store with all its migrations, made once for all tests."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with filing_desk(folder):
        return folder / "mailbot.db"


@cache
def office_config() -> Config:
    """The shipped configuration; one unit has an address of its own."""
    units = tuple(
        unit.model_copy(update={"addresses": (UNIT_ADDRESS,)}) if unit.name == TEAM else unit
        for unit in CONFIG.units
    )
    changed = CONFIG.model_copy(update={"units": units})
    changed.__dict__.pop("notice", None)
    return changed


def links(letter: OutboxRecord) -> dict[str, str]:
    """Label → mailto address of the first link with this label."""
    found: dict[str, str] = {}
    for address, label in _LINK.findall(letter.html):
        found.setdefault(label, html.unescape(address))
    return found


def filled(address: str) -> tuple[str, str]:
    """Subject and body that a mail program fills in for a mailto address (RFC 6068)."""
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    return query["subject"][0], query["body"][0]


def said(letters: list[OutboxRecord]) -> str:
    """Subjects and texts together."""
    return "\n".join(f"{one.subject}\n{one.text}" for one in letters)
