"""Periods as people type them: 2023, 2023-04, 2023年4月, 2023-Q2, 2023-W17, 2023-04-19."""

import re
import unicodedata
from datetime import date

from mailbot.errors import Refused
from mailbot.rules.calendar import WeekStart, Window, chinese_day, period_of, window

_FORMS = "请写成 2023（年）、2023-Q2（季）、2023-04（月）、2023-W17（周）或 2023-04-19（日）的形式"
_YEAR = r"(?P<year>\d{4})"
_PATTERNS = {
    "year": re.compile(rf"{_YEAR}年?"),
    "quarter": re.compile(rf"{_YEAR}(?:-?q|年第?)(?P<number>[1-4一二三四])(?:季度?)?"),
    "month": re.compile(rf"{_YEAR}(?:[-/.]|年)(?P<number>\d{{1,2}})月?"),
    "week": re.compile(rf"{_YEAR}(?:-?w|年第?)(?P<number>\d{{1,2}})周?"),
    "day": re.compile(rf"{_YEAR}(?:[-/.]|年)(?P<month>\d{{1,2}})(?:[-/.]|月)(?P<day>\d{{1,2}})日?"),
}


def period(typed: str, week_starts_on: WeekStart = "monday") -> Window:
    """The whole days a period covers.

    Raises:
        Refused: It is no period.
    """
    plain = "".join(unicodedata.normalize("NFKC", typed).lower().split())
    for kind, pattern in _PATTERNS.items():
        found = pattern.fullmatch(plain)
        if found is not None:
            try:
                return _window(kind, found, week_starts_on)
            except (ValueError, OverflowError):
                break
    raise Refused(f"时段 {typed!r} 看不懂，{_FORMS}")


def _window(kind: str, found: re.Match[str], week_starts_on: WeekStart) -> Window:
    year = int(found["year"])
    if kind == "year":
        return period_of("year", date(year, 1, 1))
    if kind == "day":
        day = date(year, int(found["month"]), int(found["day"]))
        return window(f"{day:%Y-%m-%d}", f"{day.year}年{chinese_day(day)}", day, day)
    number = " 一二三四".find(found["number"])
    number = number if number > 0 else int(found["number"])
    if kind == "quarter":
        return period_of("quarter", date(year, 3 * number, 1))
    if kind == "month":
        return period_of("month", date(year, number, 1))
    return period_of("week", date.fromisocalendar(year, number, 4), week_starts_on)
