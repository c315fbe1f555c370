"""Hints on wording and figures (四（二）): what looks wrong, with the place quoted.

Hints go into the receipt and never block. A false hint teaches people to ignore
the true ones, so only what is nearly always wrong is told, five at most.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from mailbot.notice import Notice
from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Prose
from mailbot.rules.likeness import one_sign_differs
from mailbot.rules.quality_doubles import doubled
from mailbot.rules.quality_figures import (
    impossible_dates,
    impossible_shares,
    impossible_times,
)
from mailbot.rules.quality_growth import disagreeing_changes
from mailbot.rules.quality_names import offices_too_high, stray_blanks, unknown_ordinals
from mailbot.rules.quality_order import miscounted, misnamed_places
from mailbot.rules.quality_shares import disagreeing_shares
from mailbot.rules.quality_totals import disagreeing_sums
from mailbot.rules.quality_words import RIGHT_WORDS, misspelt

_MOST = 5
_EACH = 2  # hints of one kind
_LONGEST = 60_000
_AROUND = 8
_CUTOFF = re.compile(r"截止(?=(?:20\d{2}年)?\d{1,2}月\d{1,2}日[，,])")
_SELF = re.compile(r"己(?=完成|整改|全部|建成|拆除|办结|达到|累计|经|投入|查处|清运|更换)")
_WITH_SELF = frozenset("自知利克体贴异舍为律身")
_STOPS = re.compile(r"，，|。。(?!。)|、、|；；|：：|，。|。，|、，|，、|；。|。；|，；|：，")
_HALF_STOP = re.compile(r"[一-龥][,;?!][一-龥]|[一-龥]:[一-龥]")
_FULL_DIGIT = re.compile(r"[０-９Ａ-Ｚａ-ｚ]{1,20}")
_MIXED_BRACKETS = re.compile(r"（[^（）()\n]{1,60}\)|\([^（）()\n]{1,60}）")
_GAP = re.compile(
    r"(?<![A-Za-z0-9])(?:[Xx×＊*]{2,6}(?![A-Za-z0-9%])|_{2,}|﹡{2,}|○{2,})"
    r"|(?<=[一-龥])[ \u3000]{2,8}(?=[人名台辆户家处次件吨份]次?[，。；、])"
    r"|（?(?:此处|待)(?:补充|填写|核实数据)）?"
)
_TWICE_SAID = re.compile(
    r"(?<![节合条预签公制集契])(?:大约|约|大概)\d{1,7}(?:余|多)[一-龥]{1,3}|(?<![节合条预签公制集契])(?:大约|约|大概|近)[为达有]?\d{1,7}[^，。；\d]{0,5}(?:左右|上下)"
    r"|超过\d{1,7}[^，。；\d]{0,5}以上|(?:防止|避免|杜绝)[^，。；]{0,12}(?:不再|不)(?:发生|出现)"
    r"|原因是[^，。；]{2,24}(?:造成|导致|引起)的"
)
_NUMBERING = re.compile(r"(?:^|[\s。；，：、])[\dA-Za-z一二三四五六七八九十①-⑳]{1,3}$")
_VAGUE = re.compile(r"近日|最近|(?<![节假])日前|前不久")
_ANY_DAY = re.compile(
    r"\d{1,2}月\d{1,2}|\d{1,2}日|\d{1,2}号|[一二三四五六七八九十]{1,3}日|今日|昨日|今天|昨天|\d月"
)
_TITLED = re.compile(r"《([^《》\n]{4,14})》")
_PAIRS = {"（": "）", "(": "）", "《": "》", "“": "”", "【": "】", "「": "」"}
_CLOSING = {"）": "（", ")": "（", "》": "《", "”": "“", "】": "【", "」": "「"}
_NEWS = "动态简讯"


def hints(
    title: str, body: str, notice: Notice, kind: str, received_on: date | None = None
) -> tuple[Hint, ...]:
    """At most five hints, those most surely right first.

    Args:
        title: Title of the draft.
        body: 正文.
        notice: Names of publications.
        kind: Kind of the draft; a 动态简讯 should say the day.
        received_on: Day of receipt; tells the year of a date that names a weekday.
    """
    text = f"{title[:300]}\n{body[:_LONGEST]}"
    prose = Prose(text)
    found: dict[str, Hint] = {}
    checks = (
        _wrong_words(text),
        misnamed_places(text, notice),
        unknown_ordinals(text, notice),
        offices_too_high(text),
        impossible_dates(text, received_on),
        impossible_times(text),
        impossible_shares(text),
        disagreeing_shares(prose),
        disagreeing_changes(prose),
        disagreeing_sums(prose),
        *(check(text) for check in _CHECKS),
        _publications(text, notice),
        _vague(body, kind),
    )
    for told in checks:
        for hint in islice(told, _EACH):
            found.setdefault(hint.quote, hint)
    return tuple(islice(found.values(), _MOST))


def _wrong_words(text: str) -> Iterator[Hint]:
    for wrong, at in misspelt(text):
        quote = _around(text, at, at + len(wrong))
        yield Hint("错字", quote, f"“{wrong}”应为“{RIGHT_WORDS[wrong]}”")
    for pattern, wrong, right in ((_CUTOFF, "截止", "截至"), (_SELF, "己", "已")):
        for hit in pattern.finditer(text):
            if text[hit.start() - 1 : hit.start()] not in _WITH_SELF:
                yield Hint("错字", _around(text, *hit.span()), f"“{wrong}”应为“{right}”")


def _stops(text: str) -> Iterator[Hint]:
    for hit in _STOPS.finditer(text):
        yield Hint("标点", _around(text, *hit.span()), f"“{hit[0]}”标点重复或冲突")


def _garbled(text: str) -> Iterator[Hint]:
    at = text.find("\ufffd")
    if at >= 0:
        yield Hint("乱码", _around(text, at, at + 1), "有无法显示的字符，请核对")


def _gaps(text: str) -> Iterator[Hint]:
    for hit in _GAP.finditer(text):
        yield Hint("缺内容", _around(text, *hit.span()), f"“{hit[0]}”像是没有填写的内容")


def _brackets(text: str) -> Iterator[Hint]:
    """The first bracket or quotation mark of each paragraph that has no partner."""
    for line in text.split("\n"):
        at = _unpaired(line)
        if at is not None:
            yield Hint("括号引号", _around(line, at, at + 1), f"“{line[at]}”没有配对")


def _unpaired(line: str) -> int | None:
    open_: list[tuple[str, int]] = []
    for at, char in enumerate(line):
        if char in _PAIRS:
            open_.append(("（" if char == "(" else char, at))
        elif char in _CLOSING:
            if open_ and open_[-1][0] == _CLOSING[char]:
                open_.pop()
            elif not (char in "）)" and _NUMBERING.search(line[max(0, at - 4) : at])):
                return at
    return open_[0][1] if open_ else None


def _widths(text: str) -> Iterator[Hint]:
    for pattern, advice in (
        (_MIXED_BRACKETS, "括号一边全角一边半角"),
        (_HALF_STOP, "中文之间用了半角标点"),
        (_FULL_DIGIT, "数字、字母宜用半角"),
    ):
        hit = pattern.search(text)
        if hit:
            yield Hint("全半角", _around(text, *hit.span()), advice)


def _said_twice(text: str) -> Iterator[Hint]:
    for hit in _TWICE_SAID.finditer(text):
        yield Hint("语病", hit[0], "语义重复或矛盾，请斟酌")


def _publications(text: str, notice: Notice) -> Iterator[Hint]:
    """《达州信息专刊》 where the notice knows 《达州信息专报》 (annex 1)."""
    titled = list(islice(_TITLED.finditer(text), _MOST))
    names = {n for one in notice.publications for n in (one.name, *one.aliases)} if titled else ()
    for hit in titled:
        if hit[1] in names:
            continue
        near = [n for n in names if one_sign_differs(n, hit[1])]
        if near:
            yield Hint("刊名", hit[0], f"是否为《{near[0]}》？")


def _vague(body: str, kind: str) -> Iterator[Hint]:
    if kind != _NEWS:
        return
    hit = _VAGUE.search(body[:200])
    if hit and not _ANY_DAY.search(body):
        yield Hint("时间", _around(body, *hit.span()), "全文没有具体日期，请写明哪一天")


def _around(text: str, start: int, end: int) -> str:
    """The place with a few characters on each side, within its line."""
    left = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    right = text.find("\n", end)
    return text[left : min(len(text) if right < 0 else right, end + _AROUND)]


_CHECKS: tuple[Callable[[str], Iterator[Hint]], ...] = (
    _gaps,
    _garbled,
    doubled,
    _brackets,
    stray_blanks,
    _stops,
    _widths,
    miscounted,
    _said_twice,
)
