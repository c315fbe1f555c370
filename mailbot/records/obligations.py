"""What is owed, by whom, until when; and the letters that follow from it.

Instants are timezone-aware UTC; labels and explanations are Chinese, for the office.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbot.notice import Confidence

DutyState = Literal["未到期", "临期", "已完成", "逾期", "免除", "待确认"]
DutyKind = Literal[
    "quota",
    "media",
    "adoption",
    "task",
    "pictures",
    "commission",
    "activity",
    "emergency",
    "office",
]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing one unit owes in one period.

    Attributes:
        key: Stable identity, such as "quota/1/直属一大队/2023-W17"; exemptions name it.
        unit: Canonical name of annex 2, or `BUREAU` for what the office owes upward.
        what: What is owed, in a few Chinese words.
        column: Column of annex 2, None for everything else.
        period: Short code of the period ("2023-W17", "2023-04", "2023-Q2", "2023"), "" for none.
        period_label: The same for readers ("2023年第17周（4月24日至4月30日）").
        period_start: First instant of the period or window.
        due: Last instant (exclusive for periods: 24:00 of the last day); None = no deadline.
        needed: How many are owed, in `measure`.
        done: How many came in time, or late where late delivery still fulfils the duty.
        clause: Clause of the notice.
        confidence: How sure the reading of the notice is.
        fulfilled_by: Ids of the drafts counted.
        explanation: Chinese sentences: why this number, this state, this exemption.
        remindable: Whether the unit may be reminded of it now.
        measure: What `needed` counts: 篇, 张 or 分.
        remind_at: Instants before the due time at which the unit is told, ascending.
        cut: Why less is owed than the notice says (a period cut short), "" when it is not.
    """

    key: str
    unit: str
    what: str
    column: int | None
    period_label: str
    period_start: datetime | None
    due: datetime | None
    needed: int
    done: int
    state: DutyState
    clause: str
    confidence: Confidence = "certain"
    fulfilled_by: tuple[int, ...] = ()
    explanation: str = ""
    remindable: bool = False
    kind: DutyKind = "quota"
    period: str = ""
    measure: str = "篇"
    remind_at: tuple[datetime, ...] = ()
    cut: str = ""

    @property
    def missing(self) -> int:
        """How many are still owed."""
        return max(0, self.needed - self.done)

    @property
    def open(self) -> bool:
        """Whether the unit still owes it beyond doubt: near its due time, or past it."""
        return self.state in ("临期", "逾期")


BUREAU = "市城管执法局（向上报送）"


@dataclass(frozen=True, slots=True)
class Nudge:
    """A letter already queued or sent, as far as the rules care.

    Attributes:
        key: Key of the outbox row.
        queued_at: When it was queued.
        concerns: Keys of the obligations it speaks of.
        void: Cancelled before it was sent: nobody was told anything by it.
    """

    key: str
    queued_at: datetime
    concerns: tuple[str, ...] = ()
    void: bool = False


LetterKind = Literal[
    "reminder",  # before the due time
    "overdue",  # after it
    "escalation",  # reminders went unanswered
    "office_list",  # units that cannot be written to: for the office
    "alert",  # emergency, to the office's duty
    "emergency_reminder",  # to the unit: the first written report is owed
    "followup",  # to the unit: a 续报 is owed
    "missed_candidate",  # to the office: 漏报候选 or 书面未报, for it to decide
]


@dataclass(frozen=True, slots=True)
class PlannedLetter:
    """A letter that ought to be queued now.

    Attributes:
        unit: Whom it speaks to or of; "" for a list of several units.
        to: Recipients; () = the office (its duty for emergencies), whom the rules do not know.
        key: Unique key of the outbox.
        reason: Chinese sentence: why this letter goes out now.
        obligations: Everything the unit owes, worst first.
        unconfirmed: Quotas of an uncertain reading, mentioned without reproach.
        event_id: The emergency, None for routine letters.
        times: The how-maniest letter after the due time it is, 0 before it.
        copied: `to` holds the unit's second address too.
    """

    kind: LetterKind
    unit: str
    to: tuple[str, ...]
    key: str
    reason: str
    obligations: tuple[Obligation, ...] = ()
    escalated: bool = False
    unconfirmed: tuple[Obligation, ...] = ()
    event_id: int | None = None
    times: int = 0
    copied: bool = False

    @property
    def urgent(self) -> bool:
        """Whether it goes out at any hour, past every budget."""
        return self.event_id is not None

    @property
    def concerns(self) -> tuple[str, ...]:
        """What the letter speaks of, for the check at the moment of sending."""
        duties = tuple(duty.key for duty in self.obligations)
        return duties if self.event_id is None else (f"event:{self.event_id}", *duties)


@dataclass(frozen=True, slots=True)
class Arrears:
    """One unit's overdue duties, for the office's list.

    Attributes:
        times: Most letters any of them has had after its due time.
        reachable: Whether the unit has an address to be reminded at.
        escalated: Reminders went unanswered as often as the schedule allows.
    """

    unit: str
    obligations: tuple[Obligation, ...]
    times: int
    reachable: bool
    escalated: bool


@dataclass(frozen=True, slots=True)
class EmergencyDuty:
    """What an open emergency asks for at one instant (二·一).

    Attributes:
        alert_number: Number of the alert that is due now (0 the first), None when none is.
        next_alert_at: When the office is alerted again, unless somebody acknowledges.
        clock_started_at: When the unit's clock started.
        written_due: Until when the first written report is owed; None once it is here.
        unit_reminders_due: Minutes (15, 30) whose reminder to the unit is due now.
        followup_due: When the next 续报 is owed, None before the first report.
        followup_number: Which chase for this 续报 is due now (0 the first), None when none is.
        missed_candidate: True when the clock ran out without any report: the office decides
            on 漏报.
        minutes_elapsed: Minutes since the event, as far as known, else since it was opened.
        explanation: Where it stands, in Chinese.
        next_step: What the office does next, in Chinese.
    """

    event_id: int
    unit: str
    title: str
    level: str
    alert_number: int | None
    next_alert_at: datetime
    clock_started_at: datetime
    written_due: datetime | None
    unit_reminders_due: tuple[int, ...]
    followup_due: datetime | None
    followup_number: int | None
    missed_candidate: bool
    minutes_elapsed: int
    explanation: str
    next_step: str
