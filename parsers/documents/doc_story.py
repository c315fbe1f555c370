"""One story of a binary Word document turned into blocks."""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.documents.doc_formatting import MAX_SPANS, CharacterLook, ParagraphLook, Runs
from parsers.documents.doc_pieces import PieceText, whole_characters
from parsers.documents.equation_fields import shown
from parsers.documents.looks import PLAIN, Look, kind_and_level
from parsers.documents.refusals import too_large
from parsers.documents.symbols import without_private_symbols
from parsers.facts import Block, BlockKind

MAX_BLOCKS: Final = 100_000

_CONTROLS: Final = re.compile("[\x00-\x08\x0a-\x1f]")
_BEGIN, _SEPARATE, _END = "\x13", "\x14", "\x15"
_ENDS: Final = frozenset("\r\x07\x0c")
_REPLACED: Final = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\n": "\n"}
_CELL_END: Final = "\x07"


@dataclass(frozen=True, slots=True)
class Formatting:
    """Where the properties are; all empty for Word 6 and 95."""

    paragraphs: Runs[ParagraphLook]
    styles: Sequence[Look]
    deleted: Sequence[tuple[int, int]] = ()  # CP spans, sorted, apart
    bold: Sequence[tuple[int, int, bool]] = ()  # CP spans with an explicit value, sorted


@dataclass(slots=True)
class _Line:
    """The paragraph being put together."""

    start: int
    parts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    line: _Line
    start: int  # -1 once the code was dropped
    shown: str = ""  # what an equation's code draws
    result: int = 0  # where the result begins


class StoryReader:
    """Cuts stories into blocks: deleted text and field codes dropped."""

    def __init__(self, source: PieceText, formatting: Formatting, max_chars: int) -> None:
        self._source = source
        self._formatting = formatting
        self._left = max_chars
        self._bold_starts = [span[0] for span in formatting.bold]
        self.blocks: list[Block] = []

    def read(self, start: int, end: int, place: BlockKind = "paragraph") -> None:
        """Read the characters of one story; raises Refused beyond the limits."""
        text = self._source.text
        line, fields = _Line(start), list[_Field]()
        for begin, stop, deleted in self._segments(start, min(end, len(text))):
            at = begin
            for found in _CONTROLS.finditer(text, begin, stop):
                if not deleted:
                    line.parts.append(text[at : found.start()])
                at = found.end()
                char = found[0]
                if char in (_BEGIN, _SEPARATE, _END):
                    _follow_field(char, line, fields)
                elif not deleted and char in _ENDS:
                    line = _Line(at, self._close(line, found.start(), char, place))
                elif not deleted:
                    line.parts.append(_REPLACED.get(char, ""))
            if not deleted:
                line.parts.append(text[at:stop])
        if any(line.parts):
            self._close(line, end - 1, "\r", place, last=True)

    def _segments(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """The story cut at deleted spans: (start, end, is it deleted?)."""
        spans = self._formatting.deleted
        at = start
        for begin, stop in spans[_first_after(spans, start) :]:
            if begin >= end:
                break
            begin_here = max(begin, at)
            if at < begin_here:
                yield at, begin_here, False
            yield begin_here, min(stop, end), True
            at = min(stop, end)
        if at < end:
            yield at, end, False

    def _close(
        self, line: _Line, mark: int, char: str, place: BlockKind, *, last: bool = False
    ) -> list[str]:
        """Make the line a block; gives what the next line begins with: a drop cap."""
        if len(self.blocks) >= MAX_BLOCKS:
            raise too_large()
        text = without_private_symbols(whole_characters("".join(line.parts)))
        self._left -= len(text)
        if self._left < 0:
            raise too_large()
        paragraph = self._formatting.paragraphs.at(self._source.offset(mark)) or ParagraphLook()
        if char == _CELL_END and not text and paragraph.row_end:
            return []  # the mark of a row's end is no cell
        if paragraph.drop_cap and not last:
            return [text]
        in_cell = char == _CELL_END or paragraph.in_table
        look = Look(None, paragraph.outline, paragraph.centred).over(self._style(paragraph.style))
        kind, level = kind_and_level(look, "cell" if in_cell and place == "paragraph" else place)
        self.blocks.append(
            Block(
                text=text,
                kind=kind,
                level=level,
                centred=bool(look.centred),
                bold=bool(text.strip()) and self._is_bold(line.start, mark, bool(look.bold)),
            )
        )
        return []

    def _style(self, number: int) -> Look:
        return self._formatting.styles[number] if number < len(self._formatting.styles) else PLAIN

    def _is_bold(self, start: int, end: int, by_style: bool) -> bool:
        """Whether every character in [start, end) is bold."""
        covered = start
        index = max(bisect.bisect_right(self._bold_starts, start) - 1, 0)
        for begin, stop, bold in self._formatting.bold[index:]:
            if begin >= end:
                break
            if stop <= start:
                continue
            if not bold or (begin > covered and not by_style):
                return False
            covered = max(covered, stop)
        return by_style or covered >= end


def _first_after(spans: Sequence[tuple[int, int]], position: int) -> int:
    """Index of the first span that ends behind a position."""
    return bisect.bisect_right(spans, position, key=lambda span: span[1])


def _follow_field(char: str, line: _Line, fields: list[_Field]) -> None:
    """What stands between begin and separator (or end) of a field is its code."""
    if char == _BEGIN:
        fields.append(_Field(line, len(line.parts)))
    elif fields and char == _SEPARATE:
        _drop_code(line, fields[-1])
    elif fields:
        closed = fields.pop()
        _drop_code(line, closed)
        if (
            closed.shown
            and closed.line is line
            and not "".join(line.parts[closed.result :]).strip()
        ):
            line.parts.append(closed.shown)


def _drop_code(line: _Line, opened: _Field) -> None:
    if opened.line is line and opened.start >= 0:
        opened.shown = shown("".join(line.parts[opened.start :]))
        del line.parts[opened.start :]
        opened.result = opened.start
    opened.start = -1


def position_spans(
    source: PieceText, runs: Runs[CharacterLook]
) -> Iterator[tuple[int, int, CharacterLook]]:
    """Runs by character position instead of byte offset, in text order."""
    count = 0
    for piece in source.pieces:
        end = piece.offset + (piece.end - piece.start) * piece.width
        for start, stop, look in runs.within(piece.offset, end):
            first, last = piece.position(start), piece.position(stop)
            if first < last:
                count += 1
                if count > MAX_SPANS:
                    raise too_large()
                yield first, last, look
