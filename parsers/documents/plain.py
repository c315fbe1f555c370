"""Plain text, and which encoding it is in.

Chinese Windows writes GBK ("ANSI"), UTF-8 with or without BOM and, as "Unicode",
UTF-16. Statistics fail on short GBK texts, so order decides: what is valid UTF-8
is UTF-8; what is not is GB 18030 unless another reading looks far more like Chinese.
"""

import codecs
import re

from parsers.documents.legibility import common_share, han_of, legible
from parsers.documents.outcome import CHECK_CONTENT, document, paragraphs, refuse
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

# The longer marks go first: that of UTF-32 starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

_TWO_BYTE_RUN = re.compile("[\u0180-\u07ff]|[\u0080-\u07ff]{2}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_SAMPLE_BYTES = 20_000
_DOUBTFUL = 0.6  # common_share of text read with the wrong code page stays below
_CONVINCING = 0.85


def decode_text(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding; undecodable bytes become U+FFFD.

    Byte order mark, strict UTF-8, a test for UTF-16 without a mark, GB 18030, in this
    order. Callers judge by `legibility.legible` whether to believe the result.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    wide = _utf16(data)
    if wide:
        return data.decode(wide, "replace"), wide
    for encoding in ("utf-8", "gb18030"):
        try:
            return _doubted(data, data.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    return _least_damaged(data)


def _doubted(data: bytes, text: str, encoding: str) -> tuple[str, str]:
    """Strict decoders accept some texts of others: what do the characters say?

    Big5 passes as GB 18030, in characters nobody uses; a few Chinese words in GBK
    pass as UTF-8, in Greek letters (稀 is ϡ).
    """
    if encoding == "gb18030" and common_share(text) < _DOUBTFUL:
        rival = "big5"
    elif encoding == "utf-8" and _TWO_BYTE_RUN.search(text) and not han_of(text):
        rival = "gb18030"
    else:
        return text, encoding
    try:
        other = data.decode(rival)
    except UnicodeDecodeError:
        return text, encoding
    sound = bool(han_of(other)) and common_share(other) > _CONVINCING and legible(other)
    return (other, rival) if sound else (text, encoding)


def _utf16(data: bytes) -> str:
    """The UTF-16 byte order of unmarked text, "" if it is something else."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) % 2 or len(data) < 4:
        return ""
    if b"\0" not in sample:  # 一, blanks, digits and line ends carry a NUL
        if _is_utf8(sample):
            return ""
        as_gbk = sample.decode("gb18030", "replace")
        if not _CONTROL.search(as_gbk) and common_share(as_gbk) >= _DOUBTFUL:
            return ""
    orders = [order for order in ("utf-16-le", "utf-16-be") if _convincing(sample, order)]
    return max(orders, key=lambda order: len(han_of(sample.decode(order, "replace"))), default="")


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # may end inside a character
    except UnicodeDecodeError:
        return False
    return True


def _convincing(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, "replace")
    if _CONTROL.search(text) or not legible(text) or common_share(text) < _CONVINCING:
        return False
    return bool(han_of(text)) or text.isascii()


def _least_damaged(data: bytes) -> tuple[str, str]:
    """A file cut or patched somewhere: the reading with the fewest holes."""
    readings = [(data.decode(e, "replace"), e) for e in ("utf-8", "gb18030")]
    return min(readings, key=lambda reading: reading[0].count("\ufffd"))


def read_txt(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """One paragraph a line; blank lines dropped."""
    if not data.strip():
        return refuse(name, data, "文件是空的", CHECK_CONTENT)
    text, encoding = decode_text(data)
    if text.count("\0") > len(text) // 100:
        return refuse(name, data, "不是文本文件")
    properties = {"encoding": encoding}
    return document(name, data, limits, "txt", paragraphs(text), properties=properties)
