"""Who will miss the month at this pace, while it can still be met (for the weekly overview)."""

from datetime import date, datetime
from fractions import Fraction
from math import ceil

from mailbot.config import ScheduleConfig
from mailbot.notice import Notice, Quota, Unit
from mailbot.records.ledger import Ledger
from mailbot.records.letter_lines import Forecast
from mailbot.rules.bodies import bodies_of
from mailbot.rules.calendar import DAY, Window, month, periods_between, working_days
from mailbot.rules.desk import Desk, open_desk
from mailbot.rules.first_period import first_day_of, part_of
from mailbot.rules.quotas import COLUMN_NAMES, is_unsure

_WEEK = 5  # working days; what is left of less is no pace by the week


def forecast(
    notice: Notice, schedule: ScheduleConfig, ledger: Ledger, now: datetime
) -> tuple[Forecast, ...]:
    """Units whose weekly and monthly quotas of this month would fall short at their pace.

    Pace is drafts per working day since the month (or the unit's duty) began. Quotas of an
    uncertain reading are left out, and so is whoever sent enough already.
    """
    desk = open_desk(notice, schedule, ledger, now)
    this_month = month(desk.today.year, desk.today.month)
    if working_days(desk.today, this_month.last) == 0:
        return ()
    found = [
        line
        for unit in notice.units
        for column, quota in ((1, unit.short), (2, unit.long))
        if quota.per != "quarter" and not is_unsure(quota)
        for line in _line(desk, unit, column, quota, this_month)
    ]
    return tuple(sorted(found, key=lambda line: -line.missing))


def _line(
    desk: Desk, unit: Unit, column: int, quota: Quota, this_month: Window
) -> tuple[Forecast, ...]:
    first = max(first_day_of(desk.notice, unit), this_month.first)
    if first > desk.today:
        return ()
    needed = _needed(desk, quota, first, this_month)
    needed *= bodies_of(unit, desk.notice.open_questions)
    done = desk.index.counted(unit.name, column).count(this_month.start, this_month.end)
    worked = working_days(first, desk.today - DAY) if first < desk.today else 0
    left = working_days(desk.today, this_month.last)
    if done >= needed or not worked:
        return ()
    expected = done + Fraction(done, worked) * left
    if expected >= needed:
        return ()
    missing = needed - done
    per_week = ceil(Fraction(missing * _WEEK, left))
    pace = f"还须每周报{per_week}篇" if left >= _WEEK else f"本月只剩{left}个工作日"
    what = f"{this_month.label}{COLUMN_NAMES[column]}{needed}篇，{pace}"
    return (Forecast(unit.name, what, missing, this_month.end),)


def _needed(desk: Desk, quota: Quota, first: date, this_month: Window) -> int:
    """The month's quota; of weekly quotas, as many as weeks end in it and have working days."""
    questions = desk.notice.open_questions
    if quota.per == "month":
        return part_of(quota.submit, this_month, first, questions.first_period)[0]
    weeks = periods_between("week", first, this_month.last, questions.week_starts_on)
    return quota.submit * sum(
        1
        for week in weeks
        if week.last <= this_month.last and working_days(week.first, week.last) > 0
    )
