"""Pictures by their bytes."""

import hashlib
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.images import image_format, read_image
from parsers.facts import ImageFact, Unreadable
from parsers.limits import Limits

LIMITS = Limits()


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
    )


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 480, 640)
    + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9"
)
BMP = b"BM" + bytes(16) + struct.pack("<ii", 640, -480) + bytes(28)
WEBP = (
    b"RIFF"
    + struct.pack("<I", 30)
    + b"WEBPVP8X"
    + bytes(8)
    + bytes(4)
    + b"\x7f\x02\x00\xdf\x01\x00"
)


@pytest.mark.parametrize(
    ("data", "fmt", "size"),
    [
        pytest.param(png(640, 480), "png", (640, 480), id="png"),
        pytest.param(JPEG, "jpeg", (640, 480), id="jpeg"),
        pytest.param(
            b"GIF89a" + struct.pack("<HH", 640, 480) + bytes(20), "gif", (640, 480), id="gif"
        ),
        pytest.param(BMP, "bmp", (640, 480), id="bmp-top-down"),
        pytest.param(JPEG[:24], "jpeg", (0, 0), id="jpeg-cut-before-its-size"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(20), "heic", (0, 0), id="phone-photo"),
        pytest.param(b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(20), "emf", (0, 0), id="emf"),
    ],
)
def test_read(data: bytes, fmt: str, size: tuple[int, int]) -> None:
    fact = read_image("../照片.jpg", data, LIMITS)

    assert isinstance(fact, ImageFact)
    assert (fact.format, (fact.width, fact.height)) == (fmt, size)
    assert fact.name == "照片.jpg"
    assert fact.sha256 == hashlib.sha256(data).hexdigest()
    assert fact.size == len(data)


def test_webp_is_known() -> None:
    assert image_format(WEBP) == "webp"


@pytest.mark.parametrize(
    ("data", "suspicious"),
    [
        pytest.param(b"", False, id="empty"),
        pytest.param("城市管理".encode() * 9, False, id="text"),
        pytest.param(b"\xff\xd8\xff", False, id="three-bytes"),
        pytest.param(png(12_000, 12_000), True, id="pixel-bomb"),
        pytest.param(png(0xFFFFFFFF, 0xFFFFFFFF), True, id="absurd-dimensions"),
    ],
)
def test_refused(data: bytes, suspicious: bool) -> None:
    refused = read_image("a.png", data, LIMITS)

    assert isinstance(refused, Unreadable)
    assert refused.suspicious is suspicious
    assert refused.remedy


@given(st.sampled_from([png(1, 1), JPEG, BMP, WEBP]), st.integers(0, 60), st.binary(max_size=40))
def test_damaged_headers_end_in_a_value(data: bytes, cut: int, tail: bytes) -> None:
    assert isinstance(read_image("a", data[:cut] + tail, LIMITS), ImageFact | Unreadable)
