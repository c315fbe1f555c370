"""Archives as clerks pack them and as attackers do."""

import gzip
import io
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import libarchive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.archives import Packed, members
from parsers.facts import Unreadable
from parsers.limits import Limits

LIMITS = Limits()
TEXT = "城市管理综合行政执法局今日开展夜间巡查。".encode("gbk")


def unpack(data: bytes, fmt: str, limits: Limits = LIMITS) -> list[Packed | Unreadable]:
    return list(members("包." + fmt, data, fmt, limits))


def readable(data: bytes, fmt: str) -> dict[str, bytes]:
    found = unpack(data, fmt)
    assert not [member for member in found if isinstance(member, Unreadable)], found
    return {member.name: member.data for member in found if isinstance(member, Packed)}


def refused(data: bytes, fmt: str, limits: Limits = LIMITS) -> Unreadable:
    (only,) = (m for m in unpack(data, fmt, limits) if isinstance(m, Unreadable))
    assert only.reason
    assert only.remedy
    return only


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def seven_zipped(files: dict[str, bytes]) -> bytes:
    parts: list[bytes] = []
    with libarchive.custom_writer(
        lambda block: parts.append(bytes(block)) or len(block), "7zip"
    ) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return b"".join(parts)


def tarred(files: dict[str, bytes], mode: str = "w:") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def rar4(
    name: bytes,
    content: bytes,
    *,
    flags: int = 0x8000,
    attributes: int = 0o100644,
    archive: int = 0,
) -> bytes:
    """A RAR 4 archive with one stored file, as WinRAR lays it out."""

    def block(kind: int, flags: int, body: bytes, extra: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + extra

    body = struct.pack(
        "<IIBIIBBHI",
        len(content),
        len(content),
        3,
        zlib.crc32(content),
        0x58000000,
        29,
        0x30,
        len(name),
        attributes,
    )
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, archive, bytes(6))
        + block(0x74, flags, body + name, content)
        + block(0x7B, 0x4000, b"")
    )


def rar5(name: bytes, content: bytes, *, archive: int = 0, extra: bytes = b"") -> bytes:
    """A RAR 5 archive with one stored file."""

    def number(value: int) -> bytes:
        out = b""
        while value > 0x7F:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        return out + bytes([value])

    def block(body: bytes) -> bytes:
        sized = number(len(body)) + body
        return struct.pack("<I", zlib.crc32(sized)) + sized

    size = number(len(content))
    file_head = (
        number(2) + number(3 if extra else 2) + (number(len(extra)) if extra else b"") + size
        + number(4) + size + number(0o100644)
        + struct.pack("<I", zlib.crc32(content)) + number(0) + number(1) + number(len(name)) + name
        + extra
    )  # fmt: skip
    return (
        b"Rar!\x1a\x07\x01\x00"
        + block(number(1) + number(0) + number(archive))
        + block(file_head) + content
        + block(number(5) + number(0) + number(0))
    )  # fmt: skip


GOLDEN = Path(__file__).parent / "golden" / "documents"
PACKED = {"信息.txt": TEXT, "目录/图.txt": b"2", "空.txt": b""}


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(zipped(PACKED), "zip", id="zip"),
        pytest.param(seven_zipped(PACKED), "7z", id="7z"),
        pytest.param(tarred(PACKED), "tar", id="tar"),
        pytest.param(tarred(PACKED, "w:gz"), "gz", id="tar-gz"),
    ],
)
def test_members(data: bytes, fmt: str) -> None:
    assert readable(data, fmt) == {"信息.txt": TEXT, "图.txt": b"2", "空.txt": b""}


def test_solid_7z() -> None:
    assert readable((GOLDEN / "solid-lzma2.7z").read_bytes(), "7z") == {
        "信息.txt": TEXT,
        "乙.txt": b"2",
    }


def test_single_gz_loses_its_suffix() -> None:
    assert list(members("信息.txt.gz", gzip.compress(TEXT), "gz", LIMITS)) == [
        Packed("信息.txt", TEXT)
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(rar4(b"a.txt", TEXT), "a.txt", id="rar4"),
        pytest.param(rar4("信息.txt".encode("gbk"), TEXT), "信息.txt", id="rar4-gbk-name"),
        pytest.param(rar5("信息.txt".encode(), TEXT), "信息.txt", id="rar5"),
    ],
)
def test_rar(data: bytes, name: str) -> None:
    assert readable(data, "rar") == {name: TEXT}


