"""Names of units found in running text: exact on place, agency type and ordinal.

通川区住建局 and 达州市通川区住房和城乡建设局 are one unit though only half their
characters agree; 直属一大队 and 直属二大队 are two though nearly all do. So names
are taken apart, never compared as a whole. Which places and sections there are
comes from the notice (annex 2).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailbot.notice import Notice, Unit
from mailbot.rules.chinese_numerals import narrow
from mailbot.rules.likeness import ratio
from mailbot.rules.unit_names import plain, resolver

_TYPES = {
    "综合执法": r"(?:城市管理(?:和|与)?)?综合(?:行政)?执法|综执|城市管理(?:行政)?执法|城管(?:执法)?"
    r"|城市管理(?=局|委|大队)|(?:行政)?执法(?=局|大队)",
    "住建": r"住房(?:和|与|及|、)?城乡(?:规划)?建设|住建|(?:城乡|规划)?建设(?=局)|住房建设",
    "应急": r"应急管理|应急(?=局)",
}
AGENCIES = tuple(_TYPES)
_SUFFIX = r"(?:局|委员会|委|大队|支队|中队|部门|系统)?"
_TYPE = "|".join(f"(?P<t{index}>{words})" for index, words in enumerate(_TYPES.values()))
_TYPE_AT_END = re.compile(rf"(?:{_TYPE}){_SUFFIX}$")
_SECTIONS = r"环境卫生管理|环卫|市政(?:园林|工程)?|园林|市容|数字(?:化)?城管|城市管理|指挥|路灯"
_BODY_END = r"(?:处|所|中心|站|公司|大队|科)"
_ORDINALS = str.maketrans("1234567890", "一二三四五六七八九〇")
_NUMBERED = re.compile(r"第?([一二三四五六七八九十〇\d]{1,3})(?=大队)")
_ORDINAL = re.compile(r"[一二三四五六七八九十\d]")
_BUREAU = (
    r"(?:达州市|市|本)?(?:城市管理(?:行政|综合|综合行政)?执法|城管执法|城管)?(?:局|委)(?:机关)?"
)
_BUREAU_PREFIX = re.compile(rf"^(?:{_BUREAU}|达州市|达州)")
_BUREAU_AT_END = re.compile(rf"{_BUREAU}$")
_OUR_BUREAU_AT_END = re.compile(
    r"(?:^|[^一-鿿]|[日由在据]|达州)"
    r"(?:市(?:(?:城市管理(?:行政|综合|综合行政)?执法|城管执法|城管)局(?:机关)?)?|[我本]?局(?:机关)?)$"
)
_OUR_TRADE = re.compile(r"(?:^|[^一-鿿]|[市日由在据])城管(?:执法)?$")
_ROAD_OR_TOWN = re.compile(
    r"(?:[东南西北中新老]{0,2}(?:路|街|桥|大桥|大道|大厦|广场|站|宾馆|酒店|中学)|镇|乡|江|河)"
)
_ALONE = frozenset("我由从该向在与和同及、为以对给请日由据")
_ANOTHERS = frozenset("总省110119120")
_FUZZY_LEAST = 90
_OWN_CITY = "达州"
_ENOUGH = 400  # mentions looked at in one text


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a text.

    Attributes:
        units: Rows of annex 2 it may mean: one when the name is exact, several
            when the words fit several, () for a body of a known place that is no row.
        firm: True when the name alone says which row it is.
        place: Stem of the place, such as "大竹"; "" for sections of the bureau.
        bare: True for a place without an agency.
    """

    words: str
    start: int
    end: int
    units: tuple[str, ...]
    firm: bool
    place: str = ""
    bare: bool = False


def simple(text: str) -> str:
    """Text as names are compared: NFKC, 第1大队 as 一大队; positions may shift."""
    flat = unicodedata.normalize("NFKC", narrow(text))  # of narrow texts most are normal by now
    if "大队" not in flat:
        return flat
    return _NUMBERED.sub(lambda found: found[1].translate(_ORDINALS), flat)


