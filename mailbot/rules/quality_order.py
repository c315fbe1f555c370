"""Points counted out of order, and lists longer or shorter than announced (四（二）)."""

import re
from collections.abc import Iterator

from mailbot.records.verdicts import Hint
from mailbot.rules.wordings import wording

_NUMERALS = "一二三四五六七八九十"
_COUNTED = wording(r"(?:^|(?<=[，。；：、\n]))([一二三四五六七八九十])(?:是|要)(?!否)")
_HEADINGS = (
    re.compile(r"\n[ \t\u3000]{0,8}([一二三四五六七八九十])、"),
    re.compile(r"\n[ \t\u3000]{0,8}（([一二三四五六七八九十])）"),
)
_ANNOUNCED = re.compile(
    r"([二两三四五六七八九十2-9])(?:个方面|个|项|条|点|大|种|方面)(?!一|强|字|化|到位)[一-龥]{0,8}[：:，,。]\s{0,3}\Z"
)
_MOST = 40


def miscounted(text: str) -> Iterator[Hint]:
    """一是…三是 without 二是, or 二是 twice: a point is missing or numbered wrongly."""
    last = start = 0
    for count, found in enumerate(_COUNTED.matches(text)):
        if count >= _MOST:
            return
        number = _NUMERALS.index(found[1]) + 1
        if last and number not in (1, last + 1):
            yield _out_of_order(text, found, last)
            start = -1
        if number == 1:
            yield from _announced(text, start, last)
            start = found.start()
        last = number if number == 1 or last else 0
    yield from _announced(text, start, last)


def misnumbered(text: str) -> Iterator[Hint]:
    """一、二、四、 at the heads of paragraphs."""
    text = f"\n{text}"
    for pattern in _HEADINGS:
        last = 0
        for count, found in enumerate(pattern.finditer(text)):
            number = _NUMERALS.index(found[1]) + 1
            if count >= _MOST:
                break
            if last and number not in (1, last + 1):
                yield _out_of_order(text, found, last)
            last = number if number == 1 or last else 0


def _out_of_order(text: str, found: re.Match[str], last: int) -> Hint:
    due = _NUMERALS[last] if last < len(_NUMERALS) else ""
    at = found.start(1)
    quote = text[at : at + 10].partition("\n")[0]
    return Hint("序号", quote, f"前面是“{_NUMERALS[last - 1]}”，此处应为“{due}”，请核对")


def _announced(text: str, start: int, listed: int) -> Iterator[Hint]:
    """三项措施： with four points, or two, after it."""
    if start <= 0 or listed < 2:
        return
    found = _ANNOUNCED.search(text, max(0, start - 24), start)
    if found is None:
        return
    written = found[1].replace("两", "二")
    told = int(written) if written.isdigit() else _NUMERALS.index(written) + 1
    if told != listed:
        quote = text[found.start() : start + 2].strip().rpartition("\n")[2]
        yield Hint("序号", quote, f"前面说是{told}，后面列到第{listed}，请核对")
