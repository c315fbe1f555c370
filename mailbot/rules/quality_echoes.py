"""What title and text tell of one thing, told differently (四（二） 前后一致)."""

import re
from collections.abc import Iterator, Sequence

from mailbot.notice import Notice
from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Figure, Prose

_BACK = re.compile(r"^[一-龥]{0,6}?(?:已经?|现已)?(?:全部|悉数|均已|都已)")
_BACK_WORDS = re.compile(r"全部|悉数|均已|都已")
_ALL = re.compile(r"共|总计|合计|此次|本次")
_OTHER = re.compile(
    r"其中|季度|上半年|今年|去年|同期|当[天日]|[\d一二三四五六七八九十]月|\d日|昨|第[一二三\d]|[省市州区县镇乡国]|街道|[此该这同各]类|中队|大队|社区|目标|计划"
)
_OWN = re.compile(r"我[区县市局]|全[区县市]")
_TEAM = re.compile(r"直属第?([一二三四五六七八九])大队")
_WHAT = 4  # characters beside a figure that tell what it counts
_MOST = 12
_ROUNDED = 0.05  # of a round figure of a headline


def disagreeing_echoes(title: str, prose: Prose, notice: Notice) -> Iterator[Hint]:
    """Title against text, and a figure taken up again in the text.

    The title is the first line of the prose, too.
    """
    yield from _title_figures(title, prose)
    yield from _taken_up(prose)
    yield from _told_twice(prose)
    yield from _other_places(title, prose.text[len(title) :], notice)


def _title_figures(title: str, prose: Prose) -> Iterator[Hint]:
    """216个隐患全部销号, with 218个隐患 in the text."""
    for told in prose.figures[:3]:
        if told.at >= len(title) or told.about or told.each:
            continue
        body = [one for one in prose.of_unit(told.unit) if one.at > len(title)][:_MOST]
        told_so = any(_equal(one, told) or _rounded(told, one) for one in body)
        if not body or told_so or _sums_to(body, told):
            continue
        for one in body:
            alike = 0.75 <= one.value / max(told.value, 1e-9) <= 1.33 and not one.about
            if alike and _same_thing(told, one):
                quote = title[max(0, told.at - 6) : told.end + 6]
                said = f"标题写{told.said(told.value)}，正文写{one.said(one.value)}"
                yield Hint("前后不一", quote, f"{said}，请核对")
                break


def _rounded(told: Figure, one: Figure) -> bool:
    """收回意见1200条 over 1187条: a headline gives hundreds."""
    apart = abs(told.value - one.value)
    return told.value % 100 == 0 and apart <= min(50, _ROUNDED * told.value)


def _taken_up(prose: Prose) -> Iterator[Hint]:
    """发现隐患76处…75处隐患全部整改: taken up with another figure."""
    for again in prose.figures if _BACK_WORDS.search(prose.text) else ():
        if again.each or again.about or not _BACK.match(again.after):
            continue
        earlier = [
            one
            for one in prose.before_place(again.unit, again.at)[-_MOST:]
            if one.clause != again.clause
        ]
        if not earlier or any(_equal(one, again) for one in earlier) or _sums_to(earlier, again):
            continue
        if any(abs(a.value - b.value) == again.value for a in earlier for b in earlier):
            continue
        for one in reversed(earlier):
            near = 0.75 <= one.value / max(again.value, 1e-9) <= 1.33 and not one.about
            if near and _same_thing(again, one):
                start = max(prose.clauses[again.clause].start, again.at - 6)
                said = f"前面写{one.said(one.value)}，这里写{again.said(again.value)}"
                quote = prose.text[start : again.end + 8].partition("\n")[0]
                yield Hint("前后不一", quote, f"{said}，请核对")
                break


def _told_twice(prose: Prose) -> Iterator[Hint]:
    """共出动执法人员28人 at the head, 共出动执法人员38人 at the end."""
    first: dict[tuple[str, str], Figure] = {}
    for one in prose.figures:
        before = one.before
        if one.each or not _ALL.search(before) or one.about:
            continue
        if _OTHER.search(prose.words(one.clause)):
            continue
        key = (before[-_WHAT:], one.unit)
        other = first.setdefault(key, one)
        between = prose.text[other.end : one.at]
        near = 0.75 <= one.value / max(other.value, 1e-9) <= 1.33
        if len(before) < _WHAT or _equal(other, one) or not near or _OTHER.search(between):
            continue
        start = max(prose.clauses[one.clause].start, one.at - 12)
        said = f"前面写{other.said(other.value)}，这里写{one.said(one.value)}"
        yield Hint("前后不一", prose.text[start : one.end], f"{said}，请核对")


def _other_places(title: str, body: str, notice: Notice) -> Iterator[Hint]:
    """A title of 直属二大队 or 大竹县, a text of 直属一大队 or 渠县 alone."""
    team = _TEAM.search(title)
    if team:
        told = {hit[1] for hit in _TEAM.finditer(body)}
        if told and team[1] not in told and team[0][2:] not in body:
            other = next(hit[0] for hit in _TEAM.finditer(body))
            yield Hint("前后不一", other, f"标题是“{team[0]}”，正文是“{other}”，请核对")
    places = notice.counties
    ours = [place for place in places if place in title]
    if len(ours) != 1 or _OWN.search(body):
        return
    here = ours[0]
    if here in body or (len(here) > 2 and here[:-1] in body):
        return
    others = [place for place in places if place in body]
    lead = body.strip()[:60]
    if len(others) == 1 and others[0] in lead and here[-1] in "区县":
        said = f"标题是“{here}”，正文是“{others[0]}”"
        yield Hint("前后不一", others[0], f"{said}，请核对")


def _equal(one: Figure, other: Figure) -> bool:
    return one.low <= other.high and other.low <= one.high


def _sums_to(figures: Sequence[Figure], told: Figure) -> bool:
    """Whether neighbouring figures add up to one, or two of them differ by it."""
    for start in range(len(figures)):
        low = high = 0.0
        for one in figures[start:]:
            low, high = low + one.low, high + one.high
            if low <= told.high and told.low <= high and one is not figures[start]:
                return True
    return False


def _same_thing(one: Figure, other: Figure) -> bool:
    """Whether two figures have a word of two characters in common beside them."""
    return bool(_words(one) & _words(other))


def _words(figure: Figure) -> set[str]:
    beside = (figure.before[-_WHAT:], figure.after[:_WHAT])
    return {side[at : at + 2] for side in beside for at in range(len(side) - 1)}
