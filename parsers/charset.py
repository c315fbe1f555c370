"""Bytes of mail to text: charset names, tolerant decoding, encoded words, RFC 2231.

Chinese senders label GBK text as gb2312, UTF-8 text as gb2312, and leave raw
bytes in headers. Every function here takes any bytes and returns valid Unicode
without lone surrogates; what could not be read becomes U+FFFD.
"""

import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from parsers.transfer_encoding import from_base64

REPLACEMENT = "\ufffd"

# gb18030 is a superset of every mainland charset; the narrower codecs lose
# characters common in names (镕 堃 喆) and, on Windows, the euro sign.
_CHINESE = frozenset(
    {
        *("gb2312", "gb231280", "gb23121980", "csgb2312", "csgb231280", "csiso58gb231280"),
        *("gbk", "xgbk", "csgbk", "gb", "gbk2312", "gb18030", "gb180302000", "gb180302005"),
        *("gb180302022", "csgb18030", "cp936", "ms936", "windows936", "xcp936", "xcp20936"),
        *("936", "cn", "chinese", "zhcn", "euccn", "xeuccn", "eucgb2312cn", "isoir58"),
        *("xmacchinesesimp", "cngb", "cngb2312"),
    }
)
_ALIASES = {
    **dict.fromkeys(_CHINESE, "gb18030"),
    **dict.fromkeys(("utf8", "xutf8", "utf8mb4", "unicode11utf8", "utf8n"), "utf-8"),
    **dict.fromkeys(("utf7", "unicode11utf7", "csunicode11utf7"), "utf-7"),
    **dict.fromkeys(("unicode", "utf16", "ucs2", "iso10646ucs2"), "utf-16"),
    **dict.fromkeys(("hz", "hzgb", "hzgb2312"), "hz"),
    **dict.fromkeys(("big5", "xbig5", "csbig5", "big5hkscs", "cp950", "big5eten"), "big5hkscs"),
}
# An allow-list: codecs.lookup() also finds punycode, idna, zip and rot13, whose
# cost or meaning a stranger must not choose.
_ALLOWED = frozenset(
    {
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030", "hz"),
        *("big5hkscs", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "cp949", "cp932"),
        *("koi8-r", "koi8-u", "cp866", "mac-roman"),
        *(f"cp125{digit}" for digit in range(9)),
        *(f"iso8859-{number}" for number in range(2, 17)),
    }
)
_STATEFUL = frozenset({"utf-7", "hz", "iso2022_jp", "utf-16", "utf-32"})
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")


def codec(label: str) -> str | None:
    """The Python codec for a charset label; None where the label says nothing.

    us-ascii, iso-8859-1 and windows-1252 count as saying nothing: senders put
    them on Chinese text by default.
    """
    name = label.strip().strip("\"'").lower().partition("*")[0]
    if not _LABEL.fullmatch(name):
        return None
    known = _ALIASES.get(re.sub(r"[^a-z0-9]", "", name))
    if known:
        return known
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found in _ALLOWED and found != "cp1252" else None


def _strict(data: bytes, name: str) -> str | None:
    """Decode without loss; a character cut off at the very end is forgiven."""
    try:
        decoder = codecs.getincrementaldecoder(name)("strict")
        text = decoder.decode(data, final=False)
        pending = decoder.getstate()[0]
    except (UnicodeError, ValueError):
        return None
    if not pending:
        return text
    return None if text.isascii() else text + REPLACEMENT


def _score(text: str) -> float:
    """How much the text looks like Chinese that people write, 0 to 1."""
    sample = [char for char in text[:4000] if char > "\x7f"]
    if not sample:
        return 1.0
    common = 0
    for char in sample:
        try:
            lead = char.encode("gb2312")[0]
        except UnicodeEncodeError:
            continue
        common += 0xB0 <= lead <= 0xD7 or lead in {0xA1, 0xA3}
    return common / len(sample)


def _lossy(data: bytes, names: Iterable[str]) -> str:
    texts = [data.decode(name, "replace") for name in names]
    return max(texts, key=lambda text: _score(text) - 2 * text.count(REPLACEMENT) / len(text))


