"""Which county, city or zone a draft without a named author speaks of.

A place counts where a text is about it, not where it is a model, a guest, a
destination or one of many. Road and bridge names such as 通川中路 are no places.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mailbot.rules.cues import CueTable, fire
from mailbot.rules.place_type import Mention, UnitIndex

_OF_OTHERS = re.compile(
    r"学习|借鉴|考察|取经|观摩|参观|交流|兄弟|来自|籍|户口|开往|发往|驶往|驶向|方向|前往|赶赴|赴"
    r"|援助|支援|推广|联席|列席|应邀|毗邻|邻近|转(?:交|送)|会同|联合|全市|各县|县[（(]?市"
)
_ONE_OF_SEVERAL = re.compile(r"[、和与及]\||\|(?:[、和与及])|在\|(?:召开|举行|举办)")
_ADDRESS = re.compile(
    r"^[^，。；、\n]{0,14}(?:路|街|巷|道|镇|乡|村|桥|小区|社区|广场|公园|段|口|店|厂|站|河|市场|号|楼|附近|境内)"
)
_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_TOPIC_LEAD = re.compile(
    r"(?:近年来|近期|今年以来|当前|目前|经(?:统计|调研|调查|排查|摸底)|据(?:统计|调查)|调研发现|\d+年)?[，,:：]?"
)
_REACH = 40
_TOWN = re.compile(r"[一-鿿]{2,4}(?:街道|镇|乡)")
_TOWN_END = re.compile(r"(?:街道|镇|乡)$")
_ENOUGH_TOWNS = 2
_LOCAL = re.compile(r"区(?:综合(?:行政)?执法|住建|住房|城管)|我区|全区")


@dataclass(frozen=True, slots=True)
class Place:
    """The one place a draft is about: its stem (达川) and the words that tell."""

    stem: str
    words: str


def place_of(
    title: str, body: str, signed: str, index: UnitIndex, cues: CueTable, *, of_county: bool
) -> Place | None:
    """The one place a draft is about; None if none, several, or only where something happened.

    In the city's own districts sections of the bureau work, too: there the place must sign,
    or be what the text is about (达川区今年已发生…).

    Args:
        title: Headline.
        body: 正文, as far as it is looked at.
        signed: 落款, 供稿 and the sender's name: whatever signs the draft.
        index: Units of the notice.
        cues: cues/units.toml.
        of_county: The author says 我县: towns named without 镇 or 街道 count as well.
    """
    opening = body[: int(cues.settings.get("opening", 160))]
    for text in (signed, title):
        told = {m.place: m.words for m in index.mentions(text) if m.place and _counts(text, m)}
        if len(told) == 1:
            (stem, words), *_ = told.items()
            return Place(stem, words)
    told = {}
    for mention in index.mentions(opening):
        if mention.place and _counts(opening, mention):
            told.setdefault(mention.place, mention.words)
        elif mention.place and _is_listed(opening, mention.start, mention.end):
            return None
    told = _towns(f"{title}\n{body}", index, cues, short=of_county) | told
    if len(told) != 1:
        return None
    (stem, words), *_ = told.items()
    if is_main_city(stem, cues) and not (_LOCAL.search(body) or _is_topic(opening, words)):
        return None
    return Place(stem, words)


def is_main_city(stem: str, cues: CueTable) -> bool:
    """Whether a place is a district of the city itself."""
    return re.fullmatch(cues.words.get("main_city", "(?!)"), stem) is not None


def _towns(text: str, index: UnitIndex, cues: CueTable, *, short: bool) -> dict[str, str]:
    """Places whose towns and streets a text names."""
    told: dict[str, str] = {}
    for one in fire(cues, {"place": text}):
        stem = cues.words.get(one.cue.group, "")
        if index.units_of_place(stem) and not _is_theirs(text, one.start, one.end):
            told.setdefault(stem, one.matched)
    if told or not short:
        return told
    for stem, names in _short_names(cues).items():
        found = [name for name in names if name in text]
        if len(found) >= _ENOUGH_TOWNS and index.units_of_place(stem):
            told[stem] = "、".join(found[:3])
    return told


@lru_cache(maxsize=8)
def _names_by_stem(patterns: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for stem, pattern in patterns:
        whole = [one for one in pattern.split("|") if _TOWN.fullmatch(one)]
        names[stem] = (*names.get(stem, ()), *(_TOWN_END.sub("", one) for one in whole))
    return names


def _short_names(cues: CueTable) -> Mapping[str, tuple[str, ...]]:
    rows = tuple(
        (cues.words.get(cue.group, ""), cue.pattern) for cue in cues.cues if cue.scope == "place"
    )
    return _names_by_stem(rows)


def _counts(text: str, mention: Mention) -> bool:
    """Whether a named place is where the text is at home."""
    start, end = mention.start, mention.end
    return not _is_theirs(text, start, end) and not _is_listed(text, start, end)


def _is_theirs(text: str, start: int, end: int) -> bool:
    """A model to learn from, a guest, a destination: nothing the author is answerable for."""
    before = _CLAUSE_END.split(text[max(0, start - _REACH) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + _REACH])[0]
    return _OF_OTHERS.search(f"{before}|{after}") is not None


def _is_listed(text: str, start: int, end: int) -> bool:
    """One of several, or only where others met."""
    around = f"{text[max(0, start - 1) : start]}|{text[end : end + 2]}"
    return _ONE_OF_SEVERAL.search(around) is not None


def _is_topic(text: str, words: str) -> bool:
    """达川区今年…: a clause that opens with the place and goes on with no address."""
    at = text.find(words)
    if at < 0:
        return False
    before = re.split(r"[。；！？\n]", text[:at])[-1]
    return _TOPIC_LEAD.fullmatch(before) is not None and not _ADDRESS.match(text[at + len(words) :])
