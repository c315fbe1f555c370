"""The figures of a notice (通报): what units sent, what was adopted, who is praised (四（三）)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from mailbot.notice import Notice, Unit
from mailbot.records.notices import (
    LEVELS,
    Named,
    NoticeFigures,
    NoticeGroup,
    NoticeRow,
    Span,
)
from mailbot.records.obligations import Obligation
from mailbot.records.scores import ScoredAct, ScoreSheet
from mailbot.rules.calendar import Window
from mailbot.rules.publications import CHANNELS
from mailbot.rules.quotas import is_unsure
from store.records import DraftRecord, EventRecord

_COUNTED_KINDS = (1, 2)
_PROVINCE, _CITY = ("省", "四川"), ("市", "达州")
_CENTRE = ("中央", "中办", "国务院", "国办", "国家")
_MONTH, _QUARTER = re.compile(r"\d{4}-\d{2}"), re.compile(r"\d{4}-Q[1-4]")
_FALLING_DUE = frozenset({"quota", "task", "pictures", "commission", "activity"})


def level_of(name: str) -> int:
    """Index into LEVELS of a publication's level, as annex 1 and clause 三 name it."""
    if name.startswith(_CENTRE):
        return 0
    if name.startswith(_PROVINCE):
        return 1
    return 2 if name.startswith(_CITY) and name not in CHANNELS.values() else 3


def span_of(window: Window) -> Span | None:
    """Whether a notice is written for the period at all: months and quarters."""
    if _MONTH.fullmatch(window.code):
        return "month"
    return "quarter" if _QUARTER.fullmatch(window.code) else None


def notice_figures(
    notice: Notice,
    window: Window,
    *,
    drafts: Iterable[DraftRecord],
    acts: Sequence[ScoredAct],
    sheets: Sequence[ScoreSheet],
    duties: Sequence[Obligation],
    events: Iterable[EventRecord],
    late: frozenset[int] = frozenset(),
    unsure: frozenset[int] = frozenset(),
    office: str,
    written_on: date,
) -> NoticeFigures:
    """Figures of one period, from records alone.

    Args:
        notice: The notice in force.
        window: The month or quarter.
        drafts: Drafts received in the period; only those counted in column ① or ② matter.
        acts: Acts in force of all years.
        sheets: Score sheets of the year up to the period's last day.
        duties: Obligations as they stand.
        events: Emergencies opened in the period.
        late: Ids of events whose first written report came late.
        unsure: Ids of those of which nobody can tell: never counted as in time.
        office: Name below the text.
        written_on: Day below the text.

    Raises:
        ValueError: The window is neither a month nor a quarter.
    """
    span = span_of(window)
    if span is None:
        raise ValueError("a notice covers a month or a quarter")
    counted = _counted(notice, drafts)
    inside = [act for act in acts if window.first <= act.on <= window.last]
    share = Counter((name, d.column) for d in counted for name in (d.joint or (d.unit,)))
    overdue = _overdue(notice, duties, window)
    groups = _groups(notice, share, inside, {sheet.unit: sheet for sheet in sheets}, overdue)
    kinds = Counter(draft.kind for draft in counted)
    rows = [row for group in groups for row in group.rows]
    return NoticeFigures(
        number=window.code,
        label=window.label,
        span=span,
        first=window.first,
        last=window.last,
        drafts=len(counted),
        shares=sum(count for (name, _), count in share.items() if name in _names(notice)),
        by_kind=tuple((kind, kinds[kind]) for kind in notice.kinds if kinds[kind]),
        adopted=_levels(inside, None),
        instructed=sum(act.verb == "instructed" for act in inside),
        emergencies=_emergencies(events, late, unsure),
        groups=groups,
        praised=tuple(_named(inside, "praised")),
        criticised=tuple(_named(inside, "criticised")),
        zero_units=tuple(_silent(rows, duties, window)),
        unconfirmed=tuple(unit.name for unit in notice.units if _unsure(unit)),
        requirements=_requirements(rows, notice.emergency.report_within_minutes),
        reference=notice.head.number,
        office=office,
        written_on=written_on,
    )


def _names(notice: Notice) -> frozenset[str]:
    return frozenset(unit.name for unit in notice.units)


def _counted(notice: Notice, drafts: Iterable[DraftRecord]) -> list[DraftRecord]:
    """Drafts of column ① or ② by units of the notice."""
    known = _names(notice)
    return [
        d
        for d in drafts
        if d.state == "counted" and d.column in _COUNTED_KINDS and known & {*d.joint, d.unit}
    ]


