"""Pictures, by their bytes alone: nothing is decoded, so nothing can explode."""

import hashlib
import io
import struct

import imagesize

from parsers.documents.outcome import refuse
from parsers.facts import ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

_SAVE_AS_JPG = "请将图片另存为 .jpg 格式后重新发送。"

_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\xd7\xcd\xc6\x9a", "wmf"),
    (b"\0\0\1\0", "ico"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL ", "jxl"),
    (b"\0\0\0\x0cjP  ", "jp2"),
    (b"8BPS", "psd"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_MIN_BYTES = 24


def image_format(data: bytes) -> str:
    """Lower-case format by magic number; "" if it is no picture we know."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "heic" if brand in _HEIF_BRANDS else "avif" if brand in {b"avif", b"avis"} else ""
    if data[:4] == b"\1\0\0\0" and data[40:44] == b" EMF":
        return "emf"
    return ""


def _bmp_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", data, 18) if len(data) >= 26 else (0, 0)
    return abs(width), abs(height)


def _dimensions(data: bytes, fmt: str) -> tuple[int, int]:
    """Width and height in pixels from the header; (0, 0) where it does not say."""
    if fmt == "bmp":
        return _bmp_size(data)
    try:
        width, height = imagesize.get(io.BytesIO(data))
    except Exception:  # noqa: BLE001  truncated headers raise struct.error, ValueError and more
        return 0, 0
    return max(int(width), 0), max(int(height), 0)


def image_fact(name: str, data: bytes, limits: Limits) -> ImageFact | None:
    """The picture if it is one and not absurdly large, else None."""
    fmt = image_format(data)
    if not fmt or len(data) < _MIN_BYTES:
        return None
    width, height = _dimensions(data, fmt)
    if width * height > limits.pixels:
        return None
    digest = hashlib.sha256(data).hexdigest()
    return ImageFact(digest, len(data), fmt, display_name(name), width, height)


def read_image(name: str, data: bytes, limits: Limits) -> ImageFact | Unreadable:
    """A picture by magic number, with its dimensions; refused above `limits.pixels`."""
    fact = image_fact(name, data, limits)
    if fact:
        return fact
    if not image_format(data):
        return refuse(name, data, "不是图片或图片已损坏", _SAVE_AS_JPG)
    if len(data) < _MIN_BYTES:
        return refuse(name, data, "图片不完整", _SAVE_AS_JPG)
    return refuse(name, data, "图片尺寸过大", "请缩小图片后重新发送。", suspicious=True)
