"""Zip containers: what is read, what is refused, and as what."""

import io
import struct
import zipfile

import pytest

from parsers.documents.zip_guard import ZipRefused, open_zip
from parsers.limits import Limits

LIMITS = Limits()


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def with_raw_name(data: bytes, ascii_name: str, raw: bytes, *, flag: bool = False) -> bytes:
    """Rename an entry to bytes of the same length, as tools do that write GBK names."""
    assert len(ascii_name) == len(raw)
    renamed = bytearray(data.replace(ascii_name.encode(), raw))
    if flag:
        at = renamed.find(b"PK\x01\x02")
        renamed[at + 9] |= 8
    return bytes(renamed)


def refusal(data: bytes, name: str = "a", limits: Limits = LIMITS) -> ZipRefused:
    with pytest.raises(ZipRefused) as caught:
        open_zip(data, limits).read(name)
    return caught.value


def test_reads_stored_and_deflated() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        guarded = open_zip(zipped(("a/b.xml", b"x" * 5000), ("c", b""), method=method), LIMITS)
        assert guarded.names == ["a/b.xml", "c"]
        assert guarded.read("a/b.xml") == b"x" * 5000
        assert guarded.read("c") == b""


@pytest.mark.parametrize("asked", ["Word/Document.xml", "/word/document.xml", "word\\document.xml"])
def test_names_are_found_as_office_software_spells_them(asked: str) -> None:
    assert open_zip(zipped(("word/document.xml", b"1")), LIMITS).read(asked) == b"1"


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        pytest.param("信息.txt".encode("gb18030"), False, id="gbk"),
        pytest.param("信息.txt".encode("gb18030"), True, id="gbk-under-the-utf8-flag"),
        pytest.param("信息".encode() + b".a", False, id="utf8-without-its-flag"),
    ],
)
def test_chinese_names(raw: bytes, flag: bool) -> None:
    data = with_raw_name(zipped(("12345678", b"1")), "12345678", raw, flag=flag)
    guarded = open_zip(data, LIMITS)

    assert guarded.names[0].startswith("信息.")
    assert guarded.read(guarded.names[0]) == b"1"


def test_local_header_with_another_name_is_still_read() -> None:
    data = zipped(("abc.xml", b"1")).replace(b"abc.xml", b"ABC.XML", 1)

    assert open_zip(data, LIMITS).read("abc.xml") == b"1"


def test_missing_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        open_zip(zipped(("a", b"1")), LIMITS).read("b")


def test_the_last_of_two_equal_names_counts() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("a", b"old"), ("a", b"new"))

    assert open_zip(data, LIMITS).read("a") == b"new"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04", id="four-bytes"),
        pytest.param(b"no zip at all" * 9, id="no-zip"),
        pytest.param(zipped(("a", b"1" * 999))[:-30], id="truncated"),
        pytest.param(b"\0" * 40 + zipped(("a", b"1"))[50:], id="head-overwritten"),
    ],
)
def test_damaged_is_refused_without_suspicion(data: bytes) -> None:
    refused = refusal(data)

    assert refused.reason
    assert refused.remedy
    assert not refused.suspicious


def test_changed_byte_is_noticed() -> None:
    data = zipped(("a", b"hello"), method=zipfile.ZIP_STORED).replace(b"hello", b"hallo")

    assert "校验" in refusal(data).reason


def test_encrypted_entry_says_so() -> None:
    data = bytearray(zipped(("a", b"1")))
    data[data.find(b"PK\x01\x02") + 8] |= 1

    assert "加密" in refusal(bytes(data)).reason


def test_unknown_method_is_refused() -> None:
    data = bytearray(zipped(("a", b"1")))
    data[data.find(b"PK\x01\x02") + 10] = 9  # Deflate64

    assert "压缩方式" in refusal(bytes(data)).reason


def test_ratio_above_a_megabyte_is_suspicious() -> None:
    assert refusal(zipped(("a", b"\0" * 2_000_000))).suspicious


def test_ratio_below_a_megabyte_is_not() -> None:
    assert len(open_zip(zipped(("a", b"\0" * 900_000)), LIMITS).read("a")) == 900_000


def test_declared_total_is_bounded() -> None:
    data = zipped(*[(str(n), b"\0" * 600_000) for n in range(9)])

    with pytest.raises(ZipRefused) as caught:
        open_zip(data, LIMITS, total_bytes=5_000_000)
    assert caught.value.suspicious


def test_header_that_lies_about_the_size() -> None:
    data = bytearray(zipped(("a", b"\0" * 500_000)))
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)

    assert refusal(bytes(data)).suspicious


def test_entry_count_is_bounded() -> None:
    data = zipped(*[(str(n), b"") for n in range(12)])

    assert refusal(data, limits=Limits(archive_entries=10)).suspicious


def test_overlapping_entries_are_suspicious() -> None:
    """Two directory entries over one kernel (CVE-2024-0450)."""
    data = zipped(("a", b"x" * 99))
    at = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    central, tail = data[at:end], bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, 2 * len(central))

    assert refusal(data[:at] + central * 2 + bytes(tail)).suspicious
