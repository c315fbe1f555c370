"""From the words of a time to the earliest and latest instant they allow.

Words that allow two readings keep both: the verdict then has to hold for either.
"""

import re
from datetime import date, datetime, timedelta

from mailbot.rules.chinese_numerals import consecutive, small_number
from mailbot.rules.clock_readings import (
    AFTERNOON,
    EITHER_NIGHT,
    EVENING,
    FAR_SIDE,
    NOON,
    NOON_HOUR,
    Clock,
    clock_of,
    hour_of_day,
    part_of,
)
from mailbot.rules.day_readings import day_of
from mailbot.rules.instants import CHINA, DAY, MINUTE, Instant, Precision, Told, midnight

__all__ = ["CHINA", "Instant", "Told", "join", "resolve", "resolve_ago"]

_HALF_A_DAY = timedelta(hours=NOON_HOUR)
_FRESH = timedelta(hours=2)
_SAME_TALE = timedelta(hours=6)
_THE_DAY = ("今天", "今日", "今儿")
_SMALL_HOURS = 6  # before this hour 今晚 is the evening just gone
_SPANS = {
    "凌晨": (0, 6), "拂晓": (4, 7), "黎明": (4, 7), "清晨": (5, 9), "清早": (5, 9),
    "大清早": (5, 9), "一大早": (5, 9), "一早": (5, 10), "早晨": (5, 9), "早上": (5, 10),
    "早间": (5, 10), "晨间": (5, 9), "晨": (5, 9), "早": (5, 10), "上午": (6, 12),
    "中午": (11, 14), "正午": (11, 14), "午间": (11, 14), "午": (11, 14), "晌午": (11, 14),
    "下午": (12, 19), "午后": (12, 19), "傍晚": (17, 20), "黄昏": (17, 20), "擦黑": (17, 21),
    "麻麻黑": (17, 21), "刚黑": (17, 21), "快黑": (17, 21), "入夜": (18, 23),
    "上半夜": (18, 24), "前半夜": (18, 24), "深夜": (22, 30), "午夜": (23, 30),
    "半夜": (23, 30), "大半夜": (23, 30), "子夜": (23, 25), "下半夜": (24, 30),
    "后半夜": (24, 30), "刚亮": (5, 8), "快亮": (4, 7), "蒙蒙亮": (4, 7), "麻麻亮": (4, 7),
}  # fmt: skip
_NIGHT = (18, 30)


def resolve(found: re.Match[str], told: Told) -> Instant | None:
    """The instant an expression means; None when it means none (31st of April, 25时)."""
    dated = found["date"] is not None
    day = day_of(found, told)
    if day is None:
        return None
    at = _BLANK._replace(start=found.start(), end=found.end(), day=day, dated=dated)
    part = part_of(found)
    if found["clock"] is None:
        return _whole(at, found, part, told)
    clock = clock_of(found)
    if clock is None:
        return None
    return _at_clock(at, found, clock, part or _inherited(clock, told, dated=dated), told)


def resolve_ago(found: re.Match[str], reference: datetime) -> Instant | None:
    """半小时前, 1小时20分钟前, 十来分钟前, 两天前: counted back from the mail."""
    told = _amounts(found)
    if told is None:
        return None
    least, most = told
    at = _BLANK._replace(start=found.start(), end=found.end())
    if found["unit"] == "天":
        day = (reference - least * DAY).date()
        return None if least != most else _span_of(at._replace(day=day), day, "")
    latest, earliest = (_minutes_before(reference, minutes) for minutes in (least, most))
    precision: Precision = "minute" if least == most else "range"
    return at._replace(earliest=earliest, latest=latest, precision=precision, day=earliest.date())


