"""Mails that wait for the slow second reading, which recognises text in scans and pictures.

It takes minutes, one mail after the other, and an emergency has thirty (二·一). So what
sounds urgent at the first reading is filed from that at once; what waits holds up neither
the mails behind it nor the next look at the server, and none waits longer than `patience`:
then the first reading stands, and tells the unit that its scan could not be read.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from mailbot import log
from mailbot.rules.judgement import RuleBook
from mailbot.stages.intake_order import sounds_urgent
from parsers.facts import Reading
from parsers.recognition import awaits_recognition
from parsers.second_tries import failure
from store.records import MessageRecord

MOST = 100  # mails that wait at a time; more would fill the memory in a flood of scans

ReadMail = Callable[[MessageRecord], "Future[Reading]"]


@dataclass(frozen=True, slots=True)
class _Awaited:
    mail: MessageRecord
    first: Reading
    second: "Future[Reading]"
    until: float

    def reading(self) -> Reading:
        """The second reading where it came, else the first."""
        if self.second.done() and failure(self.second) is None:
            return self.second.result()
        self.second.cancel()
        log.warning("scan_not_recognised", mail=self.mail.id)
        return self.first


@dataclass(slots=True)
class SecondReadings:
    """Second readings under way, in memory: after a restart these mails are read anew.

    Attributes:
        recognise: Reads a mail in the slow worker; None without the OCR extra.
        patience: Seconds after which a mail is filed from its first reading.
    """

    recognise: ReadMail | None = None
    patience: float = inf
    seconds: Callable[[], float] = time.monotonic
    _awaited: dict[int, _Awaited] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many mails wait."""
        return len(self._awaited)

    @property
    def mails(self) -> frozenset[int]:
        """Which mails wait."""
        return frozenset(self._awaited)

    @property
    def oldest(self) -> datetime | None:
        """When the first of them was received; None where none waits."""
        return min((one.mail.received_at for one in self._awaited.values()), default=None)

    def takes(self, mail: MessageRecord, first: Reading | None, book: RuleBook) -> bool:
        """Whether the mail now waits for a second reading, and is not to be filed yet."""
        if self.recognise is None or first is None or len(self) >= MOST:
            return False
        if not awaits_recognition(first) or is_urgent(first, book):
            return False
        try:
            second = self.recognise(mail)
        except RuntimeError:  # shutting down
            return False
        until = self.seconds() + self.patience
        self._awaited[mail.id] = _Awaited(mail, first, second, until)
        return True

    def ready(self, seconds: float = 0.0) -> list[tuple[MessageRecord, Reading]]:
        """Mails whose wait is over, with the reading to file; waits up to `seconds` for one."""
        found = self._over()
        if found or not self._awaited or seconds <= 0:
            return found
        first_end = min(one.until for one in self._awaited.values()) - self.seconds()
        longest = max(min(seconds, first_end), 0.0)
        wait([one.second for one in self._awaited.values()], longest, FIRST_COMPLETED)
        return self._over()

    def _over(self) -> list[tuple[MessageRecord, Reading]]:
        now = self.seconds()
        over = [one for one in self._awaited.values() if one.second.done() or one.until <= now]
        for one in over:
            del self._awaited[one.mail.id]
        return [(one.mail, one.reading()) for one in over]


def is_urgent(reading: Reading, book: RuleBook) -> bool:
    """Whether anything a mail says at its first reading is an emergency, or worth a look."""
    subject = reading.message.subject if reading.message else ""
    return any(sounds_urgent(book, subject, title, body) for title, body in _texts(reading))


def _texts(reading: Reading) -> Iterable[tuple[str, str]]:
    """Title and body of all that is said: own words, files and their names, attached mails."""
    if (message := reading.message) is not None:
        yield message.subject, message.body
        yield message.subject, message.quoted
    for draft in reading.drafts:
        yield draft.segments.title, draft.segments.full
    for file in reading.files:
        yield file.name, ""
    for inner in reading.nested:
        yield from _texts(inner)
