"""Formatting of a binary Word document, as far as it decides what is text.

Properties lie in 512-byte pages, by byte offset ([MS-DOC] 2.9.32, 2.9.174); the
same byte strings come again and again, so each is understood once.
"""

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from parsers.documents.doc_container import WordFile, u16, u32
from parsers.documents.refusals import too_large

T = TypeVar("T")

MAX_SPANS: Final = 500_000
"""Differently formatted stretches of a document; 300 pages have some 20,000."""

_CHARACTER_PAGES: Final = 0xFA
_PARAGRAPH_PAGES: Final = 0x102
_PAGE: Final = 512
_PAGE_NUMBER: Final = 0x3FFFFF
_MAX_PAGES: Final = 100_000

_OPERAND_SIZES: Final = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_TABLE_DEFINITION: Final = 0xD608

_DELETED: Final = 0x0800
_INSERTED: Final = 0x0801
_BOLD: Final = 0x0835
_HIDDEN: Final = 0x083C
_SYMBOL: Final = 0x6A09
_PICTURE: Final = 0x6A03

_IN_TABLE: Final = 0x2416
_DROP_CAP: Final = 0x442C
_ROW_END: Final = 0x2417
_INNER_ROW_END: Final = 0x244C
_ALIGNMENT: Final = frozenset({0x2403, 0x2461})
_OUTLINE: Final = 0x2640


@dataclass(frozen=True, slots=True)
class CharacterLook:
    """What a run's properties say about its text."""

    deleted: bool = False
    inserted: bool = False
    hidden: bool = False
    bold: bool | None = None  # None: as the paragraph's style says
    symbol: tuple[int, int] | None = None  # font number, character
    picture: int | None = None  # offset in the Data stream


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """What a paragraph's properties say."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    centred: bool | None = None
    outline: int | None = None
    drop_cap: bool = False


NOTHING: Final = CharacterLook()
_NORMAL: Final = ParagraphLook()


@dataclass(frozen=True, slots=True)
class Runs(Generic[T]):
    """Values by byte range, sorted by start."""

    starts: list[int]
    spans: list[tuple[int, int, T]]

    def at(self, offset: int) -> T | None:
        """The value at a byte offset."""
        index = bisect.bisect_right(self.starts, offset) - 1
        if index < 0 or offset >= self.spans[index][1]:
            return None
        return self.spans[index][2]

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, T]]:
        """Spans that overlap [start, end)."""
        index = max(bisect.bisect_right(self.starts, start) - 1, 0)
        while index < len(self.spans) and self.spans[index][0] < end:
            if self.spans[index][1] > start:
                yield self.spans[index]
            index += 1


def sprms(properties: bytes) -> Iterator[tuple[int, bytes]]:
    """Single property modifiers and their operands ([MS-DOC] 2.6)."""
    at = 0
    while at + 2 <= len(properties):
        sprm = u16(properties, at)
        at += 2
        size = _OPERAND_SIZES.get(sprm >> 13)
        if size is None:
            if sprm == _TABLE_DEFINITION:
                size = u16(properties, at) + 1
            else:
                size = properties[at] + 1 if at < len(properties) else 0
        yield sprm, properties[at : at + size]
        at += size


def character_look(properties: bytes) -> CharacterLook:
    """Sprms of a run."""
    values: dict[int, bytes] = {sprm: operand for sprm, operand in sprms(properties) if operand}
    if not values:
        return NOTHING
    symbol, picture, bold = values.get(_SYMBOL), values.get(_PICTURE), values.get(_BOLD)
    return CharacterLook(
        deleted=values.get(_DELETED, b"\0")[0] == 1,
        inserted=values.get(_INSERTED, b"\0")[0] == 1,
        hidden=values.get(_HIDDEN, b"\0")[0] == 1,
        bold=None if bold is None or bold[0] == 0x80 else bold[0] != 0,
        symbol=(u16(symbol, 0), u16(symbol, 2)) if symbol else None,
        picture=u32(picture, 0) if picture else None,
    )


def paragraph_look(properties: bytes, style: int = 0) -> ParagraphLook:
    """Sprms of a paragraph."""
    in_table = row_end = drop_cap = False
    centred: bool | None = None
    outline: int | None = None
    for sprm, operand in sprms(properties):
        if not operand:
            continue
        if sprm == _IN_TABLE:
            in_table = operand[0] == 1
        elif sprm in (_ROW_END, _INNER_ROW_END):
            row_end = operand[0] == 1
        elif sprm == _DROP_CAP:
            drop_cap = operand[0] & 7 in (1, 2)
        elif sprm in _ALIGNMENT:
            centred = operand[0] == 1
        elif sprm == _OUTLINE:
            outline = operand[0] if operand[0] <= 9 else None
    return ParagraphLook(style, in_table, row_end, centred, outline, drop_cap)


def character_runs(file: WordFile) -> Runs[CharacterLook]:
    """Runs whose properties matter here; the rest are left out."""
    memo: dict[bytes, CharacterLook] = {}
    spans: list[tuple[int, int, CharacterLook]] = []
    for page in _pages(file, _CHARACTER_PAGES):
        count = page[511]
        if 5 * count + 4 > 511:
            continue
        offsets = struct.unpack_from(f"<{count + 1}I", page)
        for index, start in enumerate(page[4 * (count + 1) : 4 * (count + 1) + count]):
            where = start * 2
            properties = page[where + 1 : where + 1 + page[where]] if start else b""
            look = memo.get(properties)
            if look is None:
                look = memo[properties] = character_look(properties)
            if look is not NOTHING and look != NOTHING:
                _grow(spans, (offsets[index], offsets[index + 1], look))
    return _sorted(spans)


def paragraph_runs(file: WordFile) -> Runs[ParagraphLook]:
    """Every paragraph's properties by the byte range of its text."""
    memo: dict[bytes, ParagraphLook] = {}
    spans: list[tuple[int, int, ParagraphLook]] = []
    for page in _pages(file, _PARAGRAPH_PAGES):
        count = page[511]
        if 17 * count + 4 > 511:
            continue
        offsets = struct.unpack_from(f"<{count + 1}I", page)
        for index in range(count):
            properties = _paragraph_properties(page, page[4 * (count + 1) + 13 * index] * 2)
            look = memo.get(properties)
            if look is None:
                style = u16(properties, 0)
                look = memo[properties] = paragraph_look(properties[2:], style)
            _grow(spans, (offsets[index], offsets[index + 1], look))
    return _sorted(spans)


def _paragraph_properties(page: bytes, where: int) -> bytes:
    if not where:
        return b""
    size = page[where]
    if size:
        return page[where + 1 : where + 2 * size]
    if where + 1 >= len(page):
        return b""
    return page[where + 2 : where + 2 + 2 * page[where + 1]]


def _pages(file: WordFile, offset: int) -> Iterator[bytes]:
    table = file.part(offset)
    count = min((len(table) - 4) // 8, _MAX_PAGES)
    seen: set[int] = set()
    for index in range(count):
        number = u32(table, 4 * (count + 1) + 4 * index) & _PAGE_NUMBER
        page = file.word[number * _PAGE : (number + 1) * _PAGE]
        if len(page) == _PAGE and number not in seen:  # made-up tables repeat one page
            seen.add(number)
            yield page


def _grow(spans: list[tuple[int, int, T]], span: tuple[int, int, T]) -> None:
    if len(spans) >= MAX_SPANS:
        raise too_large()
    spans.append(span)


def _sorted(spans: list[tuple[int, int, T]]) -> Runs[T]:
    spans.sort(key=lambda span: span[0])
    return Runs([span[0] for span in spans], spans)
