"""Clocks as reports write them: 8时20分, 差五分九点, 八九点, 快五点, 下午3:15, 0815时."""

import re
from typing import NamedTuple

from mailbot.rules.chinese_numerals import consecutive, small_number

NOON_HOUR = 12
AFTERNOON = ("下午", "午后", "傍晚", "黄昏", "擦黑", "天擦黑", "麻麻黑", "天麻麻黑")
NOON = ("中午", "正午", "午间", "午", "晌午")
FAR_SIDE = ("下半夜", "后半夜")  # of the night that began the day before
EVENING = (
    "晚", "晚上", "晚黑", "晚间", "夜", "夜晚", "夜间", "夜里", "深夜", "午夜", "半夜", "大半夜",
    "子夜", "入夜", "上半夜", "前半夜", *FAR_SIDE,
)  # fmt: skip
# 昨天半夜一点 is one o'clock of yesterday to some and of today to others; 昨晚一点 is not.
EITHER_NIGHT = ("半夜", "大半夜", "夜里", "深夜", "夜间", "午夜", *FAR_SIDE)
_QUARTERS = {"一": 15, "1": 15, "二": 30, "两": 30, "2": 30, "三": 45, "3": 45}
_MORNING_OF_NIGHT = ("凌晨", "拂晓", "黎明", *FAR_SIDE)
_NEARLY = {True: 15, False: 10}  # minutes 快九点 and 近8时30分 may be away from it
_WHOLE = 59
_FINER = ("mi2", "mi3", "mi4", "half", "quarter", "less1", "less2", "past", "tens")
_JUST_PAST = 15


class Clock(NamedTuple):
    """A clock as written, the part of the day not yet counted in.

    Attributes:
        hour: 0 to 24.
        minute: Negative where it is counted back from the hour (差五分九点).
        before, after: Minutes the event may have been earlier or later.
        short: Written so that the hour may be of the morning or the afternoon (五点半, 3:15).
    """

    hour: int
    minute: int
    before: int = 0
    after: int = 0
    whole: bool = False
    short: bool = False


def part_of(found: re.Match[str]) -> str:
    """The part of the day, "" for none; 昨夜凌晨 is the night's far side, 3:15 pm afternoon."""
    part, later, *half = found.group("part", "later", "ampm", "pm")
    part, later = part or "", later or ""
    if part in EVENING and later in _MORNING_OF_NIGHT:
        return FAR_SIDE[0]
    half_day = (half[0] or half[1] or "").lower()
    if half_day and not part:
        hour = small_number(found["h"] or "")
        return "下午" if half_day == "pm" else "凌晨" if hour == NOON_HOUR else "上午"
    return later or part


def clock_of(found: re.Match[str]) -> Clock | None:
    """The clock an expression names, None when there is none such (25时, 8时75分)."""
    if found["ch"]:
        return Clock(int(found["ch"]), int(found["cm"]))
    if found["h"] is None:
        return None
    span = consecutive(found["h"])
    hour = span[0] if span else small_number(found["h"])
    minute = _minute(found)
    if hour is None or minute is None or hour * 60 + minute > 24 * 60:
        return None
    short = found["unit"] == "点" or (found["unit"] is None and found["h"][0] != "0")
    if found["h0"] and not span:
        return _from_to(found["h0"], hour, minute, short=short)
    whole = _is_whole(found, hour)
    before, after = _spread(found, span, whole=whole)
    return Clock(hour, minute, before, after, whole=whole and not span, short=short)


def hour_of_day(hour: int, part: str) -> int:
    """Hours after the midnight that begins the named day; over 24 for the night's far side."""
    if part in EVENING:
        small_hours = 8 if part in FAR_SIDE else 4
        return hour + 24 if hour <= small_hours else hour + 12 if hour <= NOON_HOUR else hour
    if part in AFTERNOON:
        return hour + 12 if hour < NOON_HOUR else hour
    if part in NOON:
        return hour + 12 if hour < 4 else hour
    return 0 if part == "凌晨" and hour == NOON_HOUR else hour


def _from_to(written: str, until: int, minute: int, *, short: bool) -> Clock | None:
    """8至9时, 22—2时."""
    since = small_number(written)
    if since is None or since > 24:
        return None
    minutes = (until - since) * 60 + minute
    return Clock(since, 0, after=minutes if minutes > 0 else minutes + 24 * 60, short=short)


def _is_whole(found: re.Match[str], hour: int) -> bool:
    """8时, 8时许: some time within the hour; 8时整, 24时 are the hour itself."""
    told = any(found.group(*_FINER)) or hour == 24
    exactly = set("整正") & set(found["about"] or "")
    return found["unit"] is not None and not told and not exactly


def _spread(found: re.Match[str], span: tuple[int, int] | None, *, whole: bool) -> tuple[int, int]:
    """Minutes before and after the clock that its words leave open."""
    about = found["about"] or ""
    if span:
        return 0, (span[1] - span[0]) * 60 + _WHOLE
    if found["near"] or "不到" in about:
        return _NEARLY[whole], 0
    if whole and (found["roughly"] == "刚过" or "刚过" in about or "出头" in about):
        return 0, _JUST_PAST
    return 0, _WHOLE if whole else 9 if found["tens"] else 0


def _minute(found: re.Match[str]) -> int | None:
    less = found["less1"] or found["less2"]
    if less:
        back = 15 if less.endswith("刻") else small_number(less.rstrip("分 \t"))
        return None if back is None or back >= 60 else -back
    if found["half"]:
        return 30
    if found["quarter"]:
        return _QUARTERS[found["quarter"]]
    written = next(filter(None, found.group("mi1", "mi2", "mi3", "mi4", "past", "tens")), None)
    number = small_number(written) if written else 0
    return number if number is not None and number < 60 else None
