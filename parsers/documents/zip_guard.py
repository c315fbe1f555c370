"""Zip containers opened with suspicion: docx, odt, ofd, pptx and plain archives.

The directory comes from the standard library; entries are inflated here, because
what a header promises must be checked against what really comes out, and because
office software writes local headers that the standard library refuses (another
spelling of the name, another encoding flag) although the data is sound.
"""

import io
import itertools
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.limits import Limits

DOCUMENT_TOTAL_BYTES = 100_000_000
"""Most that all parts of one document may unpack to; real ones stay far below."""

RATIO_FLOOR_BYTES = 1_000_000
"""Below this output no ratio is suspicious: blank tables do compress a hundredfold."""

RESEND = "请用 Word 或 WPS 重新保存该文件后再发送。"
REPACK = "请把文件直接作为附件发送，不要压缩。"

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
# Signatures may also be those of archives stored inside this one, uncompressed.
_SIGNATURES_PER_ENTRY = 20


class ZipRefused(Exception):
    """A container or one of its entries that we will not read.

    Attributes:
        reason: Why, in Chinese, for the office.
        remedy: One Chinese sentence for the sender.
        suspicious: True where the file looks made to attack.
    """

    def __init__(self, reason: str, remedy: str = RESEND, suspicious: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.suspicious = suspicious


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One entry of the directory; `size` and `packed` are what its header claims."""

    name: str
    size: int
    packed: int
    start: int  # of the packed data, -1 where the local header is missing
    method: int
    crc: int
    encrypted: bool = False
    folder: bool = False
    link: bool = False


class GuardedZip:
    """A zip whose declared sizes are within bounds; nothing is unpacked before `read`."""

    def __init__(self, data: bytes, entries: Sequence[ZipEntry], limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self.entries = tuple(entries)
        # The last of two entries with one name counts, as in tools that append updates.
        self._by_name = {entry.name: entry for entry in self.entries if not entry.folder}
        self._by_folded = {name.casefold(): e for name, e in self._by_name.items()}

    @property
    def names(self) -> list[str]:
        """Names of all files, slashes forward, no leading slash, in directory order."""
        return list(self._by_name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) is not None

    def read(self, name: str) -> bytes:
        """Unpack one file; case and a leading slash of the name do not matter.

        Raises:
            KeyError: There is no such file.
            ZipRefused: It is encrypted, damaged, too large or compressed absurdly well.
                Pictures may be so too (a blank screenshot): skip those, do not give up.
        """
        entry = self._find(name)
        if entry is None:
            raise KeyError(name)
        return self.read_entry(entry)

    def read_entry(self, entry: ZipEntry) -> bytes:
        """Unpack one entry of `entries`; raises ZipRefused."""
        if entry.encrypted:
            raise ZipRefused("文件已加密", "请取消密码后重新发送。")
        if entry.size > self._limits.archive_member_bytes:
            raise ZipRefused("解压后的文件过大", REPACK)
        _check_ratio(entry.size, entry.packed, self._limits)
        packed = self._data[entry.start : entry.start + entry.packed]
        if entry.start < 0 or len(packed) < entry.packed:
            raise ZipRefused("压缩数据不完整")
        content = _unpack(packed, entry)
        if zlib.crc32(content) != entry.crc:
            raise ZipRefused("压缩数据损坏（校验不符）")
        return content

    def _find(self, name: str) -> ZipEntry | None:
        plain = _plain_name(name)
        return self._by_name.get(plain) or self._by_folded.get(plain.casefold())


def open_zip(data: bytes, limits: Limits, total_bytes: int = DOCUMENT_TOTAL_BYTES) -> GuardedZip:
    """Read the directory of a zip and refuse what cannot be honest.

    Raises:
        ZipRefused: Not a zip or damaged; more entries than `limits.archive_entries`;
            declared sizes above `total_bytes` together; overlapping entries
            (CVE-2024-0450).
    """
    if data.count(_CENTRAL) > limits.archive_entries * _SIGNATURES_PER_ENTRY:
        raise ZipRefused("压缩包内文件过多，疑似恶意文件", REPACK, suspicious=True)
    infos = _directory(data)
    if len(infos) > limits.archive_entries:
        raise ZipRefused("压缩包内文件过多", REPACK, suspicious=True)
    if sum(info.file_size for info in infos) > total_bytes:
        raise ZipRefused("解压后过大，疑似恶意文件", REPACK, suspicious=True)
    entries = [_entry(data, info) for info in infos]
    _refuse_overlap(entries)
    return GuardedZip(data, entries, limits)


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        try:
            return _infolist(data)
        except UnicodeDecodeError:  # GBK names under the UTF-8 flag: read them as unflagged
            return _infolist(_without_utf8_flags(data))
    except Exception as exc:
        # BadZipFile, struct.error, NotImplementedError, OverflowError, OSError …
        raise ZipRefused("压缩结构损坏或不完整") from exc


def _infolist(data: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()


def _without_utf8_flags(data: bytes) -> bytes:
    patched = bytearray(data)
    at = patched.find(_CENTRAL)
    while at >= 0 and at + 10 <= len(patched):
        patched[at + 9] &= ~(_UTF8_NAME >> 8) & 0xFF
        at = patched.find(_CENTRAL, at + 4)
    return bytes(patched)


def decode_name(raw: bytes) -> str:
    """A file name whose encoding nobody declared: UTF-8 if it is, else GB18030."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").removeprefix("./")


