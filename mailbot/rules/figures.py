"""Figures of Chinese prose with their counters: 4.8万件 is 48,000 件, give or take 500.

One pass cuts the text into clauses and reads every Arabic figure that has a counter. A figure
is an interval, because prose rounds: 4.8万 may be 47,500 to 48,500, 30余 is 30 to 39, 约200 is
180 to 220. What the intervals allow is no disagreement.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

_COUNTERS = """
平方公里 平方千米 平方米 立方米 公顷 公里 千米 厘米 毫米 千瓦时 公斤 千克 吨 升 米 ㎡ 亩
个百分点 % ％ 元 人次 台次 辆次 车次 处次 座次 个次 批次 件次 家次 户次 场次 条次
起 处 件 家 户 座 名 人 位
台 辆 项 条 份 块 张 株 棵 盏 套 次 期 场 栋 幢 宗 卷 部 支 盒 瓶 例 枚 顶 根 只 头 篇 幅 杆 组 袋
桶 间 所 类 种 批 册 箱 面 把 艘 架 节 段 片 口 本 班 队 天 小时 分钟 个月 个工作日 个
"""
_SAME = {"名": "人", "位": "人", "㎡": "平方米", "％": "%", "千米": "公里", "棵": "株", "幢": "栋"}


def _either(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longer first; the first sign tells which to try."""
    endings: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        endings.setdefault(word[0], []).append(re.escape(word[1:]))
    alone = "".join(head for head, after in endings.items() if after == [""])
    longer = (f"{head}(?:{'|'.join(after)})" for head, after in endings.items() if after != [""])
    return "|".join((f"[{alone}]", *longer))


