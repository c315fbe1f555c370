"""A draft on its way to being taken apart: its lines, and what was found so far."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from parsers.facts import Block, Segments

_EDGE = " \t\u3000\u00a0\u200b\ufeff"
_UNCOUNTED = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block, blanks at both ends removed; never empty."""

    text: str
    block: Block

    @property
    def in_table(self) -> bool:
        """A cell: whatever stands in a table is body unless it is plainly labelled."""
        return self.block.kind == "cell"

    @property
    def formatted_as_title(self) -> bool:
        """Word's Title style, a first-level heading, or centred."""
        block = self.block
        return (
            block.kind == "title" or block.centred or (block.kind == "heading" and block.level == 1)
        )

    def cut(self, start: int, end: int) -> "Line | None":
        """The part of the line between two offsets; None where nothing is left."""
        piece = self.text[start:end]
        inner = piece.strip(_EDGE)
        if not inner:
            return None
        offset = start + piece.index(inner)
        return Line(inner, _slice(self.block, offset, offset + len(inner)))


def _slice(block: Block, start: int, end: int) -> Block:
    """The block's text between two offsets, with the hints that fall into it."""
    if start == 0 and end == len(block.text):
        return block
    spans = block.east_asian
    if spans is not None:
        clipped = ((max(low, start) - start, min(high, end) - start) for low, high in spans)
        spans = tuple((low, high) for low, high in clipped if low < high)
    return replace(block, text=block.text[start:end], east_asian=spans)


def lines_of(blocks: Iterable[Block]) -> list[Line]:
    """Every line that is not blank; a line break inside a paragraph starts a new one."""
    found: list[Line] = []
    for block in blocks:
        start = 0
        for piece in block.text.split("\n"):
            inner = piece.strip(_EDGE + "\r")
            if inner:
                offset = start + piece.index(inner)
                found.append(Line(inner, _slice(block, offset, offset + len(inner))))
            start += len(piece) + 1
    return found


def core(text: str) -> str:
    """Letters, digits and characters alone, to compare a title with a file name."""
    return _UNCOUNTED.sub("", text).lower()


@dataclass(slots=True)
class Parts:
    """What was recognised and so is not body."""

    title: list[str] = field(default_factory=list)
    subtitle: list[str] = field(default_factory=list)
    addressee: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    head_credits: list[tuple[str, str]] = field(default_factory=list)
    tail_credits: list[tuple[str, str]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    kind: str = ""

    def title_text(self) -> str:
        """标题, lines joined as they were meant; 副题 after a blank."""
        whole = ""
        for line in self.title:
            # Chinese runs on; two Latin words need their blank.
            blank = " " if whole[-1:].isascii() and whole and line[:1].isascii() else ""
            whole += blank + line
        return " ".join([part for part in (whole, *self.subtitle) if part])

    def finish(self, body: list[Line], full: str) -> Segments:
        """All parts as facts; a second date is a credit like any other."""
        more_dates = [("日期", date) for date in self.dates[1:]]
        return Segments(
            title=self.title_text(),
            body="\n".join(line.text for line in body),
            full=full,
            addressee=" ".join(self.addressee),
            signature_unit=" ".join(self.units),
            signature_date=self.dates[0] if self.dates else "",
            credits=(*self.head_credits, *self.tail_credits, *more_dates),
            captions=tuple(self.captions),
            attachments_list=tuple(self.attachments),
            declared_kind=self.kind,
        )
