"""winmail.dat: what Outlook wraps attachments in (MS-OXTNEF), read within bounds."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.documents.html import decode_html, html_blocks
from parsers.documents.outcome import clean, refuse
from parsers.documents.plain import decode_text
from parsers.facts import DocumentText, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

SEND_PLAIN = "请在邮箱中改用纯文本或 HTML 格式发送，并把文件直接作为附件。"

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTACHMENT_LEVEL = 2

# attribute ids of the stream
_BODY = 0x800C
_NEW_ATTACHMENT = 0x9002
_TITLE = 0x8010
_DATA = 0x800F
_ATTACHMENT_PROPERTIES = 0x9005
_MESSAGE_PROPERTIES = 0x9003

# MAPI property ids
_P_BODY = 0x1000
_P_RTF = 0x1009
_P_HTML = 0x1013
_P_ATTACH_DATA = 0x3701
_P_LONG_NAME = 0x3707
_P_SHORT_NAME = 0x3704
_P_DISPLAY_NAME = 0x3001

_UNICODE = 0x1F
_OBJECT = 0x0D
_VARIABLE = frozenset({0x1E, _UNICODE, _OBJECT, 0x0102})
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MULTIPLE = 0x1000
_MAX_PROPERTIES = 20_000

_RTF_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


class _BrokenError(Exception):
    """The stream ends in the middle or says what cannot be."""


@dataclass(slots=True)
class _Attachment:
    name: str = ""
    data: bytes | None = None


@dataclass(slots=True)
class _Found:
    attachments: list[_Attachment] = field(default_factory=list)
    plain: str = ""
    html: bytes = b""
    rtf: bytes = b""


def read_tnef(
    name: str, data: bytes, limits: Limits
) -> tuple[list[tuple[str, bytes]], str] | Unreadable:
    """Attachments with display names, and the body's text ("" where there is none).

    An attached message comes out as another winmail.dat. What stands before a damage
    is kept; nothing readable at all is Unreadable.
    """
    if not data.startswith(_SIGNATURE):
        return refuse(name, data, "不是 winmail.dat", SEND_PLAIN)
    found = _Found()
    broken = False
    try:
        for level, attribute, payload in _attributes(data, limits):
            _take(found, level, attribute, payload)
    except _BrokenError:
        broken = True
    files = [(a.name or "附件", a.data) for a in found.attachments if a.data is not None]
    body = _body(found, limits)
    if not files and not body:
        reason = "winmail.dat 损坏或不完整" if broken else "winmail.dat 中没有附件和正文"
        return refuse(name, data, reason, SEND_PLAIN)
    return files, body


def _unpack(form: str, data: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, data, at)
    except struct.error as exc:
        raise _BrokenError from exc


def _attributes(data: bytes, limits: Limits) -> Iterator[tuple[int, int, bytes]]:
    at = 6
    for _ in range(limits.parts * 40):
        if at + 9 > len(data):
            return
        level, attribute, size = _unpack("<BII", data, at)
        at += 9
        if at + size > len(data):
            raise _BrokenError
        yield level, attribute & 0xFFFF, data[at : at + size]
        at += size + 2


def _take(found: _Found, level: int, attribute: int, payload: bytes) -> None:
    if level != _ATTACHMENT_LEVEL:
        if attribute == _BODY:
            found.plain = found.plain or _ansi(payload)
        elif attribute == _MESSAGE_PROPERTIES:
            _take_message(found, payload)
        return
    if attribute == _NEW_ATTACHMENT or not found.attachments:
        found.attachments.append(_Attachment())
    attachment = found.attachments[-1]
    if attribute == _TITLE:
        attachment.name = attachment.name or display_name(_ansi(payload))
    elif attribute == _DATA:
        attachment.data = payload
    elif attribute == _ATTACHMENT_PROPERTIES:
        _take_attachment(attachment, payload)


def _take_message(found: _Found, payload: bytes) -> None:
    for kind, prop, value in _properties(payload):
        if prop == _P_BODY:
            found.plain = _string(kind, value) or found.plain
        elif prop == _P_HTML:
            found.html = value
        elif prop == _P_RTF:
            found.rtf = value


def _take_attachment(attachment: _Attachment, payload: bytes) -> None:
    names: dict[int, str] = {}
    for kind, prop, value in _properties(payload):
        if prop in {_P_LONG_NAME, _P_SHORT_NAME, _P_DISPLAY_NAME}:
            names[prop] = display_name(_string(kind, value))
        elif prop == _P_ATTACH_DATA and kind == _OBJECT:
            # An interface id of 16 bytes stands before an attached message.
            attachment.data = value[16:]
        elif prop == _P_ATTACH_DATA:
            attachment.data = value
    named = [
        names[prop] for prop in (_P_LONG_NAME, _P_SHORT_NAME, _P_DISPLAY_NAME) if prop in names
    ]
    # The title is cut to 8.3 characters by old versions: the long name goes before it.
    attachment.name = (
        next((n for n in named[:1] if n), "") or attachment.name or "".join(named[1:2])
    )


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, id and (first) value of MAPI properties."""
    (count,) = _unpack("<I", data, 0)
    at = 4
    for _ in range(min(count, _MAX_PROPERTIES)):
        kind, prop = _unpack("<HH", data, at)
        at += 4
        if prop >= 0x8000:
            at = _skip_name(data, at)
        value, at = _values(data, at, kind)
        yield kind & ~_MULTIPLE, prop, value


