"""What the rules decided, each with its reasons.

A verdict never hides its doubt: `needs_review` sentences are shown to the office.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EmergencyLevel = Literal["alert", "review", "none"]
Confidence = Literal["certain", "likely", "unsure"]
Punctuality = Literal["按时", "超时", "时间待核", "不适用"]
Stage = Literal["首报", "续报", "终报", ""]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict fell as it did, in words a clerk understands.

    Attributes:
        verdict: The verdict it supports, such as "类型：动态简讯".
        because: Chinese sentence, quoting the words of the text that mattered.
        clause: Clause of the notice ("二·一", "附件2") or "" for plain craft.
        points: Score the cue gave, 0 where nothing is scored.
        cue: Identifier of the cue row that fired, "" where none.
    """

    verdict: str
    because: str
    clause: str = ""
    points: float = 0
    cue: str = ""


@dataclass(frozen=True, slots=True)
class UnitVerdict:
    """Which unit a draft comes from.

    Attributes:
        name: Canonical unit name of the notice, None when nobody could be named.
        joint: All units of a joint draft (联合报送), `name` first; () otherwise.
        candidates: Other units some signal points at.
        needs_review: Why the office should look, () when sure.
        proposed: Nothing in the draft names `name`: it is only what the office may confirm.
        rules_version: Of cues/units.toml, where it was asked.
    """

    name: str | None
    confidence: Confidence
    reasons: tuple[Reason, ...] = ()
    joint: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    needs_review: tuple[str, ...] = ()
    proposed: bool = False
    rules_version: str = ""

    @property
    def registered(self) -> str:
        """The unit the draft goes on record for; "" while nobody is named or only proposed."""
        return "" if self.proposed else self.name or ""


@dataclass(frozen=True, slots=True)
class KindVerdict:
    """动态简讯, 经验做法, 问题反映, 非稿件 or 待审; its column; the runners-up."""

    kind: str
    column: Literal[1, 2, 3] | None
    candidates: tuple[tuple[str, float], ...] = ()  # best two, with scores
    declared: str = ""
    length_note: str = ""  # Chinese sentence when far from the kind's length
    reasons: tuple[Reason, ...] = ()
    needs_review: tuple[str, ...] = ()
    rules_version: str = ""


@dataclass(frozen=True, slots=True)
class EventTime:
    """When an event happened, as far as the text tells; both ends inclusive.

    Attributes:
        role: "event" 事发, or "report" 接报 (an upper bound of the event's time).
        precision: "minute", "hour", "part_of_day", "day" or "range".
        matched: The words of the text.
        other: Ends of a second reading the words allow (五点半, of the morning or the
            afternoon); None when there is but one.
    """

    earliest: datetime
    latest: datetime
    precision: Literal["minute", "hour", "part_of_day", "day", "range"]
    role: Literal["event", "report"]
    matched: str
    other: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Lateness:
    """The 30-minute verdict (二·一), minutes from event to the provider's receipt.

    Attributes:
        minutes: Best single figure, None when unknown.
        minutes_least: Delay if the event was as late as the text allows.
        minutes_most: Delay if the event was as early as the text allows.
    """

    verdict: Punctuality
    minutes: int | None = None
    minutes_least: int | None = None
    minutes_most: int | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class EmergencyVerdict:
    """Is it an emergency report (突发事件信息, 二·一)?

    Attributes:
        level: "alert", "review" (疑似突发，请核) or "none".
        hazard: Short Chinese name of what happened, "" if unnamed.
        report_time: The earliest 接报 the text tells, None where none.
        present: Required elements found (时间 地点 经过 性质 伤亡 损失 措施 趋势 联系人 签发).
        missing: Required elements not found.
    """

    level: EmergencyLevel
    score: float = 0
    stage: Stage = ""
    hazard: str = ""
    event_time: EventTime | None = None
    report_time: EventTime | None = None
    lateness: Lateness = field(default_factory=lambda: Lateness("不适用"))
    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    needs_review: tuple[str, ...] = ()
    rules_version: str = ""


@dataclass(frozen=True, slots=True)
class TaskVerdict:
    """The annex-3 task a draft serves; `note` says wrong unit or out of window.

    Attributes:
        maybe: A task it may serve, for the office to say; None where `no` is told.
    """

    no: int | None
    note: str = ""
    reasons: tuple[Reason, ...] = ()
    maybe: int | None = None
    needs_review: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completeness:
    """What a draft has of 撰稿, 审核/签发, 联系方式, 标题, 落款日期, 审签扫描件 (四（一）)."""

    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


SameItem = Literal["exact", "revision", "near", "same_title", "other_unit"]


@dataclass(frozen=True, slots=True)
class DuplicateVerdict:
    """An earlier draft this one repeats, revises or resembles.

    Attributes:
        relation: How they are alike; None when nothing earlier is.
        draft_id: The earlier draft.
        counts: False when this text must not be counted again.
        similarity: 0 to 1.
    """

    relation: SameItem | None = None
    draft_id: int | None = None
    counts: bool = True
    similarity: float = 0.0
    reasons: tuple[Reason, ...] = ()
    needs_review: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """A quality hint (四（二）): what looks wrong, with the place quoted. Never blocks."""

    about: str  # short name, such as "叠字"
    quote: str
    advice: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts on one draft, as filed and as `mailbot read` prints them."""

    unit: UnitVerdict
    kind: KindVerdict
    emergency: EmergencyVerdict
    task: TaskVerdict = field(default_factory=lambda: TaskVerdict(None))
    duplicate: DuplicateVerdict = field(default_factory=DuplicateVerdict)
    completeness: Completeness = field(default_factory=Completeness)
    hints: tuple[Hint, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def needs_review(self) -> tuple[str, ...]:
        """Every sentence that asks the office to look."""
        return (
            self.emergency.needs_review
            + self.unit.needs_review
            + self.kind.needs_review
            + self.task.needs_review
            + self.duplicate.needs_review
        )

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All reasons in the order a clerk reads them."""
        return (
            self.emergency.reasons
            + self.emergency.lateness.reasons
            + self.unit.reasons
            + self.kind.reasons
            + self.task.reasons
            + self.duplicate.reasons
            + self.completeness.reasons
        )
