"""Periods as people type them: 2023, 2023-04, 2023年4月, 2023-Q2, 2023-W17, 2023-04-19."""

import re
import unicodedata
from datetime import date, datetime

from mailbot.errors import Refused
from mailbot.rules.calendar import (
    WeekStart,
    Window,
    chinese_day,
    local_day,
    period_of,
    window,
)

_FORMS = "请写成 2023（年）、2023-Q2（季）、2023-04（月）、2023-W17（周）或 2023-04-19（日）的形式"
_YEAR = r"(?P<year>\d{4})"
_PATTERNS = {
    "year": re.compile(rf"{_YEAR}年?"),
    "quarter": re.compile(rf"{_YEAR}(?:-?q|年第?)(?P<number>[1-4一二三四])(?:季度?)?"),
    "month": re.compile(rf"{_YEAR}(?:[-/.]|年)(?P<number>\d{{1,2}})月?"),
    "week": re.compile(rf"{_YEAR}(?:-?w|年第?)(?P<number>\d{{1,2}})周?"),
    "day": re.compile(rf"{_YEAR}(?:[-/.]|年)(?P<month>\d{{1,2}})(?:[-/.]|月)(?P<day>\d{{1,2}})日?"),
}


_BARE = re.compile(r"(?P<month>\d{1,2})月份?|第?(?P<quarter>[1-4一二三四])季度?")
_MONTHS_BACK = {"本月": 0, "上月": 1, "上个月": 1}


def period_said(words: str, now: datetime, week_starts_on: WeekStart = "monday") -> Window:
    """A period as a clerk says it: also 4月, 第二季度, 上月; a year left out is the last that fits.

    Raises:
        Refused: It is no period.
    """
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    today = local_day(now)
    if plain in _MONTHS_BACK:
        back = today.year * 12 + today.month - 1 - _MONTHS_BACK[plain]
        return period_of("month", date(back // 12, back % 12 + 1, 1))
    found = _BARE.fullmatch(plain)
    if found is None:
        return period(words, week_starts_on)
    if found["quarter"]:
        number = " 一二三四".find(found["quarter"])
        month = 3 * (number if number > 0 else int(found["quarter"]))
        first, kind = month - 2, "quarter"
    else:
        first = month = int(found["month"])
        kind = "month"
    if not 1 <= month <= 12:
        raise Refused(f"时段 {words!r} 看不懂，{_FORMS}")
    year = today.year if first <= today.month else today.year - 1
    return period_of("quarter" if kind == "quarter" else "month", date(year, month, 1))


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
