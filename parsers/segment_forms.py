"""A draft inside a form: a table whose cells say 标题, 内容, 报送单位 and the like.

Only the cells beside 内容 are body; labels, opinions and signatures are what the form
asks for, not what the unit wrote.
"""

import re
from collections.abc import Sequence

from parsers.segment_names import squeeze
from parsers.segment_parts import Line, Parts

_TITLE = re.compile(r"(?:信息|稿件|文稿|文章)?(?:标题|题目|名称)[：:]?")
_CONTENT = re.compile(
    r"(?:(?:信息|稿件|文稿|简讯|报送|主要|事件)?(?:内容|正文|全文)|信息稿件?|稿件)(?:摘要)?[：:]?"
)
_FIELD = re.compile(
    r"(?:序号|类别|字数|备注|密级|附件|日期|时间|单位|部门|科室|电话|栏目|来源|图片)[：:]?"
    r"|.{0,8}(?:单位|部门|科室|科|人|者|员|时间|日期|电话|方式|意见|签字|签名|签发|审核|审批|审签"
    r"|类别|类型|栏目|级别|程度|渠道|编号|份数)[：:]?"
)
_EVENT = re.compile(
    r"(?:事[发件]|发生|接报).{0,6}[：:]?|地点[：:]?|(?:伤亡|处置|灾害|受灾).{0,6}[：:]?"
)
_LONGEST_LABEL = 12
_LONG_VALUE = 60
_HEADING = 60
_SHORTEST_CONTENT = 40


def form_parts(lines: Sequence[Line], parts: Parts) -> list[Line] | None:
    """The lines of the content cell; title and fields go into `parts`. None for no form."""
    if any(line.in_table and _EVENT.fullmatch(squeeze(line.text)) for line in lines):
        return None  # every field of an emergency report is its text
    kinds = [_kind(line) for line in lines]
    spread = _spread(lines, kinds)
    content = [line for line, kind in zip(lines, spread, strict=True) if kind == "content"]
    length = sum(len(line.text) for line in content)
    outside = sum(len(line.text) for line in lines if not line.in_table)
    if length < _SHORTEST_CONTENT or outside > max(_HEADING, length // 2):
        return None
    label = ""
    for line, own, kind in zip(lines, kinds, spread, strict=True):
        if own:
            label = squeeze(line.text).rstrip("：:")
        elif kind == "title":
            parts.title.append(line.text)
        elif kind == "field":
            parts.head_credits.append((label, line.text))
        elif not kind:
            parts.head_credits.append(("报头", line.text))
    return content


def _kind(line: Line) -> str:
    """What a cell labels; "" for a value and for whatever stands outside the table."""
    text = squeeze(line.text)
    if not line.in_table or len(text) > _LONGEST_LABEL:
        return ""
    for kind, pattern in (("title", _TITLE), ("content", _CONTENT), ("field", _FIELD)):
        if pattern.fullmatch(text):
            return kind
    return ""


def _spread(lines: Sequence[Line], labels: Sequence[str]) -> list[str]:
    """For every cell the label it stands below; "" outside the table, and on labels.

    A long text beside a short label was written to be read, whatever the label says.
    """
    spread: list[str] = []
    current = ""
    for line, label in zip(lines, labels, strict=True):
        current = label or current
        long = current == "field" and len(line.text) > _LONG_VALUE
        spread.append("" if label or not line.in_table else "content" if long else current)
    return spread