def _minutes_before(reference: datetime, minutes: float) -> datetime:
    return (reference - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _amounts(found: re.Match[str]) -> tuple[float, float] | None:
    """Least and most minutes ago (days for 天); None for an amount nobody can read."""
    step = {"分钟": 1, "min": 1, "刻钟": 15, "天": 1}.get(found["unit"], 60)
    span = _several(found["some"], more=found["more"] == "来")
    hours = small_number(found["hours"]) or 0 if found["hours"] and step < 60 else 0
    if span is not None:
        return hours * 60 + span[0] * step, hours * 60 + span[1] * step
    some = 0.5 if found["some"] == "半" else _decimal(found["some"])
    if some is None:
        return None
    amount = hours * 60 + (some + (0.5 if found["half"] else 0)) * step
    return (amount, amount) if found["unit"] == "天" else _about(amount, step, found)


def _about(amount: float, step: int, found: re.Match[str]) -> tuple[float, float]:
    """不到半小时, 大半个小时, 一个多小时: from … to, in minutes."""
    if found["less"]:
        return amount / 2, amount - 1
    if found["most"]:
        return amount + 1, amount * 5 / 3
    # 20多分钟前 stays the twenty it names; from half an hour on the difference decides.
    vague = any(found[name] in ("多", "余") for name in ("more", "over", "odd"))
    if not vague or amount < 30:
        return amount, amount
    return amount + 1, amount + (29 if amount == 30 and step == 60 else 9 if step == 1 else 59)


def _several(some: str, *, more: bool) -> tuple[float, float] | None:
    """几, 十几, 两三, 十来: from … to."""
    if some == "几":
        return 2, 9
    if some.endswith("几"):
        tens = small_number(some[:-1]) or 10
        return tens + 1, tens + 9
    if more:
        number = small_number(some)
        return None if number is None else (max(1, number - 2), number + 3)
    return consecutive(some)


def join(first: Instant, second: Instant, *, began: bool = False) -> Instant:
    """A range from one instant to another; 至2时 ends at 2:00, 至21日 with that day.

    Of what `began` at the first (11时起至12时) only the beginning is told: it is the event's.
    """
    if began:
        latest = min(first.latest, max(first.earliest, second.earliest))
        return first._replace(latest=latest, end=second.end)
    until = second.earliest if second.precision in ("minute", "hour") else second.latest
    latest = max(first.earliest, until)
    other = (first.other[0], second.other[1]) if first.other and second.other else None
    return first._replace(latest=latest, precision="range", end=second.end, other=other)


_BLANK = Instant(
    datetime(2000, 1, 1, tzinfo=CHINA), datetime(2000, 1, 1, tzinfo=CHINA), "day", 0, 0,
    date(2000, 1, 1),
)  # fmt: skip


def _decimal(some: str) -> float | None:
    if "." in some:
        return float(some)
    number = small_number(some)
    return None if number is None else float(number)


def _whole(at: Instant, found: re.Match[str], part: str, told: Told) -> Instant:
    """A day, or a part of one."""
    whole = _span_of(at, at.day, part)
    alone = found["date"] is None and told.anchor is None
    if whole.earliest > told.reference and (alone or _is_past_night(found, part, told)):
        return _span_of(at, at.day - DAY, part)
    return whole


def _is_past_night(found: re.Match[str], part: str, told: Told) -> bool:
    """今晚 in a mail of 0:20, 今天后半夜 in one of 9:00: the night that is over."""
    small_hours = told.reference.hour < _SMALL_HOURS and (found["rel"] or "").startswith("今")
    return part in FAR_SIDE or (part in EVENING and small_hours)


def _span_of(at: Instant, day: date, part: str) -> Instant:
    from_hour, to_hour = _SPANS.get(part.removeprefix("天"), _NIGHT) if part else (0, 24)
    return at._replace(
        earliest=midnight(day) + timedelta(hours=from_hour),
        latest=midnight(day) + timedelta(hours=to_hour) - MINUTE,
        precision="part_of_day" if part else "day",
        part=part,
    )


def _at_clock(at: Instant, found: re.Match[str], clock: Clock, part: str, told: Told) -> Instant:
    moment = midnight(at.day) + timedelta(hours=hour_of_day(clock.hour, part), minutes=clock.minute)
    if found["utc"]:
        moment += timedelta(hours=8)
    moment = _night_just_gone(moment, found, clock, part, told)
    if not at.dated and told.last is not None and not found["part"]:
        later = moment + _HALF_A_DAY  # 13:40来电，说是1点半塌的: of the same afternoon
        same = clock.short and not part and abs(later - told.last.earliest) <= _SAME_TALE
        moment = moment if same else _after_last(moment, told.last, told.reference)
    moment, second = _two_readings(moment, found, clock, part, told)
    before, after = timedelta(minutes=clock.before), timedelta(minutes=clock.after)
    precision: Precision = "hour" if clock.whole else "minute"
    if clock.after > 59:
        precision = "range"
    return at._replace(
        earliest=moment - before,
        latest=moment + after,
        precision=precision,
        part=part,
        other=(second - before, second + after) if second is not None else None,
    )


def _night_just_gone(
    moment: datetime, found: re.Match[str], clock: Clock, part: str, told: Told
) -> datetime:
    """今天半夜一点 in the morning's mail, 今晚11点50 in one of 0:20, 周三 on a Wednesday."""
    if moment <= told.reference:
        return moment
    if (part in EVENING and clock.hour <= 4) or _is_past_night(found, part, told):
        return moment - DAY
    if found["weekday"] and not found["week"]:
        return moment - 7 * DAY
    return moment


def _two_readings(
    moment: datetime, found: re.Match[str], clock: Clock, part: str, told: Told
) -> tuple[datetime, datetime | None]:
    """The likelier reading first, and a second where the words allow it.

    五点半, in a message of 17:44: spoken hours run to twelve, and news is fresh. 昨天半夜一点
    is one o'clock after yesterday's evening, or before yesterday's morning. 今天23时48分, in a
    message of 0:06, was perhaps written before midnight.
    """
    if clock.short and not part and 1 <= clock.hour <= NOON_HOUR:
        later = moment + _HALF_A_DAY
        if timedelta(0) <= told.reference - later <= _FRESH:
            spoken = found["unit"] == "点"
            if spoken:
                return later, moment
            return moment, None if found["date"] or _runs_to_24(told.last) else later
    if found["rel"] in _THE_DAY and told.reference.hour < _SMALL_HOURS and moment > told.reference:
        return moment, moment - DAY
    named = found["date"] is not None and (found["rel"] or "") not in ("昨", "前", "当", "今")
    if part in EITHER_NIGHT and named and not found["later"] and clock.hour <= 4:
        this_morning = moment.date() == told.reference.date() and "今" in found["date"]
        return moment, None if this_morning else moment - DAY
    return moment, None


def _runs_to_24(last: Instant | None) -> bool:
    """Whether the text has written an hour past noon without saying afternoon."""
    return last is not None and not last.part and last.earliest.hour > NOON_HOUR


def _inherited(clock: Clock, told: Told, *, dated: bool) -> str:
    """下午3时许…3时40分: the second clock is in the afternoon as well."""
    last = told.last
    if dated or last is None or last.precision not in ("minute", "hour", "range"):
        return ""
    if last.part not in AFTERNOON + EVENING + NOON or clock.hour >= NOON_HOUR:
        return ""
    in_evening = clock.hour >= 5 if last.part in EVENING else True
    carries_on = in_evening and clock.hour + NOON_HOUR >= last.earliest.hour > clock.hour
    return "下午" if carries_on else ""


def _after_last(moment: datetime, last: Instant, reference: datetime) -> datetime:
    """A story runs on: 23时50分…0时20分 has passed midnight."""
    clock = last.precision in ("minute", "hour", "range") or last.part in EVENING
    if clock and last.earliest - moment > _HALF_A_DAY:
        following = moment + DAY
        return following if following <= reference + _HALF_A_DAY else moment
    return moment
