"""Writes small Word files for the tests: .docx from XML, .doc and .rtf from text."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATIONS = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def document_xml(body: str) -> str:
    return f"<w:document {_DECLARATIONS}><w:body>{body}</w:body></w:document>"


def paragraph(text: str, run: str = "", properties: str = "") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr>"
        f'<w:t xml:space="preserve">{escaped}</w:t></w:r></w:p>'
    )


def relationships(entries: Sequence[tuple[str, str, str]], external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    inner = "".join(
        f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{target}"{mode}/>'
        for key, kind, target in entries
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_docx(
    body: str,
    parts: Mapping[str, str | bytes] | None = None,
    related: Sequence[tuple[str, str, str]] = (),
) -> bytes:
    """A Word document with this body; `related` are relationships of the document part."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relationships([("rId1", "officeDocument", "word/document.xml")]),
            "word/document.xml": document_xml(body),
            "word/_rels/document.xml.rels": relationships(related),
            **(parts or {}),
        }
    )


def part_xml(root: str, inner: str) -> str:
    return f"<w:{root} {_DECLARATIONS}>{inner}</w:{root}>"


# Binary Word

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STREAM_MIN = 4096  # shorter streams would go to the mini stream
_FIB_SIZE = 1024
_COUNTS, _CLX, _CHARACTERS = 0x4C, 0x1A2, 0xFA


def make_ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        padded = content.ljust(_STREAM_MIN, b"\0")
        padded += b"\0" * (-len(padded) % _SECTOR)
        start, count = len(sectors), len(padded) // _SECTOR
        sectors += [padded[i * _SECTOR : (i + 1) * _SECTOR] for i in range(count)]
        chain += [*range(start + 1, start + count), _END]
        following = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, start, len(padded), right=following))
    entries += [_entry("", 0, 0, 0)] * (-len(entries) % 4)
    directory = len(sectors)
    count = len(entries) // 4
    sectors += [b"".join(entries[4 * i : 4 * i + 4]) for i in range(count)]
    chain += [*range(directory + 1, directory + count), _END]
    fat_count = -(-(len(sectors) + 8) // 127)
    fat_start = len(sectors)
    chain += [_FAT] * fat_count
    chain += [_FREE] * (fat_count * 128 - len(chain))
    fat = struct.pack(f"<{len(chain)}I", *chain)
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_count, directory, 0, _STREAM_MIN, _END, 0, _END, 0,
        *[fat_start],
    )  # fmt: skip
    positions = [*range(fat_start + 1, fat_start + fat_count)]
    header += struct.pack(f"<{len(positions)}I", *positions)
    return header.ljust(_SECTOR, b"\xff") + b"".join(sectors) + fat


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE
) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        raw, len(raw) if name else 0, kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size,
    )  # fmt: skip


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def make_doc(
    pieces: Sequence[str],
    *,
    notes: str = "",
    text_boxes: str = "",
    deleted: Sequence[int] = (),
    flags: int = 0x1200,
    version: int = 0xC1,
) -> bytes:
    """A Word 97 document of these pieces, paragraphs ended by CR.

    A piece of Windows-1252 characters alone is stored in bytes, others in UTF-16.
    `deleted` are numbers of pieces marked as deleted under tracked changes.
    """
    stories = [*pieces, *([notes] if notes else []), *([text_boxes] if text_boxes else [])]
    body = b""
    table = b""
    positions, runs = [0], []
    for number, piece in enumerate(stories):
        body += b"\0" * (len(body) % 2)
        start = _FIB_SIZE + len(body)
        narrow = all(ord(c) < 0x80 or 0xA0 <= ord(c) < 0x100 for c in piece)
        body += piece.encode("latin-1" if narrow else "utf-16-le", "surrogatepass")
        where = start * 2 | 0x40000000 if narrow else start
        table += struct.pack("<HIH", 0, where, 0)
        positions.append(positions[-1] + _units(piece))
        runs.append((start, _FIB_SIZE + len(body), number in deleted))
    plc = struct.pack(f"<{len(positions)}i", *positions) + table
    clx = b"\x02" + struct.pack("<I", len(plc)) + plc
    word = bytearray(_FIB_SIZE) + body
    word += b"\0" * (-len(word) % 512)
    page = len(word) // 512
    word += _character_page(runs)
    pages = struct.pack("<III", runs[0][0], runs[-1][1], page)
    struct.pack_into("<HHHHHH", word, 0, 0xA5EC, version, 0, 0x0804, 0, flags)
    struct.pack_into("<i", word, 0x06, 0x0804)
    struct.pack_into("<H", word, 0x0A, flags)
    main = sum(map(_units, pieces))
    struct.pack_into("<8i", word, _COUNTS, main, _units(notes), 0, 0, 0, 0, _units(text_boxes), 0)
    struct.pack_into("<II", word, _CLX, 0, len(clx))
    struct.pack_into("<II", word, _CHARACTERS, len(clx), len(pages))
    return make_ole({"WordDocument": bytes(word), "1Table": clx + pages})


def _character_page(runs: Sequence[tuple[int, int, bool]]) -> bytes:
    page = bytearray(512)
    count = len(runs)
    offsets = [start for start, _, _ in runs] + [runs[-1][1]]
    struct.pack_into(f"<{count + 1}I", page, 0, *offsets)
    page[500:504] = b"\x03\x00\x08\x01"  # three bytes: sprmCFRMarkDel, on
    for index, (_, _, is_deleted) in enumerate(runs):
        page[4 * (count + 1) + index] = 250 if is_deleted else 0
    page[511] = count
    return bytes(page)


# Rich text


def make_rtf(paragraphs: Sequence[str], *, charset: int = 134) -> bytes:
    r"""RTF as Chinese Word writes it: bytes of GBK where it has them, \u elsewhere."""
    head = (
        rf"{{\rtf1\ansi\ansicpg936\deff0{{\fonttbl{{\f0\fnil\fcharset{charset} "
        r"\'cb\'ce\'cc\'e5;}}\pard "
    )
    return (head + "".join(_rtf_text(p) + "\\par\n" for p in paragraphs) + "}").encode("ascii")


def _rtf_text(text: str) -> str:
    return "".join(map(_rtf_char, text))


def _rtf_char(char: str) -> str:
    if char in "\\{}":
        return f"\\{char}"
    if char == "\t":
        return "\\tab "
    if " " <= char <= "~":
        return char
    try:
        raw = char.encode("gbk")
    except UnicodeEncodeError:
        units = struct.unpack(f"<{_units(char)}h", char.encode("utf-16-le"))
        return "".join(f"\\u{unit}?" for unit in units)
    return "".join(f"\\'{byte:02x}" for byte in raw)