def _emergencies(
    events: Iterable[EventRecord], late: frozenset[int], unsure: frozenset[int]
) -> tuple[int, int, int]:
    """How many there were, how many were reported in writing in time, how many late."""
    alarms = [event for event in events if event.state != "dismissed" and event.level == "alert"]
    written = [event for event in alarms if event.written_at is not None]
    in_time = sum(event.id not in late | unsure for event in written)
    return len(alarms), in_time, sum(event.id in late for event in alarms)


def _groups(
    notice: Notice,
    share: Counter[tuple[str, int | None]],
    inside: Sequence[ScoredAct],
    sheets: Mapping[str, ScoreSheet],
    overdue: dict[str, tuple[str, ...]],
) -> tuple[NoticeGroup, ...]:
    """The table: units by their group (类别), numbered within it."""

    def row(place: int, unit: Unit) -> NoticeRow:
        owed = overdue.get(unit.name, ())
        return _row(unit, place, share, inside=inside, sheet=sheets[unit.name], owed=owed)

    return tuple(
        NoticeGroup(
            name,
            tuple(row(*one) for one in enumerate((u for u in notice.units if u.group == name), 1)),
        )
        for name in dict.fromkeys(unit.group for unit in notice.units)
    )


def _row(
    unit: Unit,
    place: int,
    share: Counter[tuple[str, int | None]],
    *,
    inside: Sequence[ScoredAct],
    sheet: ScoreSheet,
    owed: tuple[str, ...],
) -> NoticeRow:
    unsure = _unsure(unit)
    by_column = {one.column: one for one in sheet.columns}
    return NoticeRow(
        unit=unit.name,
        place=place,
        short=share[unit.name, 1],
        long=share[unit.name, 2],
        short_year=by_column[1].submitted,
        long_year=by_column[2].submitted,
        adopted=_levels(inside, unit.name),
        adopted_year=sheet.adopted,
        points=sheet.points,
        composite=None if unsure else sheet.composite,
        rank=None if unsure else sheet.rank,
        owed=owed,
    )


def _levels(acts: Iterable[ScoredAct], unit: str | None) -> tuple[int, int, int, int]:
    """Adoptions by level; without a unit, each counts once for each of its units."""
    found = [0] * len(LEVELS)
    for act in acts:
        if act.verb == "adopted":
            times = len(act.units) if unit is None else act.units.count(unit)
            found[level_of(act.level)] += times
    centre, province, city, other = found
    return centre, province, city, other


def _overdue(
    notice: Notice, duties: Iterable[Obligation], window: Window
) -> dict[str, tuple[str, ...]]:
    """What fell due in the period and was not met, by unit; nothing that is only guessed."""
    found: dict[str, list[str]] = {}
    for duty in duties:
        if _is_certain(duty) and duty.state == "逾期" and _due_in(duty, window):
            found.setdefault(duty.unit, []).append(f"{duty.period_label}{duty.what}")
    return {unit.name: tuple(found.get(unit.name, ())) for unit in notice.units}


def _silent(
    rows: Iterable[NoticeRow], duties: Sequence[Obligation], window: Window
) -> Iterable[str]:
    """Units that sent nothing although something certain fell due; a guess is no reproach."""
    owing = {d.unit for d in duties if _is_certain(d) and _due_in(d, window)}
    return (row.unit for row in rows if not row.total and row.unit in owing)


def _is_certain(duty: Obligation) -> bool:
    of_mailbox = duty.column in (None, *_COUNTED_KINDS)  # ③ is not seen by the mailbox
    return duty.kind in _FALLING_DUE and duty.confidence != "guess" and of_mailbox


def _due_in(duty: Obligation, window: Window) -> bool:
    due: datetime | None = duty.due
    asked = duty.needed > 0 and duty.state != "免除"
    return asked and due is not None and window.start < due <= window.end


def _unsure(unit: Unit) -> bool:
    return is_unsure(unit.short) or is_unsure(unit.long)


def _named(acts: Iterable[ScoredAct], verb: str) -> Iterable[Named]:
    for act in acts:
        if act.verb == verb:
            # Of a draft, the title is what it is about and the reason stands in the evidence.
            of_draft = f"《{act.what}》{act.evidence.partition('；')[0]}"
            yield Named("、".join(act.units), of_draft if act.draft_id else act.what)


def _requirements(rows: Sequence[NoticeRow], minutes: int) -> tuple[str, ...]:
    """What the notice asks for next, by what the figures show (四（一）, 四（三）, 二·一)."""
    asked = ["严格按照下达的任务按时保质报送，落实撰稿、审核、签发程序。"]
    if any(row.owed for row in rows):
        asked.append("有到期未完成任务的单位，要尽快补报并安排专人负责。")
    asked.append(f"突发事件信息须在{minutes}分钟内报送，续报、终报及时跟进。")
    return tuple(asked)
