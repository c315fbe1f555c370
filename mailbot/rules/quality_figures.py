"""Figures that cannot be: dates, times, sums, shares (四（二） 数据准确)."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from mailbot.records.verdicts import Hint
from mailbot.rules.quality_festivals import misdated

# Patterns that begin with the class they look for are searched several times as fast.
_DAY = re.compile(
    r"(\d(?<!\d\d)\d?)月(\d{1,8})[日号](?:[（(，]?(?:星期|周)([一二三四五六日天])(?!前|后|期|边))?"
)
_YEAR = re.compile(r"(20\d{2})年")
_DAY_AGAIN = re.compile(r"(\d{1,2})[ \u3000]?[日号]")
_NO_HOUR = re.compile(r"(?:2[5-9]|[3-9]\d)[时点](?![间段])")
_CLOCK = re.compile(r"(\d(?<![\d.]\d)\d?)[时点](\d{1,3})分")
_SPRING, _AUTUMN = 3, 10  # near the turn of the year a date may belong to either year
_WEEKDAYS = "一二三四五六日"
_NEVER_OVER = re.compile(
    r"(?:满意|办结|覆盖|合格|达标|处置|整改|亮灯|完好|知晓|参与|入网|回访|处理|准确)率"
    r"[^，。；\d]{0,6}(\d{1,4}(?:\.\d{1,2})?)[%％]"
)
_FALL = re.compile(r"(?:下降|减少|降低|压减|缩短)(?:了)?(\d{3,5}(?:\.\d{1,2})?)[%％]")


def impossible_dates(text: str, received_on: date | None = None) -> Iterator[Hint]:
    """2月30日, 3月8日26时, 5月12日植树节; 2023年4月19日（星期五） where it was a Wednesday.

    Where the draft leaves the year out, it is the one nearest its receipt, if that is known.
    """
    for found in _DAY.finditer(text):
        start, month, day = found.start(), int(found[1]), int(found[2])
        named = _YEAR.fullmatch(text, max(0, start - 5), start)
        quote = (named[0] if named else "") + found[0]
        year = int(named[1] if named else 2024)
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            yield Hint("日期", quote, "没有这一天，请核对")
        elif again := _DAY_AGAIN.match(text, found.end()):
            if int(again[1]) <= day:
                yield Hint("多余字符", found[0] + again[0], "“日”写了两次，请核对")
        elif hour := _NO_HOUR.match(text, found.end()):
            yield Hint("时间", found[0] + hour[0], "没有这个时刻，请核对")
        elif festival := misdated(text, found.end(), month, day):
            name, right = festival
            yield Hint("日期", f"{quote}{name}", f"{right[0]}月{right[1]}日才是这一天，请核对")
        elif found[3]:
            years = [year] if named else _years_near(text[:start], received_on)
            days = [date(y, month, day) for y in years if day <= monthrange(y, month)[1]]
            real = [_WEEKDAYS[one.weekday()] for one in days]
            if real and found[3].replace("天", "日") not in real:
                yield Hint("星期", quote, f"这一天是星期{real[0]}，请核对")


def _years_near(before: str, received_on: date | None) -> list[int]:
    """The year of receipt and its neighbours; none where another year was just named."""
    if received_on is None or before.endswith("年"):
        return []
    return (
        [received_on.year, received_on.year - 1]
        if received_on.month < _SPRING
        else (
            [received_on.year, received_on.year + 1]
            if received_on.month > _AUTUMN
            else [received_on.year]
        )
    )


def impossible_times(text: str) -> Iterator[Hint]:
    """25时, or 8时75分."""
    for found in _CLOCK.finditer(text):
        if int(found[1]) > 24 or int(found[2]) > 59:
            yield Hint("时间", found[0], "没有这个时刻，请核对")


def impossible_shares(text: str) -> Iterator[Hint]:
    """Rates over 100 %, falls of 100 % and more."""
    if "%" not in text and "％" not in text:
        return
    for found in _NEVER_OVER.finditer(text):
        if float(found[1]) > 100:
            yield Hint("百分比", found[0], "超过100%，请核对")
    for found in _FALL.finditer(text):
        if float(found[1]) > 100:
            yield Hint("百分比", found[0], "降幅不可能超过100%，请核对")
