"""Archives, one member at a time: zip, rar, 7z, tar and gz.

A member's name is only shown, never used as a path; nothing is written to disk.
What comes out is counted while it comes, whatever the headers promise.
"""

import contextlib
import ctypes
import gzip
import io
import locale
import logging
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Self, cast

from parsers.documents.outcome import refuse
from parsers.documents.rar_head import RarHead, rar_head
from parsers.documents.refusals import unreadable
from parsers.documents.zip_guard import (
    RATIO_FLOOR_BYTES,
    REPACK,
    GuardedZip,
    ZipEntry,
    ZipRefused,
    decode_name,
    open_zip,
)
from parsers.facts import Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits
from parsers.litter import is_litter


@dataclass(frozen=True, slots=True)
class Packed:
    """One file that came out of an archive.

    Attributes:
        name: Display name, no path.
        data: Its bytes.
        folder: Display names of the innermost folders around it, joined by "/": to
            tell whose photo lies beside which draft, never to open anything.
    """

    name: str
    data: bytes
    folder: str = ""


Member = Packed | Unreadable

USE_ZIP = "请改用 .zip 格式压缩，或把文件直接作为附件发送。"

JOIN = "请不要分卷压缩：分成几个小的压缩包，或把文件直接作为附件发送。"

UNLOCK = "压缩包设有密码，请取消密码后重新发送，或把文件直接作为附件发送。"
NAMELESS = "未命名文件"

_BLOCK = 1 << 16
_FOLDERS = 4
_TAR_BLOCK = 512
_EXTENSION_BYTES = 1 << 20
_EXTENSIONS = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)


def _shown_folder(raw: str) -> str:
    parts = raw.replace("\\", "/").split("/")[-_FOLDERS - 1 : -1]
    return "/".join(filter(None, map(display_name, parts)))


class _Meter:
    """Counts members and bytes as they come out of one archive."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._limits = limits
        self._packed = packed
        self._members = 0
        self._total = 0

    def member(self) -> None:
        self._members += 1
        if self._members > self._limits.archive_entries:
            raise ZipRefused("压缩包内文件过多", REPACK, suspicious=True)

    def gather(self, blocks: Iterable[bytes]) -> bytes:
        """One member whole; raises ZipRefused as soon as too much has come."""
        parts: list[bytes] = []
        size = 0
        for block in blocks:
            size += len(block)
            self._total += len(block)
            if self._total > self._limits.archive_total_bytes or self._absurd():
                raise ZipRefused("解压后过大，疑似恶意文件", REPACK, suspicious=True)
            if size > self._limits.archive_member_bytes:
                raise ZipRefused("解压后的文件过大", REPACK)
            parts.append(block)
        return b"".join(parts)

    def _absurd(self) -> bool:
        too_well = self._total > self._packed * self._limits.compression_ratio
        return self._total > RATIO_FLOOR_BYTES and too_well


def members(name: str, data: bytes, fmt: str, limits: Limits) -> Iterator[Member]:
    """Every file of an archive, or why one could not be had.

    Folders and what operating systems leave behind (Thumbs.db, __MACOSX, ~$ files)
    are passed over; links are reported, never followed. An archive inside comes out
    as a member like any other.

    Args:
        name: Display name of the archive.
        data: Its bytes.
        fmt: "zip", "rar", "7z", "tar" or "gz".
        limits: Entries, bytes of a member, bytes in total, compression ratio.
    """
    readers = {"zip": _zip, "rar": _libarchive, "7z": _libarchive, "tar": _tar, "gz": _gz}
    reader = readers.get(fmt)
    if reader is None:
        yield refuse(name, data, "压缩格式不受支持", USE_ZIP)
        return
    found = False
    try:
        for member in reader(name, data, fmt, limits):
            found = True
            yield member
    except ZipRefused as refused:
        yield unreadable(display_name(name), data, refused)
    except Exception as exc:  # noqa: BLE001  damaged archives raise the errors of four libraries
        yield _damaged(name, data, exc)
    else:
        if not found:
            yield refuse(name, data, "压缩包是空的", "请确认压缩包内容后重新发送。")


def _locked() -> ZipRefused:
    return ZipRefused("压缩包已加密", UNLOCK)


def _damaged(name: str, data: bytes, exc: Exception) -> Unreadable:
    message = str(exc).lower()
    if "encrypt" in message or "passphrase" in message or "password" in message:
        return unreadable(display_name(name), data, _locked())
    if "volume" in message:
        return refuse(name, data, "压缩包是分卷的，缺少其他部分", JOIN)
    if "solid" in message:
        return refuse(name, data, "压缩包是固实压缩的旧式 RAR，未能全部解开", USE_ZIP)
    return refuse(name, data, "压缩包损坏或不完整", USE_ZIP)


def _zip(name: str, data: bytes, fmt: str, limits: Limits) -> Iterator[Member]:
    del name, fmt
    guarded = open_zip(data, limits, limits.archive_total_bytes)
    entries = [e for e in guarded.entries if not e.folder and not is_litter(e.name)]
    if entries and all(entry.encrypted for entry in entries):
        raise _locked()  # said once, not for every member
    for entry in entries:
        yield _zip_member(guarded, entry)


def _zip_member(guarded: GuardedZip, entry: ZipEntry) -> Member:
    shown = display_name(entry.name) or NAMELESS
    if entry.link:
        return _link(shown)
    try:
        return Packed(shown, guarded.read_entry(entry), _shown_folder(entry.name))
    except ZipRefused as refused:
        return _without_bytes(shown, refused)


def _gathered(raw: str, meter: _Meter, blocks: Iterable[bytes]) -> Member:
    """One member; too large by itself, it is passed over and the next one is read."""
    shown = display_name(raw) or NAMELESS
    try:
        return Packed(shown, meter.gather(blocks), _shown_folder(raw))
    except ZipRefused as refused:
        if refused.suspicious:
            raise
        return _without_bytes(shown, refused)


def _without_bytes(shown: str, refused: ZipRefused) -> Unreadable:
    return Unreadable(shown, refused.reason, refused.remedy, suspicious=refused.suspicious)


def _link(shown: str) -> Unreadable:
    return Unreadable(shown, "压缩包内是链接而不是文件", REPACK, suspicious=True)


def _text_name(raw: str | bytes | None) -> str:
    if isinstance(raw, bytes):
        return decode_name(raw)
    if not raw:
        return ""
    if any("\udc80" <= char <= "\udcff" for char in raw):
        return decode_name(raw.encode("utf-8", "surrogateescape"))
    return raw


def _use_utf8_names() -> None:
    """Under the C locale the library hands over Chinese names as nothing at all."""
    codeset = getattr(locale, "nl_langinfo", lambda _: "UTF-8")(getattr(locale, "CODESET", 0))
    if codeset.upper() != "UTF-8":
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")


def _libarchive(name: str, data: bytes, fmt: str, limits: Limits) -> Iterator[Member]:
    try:
        import libarchive  # noqa: PLC0415  fails on import where the system library is missing
        from libarchive import ffi, read  # noqa: PLC0415
    except Exception:  # noqa: BLE001  OSError, TypeError or AttributeError, by platform
        reason = "服务器缺少解压组件 libarchive13，无法解开 rar、7z（请管理员安装）"
        yield refuse(name, data, reason, USE_ZIP)
        return
    del libarchive
    head = rar_head(data) if fmt == "rar" else RarHead()
    if head.locked:
        raise _locked()
    if head.volume:  # the library would hand over what was cut at the volume's end
        raise ZipRefused("压缩包是分卷的，缺少其他部分", JOIN)
    logging.getLogger("libarchive").setLevel(logging.ERROR)  # it logs names of members
    _use_utf8_names()
    meter = _Meter(len(data), limits)
    # Only the formats asked for: others of this library spawn programs or read files.
    with read.new_archive_read("7zip" if fmt == "7z" else "rar", "none") as pointer:
        if fmt == "rar":
            ffi.get_read_format_function("rar5")(pointer)
        ffi.read_open_memory(pointer, data, len(data))
        encrypted = ffi.ffi("entry_is_encrypted", [ffi.c_archive_entry_p], ctypes.c_int)
        for entry in read.ArchiveRead(pointer):
            locked = bool(encrypted(entry._entry_p))  # noqa: SLF001  the binding lacks this call
            member = _libarchive_member(entry, meter, locked=locked)
            if member is not None:
                yield member


def _libarchive_member(entry: Any, meter: _Meter, *, locked: bool) -> Member | None:
    raw = _text_name(entry.pathname)
    if entry.isdir or is_litter(raw):
        return None
    meter.member()
    shown = display_name(raw) or NAMELESS
    if locked:  # stored and encrypted: the library would hand over the cipher
        raise _locked()
    if entry.issym or entry.islnk or not entry.isreg:
        return _link(shown)
    return _gathered(raw, meter, entry.get_blocks(_BLOCK))


class _BoundedHeader(tarfile.TarInfo):
    """A header that refuses to extend itself without end: tarfile takes extensions in whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header in `buf`; raises ZipRefused for an extension no honest name needs."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENSIONS and header.size > _EXTENSION_BYTES:
            raise ZipRefused("压缩包的文件头异常，疑似恶意文件", REPACK, suspicious=True)
        return header


