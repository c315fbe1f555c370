"""Changes that their own figures contradict: 同比, 由…到…, 翻一番 (四（二） 数据准确).

A change is judged only where both figures it compares are told beside it, and told to be
wrong only where no two figures near it make it true.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Figure, Prose

ABOUT = "数据"
_RISE, _FALL = (
    "增长|上升|提高|提升|增加|增幅|升高|扩大|上涨|增",
    "下降|减少|降低|降幅|缩短|压减|压缩|下滑|减|降",
)
_CHANGE = re.compile(rf"(?:(?P<up>{_RISE})|(?P<down>{_FALL}))[了达为约]{{0,2}}$")
_MORE = re.compile(
    r"(?:(?P<up>增加|增长|提高|提升|多|净增|新增加)|(?P<down>减少|下降|降低|缩短|压缩|少|净减))了?$"
)
_LAST_SIGNS = frozenset(word[-1] for word in f"{_RISE}|{_FALL}|多|少|了|达|为|约".split("|"))
_PAST_TOLD = re.compile(
    r"(?:去年|上年|前年|同期|上月|上季度|上周)[^，。\d多少增减升降]{0,6}$|(?:比|较)[^，。]{0,8}(?:年|月|季度|前)[的为]?$"
)
_FROM = re.compile(r"[由从](?!此)[^，。]{0,14}$")
_TO = re.compile(rf"(?:(?P<up>{_RISE})|(?P<down>{_FALL})|变|调整|变化)[了]?[到至为成]$")
_BARE = re.compile(
    rf"^(?:同比|环比|总体|平均|累计|净|共|总量|[较比与][^，。]{{2,10}}|[增降涨减]幅|\s)*(?:{_RISE}|{_FALL}|多|少|净增|净减|为|达|到|了|约)*$"
)
_BASE_AFTER = re.compile(
    r"^(?:而|[较比由从])?(?:去年|上年|前年|同期|上月|上季度|20\d\d年)[^，\d]{0,6}$"
)
_DOUBLED = re.compile(r"翻了?(?:一番|番|一倍)")
_GOAL = re.compile(r"目标|力争|确保|计划|预计|争取|要求|将")
_COMPOUND = re.compile(r"\d(?:小时|时|天|年|个月|公里|万|元|吨)零?$")  # 由1小时20分钟缩短到35分钟
_NEAR = 3  # clauses
_INFINITE = float("inf")


def disagreeing_changes(prose: Prose) -> Iterator[Hint]:
    """同比提高3.2个百分点，去年同期为98.4%, where it is 97.9% now."""
    for figure in prose.figures:
        before = figure.before
        if before[-1:] not in _LAST_SIGNS:
            continue
        change = (
            _CHANGE.search(before) if figure.unit in ("%", "个百分点") else _MORE.search(before)
        )
        if change and figure.high < _INFINITE and not _GOAL.search(prose.words(figure.clause)):
            yield from _against_figures(prose, figure, rising=bool(change["up"]))
    yield from _wrong_ways(prose)


def _against_figures(prose: Prose, change: Figure, *, rising: bool) -> Iterator[Hint]:
    near = _beside(prose, change)
    bare = bool(_BARE.match(change.before))
    starts = [one.at for one in near if one.at < change.at and _starts(prose, one)]
    for base in near:
        if not _is_base(prose, base) or not _told_of(base, change, bare=bare):
            continue
        if base.at in starts[:-1]:
            continue  # 由50件增至60件，…由30小时缩短到24小时，缩短20%: told of the later one
        same = [one for one in near if one.unit == base.unit and one is not base]
        now = [one for one in same if not _is_base(prose, one)]
        if not now or base.high == _INFINITE:
            continue
        pairs = [
            (one, other)
            for one in (base, *same)
            for other in (base, *same)
            if one is not other and (other in now or one not in now)
        ]
        if any(_fits(one, other, change, rising) for one, other in pairs):
            return
        latest = _latest(prose, base, now)
        if latest and latest.high < _INFINITE and base.low > 0:
            yield _hint(prose, base, latest, change, rising=rising)
            return


def _told_of(base: Figure, change: Figure, *, bare: bool) -> bool:
    """Whether a change is told of what a base was: in its clause, or without a noun of its own."""
    if base.clause == change.clause:
        return True
    if base.at > change.at:
        return bare and bool(_BASE_AFTER.match(base.before))
    return bare


def _beside(prose: Prose, change: Figure) -> list[Figure]:
    """Figures that a change may compare: of its sentence, counts or shares, no changes."""
    here = change.sentence
    found = []
    for one in prose.around(change):
        if one is change or one.sentence != here or abs(one.clause - change.clause) > _NEAR:
            continue
        before = one.before
        shift = one.unit == "个百分点" or (
            (_CHANGE.search(before) or _MORE.search(before)) and not _TO.search(before)
        )
        of_kind = one.unit == "%" if change.unit == "个百分点" else one.unit != "%"
        if change.unit not in ("%", "个百分点"):
            of_kind = one.unit == change.unit
        if of_kind and not shift:
            found.append(one)
    return found


def _is_base(prose: Prose, figure: Figure) -> bool:
    before = figure.before
    return bool(_PAST_TOLD.search(before)) or _starts(prose, figure)


def _starts(prose: Prose, figure: Figure) -> bool:
    """The A of 由A降至B."""
    if not _FROM.search(figure.before):
        return False
    later = [one for one in prose.of_clause(figure.clause) if one.at > figure.at]
    return any(one.unit == figure.unit and _TO.search(one.before) for one in later)


def _latest(prose: Prose, base: Figure, now: Sequence[Figure]) -> Figure | None:
    """The figure a base is compared with: 到B of its clause, else the one nearest to it."""
    own = [one for one in now if one.clause == base.clause and one.at > base.at]
    if _starts(prose, base):
        return own[0] if own else None
    earlier = [one for one in now if one.at < base.at]
    later = [one for one in now if one.at > base.at]
    if len(earlier) > 2 or (not earlier and len(later) > 1):
        return None
    chosen = earlier[-1:] or later[:1]
    return chosen[0] if chosen else None


def _fits(before: Figure, after: Figure, change: Figure, rising: bool) -> bool:
    """Whether a change from one figure to the other may be the one told."""
    if before.unit != after.unit:
        return False
    low, high = after.low - before.high, after.high - before.low
    if not rising:
        low, high = -high, -low
    slack = 1e-9
    if change.unit == "%" and before.unit != "%":
        if before.low <= 0:
            return True
        low, high = low * 100 / (before.high if low > 0 else before.low), high * 100 / before.low
        slack = max(change.step, 0.15) + 1e-9
    return low <= change.high + slack and high >= change.low - slack


def _wrong_ways(prose: Prose) -> Iterator[Hint]:
    """由50件增至40件; 由10座增至15座，翻一番."""
    for one, other in pairwise(prose.figures):
        if one.clause != other.clause or one.unit != other.unit or one.each != other.each:
            continue
        way = _TO.search(other.before)
        if not way or not _FROM.search(one.before) or _COMPOUND.search(one.before):
            continue
        quote = prose.text[max(prose.clauses[one.clause].start, one.at - 8) : other.end]
        if other.high < one.low if way["up"] else other.low > one.high:
            said = "变小" if way["up"] else "变大"
            yield Hint(ABOUT, quote[-60:], f"写的是“{way[0]}”，数字却{said}了，请核对")
        doubled = _DOUBLED.search(prose.text, other.end, other.end + 12)
        if doubled and one.value and not 1.7 <= other.value / one.value <= 2.5:
            times = other.value / one.value
            quote = prose.text[one.at : doubled.end()].rpartition("\n")[2]
            yield Hint(ABOUT, quote, f"按文中数字是原来的{times:.1f}倍，不是翻一番，请核对")


def _hint(prose: Prose, base: Figure, now: Figure, change: Figure, *, rising: bool) -> Hint:
    first, last = min(base.at, now.at, change.at), max(base.end, now.end, change.end)
    quote = prose.text[first:last].partition("\n")[0]
    gap = now.value - base.value
    way = "增加" if gap > 0 else "减少"
    if change.unit == "%":
        real = f"{way}{abs(gap) * 100 / base.value:.1f}%"
    elif change.unit == "个百分点":
        real = f"{'提高' if gap > 0 else '下降'}{abs(gap):.4g}个百分点"
    else:
        real = f"{way}{now.said(gap)}"
    if not gap:
        real = "没有变化"
    told = f"{'上升' if rising else '下降'}{change.said(change.value)}"
    said = f"由{base.said(base.value)}到{now.said(now.value)}是{real}，与文中{told}不符，请核对"
    return Hint(ABOUT, quote[-60:] if len(quote) > 60 else quote, said)