def test_gbk_names_of_windows_zip() -> None:
    raw = "夜间巡查信息.doc".encode("gbk")
    data = zipped({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)

    assert readable(data, "zip") == {"夜间巡查信息.doc": b"1"}


def test_gbk_names_of_tar() -> None:
    raw = "信息.doc".encode("gbk")
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", encoding="gbk", format=tarfile.GNU_FORMAT
    ) as archive:
        archive.addfile(tarfile.TarInfo(raw.decode("gbk")))

    assert readable(buffer.getvalue(), "tar") == {"信息.doc": b""}


def test_litter_is_passed_over() -> None:
    files = dict.fromkeys(
        [
            "__MACOSX/._信息.doc",
            ".DS_Store",
            "a/Thumbs.db",
            "desktop.ini",
            "~$信息.doc",
            "信息.doc",
        ],
        b"1",
    )

    assert readable(zipped(files), "zip") == {"信息.doc": b"1"}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd", "C:\\etc\\passwd"]
)
def test_paths_are_never_kept(name: str) -> None:
    assert readable(zipped({name: b"1"}), "zip") == {"passwd": b"1"}


def test_direction_tricks_in_names_are_removed() -> None:
    assert readable(zipped({"信息\u202excod.exe": b"1"}), "zip") == {"信息xcod.exe": b"1"}


def symlink_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("链接")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def symlink_tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("链接")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(symlink_zip(), "zip", id="zip"),
        pytest.param(symlink_tar(), "tar", id="tar"),
        pytest.param(rar4(b"link", b"/etc/passwd", attributes=0o120777), "rar", id="rar"),
    ],
)
def test_links_are_reported_not_followed(data: bytes, fmt: str) -> None:
    assert refused(data, fmt).suspicious


def encrypted_zip() -> bytes:
    data = bytearray(zipped({"a.txt": b"1", "b.txt": b"2"}))
    first = data.find(b"PK\x01\x02")
    data[first + 8] |= 1
    data[data.find(b"PK\x01\x02", first + 4) + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(encrypted_zip(), "zip", id="zip"),
        pytest.param(rar4(b"a.txt", TEXT, flags=0x8004), "rar", id="rar4"),
        pytest.param(rar4(b"a.txt", TEXT, archive=0x80), "rar", id="rar4-names-too"),
        pytest.param(rar5(b"a.txt", TEXT, extra=b"\x31\x01" + bytes(48)), "rar", id="rar5"),
        pytest.param((GOLDEN / "encrypted-content.7z").read_bytes(), "7z", id="7z"),
        pytest.param((GOLDEN / "encrypted-names.7z").read_bytes(), "7z", id="7z-names-too"),
    ],
)
def test_encrypted_says_so(data: bytes, fmt: str) -> None:
    told = refused(data, fmt)

    assert "加密" in told.reason
    assert "密码" in told.remedy
    assert not told.suspicious


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(rar4(b"a.txt", TEXT, archive=0x01), id="rar4"),
        pytest.param(rar5(b"a.txt", TEXT, archive=0x01), id="rar5"),
    ],
)
def test_one_volume_of_several_is_never_taken_for_the_whole(data: bytes) -> None:
    told = refused(data, "rar")

    assert "分卷" in told.reason
    assert "不要分卷" in told.remedy


def test_a_file_packed_onto_others_in_an_old_rar_is_told() -> None:
    told = refused(rar4(b"a.txt", TEXT, flags=0x8010), "rar")

    assert "固实" in told.reason
    assert ".zip" in told.remedy


def test_one_encrypted_member_does_not_hide_the_others() -> None:
    data = bytearray(zipped({"a.txt": b"1", "b.txt": TEXT}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    locked, free = unpack(bytes(data), "zip")

    assert isinstance(locked, Unreadable)
    assert "加密" in locked.reason
    assert free == Packed("b.txt", TEXT)


@pytest.mark.parametrize("fmt", ["zip", "rar", "7z", "tar", "gz", "cab"])
@pytest.mark.parametrize(
    "data", [b"1", b"\0" * 600, b"PK\x03\x04" + b"x" * 600, bytes(range(256)) * 9]
)
def test_garbage_is_refused(data: bytes, fmt: str) -> None:
    assert not refused(data, fmt).suspicious


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(zipped({"a": TEXT * 9})[:-40], "zip", id="zip"),
        pytest.param(seven_zipped({"a": TEXT * 9})[:-20], "7z", id="7z"),
        pytest.param(rar4(b"a", TEXT * 9)[:-200], "rar", id="rar"),
        pytest.param(tarred({"a": TEXT * 99})[:700], "tar", id="tar"),
        pytest.param(gzip.compress(TEXT * 9)[:-12], "gz", id="gz"),
    ],
)
def test_truncated_is_refused(data: bytes, fmt: str) -> None:
    assert not refused(data, fmt).suspicious