_FIGURE = re.compile(  # begins with the class it is searched by: a lookbehind first costs more
    r"(\d(?<![\d.·A-Za-z〔第]\d)(?:\d{0,2}(?:,\d{3}){1,3}|\d{0,8}+))(\.\d{1,4})?(万|亿|千|百)?(余|多|来)?"
    rf"({_either(_COUNTERS.split())})(多(?!少)|左右|上下|以上|以下|以内)?"
)
_BREAK = re.compile(r"[，,、；;：:。！？!?\n（）()]")
_PLAIN_STOPS = frozenset("，,、；;：:")  # neither brackets nor ends of a sentence
_ABOUT = re.compile(r"(?:大约|大概|约|近|将近|接近|上下|预计|估计|平均|计划|力争|可达)[为达有]?$")
_OPEN = re.compile(r"(?:超过?|逾|突破|不少于|不低于|至少|高于|大于|以上|多于)$")
_BOUND = re.compile(r"(?:不足|不到|不超过|少于|低于|小于|不高于|不大于|最多|至多)$")
_EACH = re.compile(r"[每均][^，。；、\d]{0,8}$|最[大小高低多少快慢长深][^，。；、\d]{0,6}$")
_ALL = re.compile(r"(?<![平日月年人户周天])均(?:[已为有在由按可能是]|[^，。；、\d]{2,8}$)")
_MAGNITUDE = {"万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2}
_INFINITE = float("inf")
_MOST = 600  # figures of one draft; a table of thousands is not prose
_LOOKED_AT = 40  # figures looked back or on at
_BESIDE = 8  # figures on either side that a change may compare
_LONG, _NEAR = 200, 40  # characters of a clause, and on either side of a figure
_CLOSE = 12  # characters before a figure that make it about so much, at least, or each
_RANGE = "至到—-~～─"
_LAST_SIGNS = frozenset("约概近计均划争达为有过超逾破于到低足少多上接")


class Clause(NamedTuple):
    """Words between two stops.

    Attributes:
        stop: The stop that ends it, "" at the end of the text.
        nested: Within brackets.
    """

    start: int
    end: int
    stop: str
    sentence: int
    paragraph: int
    nested: bool


class Figure(NamedTuple):
    """A number with its counter, as the interval it may mean.

    Attributes:
        at, end: Place in the text.
        unit: Counter, the same for 名 and 人; the magnitude is in the value.
        scale: 10,000 where it was written with 万, to write sums the same way.
        step: What the last written digit counts.
        each: An average, a share of one (每组16人, 日均850吨) or a record: no part of a sum.
        before, after: Words of its clause on either side, `_NEAR` of them at most.
    """

    at: int
    end: int
    value: float
    low: float
    high: float
    unit: str
    written: str
    scale: float
    step: float
    clause: int
    sentence: int
    each: bool
    before: str
    after: str

    @property
    def exact(self) -> bool:
        """Neither rounded nor about."""
        return self.low == self.high

    @property
    def about(self) -> bool:
        """Rounded more than its last digit says: 30余, 约200, 50以上."""
        return self.high - self.low > self.step * 1.001

    def said(self, value: float) -> str:
        """A value written as this figure is: 6.2万平方米."""
        number = f"{abs(value) / self.scale:.4f}".rstrip("0").rstrip(".")
        return f"{number}{_WRITTEN.get(self.scale, '')}{self.written}"


_tuple = tuple.__new__  # half of what Clause(...) costs, for the thousands of a long text
_WRITTEN = {number: sign for sign, number in _MAGNITUDE.items()}


class Prose:
    """A text with its clauses and figures, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.clauses = _clauses(text)
        self._starts = [clause.start for clause in self.clauses]
        self.figures = self._read()
        self._places = [figure.at for figure in self.figures]

    def clause_at(self, at: int) -> int:
        """Index of the clause a place stands in."""
        return max(0, bisect_right(self._starts, at) - 1)

    def words(self, index: int) -> str:
        """Words of a clause, those of a clause without end cut."""
        clause = self.clauses[index]
        return self.text[clause.start : min(clause.end, clause.start + _LONG)]

    def of_clause(self, index: int) -> Sequence[Figure]:
        """Figures of a clause."""
        return self._by_clause.get(index, ())

    def of_unit(self, unit: str) -> Sequence[Figure]:
        """Figures with a counter, averages left out."""
        return self._by_unit.get(unit, ())

    def from_(self, place: int) -> Sequence[Figure]:
        """Figures from a place on."""
        return self.figures[bisect_left(self._places, place) :][:_LOOKED_AT]

    def around(self, figure: Figure) -> Sequence[Figure]:
        """A figure and its neighbours on either side."""
        at = bisect_left(self._places, figure.at)
        return self.figures[max(0, at - _BESIDE) : at + _BESIDE]

    def earlier(self, figure: Figure) -> Sequence[Figure]:
        """The last figures before one."""
        at = bisect_left(self._places, figure.at)
        return self.figures[max(0, at - _LOOKED_AT) : at]

    def before_place(self, unit: str, place: int) -> Sequence[Figure]:
        """The last figures with a counter before a place, averages left out."""
        found = self.of_unit(unit)
        end = bisect_left(found, place, key=_place)
        return found[max(0, end - _LOOKED_AT) : end]

    def after_place(self, unit: str, place: int) -> Sequence[Figure]:
        """The next figures with a counter from a place on, averages left out."""
        found = self.of_unit(unit)
        start = bisect_left(found, place, key=_place)
        return found[start : start + _LOOKED_AT]

    def sentence_start(self, figure: Figure) -> int:
        """Where the sentence of a figure begins, looked for a few clauses back."""
        first = figure.clause
        here = self.clauses[first].sentence
        while first and figure.clause - first < _LOOKED_AT:
            if self.clauses[first - 1].sentence != here:
                break
            first -= 1
        return self.clauses[first].start

    @cached_property
    def _by_clause(self) -> dict[int, list[Figure]]:
        found: dict[int, list[Figure]] = {}
        for figure in self.figures:
            found.setdefault(figure.clause, []).append(figure)
        return found

    @cached_property
    def _by_unit(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            if not figure.each:
                found.setdefault(figure.unit, []).append(figure)
        return found

    def _read(self) -> list[Figure]:
        return [self._figure(hit) for hit in islice(_FIGURE.finditer(self.text), _MOST)]

    def _figure(self, hit: re.Match[str]) -> Figure:
        at, end = hit.start(), hit.end(5)
        number, decimals, magnitude, _, counter, _ = hit.groups("")
        index = self.clause_at(at)
        clause = self.clauses[index]
        before = self.text[max(clause.start, at - _NEAR) : at]
        scale = _MAGNITUDE.get(magnitude, 1.0)
        value = float(number.replace(",", "") + decimals) * scale
        step = scale * 10 ** (1 - len(decimals)) if decimals else scale
        low, high = _bounds(hit, before[-_CLOSE:], value, step)
        unit, each = _SAME.get(counter, counter), _is_each(before[-_CLOSE:])
        after = self.text[end : min(clause.end, end + _NEAR)]
        interval, place = (value, low, high), (index, clause.sentence)
        return Figure(at, end, *interval, unit, counter, scale, step, *place, each, before, after)


def _place(figure: Figure) -> int:
    return figure.at


def _is_each(before: str) -> bool:
    if "每" in before or "均" in before or "最" in before:
        return bool(_EACH.search(before)) and not _ALL.search(before)
    return False


def _bounds(hit: re.Match[str], before: str, value: float, step: float) -> tuple[float, float]:
    """The interval a written figure may mean."""
    number, decimals, magnitude, more, _, bound = hit.groups()
    marked = before[-1:] in _LAST_SIGNS
    if (
        bound == "以上"
        or _ranged(hit.string, hit.start(), hit.end())
        or (marked and _OPEN.search(before))
    ):
        return 0.0, _INFINITE
    if bound in ("以下", "以内") or (marked and _BOUND.search(before)):
        return 0.0, value
    if more or bound == "多":
        zeros = len(number) - len(number.rstrip("0")) if not decimals else 0
        return value, value + step * 10**zeros
    if bound or (marked and _ABOUT.search(before)):
        return value * 0.85, value * 1.15
    half = step / 2 if decimals or magnitude else 0.0
    return value - half, value + half


def _ranged(text: str, start: int, end: int) -> bool:
    """80至89分, 15个到20个: the ends of a range."""
    if start > 1 and (sign := text[start - 1]) in _RANGE:
        first = text[start - 2]
        if sign not in "至到" or first.isdigit() or first == "—":
            return True
    return end + 1 < len(text) and text[end] in _RANGE and text[end + 1].isdigit()


def _clauses(text: str) -> list[Clause]:
    found: list[Clause] = []
    start = depth = sentence = paragraph = 0
    for hit in _BREAK.finditer(text):
        at = hit.start()
        stop = text[at]
        if stop in ",:" and _within_digits(text, at):
            continue
        found.append(_tuple(Clause, (start, at, stop, sentence, paragraph, depth > 0)))
        start = at + 1
        if stop in _PLAIN_STOPS:
            continue
        if stop in "（(":
            depth += 1
        elif stop in "）)":
            depth = max(0, depth - 1)
        else:
            sentence, depth = sentence + 1, 0 if stop == "\n" else depth
            paragraph += stop == "\n"
    found.append(Clause(start, len(text), "", sentence, paragraph, depth > 0))
    return found


def _within_digits(text: str, at: int) -> bool:
    """1,200 and 9:30."""
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return len(around) > 1 and around.isdigit()


def difference(parts: Sequence[Figure], whole: Figure) -> float:
    """By how much parts surely pass (or, negative, surely miss) a whole; 0 if they may agree."""
    low, high = sum(part.low for part in parts), sum(part.high for part in parts)
    loose = sum(not part.exact for part in parts) > 1
    grain = -1e-6 * whole.step if loose else 1e-6 * whole.step
    if low - whole.high > grain or whole.low - high > grain:
        return sum(part.value for part in parts) - whole.value
    return 0.0


def agrees(parts: Sequence[Figure], whole: Figure) -> bool:
    """Whether parts may add up to a whole."""
    return difference(parts, whole) == 0.0
