"""From the words of a time to the earliest and latest instant they allow.

Rules of reading: the year or month left out is the one that puts the date nearest
before the mail; 当日, 次日 and a bare clock go by the date told before them.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from mailbot.rules.chinese_numerals import small_number
from mailbot.rules.spring_festival import spring_festival_day

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
Precision = Literal["minute", "hour", "part_of_day", "day", "range"]
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_SOON = timedelta(days=31)  # a date without a year may lie this far ahead (announced works)
_TOMORROW = timedelta(days=3)  # likewise a day without a month
_NOON_HOUR = 12
_FRESH = timedelta(hours=2)
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}
_QUARTERS = {"一": 15, "1": 15, "三": 45, "3": 45}
_EVENING = (
    "晚",
    "晚上",
    "晚黑",
    "晚间",
    "夜",
    "夜晚",
    "夜间",
    "夜里",
    "深夜",
    "午夜",
    "半夜",
    "子夜",
)
_AFTERNOON = ("下午", "午后", "傍晚", "黄昏")
_NOON = ("中午", "正午", "午间", "午")
_SPANS = {
    "凌晨": (0, 6), "拂晓": (4, 7), "黎明": (4, 7), "清晨": (5, 9), "清早": (5, 9),
    "大清早": (5, 9), "一大早": (5, 9), "早晨": (5, 9), "早上": (5, 10), "早间": (5, 10),
    "晨间": (5, 9), "晨": (5, 9), "早": (5, 10), "上午": (6, 12), "中午": (11, 14),
    "正午": (11, 14), "午间": (11, 14), "午": (11, 14), "下午": (12, 19), "午后": (12, 19),
    "傍晚": (17, 20), "黄昏": (17, 20), "深夜": (22, 30), "午夜": (23, 30), "半夜": (23, 30),
    "子夜": (23, 25),
}  # fmt: skip
_NIGHT = (18, 30)
_RELATIVE = {
    "大前天": -3, "前天": -2, "前日": -2, "前": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨": -1,
    "今天": 0, "今日": 0, "今儿": 0, "今": 0,
}  # fmt: skip
_SAME_DAY = ("当天", "当日", "同日", "当")
_NEXT_DAY = ("次日", "翌日", "第二天", "隔天", "次", "翌")


@dataclass(frozen=True, slots=True)
class Instant:
    """What one expression means; both ends inclusive, in Asia/Shanghai."""

    earliest: datetime
    latest: datetime
    precision: Precision
    start: int
    end: int
    day: date
    part: str = ""
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the text has said so far: the mail's time, the last date, the last instant."""

    reference: datetime
    anchor: date | None = None
    last: Instant | None = None


_DATES = ("m1", "m2", "mrel", "d3", "feast", "rel", "weekday")


def resolve(found: re.Match[str], told: Told) -> Instant | None:
    """The instant an expression means; None when it means none (31st of April, 25时)."""
    dated = any(found[name] for name in _DATES)
    day = _day(found, told) if dated else _day_by_context(found, told)
    if day is None:
        return None
    at = replace(_BLANK, start=found.start(), end=found.end(), day=day, dated=dated)
    part = found["part"] or ""
    if found["h"] is None:
        return _whole(at, day, part)
    return _clock(at, found, day, part or _inherited_part(found, told, dated=dated), told)


def resolve_ago(found: re.Match[str], reference: datetime) -> Instant | None:
    """半小时前, 1小时20分钟前, 两天前: counted back from the mail."""
    some, unit = found["some"], found["unit"]
    if some in ("几", "十几"):
        return None
    amount = 0.5 if some == "半" else _decimal(some)
    if amount is None:
        return None
    amount += 0.5 if found["half"] else 0
    if unit == "天":
        day = (reference - amount * _DAY).date()
        return _whole(replace(_BLANK, start=found.start(), end=found.end(), day=day), day, "")
    step = {"分钟": 1, "刻钟": 15}.get(unit, 60)
    hours = small_number(found["hours"]) if found["hours"] and step < 60 else 0
    moment = (reference - timedelta(hours=hours or 0, minutes=amount * step)).replace(
        second=0, microsecond=0
    )
    return Instant(moment, moment, "minute", found.start(), found.end(), moment.date())


def join(first: Instant, second: Instant) -> Instant:
    """A range from one instant to another; 至2时 ends at 2:00, 至21日 with that day."""
    until = second.earliest if second.precision in ("minute", "hour") else second.latest
    latest = max(first.earliest, until)
    return replace(first, latest=latest, precision="range", end=second.end)


_BLANK = Instant(
    datetime(2000, 1, 1, tzinfo=CHINA), datetime(2000, 1, 1, tzinfo=CHINA), "day", 0, 0,
    date(2000, 1, 1),
)  # fmt: skip


def _decimal(some: str) -> float | None:
    if "." in some:
        return float(some)
    number = small_number(some)
    return None if number is None else float(number)


def _whole(at: Instant, day: date, part: str) -> Instant:
    """A day, or a part of one."""
    from_hour, to_hour = _SPANS.get(part, _NIGHT) if part else (0, 24)
    start = datetime.combine(day, time(), CHINA)
    return replace(
        at,
        earliest=start + timedelta(hours=from_hour),
        latest=start + timedelta(hours=to_hour) - _MINUTE,
        precision="part_of_day" if part else "day",
        part=part,
    )


