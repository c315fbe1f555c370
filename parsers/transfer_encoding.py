"""Content-Transfer-Encoding undone (RFC 2045, 6), as far as damaged data goes.

One copy of the data beside the raw mail, whatever its size, unless it is damaged.
"""

import binascii
from typing import Literal, NamedTuple

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(code for code in range(256) if code not in _BASE64)
_BLANKS = b" \t\r\n"
_MOST_PIECES = 100_000

ENCODED = frozenset({"base64", "quoted-printable"})
"""Encodings under which no delimiter line can stand."""

Fault = Literal["", "cut", "rest"]
"""Nothing wrong; ended in the middle; something followed the end."""


class Decoded(NamedTuple):
    """The bytes, and what was wrong with their encoding."""

    data: bytes
    fault: Fault = ""


def undo(raw: bytes, start: int, end: int, encoding: str) -> Decoded:
    """The bytes that raw[start:end] stands for; unknown encodings stand for themselves."""
    view = memoryview(raw)[start:end]
    if encoding == "base64":
        return _base64_part(raw, start, end, view)
    if encoding == "quoted-printable":
        return Decoded(binascii.a2b_qp(view))
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return Decoded(_from_uuencode(bytes(view)))
    return Decoded(bytes(view))


def _base64_part(raw: bytes, start: int, end: int, view: memoryview) -> Decoded:
    try:
        data = binascii.a2b_base64(view)
    except binascii.Error:
        return Decoded(from_base64(bytes(view)), "cut")
    breaks = raw.count(b"\n", start, end) * 2
    if len(data) + 3 >= (len(view) - breaks) * 3 // 4:
        return Decoded(data)
    # The decoder stops at the first padding; some programs encode piece by piece.
    whole = _from_pieces(bytes(view))
    return Decoded(whole) if whole else Decoded(data, "rest")


def _from_pieces(payload: bytes) -> bytes:
    """Base64 made of several padded pieces; "" where anything else stands in it."""
    pieces = payload.translate(None, delete=_BLANKS).split(b"=")
    if len(pieces) > _MOST_PIECES or any(piece.translate(None, _BASE64) for piece in pieces):
        return b""
    return b"".join(from_base64(piece) for piece in pieces if piece)


def from_base64(payload: bytes) -> bytes:
    """Base64 as far as it goes: foreign characters skipped, padding supplied."""
    try:
        return binascii.a2b_base64(payload)
    except binascii.Error:
        kept = payload.translate(None, delete=_NOT_BASE64)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _from_uuencode(data: bytes) -> bytes:
    out = []
    for line in data.splitlines():
        if not line.strip() or line.startswith(b"begin ") or line.strip() == b"end":
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)
