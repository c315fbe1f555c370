"""Contexts of the letters: all that a template may mention, and nothing else.

Instants are aware; templates show them in Asia/Shanghai through their filters.
Texts that came from outside are plain strings: templates escape them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from mailbot.records.requests import Request
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
class Receipt:
    """【回执】 what was counted and what is missing, to the unit that sent a mail."""

    template: ClassVar[str] = "receipt"
    unit: str
    subject: str
    received_at: datetime
    drafts: tuple[ReceiptDraft, ...]
    unreadable: tuple[NotRead, ...]
    cloud: tuple[CloudFile, ...]
    images: int
    progress: tuple[Progress, ...]
    office: str
    telephone: str


@dataclass(frozen=True, slots=True)
class EmergencyAlert:
    """【紧急】 to the office's duty list, at once and until somebody acknowledges.

    Attributes:
        event: "E3".
        level: "alert" 突发事件, "review" 疑似突发，请核.
        repeat: 0 for the first alert, then the number of the repetition.
        happened: Event time in words, "待核" when unknown.
        minutes: From the event to the provider's receipt; None when unknown.
        within: Minutes within which it had to be reported (二·一).
        elapsed: Minutes from the provider's receipt until this letter was written.
        next_steps: What to do now, in order.
        acknowledge: Subject line that acknowledges when mailed back.
    """

    template: ClassVar[str] = "emergency"
    event: str
    level: str
    repeat: int
    unit: str
    title: str
    hazard: str
    stage: str
    received_at: datetime
    happened: str
    minutes: int | None
    elapsed: int
    punctuality: str
    present: tuple[str, ...]
    missing: tuple[str, ...]
    because: tuple[str, ...]
    excerpt: str
    sender: str
    next_steps: tuple[str, ...]
    acknowledge: str
    mailbox: str
    office: str
    within: int = 30


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
class Reminder:
    """【提醒】 or 【催报】: one letter a unit, all that it owes, worst first.

    Attributes:
        times: The how-maniest letter after the due time it is, 0 before it.
        escalated: Earlier ones were not answered: it stands on the office's list.
        copied: The unit's second address gets it too.
        pictures: Pictures are among what is owed.
    """

    template: ClassVar[str] = "reminder"
    unit: str
    owners: tuple[str, ...]
    overdue: tuple[Owed, ...]
    soon: tuple[Owed, ...]
    unconfirmed: tuple[Owed, ...]
    times: int
    escalated: bool
    written_on: date
    mailbox: str
    office: str
    telephone: str
    copied: bool = False
    pictures: bool = False


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
class EmergencyChase:
    """【紧急催报】 to a unit: a report of an event is owed (二·一).

    Attributes:
        kind: emergency_reminder (first written report), followup (续报), or
            missed_candidate (漏报候选, to the office for its decision), or written_overdue
            (reported by telephone, the writing is still owed).
        what: Why this letter goes out now, one sentence.
        to_office: Nobody of the unit can be written to: the office is asked to call.
        points: What 漏报 costs (annex 1), below 0.
        actions: What the office may order at once; never for a unit.
    """

    template: ClassVar[str] = "chase"
    event: str
    kind: str
    unit: str
    title: str
    what: str
    opened_at: datetime
    due: datetime
    overdue: bool
    elements: tuple[str, ...]
    to_office: bool
    mailbox: str
    office: str
    telephone: str
    actions: tuple[Action, ...] = ()
    points: float = -20


@dataclass(frozen=True, slots=True)
class OfficeList:
    """【催报】 to the office: units that owe something and have no address on record."""

    template: ClassVar[str] = "office_list"
    written_on: date
    reason: str
    units: tuple[tuple[str, Owed], ...]
    office: str


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
class FolderCount:
    """Server count = recorded + ignored + quarantined, folder by folder."""

    folder: str
    server: int
    recorded: int
    ignored: int
    quarantined: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class DailyDigest:
    """【日报】 to the office.

    Attributes:
        ordering: Whether its lines bear links that give orders.
    """

    template: ClassVar[str] = "daily"
    day: date
    start: datetime
    end: datetime
    late: bool
    drafts: tuple[DigestDraft, ...]
    review: tuple[DigestDraft, ...]
    events: tuple[DigestEvent, ...]
    overdue: tuple[DigestOverdue, ...]
    trouble: tuple[DigestTrouble, ...]
    expiring: tuple[CloudFile, ...]
    folders: tuple[FolderCount, ...]
    received: int
    ignored: int
    letters_sent: int
    letters_waiting: int
    notes: tuple[str, ...]
    office: str
    ordering: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        told = (self.drafts, self.review, self.events, self.overdue, self.trouble, self.notes)
        astray = any(not folder.agrees for folder in self.folders)
        return not any(told) and not self.expiring and not astray


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


OverviewKind = Literal["weekly", "monthly", "quarterly"]


@dataclass(frozen=True, slots=True)
class Overview:
    """【周报】, 【月报】 or 【季报】 to the office: the quota board and the forecast.

    Attributes:
        zero_units: Units that sent nothing although they owed something beyond doubt.
        upward: What the bureau itself still owes upward (annex 1 备注).
        unsure: Some number of the board is read by guess.
    """

    template: ClassVar[str] = "overview"
    kind: OverviewKind
    label: str
    late: bool
    total: int
    by_kind: tuple[tuple[str, int], ...]
    groups: tuple[BoardGroup, ...]
    forecasts: tuple[Forecast, ...]
    tasks: tuple[Owed, ...]
    events: tuple[DigestEvent, ...]
    zero_units: tuple[str, ...]
    notes: tuple[str, ...]
    office: str
    upward: tuple[Owed, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one order: done, or why not and the right form."""

    asked: str
    done: bool
    what: str


@dataclass(frozen=True, slots=True)
class Answer:
    """【答复】 to the office: what was done on its orders.

    Attributes:
        actions: Links that undo what was done.
        undoable: Whether answering 撤销 takes it back.
    """

    template: ClassVar[str] = "answer"
    orders: tuple[Answered, ...]
    office: str
    actions: tuple[Action, ...] = ()
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class Memo:
    """A short letter about orders: to be confirmed, carried out, undone; 退回 to a unit; 查询.

    Attributes:
        title: Subject, with its 【mark】.
        secret: What the subject alone bears beside it: an answer brings it back.
        intro: First paragraph.
        lines: What it is about, one a line.
        actions: Links that answer it.
        closing: Last paragraph, "" for none.
    """

    template: ClassVar[str] = "memo"
    title: str
    intro: str
    lines: tuple[str, ...]
    actions: tuple[Action, ...]
    closing: str
    office: str
    secret: str = ""


Letter = (
    Receipt
    | EmergencyAlert
    | Reminder
    | EmergencyChase
    | OfficeList
    | Request
    | Answer
    | Memo
    | DailyDigest
    | Overview
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as text: plain text first, HTML beside it."""

    subject: str
    text: str
    html: str
