"""Points counted out of order, and names of places that no unit of the notice has (四（二）)."""

import re
from collections.abc import Iterator

from mailbot.notice import Notice
from mailbot.records.verdicts import Hint

_NUMERALS = "一二三四五六七八九十"
_COUNTED = re.compile(r"(?:^|(?<=[，。；：、\n]))([一二三四五六七八九十])(?:是|要)(?!否)")
_PLACE = re.compile(
    r"[区县市](?=(?:城市管理)?(?:综合(?:行政)?执法|住房和城乡建设|住建|城管|城市管理))"
)
_PLACE_OF_UNIT = re.compile(r"^[一-龥]{2}[区县市]")
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


def _places(notice: Notice) -> dict[str, str]:
    """Places of annex 2 without their rank, each with it."""
    return {
        found[0][:-1]: found[0]
        for unit in notice.units
        for name in (unit.name, *unit.aliases)
        if (found := _PLACE_OF_UNIT.match(name))
    }


def misnamed_places(text: str, notice: Notice) -> Iterator[Hint]:
    """万源县综合执法局, 通川县住建局: a place of annex 2 that is no county but a city or district.

    A place spelt with another sign may be a real one elsewhere (大邑县), so it is not judged.
    """
    places = [text[max(0, hit.start() - 2) : hit.end()] for hit in _PLACE.finditer(text)]
    known = _places(notice) if places else {}
    for place in places:
        right = known.get(place[:-1], place)
        if right != place:
            yield Hint("地名", place, f"“{place}”应为“{right}”")
