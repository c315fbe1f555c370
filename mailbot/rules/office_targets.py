"""What the bureau itself owes upward (annex 1 备注): shown to the office, mailed to no unit."""

from collections.abc import Iterator
from math import floor

from mailbot.notice import OfficeTarget
from mailbot.records.obligations import BUREAU, Obligation
from mailbot.rules.calendar import DAY, PeriodKind, Window, midnight, periods_between
from mailbot.rules.desk import Desk, state_of
from mailbot.rules.first_period import part_of

CLAUSE = "附件1备注"
WEEK = 7
LAST_DAYS = 3  # of a week are near its end
PER_NAMES: dict[PeriodKind, str] = {"week": "每周", "month": "每月", "year": "年度"}


def office_obligations(desk: Desk) -> Iterator[Obligation]:
    """Drafts to be sent upward per week, month and year, and points to be earned per year.

    The year is not prorated: the targets are those of the whole year. Points count what the
    office recorded as adopted by publications of that level (annex 1).
    """
    for name, target in desk.notice.office_targets.items():
        for per, amount in _submissions(target):
            if amount:
                for one in _windows(desk, per):
                    yield _submission(desk, name, per, amount, one=one)
        amount = target.points_per_year or target.adopted_points_per_year
        if amount:
            for year in _windows(desk, "year"):
                yield _points(desk, name, amount, year)


def _submissions(target: OfficeTarget) -> tuple[tuple[PeriodKind, int | None], ...]:
    return (
        ("week", target.submit_per_week),
        ("month", target.submit_per_month),
        ("year", target.submit_per_year),
    )


def _windows(desk: Desk, per: PeriodKind) -> list[Window]:
    since = desk.since_task if per == "year" else desk.since
    first = max(since, desk.notice.head.effective)
    return periods_between(per, first, desk.today, desk.notice.open_questions.week_starts_on)


def _submission(desk: Desk, name: str, per: PeriodKind, amount: int, *, one: Window) -> Obligation:
    needed, why = amount, ""
    if per != "year":
        questions = desk.notice.open_questions
        needed, why = part_of(amount, one, desk.notice.head.effective, questions.first_period)
    done = sum(
        item.count
        for item in desk.ledger.upward
        if item.target == name and one.first <= item.on <= one.last
    )
    key = f"office/{name}/{one.code}"
    what = f"{PER_NAMES[per]}向{name}报送{amount}条"
    return _obligation(desk, key, what, one, needed=needed, done=done, measure="条", why=why)


def _points(desk: Desk, name: str, amount: int, year: Window) -> Obligation:
    earned = sum(
        item.points
        for item in desk.ledger.adoptions
        if item.level == name and year.first <= item.on <= year.last
    )
    key = f"office/{name}/points/{year.code}"
    what = f"年度{name}采用得分{amount}分"
    return _obligation(desk, key, what, year, needed=amount, done=floor(earned), measure="分")


def _obligation(
    desk: Desk,
    key: str,
    what: str,
    one: Window,
    *,
    needed: int,
    done: int,
    measure: str,
    why: str = "",
) -> Obligation:
    released = desk.exemption(key)
    days_before = LAST_DAYS if one.days == WEEK else max(desk.schedule.month_remind_days, default=0)
    near = midnight(one.last - days_before * DAY)
    return Obligation(
        key=key,
        unit=BUREAU,
        what=what,
        column=None,
        period_label=one.label,
        period_start=one.start,
        due=one.end,
        needed=needed,
        done=done,
        state=state_of(
            desk.now, one.end, near, fulfilled=done >= needed, exempt=bool(released) or not needed
        ),
        clause=CLAUSE,
        explanation=released or why,
        kind="office",
        period=one.code,
        measure=measure,
    )
