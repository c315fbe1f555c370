"""Bytes of an RTF file to text: each font has a code page of its own.

A wrong guess here is how Chinese becomes ÖÐ¹ú; where a file contradicts itself
(a Western font over Chinese bytes), well-formed pairs of bytes decide.
"""

import re
from typing import Final

_BY_CHARSET: Final = {
    0: "cp1252",
    2: "latin-1",  # symbol fonts: the number is what counts
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_BY_PAGE: Final = {
    932: "cp932",
    936: "gb18030",
    949: "cp949",
    950: "cp950",
    1361: "johab",
    10000: "mac_roman",
    10008: "gb2312",
    20936: "gb18030",
    54936: "gb18030",
    65001: "utf-8",
}
_SINGLE_BYTE_PAGES: Final = frozenset({437, 850, 852, 866, 874, *range(1250, 1259)})
_DOUBLE_BYTE: Final = frozenset({"gb18030", "gb2312", "cp932", "cp949", "cp950", "johab"})
_CHINESE: Final = frozenset({0x0804, 0x1004})

WESTERN: Final = "cp1252"
SYMBOLS: Final = 2

# GB 2312 pairs and ASCII only: no Western text looks like this by accident for long.
_PAIRS: Final = re.compile(rb"(?:[\x00-\x7f]+|(?:[\xa1-\xf7][\xa1-\xfe])+)*\Z")


def by_charset(charset: int) -> str | None:
    r"""Codec of a font's \fcharset; None for "default" and unknown ones."""
    return _BY_CHARSET.get(charset)


def by_page(page: int) -> str | None:
    """Codec of a Windows code page number; None for unknown ones."""
    return f"cp{page}" if page in _SINGLE_BYTE_PAGES else _BY_PAGE.get(page)


def by_language(language: int) -> str | None:
    r"""Codec of \deflang or \deflangfe where it is Chinese (PRC)."""
    return "gb18030" if language in _CHINESE else None


def takes_pairs(codec: str) -> bool:
    """Whether a character may be two bytes, the second a brace or backslash."""
    return codec in _DOUBLE_BYTE


def decode(raw: bytes, codec: str, document: str) -> str:
    """Text of `raw` in a font's codec.

    Args:
        raw: Bytes between two changes of font.
        codec: The font's.
        document: The document's own; decides where a Western font holds pairs.
    """
    if raw.isascii():
        return raw.decode("ascii")
    if codec == WESTERN and takes_pairs(document) and _PAIRS.match(raw):
        codec = document
    return raw.decode(codec, "replace")