class _Counted:
    """A stream that refuses to give more than an archive may hold in total.

    What lies between members is no member, so counting these is not enough.
    """

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self._stream = stream
        self._left = limits.archive_total_bytes + limits.archive_entries * _TAR_BLOCK

    def read(self, size: int) -> bytes:
        block = self._stream.read(min(size, self._left + 1))
        self._left -= len(block)
        if self._left < 0:
            raise ZipRefused("解压后过大，疑似恶意文件", REPACK, suspicious=True)
        return block


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _tar(name: str, data: bytes, fmt: str, limits: Limits) -> Iterator[Member]:
    del name, fmt
    yield from _tar_stream(io.BytesIO(data), _Meter(len(data), limits), limits)


def _tar_stream(stream: IO[bytes], meter: _Meter, limits: Limits) -> Iterator[Member]:
    counted = cast("IO[bytes]", _Counted(stream, limits))
    with tarfile.open(fileobj=counted, mode="r|", tarinfo=_BoundedHeader) as archive:
        for info in archive:
            raw = _text_name(info.name)
            if info.isdir() or is_litter(raw):
                continue
            meter.member()
            shown = display_name(raw) or NAMELESS
            content = archive.extractfile(info) if info.isreg() else None
            if content is None:
                yield _link(shown)
            else:
                yield _gathered(raw, meter, _blocks(content))


def _gz(name: str, data: bytes, fmt: str, limits: Limits) -> Iterator[Member]:
    del fmt
    meter = _Meter(len(data), limits)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
        stream = cast("IO[bytes]", unpacked)
        if stream.read(_TAR_BLOCK)[257:262] == b"ustar":
            stream.seek(0)
            yield from _tar_stream(stream, meter, limits)
            return
        stream.seek(0)
        shown = display_name(name) or NAMELESS
        stem = shown[:-3] if shown.lower().endswith(".gz") else shown
        yield _gathered(stem, meter, _blocks(stream))
