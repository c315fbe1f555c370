"""Binary Word documents: .doc of Word 97–2003, .wps of WPS Office, and Word 6/95."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from parsers.documents.doc_container import WordFile, open_word_file, u32
from parsers.documents.doc_formatting import (
    CharacterLook,
    Runs,
    character_look,
    character_runs,
    paragraph_runs,
)
from parsers.documents.doc_pictures import pictures
from parsers.documents.doc_pieces import PieceText, read_pieces
from parsers.documents.doc_story import Formatting, StoryReader, position_spans
from parsers.documents.doc_styles import font_names, style_looks
from parsers.documents.doc_word95 import read_old_text
from parsers.documents.doc_wordart import word_art
from parsers.documents.docx import COMMENTED, EMBEDDED, HIDDEN, MACROS, TRACKED
from parsers.documents.outcome import around
from parsers.documents.refusals import Refused, unreadable
from parsers.documents.symbols import symbol
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

_TEXT_BOX_RANGES: Final = 0x25A
_TEXT_BOX_ENTRY: Final = 22
_SYMBOL_PLACEHOLDER: Final = "("
_LINE_ENDS: Final = re.compile("[\r\x07\x0b\x0c]")


def read_doc(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text of a binary Word document, changes accepted; headers and comments left out."""
    try:
        file = open_word_file(data)
        return _read_old(file, limits) if file.old else _read(file, limits)
    except Refused as why:
        return unreadable(name, data, why)


def _read_old(file: WordFile, limits: Limits) -> DocumentText:
    source = read_old_text(file, limits)
    reader = StoryReader(source, Formatting(Runs([], []), ()), limits.text_chars)
    _read_stories(reader, source, [])
    return _document(file, reader, source, [])


def _read(file: WordFile, limits: Limits) -> DocumentText:
    source = read_pieces(file, limits)
    looks = sorted(_character_looks(file, source), key=lambda span: span[0])
    source = _with_symbols(file, source, looks)
    formatting = Formatting(
        paragraphs=paragraph_runs(file),
        styles=style_looks(file),
        deleted=_joined((a, b) for a, b, look in looks if look.deleted),
        bold=[(a, b, look.bold) for a, b, look in looks if look.bold is not None],
    )
    reader = StoryReader(source, formatting, limits.text_chars)
    _read_stories(reader, source, _unused_text_boxes(file, source))
    return _document(file, reader, source, [look for _, _, look in looks])


def _character_looks(file: WordFile, source: PieceText) -> Iterator[tuple[int, int, CharacterLook]]:
    yield from position_spans(source, character_runs(file))
    for piece in source.pieces:  # a fast save puts changes on whole pieces
        if piece.properties:
            yield piece.start, piece.end, character_look(piece.properties)


def _read_stories(reader: StoryReader, source: PieceText, unused: list[tuple[int, int]]) -> None:
    """The stories that Word counts; text boxes come after the text they stand beside."""
    reader.read(*source.stories["main"])
    for story in ("footnotes", "endnotes"):
        _read_apart(reader, source.stories[story], "note")
    start, end = source.stories["text_boxes"]
    for begin, stop in unused:
        if start < begin:
            _read_apart(reader, (start, begin), "text_box")
        start = max(start, stop)
    if start < end:
        _read_apart(reader, (start, end), "text_box")


def _read_apart(reader: StoryReader, span: tuple[int, int], place: str) -> None:
    """A story beside the main one ends with marks of its own that are no paragraphs."""
    kept = len(reader.blocks)
    reader.read(*span, "note" if place == "note" else "text_box")
    reader.blocks[kept:] = [block for block in reader.blocks[kept:] if block.text.strip()]


def _unused_text_boxes(file: WordFile, source: PieceText) -> list[tuple[int, int]]:
    """Ranges of text boxes that were deleted and wait to be used again."""
    table = file.part(_TEXT_BOX_RANGES)
    count = (len(table) - 4) // (4 + _TEXT_BOX_ENTRY)
    base, limit = source.stories["text_boxes"]
    unused = []
    for index in range(max(count, 0)):
        entry = 4 * (count + 1) + _TEXT_BOX_ENTRY * index
        if table[entry + 8] or table[entry + 9]:
            start, end = base + u32(table, 4 * index), base + u32(table, 4 * index + 4)
            if base <= start < end <= limit:
                unused.append((start, end))
    return sorted(unused)


def _with_symbols(
    file: WordFile, source: PieceText, looks: list[tuple[int, int, CharacterLook]]
) -> PieceText:
    """Symbols are stored as "(" with the real character among the run's properties."""
    marked = [(start, look.symbol) for start, _, look in looks if look.symbol]
    if not marked:
        return source
    fonts = font_names(file)
    chars = list(source.text)
    for start, (font, code) in ((at, value) for at, value in marked if value):
        if start < len(chars) and chars[start] == _SYMBOL_PLACEHOLDER:
            chars[start] = symbol(fonts[font] if font < len(fonts) else "", code)[:1]
    return dataclasses.replace(source, text="".join(chars))


def _joined(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans with overlaps merged."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _document(
    file: WordFile, reader: StoryReader, source: PieceText, looks: list[CharacterLook]
) -> DocumentText:
    titles = () if file.old else word_art(file)
    blocks: tuple[Block, ...] = (*titles, *reader.blocks)
    inline = [look.picture for look in looks if look.picture is not None]
    return DocumentText(
        format="doc",
        blocks=blocks,
        images=tuple(pictures(file, inline)),
        properties=file.properties,
        warnings=tuple(_warnings(file, source, looks)),
        around=around(_LINE_ENDS.split(source.text[slice(*source.stories["headers"])])),
    )


def _warnings(file: WordFile, source: PieceText, looks: list[CharacterLook]) -> Iterator[str]:
    if any(look.deleted or look.inserted for look in looks):
        yield TRACKED
    if any(look.hidden for look in looks):
        yield HIDDEN
    if file.embedded:
        yield EMBEDDED
    if source.text[slice(*source.stories["comments"])].strip("\r\x05 "):
        yield COMMENTED
    if file.macros:
        yield MACROS