def _skip_name(data: bytes, at: int) -> int:
    (by_string,) = _unpack("<I", data, at + 16)
    (size,) = _unpack("<I", data, at + 20)
    return at + 24 + (_padded(size) if by_string else 0)


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def _values(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    base = kind & ~_MULTIPLE
    count = 1
    if kind & _MULTIPLE or base in _VARIABLE:
        (count,) = _unpack("<I", data, at)
        at += 4
    first = b""
    for n in range(count):
        if base in _VARIABLE:
            (size,) = _unpack("<I", data, at)
            at += 4
        elif base in _FIXED:
            size = _FIXED[base]
        else:
            raise _BrokenError
        if at + size > len(data):
            raise _BrokenError
        first = first if n else data[at : at + size]
        at += _padded(size)
    return first, at


def _ansi(value: bytes) -> str:
    return decode_text(value.rstrip(b"\0"))[0]


def _string(kind: int, value: bytes) -> str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return _ansi(value)


def _body(found: _Found, limits: Limits) -> str:
    if found.plain.strip():
        return clean(found.plain).strip()[: limits.text_chars]
    if found.html:
        blocks = html_blocks(decode_html(found.html))[0]
        return "\n".join(block.text for block in blocks)[: limits.text_chars]
    return _rtf_body(found.rtf, limits) if found.rtf else ""


def _rtf_body(packed: bytes, limits: Limits) -> str:
    from parsers.documents.rtf import read_rtf  # noqa: PLC0415  rarely needed

    document = read_rtf("正文.rtf", unpack_rtf(packed, limits), limits)
    return document.text if isinstance(document, DocumentText) else ""


def unpack_rtf(packed: bytes, limits: Limits) -> bytes:
    """RTF out of Outlook's own compression (MS-OXRTFCP); b"" where it is damaged."""
    if len(packed) < 16:
        return b""
    _, size, magic, _ = struct.unpack_from("<IIII", packed)
    if magic == 0x414C454D:  # "MELA": stored
        return packed[16 : 16 + size]
    if size > limits.archive_member_bytes:
        return b""
    window = bytearray(_RTF_DICTIONARY.ljust(4096, b" "))
    place = len(_RTF_DICTIONARY)
    out = bytearray()
    at = 16
    while at < len(packed) and len(out) < size:
        flags = packed[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                chunk = packed[at : at + 1]
                at += 1
            else:
                if at + 2 > len(packed):
                    return bytes(out[:size])
                token = packed[at] << 8 | packed[at + 1]
                at += 2
                start, length = token >> 4, (token & 15) + 2
                if start == place:
                    return bytes(out[:size])
                chunk = _copied(window, start, length, place)
            for byte in chunk:
                window[place] = byte
                place = (place + 1) % 4096
            out += chunk
    return bytes(out[:size])


def _copied(window: bytearray, start: int, length: int, place: int) -> bytes:
    """A back reference; it may run into what it is itself writing."""
    distance = (place - start) % 4096
    known = bytes(window[(start + n) % 4096] for n in range(min(length, distance)))
    return (known * (length // len(known) + 1))[:length]
