"""Pictures of a binary Word document, found by their records ([MS-ODRAW] 2.2.23)."""

from collections.abc import Iterable, Iterator
from typing import Final

from parsers.documents.doc_container import WordFile, u16, u32
from parsers.documents.pictures import picture_fact
from parsers.facts import ImageFact

_DRAWINGS: Final = 0x22A
_BLIP_TYPES: Final = frozenset({0xF01D, 0xF01E, 0xF01F, 0xF029, 0xF02A})
_STORE_ENTRY: Final = 0xF007
_ENTRY_SIZE: Final = 36
_HEADER: Final = 8
_CONTAINER: Final = 0xF
_MAX_RECORDS: Final = 5_000
_MAX_PICTURES: Final = 1_000
# Blip record: one or two digests of 16 bytes and a tag byte before the picture itself.
_SECOND_DIGEST: Final = frozenset({0x46B, 0x6E1, 0x6E3, 0x6E5, 0x6E7, 0x7A9, 0x7AB})


def pictures(file: WordFile, inline: Iterable[int]) -> Iterator[ImageFact]:
    """Pictures in the text (by their offsets in the Data stream), then floating ones."""
    found: dict[str, ImageFact] = {}
    left = 2 * (len(file.word) + len(file.pictures))  # made-up records may share their bytes
    for blip in _blips(file, inline):
        left -= len(blip)
        if left < 0:
            break
        fact = picture_fact(bytes(blip))
        if fact is not None:
            found.setdefault(fact.sha256, fact)
        if len(found) >= _MAX_PICTURES:
            break
    yield from found.values()


def _blips(file: WordFile, inline: Iterable[int]) -> Iterator[memoryview]:
    data, delayed = memoryview(file.pictures), memoryview(file.word)
    for offset in list(dict.fromkeys(inline))[:_MAX_PICTURES]:
        size, header = u32(data, offset), u16(data, offset + 4)
        yield from _in_records(data[offset + header : offset + size], delayed)
    yield from _in_records(memoryview(file.part(_DRAWINGS)), delayed)


def _in_records(data: memoryview, delayed: memoryview) -> Iterator[memoryview]:
    """Blips of a run of records; containers are entered by simply reading on."""
    at = 0
    for _ in range(_MAX_RECORDS):
        if at + _HEADER > len(data):
            return
        head, kind, size = u16(data, at), u16(data, at + 2), u32(data, at + 4)
        body = at + _HEADER
        if kind in _BLIP_TYPES:
            yield _picture(data[body : body + size], head >> 4)
        elif kind == _STORE_ENTRY:
            yield from _delayed(data[body : body + _ENTRY_SIZE], delayed)
            body += _ENTRY_SIZE - size  # a blip may follow inside the entry
        at = body if head & _CONTAINER == _CONTAINER else body + size


def _delayed(entry: memoryview, delayed: memoryview) -> Iterator[memoryview]:
    """A store entry whose picture lies in the WordDocument stream."""
    size, offset = u32(entry, 20), u32(entry, 28)
    record = delayed[offset : offset + size]
    if offset != 0xFFFFFFFF and u16(record, 2) in _BLIP_TYPES:
        yield _picture(record[_HEADER:], u16(record, 0) >> 4)


def _picture(body: memoryview, instance: int) -> memoryview:
    return body[33 if instance in _SECOND_DIGEST else 17 :]