def test_members_before_the_damage_are_kept() -> None:
    first, second = unpack(tarred({"a": TEXT, "b": TEXT * 99})[:2000], "tar")

    assert first == Packed("a", TEXT)
    assert isinstance(second, Unreadable)


ZEROS = b"\0" * 3_000_000


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(zipped({"a": ZEROS}), "zip", id="zip"),
        pytest.param(seven_zipped({"a": ZEROS}), "7z", id="7z"),
        pytest.param(gzip.compress(ZEROS), "gz", id="gz"),
        pytest.param(tarred({"a": ZEROS}, "w:gz"), "gz", id="tar-gz"),
    ],
)
def test_absurd_compression_is_suspicious(data: bytes, fmt: str) -> None:
    assert refused(data, fmt).suspicious


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(archive_entries=2), id="entries"),
        pytest.param(Limits(archive_total_bytes=60), id="total"),
    ],
)
@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(zipped(dict.fromkeys("abc", TEXT)), "zip", id="zip"),
        pytest.param(seven_zipped(dict.fromkeys("abc", TEXT)), "7z", id="7z"),
        pytest.param(tarred(dict.fromkeys("abc", TEXT)), "tar", id="tar"),
    ],
)
def test_limits(data: bytes, fmt: str, limits: Limits) -> None:
    assert refused(data, fmt, limits).suspicious


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(zipped({"大": TEXT * 99, "小": TEXT}), "zip", id="zip"),
        pytest.param(seven_zipped({"大": TEXT * 99, "小": TEXT}), "7z", id="7z"),
        pytest.param(tarred({"大": TEXT * 99, "小": TEXT}), "tar", id="tar"),
    ],
)
def test_one_member_too_large_does_not_hide_the_others(data: bytes, fmt: str) -> None:
    large, small = unpack(data, fmt, Limits(archive_member_bytes=1000))

    assert isinstance(large, Unreadable)
    assert large.name == "大"
    assert small == Packed("小", TEXT)


@pytest.mark.parametrize(
    ("data", "fmt"), [(zipped({}), "zip"), (tarred({}), "tar"), (zipped({"Thumbs.db": b""}), "zip")]
)
def test_empty_archive_says_so(data: bytes, fmt: str) -> None:
    assert "空" in refused(data, fmt).reason


def test_extended_header_of_a_tar_is_bounded() -> None:
    """A pax header of gigabytes is taken in whole by the tar reader."""
    head = tarfile.TarInfo("a")
    head.type, head.size = tarfile.XHDTYPE, 1 << 32
    told = refused(
        gzip.compress(head.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 3_000_000),
        "gz",
        Limits(archive_total_bytes=1_000_000),
    )

    assert told.suspicious


@pytest.fixture
def no_libarchive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libarchive", None)


@pytest.mark.usefixtures("no_libarchive")
def test_missing_system_library_is_told_to_both() -> None:
    told = refused(rar5(b"a", b"1"), "rar")

    assert "libarchive13" in told.reason
    assert ".zip" in told.remedy


SEEDS = [(zipped(PACKED), "zip"), (seven_zipped(PACKED), "7z"), (rar4(b"a", TEXT), "rar"),
         (rar5(b"a", TEXT), "rar"), (tarred(PACKED), "tar"), (gzip.compress(TEXT), "gz")]  # fmt: skip


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
)
def test_any_damage_ends_in_values(
    seed: tuple[bytes, str], changes: list[tuple[float, int]]
) -> None:
    data = bytearray(seed[0])
    for where, byte in changes:
        data[int(where * len(data))] = byte

    for member in unpack(bytes(data), seed[1]):
        name = member.name
        assert "/" not in name


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        pytest.param("1.占道/稿.docx", "1.占道", id="folder"),
        pytest.param("a\\图片\\稿.docx", "a/图片", id="backslashes"),
        pytest.param("../../etc/稿.docx", "etc", id="outside"),
        pytest.param("C:/\u202e甲/稿.docx", "甲", id="drive-and-direction"),
        pytest.param("1/2/3/4/5/6/稿.docx", "3/4/5/6", id="innermost-four"),
        pytest.param("稿.docx", "", id="none"),
    ],
)
def test_folder_is_told_but_no_path(name: str, folder: str) -> None:
    assert unpack(zipped({name: b"1"}), "zip") == [Packed("稿.docx", b"1", folder)]
