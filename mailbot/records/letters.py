"""Contexts of the letters: all that a template may mention, and nothing else.

Instants are aware; templates show them in Asia/Shanghai through their filters.
Texts that came from outside are plain strings: templates escape them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from mailbot.records.letter_lines import (
    Action,
    Answered,
    BoardGroup,
    CloudFile,
    DigestDraft,
    DigestEvent,
    DigestNote,
    DigestOverdue,
    DigestTrouble,
    FolderCount,
    Forecast,
    NotRead,
    Owed,
    Progress,
    ReceiptDraft,
)
from mailbot.records.requests import Request


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
        acknowledged: When somebody did, of an event that goes on all the same.
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
    acknowledged: datetime | None = None


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
class DailyDigest:
    """【日报】 to the office.

    Attributes:
        ordering: Whether its lines bear links that give orders.
        said: Mails of units that are no drafts and say something.
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
    said: tuple[DigestNote, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        told = (self.drafts, self.review, self.events, self.overdue, self.trouble, self.notes)
        astray = any(not folder.agrees for folder in self.folders)
        return not any(told) and not self.expiring and not self.said and not astray


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
