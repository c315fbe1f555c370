"""Figures that cannot be: dates, times, sums, shares (四（二） 数据准确)."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from mailbot.records.verdicts import Hint

_DAY = re.compile(
    r"(?:(20\d{2})年)?(?<!\d)(\d{1,2})月(\d{1,2})[日号](?:[（(，]?(?:星期|周)([一二三四五六日天])(?!前|后|期|边))?"
)
_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})[时点](\d{1,3})分")
_SPRING, _AUTUMN = 3, 10  # near the turn of the year a date may belong to either year
_WEEKDAYS = "一二三四五六日"
_NEVER_OVER = re.compile(
    r"(?:满意|办结|覆盖|合格|达标|处置|整改|亮灯|完好|知晓|参与|入网|回访|处理|准确)率"
    r"[^，。；\d]{0,6}(\d{1,4}(?:\.\d{1,2})?)[%％]"
)
_FALL = re.compile(r"(?:下降|减少|降低|压减|缩短)(?:了)?(\d{3,5}(?:\.\d{1,2})?)[%％]")
_OF_TOTAL = re.compile(
    r"(?:共|累计|总计|合计|全部|检查|排查|整治|发现|受理|处置|清理|查处)[^，。；]{0,16}?(\d{1,7})余?(处|件|人|个|起|户|家|台|辆|项|座|次)"
    r"[^。；\d]{0,16}其中([^。；]{4,120})"
)
_RESULT = re.compile(r"已|办结|整改|完成|立案|现|目前|均|全部|处置|收到|责令")
_RATE = re.compile(
    r"(?:受理|收到|接到|发现|派发|立案|排查)[^，。；\d]{0,14}(\d{1,7})([件起处个])[^。\d]{0,20}"
    r"(?:办结|结案|整改|处置|完成)[^，。；\d]{0,6}(\d{1,7})\2[^。\d]{0,12}"
    r"(?:办结|结案|整改|处置|完成)率(?:为|达|达到)?(\d{1,3}(?:\.\d{1,2})?)[%％]"
)
_CHANGE = re.compile(
    r"由[^，。；\d]{0,8}(\d{1,7}(?:\.\d{1,2})?)([一-龥]{1,3}?)[^，。；\d]{0,4}"
    r"(增加|上升|提高|增长|下降|减少|降低|缩短|压缩)(?:到|至|为)[^，。；\d]{0,4}(\d{1,7}(?:\.\d{1,2})?)\2"
    r"，?(?:同比|环比|总体|较上年|较去年|比去年)?"
    r"(?:增长|上升|提高|增加|下降|减少|降低|缩短|降幅|增幅)(?:了|达|为)?(\d{1,4}(?:\.\d{1,2})?)[%％]"
)
_AGAINST = re.compile(
    r"(?<![\d.])(\d{1,7}(?:\.\d{1,2})?)(万?[一-龥])[^。；\d]{0,8}(?:去年|上年|上月)(?:同期)?(?:的|为|是)?"
    r"(\d{1,7}(?:\.\d{1,2})?)\2[^。；\d]{0,6}(?:增长|上升|提高|增加|下降|减少|降低)(?:了|达|为)?"
    r"(\d{1,4}(?:\.\d{1,2})?)[%％]"
)
_SLACK = 1.0  # percentage points: rounding is no error


def impossible_dates(text: str, received_on: date | None = None) -> Iterator[Hint]:
    """2月30日, and 2023年4月19日（星期五） where that day was a Wednesday.

    Where the draft leaves the year out, it is the one nearest its receipt, if that is known.
    """
    for found in _DAY.finditer(text):
        year, month, day = int(found[1] or 2024), int(found[2]), int(found[3])
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            yield Hint("日期", found[0], "没有这一天，请核对")
        elif found[4]:
            years = [year] if found[1] else _years_near(text[: found.start()], received_on)
            days = [date(y, month, day) for y in years if day <= monthrange(y, month)[1]]
            real = [_WEEKDAYS[one.weekday()] for one in days]
            if real and found[4].replace("天", "日") not in real:
                yield Hint("星期", found[0], f"这一天是星期{real[0]}，请核对")


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
    for found in _NEVER_OVER.finditer(text):
        if float(found[1]) > 100:
            yield Hint("百分比", found[0], "超过100%，请核对")
    for found in _FALL.finditer(text):
        if float(found[1]) > 100:
            yield Hint("百分比", found[0], "降幅不可能超过100%，请核对")


def disagreeing_sums(text: str) -> Iterator[Hint]:
    """共…N件，其中… whose parts are more than the whole."""
    for found in _OF_TOTAL.finditer(text):
        whole, measure = int(found[1]), found[2]
        listed = re.findall(rf"(\d{{1,7}})余?{measure}", _RESULT.split(found[3])[0])
        parts = [int(part) for part in listed]
        if parts and (max(parts) > whole or (len(parts) > 1 and sum(parts) > whole)):
            added = sum(parts)
            yield Hint("数据", found[0][:40], f"分项合计{added}{measure}，大于总数{whole}，请核对")


def disagreeing_rates(text: str) -> Iterator[Hint]:
    """受理200件，办结190件，办结率98%: the three do not fit."""
    for found in _RATE.finditer(text):
        whole, done, said = int(found[1]), int(found[3]), float(found[4])
        if whole and abs(done * 100 / whole - said) > _SLACK:
            yield Hint("数据", found[0][-40:], f"按文中数字应为{done * 100 / whole:.1f}%，请核对")


def disagreeing_changes(text: str) -> Iterator[Hint]:
    """由100件减少到50件，下降30%; 50件，去年同期100件，同比下降30%: the change does not fit."""
    for found in _CHANGE.finditer(text):
        before, after, said = float(found[1]), float(found[4]), float(found[5])
        if found[2] == "%" or not before:
            continue
        yield from _unless_it_fits(found[0], before, after, said)
    for found in _AGAINST.finditer(text):
        now, before, said = float(found[1]), float(found[3]), float(found[4])
        if before:
            yield from _unless_it_fits(found[0], before, now, said)


def _unless_it_fits(quote: str, before: float, after: float, said: float) -> Iterator[Hint]:
    real = abs(after - before) * 100 / before
    if abs(real - said) > _SLACK:
        yield Hint("数据", quote[-40:], f"按文中数字应为{real:.1f}%，请核对")
