"""What is left, and what is good and what is not, held against the whole (四（二） 数据准确)."""

import re
from collections.abc import Iterator, Sequence

from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Figure, Prose, agrees
from mailbot.rules.quality_sums import told_sum

_ONLY_REST = re.compile(r"其余|剩余|余下|剩下")
_GOOD = re.compile(
    r"良好|正常|合格|达标|完好|符合|当场|当即|立即|已整改|已完[成工]|已办结|整改完成|满意|建成|竣工|完工"
)
_BAD = re.compile(
    r"存在|不合格|异常|不达标|未达标|限期|正在|尚未|未整改|未完成|未办结|转办|暂缓|破损|不满意|不符合|在建|未开工|待建"
)
_UNDER_WAY = re.compile(r"在建|正在|未开工|待建|施工")
_FEW = 5


def remaining(prose: Prose) -> Iterator[tuple[Figure, Hint]]:
    """发现41处，整改33处，其余10处: more is left than can be."""
    for rest in prose.figures:
        before = rest.before
        if rest.each or not ("余" in before or "剩" in before) or not _ONLY_REST.search(before):
            continue
        earlier = prose.before_place(rest.unit, rest.at)
        near = [
            one
            for one in earlier
            if prose.clauses[one.clause].paragraph == prose.clauses[rest.clause].paragraph
        ]
        if not 2 <= len(near) <= _FEW or _could_remain(earlier, rest):
            continue
        whole, parts = near[-2], [near[-1], rest]
        if rest.sentence - near[-2].sentence > 1 or whole.value <= parts[0].value:
            continue
        if parts[0].value + rest.value < whole.value and _leaves_out(prose, whole, rest):
            continue
        if 0.67 <= (parts[0].value + rest.value) / whole.value <= 1.5 and whole.exact:
            yield whole, told_sum(prose, whole, parts)


def _leaves_out(prose: Prose, whole: Figure, rest: Figure) -> bool:
    """11人获救，司机擦伤，4名学生…，其余5人: somebody between them is told without a figure."""
    return any(not prose.of_clause(index) for index in range(whole.clause + 1, rest.clause))


def _could_remain(earlier: Sequence[Figure], rest: Figure) -> bool:
    """Whether some whole less the parts after it leaves what is said to be left."""
    recent = earlier[-12:]
    for at, whole in enumerate(recent):
        later = recent[at + 1 :]
        if any(
            agrees([*later[a:b], rest], whole)
            for a in range(len(later))
            for b in range(a, len(later) + 1)
        ):
            return True
        if any(agrees([one, rest], whole) for one in recent) or agrees([rest], whole):
            return True
    return False


def divided(prose: Prose) -> Iterator[tuple[Figure, Hint]]:
    """检查12座桥梁: 9座良好，4座存在病害; what is good and what is not make the whole."""
    for at, first in enumerate(prose.figures):
        after = prose.figures[at + 1 : at + 2]
        if first.each or not first.exact or not after or after[0].unit != first.unit:
            continue
        if not _GOOD.search(prose.words(first.clause)):
            continue
        if _BAD.search(prose.words(first.clause)):
            continue
        parts = _divisions(prose, prose.figures[at : at + 4])
        here = first.sentence
        earlier = prose.before_place(first.unit, first.at)
        wholes = [one for one in earlier if here - one.sentence <= 1][-1:]
        if len(parts) < 2 or not wholes or any(agrees(parts, one) for one in earlier):
            continue
        later = prose.after_place(first.unit, parts[-1].end)
        if any(one.sentence == here for one in later) or not wholes[0].exact:
            continue
        share = sum(one.value for one in parts) / max(wholes[0].value, 1e-9)
        under = any(_UNDER_WAY.search(prose.words(one.clause)) for one in parts)
        smaller = max(one.value for one in parts) < wholes[0].value
        if smaller and (1.0 if under and len(parts) < 3 else 0.8) <= share <= 1.34:
            yield wholes[0], told_sum(prose, wholes[0], parts)


def _divisions(prose: Prose, figures: Sequence[Figure]) -> list[Figure]:
    """The first figure and those after it up to one of what is not good; [] if there is none."""
    found = [figures[0]]
    for one in figures[1:]:
        last = found[-1]
        near = one.clause != last.clause and one.clause - last.clause <= 2
        if one.unit != last.unit or one.each or not one.exact or not near:
            break
        if one.sentence != last.sentence:
            break
        found.append(one)
    while len(found) > 1 and not _BAD.search(prose.words(found[-1].clause)):
        found.pop()
    return found if len(found) > 1 else []