class UnitIndex:
    """The units of a notice, ready to be found in texts."""

    def __init__(self, notice: Notice) -> None:
        self._resolve = resolver(notice)
        self._area: dict[tuple[str, str], str] = {}
        self._spellings: dict[str, str] = {}
        self._sections: dict[str, tuple[str, ...]] = {}
        self._loose: dict[str, tuple[str, ...]] = {}
        for unit in notice.units:
            self._take(unit)
        self._pattern = self._compile()
        self._opening = _opening_of((_OWN_CITY, *self._spellings, *self._sections, *self._loose))

    def _take(self, unit: Unit) -> None:
        stem = self._place_of(unit)
        for name in {unit.name, *unit.aliases} - set(unit.aliases_in_context):
            self._spell(stem, name) if stem else self._section(self._sections, name, unit)
        for name in unit.aliases_in_context:
            self._section(self._loose, name, unit)

    def _place_of(self, unit: Unit) -> str:
        kind = _TYPE_AT_END.search(plain(unit.name))
        if kind is None or kind.start() == 0 or "县市区" not in unit.group:
            return ""
        stem = _stem(plain(unit.name)[: kind.start()])
        self._area[stem, _type_of(kind)] = unit.name
        return stem

    def _spell(self, stem: str, name: str) -> None:
        kind = _TYPE_AT_END.search(plain(name))
        if kind is not None and kind.start() > 1:
            spelling = plain(name)[: kind.start()].removeprefix(_OWN_CITY + "市")
            self._spellings[spelling] = stem
            self._spellings[spelling.removeprefix(_OWN_CITY) or spelling] = stem

    @staticmethod
    def _section(table: dict[str, tuple[str, ...]], name: str, unit: Unit) -> None:
        key = simple(plain(name))
        table[key] = tuple(dict.fromkeys((*table.get(key, ()), unit.name)))

    def _compile(self) -> re.Pattern[str]:
        """One alternation: place with agency, place with another body, place, section, loose."""
        place = _any_of(self._spellings)
        own = "(?:达州市?)?"
        sections = _any_of(self._sections)
        loose = _any_of(self._loose)
        return re.compile(
            rf"{own}(?P<place>{place})(?:(?P<agency>(?:{_TYPE}){_SUFFIX})"
            rf"|(?P<body>(?:城区|城市|县|区)?(?:{_SECTIONS}){_BODY_END}))?"
            rf"|(?P<section>{sections})|(?P<loose>{loose})"
        )

    def mentions(self, text: str) -> list[Mention]:
        """Units named in an already `simple` text, in order, each name once at its place."""
        found: list[Mention] = []
        for count, match in enumerate(self._named(text)):
            if count >= _ENOUGH:
                break
            mention = self._mention(match, text)
            if mention is None:
                continue
            if found and _is_section_of(found[-1], mention):
                found[-1] = mention
            elif not _part_of(found, mention, text):
                found.append(mention)
        return found

    def _named(self, text: str) -> Iterator[re.Match[str]]:
        """What the pattern finds, tried only where some name may begin."""
        end = 0
        for place in self._opening.finditer(text):
            if place.start() >= end and (match := self._pattern.match(text, place.start())):
                yield match
                end = match.end()

    def _mention(self, match: re.Match[str], text: str) -> Mention | None:
        start, end = match.span()
        if match["place"]:
            return self._area_mention(match)
        before = text[max(0, start - 1) : start]
        own = match[0][0] != "市" and text.endswith(_OWN_CITY, 0, start)
        if before and (before in _ANOTHERS or self._of_another_place(match, before)):
            return None
        if match["section"]:
            return Mention(match[0], start, end, self._sections[match["section"]], firm=True)
        ahead = text[max(0, start - 16) : start]
        bureau = _after_bureau(ahead)
        alone = not "一" <= before <= "鿿" or before in _ALONE
        if not (alone or own or bureau or _OUR_TRADE.search(ahead)):
            return None
        firm = own or (bureau is not None and match[0][0] not in "区县市")
        return Mention(match[0], start, end, self._loose[match["loose"]], firm=firm)

    @staticmethod
    def _of_another_place(match: re.Match[str], before: str) -> bool:
        """县环卫处, 平昌县市政处, 巴中市环卫处: not the bureau's."""
        if match["section"] is None:
            return False
        text, start = match.string, match.start()
        if match[0][0] == "市" and not text.endswith(_OWN_CITY, 0, start):
            if _OUR_BUREAU_AT_END.search(text[max(0, start - 20) : start]):
                return False
            return "一" <= before <= "鿿" and before not in _ALONE
        return before in "县区"

    def _area_mention(self, match: re.Match[str]) -> Mention | None:
        stem = self._spellings[match["place"]]
        start, end = match.span()
        if match["agency"]:
            unit = self._area.get((stem, _type_of(match)))
            units: tuple[str, ...] = (unit,) if unit else ()
            return Mention(match[0], start, end, units, firm=True, place=stem)
        units = self.units_of_place(stem)
        if match["body"]:
            return Mention(match[0], start, end, units, firm=False, place=stem)
        if match["place"] == "高新":  # 高新技术 is no place
            return None
        if match[0][-1] not in "区县市" and _ROAD_OR_TOWN.match(match.string, end):
            return None  # 通川中路, 大竹镇 (of 万源)
        return Mention(match[0], start, end, units, firm=False, place=stem, bare=True)

    def rows(self, name: str) -> tuple[str, ...]:
        """Rows of annex 2 a name of annex 3 stands for; 局属各单位 is several."""
        return self._resolve(name)

    def is_local(self, unit: str) -> bool:
        """Whether a row is a county's, city's or zone's, not a section of the bureau."""
        return unit in self._area.values()

    def units_of_place(self, stem: str) -> tuple[str, ...]:
        """All rows of one county, city or zone."""
        return tuple(unit for (place, _), unit in self._area.items() if place == stem)

    def resolve(self, name: str) -> str | None:
        """The one row a whole name means, None when it fits none or several."""
        wanted = simple(plain(name))
        exact = self._resolve(name)
        if exact and not (wanted in self._loose and wanted[0] in "区县市"):
            return exact[0] if len(exact) == 1 else None
        firm = [found for found in self.mentions(wanted) if found.firm and found.units]
        if len({found.units for found in firm}) == 1:
            return firm[0].units[0] if len(firm[0].units) == 1 else None
        return None if firm else self._nearly(wanted)

    def nearly(self, name: str) -> str | None:
        """A section whose name is misspelt, such as 市容环卫课; never one with an ordinal."""
        return self._nearly(simple(plain(name)))

    def _nearly(self, wanted: str) -> str | None:
        rest = _BUREAU_PREFIX.sub("", wanted)
        if len(rest) < 4 or _ORDINAL.search(rest) or self._starts_with_place(rest):
            return None
        near = {
            units
            for alias, units in self._sections.items()
            if alias[-1] == rest[-1]
            and not _ORDINAL.search(alias)
            and ratio(alias, rest) >= _FUZZY_LEAST
        }
        return near.pop()[0] if len(near) == 1 else None

    def _starts_with_place(self, rest: str) -> bool:
        return any(rest.startswith(spelling) for spelling in self._spellings) or rest[1:3] == "县"


