"""Quotas of annex 2, columns ① ② ③, per unit and period, and adoption per year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from mailbot.notice import Confidence, MediaQuota, Period, Quota, Unit
from mailbot.records.obligations import DutyState, Obligation
from mailbot.rules.bodies import bodies_of
from mailbot.rules.calendar import (
    Window,
    days_between,
    midnight,
    periods_between,
    provisional_note,
    working_days,
)
from mailbot.rules.desk import NOTHING, Desk, Timeline, state_of, told_before, told_on
from mailbot.rules.first_period import first_day_of, part_of

CLAUSE = "附件2"
COLUMN_NAMES = {1: "①类信息", 2: "②类信息", 3: "③类新闻媒体信息"}
PER_NAMES: dict[Period, str] = {"week": "每周", "month": "每月", "quarter": "每季度"}
USUAL_WORKING_DAYS = 5  # of a week; a long holiday leaves fewer
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNSURE = "任务数口径待办公室确认，确认前不催报、不通报。"
OFFICE_ENTERS = "③类只计办公室录入的数量，邮箱看不到，不催报。"


@dataclass(frozen=True, slots=True)
class _Frame:
    """A period, with what is the same for every unit.

    Attributes:
        share: Part of the quota that a long holiday leaves.
        holiday: Chinese words why the share is not the whole, else "".
        note: Chinese sentence about days off not announced yet, else "".
    """

    window: Window
    remind_at: tuple[datetime, ...]
    share: Fraction
    holiday: str
    note: str


@dataclass(frozen=True, slots=True)
class _Cell:
    """One number of annex 2 and what came in for it.

    Attributes:
        unsure: Chinese sentence why a shortfall is no reproach, "" when it is one.
        silent: The unit is never reminded of this column.
        undecided: Drafts whose kind the office has still to decide.
    """

    unit: str
    column: int
    submit: int
    per: Period
    confidence: Confidence
    unsure: str
    silent: bool
    first_day: date
    arrivals: Timeline
    undecided: Timeline


def quota_obligations(desk: Desk) -> Iterator[Obligation]:
    """Columns ① ② ③ of every unit for every period of interest (annex 2).

    Each period stands alone: a surplus is not carried into the next one. A shortfall stays
    on record, but is reminded no longer once as many drafts came after its end.
    """
    frames = {per: _frames(desk, per) for per in PER_NAMES}
    media = _media_timelines(desk)
    for unit in desk.notice.units:
        for cell in _cells(desk, unit, media):
            for frame in frames[cell.per]:
                if frame.window.last >= cell.first_day:
                    yield _obligation(desk, cell, frame)


def _cells(desk: Desk, unit: Unit, media: dict[str, Timeline]) -> Iterator[_Cell]:
    first_day = first_day_of(desk.notice, unit)
    undecided = desk.index.undecided(unit.name)
    bodies = bodies_of(unit, desk.notice.open_questions)
    for column, quota in ((1, unit.short), (2, unit.long)):
        if quota.submit:
            yield _Cell(
                unit.name,
                column,
                quota.submit * bodies,
                quota.per,
                sureness(quota),
                UNSURE if is_unsure(quota) else "",
                silent=False,
                first_day=first_day,
                arrivals=desk.index.counted(unit.name, column),
                undecided=undecided,
            )
    if unit.media is not None and unit.media.submit and not unit.media.rule:
        chased = desk.notice.open_questions.remind_media_column
        unsure = "" if chased else OFFICE_ENTERS
        yield _Cell(
            unit.name,
            3,
            unit.media.submit,
            unit.media.per,
            sureness(unit.media),
            UNSURE if is_unsure(unit.media) else unsure,
            silent=not chased,
            first_day=first_day,
            arrivals=media.get(unit.name, NOTHING),
            undecided=NOTHING,
        )


def is_unsure(quota: Quota | MediaQuota) -> bool:
    """Whether a number is only guessed and not confirmed by the office: no reproach from it."""
    return quota.confidence == "guess" and not quota.confirmed


def sureness(quota: Quota | MediaQuota) -> Confidence:
    """How sure a number of annex 2 is; what the office confirmed is certain."""
    return "certain" if quota.confirmed else quota.confidence


def _media_timelines(desk: Desk) -> dict[str, Timeline]:
    """Column ③: what the office entered, and drafts it corrected into that column."""
    entered: dict[str, list[tuple[datetime, int]]] = {}
    for item in desk.ledger.media:
        entered.setdefault(item.unit, []).extend([(midnight(item.on), 0)] * item.count)
    for draft in desk.ledger.drafts:
        if draft.column == 3 and draft.state == "counted":
            for unit in draft.joint or (draft.unit,):
                entered.setdefault(unit, []).append((draft.received_at, draft.id))
    return {unit: Timeline(found) for unit, found in entered.items()}


def _frames(desk: Desk, per: Period) -> list[_Frame]:
    questions = desk.notice.open_questions
    since = desk.since_quarter if per == "quarter" else desk.since
    first = max(since, desk.notice.head.effective)
    windows = periods_between(per, first, desk.today, questions.week_starts_on)
    if not questions.quotas_carry_on:
        windows = [one for one in windows if one.first.year <= desk.notice.head.year]
    return [_frame(desk, per, one) for one in windows]


def _frame(desk: Desk, per: Period, one: Window) -> _Frame:
    schedule = desk.schedule
    if per == "week":
        share, holiday = _holiday_share(desk, one)
        weekday = WEEKDAYS.index(schedule.remind_before.weekday)
        day = next(day for day in days_between(one.first, one.last) if day.weekday() == weekday)
        moment = told_on(day, schedule.remind_before.at, one.first, one.end)
        told = () if moment is None else (moment,)
        return _Frame(one, told, share, holiday, provisional_note(one.first, one.last))
    remind_at = told_before(
        one.last, schedule.month_remind_days, schedule.working_hours[0], one.first, one.end
    )
    return _Frame(one, remind_at, Fraction(1), "", "")


def _holiday_share(desk: Desk, week: Window) -> tuple[Fraction, str]:
    """Part of a weekly quota left by a long holiday, and why."""
    rule = desk.notice.open_questions.holiday_weeks
    days = working_days(week.first, week.last)
    if rule == "full" or days >= USUAL_WORKING_DAYS:
        return Fraction(1), ""
    if days == 0:
        return Fraction(0), "本周放假，无工作日"
    if rule == "prorated":
        return Fraction(days, USUAL_WORKING_DAYS), f"本周放假，只有{days}个工作日"
    return Fraction(1), ""


def _obligation(desk: Desk, cell: _Cell, frame: _Frame) -> Obligation:
    window = frame.window
    key = f"quota/{cell.column}/{cell.unit}/{window.code}"
    needed, why = cell.submit, ""
    if frame.holiday or cell.first_day > window.first:
        rule = desk.notice.open_questions.first_period
        needed, why = part_of(
            cell.submit, window, cell.first_day, rule, share=frame.share, because=frame.holiday
        )
    ids = cell.arrivals.ids(window.start, window.end)
    released = desk.exemption(key)
    state, notes = _state(desk, cell, frame, needed - len(ids), bool(released) or not needed)
    remindable = not cell.silent and state in ("临期", "逾期")
    if remindable and state == "逾期":
        later = cell.arrivals.count(window.end) + cell.undecided.count(window.end)
        if later >= needed - len(ids):
            remindable = False
            notes += f"逾期后又收到{later}篇，不再催报；本期仍记未完成。"
    # Positional: this line runs for every unit and period, and keywords cost a third more.
    return Obligation(
        key,
        cell.unit,
        f"{PER_NAMES[cell.per]}{COLUMN_NAMES[cell.column]}{cell.submit}篇",
        cell.column,
        window.label,
        window.start,
        window.end,
        needed,
        len(ids),
        state,
        CLAUSE,
        cell.confidence,
        tuple([draft for draft in ids if draft]) if cell.column == 3 else ids,
        (released or why) + notes,
        remindable,
        "media" if cell.column == 3 else "quota",
        window.code,
        "篇",
        frame.remind_at,
        why,
    )


def _state(
    desk: Desk, cell: _Cell, frame: _Frame, missing: int, exempt: bool
) -> tuple[DutyState, str]:
    """The state of a quota, and what a clerk should know of a shortfall."""
    window, near = frame.window, frame.remind_at[0] if frame.remind_at else None
    if missing <= 0 or exempt:
        fulfilled = missing <= 0
        return state_of(desk.now, window.end, near, fulfilled=fulfilled, exempt=exempt), ""
    notes = frame.note + cell.unsure
    # Column ③ is counted by hand: nothing is proved when its period is over.
    unsure = bool(cell.unsure) and (cell.unsure == UNSURE or desk.now >= window.end)
    waiting = cell.undecided.count(window.start, window.end)
    if waiting >= missing:
        unsure = True
        notes += f"另有{waiting}篇稿件类别待核，核定前不催报。"
    return state_of(desk.now, window.end, near, fulfilled=False, unsure=unsure), notes
