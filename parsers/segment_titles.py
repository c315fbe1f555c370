"""Which line is a title, and what a file name or a subject says of it."""

import re

from parsers.segment_lines import KIND_WORDS
from parsers.segment_names import is_unit
from parsers.segment_parts import Line, core

_LONGEST_TITLE = 60
_LONGEST_FORMATTED_TITLE = 90
_SHORTEST_HINT = 6

_NUMBERED = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．，,]|[（(]\d{1,2}[）)]|\d{1,2}[、.．](?!\d)|第[一二三四五六七八九十]{1,3}[章节条部]"
    r"|[①-⑳]|[一二三四五六七八九]是|首先|其次|一方面|[●•◆■▪➤·*-]\s)"
)
_ENDS_LIKE_TEXT = re.compile(r"[。；;，,、：:…]$")
# How news begins; a title may begin so too, but has no comma after it.
_OPENING = re.compile(
    r"(?:近日|日前|近期|连日来|今年以来|近年来|今日|昨日|今天|昨天|昨晚|今晨|截至|目前"
    r"|\d{1,4}\s*年?\s*\d{1,2}\s*[月日]|\d{1,2}月)[^。，,]{0,40}[，,]"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_UNFINISHED = re.compile(
    r"(?:[、，“《（(和与及暨的关于对开展推进在为]|关于|开展|推进|进一步|深入|加强|组织|积极)$"
)
_UNIT_START = re.compile(r".{2,16}?(?:局|大队|中心|环卫处|市政处|办公室|科)")
_SUBTITLE = re.compile(r"(?:[-—–－]{1,3}|副标?题[：:]).*")
_PARENTHESIS = re.compile(r"[（(][^（）()。]{2,40}[）)]")

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_NAME_NOISE = re.compile(
    r"^(?:\s*(?:(?:回复|转发|答复|re|fw|fwd)\s*[：:]|[【\[（(][^】\]）)]{1,12}[】\]）)]|\d{1,3}\s*[.、．_-]\s*"
    r"|(?:信息|稿件|信息稿件?|投稿|报送|上报|标题|附件)\s*\d{0,2}\s*[：:—_-]+))+",
    re.IGNORECASE,
)
_NAME_TAIL = re.compile(
    r"(?:[（(][^（）()]{0,12}[）)]|定稿|终稿|最终[版稿]?|修改[稿版]?|初稿|审签稿?|副本"
    r"|20\d{2}[.\d年月日号-]{0,10})$"
)
_MOST_TAILS = 5
_LONGEST_NAME = 200
_NAME_EDGE = " \t\u3000-_—：:,，.。"
_QUOTED_TITLE = re.compile(r"《([^《》]{6,60})》")
_GENERIC = re.compile(
    rf"新建|文本|文档|无标题|未命名|信息|稿件?|投稿|报送|上报|附件|材料|正文|工作|简报|专报|资料|有关|相关|月份?|篇|年|期|第|"
    rf"[一二三四五六七八九十]|的|{KIND_WORDS}|局|市|区|县|科|处|办|doc|wps|word|microsoft"
)


def is_numbered(text: str) -> bool:
    """A section heading or item: "一、", "（二）", "1.", "一是"."""
    return _NUMBERED.match(text) is not None


def is_title(line: Line, following: Line | None) -> bool:
    """Whether a line at the head may be the title of what follows it."""
    text = line.text
    longest = _LONGEST_FORMATTED_TITLE if line.formatted_as_title else _LONGEST_TITLE
    if following is None or line.in_table or not 3 <= len(text) <= longest:
        return False
    if line.formatted_as_title:
        text = text.removesuffix("。")  # a slip of the typist, the format tells
    if len(_HAN.findall(text)) < 3 or is_numbered(text) or _ENDS_LIKE_TEXT.search(text):
        return False
    if "。" in text or "；" in text or _OPENING.match(text):
        return False
    return not _is_wrapped_text(text, following.text)


def _is_wrapped_text(text: str, following: str) -> bool:
    """The first of several lines broken at the same width, as in old text files."""
    return "，" in text and len(text) >= 18 and abs(len(text) - len(following)) <= 2


def is_subtitle(text: str) -> bool:
    """副题: "——以南城片区为例", or a bracket below the title."""
    return len(text) <= _LONGEST_TITLE and (
        _SUBTITLE.fullmatch(text) is not None or _PARENTHESIS.fullmatch(text) is not None
    )


def continues_title(title: Line, line: Line, hints: tuple[str, ...]) -> bool:
    """Whether the next title-like line belongs to the same title."""
    joined = core(title.text + line.text)
    of_unit = is_unit(title.text) and line.text.startswith("关于")
    if of_unit or any(joined in hint for hint in hints):
        return True
    if any(core(title.text) == hint or core(line.text) == hint for hint in hints):
        return False
    if title.block.bold and line.block.bold and not title.block.centred:
        return True
    if title.block.centred or title.block.kind == "title":
        return line.block.centred == title.block.centred and line.block.kind == title.block.kind
    if is_unit(title.text):
        return not _UNIT_START.match(line.text)
    return _UNFINISHED.search(title.text) is not None or _opens_more_than_closes(title.text)


def _opens_more_than_closes(text: str) -> bool:
    return any(text.count(left) > text.count(right) for left, right in ("“”", "《》", "（）"))


def hint_from_name(name: str) -> str:
    """What a file name or subject says the title is; "" where it says nothing."""
    text = _SUFFIX.sub("", name.strip()[:_LONGEST_NAME])
    quoted = _QUOTED_TITLE.search(text)
    if quoted:
        return quoted[1].strip()
    text = _NAME_NOISE.sub("", text).strip(_NAME_EDGE)
    for _ in range(_MOST_TAILS):
        text = _NAME_TAIL.sub("", text).strip(_NAME_EDGE)
    telling = _GENERIC.sub("", text)
    if is_unit(text) or len(_HAN.findall(telling)) < 4:
        return ""
    return text


def hint_cores(*hints: str) -> tuple[str, ...]:
    """Hints as they are compared with lines."""
    return tuple(key for key in map(core, hints) if len(key) >= _SHORTEST_HINT)


def is_hinted(text: str, hints: tuple[str, ...]) -> bool:
    """Whether a line says what a file name or subject says, and hardly more."""
    key = core(text)
    return len(key) >= _SHORTEST_HINT and any(
        key in hint or (hint in key and len(key) <= 2 * len(hint)) for hint in hints
    )
