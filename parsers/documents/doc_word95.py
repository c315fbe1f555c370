"""Text of Word 2, 6 and 95: bytes in the code page of the author's Windows."""

import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from parsers.documents.doc_container import WORD_2, WordFile, u16, u32
from parsers.documents.doc_pieces import STORIES, Piece, PieceText
from parsers.documents.legibility import common_share, han_of
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, too_large
from parsers.documents.rtf_charsets import WESTERN, by_charset, takes_pairs
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
_CLX_WORD_2: Final = 0x11E
_FONTS: Final = 0xD0
_COUNTED_BY_WORD_2: Final = 5  # it knew neither endnotes nor text boxes
_FOREIGN_WORD: Final = re.compile(rb"[\xc0-\xff]{3,}")  # Western accents stand alone
_FOREIGN_SHARE: Final = 0.5
_CHINESE_SHARE: Final = 0.85
_CHINESE_SAMPLE: Final = 12


def read_old_text(file: WordFile, limits: Limits) -> PieceText:
    """All stories decoded; positions are those of the decoded text.

    Raises:
        Refused: Text missing or more than the limits.
    """
    counts = struct.unpack_from("<7i", file.word, _COUNTS)
    if _is_word_2(file):
        counts = (*counts[:_COUNTED_BY_WORD_2], 0, 0)
    if any(count < 0 for count in counts) or sum(counts) > limits.text_chars:
        raise too_large()
    raw = _raw_text(file)
    width = 2 if file.flags & _WIDE and not _is_word_2(file) else 1
    if len(raw) < counts[0] * width * 0.9:
        raise Refused("文件不完整，部分文字缺失", RESEND_AS_DOCX)
    codec = _codec(file, raw, width)
    stories: dict[str, tuple[int, int]] = {}
    text, at = "", 0
    for name, count in zip(STORIES, counts, strict=True):
        decoded = _decode(raw[at * width : (at + count) * width], codec, width)
        stories[name] = (len(text), len(text) + len(decoded))
        text += decoded
        at += count
    return PieceText(text, (Piece(0, len(text), 0, 1),), stories)


def _is_word_2(file: WordFile) -> bool:
    return u16(file.word, 0) == WORD_2


def _raw_text(file: WordFile) -> bytes:
    if not file.flags & _COMPLEX:
        return file.word[u32(file.word, _TEXT_START) : u32(file.word, _TEXT_START + 4)]
    short = _is_word_2(file)  # lengths of two bytes
    where = _CLX_WORD_2 if short else _CLX
    start = u32(file.word, where)
    clx = file.word[start : start + _length(file.word, where + 4, short=short)]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + u16(clx, at + 1)
    if at >= len(clx) or clx[at] != 2:
        raise Refused("文件不完整，缺少文字索引", RESEND_AS_DOCX)
    size = _length(clx, at + 1, short=short)
    at += 3 if short else 5
    return b"".join(_pieces(clx[at : at + size], file))


def _length(data: bytes, offset: int, *, short: bool) -> int:
    return u16(data, offset) if short else u32(data, offset)


def _pieces(table: bytes, file: WordFile) -> list[bytes]:
    width = 2 if file.flags & _WIDE and not _is_word_2(file) else 1
    count = max((len(table) - 4) // 12, 0)
    found, left = [], len(file.word)
    for index in range(count):
        size = (u32(table, 4 * index + 4) - u32(table, 4 * index)) * width
        start = u32(table, 4 * (count + 1) + 8 * index + 2)
        if 0 < size <= left:  # no honest file holds more text than bytes
            found.append(file.word[start : start + size])
            left -= size
    return found


def _decode(raw: bytes, codec: str, width: int) -> str:
    if width == 1:
        return raw.decode(codec, "replace").replace("\r\n", "\r")
    # Far Eastern Word 95 stores each character in 16 bits: two bytes of the code page,
    # or one, which may be a Western quotation mark.
    units = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
    return "".join([_character(unit, codec) for unit in units])


@lru_cache(maxsize=16384)
def _character(unit: int, codec: str) -> str:
    if unit < 0x80:
        return chr(unit)
    if unit > 0xFF:
        return unit.to_bytes(2, "big").decode(codec, "replace")[:1]
    single = bytes([unit])
    return single.decode(codec if _fits(single, codec) else WESTERN, "replace")


def _codec(file: WordFile, raw: bytes, width: int) -> str:
    """The code page by language, by the fonts, at last by what the bytes make sense in.

    Word 6 says English in files of every country.
    """
    known = _CODE_PAGES.get(file.language)
    if known:
        return known
    fonts = [] if _is_word_2(file) else [c for c in map(by_charset, _charsets(file)) if c]
    pairs = next(filter(takes_pairs, fonts), "")
    if width == 2:
        return pairs or "gb18030"
    if raw.isascii() or (pairs and _fits(raw, pairs)):
        return pairs or WESTERN
    foreign = next((c for c in fonts if c.startswith("cp") and c != WESTERN), "")
    high = sum(byte > 0x7F for byte in raw)
    if foreign and sum(map(len, _FOREIGN_WORD.findall(raw))) > _FOREIGN_SHARE * high:
        return foreign
    return "gb18030" if _is_chinese(raw) else WESTERN


def _charsets(file: WordFile) -> Iterator[int]:
    """Character sets of the font table, in its order."""
    start, size = u32(file.word, _FONTS), u32(file.word, _FONTS + 4)
    table = file.word[start : start + size]
    at = 2
    while at + 6 <= len(table):
        yield table[at + 4]
        at += table[at] + 1


def _fits(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(raw: bytes) -> bool:
    text = raw.decode("gb18030", "ignore") if _fits(raw, "gb18030") else ""
    return len(han_of(text)) >= _CHINESE_SAMPLE and common_share(text) >= _CHINESE_SHARE
