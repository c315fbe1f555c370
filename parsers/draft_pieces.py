"""Several drafts in one text: "信息一", "信息二" below each other in one file or mail.

A text is cut only where its author numbered the pieces. Where a second title merely
seems to stand below a first 落款, the text stays whole and the office is told: a draft
cut in two by mistake is worse than two that somebody has to part.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.facts import Block
from parsers.segment_credits import labelled
from parsers.segment_lines import date_of, unit_and_date
from parsers.segment_names import is_unit
from parsers.segment_parts import Line, lines_of
from parsers.segment_titles import is_title

SEEMS_SEVERAL = "文件中似有多篇稿件，请核对。"
CUT_APART = "来稿含多篇稿件，已按“信息一、信息二”等标记分开，文中图片请核对归属。"

_NUMBER = "一二三四五六七八九十"
_MARK = re.compile(
    rf"[【\[（(《]?\s*(?:(?:报送)?(?:信息稿?|稿件|简讯|文稿)\s*(?:之|第)?(?P<after>[{_NUMBER}]{{1,3}}|\d{{1,2}})"
    rf"|第\s*(?P<before>[{_NUMBER}]{{1,3}}|\d{{1,2}})\s*(?:篇|则))\s*(?:[】\]）)》]\s*[：:]?\s*|[：:、.．]\s*|\s+|$)"
)
_MOST_LINES = 5_000
_MOST_PIECES = 50
_SHORTEST_PIECE = 60  # characters
_LONGEST_MARK_LINE = 90
_PREFACE = 120  # characters above the first mark: a heading, a greeting


def pieces_of(blocks: Sequence[Block]) -> list[tuple[Block, ...]]:
    """The drafts of a text whose author numbered them; the text itself where he did not."""
    lines = lines_of(blocks)[:_MOST_LINES]
    starts = _starts(lines)
    if len(starts) < 2 or len("".join(line.text for line in lines[: starts[0]])) > _PREFACE:
        return [tuple(blocks)]
    ends = [*starts[1:], len(lines)]
    pieces = [_piece(lines[at:end]) for at, end in zip(starts, ends, strict=True)]
    if any(sum(len(block.text) for block in piece) < _SHORTEST_PIECE for piece in pieces):
        return [tuple(blocks)]
    return pieces


def _starts(lines: Sequence[Line]) -> list[int]:
    """Lines that begin piece one, two, three and so on."""
    starts: list[int] = []
    for at, line in enumerate(lines):
        number = _number(line)
        if number == len(starts) + 1:
            starts.append(at)
        elif number:
            return []  # "信息三" after "信息一", or one twice: no numbering of pieces
    return starts if len(starts) <= _MOST_PIECES else []


def _number(line: Line) -> int:
    if line.in_table or len(line.text) > _LONGEST_MARK_LINE or "。" in line.text:
        return 0
    match = _MARK.match(line.text)
    if match is None:
        return 0
    digits = match["after"] or match["before"]
    return int(digits) if digits.isdecimal() else _chinese(digits)


def _chinese(digits: str) -> int:
    """Up to 九十九; 0 for what is no number."""
    tens, ten, ones = digits.rpartition("十")
    values = {char: value for value, char in enumerate(_NUMBER, 1)}
    if not ten:
        return values[ones] if len(ones) == 1 else 0
    return 10 * (values.get(tens, 0) if tens else 1) + (values.get(ones, 0) if ones else 0)


def _piece(lines: Sequence[Line]) -> tuple[Block, ...]:
    first = lines[0]
    match = _MARK.match(first.text)
    assert match is not None
    rest = first.cut(match.end(), len(first.text))
    title = [replace(rest.block, kind="title")] if rest else []
    return (*title, *(line.block for line in lines[1:]))


def seems_several(body: Sequence[Block]) -> bool:
    """Whether a 落款 or 供稿 in the middle is followed by another title and its text."""
    lines = lines_of(body)[:_MOST_LINES]
    return any(
        _ends_draft(lines, at)
        and is_title(lines[at + 1], lines[at + 2])
        and sum(len(line.text) for line in lines[at + 2 :]) >= _SHORTEST_PIECE
        for at in range(1, len(lines) - 2)
    )


def _ends_draft(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    if line.in_table:
        return False
    if unit_and_date(line.text) or labelled(line.text):
        return True
    return bool(date_of(line.text)) and is_unit(lines[at - 1].text)
