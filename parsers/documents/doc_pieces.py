"""The text of a binary Word document: pieces of the WordDocument stream, in order.

A document that was saved many times is a list of pieces anywhere in the stream,
each in UTF-16 or in bytes of Windows-1252 ([MS-DOC] 2.8.35, 2.9.38).
"""

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parsers.documents.doc_container import WordFile, u16, u32
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, too_large
from parsers.limits import Limits

_CLX: Final = 0x1A2
_CCP: Final = 0x4C
STORIES: Final = ("main", "footnotes", "headers", "macros", "comments", "endnotes", "text_boxes")

_COMPRESSED: Final = 0x40000000
_MAX_PIECES: Final = 200_000
_HIDDEN_FACTOR: Final = 10  # headers, codes and pictures beside the text that counts
_ENOUGH: Final = 0.9

# Bytes 82–9F of a compressed piece are Windows-1252; the other bytes are themselves.
_WINDOWS_1252: Final = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x82, 0xA0)
    if code not in (0x8D, 0x8F, 0x90, 0x9D)
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters stored together.

    Attributes:
        start: Character position (CP) of the first; CPs count UTF-16 units.
        end: CP after the last.
        offset: Byte offset (FC) of the first in the WordDocument stream.
        width: Bytes a character, 1 or 2.
        properties: Sprms that hold for the whole piece (fast saves).
    """

    start: int
    end: int
    offset: int
    width: int
    properties: bytes = b""

    def position(self, fc: int) -> int:
        """CP of a byte offset, kept inside the piece."""
        return self.start + min(max(fc - self.offset, 0) // self.width, self.end - self.start)


@dataclass(frozen=True, slots=True)
class PieceText:
    """All stories' characters, one for each CP, and where they came from."""

    text: str
    pieces: tuple[Piece, ...]
    stories: dict[str, tuple[int, int]]

    def offset(self, position: int) -> int:
        """Byte offset of the character at a CP; -1 outside the text."""
        index = bisect.bisect_right(self.pieces, position, key=lambda p: p.start) - 1
        if index < 0 or position >= self.pieces[index].end:
            return -1
        piece = self.pieces[index]
        return piece.offset + (position - piece.start) * piece.width


def read_pieces(file: WordFile, limits: Limits) -> PieceText:
    """Put the pieces together.

    Raises:
        Refused: No piece table, more text than the limits, or text missing.
    """
    counts = struct.unpack_from("<8i", file.word, _CCP)
    total = sum(counts)
    if any(count < 0 for count in counts) or total > limits.text_chars * _HIDDEN_FACTOR:
        raise too_large()
    pieces = tuple(_pieces(file.part(_CLX)))
    if not pieces:
        raise Refused("文件不完整，缺少文字索引", RESEND_AS_DOCX)
    parts: list[str] = []
    kept: list[Piece] = []
    length = 0
    for piece in pieces:
        chars = _decode(file.word, piece)
        if length + len(chars) > limits.text_chars * _HIDDEN_FACTOR:
            raise too_large()
        parts.append(chars)
        kept.append(Piece(length, length + len(chars), piece.offset, piece.width, piece.properties))
        length += len(chars)
    if length < counts[0] * _ENOUGH:
        raise Refused("文件不完整，部分文字缺失", RESEND_AS_DOCX)
    return PieceText("".join(parts), tuple(kept), _stories(counts))


def _stories(counts: tuple[int, ...]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    start = 0
    for name, count in zip(STORIES, counts, strict=False):
        found[name] = (start, start + count)
        start += count
    return found


def _pieces(clx: bytes) -> Iterator[Piece]:
    """Pieces of a Clx: property lists (1) come before the piece table (2)."""
    lists: list[bytes] = []
    at = 0
    while at < len(clx) and clx[at] == 1:
        size = u16(clx, at + 1)
        lists.append(clx[at + 3 : at + 3 + size])
        at += 3 + size
    if at >= len(clx) or clx[at] != 2:
        return
    table = clx[at + 5 : at + 5 + u32(clx, at + 1)]
    count = (len(table) - 4) // 12
    if count < 1:
        return
    if count > _MAX_PIECES:
        raise too_large()
    positions = struct.unpack_from(f"<{count + 1}i", table)
    for index in range(count):
        start, end = positions[index], positions[index + 1]
        if end <= start:
            continue
        where, modifier = struct.unpack_from("<IH", table, 4 * (count + 1) + 8 * index + 2)
        properties = _piece_properties(modifier, lists)
        if where & _COMPRESSED:
            yield Piece(start, end, (where & ~_COMPRESSED) // 2, 1, properties)
        else:
            yield Piece(start, end, where & 0x3FFFFFFF, 2, properties)


def _piece_properties(modifier: int, lists: list[bytes]) -> bytes:
    if modifier & 1:  # an index into the property lists
        index = modifier >> 1
        return lists[index] if index < len(lists) else b""
    sprm = _SHORT_SPRMS.get(modifier >> 1 & 0x7F)
    return b"" if sprm is None else struct.pack("<HB", sprm, modifier >> 8)


# The few of [MS-DOC] 2.9.214 that change what is text.
_SHORT_SPRMS: Final = {0x41: 0x0800, 0x42: 0x0801, 0x55: 0x0835, 0x5C: 0x083C}


def _decode(word: bytes, piece: Piece) -> str:
    count = piece.end - piece.start
    raw = word[piece.offset : piece.offset + count * piece.width]
    if piece.width == 1:
        return raw.decode("latin-1").translate(_WINDOWS_1252)
    raw = raw[: len(raw) // 2 * 2]
    text = raw.decode("utf-16-le", "surrogatepass")
    if len(text) * 2 == len(raw):
        return text
    # Pairs became one character: keep units, so that positions stay what the file says.
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw)))


def whole_characters(text: str) -> str:
    """Pairs of units joined again; a lone half becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
