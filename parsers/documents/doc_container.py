"""The OLE file around a binary Word document: its streams and the head of its FIB."""

import io
import struct
from dataclasses import dataclass, field
from typing import Final

import olefile

from parsers.documents.refusals import RESEND_AS_DOCX, Refused, locked

_MIN_OLE: Final = 1536
_MAGIC_WORD_97: Final = 0xA5EC
_MAGICS: Final = frozenset({_MAGIC_WORD_97, 0xA5DC, 0xA699, 0xA697, 0xA698})
WORD_2: Final = 0xA5DB
"""Magic of Word 2 for Windows: no OLE file, the FIB stands at its start."""

_FIRST_WORD_6: Final = 101
_FIRST_WORD_97: Final = 0xC0
_ENCRYPTED: Final = 0x0100
_TABLE_1: Final = 0x0200
_MIN_FIB: Final = 0x60
_WORD_2_FIB: Final = 0x180
_TEXT_BEGINS: Final = 0x18
_SUMMARY: Final = {
    2: "title",
    4: "author",
    8: "last_modified_by",
    14: "pages",
    18: "application",
}
_MAX_PROPERTY: Final = 200
_UTF8: Final = 65001


def u16(data: bytes | memoryview, offset: int) -> int:
    """Unsigned 16 bits at `offset`; 0 beyond the end."""
    return int.from_bytes(data[offset : offset + 2], "little")


def u32(data: bytes | memoryview, offset: int) -> int:
    """Unsigned 32 bits at `offset`; 0 beyond the end."""
    return int.from_bytes(data[offset : offset + 4], "little")


@dataclass(frozen=True, slots=True)
class WordFile:
    """Streams of a binary Word document.

    Attributes:
        word: The WordDocument stream; begins with the FIB.
        table: The table stream that the FIB chooses; b"" before Word 97.
        pictures: The Data stream.
        old: True for Word 2, 6 and 95.
        language: LID of the FIB: 0x0804 is Chinese (PRC).
        flags: Flag bits at offset 10 of the FIB.
    """

    word: bytes
    table: bytes
    pictures: bytes
    old: bool
    language: int
    flags: int
    macros: bool = False
    embedded: bool = False
    properties: dict[str, str] = field(default_factory=dict)

    def part(self, offset: int) -> bytes:
        """The table-stream bytes of an fc/lcb pair at `offset` of the FIB."""
        start, size = u32(self.word, offset), u32(self.word, offset + 4)
        return self.table[start : start + size]


def open_word_file(data: bytes) -> WordFile:
    """Take the container apart.

    Raises:
        Refused: Damaged, protected by a password, or older than Word 2.
    """
    padded = data if len(data) >= _MIN_OLE else data.ljust(_MIN_OLE, b"\x00")
    if u16(data, 0) == WORD_2 and len(data) > _WORD_2_FIB:
        return _word_2_file(data)
    if not padded.startswith(olefile.MAGIC):
        raise Refused("Word 2.0 或更早的格式，无法读取", RESEND_AS_DOCX)
    try:
        with olefile.OleFileIO(io.BytesIO(padded)) as ole:
            return _word_file(ole, len(padded))
    except Refused:
        raise
    except Exception as exc:
        # olefile raises OSError, IndexError, struct.error and more on damaged files.
        raise Refused("文件结构损坏", RESEND_AS_DOCX) from exc


def _word_2_file(data: bytes) -> WordFile:
    flags = u16(data, 10)
    if flags & _ENCRYPTED:
        raise locked()
    first, last = u32(data, _TEXT_BEGINS), u32(data, _TEXT_BEGINS + 4)
    if not _WORD_2_FIB <= first <= last <= len(data):
        raise Refused("Word 2.0 的格式，文件结构损坏", RESEND_AS_DOCX)
    return WordFile(
        word=data, table=b"", pictures=b"", old=True, language=u16(data, 6), flags=flags
    )


def _word_file(ole: olefile.OleFileIO, size: int) -> WordFile:
    word = _stream(ole, "WordDocument", size)
    if len(word) < _MIN_FIB or u16(word, 0) not in _MAGICS:
        raise Refused("文件结构损坏", RESEND_AS_DOCX)
    version, flags = u16(word, 2), u16(word, 10)
    if flags & _ENCRYPTED:
        raise locked()
    if version < _FIRST_WORD_6:
        raise Refused("Word 2.0 或更早的格式，无法读取", RESEND_AS_DOCX)
    old = version < _FIRST_WORD_97
    folders = {entry[0].lower() for entry in ole.listdir(streams=True, storages=False)}
    return WordFile(
        word=word,
        table=b"" if old else _table(ole, flags, size),
        pictures=_stream(ole, "Data", size),
        old=old,
        language=u16(word, 6),
        flags=flags,
        macros="macros" in folders,
        embedded="objectpool" in folders,
        properties=_properties(_stream(ole, "\x05SummaryInformation", size)),
    )


def _table(ole: olefile.OleFileIO, flags: int, size: int) -> bytes:
    names = ("1Table", "0Table") if flags & _TABLE_1 else ("0Table", "1Table")
    table = _stream(ole, names[0], size) or _stream(ole, names[1], size)
    if not table:
        raise Refused("文件不完整，缺少文字索引", RESEND_AS_DOCX)
    return table


def _stream(ole: olefile.OleFileIO, name: str, size: int) -> bytes:
    """A stream's bytes; b"" where there is none or it claims more than the whole file."""
    if not ole.exists(name) or ole.get_type(name) != olefile.STGTY_STREAM:
        return b""
    if ole.get_size(name) > size:  # sector chains may run in circles
        return b""
    return bytes(ole.openstream(name).read())


def _properties(stream: bytes) -> dict[str, str]:
    """Title, author … of a property set; whatever is odd is left out."""
    try:
        return dict(_read_properties(stream))
    except (struct.error, IndexError, LookupError, ValueError):
        return {}


def _read_properties(stream: bytes) -> list[tuple[str, str]]:
    start = u32(stream, 44)
    section = stream[start:] if 0 < start < len(stream) else b""
    offsets = {
        u32(section, 8 + 8 * i): u32(section, 12 + 8 * i) for i in range(min(u32(section, 4), 100))
    }
    page = u16(section, offsets[1] + 4) if 1 in offsets else 936
    charset = "utf-8" if page == _UTF8 else "gb18030" if page == 936 else f"cp{page}"
    found = []
    for number, key in _SUMMARY.items():
        text = _property(section, offsets[number], charset) if number in offsets else ""
        if text:
            found.append((key, text[:_MAX_PROPERTY]))
    return found


def _property(section: bytes, offset: int, charset: str) -> str:
    kind, size = u32(section, offset), u32(section, offset + 4)
    raw = section[offset + 8 : offset + 8 + min(size, 2 * _MAX_PROPERTY)]
    if kind == 3:  # a number
        return str(size) if size < 100_000 else ""
    if kind == 31:  # UTF-16
        text = section[offset + 8 : offset + 8 + 2 * min(size, _MAX_PROPERTY)]
        return text.decode("utf-16-le", "ignore").rstrip("\x00").strip()
    if kind != 30:
        return ""
    return raw.decode(charset, "ignore").partition("\x00")[0].strip()
