"""Names of units, places and papers that cannot be right (四（二）)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailbot.notice import Notice
from mailbot.records.verdicts import Hint

_NUMERALS = "一二三四五六七八九十"
_ORDINAL = re.compile(rf"[{_NUMERALS}]")
_HIGH_OFFICE = re.compile(
    r"[区县](?:应急管理|住房和城乡建设|住房城乡建设|生态环境|自然资源|交通运输|农业农村|文化和旅游|公安|财政|民政|教育|水利|司法|商务)"
    r"(?:厅|部(?!门|分|署|队|长|级|委))"
)
_SPACE_BEFORE_STOP = re.compile(r"[ \u3000]{1,4}[，。；、！？](?!\d)")
_STOP_OPENS = re.compile(r"\n[ \u3000]{0,8}[，。；、！？”）》]")
_ENDS_A_WORD = re.compile(r"[一-龥”）》]$")


def unknown_ordinals(text: str, notice: Notice) -> Iterator[Hint]:
    """直属三大队, where the notice has only the first and the second."""
    for pattern, known in _numbered(tuple(unit.name for unit in notice.units)):
        for hit in pattern.finditer(text):
            if hit[1] not in known:
                yield Hint("单位名", hit[0], f"通知中没有“{hit[0]}”，请核对")


@lru_cache(maxsize=4)
def _numbered(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    """Names that differ in one numeral alone: the pattern, and the numerals there are."""
    found: dict[tuple[str, str], set[str]] = {}
    for name in names:
        for hit in _ORDINAL.finditer(name):
            found.setdefault((name[: hit.start()], name[hit.end() :]), set()).add(hit[0])
    return tuple(
        (re.compile(f"{re.escape(a)}第?([{_NUMERALS}]){re.escape(b)}"), frozenset(known))
        for (a, b), known in found.items()
        if len(known) > 1
    )


def offices_too_high(text: str) -> Iterator[Hint]:
    """高新区应急管理厅: districts and counties have neither 厅 nor 部."""
    for hit in _HIGH_OFFICE.finditer(text):
        named = text[max(text.rfind("\n", 0, hit.start()) + 1, hit.start() - 2) : hit.end()]
        yield Hint("单位名", named, "区县没有“厅”“部”，是否为“局”？请核对")


def stray_blanks(text: str) -> Iterator[Hint]:
    """A blank or a line's end before a stop."""
    for hit in _SPACE_BEFORE_STOP.finditer(text):
        before = text[max(0, hit.start() - 6) : hit.start()].rpartition("\n")[2]
        if _ENDS_A_WORD.search(before):
            yield Hint("多余字符", before + hit[0], "标点前有多余的空格")
    for hit in _STOP_OPENS.finditer(text):
        before = text[max(0, hit.start() - 8) : hit.start()].rpartition("\n")[2]
        if before.strip():
            yield Hint("多余字符", before, "后面的标点另起了一行，请核对")
