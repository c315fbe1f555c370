"""Shares and rates that their counts contradict (四（二） 数据准确).

占35% and 整改率96% are held against every pair of counts of one counter told so far; only
where no pair gives the share is the nearest pair told. Whoever rounds down instead of to the
nearest is right too.
"""

import re
from collections.abc import Iterator, Sequence

from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Figure, Prose

ABOUT = "数据"
_SHARE = re.compile(
    r"(?:^|[^抢侵挤强])占(?:比|到|了)?(?:约)?(?:(?:其中|总|全部|总数|总量|总投资|计划|应[^，。]{1,6})的)?(?:为|达|达到)?$"
    r"|^完成(?:了)?(?:年度|全年|总)?(?:目标)?(?:任务|计划|目标|总量|总投资)的$"
)
_BASE = re.compile(r"占(?:了|到|比)?(?:约)?([一-龥]{1,12})的(?:比[例重]为?)?$")
_OF_THE_LAST = re.compile(r"\s{0,8}其中")
_NAMING = re.compile(r"^(?:约?占|达到?)(?!全[市省国县区])[一-龥]{0,8}\d")
_NOUN = re.compile(r"^([一-龥]{2,8})占(?:比|到|了)?(?:为|达|达到)?$")
_PLAIN_BASE = re.compile(
    r"^(?:其中|总数|总量|全部|计划|总投资|任务|年度计划|全年计划|目标任务?|总面积)$"
)
_RATE = re.compile(
    r"(?!效|频|概|比|汇|税|费|利用|增长|回收|漏损|绿地|绿化|资源)([一-龥]{2})率"
    r"[一-龥]{0,2}?(?:为|达|达到|达成)?$"
)
_SAME_DEED = {
    "结案": "结案|办结",
    "办结": "办结|结案|办理",
    "合格": "合格",
    "处置": "处置|处理|办结",
}
_NOT_OF_COUNTS = re.compile(
    r"提[高升]|同比|环比|[上去]年|下降|力争|确保|目标|预计|要求|不低于|以上|原来|此前|累计"
)
_WINDOW = 24  # counts looked back at
_INFINITE = float("inf")


def disagreeing_shares(prose: Prose) -> Iterator[Hint]:
    """共186座，其中64座，占44%; 发现240个，已整改216个，整改率96%."""
    for figure in prose.figures:
        if figure.unit != "%" or figure.each or not figure.value or figure.high - figure.low > 10:
            continue
        before = figure.before
        rate = _RATE.search(before)
        if rate:
            yield from _rate(prose, figure, rate[1])
        elif "占" in before or "完成" in before:
            yield from _share(prose, figure, before)
    yield from _over_all(prose)


def _share(prose: Prose, share: Figure, before: str) -> Iterator[Hint]:
    pair = _named_whole(prose, share, before)
    if pair:
        if pair[1].value and not fits(*pair, share):
            yield _hint(prose, *pair, share)
        return
    base = _BASE.search(before)
    if not _SHARE.search(before) and not (base and _PLAIN_BASE.match(base[1])):
        return
    counts = _counts_before(prose, share)
    part = _part_of(prose, counts, share, before)
    if part is None or part.unit == "%":
        return
    same = [one for one in counts if one.unit == part.unit and one is not part]
    named = [one for one in same if one.value >= part.value]
    later = [one for one in prose.of_unit(part.unit) if one.at > share.at][:2]
    if _fits_any([part], [*named, *later], share) or _fits_any(same, named, share):
        return
    sums = [one for one in same if one.sentence == share.sentence]
    if len(sums) > 1 and _fits_sum(part, sums, share):
        return
    whole = _whole_of(prose, part, named)
    if whole is not None:
        yield _hint(prose, part, whole, share)


def _named_whole(prose: Prose, share: Figure, before: str) -> tuple[Figure, Figure] | None:
    """The part and the whole of “更换3.1万户，占应换户数3.8万户的81%”."""
    own = [one for one in prose.of_clause(share.clause) if one.at < share.at]
    if len(own) != 1 or prose.text[own[0].end : share.at] != "的" or not _NAMING.match(before):
        return None
    counts = _counts_before(prose, own[0])
    if not counts or counts[-1].unit != own[0].unit or share.clause - counts[-1].clause != 1:
        return None
    return counts[-1], own[0]


def _part_of(prose: Prose, counts: Sequence[Figure], share: Figure, before: str) -> Figure | None:
    """The count a share is of: in its clause, before “，占”, or told of the same noun."""
    if not counts:
        return None
    last, bare = counts[-1], _SHARE.match(before)
    if last.clause == share.clause or (
        bare and share.clause - last.clause == 1 and prose.clauses[last.clause].stop in "，,"
    ):
        return last
    noun = _NOUN.search(before)
    if not noun:
        return None
    told = [one for one in counts if one.before.endswith(noun[1])]
    return told[0] if len(told) == 1 else None


