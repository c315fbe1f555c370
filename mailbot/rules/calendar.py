"""The office's calendar: periods of Asia/Shanghai and the working days of the State Council.

Periods are half-open: a draft received at 24:00 of the last day belongs to the next
one. Every instant lies in exactly one week, month, quarter and 旬.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
PeriodKind = Literal["week", "month", "quarter", "year"]
WeekStart = Literal["monday", "sunday"]
WorkingHours = tuple[time, time]
TEN_DAYS = ("上旬", "中旬", "下旬")


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole days, both ends included.

    Attributes:
        code: Short and sortable within its kind ("2023-W17").
        label: For readers ("2023年第17周（4月24日至4月30日）").
        start: First instant, UTC.
        end: First instant after the last day (24:00), UTC.
    """

    code: str
    label: str
    first: date
    last: date
    start: datetime
    end: datetime

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def window(code: str, label: str, first: date, last: date) -> Window:
    """A window of whole days with its instants."""
    return Window(code, label, first, last, midnight(first), midnight(last + DAY))


def midnight(day: date) -> datetime:
    """00:00 of a day in Shanghai, as UTC."""
    return at_clock(day, time(0))


def at_clock(day: date, clock: time) -> datetime:
    """A time of day in Shanghai, as UTC."""
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def local_day(instant: datetime) -> date:
    """The day on the office's calendar; naive instants are refused."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime")
    return instant.astimezone(SHANGHAI).date()


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return (first + n * DAY for n in range((last - first).days + 1))


def chinese_day(day: date) -> str:
    """4月24日."""
    return f"{day.month}月{day.day}日"


def chinese_moment(instant: datetime) -> str:
    """4月24日09:30, as the office's clocks show it."""
    local = instant.astimezone(SHANGHAI)
    return f"{chinese_day(local.date())}{local:%H:%M}"


# ---- periods


@lru_cache(maxsize=4096)
def period_of(kind: PeriodKind, day: date, week_starts_on: WeekStart = "monday") -> Window:
    """The week, month, quarter or year a day lies in."""
    if kind == "week":
        return _week(day, week_starts_on)
    if kind == "month":
        return month(day.year, day.month)
    if kind == "quarter":
        return _quarter(day)
    return window(f"{day.year}", f"{day.year}年", date(day.year, 1, 1), date(day.year, 12, 31))


def periods_between(
    kind: PeriodKind, first: date, last: date, week_starts_on: WeekStart = "monday"
) -> list[Window]:
    """Every period that has a day in `first` to `last`, in order."""
    found: list[Window] = []
    day = first
    while day <= last:
        found.append(period_of(kind, day, week_starts_on))
        day = found[-1].last + DAY
    return found


def _week(day: date, week_starts_on: WeekStart) -> Window:
    since_first = day.weekday() if week_starts_on == "monday" else (day.weekday() + 1) % 7
    first = day - since_first * DAY
    last = first + 6 * DAY
    # Three days on is Thursday or Wednesday, which name the same ISO week for either start.
    year, number, _ = (first + 3 * DAY).isocalendar()
    label = f"{year}年第{number}周（{chinese_day(first)}至{chinese_day(last)}）"
    return window(f"{year}-W{number:02d}", label, first, last)


def month(year: int, number: int) -> Window:
    """A calendar month."""
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    return window(f"{year}-{number:02d}", f"{year}年{number}月", first, following - DAY)


def _quarter(day: date) -> Window:
    number = (day.month + 2) // 3
    first, last = month(day.year, 3 * number - 2), month(day.year, 3 * number)
    label = f"{day.year}年第{'一二三四'[number - 1]}季度"
    return window(f"{day.year}-Q{number}", label, first.first, last.last)


def ten_days(
    year: int, number: int, first_end: int = 10, second_end: int = 20
) -> tuple[Window, Window, Window]:
    """上旬, 中旬 and 下旬 of a month; where one ends and the next begins is configured."""
    whole = month(year, number)
    ends = (
        whole.first.replace(day=first_end),
        whole.first.replace(day=second_end),
        whole.last,
    )
    starts = (whole.first, ends[0] + DAY, ends[1] + DAY)
    first, second, third = (
        window(f"{whole.code}-{part}", f"{year}年{number}月{name}", start, end)
        for part, name, start, end in zip((1, 2, 3), TEN_DAYS, starts, ends, strict=True)
    )
    return first, second, third


def ten_days_of(day: date, first_end: int = 10, second_end: int = 20) -> Window:
    """The 旬 a day lies in."""
    return next(
        part for part in ten_days(day.year, day.month, first_end, second_end) if day <= part.last
    )


# ---- working days


@lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Whether offices work: official holidays and make-up days (调休) where announced.

    Years the library does not know count Monday to Friday; see `is_provisional`.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=256)
def is_provisional(year: int) -> bool:
    """Whether the holidays of a year are not announced yet (暂定): weekends only."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return True
    return False


def provisional_note(first: date, last: date) -> str:
    """A sentence for readers when the working days of a window may still change, else ""."""
    years = [str(year) for year in range(first.year, last.year + 1) if is_provisional(year)]
    return f"{'、'.join(years)}年放假安排尚未收录，工作日按周末双休暂定。" if years else ""


@lru_cache(maxsize=4096)
def working_days(first: date, last: date) -> int:
    """Number of working days from `first` to `last`, both included."""
    return sum(is_working_day(day) for day in days_between(first, last))


def next_working_day(day: date) -> date:
    """`day` itself when offices work, else the next day they do."""
    while not is_working_day(day):
        day += DAY
    return day


def previous_working_day(day: date) -> date:
    """`day` itself when offices work, else the last day before it they do."""
    while not is_working_day(day):
        day -= DAY
    return day


def working_moment(now: datetime, hours: WorkingHours) -> bool:
    """Whether routine letters may go out: a working day, within [start, end)."""
    local = now.astimezone(SHANGHAI)
    start, end = hours
    return is_working_day(local.date()) and start <= local.time() < end


def next_working_moment(now: datetime, hours: WorkingHours) -> datetime:
    """`now` itself when it is a working moment, else when the next one begins; UTC."""
    if working_moment(now, hours):
        return now.astimezone(UTC)
    local = now.astimezone(SHANGHAI)
    day = local.date() if local.time() < hours[0] else local.date() + DAY
    return at_clock(next_working_day(day), hours[0])