def _whole(text: str) -> str:
    """No lone surrogates: some codecs (UTF-7, UTF-16) let them through."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode(data: bytes, label: str = "") -> str:
    """Text of `data`, trusting its declared charset only as far as it fits.

    Declared UTF-8 that is UTF-8 is final. Else the declared charset, UTF-8 and
    GB18030 are tried; of those that decode without loss, the reading most like
    written Chinese wins, the declared one if they are alike. Otherwise the least
    damaged reading is returned with U+FFFD in place of what is lost.
    """
    declared = codec(label)
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if declared in _STATEFUL:
        text = _strict(data, declared)
        return _whole(text if text is not None else data.decode(declared, "replace"))
    if data.isascii():
        return data.decode("ascii")
    if declared == "utf-8" and (text := _strict(data, "utf-8")) is not None:
        return text
    return _whole(_best(data, declared, labelled=bool(label.strip())))


def _best(data: bytes, declared: str | None, *, labelled: bool) -> str:
    """The lossless reading most like written Chinese; the least damaged one if none is."""
    order = ("utf-8", "gb18030") if declared is None else (declared, "utf-8", "gb18030")
    readings = {name: text for name in order if (text := _strict(data, name)) is not None}
    if declared is None:
        # Latin-1 letters in clean UTF-8 are what they are; "一些" in GBK is also
        # valid UTF-8, but reads as Cyrillic.
        utf8 = readings.get("utf-8")
        if utf8 is not None and (_score(utf8) or any("\xa0" < char < "\u0180" for char in utf8)):
            return utf8
        if labelled and (utf8 is None) and _score(readings.get("gb18030", "\u0180")) <= 0.5:
            return _western(data)
    elif declared in readings and declared not in {"gb18030", "utf-8"}:
        # Another script: its own label is the best evidence, but for one-byte
        # charsets, which fit any bytes at all.
        others = {name: text for name, text in readings.items() if _score(text) > 0.5}
        rivals = ("utf-8", "gb18030") if _one_byte(declared) else ("utf-8",)
        return next((others[name] for name in rivals if name in others), readings[declared])
    if len(readings) == 1:
        return next(iter(readings.values()))
    if readings:
        return max(readings.values(), key=_score)
    return _lossy(data, dict.fromkeys((*order, "gb18030")))


def _one_byte(name: str) -> bool:
    return name.startswith(("cp125", "iso8859", "koi8", "cp866", "mac"))


def _western(data: bytes) -> str:
    """Text labelled western that is no clean Chinese: perhaps really western."""
    high = sum(byte > 0x7F for byte in data)
    if high * 4 <= len(data):
        return data.decode("cp1252", "replace")
    return _whole(_lossy(data, ("gb18030", "utf-8")))


def wire_bytes(value: str) -> bytes:
    """The bytes a header value had on the wire (compat32 keeps them as surrogates)."""
    try:
        return value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogateescape" if _escaped(value) else "replace")


def _escaped(value: str) -> bool:
    return all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in value)


_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)(?:\?=|\?\Z|\Z)")
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = wire_bytes(payload)
    if encoding in "bB":
        return from_base64(raw)
    # header=True also turns "_" into a blank (RFC 2047, 4.2).
    return binascii.a2b_qp(re.sub(rb"[\r\n]+[ \t]*", b"", raw), header=True)


def decode_header(value: str) -> str:
    """A header value as text; RFC 2047 words decoded, raw bytes guessed.

    Neighbouring words of one charset are joined as bytes first, because
    senders cut words in the middle of a character. Encoded words inside quoted
    strings are decoded too (QQ writes them so). Line ends that were encoded
    stay: `one_line` removes them where they could do harm.
    """
    if "=?" not in value:
        return _literal(value)
    out: list[str] = []
    pending = b""
    label = ""
    end = 0
    for match in _WORD.finditer(value):
        gap = value[end : match.start()]
        charset = match[1].partition("*")[0].lower()
        glued = end > 0 and not gap.strip()
        if pending and not (glued and charset == label and codec(label) not in _STATEFUL):
            out.append(decode(pending, label))
            pending = b""
        if not glued:
            out.append(_literal(gap))
        pending += _word_bytes(match[2], match[3])
        label, end = charset, match.end()
    if pending:
        out.append(decode(pending, label))
    out.append(_literal(value[end:]))
    return "".join(out)


def _literal(text: str) -> str:
    flat = _FOLD.sub(" ", text)
    return decode(wire_bytes(flat)) if flat else ""


def one_line(text: str) -> str:
    """Text safe in a header, a list or a letter: one line, nothing invisible.

    Line ends and tabs become one blank; control, direction and zero-width
    characters go (no header smuggled into a reply, no right-to-left names).
    """
    out = []
    for char in text:
        kind = unicodedata.category(char)
        if char in "\t\r\n\x0b\x0c\x85" or kind in {"Zl", "Zp"}:
            out.append(" ")
        elif kind == "Cs":
            out.append(REPLACEMENT)
        elif kind not in {"Cc", "Cf"}:
            out.append(char)
    return re.sub(r" {2,}", " ", "".join(out)).strip()


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_text(text: str) -> str:
    """Text of several lines: LF line ends, no control or direction characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x0b", "\n")
    return re.sub(r"[\ud800-\udfff]", REPLACEMENT, _UNSEEN.sub("", text))


_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){2,}")


def decode_extended(value: bytes) -> str:
    """`charset'language'%E6%8A%A5` (RFC 2231), whichever of its parts are there."""
    value = value.strip().strip(b'"')
    head, quote, rest = value.partition(b"'")
    if quote and b"'" in rest:
        label, text = head, rest.partition(b"'")[2]
    else:
        label, text = b"", value
    return decode(unquote_to_bytes(text.strip(b'"')), label.decode("ascii", "replace"))


def decode_plain_name(value: str) -> str:
    """A file name written without RFC 2231: encoded words, raw bytes or %XX."""
    text = decode_header(value)
    if text.isascii() and _PERCENT.search(text):
        plain = decode(unquote_to_bytes(text))
        if not plain.isascii() and REPLACEMENT not in plain:
            return plain
    return text