def _whole_of(prose: Prose, part: Figure, named: Sequence[Figure]) -> Figure | None:
    """The whole a part surely belongs to: the one before it in its sentence, joined by 其中."""
    here = part.sentence
    own = [one for one in named if one.sentence == here]
    if not own and _OF_THE_LAST.match(prose.text, prose.sentence_start(part)):
        own = [one for one in named if here - one.sentence == 1]
    if not own:
        return None
    whole = max(own, key=lambda one: one.value)
    between = prose.text[whole.end : part.at]
    joined = re.search(r"其中|已|完成|中[，,]|有", between) or len(between) <= 10
    return whole if joined and whole.high < _INFINITE and whole.value > part.value else None


def _rate(prose: Prose, rate: Figure, deed: str) -> Iterator[Hint]:
    words = prose.words(rate.clause)
    if _NOT_OF_COUNTS.search(words) or re.search("按[时期]|及时|按期", words):
        return
    counts = _counts_before(prose, rate)
    done = re.compile(_SAME_DEED.get(deed, deed))
    here = rate.sentence
    mine = [
        one
        for one in counts
        if one.sentence == here
        and rate.clause - one.clause <= 3
        and done.search(prose.words(one.clause))
        and not re.search(rf"[不未](?:{done.pattern})", prose.words(one.clause))
    ]
    if not mine:
        return
    part = mine[-1]
    same = [one for one in counts if one.unit == part.unit and one is not part]
    wholes = [one for one in same if one.value >= part.value]
    if _fits_any([part, *same], [part, *same], rate) or not wholes:
        return
    if len(same) > 1 and _fits_sum(part, same[-4:], rate):
        return
    whole = wholes[-1]
    if whole.value > 0 and whole.high < _INFINITE and here - whole.sentence <= 1:
        yield _hint(prose, part, whole, rate)


def _over_all(prose: Prose) -> Iterator[Hint]:
    """居民投票占50%、第三方占30%、考核占25%: shares side by side above a hundred."""
    run: list[Figure] = []
    for figure in [*prose.figures, None]:
        if (
            figure is not None
            and figure.unit == "%"
            and re.search(r"[一-龥]占$", figure.before)
            and len(prose.of_clause(figure.clause)) == 1
            and (not run or (figure.clause == run[-1].clause + 1 and _listed(prose, run[-1])))
        ):
            run.append(figure)
            continue
        if len(run) > 1 and sum(one.low for one in run) > 101:
            added = sum(one.value for one in run)
            quote = prose.text[prose.clauses[run[0].clause].start : run[-1].end]
            yield Hint(ABOUT, quote[-60:], f"各项占比相加为{added:g}%，超过100%，请核对")
        run = [figure] if figure and figure.unit == "%" and figure.before.endswith("占") else []


def _listed(prose: Prose, figure: Figure) -> bool:
    return prose.clauses[figure.clause].stop == "、"


def _counts_before(prose: Prose, share: Figure) -> list[Figure]:
    """The last counts told before a share."""
    found = [
        one for one in prose.earlier(share) if not one.each and one.unit not in ("%", "个百分点")
    ]
    return found[-_WINDOW:]


def _fits_any(parts: Sequence[Figure], wholes: Sequence[Figure], share: Figure) -> bool:
    return any(
        fits(part, whole, share) for part in parts for whole in wholes if part.unit == whole.unit
    )


def _fits_sum(part: Figure, others: Sequence[Figure], share: Figure) -> bool:
    """Whether the whole is a sum of counts, the part among them or not."""
    for at in range(len(others)):
        added = sum(one.value for one in others[at:])
        for whole in (added, added + part.value):
            if whole and _within(part.low / whole, part.high / whole, share):
                return True
    return False


def fits(part: Figure, whole: Figure, share: Figure) -> bool:
    """Whether part of whole may be the share, or what is left the share."""
    if not whole.high:
        return False
    low = part.low / whole.high
    high = part.high / whole.low if whole.low else _INFINITE
    return _within(low, high, share) or _within(1 - high, 1 - low, share)


def _within(low: float, high: float, share: Figure) -> bool:
    slack = max(share.step, 0.15) + 1e-9
    return low * 100 <= share.high + slack and high * 100 >= share.low - slack


def _hint(prose: Prose, part: Figure, whole: Figure, share: Figure) -> Hint:
    start = max(prose.clauses[part.clause].start, part.at - 8)
    real = part.value * 100 / whole.value
    said = f"{whole.said(whole.value)}中的{part.said(part.value)}为{real:.1f}%"
    quote = prose.text[start : share.end].rpartition("\n")[2][-60:]
    return Hint(ABOUT, quote, f"{said}，与文中{share.said(share.value)}不符，请核对")
