"""Titles drawn as WordArt in a binary Word document ([MS-ODRAW] 2.3.22, geometry text).

Their words are a property of a shape, so they stand in no story; Word does not count them.
"""

from collections.abc import Iterator
from typing import Final

from parsers.documents.doc_container import WordFile, u16, u32
from parsers.documents.outcome import clean
from parsers.facts import Block

_DRAWINGS: Final = 0x22A
_HEADER: Final = 8
_CONTAINER: Final = 0xF
_DRAWING: Final = 0xF002
_SHAPE: Final = 0xF00A
_PROPERTIES: Final = 0xF00B
_DELETED: Final = 0x8
_TEXT: Final = 0x0C0
_NAME: Final = 0x380
_COMPLEX: Final = 0x8000
_MAX_RECORDS: Final = 20_000
_MAX_TITLES: Final = 50
_LONGEST: Final = 400  # bytes of one title


def word_art(file: WordFile) -> tuple[Block, ...]:
    """What the shapes of the text say, as blocks that are not counted; watermarks left out."""
    found: dict[str, Block] = {}
    for text in _titles(memoryview(file.part(_DRAWINGS))):
        found.setdefault(text, Block(text, "text_box", counted=False))
        if len(found) >= _MAX_TITLES:
            break
    return tuple(found.values())


def _titles(data: memoryview) -> Iterator[str]:
    """Drawings follow the store of pictures, each after a byte: 0 for the text, 1 for headers."""
    at = _HEADER + u32(data, 4)
    for _ in range(_MAX_RECORDS):
        if at + 1 + _HEADER > len(data) or u16(data, at + 3) != _DRAWING:
            return
        size = u32(data, at + 5)
        if data[at] == 0:
            yield from _in_shapes(data[at + 1 + _HEADER : at + 1 + _HEADER + size])
        at += 1 + _HEADER + size


def _in_shapes(data: memoryview) -> Iterator[str]:
    at, deleted = 0, False
    for _ in range(_MAX_RECORDS):
        if at + _HEADER > len(data):
            return
        head, kind, size = u16(data, at), u16(data, at + 2), u32(data, at + 4)
        body = at + _HEADER
        if kind == _SHAPE:
            deleted = bool(u32(data, body + 4) & _DELETED)
        elif kind == _PROPERTIES and not deleted:
            strings = _strings(data[body : body + size], head >> 4)
            if strings[_TEXT] and "watermark" not in strings[_NAME].lower():
                yield strings[_TEXT]
        at = body if head & _CONTAINER == _CONTAINER else body + size


def _strings(properties: memoryview, count: int) -> dict[int, str]:
    """Text and name of a shape; long values follow behind all properties, in their order."""
    found = {_TEXT: "", _NAME: ""}
    at = 6 * count
    for n in range(count):
        key, size = u16(properties, 6 * n), u32(properties, 6 * n + 2)
        if not key & _COMPLEX:
            continue
        if key & 0x3FFF in found:
            raw = bytes(properties[at : at + min(size, _LONGEST)])
            text = raw.decode("utf-16-le", "ignore").partition("\0")[0]
            found[key & 0x3FFF] = clean(text).replace("\n", " ").strip()
        at += size
    return found
