"""Points counted out of order (四（二）)."""

import re
from collections.abc import Iterator

from mailbot.records.verdicts import Hint

_NUMERALS = "一二三四五六七八九十"
_COUNTED = re.compile(r"(?:^|(?<=[，。；：、\n]))([一二三四五六七八九十])(?:是|要)(?!否)")
_MOST = 40


def miscounted(text: str) -> Iterator[Hint]:
    """一是…三是 without 二是, or 二是 twice: a point is missing or numbered wrongly."""
    last = 0
    for count, found in enumerate(_COUNTED.finditer(text)):
        if count >= _MOST:
            return
        number = _NUMERALS.index(found[1]) + 1
        if last and number not in (1, last + 1):
            due = _NUMERALS[last] if last < len(_NUMERALS) else ""
            quote = text[found.start() : found.start() + 10].partition("\n")[0]
            yield Hint("序号", quote, f"前面是“{_NUMERALS[last - 1]}”，此处应为“{due}”，请核对")
        last = number if number == 1 or last else 0
