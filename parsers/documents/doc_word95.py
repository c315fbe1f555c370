"""Text of Word 6 and 95: bytes in the code page of the author's Windows."""

import struct
from typing import Final

from parsers.documents.doc_container import WordFile, u16, u32
from parsers.documents.doc_pieces import STORIES, Piece, PieceText
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, too_large
from parsers.limits import Limits

_CODE_PAGES: Final = {
    0x0804: "gb18030",
    0x1004: "gb18030",
    0x0404: "cp950",
    0x0C04: "cp950",
    0x1404: "cp950",
    0x0411: "cp932",
    0x0412: "cp949",
    0x0419: "cp1251",
    0x0408: "cp1253",
    0x041F: "cp1254",
    0x0405: "cp1250",
    0x040E: "cp1250",
    0x0415: "cp1250",
}
_COMPLEX: Final = 0x0004
_WIDE: Final = 0x1000
_TEXT_START: Final = 0x18
_COUNTS: Final = 0x34
_CLX: Final = 0x160


def read_old_text(file: WordFile, limits: Limits) -> PieceText:
    """All stories decoded; positions are those of the decoded text.

    Raises:
        Refused: Text missing or more than the limits.
    """
    counts = struct.unpack_from("<7i", file.word, _COUNTS)
    if any(count < 0 for count in counts) or sum(counts) > limits.text_chars:
        raise too_large()
    raw = _raw_text(file)
    width = 2 if file.flags & _WIDE else 1
    if len(raw) < counts[0] * width * 0.9:
        raise Refused("文件不完整，部分文字缺失", RESEND_AS_DOCX)
    stories: dict[str, tuple[int, int]] = {}
    text, at = "", 0
    for name, count in zip(STORIES, counts, strict=True):
        chunk = raw[at * width : (at + count) * width]
        decoded = _decode(chunk, file.language, width)
        stories[name] = (len(text), len(text) + len(decoded))
        text += decoded
        at += count
    return PieceText(text, (Piece(0, len(text), 0, 1),), stories)


def _raw_text(file: WordFile) -> bytes:
    if not file.flags & _COMPLEX:
        return file.word[u32(file.word, _TEXT_START) : u32(file.word, _TEXT_START + 4)]
    start, size = u32(file.word, _CLX), u32(file.word, _CLX + 4)
    clx = file.word[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + u16(clx, at + 1)
    if at >= len(clx) or clx[at] != 2:
        raise Refused("文件不完整，缺少文字索引", RESEND_AS_DOCX)
    return b"".join(_pieces(clx[at + 5 : at + 5 + u32(clx, at + 1)], file))


def _pieces(table: bytes, file: WordFile) -> list[bytes]:
    width = 2 if file.flags & _WIDE else 1
    count = max((len(table) - 4) // 12, 0)
    found, left = [], len(file.word)
    for index in range(count):
        size = (u32(table, 4 * index + 4) - u32(table, 4 * index)) * width
        start = u32(table, 4 * (count + 1) + 8 * index + 2)
        if 0 < size <= left:  # no honest file holds more text than bytes
            found.append(file.word[start : start + size])
            left -= size
    return found


def _decode(raw: bytes, language: int, width: int) -> str:
    page = _CODE_PAGES.get(language, "cp1252")
    if width == 1:
        return raw.decode(page, "replace")
    # Far Eastern Word 95 stores each character in 16 bits: two bytes of the code page.
    pairs = bytearray()
    for (unit,) in struct.iter_unpack("<H", raw[: len(raw) // 2 * 2]):
        pairs += bytes([unit]) if unit < 0x100 else bytes([unit >> 8, unit & 0xFF])
    return pairs.decode(page, "replace")
