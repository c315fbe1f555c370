"""Pictures, by their bytes alone: nothing is decoded, so nothing can explode."""

import hashlib

from parsers.documents.outcome import refuse
from parsers.documents.pictures import picture_fact, picture_format
from parsers.facts import ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

_SAVE_AS_JPG = "请将图片另存为 .jpg 格式后重新发送。"

# Beyond what stands in documents (`pictures`): files that phones and drawing tools send.
_MORE_MAGIC = (
    (b"\0\0\1\0", "ico"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL ", "jxl"),
    (b"\0\0\0\x0cjP  ", "jp2"),
    (b"8BPS", "psd"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_MIN_BYTES = 24


def image_format(data: bytes) -> str:
    """Lower-case format by magic number; "" if it is no picture we know."""
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "heic" if brand in _HEIF_BRANDS else "avif" if brand in _AVIF_BRANDS else ""
    if data[:4] == b"\1\0\0\0" and data[40:44] != b" EMF":
        return ""
    more = next((fmt for magic, fmt in _MORE_MAGIC if data.startswith(magic)), "")
    return more or picture_format(data)


def image_fact(name: str, data: bytes, limits: Limits) -> ImageFact | None:
    """The picture if it is one and not absurdly large, else None."""
    fmt = image_format(data)
    if not fmt or len(data) < _MIN_BYTES:
        return None
    fact = picture_fact(data, display_name(name)) or ImageFact(
        hashlib.sha256(data).hexdigest(), len(data), fmt, display_name(name)
    )
    return fact if fact.width * fact.height <= limits.pixels else None


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
