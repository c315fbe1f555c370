"""Which day a date means: 19日, 上周六, 头天, 4/19, 除夕.

The year or month left out is the one that puts the date nearest before the mail;
当日, 次日, 头天 and a bare clock go by the date told before them.
"""

import re
from datetime import date, timedelta

from mailbot.rules.chinese_numerals import small_number
from mailbot.rules.clock_readings import clock_of, hour_of_day, part_of
from mailbot.rules.instants import DAY, Told, midnight
from mailbot.rules.named_days import named_day

_SOON = timedelta(days=31)  # a date without a year may lie this far ahead (announced works)
_TOMORROW = timedelta(days=3)  # likewise a day without a month
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}
_RELATIVE = {
    "大前天": -3, "前天": -2, "前日": -2, "前": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨": -1,
    "今天": 0, "今日": 0, "今儿": 0, "今": 0,
}  # fmt: skip
_YEARS_BACK = {"今": 0, "本": 0, "去": 1, "前": 2}
_SAME_DAY = ("当天", "当日", "同日", "当")
_NEXT_DAY = ("次日", "翌日", "第二天", "隔天", "次", "翌")
_DAY_BEFORE = ("头天", "头", "前一天", "前一日", "前一")


def day_of(found: re.Match[str], told: Told) -> date | None:
    """The day an expression means, None when there is no such day or nobody can say."""
    today = told.reference.date()
    if found["date"] is None:
        return _by_context(found, told)
    if found["rel"]:
        same = found["rel"] in _SAME_DAY
        return _by_context(found, told) if same else _relative(found["rel"], told)
    if found["weekday"]:
        return _weekday(found["week"] or "", found["weekday"], today)
    if found["feast"] or found["fest"]:
        return named_day(found["feast"] or found["fest"], today)
    return None if found["lunar"] else _numbered(found, told)


def _by_context(found: re.Match[str], told: Told) -> date:
    """The day of a clock without a date: the last one told, else the latest before the mail."""
    if told.anchor is not None:
        return told.anchor
    today, clock = told.reference.date(), clock_of(found)
    if clock is None:
        return today
    at = timedelta(hours=hour_of_day(clock.hour, part_of(found)), minutes=clock.minute)
    ahead = midnight(today) + at > told.reference + timedelta(hours=1)
    return today - DAY if ahead else today


def _numbered(found: re.Match[str], told: Told) -> date | None:
    if found["numeric"]:
        names = ("y1", "m1", "d1") if found["m1"] else ("y4", "m4", "d4")
        year, month, of_month = (int(found[name]) for name in names)
        return _valid(year, month, of_month)
    if found["m5"]:
        return _with_year(None, int(found["m5"]), int(found["d5"]), told)
    if found["d3"] or found["d7"]:
        return _day_of_month(small_number(found["d3"] or found["d7"]), told)
    day = small_number(found["d2"])
    if found["mrel"]:
        return _in_relative_month(found["mrel"], day, told)
    return _with_year(found["y2"], small_number(found["m2"]), day, told)


def _relative(word: str, told: Told) -> date:
    today = told.reference.date()
    if word in _NEXT_DAY:
        return (told.anchor or today - DAY) + DAY
    if word in _DAY_BEFORE:
        return (told.anchor or today) - DAY
    return today + timedelta(days=_RELATIVE[word.removesuffix("个")])


def _weekday(week: str, written: str, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=_WEEKDAYS[written])
    if week.startswith("上上"):
        return day - timedelta(days=14)
    if week.startswith("上"):
        return day - timedelta(days=7)
    return day - timedelta(days=7) if not week and day > today else day


def _valid(year: int, month: int, day: int | None) -> date | None:
    if day is None or not 2000 <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:  # the 31st of April
        return None


def _with_year(written: str | None, month: int | None, day: int | None, told: Told) -> date | None:
    if month is None:
        return None
    today = told.reference.date()
    if written in ("同", "当"):
        return _valid((told.anchor or today).year, month, day)
    if written is not None:
        back = _YEARS_BACK.get(written)
        year = today.year - back if back is not None else small_number(written) or 0
        return _valid(year + 2000 if year < 100 else year, month, day)
    near = told.anchor if told.anchor and told.anchor.year != today.year else None
    return _nearest([_valid(today.year + n, month, day) for n in (-1, 0, 1)], near, today, _SOON)


def _day_of_month(day: int | None, told: Told) -> date | None:
    today = told.reference.date()
    near = told.anchor or today
    dates = [_valid(*_month(near, n), day) for n in (-1, 0, 1)]
    return _nearest(dates, told.anchor, today, _TOMORROW)


def _in_relative_month(written: str, day: int | None, told: Told) -> date | None:
    if written in ("当", "同"):
        return _valid(*_month(told.anchor or told.reference.date(), 0), day)
    return _valid(*_month(told.reference.date(), -1 if written.startswith("上") else 0), day)


def _month(near: date, shift: int) -> tuple[int, int]:
    months = near.year * 12 + near.month - 1 + shift
    return months // 12, months % 12 + 1


def _nearest(
    dates: list[date | None], near: date | None, today: date, ahead: timedelta
) -> date | None:
    """The date closest to what was told before; without that, the latest not far ahead."""
    possible = [day for day in dates if day is not None and day <= today + ahead]
    if near is not None and possible:
        return min(possible, key=lambda day: abs(day - near))
    return max(possible, default=None)
