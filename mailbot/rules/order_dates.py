"""Dates and times as a clerk writes them in an order: 4月25日17时, 明天下午3点, 2023-04-25.

A year left out is the one that fits: the next for what is asked (约稿), the last for
what happened (采用), the nearest for an activity. Where two readings are as good, the
clerk is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from mailbot.rules.calendar import at_clock, local_day

Direction = Literal["future", "past", "near"]
_FAR: Mapping[Direction, timedelta] = {
    "future": timedelta(days=330),
    "past": timedelta(days=200),
    "near": timedelta(days=100),
}
_DAY_WORDS = {"前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1,
              "后天": 2}  # fmt: skip
_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s?[年/.-]\s?)?(?P<month>\d{1,2})\s?(?P<mark>[月/.-])\s?(?P<day>\d{1,2})"
    r"\s?(?P<end>[日号])?"
    rf"|(?P<word>{'|'.join(_DAY_WORDS)})"
)
_CLOCK = re.compile(
    r"[\s,，]?(?P<part>凌晨|早上|上午|中午|下午|晚上)?\s?(?P<hour>\d{1,2})\s?(?:[时点:：]\s?)"
    r"(?:(?P<minute>\d{1,2})\s?分?|(?P<half>半))?"
)
_AFTERNOON = ("下午", "晚上")
_NOON = 12


@dataclass(frozen=True, slots=True)
class When:
    """A date found in an order, its time of day if one was written, and where it stood."""

    day: date
    clock: time | None
    start: int
    end: int

    def instant(self, otherwise: time) -> datetime:
        """The instant, UTC; `otherwise` where no time of day was written."""
        return at_clock(self.day, self.clock or otherwise)


@dataclass(frozen=True, slots=True)
class BadDate:
    """A date that cannot be one, or may be two."""

    because: str


def find_when(text: str, now: datetime, direction: Direction) -> When | BadDate | None:
    """The first date of a text, or a time of day alone (today's); None when there is none."""
    found = _first(text)
    if found is None:
        return _today(text, now)
    day = _day(found, local_day(now), direction)
    if isinstance(day, BadDate):
        return day
    clock = _CLOCK.match(text, found.end())
    if clock is None:
        return When(day, None, found.start(), found.end())
    at = _clock(clock)
    if at is None:
        return _bad_clock(clock)
    return When(day, at, found.start(), clock.end())


def _today(text: str, now: datetime) -> When | BadDate | None:
    clock = next((one for one in _CLOCK.finditer(text) if not _in_number(text, one)), None)
    if clock is None:
        return None
    at = _clock(clock)
    return _bad_clock(clock) if at is None else When(local_day(now), at, *clock.span())


def _in_number(text: str, found: "re.Match[str]") -> bool:
    return text[: found.start()][-1:].isdigit()


def _bad_clock(found: "re.Match[str]") -> BadDate:
    return BadDate(f"时间“{found[0].strip()}”不对，请写成 17时 或 17:30 的形式")


def _first(text: str) -> "re.Match[str] | None":
    for found in _DATE.finditer(text):
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        ends = found["end"] or found["word"] or not after.isdigit()
        if ends and not before.isdigit():
            return found
    return None


def _day(found: "re.Match[str]", today: date, direction: Direction) -> date | BadDate:
    if found["word"]:
        return today + timedelta(days=_DAY_WORDS[found["word"]])
    month, day = int(found["month"]), int(found["day"])
    if not found["year"] and found["mark"] != "月":
        return BadDate(f"日期“{found[0]}”可能有两种读法，请写成 {month}月{day}日 的形式")
    if found["year"]:
        return _valid(int(found["year"]), month, day) or _wrong(found[0])
    years = range(today.year - 1, today.year + 2)
    near = [one for year in years if (one := _valid(year, month, day)) is not None]
    fitting = [one for one in near if direction == "near" or _fits(one, today, direction)]
    if not fitting:
        return _wrong(found[0])
    chosen = min(fitting, key=lambda one: abs(one - today))
    if abs(chosen - today) > _FAR[direction]:
        return BadDate(f"“{found[0]}”是哪一年？请写上年份，例如 {chosen.year}年{month}月{day}日")
    return chosen


def _fits(day: date, today: date, direction: Direction) -> bool:
    return day >= today if direction == "future" else day <= today


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _wrong(words: str) -> BadDate:
    return BadDate(f"没有“{words}”这一天，请核对日期")


def _clock(found: "re.Match[str]") -> time | None:
    hour = int(found["hour"])
    minute = 30 if found["half"] else int(found["minute"] or 0)
    if found["part"] in _AFTERNOON and hour < _NOON:
        hour += _NOON
    try:
        return time(hour, minute)
    except ValueError:
        return None
