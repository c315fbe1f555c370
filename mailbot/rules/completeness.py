"""What a draft must carry: title, author, sign-off, contact, unit and date (四（一）).

Something missing is told to the unit and never a reason to drop a draft.
"""

import re
from functools import cache

from mailbot.records.verdicts import Completeness, Reason
from parsers.facts import Segments

_CLAUSE = "四（一）"
_AUTHOR = re.compile(
    r"撰稿|供稿|撰写|拟稿|执笔|作者|通讯员|记者|文字|起草|编写|经办|报送人|图文|文/|文/图"
)
_BYLINE = "署名"
_BODY = re.compile(r"[一-龥]{2,24}?(?:局|委|队|处|所|站|办|科|室|中心|公司)")
_APPROVAL = re.compile(
    r"审核|审签|签发|审定|审批|审阅|一审|二审|三审|初审|复审|终审|校审|核稿|核定|分管领导|主要领导"
)
_CONTACT = re.compile(r"联系|电话|手机|座机|Tel|tel|TEL")
_PHONE = re.compile(r"0(?<!\d0)\d{2,3}[-— ]?\d{7,8}(?!\d)|1(?<!\d1)\d{10}(?!\d)")
_OF_YEAR = r"年\s{0,3}[\d一二三四五六七八九十]{1,3}月\s{0,3}[\d一二三四五六七八九十]{1,3}日"
_DATE = re.compile(
    rf"20\d{{2}}{_OF_YEAR}|二[〇○零O]二.{_OF_YEAR}|20\d{{2}}[-./]\d{{1,2}}[-./]\d{{1,2}}"
)
_GIVER = re.compile("供稿|单位")
_TAIL = 300
_HEAD = 200
_ADVICE = {
    "标题": "没有标题",
    "撰稿": "没有写明撰稿人",
    "审核签发": "没有写明审核、签发人，也没有审签扫描件",
    "联系方式": "没有联系电话",
    "落款": "没有落款单位",
    "日期": "没有落款日期",
}


def check(segments: Segments, approval_scans: tuple[str, ...] = ()) -> Completeness:
    """Which of the required parts a draft has.

    A scanned sign-off page (审签扫描件) stands for 审核签发; its own absence is not a fault
    where the text names who signed off.
    """
    there = {
        "标题": bool(segments.title.strip()),
        "撰稿": _credited(segments, _AUTHOR) or bool(_signed_by(segments)[1]),
        "审核签发": _credited(segments, _APPROVAL) or bool(approval_scans),
        "联系方式": _credited(segments, _CONTACT) or bool(_PHONE.search(_edges(segments.full))),
        "落款": bool(segments.signature_unit.strip())
        or _credited(segments, _GIVER)
        or _signed_by(segments)[0],
        "日期": bool(segments.signature_date.strip() or _DATE.search(_edges(segments.full))),
    }
    present = [name for name, found in there.items() if found]
    if approval_scans:
        present.append("审签扫描件")
    missing = [name for name, found in there.items() if not found]
    reasons = tuple(Reason(f"缺{name}", _ADVICE[name], _CLAUSE) for name in missing)
    return Completeness(tuple(present), tuple(missing), reasons)


def _credited(segments: Segments, label: re.Pattern[str]) -> bool:
    if any(label.search(name) and value.strip() for name, value in segments.credits):
        return True
    return _told_of(label).search(_edges(segments.full)) is not None


@cache
def _told_of(label: re.Pattern[str]) -> re.Pattern[str]:
    """A label with something behind it: 撰稿：李某."""
    return re.compile(rf"(?:{label.pattern})[^，。\n]{{0,6}}[:：/]\s{{0,6}}\S")


def _signed_by(segments: Segments) -> tuple[bool, str]:
    """Whether a byline such as （大竹县综合执法局 李某） names a body, and who else it names."""
    lines = [value for label, value in segments.credits if label == _BYLINE]
    people = "".join(_BODY.sub("", line) for line in lines)
    return any(_BODY.search(line) for line in lines), re.sub(r"[\W\d]{1,40}", "", people)


def _edges(full: str) -> str:
    """Head and tail, where such lines stand."""
    return full if len(full) <= _HEAD + _TAIL else f"{full[:_HEAD]}\n{full[-_TAIL:]}"
