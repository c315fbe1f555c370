"""Names of units, places and publications spelt unlike the notice spells them (四（二）).

Only names one sign away from one of annex 1, annex 2 or clause 三 are told, and only where
nobody else has such a name: a county elsewhere, a district's own newspaper are left alone.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from mailbot.notice import Notice
from mailbot.records.verdicts import Hint
from mailbot.rules.likeness import one_edit
from mailbot.rules.publications import CHANNELS

_PLACE_OF_UNIT = re.compile(r"^[一-龥]{2}[区县市]")
_RANK = re.compile(
    r"[区县市](?=(?:城市管理)?(?:综合(?:行政)?执法|住房和城乡建设|住建|城管|城市管理))"
)
_HIGH_OFFICE = re.compile(
    r"[区县](?:应急管理|住房和城乡建设|住房城乡建设|生态环境|自然资源|交通运输|农业农村|文化和旅游|公安|财政|民政|教育|水利|司法|商务)"
    r"(?:厅|部(?!门|分|署|队|长|级|委))"
)
_AREA = re.compile(r"^(?:[一-龥]{2}[区县市]|[一-龥]{1}县|[一-龥]{2,4}区)(?=[一-龥]{3,})")
_ORDINAL = re.compile(r"^([一-龥]{2,4})([一二三四五六七八九\d])([一-龥]{1,3})$")
_TITLED = re.compile(r"《([^《》\n]{4,14})》")
_NUMERALS = "一二三四五六七八九十1-9"
_OTHERS = re.compile(r"分局|总局|支局|执法监察|执法督察|执法督查|市容环境")
_PAPERS = {"达州晚报": (1, 2), "达州日报": (1, 2), "掌上达州": (1, 2), "川观新闻": (1, 2, 3)}
_ISSUES = (
    r"(?:月刊|周刊|旬刊|季刊|半月刊|专刊|期刊|杂志|周报|月报)"  # none of the office's papers is one
)
_MOST = 20  # titles looked at
_COMMON = ("执法", "城管执法", "执法第", "城管", "综合执法")  # other offices have such teams, too
_SHORTEST = 4  # signs of an agency's name that one sign may tell from another


class _Names(NamedTuple):
    """What annex 2 calls its units.

    Attributes:
        right_place: 万源 → 万源市.
        agency: Place and the words up to 局 or 厅 after it.
        types: 住建局, 综合执法局… after a place.
        numbered: 直属 and 大队, with the numerals between them that exist.
        offices: One sign of an office's name replaced.
    """

    right_place: dict[str, str]
    agency: re.Pattern[str]
    types: tuple[str, ...]
    numbered: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    offices: re.Pattern[str]
    own: tuple[str, ...]


def misnamed(text: str, notice: Notice) -> Iterator[Hint]:
    """Places, units and publications, in this order."""
    names = _names(notice.names_of_units)
    yield from _places(text, names)
    yield from _agencies(text, names)
    yield from _offices_too_high(text)
    yield from _ordinals(text, names)
    yield from _offices(text, names)
    yield from _publications(text, notice)


def _places(text: str, names: _Names) -> Iterator[Hint]:
    """万源县综合执法局: a place of annex 2 that is no county but a city or district.

    A place spelt with another sign may be a real one elsewhere (大邑县), so it is not judged.
    """
    for hit in _RANK.finditer(text):
        place = text[max(0, hit.start() - 2) : hit.end()]
        right = names.right_place.get(place[:-1], place)
        if right != place:
            yield Hint("地名", place, f"“{place}”应为“{right}”")


def _agencies(text: str, names: _Names) -> Iterator[Hint]:
    """高新区应急管理厅, 渠县综合执发局."""
    for found in names.agency.finditer(text):
        told = found[2]
        if told in names.types or _OTHERS.search(told):
            continue
        near = [one for one in names.types if len(one) >= _SHORTEST and one_edit(one, told)]
        if near:
            right = found[1] + near[0]
            yield Hint("单位名", found[0], f"是否为“{right}”？请核对")


def _offices_too_high(text: str) -> Iterator[Hint]:
    """高新区公安厅: districts and counties have neither 厅 nor 部."""
    for hit in _HIGH_OFFICE.finditer(text):
        named = text[max(text.rfind("\n", 0, hit.start()) + 1, hit.start() - 2) : hit.end()]
        yield Hint("单位名", named, "区县没有“厅”“部”，是否为“局”？请核对")


def _ordinals(text: str, names: _Names) -> Iterator[Hint]:
    """直属三大队, where annex 2 has a first and a second only."""
    for pattern, known in names.numbered:
        for found in pattern.finditer(text):
            if found[1] not in known:
                yield Hint("单位名", found[0], f"附件2没有“{found[0]}”，请核对")


def _offices(text: str, names: _Names) -> Iterator[Hint]:
    """市容环为科."""
    for found in names.offices.finditer(text):
        if found[0] in names.own or _OTHERS.search(found[0]):
            continue
        near = [one for one in names.own if one_edit(one, found[0])]
        if near:
            yield Hint("单位名", found[0], f"是否为“{near[0]}”？请核对")


def _publications(text: str, notice: Notice) -> Iterator[Hint]:
    """《达州信息专刊》 and 达川晚报, where annex 1 and clause 三 know 专报 and 达州晚报."""
    titled = list(islice(_TITLED.finditer(text), _MOST))
    papers = list(_NEAR_PAPERS.finditer(text))
    if not titled and not papers:
        return
    names = {n for one in notice.publications for n in (one.name, *one.aliases)} | set(CHANNELS)
    for hit in titled:
        if hit[1] not in names:
            near = sorted(n for n in names if one_edit(n, hit[1]) and not _elsewhere(n, hit[1]))
            near = near or [
                n for n in names if re.fullmatch(f"(?:达州)?{re.escape(n)}{_ISSUES}", hit[1])
            ]
            if near:
                yield Hint("刊名", hit[0], f"是否为《{near[0]}》？")
    for hit in papers:
        if hit[0] not in names and not hit[0].endswith("州城管"):
            right = next(n for n in _PAPERS if one_edit(n, hit[0]))
            yield Hint("刊名", hit[0], f"是否为“{right}”？")


def _elsewhere(name: str, told: str) -> bool:
    """《福州晚报》: another city has a paper of its own."""
    return name in CHANNELS and name[1:] == told[1:]


@lru_cache(maxsize=8)
def _names(units: tuple[str, ...]) -> _Names:
    areas = {found[0] for name in units if (found := _AREA.match(name))}
    types = {name.removeprefix(area) for name in units for area in areas if name.startswith(area)}
    types = {one for one in types if one.endswith("局")}
    offices = [
        name
        for name in units
        if re.fullmatch(r"[^局][一-龥]{3,6}[科处]|[^局][一-龥]{3,5}中心", name)
        and not _AREA.match(name)
    ]
    either = "|".join(sorted(map(re.escape, areas), key=len, reverse=True)) or r"(?!)"
    return _Names(
        right_place={
            found[0][:-1]: found[0] for name in units if (found := _PLACE_OF_UNIT.match(name))
        },
        agency=re.compile(rf"({either})([一-龥]{{3,11}}?[局厅剧居])"),
        types=tuple(sorted(types)),
        numbered=tuple(_numbered(units)),
        offices=_one_replaced({name: range(1, len(name) - 1) for name in offices}),
        own=tuple(units),
    )


def _numbered(units: Sequence[str]) -> Iterator[tuple[re.Pattern[str], frozenset[str]]]:
    known: dict[tuple[str, str], set[str]] = {}
    for name in units:
        found = _ORDINAL.match(name)
        if found and found[1] not in _COMMON:
            known.setdefault((found[1].removesuffix("第"), found[3]), set()).add(found[2])
    for (head, tail), numerals in known.items():
        yield re.compile(rf"{head}第?([{_NUMERALS}]){tail}"), frozenset(numerals)


def _one_replaced(places: dict[str, Sequence[int]]) -> re.Pattern[str]:
    """A pattern for names with one sign replaced, at the places given."""
    forms = [
        f"{re.escape(name[:at])}[^\n，。、]{re.escape(name[at + 1 :])}"
        for name, ats in places.items()
        for at in ats
    ]
    return re.compile("|".join(forms) or r"(?!)")


_NEAR_PAPERS = _one_replaced(dict(_PAPERS))
