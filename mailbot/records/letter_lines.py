"""What letters list: drafts received, duties owed, links that act, lines of digest and board.

Instants are aware; texts that came from outside are plain strings, which templates escape.
"""

from dataclasses import dataclass
from datetime import datetime

from mailbot.records.verdicts import Hint


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """One draft of a receipt.

    Attributes:
        number: "#12", by which the office and the unit speak of it.
        column: "第①栏", "" when it counts nowhere.
        counted_because: Why it counts or does not, one sentence.
        length_note: How its length compares with what is asked, "" when it fits.
        punctuality: 30-minute verdict in a sentence, "" when it is no emergency.
        missing: What the draft lacks of 撰稿、审核/签发、联系方式…
        elements_missing: What an emergency report lacks.
        review: What the office will check by hand.
        reading: What of the file was not read, or not as it looks, and what to do about it.
    """

    number: str
    title: str
    unit: str
    kind: str
    column: str
    words: int
    words_total: int
    words_cjk: int
    approximate: bool
    counted: bool
    counted_because: str
    length_note: str = ""
    punctuality: str = ""
    task: str = ""
    missing: tuple[str, ...] = ()
    elements_missing: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    review: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file that could not be read, and what its sender can do."""

    name: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CloudFile:
    """A big attachment that came as a link: not received."""

    name: str
    size: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a unit is in one quota: "本周 第①栏" 1 of 1."""

    what: str
    done: int
    needed: int


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing a unit owes, or will soon.

    Attributes:
        state: 临期 or 逾期.
        days: Days of the calendar since the last day in time, or until it; 0 on that day.
        requirement: What the notice asks the draft to be (报送要求), "" where it says nothing.
        measure: What is counted: 篇, 张 or 分.
        because: Why less is owed than the notice says (折算), "" when it is not.
    """

    what: str
    period: str
    needed: int
    done: int
    due: datetime
    state: str
    days: int
    clause: str
    requirement: str = ""
    measure: str = "篇"
    because: str = ""

    @property
    def standing(self) -> str:
        """How long it is overdue, or what time is left, as one says it."""
        if self.state == "逾期":
            return f"已逾期{self.days}天" if self.days else "今天已过期限"
        return f"还有{self.days}天" if self.days else "今天截止"


@dataclass(frozen=True, slots=True)
class Action:
    """A link that opens a mail with an order already written; sending it gives the order.

    Attributes:
        label: What the link says.
        words: Subject and text of the mail: the order with its one-time token.
        mailbox: Whom it is addressed to.
    """

    label: str
    words: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class DigestDraft:
    """A line of the digest."""

    number: str
    received_at: datetime
    unit: str
    title: str
    kind: str
    words: int
    approximate: bool
    note: str
    review: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestEvent:
    """An emergency of the digest."""

    event: str
    unit: str
    title: str
    received_at: datetime
    verdict: str
    state: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestOverdue:
    """One unit's arrears, worst first; `escalated` once reminders went unanswered."""

    unit: str
    items: tuple[str, ...]
    reminded: int
    reachable: bool
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class DigestTrouble:
    """A mail or file that could not be read, filed or delivered."""

    what: str
    sender: str
    received_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DigestNote:
    """A unit's mail that is no draft and says something: a question, an explanation."""

    unit: str
    subject: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FolderCount:
    """Server count = recorded + ignored + quarantined, folder by folder."""

    folder: str
    server: int
    recorded: int
    ignored: int
    quarantined: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class BoardCell:
    """Done and needed of one column in one period; `needed` 0 when nothing is asked.

    Attributes:
        exempt: Nothing is owed, though the notice asks something.
        unsure: The number is read by guess, until the office confirms it.
    """

    done: int
    needed: int
    exempt: bool = False
    unsure: bool = False

    @property
    def percent(self) -> int:
        """Share done, 0 to 100."""
        return 100 if not self.needed else min(100, round(100 * self.done / self.needed))


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A unit's line of the quota board."""

    unit: str
    short: BoardCell
    long: BoardCell


@dataclass(frozen=True, slots=True)
class BoardGroup:
    """A group of units (类别)."""

    name: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A unit that will miss a quota at this pace while it can still be met."""

    unit: str
    what: str
    missing: int
    due: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one order: done, or why not and the right form."""

    asked: str
    done: bool
    what: str
