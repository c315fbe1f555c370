"""Hints on wording and figures (四（二）): what looks wrong, with the place quoted.

Hints go into the receipt and never block. A false hint teaches people to ignore
the true ones, so only what is nearly always wrong is told, five at most.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice, zip_longest

from mailbot.notice import Notice
from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Prose
from mailbot.rules.quality_doubles import doubled
from mailbot.rules.quality_echoes import disagreeing_echoes
from mailbot.rules.quality_figures import (
    impossible_dates,
    impossible_shares,
    impossible_times,
)
from mailbot.rules.quality_growth import disagreeing_changes
from mailbot.rules.quality_names import misnamed
from mailbot.rules.quality_order import miscounted, misnumbered
from mailbot.rules.quality_shares import disagreeing_shares
from mailbot.rules.quality_signs import around, clashing_stops, left_open, strays
from mailbot.rules.quality_spans import disagreeing_averages, disagreeing_spans, passed_by
from mailbot.rules.quality_totals import disagreeing_sums
from mailbot.rules.quality_words import RIGHT_WORDS, misspelt
from mailbot.rules.wordings import wording

_MOST = 5
_EACH = 2  # hints of one kind
_LONGEST = 60_000
_CUTOFF = re.compile(r"截止(?=(?:20\d{2}年)?\d{1,2}月\d{1,2}日[，,])")
_SELF = re.compile(r"己(?=完成|整改|全部|建成|拆除|办结|达到|累计|经|投入|查处|清运|更换)")
_WITH_SELF = frozenset("自知利克体贴异舍为律身")
_HALF_STOP = re.compile(r"[,;?!:](?<=[一-龥].)[一-龥]")
_FULL_DIGIT = re.compile(r"[０-９Ａ-Ｚａ-ｚ]{1,20}")
_MIXED_BRACKETS = re.compile(r"（[^（）()\n]{1,60}\)|\([^（）()\n]{1,60}）")
_TWICE_SAID = wording(
    r"(?<![节合条预签公制集契])(?:大约|约|大概)\d{1,7}(?:余|多)[一-龥]{1,3}|(?<![节合条预签公制集契])(?:大约|约|大概|近)[为达有]?\d{1,7}[^，。；\d]{0,5}(?:左右|上下)"
    r"|超过\d{1,7}[^，。；\d]{0,5}以上|(?:防止|避免|杜绝)[^，。；]{0,12}(?:不再|不)(?:发生|出现)"
    r"|原因是[^，。；]{2,24}(?:造成|导致|引起)的"
)
_NUMBERING = re.compile(r"(?:^|[\s。；，：、])[\dA-Za-z一二三四五六七八九十①-⑳]{1,3}$")
_VAGUE = re.compile(r"近日|最近|(?<![节假])日前|前不久")
_ANY_DAY = re.compile(
    r"\d{1,2}月\d{1,2}|\d{1,2}日|\d{1,2}号|[一二三四五六七八九十]{1,3}日|今日|昨日|今天|昨天|\d月"
)
_BRACKET = re.compile(r"[（()）《》“”【】「」]")
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
        misnamed(text, notice),
        impossible_dates(text, received_on),
        impossible_times(text),
        impossible_shares(text),
        disagreeing_shares(prose),
        disagreeing_changes(prose),
        disagreeing_sums(prose),
        disagreeing_spans(text),
        disagreeing_averages(prose),
        disagreeing_echoes(title[:300], prose, notice),
        *(check(text) for check in _CHECKS),
        _vague(body, kind),
    )
    for told in checks:
        for hint in islice(told, _EACH):
            found.setdefault(hint.quote, hint)
        if len(found) >= _MOST:
            break
    return tuple(islice(found.values(), _MOST))


def _wrong_words(text: str) -> Iterator[Hint]:
    for wrong, at in misspelt(text):
        quote = around(text, at, at + len(wrong))
        yield Hint("错字", quote, f"“{wrong}”应为“{RIGHT_WORDS[wrong]}”")
    for pattern, wrong, right in ((_CUTOFF, "截止", "截至"), (_SELF, "己", "已")):
        for hit in pattern.finditer(text):
            if text[hit.start() - 1 : hit.start()] not in _WITH_SELF:
                yield Hint("错字", around(text, *hit.span()), f"“{wrong}”应为“{right}”")


def _brackets(text: str) -> Iterator[Hint]:
    """The first bracket or quotation mark of each paragraph that has no partner.

    Speech of several paragraphs opens each with “ and closes the last alone.
    """
    lines = text.split("\n")
    for line, after in zip_longest(lines, lines[1:], fillvalue=""):
        at = _unpaired(line)
        goes_on = at is not None and line[at] == "“" and after.lstrip().startswith("“")
        if at is not None and not (goes_on and not line[:at].strip()):
            yield Hint("括号引号", around(line, at, at + 1), f"“{line[at]}”没有配对")


def _unpaired(line: str) -> int | None:
    open_: list[tuple[str, int]] = []
    for found in _BRACKET.finditer(line):
        at, char = found.start(), found[0]
        if char in _PAIRS:
            open_.append(("（" if char == "(" else char, at))
        elif open_ and open_[-1][0] == _CLOSING[char]:
            open_.pop()
        elif not (char in "）)" and _NUMBERING.search(line[max(0, at - 4) : at])):
            return at
    return open_[0][1] if open_ else None


def _widths(text: str) -> Iterator[Hint]:
    halves = "(" in text or ")" in text
    mixed = _MIXED_BRACKETS.search(text) if halves else None
    if mixed:
        yield Hint("全半角", around(text, *mixed.span()), "括号一边全角一边半角")
    stop = _HALF_STOP.search(text)
    if stop:
        quote = around(text, stop.start() - 1, stop.end())
        yield Hint("全半角", quote, "中文之间用了半角标点")
    digits = _FULL_DIGIT.search(text)
    if digits:
        yield Hint("全半角", around(text, *digits.span()), "数字、字母宜用半角")


def _said_twice(text: str) -> Iterator[Hint]:
    for hit in _TWICE_SAID.matches(text):
        yield Hint("语病", hit[0], "语义重复或矛盾，请斟酌")


def _vague(body: str, kind: str) -> Iterator[Hint]:
    if kind != _NEWS:
        return
    hit = _VAGUE.search(body[:200])
    if hit and not _ANY_DAY.search(body):
        yield Hint("时间", around(body, *hit.span()), "全文没有具体日期，请写明哪一天")


_CHECKS: tuple[Callable[[str], Iterator[Hint]], ...] = (
    left_open,
    strays,
    doubled,
    _brackets,
    clashing_stops,
    _widths,
    miscounted,
    misnumbered,
    passed_by,
    _said_twice,
)
