"""Outlook's .msg files: rewritten as ordinary mail, then read like any other.

mail-parser would hand the file to an external Perl program; olefile reads the
container, and the properties ([MS-OXMSG], [MS-OXPROPS]) become headers, bodies
and attachments. Mails inside the mail become message/rfc822 parts.
"""

import base64
import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from typing import Any

import olefile

from parsers.charset import clean_text, decode, decode_header, one_line
from parsers.compressed_rtf import from_compressed_rtf
from parsers.facts import Unreadable
from parsers.limits import Limits
from parsers.message import DEFAULT_LIMITS, ParsedMail, read_message

_SUBJECT, _BODY, _HTML, _RTF = "0037", "1000", "1013", "1009"
_TRANSPORT, _MESSAGE_ID, _REPLY_TO_ID, _REFERENCES = "007D", "1035", "1042", "1039"
_SENDERS = (("5D01", "0C1A"), ("5D02", "0042"), ("0C1F", "0C1A"), ("0065", "0042"))
_DATA, _MIME_TYPE, _CONTENT_ID = "3701", "370E", "3712"
_NAMES = ("3707", "3704", "3001")
_RECIPIENT_ADDRESSES = ("39FE", "3003")
_SUBMITTED, _DELIVERED = 0x0039_0040, 0x0E06_0040
_RECIPIENT_TYPE, _CODE_PAGE = 0x0C15_0003, 0x3FFD_0003
_INNER = "__substg1.0_3701000D"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MOST_DEPTH = 5
_MOST_RECIPIENTS = 100
_ADDRESS = re.compile(r"[^\s<>@\x00-\x1f]{1,64}@[\w.-]{1,253}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_KEPT = re.compile(
    r"^(?:From|Date|Message-ID|In-Reply-To|References|Auto-Submitted|Precedence|Return-Path|Received)"
    r":[^\n]{0,4000}(?:\n[ \t][^\n]{0,4000}){0,20}",
    re.IGNORECASE | re.MULTILINE,
)


def read_msg(
    data: bytes,
    name: str = "",
    *,
    own_addresses: frozenset[str] = frozenset(),
    limits: Limits = DEFAULT_LIMITS,
) -> ParsedMail | Unreadable:
    """Read an Outlook .msg file like a mail; `Unreadable` where it is none or damaged."""
    try:
        raw = msg_to_mail(data, limits)
    except Exception as exc:  # noqa: BLE001  damaged containers raise a dozen types
        reason = f"Outlook 邮件文件损坏，无法读取（{type(exc).__name__}）"
        return Unreadable(name, reason, "请打开这封邮件，把里面的稿件另存后作为附件重新发送。")
    return read_message(raw, own_addresses=own_addresses, limits=limits)


