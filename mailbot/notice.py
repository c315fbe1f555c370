"""The notice (达市城管发〔2023〕75号) as frozen data: quotas, kinds, publications, tasks.

Every value comes from config.toml; the rules read it and never hold a number of
the notice themselves. Unknown keys are errors.
"""

import re
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

Confidence = Literal["certain", "likely", "guess"]
Period = Literal["week", "month", "quarter"]
Count = Annotated[int, Field(ge=0, le=1000)]
Points = Annotated[float, Field(ge=-1000, le=1000)]
Words = Annotated[int, Field(ge=1, le=100_000)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
MailAddress = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^[^@\s<>,;:\"()]+@[A-Za-z0-9.-]+$")
]


class Frozen(BaseModel):
    """Immutable; a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class NoticeHead(Frozen):
    """[notice]: which notice this is.

    Attributes:
        effective: First day whose periods count (the notice asks nothing of the days before).
        year: Year of the dated tasks; quotas carry on after it.
    """

    number: str
    dated: date
    issued: date
    effective: date
    year: int = Field(ge=2000, le=2100)
    mailbox: MailAddress


class KindRule(Frozen):
    """One kind of draft (二): its length in 字 and the column of annex 2 it counts in."""

    words: tuple[Words, ...] = Field(min_length=1, max_length=2)
    column: Literal[1, 2]
    note: str = ""

    @field_validator("words")
    @classmethod
    def _rising(cls, words: tuple[int, ...]) -> tuple[int, ...]:
        if words[0] > words[-1]:
            raise ValueError("下限大于上限")
        return words

    @property
    def shortest(self) -> int:
        """Lower end of the asked length."""
        return self.words[0]

    @property
    def longest(self) -> int:
        """Upper end of the asked length."""
        return self.words[-1]


class EmergencyRule(Frozen):
    """[emergency]: the 30-minute rule (二·一) and annex 1's last row.

    Attributes:
        report_within_minutes: Minutes from the event to the provider's receipt of the mail.
        clock_starts: Whether 事发 or 接报 starts the clock (the notice leaves it open).
        topics: Categories the notice names: a suspected emergency of these is repeated as fast
            as a certain one.
        remind_minutes: For events the office opened: minutes after which the unit is reminded.
        followup_hours: Hours after a report until the next 续报 is due, until 终报.
        repeat_alert_minutes: Minutes between alerts until somebody acknowledges.
        acknowledged_for_hours: Hours an acknowledgement lasts while the event stays open.
    """

    report_within_minutes: int = Field(30, ge=1, le=1440)
    clock_starts: Literal["event", "report"] = "event"
    topics: tuple[str, ...] = ("安全", "防汛", "燃气")
    remind_minutes: tuple[Minutes, ...] = Field((15, 30), min_length=1)
    followup_hours: float = Field(4, gt=0, le=168)
    repeat_alert_minutes: int = Field(10, ge=1, le=240)
    acknowledged_for_hours: float = Field(12, gt=0, le=168)
    points_first_report: Points = 10
    points_missed: Points = -20
    points_criticised: Points = -50


class Assessment(Frozen):
    """[assessment]: 四（三）; weights of the composite score, which the notice leaves open."""

    pivot: Points = 100
    submission_weight: float = Field(0.5, ge=0, le=1)
    adoption_weight: float = Field(0.5, ge=0, le=1)
    several_publications: Literal["accumulate", "highest", "no_repeat"] = "accumulate"
    joint: Literal["split", "full"] = "split"
    praise_points: Points = 0
    criticism_points: Points = 0


class OpenQuestions(Frozen):
    """[open_questions]: what the notice leaves open.

    `confirmed` lists the keys the office has confirmed; the rest are shown by `doctor`.
    """

    week_starts_on: Literal["monday", "sunday"] = "monday"
    first_ten_days_end: int = Field(10, ge=1, le=15)
    second_ten_days_end: int = Field(20, ge=16, le=25)
    month_end_means: Literal["last_ten_days", "last_day"] = "last_ten_days"
    next_day_until: Literal["24:00", "18:00", "12:00"] = "24:00"
    incomplete_first_report_counts: bool = True
    phone_report_stops_clock: bool = True
    length_tolerance: float = Field(0.15, ge=0, le=1)
    far_off_below: float = Field(0.5, gt=0, le=1)
    far_off_above: float = Field(2.0, ge=1, le=10)
    joint_row_shares_quota: bool = True
    quotas_carry_on: bool = True
    dated_tasks_carry_on: bool = False
    remind_media_column: bool = False
    first_period: Literal["prorated", "exempt", "full"] = "prorated"
    holiday_weeks: Literal["exempt_without_working_days", "prorated", "full"] = (
        "exempt_without_working_days"
    )
    confirmed: tuple[str, ...] = ()

    @field_validator("confirmed")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        questions = [name for name in cls.model_fields if name != "confirmed"]
        for name in names:
            if name not in questions:
                near = get_close_matches(name, questions, n=1)
                hint = f"，是否想写 {near[0]}" if near else ""
                raise ValueError(f"没有 {name!r} 这一项{hint}")
        return names


class Quota(Frozen):
    """A quota of annex 2: `submit` drafts per `per`, `adopt_per_year` adoptions a year."""

    submit: Count
    per: Period
    adopt_per_year: Count = 0
    confidence: Confidence = "likely"
    confirmed: bool = False


class MediaQuota(Frozen):
    """Column ③: a weekly number, or "next_day" after an activity (annex 2 备注)."""

    submit: Count = 0
    per: Period = "week"
    rule: Literal["", "next_day"] = ""
    confidence: Confidence = "likely"
    confirmed: bool = False


class Unit(Frozen):
    """One row of annex 2.

    Attributes:
        addresses: Addresses the unit sends from.
        reminders_to: Where reminders go; `addresses` when empty.
        escalate_to: Second address once reminders were not answered.
        since: First day the unit owes anything, None = since the notice took effect.
    """

    name: str = Field(min_length=2)
    group: str
    aliases: tuple[str, ...] = ()
    aliases_in_context: tuple[str, ...] = ()
    addresses: tuple[MailAddress, ...] = ()
    reminders_to: tuple[MailAddress, ...] = ()
    escalate_to: tuple[MailAddress, ...] = ()
    note: str = ""
    since: date | None = None
    short: Quota
    long: Quota
    media: MediaQuota | None = None
    raw: tuple[int, ...] = ()

    @property
    def reminder_addresses(self) -> tuple[str, ...]:
        """Where this unit is reminded."""
        return self.reminders_to or self.addresses


class PublicationPoints(Frozen):
    """Points of annex 1 by form: 专刊, 单条, 综合或标题."""

    issue: Points | None = None
    item: Points | None = None
    mention: Points | None = None


class Instruction(Frozen):
    """领导批示: who, and the points of one."""

    by: str
    points: Points


class Publication(Frozen):
    """One row of annex 1. `direct` is False for those recommended upward (不直接报送)."""

    level: str
    name: str
    aliases: tuple[str, ...] = ()
    points: PublicationPoints
    instruction: tuple[Instruction, ...] = ()
    direct: bool = True
    confidence: Confidence = "likely"
    confirmed: bool = False
    raw: tuple[int, ...] = ()


class ScoringVersion(Frozen):
    """[[scoring_versions]]: the scoring rules of years gone by, kept so that they stay computable.

    A part left out is the one in force today.

    Attributes:
        until: Last day these rules applied; a year is judged by the rules of its last day.
        units: The annex-2 rows (quotas) of those years.
    """

    until: date
    publications: tuple[Publication, ...] | None = None
    assessment: Assessment | None = None
    emergency: EmergencyRule | None = None
    units: tuple[Unit, ...] | None = None


class Every(Frozen):
    """How often a recurring task falls due: `count` drafts, or `min_images` by `day`."""

    freq: Literal["monthly", "weekly"] = "monthly"
    count: Count = 0
    day: int | None = Field(None, ge=1, le=31)
    min_images: Count = 0


class Task(Frozen):
    """One task of annex 3.

    Attributes:
        unclear: What the notice leaves open; nobody is reproached of it until `confirmed`.
    """

    no: int = Field(ge=1, le=999)
    content: str
    units: tuple[str, ...] = Field(min_length=1)
    owners: tuple[str, ...] = ()
    requirement: str = ""
    when: str
    kind: Literal["dated", "season", "recurring", "ongoing"]
    start: date | None = None
    due: date | None = None
    every: Every | None = None
    min_images_by_unit: dict[str, int] = Field(default_factory=dict)
    unclear: str = ""
    confirmed: bool = False

    @model_validator(mode="after")
    def _dates(self) -> "Task":
        if self.kind in ("dated", "season") and not (self.start and self.due):
            raise ValueError("需要 start 和 due 两个日期")
        if self.start and self.due and self.start > self.due:
            raise ValueError("start 晚于 due")
        if self.kind == "recurring" and self.every is None:
            raise ValueError("kind = recurring 需要 every")
        return self


class OfficeTarget(Frozen):
    """What the bureau itself owes upward (annex 1 备注)."""

    points_per_year: Count | None = None
    submit_per_week: Count | None = None
    submit_per_month: Count | None = None
    submit_per_year: Count | None = None
    adopted_points_per_year: Count | None = None


class Notice(Frozen):
    """The whole notice as the rules read it."""

    head: NoticeHead
    kinds: dict[str, KindRule]
    emergency: EmergencyRule
    assessment: Assessment
    open_questions: OpenQuestions
    office_targets: dict[str, OfficeTarget]
    publications: tuple[Publication, ...]
    units: tuple[Unit, ...]
    tasks: tuple[Task, ...]
    scoring_versions: tuple[ScoringVersion, ...] = ()

    @cached_property
    def unit_by_name(self) -> dict[str, Unit]:
        """Rows of annex 2 by canonical name."""
        return {unit.name: unit for unit in self.units}

    @cached_property
    def names_of_units(self) -> tuple[str, ...]:
        """Names and aliases of annex 2, in its order."""
        return tuple(name for unit in self.units for name in (unit.name, *unit.aliases))

    @cached_property
    def counties(self) -> tuple[str, ...]:
        """Districts, counties and cities whose offices annex 2 lists: 通川区, 渠县."""
        rank = re.compile(r"([一-龥]{1,4}?[区县市])(?=[一-龥]{2,}局)")
        found = (rank.match(unit.name) for unit in self.units)
        return tuple(dict.fromkeys(hit[1] for hit in found if hit))

    def unit(self, name: str) -> Unit:
        """The row with this canonical name; KeyError if there is none."""
        return self.unit_by_name[name]