def _entry_name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8_NAME or info.orig_filename.isascii():
        return info.orig_filename
    # Unflagged names were decoded as CP437, which loses nothing: take the bytes back.
    return decode_name(info.orig_filename.encode("cp437", "replace"))


def _entry(data: bytes, info: zipfile.ZipInfo) -> ZipEntry:
    mode = info.external_attr >> 16
    name = _plain_name(_entry_name(info))
    return ZipEntry(
        name=name,
        size=info.file_size,
        packed=info.compress_size,
        start=_data_start(data, info.header_offset),
        method=info.compress_type,
        crc=info.CRC,
        encrypted=bool(info.flag_bits & _ENCRYPTED),
        folder=name.endswith("/") or not name,
        link=stat.S_ISLNK(mode),
    )


def _data_start(data: bytes, offset: int) -> int:
    header = data[offset : offset + _LOCAL_SIZE] if offset >= 0 else b""
    if len(header) < _LOCAL_SIZE or not header.startswith(_LOCAL):
        return -1
    name_size, extra_size = struct.unpack("<HH", header[26:30])
    return offset + _LOCAL_SIZE + int(name_size) + int(extra_size)


def _refuse_overlap(entries: Sequence[ZipEntry]) -> None:
    """No two entries may share bytes: that is how one kernel is counted many times."""
    spans = sorted((e.start, e.start + e.packed) for e in entries if e.start >= 0 and e.packed)
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start < end:
            raise ZipRefused("压缩包结构异常（文件重叠），疑似恶意文件", REPACK, suspicious=True)


def _check_ratio(size: int, packed: int, limits: Limits) -> None:
    if size > RATIO_FLOOR_BYTES and size > packed * limits.compression_ratio:
        raise ZipRefused("压缩比异常，疑似恶意文件", REPACK, suspicious=True)


def _unpack(packed: bytes, entry: ZipEntry) -> bytes:
    if entry.method == zipfile.ZIP_STORED:
        content = packed
    elif entry.method == zipfile.ZIP_DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.size + 1)
        except zlib.error as exc:
            raise ZipRefused("压缩数据损坏") from exc
    else:
        raise ZipRefused("压缩方式不受支持", REPACK)
    if len(content) > entry.size:
        raise ZipRefused("解压后大于所声明的大小，疑似恶意文件", REPACK, suspicious=True)
    if len(content) < entry.size:
        raise ZipRefused("压缩数据不完整")
    return content