def msg_to_mail(data: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The same mail as RFC 5322 bytes.

    Raises:
        Exception: Of whatever type olefile meets a damaged container with.
    """
    with olefile.OleFileIO(BytesIO(data)) as ole:
        storages = ole.listdir(streams=False, storages=True)
        return _mail(_Storage(ole, (), tuple(map(tuple, storages)), limits), 1)


@dataclass(frozen=True, slots=True)
class _Storage:
    """One storage of the container: the mail itself, an attachment, an inner mail."""

    ole: Any
    path: tuple[str, ...]
    storages: tuple[tuple[str, ...], ...]
    limits: Limits

    def stream(self, name: str) -> bytes:
        path = [*self.path, name]
        if self.ole.get_type(path) != olefile.STGTY_STREAM:
            return b""
        if self.ole.get_size(path) > self.limits.file_bytes:
            return b""
        return bytes(self.ole.openstream(path).read())

    def text(self, tag: str) -> str:
        """A string property: Unicode, else in the mail's own code page."""
        wide = self.stream(f"__substg1.0_{tag}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\x00")
        narrow = self.stream(f"__substg1.0_{tag}001E")
        return decode(narrow.rstrip(b"\x00"), self.code_page) if narrow else ""

    def binary(self, tag: str) -> bytes:
        return self.stream(f"__substg1.0_{tag}0102")

    @property
    def code_page(self) -> str:
        page = self.fixed(_CODE_PAGE) & 0xFFFF
        return {0: "", 65001: "utf-8", 54936: "gb18030"}.get(page, f"cp{page}")

    def fixed(self, tag: int) -> int:
        """A property of fixed size, 0 where absent ([MS-OXMSG] 2.4)."""
        data = self.stream("__properties_version1.0")
        start = 8
        if not self.path or self.path[-1] == _INNER:
            start = 24 if self.path else 32
        for offset in range(start, min(len(data), 16_000) - 15, 16):
            if struct.unpack_from("<I", data, offset)[0] == tag:
                return int(struct.unpack_from("<Q", data, offset + 8)[0])
        return 0

    def children(self, prefix: str) -> Iterator["_Storage"]:
        depth = len(self.path)
        for path in sorted(self.storages):
            below = len(path) == depth + 1 and path[:depth] == self.path
            if below and path[depth].lower().startswith(prefix):
                yield _Storage(self.ole, path, self.storages, self.limits)


def _mail(storage: _Storage, depth: int) -> bytes:
    """Headers, the two forms of the text, then the attachments."""
    boundary = hashlib.sha256(repr(storage.path).encode()).hexdigest()[:32].encode()
    parts = list(_text_parts(storage))
    if depth < _MOST_DEPTH:
        for number, child in enumerate(storage.children("__attach_version1.0")):
            if number >= storage.limits.parts:
                break
            parts.append(_file_part(child, depth))
    head = "".join(f"{line}\r\n" for line in _header_lines(storage)).encode()
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    kind = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return head + kind + body + b"--" + boundary + b"--\r\n"


def _header_lines(storage: _Storage) -> Iterator[str]:
    """The transport's own headers where they were kept; else made from properties."""
    transport = clean_text(storage.text(_TRANSPORT))
    kept = [match[0].replace("\n", "\r\n") for match in _KEPT.finditer(transport[:100_000])]
    names = {line.partition(":")[0].lower() for line in kept}
    yield from kept
    yield f"Subject: {_word(storage.text(_SUBJECT))}"
    if "from" not in names:
        yield f"From: {_sender(storage)}"
    if "date" not in names:
        sent = storage.fixed(_SUBMITTED) or storage.fixed(_DELIVERED)
        if sent:
            when = _EPOCH + timedelta(microseconds=min(sent, 1 << 60) // 10)
            yield f"Date: {format_datetime(when)}"
    for name, tag in (
        ("Message-ID", _MESSAGE_ID),
        ("In-Reply-To", _REPLY_TO_ID),
        ("References", _REFERENCES),
    ):
        value = one_line(storage.text(tag))
        if value and name.lower() not in names:
            yield f"{name}: {value}"
    yield from _recipients(storage)


def _sender(storage: _Storage) -> str:
    """The first of the four sender properties that is an internet address."""
    for address, name in _SENDERS:
        value = storage.text(address).strip()
        if _ADDRESS.fullmatch(value):
            return f"{_word(storage.text(name))} <{value}>"
    # An Exchange sender has no internet address, only a name.
    return _word(storage.text("0C1A") or storage.text("0042"))


def _recipients(storage: _Storage) -> Iterator[str]:
    lines: dict[str, list[str]] = {"To": [], "Cc": []}
    for number, child in enumerate(storage.children("__recip_version1.0")):
        if number >= _MOST_RECIPIENTS:
            break
        values = (child.text(tag).strip() for tag in _RECIPIENT_ADDRESSES)
        address = next((value for value in values if _ADDRESS.fullmatch(value)), "")
        kind = "Cc" if child.fixed(_RECIPIENT_TYPE) & 0xFF == 2 else "To"
        if address:
            lines[kind].append(f"{_word(child.text('3001'))} <{address}>")
    for name, boxes in lines.items():
        if boxes:
            yield f"{name}: {', '.join(boxes)}"


def _word(text: str) -> str:
    """Text as one encoded word; ours is the only reader, so length does not matter."""
    line = one_line(decode_header(text)) if text.isascii() else one_line(text)
    return f"=?utf-8?B?{base64.b64encode(line.encode()).decode()}?=" if line else ""


def _text_parts(storage: _Storage) -> Iterator[bytes]:
    """Plain text and HTML as alternatives; RTF, where it is all there is, as a file."""
    plain = storage.text(_BODY)
    html = storage.binary(_HTML) or storage.text(_HTML).encode()
    forms = []
    if plain.strip():
        forms.append(_part("text/plain; charset=utf-8", plain.encode("utf-8", "replace")))
    if html:
        forms.append(_part("text/html", html))
    if len(forms) == 2:
        inner = b"".join(b"--alternative\r\n" + form + b"\r\n" for form in forms)
        head = b'Content-Type: multipart/alternative; boundary="alternative"\r\n\r\n'
        yield head + inner + b"--alternative--\r\n"
    else:
        yield from forms
    if not forms and (packed := storage.binary(_RTF)):
        rtf = from_compressed_rtf(packed, storage.limits.file_bytes)
        yield _part("application/rtf", rtf, "邮件正文.rtf")


def _file_part(child: _Storage, depth: int) -> bytes:
    name = next((text for tag in _NAMES if (text := child.text(tag).strip())), "")
    if (*child.path, _INNER) in child.storages:
        inner = _Storage(child.ole, (*child.path, _INNER), child.storages, child.limits)
        return _part("message/rfc822", _mail(inner, depth + 1), name)
    kind = child.text(_MIME_TYPE).strip().lower()
    data = child.binary(_DATA)
    content_id = one_line(child.text(_CONTENT_ID)).strip("<> ")
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    if kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    return _part(kind, data, name, content_id)


def _part(kind: str, data: bytes, name: str = "", content_id: str = "") -> bytes:
    lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
    if name:
        lines.append(f'Content-Disposition: {_disposition(content_id)}; filename="{_word(name)}"')
    if content_id.isascii() and content_id:
        lines.append(f"Content-ID: <{content_id}>")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + base64.encodebytes(data)


def _disposition(content_id: str) -> str:
    return "inline" if content_id else "attachment"