def _clock(at: Instant, found: re.Match[str], day: date, part: str, told: Told) -> Instant | None:
    hour, minute = small_number(found["h"]), _minute(found)
    if hour is None or minute is None or hour * 60 + minute > 24 * 60:
        return None
    moment = datetime.combine(day, time(), CHINA) + timedelta(
        hours=_hour_of_day(hour, part), minutes=minute
    )
    if part in _EVENING and hour <= 4 and moment > told.reference:
        moment -= _DAY
    if not at.dated and told.last is not None and not found["part"]:
        moment = _after_last(moment, told.last, told.reference)
    if found["unit"] == "点" and not part and 1 <= hour < _NOON_HOUR:
        moment = _spoken_afternoon(moment, told.reference)
    whole_hour = found["unit"] is not None and not (
        found["mi2"]
        or found["mi3"]
        or found["half"]
        or found["quarter"]
        or hour == 24
        or "整" in (found["about"] or "")
    )
    latest = moment + timedelta(minutes=59) if whole_hour else moment
    precision: Precision = "hour" if whole_hour else "minute"
    return replace(at, earliest=moment, latest=latest, precision=precision, part=part)


def _spoken_afternoon(moment: datetime, reference: datetime) -> datetime:
    """五点半, in a message of 17:44: spoken hours run to twelve, and news is fresh."""
    later = moment + timedelta(hours=_NOON_HOUR)
    return later if timedelta(0) <= reference - later <= _FRESH else moment


def _minute(found: re.Match[str]) -> int | None:
    if found["half"]:
        return 30
    if found["quarter"]:
        return _QUARTERS[found["quarter"]]
    written = found["mi1"] or found["mi2"] or found["mi3"]
    number = small_number(written) if written else 0
    return number if number is not None and number < 60 else None


def _hour_of_day(hour: int, part: str) -> int:
    """Hours after the midnight that begins the named day; over 24 for the night's far side."""
    noon = 12
    if part in _EVENING:
        if hour <= 4:
            return hour + 24
        return hour + 12 if hour <= noon else hour
    if part in _AFTERNOON:
        return hour + 12 if hour < noon else hour
    if part in _NOON:
        return hour + 12 if hour < 4 else hour
    if part == "凌晨" and hour == noon:
        return 0
    return hour


def _inherited_part(found: re.Match[str], told: Told, *, dated: bool) -> str:
    """下午3时许…3时40分: the second clock is in the afternoon as well."""
    last = told.last
    if dated or last is None or last.precision not in ("minute", "hour", "range"):
        return ""
    hour = small_number(found["h"])
    if last.part not in _AFTERNOON + _EVENING + _NOON or hour is None or hour >= 12:
        return ""
    in_evening = hour >= 5 if last.part in _EVENING else True
    return "下午" if in_evening and hour + 12 >= last.earliest.hour > hour else ""


def _after_last(moment: datetime, last: Instant, reference: datetime) -> datetime:
    """A story runs on: 23时50分…0时20分 has passed midnight."""
    half_a_day = timedelta(hours=12)
    if last.precision in ("minute", "hour", "range") and last.earliest - moment > half_a_day:
        following = moment + _DAY
        return following if following <= reference + half_a_day else moment
    return moment


def _day_by_context(found: re.Match[str], told: Told) -> date:
    """The day of a clock without a date: the last one told, else the latest before the mail."""
    if told.anchor is not None:
        return told.anchor
    today = told.reference.date()
    hour, minute = small_number(found["h"] or ""), _minute(found) if found["h"] else 0
    if hour is None or minute is None or hour > 23:
        return today
    at = timedelta(hours=_hour_of_day(hour, found["part"] or ""), minutes=minute)
    start = datetime.combine(today, time(), CHINA)
    ahead = start + at > told.reference + timedelta(hours=1)
    return today - _DAY if ahead else today


def _day(found: re.Match[str], told: Told) -> date | None:
    """The day a date means, None when there is no such day."""
    today = told.reference.date()
    if found["rel"]:
        same = found["rel"] in _SAME_DAY
        return _day_by_context(found, told) if same else _relative(found["rel"], told)
    if found["weekday"]:
        return _weekday(found["week"] or "", found["weekday"], today)
    if found["feast"]:
        return spring_festival_day(found["feast"], today)
    return _numbered_day(found, told)


def _numbered_day(found: re.Match[str], told: Told) -> date | None:
    if found["m1"]:
        return _valid(int(found["y1"]), int(found["m1"]), int(found["d1"]))
    if found["d3"]:
        return _day_of_month(small_number(found["d3"]), told)
    day = small_number(found["d2"])
    if found["mrel"]:
        return _in_relative_month(found["mrel"], day, told)
    return _with_year(found["y2"], small_number(found["m2"]), day, told)


def _relative(word: str, told: Told) -> date:
    today = told.reference.date()
    if word in _NEXT_DAY:
        return (told.anchor or today - _DAY) + _DAY
    return today + timedelta(days=_RELATIVE[word])


def _weekday(week: str, written: str, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=_WEEKDAYS[written])
    if week.startswith("上上"):
        return day - timedelta(days=14)
    if week.startswith("上"):
        return day - timedelta(days=7)
    return day - timedelta(days=7) if not week and day > today else day


def _valid(year: int, month: int, day: int | None) -> date | None:
    if day is None or not (1 <= month <= 12 and 2000 <= year <= 2100):
        return None
    return date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _with_year(written: str | None, month: int | None, day: int | None, told: Told) -> date | None:
    if month is None:
        return None
    today = told.reference.date()
    years = {"今": today.year, "本": today.year, "去": today.year - 1, "前": today.year - 2}
    anchor_year = (told.anchor or today).year
    if written in ("同", "当"):
        return _valid(anchor_year, month, day)
    if written is not None:
        return _valid(years.get(written) or small_number(written) or 0, month, day)
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