def agency_of(name: str) -> str:
    """The type of agency a row's name ends with (综合执法, 住建, 应急), "" if none."""
    kind = _TYPE_AT_END.search(plain(name))
    return _type_of(kind) if kind else ""


def _is_section_of(bureau: Mention, mention: Mention) -> bool:
    """市城管局市政科: with a section of the city's behind it, the bureau is the city's."""
    ours = not bureau.firm and bureau.words[0] == "市"
    return ours and not mention.place and mention.start == bureau.end


def _part_of(found: list[Mention], mention: Mention, text: str) -> bool:
    """A section named right behind an agency belongs to it: 通川区综合执法局一大队."""
    if not found or mention.place:
        return False
    last = found[-1]
    gap = text[last.end : mention.start]
    return (
        not last.bare
        and len(gap) <= 4
        and all("一" <= c <= "鿿" and c not in "和与、及到赴来对向会联组给为同由" for c in gap)
    )


def _after_bureau(before: str) -> re.Match[str] | None:
    return _BUREAU_AT_END.search(before)


def _type_of(match: re.Match[str]) -> str:
    return next(name for index, name in enumerate(_TYPES) if match[f"t{index}"])


def _stem(place: str) -> str:
    short = place.removeprefix(_OWN_CITY + "市").removeprefix(_OWN_CITY)
    return short[:-1] if short[-1] in "区县市" and len(short) > 2 else short


def _opening_of(names: Iterable[str]) -> re.Pattern[str]:
    """Finds where one of the names may begin: by its first two characters."""
    seconds: dict[str, set[str]] = {}
    for name in names:
        seconds.setdefault(name[:1], set()).add(name[1:2])
    branches = (
        re.escape(first) + ("" if "" in then else f"(?=[{re.escape(''.join(sorted(then)))}])")
        for first, then in seconds.items()
    )
    return re.compile("|".join(branches))


def _any_of(names: dict[str, object] | dict[str, str] | dict[str, tuple[str, ...]]) -> str:
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name) for name in ordered) or r"(?!)"
