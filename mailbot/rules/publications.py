"""Publications of annex 1 and leaders' 批示, found by the words a clerk uses.

Nothing is guessed: a name that two levels share is asked about, a name that is
nearly right is offered, and a form the publication does not have is refused.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mailbot.notice import Instruction, Notice, Publication
from mailbot.rules.likeness import nearest

Form = Literal["issue", "item", "mention"]
FORMS: dict[Form, str] = {"issue": "专刊", "item": "单条", "mention": "综合或标题"}
CLAUSE = "附件1"

# 三: further channels; annex 1 gives them no points and annex 2 no adoption to count.
BRIEFINGS, MEDIA = "工作简报", "新闻媒体"
CHANNELS: dict[str, str] = {
    "城管动态": BRIEFINGS,
    "达州晚报": MEDIA,
    "达州日报": MEDIA,
    "达州电视台": MEDIA,
    "川观新闻": MEDIA,
    "达州发布": MEDIA,
    "达州观察": MEDIA,
    "掌上达州": MEDIA,
    "达州城管": MEDIA,
}
# Head of annex 2: the publications each column is written for.
COLUMNS: dict[str, int] = {
    "达州要情": 1,
    "政务快讯": 1,
    "每周住建资讯": 1,
    "达州信息专报": 2,
    "工作情况交流": 2,
    "要情专报": 2,
    "住建专题资讯": 2,
}
_FORM_WORDS: dict[str, Form] = {
    "专刊": "issue",
    "专报": "issue",
    "整刊": "issue",
    "单条": "item",
    "单篇": "item",
    "单独": "item",
    "综合": "mention",
    "标题": "mention",
    "综合或标题": "mention",
}
_MARKS = re.compile(r"[\s《》〈〉“”\"'「」（）()【】\[\]、，,。:：;；·]+")
_NEAR = 55
_MOST_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a name was not understood, and what to write instead (Chinese)."""

    because: str


def bare(words: str) -> str:
    """A name without brackets, blanks and differences of width."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", words))


def form_of(word: str) -> Form | None:
    """专刊, 单条, 综合 or 标题 as the column of annex 1; None for other words."""
    return _FORM_WORDS.get(bare(word))


def full_name(publication: Publication) -> str:
    """市政府办公室《要情专报》."""
    return f"{publication.level}《{publication.name}》"


def find_publication(words: str, notice: Notice) -> Publication | str | Unclear:
    """The publication meant: a row of annex 1, the name of another channel (三), or why not."""
    wanted = bare(words)
    if not wanted:
        return Unclear("没有写刊物名称，例如：达州要情")
    for channel in CHANNELS:
        if wanted == channel:
            return channel
    found = [row for row in notice.publications if wanted in _names(row)]
    if not found:
        found = [row for row in notice.publications if wanted in _names_with_level(row)]
    if len(found) == 1:
        return found[0]
    if found:
        levels = "、".join(row.level for row in found)
        example = f"{found[-1].level}{found[-1].name}"
        return Unclear(
            f"“{words}”有{len(found)}个层级（{levels}），请写明是哪一级，例如：{example}"
        )
    return Unclear(f"没有“{words}”这个刊物。{_nearest(wanted, _all_names(notice))}")


def find_form(word: str, publication: Publication) -> Form | Unclear:
    """The column of annex 1; without a word the only one the publication has."""
    offered = [form for form in FORMS if getattr(publication.points, form) is not None]
    names = "、".join(FORMS[form] for form in offered)
    if not word:
        if len(offered) == 1:
            return offered[0]
        return Unclear(f"{full_name(publication)}有{names}之分，请写明是哪一种")
    form = form_of(word)
    if form is None:
        return Unclear(f"“{word}”不是采用形式，可写：{names}")
    if form not in offered:
        return Unclear(f"附件1中{full_name(publication)}没有“{FORMS[form]}”的分值，可写：{names}")
    return form


def points_of(publication: Publication, form: Form) -> float:
    """Points of annex 1, 0 where the table has none."""
    return float(getattr(publication.points, form) or 0)


def column_of(publication: str, drafts_own: int | None) -> int | None:
    """Column of annex 2 an adoption counts in: the draft's, else the publication's."""
    return drafts_own if drafts_own in (1, 2) else COLUMNS.get(publication)


def find_leader(
    words: str, notice: Notice, among: Iterable[Publication] = ()
) -> tuple[str, float] | Unclear:
    """Whose 批示 it was, as annex 1 names it, and its points.

    `among`: publications that carried the draft; their leaders are tried first, because
    "市政府领导" of one row is "其他市领导" of another.
    """
    wanted = bare(words)
    if not wanted:
        return Unclear("没有写批示领导，例如：市委主要领导")
    for rows in (tuple(among), notice.publications):
        offered = {rule.by: rule for row in rows for rule in row.instruction}
        found = [rule for rule in offered.values() if wanted in _leader_names(rule)]
        if len({(rule.by, rule.points) for rule in found}) == 1:
            return found[0].by, found[0].points
    everyone = list(dict.fromkeys(r.by for row in notice.publications for r in row.instruction))
    near = _nearest(wanted, everyone) if _close(wanted, everyone) else ""
    hint = near or f"可写：{'；'.join(everyone)}"
    return Unclear(f"附件1没有“{words}”的批示分值。{hint}")


def _names(row: Publication) -> set[str]:
    return {bare(name) for name in (row.name, *row.aliases)}


def _names_with_level(row: Publication) -> set[str]:
    return {
        joined
        for name in _names(row)
        for level in _level_names(row.level)
        for joined in (level + name, name + level)
    }


def _level_names(level: str) -> set[str]:
    """省政府办公厅: also 省政府办 and 省政府."""
    stem = re.sub(r"办公[室厅]\Z", "", level)
    return {level, stem, f"{stem}办", f"四川{stem}" if stem.startswith("省") else level}


def _all_names(notice: Notice) -> list[str]:
    names = [name for row in notice.publications for name in (row.name, *row.aliases)]
    return [*dict.fromkeys(names), *CHANNELS]


def _leader_names(rule: Instruction) -> set[str]:
    """市委、市政府主要领导: also 市委主要领导, 市政府主要领导 and 市主要领导."""
    whole = bare(rule.by)
    names = {whole, whole.removesuffix("批示")}
    first, separator, rest = rule.by.partition("、")
    if separator:
        second = re.match(r"市政府|市委|省政府|省委", rest)
        role = rest[second.end() :] if second else rest
        names |= {first + role, (second[0] if second else "") + role, f"市{role}", role}
    return names


def _close(wanted: str, names: list[str]) -> list[str]:
    return nearest(wanted, names, least=_NEAR, most=_MOST_OFFERED)


def _nearest(wanted: str, names: list[str]) -> str:
    near = _close(wanted, names)
    return f"是否指：{'、'.join(near)}？" if near else f"可写：{'、'.join(names[:8])}等"
