"""Totals and their parts that do not add up (四（二） 数据准确).

A hint needs two things: no reading of the sentence under which the figures agree, and a sum
near the total, because figures far apart belong to different things. 其中 may leave parts out:
then only too much is wrong, unless the parts nearly reach the whole (_NEARLY, _ENOUGH).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Figure, Prose, agrees, difference
from mailbot.rules.quality_remainders import divided, remaining
from mailbot.rules.quality_sums import told_sum

_OPENERS = re.compile(r"其中|包括|包含")
_VIEW = re.compile(r"^(?:其中)?[从按]照?[一-龥]{1,8}(?:来?看|划?分类?|统计|分为|计)$")
_OPENS = re.compile(r"其中|包括|包含|[看分类计][，,：]|分为[，,：]")
_GOES_ON = frozenset("：:，,")
_AMONG = re.compile(r"^[^\d]{0,14}中$")
_SUM_WORD = re.compile(
    r"(?:总共|共计|合计|总计)[一-龥]{0,4}$|(?:^|[^一-龥]|一)共$|[天次批期轮]共[一-龥]{0,3}$|^累计$"
)
_UNCOUNTED = re.compile(r"[一-龥]{2}")
_REST = re.compile(r"^(?:对|而|至于|另外)?(?:其余|剩余|余下|剩下|其他|其它|另外|另有|另)")
_SHIFT = re.compile(
    r"(?:[比较][^，。；\n]{0,12}?|同比|环比)(?:净?[增减]|多|少|上升|下降)[^，。；\n]{0,3}$"
)
_ONLY_REST = re.compile(r"其余|剩余|余下|剩下")
_LOOSE = re.compile(r"主要|例如|特别是|尤其|前[三四五十\d]|最多|重点|如$|等$|排名")
_DONE = re.compile(
    r"已|办结|结案|派遣|派单|受理|返工|延期|按期|整改|完成|立案|现|目前|均|全部|处置|收到|责令|下达|下发|处罚|罚款|清理|拆除|发放|更换|修复|劝|约谈|回访"
)
_MANNERS = re.compile(
    r"当场|当即|现场|立即|限期|正在|尚未|待|转办|暂缓|逾期|已|未|准备|继续|计划|自行|主动|依法|协助|强制"
)
_OVERLAP = re.compile(
    r"党员|团员|女|男|岁|以[上下]|少数民族|代表|干部|青年|老年|退休|骨干|学历|高级|残疾|困难|新增|具有|享受|获"
)
_NEARLY = 0.9
_ENOUGH = {1: 2.0, 2: 0.95}  # share of the whole from which so few parts must make it up
_FAR = 1.5  # a sum this many times its whole belongs to something else
_LONGEST = 40  # parts of one list
_FAR_BACK = 3  # sentences


@dataclass(frozen=True, slots=True)
class Parts:
    """A list of parts: figures of one counter in clauses side by side.

    Attributes:
        whole: Whether the list runs to the end of its sentence, no 等 after it.
        rest: Whether one of them is 其余, so that nothing is left out.
    """

    figures: tuple[Figure, ...]
    whole: bool
    rest: bool


def disagreeing_sums(prose: Prose) -> Iterator[Hint]:
    """Totals that their parts contradict, told once each."""
    told: set[int] = set()
    for check in (_listed_after, _listed_bare, _summed_up, remaining, divided):
        for total, hint in check(prose):
            if total.at not in told:
                told.add(total.at)
                yield hint


def _listed_after(prose: Prose) -> Iterator[tuple[Figure, Hint]]:
    """共126起，其中甲58起、乙43起; 216个隐患中，…; 从类型看，…."""
    opened = {prose.clause_at(hit.start()) for hit in _OPENS.finditer(prose.text)}
    counted = {one.clause for one in prose.figures if prose.clauses[one.clause].stop in _GOES_ON}
    for index in sorted(opened | counted):
        clause, words = prose.clauses[index], prose.words(index)
        opener = _OPENERS.search(words) if index in opened else None
        view = not opener and index in opened and bool(_VIEW.match(words))
        own = _told_whole(prose, index) if not (opener or view) else None
        if not (opener or view or own):
            continue
        start = clause.start + opener.end() if opener else clause.end
        first = _first_after(prose, start, clause.sentence)
        if first is None or _LOOSE.search(words):
            continue
        if opener and first.clause != index and _UNCOUNTED.match(words, opener.end()):
            continue  # 其中司机擦伤，…；其余5人: one part has no figure
        parts = _run(prose, first, start)
        back = _FAR_BACK if view else int(bool(opener) and words.lstrip().startswith("其中"))
        wholes = [own] if own else _wholes(prose, first, start, back)
        if parts is None or not wholes or (own and own.unit != first.unit):
            continue
        alone = opener is not None and opener[0] == "其中" and first.clause == index
        yield from _judged(prose, parts, [w for w in wholes if w], alone=alone)


def _listed_bare(prose: Prose) -> Iterator[tuple[Figure, Hint]]:
    """评查60卷，优秀18卷、良好30卷、合格14卷: three and more parts right after their whole."""
    for whole in prose.figures:
        index = whole.clause + 1
        clause = prose.clauses[whole.clause]
        if whole.each or clause.stop not in "，,：" or index >= len(prose.clauses):
            continue
        own = prose.of_clause(index)
        if len(own) != 1 or own[0].unit != whole.unit or whole.about:
            continue
        if prose.clauses[index].stop != "、" and not own[0].each:
            continue  # such parts have 、 between them
        if _LOOSE.search(own[0].before) or _LOOSE.search(prose.words(whole.clause)):
            continue
        parts = _run(prose, own[0], prose.clauses[index].start)
        if parts is None or len(parts.figures) < 3 or not parts.whole:
            continue
        figures = parts.figures
        stops = {prose.clauses[one.clause].stop for one in figures[:-1]}
        share = sum(one.value for one in figures) / max(whole.value, 1e-9)
        smaller = all(one.high < whole.low and not one.about for one in figures)
        if not (smaller and stops == {"、"} and _NEARLY <= share <= 2 - _NEARLY):
            continue
        earlier = prose.before_place(whole.unit, own[0].at)
        if not any(agrees(figures, one) for one in earlier):
            yield whole, told_sum(prose, whole, figures)


def _judged(
    prose: Prose, parts: Parts, wholes: Sequence[Figure], *, alone: bool
) -> Iterator[tuple[Figure, Hint]]:
    figures, first = parts.figures, parts.figures[0]
    here = first.sentence
    alone = alone and all(one.sentence == here for one in wholes)
    earlier = prose.before_place(first.unit, first.at)
    last = max(wholes, key=lambda one: one.at)
    if any(agrees(every, one) for one in earlier for every in (figures, *_by_turns(figures))):
        return
    biggest = max(wholes, key=lambda one: one.high)
    over = difference(figures, biggest) > 0
    share = sum(one.value for one in figures) / max(last.value, 1e-9)
    if over:
        words = [prose.words(one.clause) for one in figures]
        overlap = any(map(_OVERLAP.search, words)) and not _by_sex(words)
        near = share <= _FAR if len(figures) > 1 else alone and share <= 2
        if overlap and len(figures) > 1 and max(f.low for f in figures) <= biggest.high:
            return
        if not biggest.about and any(
            agrees(figures[:at], biggest) for at in range(2, len(figures))
        ):
            return  # 其中城镇…、乡村…；男…、女…: divided twice
        if near:
            yield biggest, told_sum(prose, biggest, figures)
    elif not any(one.about for one in (*figures, last)):
        enough = parts.whole and share >= _ENOUGH.get(len(figures), _NEARLY)
        if enough or (parts.rest and len(figures) > 1 and share > 0.5):
            yield last, told_sum(prose, last, figures)


def _by_turns(figures: Sequence[Figure]) -> Iterator[Sequence[Figure]]:
    """其中早市2个、摊位120个，夜市3个、摊位180个: two lists in one."""
    if len(figures) > 3 and len(figures) % 2 == 0:
        yield figures[::2]
        yield figures[1::2]


def _by_sex(words: Sequence[str]) -> bool:
    """Men and women: the one division of people that never overlaps."""
    return len(words) == 2 and {"男", "女"} == {
        sign for one in words for sign in one if sign in "男女"
    }


def _first_after(prose: Prose, start: int, sentence: int) -> Figure | None:
    """The first figure that counts things, in the sentence after a place."""
    for figure in prose.from_(start):
        same = figure.sentence == sentence
        if not same or figure.unit not in ("%", "个百分点"):
            return figure if same and not figure.each else None
    return None


def _told_whole(prose: Prose, index: int) -> Figure | None:
    """The figure of “216个隐患中，” or “查处126起：”, itself the whole of what follows."""
    figures, stop = prose.of_clause(index), prose.clauses[index].stop
    if stop not in _GOES_ON or not figures or figures[-1].each:
        return None
    last = figures[-1]
    if stop in "：:":
        return last if len(last.after) <= 6 and not _LOOSE.search(last.after) else None
    return last if last.after.endswith("中") and _AMONG.match(last.after) else None


def _wholes(prose: Prose, first: Figure, start: int, sentences: int) -> list[Figure]:
    """Figures a list may divide: those of its counter in this sentence, else in earlier ones.

    比平日增加130吨 tells a change: nothing divides it.
    """
    counted = [
        one for one in prose.before_place(first.unit, start) if not _SHIFT.search(one.before)
    ]
    here = first.sentence
    own = [one for one in counted if one.sentence == here]
    if own:
        return own
    paragraph = prose.clauses[first.clause].paragraph
    return [
        one
        for one in counted
        if here - one.sentence <= sentences and paragraph - prose.clauses[one.clause].paragraph <= 1
    ]


def _run(prose: Prose, first: Figure, start: int) -> Parts | None:
    """The parts from a figure on, as long as clauses give one of the same counter each."""
    figures: list[Figure] = []
    home = prose.clauses[first.clause]
    index, rest, ended = first.clause, False, False
    manner = ""
    while index < len(prose.clauses) and prose.clauses[index].sentence == home.sentence:
        if len(figures) > _LONGEST:
            return None
        clause = prose.clauses[index]
        if clause.nested != home.nested:
            index += 1
            ended = home.nested
            if ended:
                break
            continue
        words = prose.text[max(clause.start, start) : clause.end]
        own = [one for one in prose.of_clause(index) if one.at >= start]
        same = [one for one in own if one.unit == first.unit and not one.each]
        if not own and figures and not words.startswith(("占", "约占")):
            break
        if figures and _OPENERS.search(words):
            break
        if same and not _joins(prose, same, words, figures, manner):
            break
        if own and not same and not all(one.unit == "%" for one in own):
            break
        figures += same
        manner = manner or (words if same and _DONE.search(words) else "")
        rest = rest or bool(same and _REST.match(words) and _ONLY_REST.search(words))
        index += 1
    else:
        ended = True
    if not figures:
        return None
    tail = figures[-1].after
    return Parts(tuple(figures), ended and "等" not in tail and "以上" not in tail, rest)


def _joins(
    prose: Prose, same: Sequence[Figure], words: str, found: Sequence[Figure], manner: str
) -> bool:
    """Whether a clause goes on with the list: no result told of what was listed."""
    if len(same) > 1:
        between = prose.text[same[0].end : same[1].at]
        if len(same) > 2 or not re.match(r"[一-龥]{0,4}(?:和|及|与|以及)", between):
            return False
    if _REST.match(words) or not found or not _DONE.search(words):
        return True
    return bool(manner) and bool(_MANNERS.search(words)) and bool(_MANNERS.search(manner))


def _summed_up(prose: Prose) -> Iterator[tuple[Figure, Hint]]:
    """新建5座、改造24座，共29座."""
    for total in prose.figures:
        before = total.before
        word = _SUM_WORD.search(before) if "共" in before or "计" in before else None
        if total.each or not word or _OPENERS.search(before):
            continue
        parts = _run_back(prose, total)
        if len(parts) < 2 or not all(one.high < total.low for one in parts):
            continue
        if word[0] == "累计" and "分别" not in parts[0].before:
            continue  # a count that runs on from earlier reports
        earlier = [
            one
            for one in prose.before_place(total.unit, total.at)
            if total.sentence - one.sentence <= 1
        ]
        if any(agrees(earlier[at:], total) for at in range(len(earlier))):
            continue
        if any(agrees(parts[at:], total) for at in range(len(parts))):
            continue
        plain = [one for one in earlier if not _OPENERS.search(one.before)]
        if any(agrees(plain[at:], total) for at in range(len(plain))):
            continue
        if 0.67 <= sum(one.value for one in parts) / total.value <= 1.5:
            yield total, told_sum(prose, total, parts)


def _run_back(prose: Prose, total: Figure) -> list[Figure]:
    """The parts before a total: its own clause, then back while clauses give its counter."""
    found: list[Figure] = []
    sentence, others = total.sentence, 0
    for index in range(total.clause, max(-1, total.clause - _LONGEST), -1):
        clause = prose.clauses[index]
        if clause.sentence != sentence:
            break
        if clause.nested:
            continue
        same = [
            one
            for one in prose.of_clause(index)
            if one.unit == total.unit and not one.each and one.at < total.at
        ]
        if not same:
            own = prose.of_clause(index)
            if index == total.clause and not own[0].at < total.at:
                continue
            others += 1
            if own and others < 2 and found == []:
                continue
            break
        if any(_SUM_WORD.search(one.before) for one in same) or len(same) > 2:
            break
        found[:0] = same
    return found
