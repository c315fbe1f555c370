"""Pictures inside documents: what they are and how large, never their pixels.

Only the header is looked at, so a picture of a hundred thousand pixels square
costs nothing here.
"""

import hashlib
import io
import struct
from typing import Final

import imagesize

from parsers.facts import ImageFact

_HEAD = 262_144
_MAGIC: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\xd7\xcd\xc6\x9a", "wmf"),
    (b"\x01\x00\x00\x00", "emf"),
)

_MEASURED: Final = frozenset({"jpeg", "png", "gif", "tiff", "webp"})


def picture_format(data: bytes) -> str:
    """Format by magic bytes, "" where they are no picture we know."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((name for magic, name in _MAGIC if data.startswith(magic)), "")


def picture_fact(data: bytes, name: str = "") -> ImageFact | None:
    """Digest, format and pixels of one picture; None where the bytes are none."""
    kind = picture_format(data)
    if not kind:
        return None
    width, height = _pixels(data, kind)
    return ImageFact(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        format=kind,
        name=name,
        width=width,
        height=height,
    )


def _pixels(data: bytes, kind: str) -> tuple[int, int]:
    if kind == "bmp":
        width, height = struct.unpack_from("<ii", data, 18) if len(data) >= 26 else (0, 0)
        return max(width, 0), abs(height)
    if kind not in _MEASURED:
        return 0, 0
    try:
        width, height = imagesize.get(io.BytesIO(data[:_HEAD]))  # reads damaged files byte by byte
    except Exception:  # noqa: BLE001 - a broken header leaves the size unknown, no more
        return 0, 0
    return max(int(width), 0), max(int(height), 0)
