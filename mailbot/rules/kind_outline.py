"""How a body is built: headings, lists, paragraph heads, comparisons (二).

Not what a draft says but how it goes about it: a way of working is told in parallel
paragraphs with figures of before and after, a problem with figures of what is missing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_WIDTHS = tuple(zip("０１２３４５６７８９,;:?!()", "0123456789，；：？！（）", strict=True))
_HEADING = re.compile(
    r"[\n。；][ \t　]{0,8}((?:[一二三四五六七八九十]{1,2}、|（[一二三四五六七八九十]{1,2}）"
    r"|第[一二三四五六七八九十][，、]|\d{1,2}[.、．])[^。\n；]{2,40})"
)
_LEAD = re.compile(
    r"[。；：\n][ \t　]{0,8}(?:[一二三四五六七八九十]{1,2}[是、]|（[一二三四五六七八九十]）"
    r"|\d{1,2}[.、])?([^，。；：、\n]{2,14})(?=[，。；：])"
)
_PARAGRAPH_HEAD = re.compile(r"\n[ \t　]{0,8}([^，。；：、！？\n]{2,14}[。：！？])(?=[^\n]{20})")
_MOST_LEADS = 200
_FIRST = re.compile(r"一是|其一")
_NEXT = {"一是": ("二是", "三是"), "其一": ("其二", "其三")}
_LIST_REACH = 1200
_INTRO = 60
_MOST_LISTS = 20
_SHORT_LEAD = 9
_PARALLEL = 3
_STEP = re.compile(
    r"第[一二三四五六](?:招|件事|步|段|个办法|条措施|道(?:关|防线)?|张|环)(?=[，,：是。、])"
)
_TO = (
    "减至|减到|减少到|降到|降至|降为|降低到|下降到|下降为|升到|升至|升为|上升到|增至|增到|增加到"
    "|提高到|提升到|缩短为|缩短到|缩短至|扩为|扩大到|压缩到|压到"
)


def _each(words: str, then: str) -> str:
    """Each of the words with what follows: by their first characters `re` skips what is none."""
    return "|".join(word + then for word in words.split("|"))


_CONTRAST = re.compile(
    _each("由|从|比", rf"[^，。；\n]{{1,18}}(?:{_TO})")
    + "|"
    + _each(
        "下降|减少|提高|提升|增长|上升|增加|缩短|节约|少了|多了",
        r"了?(?:约|近)?"
        r"(?:\d{1,4}(?:\.\d{1,2})?(?:%|‰|天|个百分点|倍)|[一二三四五六七八九两]成|一半|一倍|过半)",
    )
)
_LACK = "|".join(
    (
        _each(
            "仅|只有|不足|不到|缺口|超期|失效|空置|闲置|空关",
            r"[^，。；\n]{0,12}?(?:\d[\d.]{0,6}[%‰]?|[一二三四五六七八九两]成)",
        ),
        _each("无人|没有人|没人", r"[^，。；\n]{1,8}"),
        r"尚未[^，。；\n]{2,12}",
        r"没有(?:申请|执法|处罚|归集|法律|专门|统一)[^，。；\n]{1,10}",
    )
)
_FAULT = re.compile("失效|断电|超期|缺失|破损|没有|空置|不愿|担心|怀疑")
_FIGURE_BEFORE = re.compile(r"\d[^，。；\n]{0,8}\Z")
_FIGURE_REACH = 9
_DEFICIT = re.compile(_LACK)
_DEFICIT_OR_COUNTED = re.compile(rf"{_LACK}|\d[^，。；\n]{{0,8}}(?:{_FAULT.pattern})")


@dataclass(frozen=True, slots=True)
class Outline:
    """How a body is built.

    Attributes:
        headings: Numbered headings, in order, cut at their first sentence.
        lists: For each 一是…二是…三是 the sentence it hangs on.
        leads: Short first clauses of sentences, such as 建机制 or 经费不足.
        heads: Short first sentences of paragraphs, where at least three have one.
        steps: 第一招, 第二件事 …: points counted as steps of a way of working.
        contrasts: Before and after: 由12件降到2件, 下降三成.
        deficits: Figures of what is missing: 仅3.7%, 缺口18万元, 无人承担.
        parallel: What at least three leads share, as “首同：列” or “尾同：法”.
    """

    headings: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    deficits: tuple[str, ...] = ()
    parallel: tuple[str, ...] = ()


def flattened(text: str) -> str:
    """Half-width digits and full-width punctuation: one form for the cues to meet."""
    for sign, meant in _WIDTHS:
        text = text.replace(sign, meant)
    return text


def outline(body: str) -> Outline:
    """Headings and enumerations of a body, whether or not lines were kept."""
    flat = flattened(body)
    lines = f"\n{flat}"  # the first line begins as all others do
    headings = tuple(found[1].strip() for found in _HEADING.finditer(lines))
    lists = []
    for found in _FIRST.finditer(flat):
        second, third = _NEXT[found[0]]
        after = flat.find(second, found.end(), found.end() + _LIST_REACH)
        if after >= 0 and flat.find(third, after, after + _LIST_REACH) >= 0:
            before = flat[max(0, found.start() - _INTRO) : found.start()].rstrip(" \n\t　")
            lists.append(_last_sentence(before) + found[0])
        if len(lists) >= _MOST_LISTS:
            break
    leads = tuple(found[1] for found in islice(_LEAD.finditer(lines), _MOST_LEADS))
    heads = tuple(found[1] for found in islice(_PARAGRAPH_HEAD.finditer(lines), _MOST_LISTS))
    deficit = _DEFICIT_OR_COUNTED if _counts_faults(flat) else _DEFICIT
    return Outline(
        headings=headings,
        lists=tuple(lists),
        leads=leads,
        heads=heads if len(heads) >= _PARALLEL else (),
        steps=_first_of(_STEP.finditer(flat)),
        contrasts=_first_of(_CONTRAST.finditer(flat)),
        deficits=_first_of(deficit.finditer(flat)),
        parallel=_parallel(leads),
    )


def _counts_faults(flat: str) -> bool:
    """12盏路灯断电: a few texts do, and only these are searched from figure to figure."""
    return any(
        _FIGURE_BEFORE.search(flat, max(0, fault.start() - _FIGURE_REACH), fault.start())
        for fault in _FAULT.finditer(flat)
    )


def _first_of(matches: Iterator[re.Match[str]]) -> tuple[str, ...]:
    return tuple(found[0] for found in islice(matches, _MOST_LISTS))


def _parallel(leads: tuple[str, ...]) -> tuple[str, ...]:
    """Headings without numbers: leads that begin or end alike, as in 材料做减法…环节做除法."""
    short = [lead.strip('“”"') for lead in leads if len(lead) <= _SHORT_LEAD]
    if len(short) < _PARALLEL:
        return ()
    ends = {
        "首同": Counter([lead[:1] for lead in short]),
        "尾同": Counter([lead[-1:] for lead in short]),
    }
    return tuple(
        f"{where}：{sign}"
        for where, counted in ends.items()
        for sign, times in counted.items()
        if times >= _PARALLEL and "\u4e00" <= sign <= "\u9fff"
    )


def _last_sentence(before: str) -> str:
    """The lead of a list; it may end with the very stop before 一是."""
    body = before.rstrip("。：；，")
    cut = max(body.rfind("。"), body.rfind("\n"))
    return body[cut + 1 :] + "，"
