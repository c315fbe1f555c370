"""An office that has nothing but mail: real servers, the command line's ticks, 2023's clock.

Units mail drafts; the clerk clicks the links of the letters that arrived and answers
letters, as a mail program would. Every letter that came of it is kept for reading.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from urllib.parse import parse_qs, urlsplit

from offices import OFFICE, Office, wait_until
from servers.exim import Exim
from servers.mail_server import MailServer

from mailbot.__main__ import main
from mailbot.clock import SHANGHAI
from mailbot.demo.mails import Attached, Sample, write

_LINK = re.compile(r'href="(mailto:[^"]+)"[^>]*>([^<]+)</a>')
_TO_WRITE = re.compile(r"（请写.*?）")


def moment(day: int, clock: str, month: int = 5) -> datetime:
    """An instant of 2023, Asia/Shanghai."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2023, month, day, hour, minute, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of ours as its reader's mail program shows it."""

    at: datetime
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    files: tuple[tuple[str, bytes], ...] = ()

    def link(self, label: str, row: str = "") -> str:
        """The mailto address behind a label, the first one below the words `row`."""
        below = self.html[self.html.index(row) :]
        found = [html.unescape(to) for to, said in _LINK.findall(below) if said == label]
        assert found, f"no link {label} in {self.subject}"
        return found[0]


def read(mail: Message, at: datetime) -> Letter:
    """A delivered letter, decoded."""
    shown = {"text/plain": "", "text/html": ""}
    files = []
    for part in mail.walk():
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        if name := part.get_filename():
            files.append((_words(name), data))
        else:
            shown[part.get_content_type()] = data.decode("utf-8").replace("\r\n", "\n")
    text, page = shown["text/plain"], shown["text/html"]
    subject, to = _words(mail["Subject"]), str(mail["To"])
    return Letter(at, to, subject, text, page, str(mail["Message-ID"]), tuple(files))


def _words(header: str) -> str:
    return str(make_header(decode_header(header)))


def prefilled(address: str) -> tuple[str, str]:
    """Subject and body that a mail program fills in for a mailto address (RFC 6068)."""
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    return query["subject"][0], query["body"][0]


def only(letters: Sequence[Letter], prefix: str) -> Letter:
    """The one letter whose subject begins so."""
    found = [letter for letter in letters if letter.subject.startswith(prefix)]
    assert len(found) == 1, f"{prefix}: {[letter.subject for letter in letters]}"
    return found[0]


@dataclass
class Month:
    """The office, its servers, mail that is on its way, and the letters that came of it."""

    office: Office
    imap: MailServer
    smtp: Exim
    letters: list[Letter] = field(default_factory=list)
    _on_the_way: list[Sample] = field(default_factory=list)
    _read: int = 0

    def at(self, day: int, clock: str, month: int = 5) -> list[Letter]:
        """What is on the way arrives and the daemon takes a step; the letters that leave."""
        now = moment(day, clock, month)
        for sample in self._on_the_way:
            self.imap.deliver(write(replace(sample, at=now)), internal_date=now)
        self._on_the_way.clear()
        assert main(["--config", str(self.office.config), "once", "--at", now.isoformat()]) == 0
        wait_until(lambda: self.smtp.queued() == 0)
        delivered = self.smtp.sent()
        fresh = [read(mail, now) for mail in delivered[self._read :]]
        self._read = len(delivered)
        self.letters.extend(fresh)
        return fresh

    def send(
        self,
        sender: str,
        subject: str,
        body: str,
        *files: Attached,
        answers: str = "",
    ) -> None:
        """A mail sets out; `answers` is the Message-ID of the letter it answers."""
        headers = (("In-Reply-To", answers), ("References", answers)) if answers else ()
        name = sender.partition("@")[0]
        at = moment(1, "00:00")  # replaced on arrival
        self._on_the_way.append(Sample("", at, sender, name, subject, body, files, headers=headers))

    def click(
        self, letter: Letter, label: str, *, row: str = "", fill: str = "", sender: str = OFFICE
    ) -> None:
        """The mail that a link prefills sets out, its blank filled in by the clerk."""
        subject, body = prefilled(letter.link(label, row))
        assert ("（请写" in subject) == bool(fill), subject
        subject, body = (_TO_WRITE.sub(fill, words) for words in (subject, body))
        self.send(sender, subject, body)

    def reply(self, letter: Letter, words: str, sender: str = OFFICE) -> None:
        """An answer as mail programs write it: below the words, the letter it answers."""
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        body = f"{words}\n\n------------------ 原始邮件 ------------------\n{quoted}"
        self.send(sender, f"回复：{letter.subject}", body, answers=letter.message_id)

    def confirm(self, letters: Sequence[Letter], count: int = 1) -> None:
        """The clerk answers each 【请确认】 with one word."""
        asked = [letter for letter in letters if letter.subject.startswith("【请确认】")]
        assert len(asked) == count, [letter.subject for letter in letters]
        for letter in asked:
            assert letter.to == OFFICE
            self.reply(letter, "确认")
