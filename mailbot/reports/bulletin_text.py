"""The words of a notice (通报): its text and tables, from its figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from mailbot.records.notices import LEVELS, NoticeFigures, NoticeGroup, NoticeRow

Kind = Literal[
    "title", "number", "to", "text", "heading", "signature", "date", "first-annex", "annexes",
    "annex", "annex-title", "blank",
]  # fmt: skip
HEADS: tuple[list[str], list[str]] = (
    ["序号", "单位", "本期报送", "", "累计报送", "", "本期采用", "", "", "", "累计采用",
     "加减分", "综合得分", "名次"],
    ["", "", "①类", "②类", "①类", "②类", *LEVELS, "", "", "", ""],
)  # fmt: skip
UNKNOWN = "—"
_SIGNS = "一二三四五六七八"
_TITLE_SIGNS = 19  # 二号 on 156 mm, with some room
_NO_BRACKETS = str.maketrans({"(": "·", "（": "·", ")": "", "）": "", "/": "、"})
_TO = "各县（市、区）综合执法（住房城乡建设）部门，局属各单位，机关各科室："


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the paper and what it is."""

    kind: Kind
    text: str


def body(figures: NoticeFigures) -> Iterator[Block]:
    """Title to date and the list of annexes."""
    year = figures.written_on.year
    yield Block("title", _title(figures))
    yield Block("number", f"达市城管发〔{year}〕　　号")
    yield Block("blank", "")
    yield Block("to", _TO)
    yield Block("text", _opening(figures))
    for at, (head, lines) in enumerate(_sections(figures)):
        yield Block("heading", f"{_SIGNS[at]}、{head}")
        yield from (Block("text", line) for line in lines)
    yield Block("blank", "")
    for at, group in enumerate(figures.groups, 1):
        told = f"{at}.{annex_title(figures, group.name)}"
        yield Block("first-annex", f"附件：{told}") if at == 1 else Block("annexes", told)
    yield Block("blank", "")
    yield Block("signature", figures.office)
    day = figures.written_on
    yield Block("date", f"{day.year}年{day.month}月{day.day}日")


def _title(figures: NoticeFigures) -> str:
    """Two lines by their sense where one does not hold it (GB/T 9704 7.3.1)."""
    title, label = figures.title, figures.label
    return title if width(title) < _TITLE_SIGNS else title.replace(label, f"{label}\n", 1)


def width(text: str) -> float:
    """Width in signs; a digit is half as wide."""
    return sum(0.5 if sign.isascii() else 1 for sign in text)


def _opening(figures: NoticeFigures) -> str:
    label = figures.label
    return f"按照{figures.reference}文件关于定期通报的要求，现将{label}信息宣传工作情况通报如下："


def _sections(figures: NoticeFigures) -> Iterator[tuple[str, list[str]]]:
    yield "总体情况", list(_totals(figures))
    if figures.praised:
        lines = _numbered(f"{one.unit}：{one.because}" for one in figures.praised)
        yield "通报表扬", ["对下列单位予以通报表扬：", *lines]
    if figures.criticised:
        lines = _numbered(f"{one.unit}：{one.because}" for one in figures.criticised)
        yield "通报批评", ["对下列单位予以通报批评，取消宣传工作评优评先资格：", *lines]
    problems = list(_problems(figures))
    if problems:
        yield "存在问题", problems
    yield "工作要求", _numbered(figures.requirements)


def _numbered(lines: Iterable[str]) -> list[str]:
    return [f"{at}.{line}{'' if line.endswith('。') else '。'}" for at, line in enumerate(lines, 1)]


def _totals(figures: NoticeFigures) -> Iterator[str]:
    kinds = "、".join(f"{kind}{count}篇" for kind, count in figures.by_kind)
    joint = ""
    if figures.shares != figures.drafts:
        joint = f"（联合报送稿件按单位分别统计，合计{figures.shares}篇次）"
    detail = f"，其中{kinds}" if kinds else ""
    yield f"{figures.label}，各单位共报送稿件{figures.drafts}篇{detail}{joint}。"
    levels = "、".join(
        f"{name}{count}篇次" for name, count in zip(LEVELS, figures.adopted, strict=True) if count
    )
    taken = sum(figures.adopted)
    told = f"，其中{levels}" if taken else ""
    noted = f"获领导批示{figures.instructed}件"
    yield f"被各级信息刊物、工作简报和新闻媒体采用{taken}篇次{told}；{noted}。"
    alarms, in_time, late = figures.emergencies
    if alarms:
        rest = alarms - in_time - late
        open_ = f"、待核{rest}起" if rest else ""
        yield f"共报告突发事件{alarms}起，其中按时首报{in_time}起、超时{late}起{open_}。"


def _problems(figures: NoticeFigures) -> Iterator[str]:
    if figures.zero_units:
        names = "、".join(figures.zero_units)
        yield f"有报送任务而未报送稿件的单位{len(figures.zero_units)}个：{names}。"
    short = [row for row in figures.rows if row.owed and row.unit not in figures.zero_units]
    if short:
        names = "、".join(f"{row.unit}（{len(row.owed)}项）" for row in short)
        yield f"有到期任务未完成的单位{len(short)}个：{names}。"


def annex_title(figures: NoticeFigures, group: str) -> str:
    """Title of a group's table; the group's own brackets would stand inside brackets."""
    named = group.translate(_NO_BRACKETS)
    return f"{figures.label}信息报送和采用情况表（{named}）"


def table_rows(group: NoticeGroup) -> list[list[str]]:
    """The cells of a group's table, then its sum."""
    return [*(_cells(row) for row in group.rows), _sum(group.rows)]


def _cells(row: NoticeRow) -> list[str]:
    return [
        str(row.place),
        row.unit,
        *(str(n) for n in (row.short, row.long, row.short_year, row.long_year)),
        *(str(n) for n in row.adopted),
        str(row.adopted_year),
        f"{row.points:+g}" if row.points else "0",
        UNKNOWN if row.composite is None else f"{row.composite:g}",
        UNKNOWN if row.rank is None else str(row.rank),
    ]


def _sum(rows: tuple[NoticeRow, ...]) -> list[str]:
    def total(values: Iterable[int]) -> str:
        return str(sum(values))

    columns = [
        total(row.short for row in rows),
        total(row.long for row in rows),
        total(row.short_year for row in rows),
        total(row.long_year for row in rows),
        *(total(row.adopted[at] for row in rows) for at in range(len(LEVELS))),
        total(row.adopted_year for row in rows),
    ]
    return ["", "合计", *columns, "", "", ""]
