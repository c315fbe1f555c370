"""The bombs of hostile mail, small on disk: each ends in a refusal, none in the reader's death.

Every file is read in the sandbox with its own limits, as in service; a worker that is
killed counts as a failure here, because the sender is told more by a reader that says no.
"""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import libarchive
import pytest
from pdf_making import At, pdf, text_stream

from parsers.documents.registry import Leaf, read_leaf
from parsers.facts import ReadFile, Unreadable
from parsers.limits import Limits
from parsers.sandbox import Sandbox, read_file

LIMITS = Limits()
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(document: bytes) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": TYPES.encode(),
            "_rels/.rels": RELATIONS.encode(),
            "word/document.xml": document,
        }
    )


def docx_of_paragraphs() -> bytes:
    """300 MB of empty paragraphs in less than a megabyte: 6 GB of tree elsewhere."""
    return docx(
        f"<w:document {WORD}><w:body>".encode() + b"<w:p/>" * 50_000_000 + b"</w:body></w:document>"
    )


def docx_below_the_size_limit() -> bytes:
    """30 MB of paragraphs that differ, so that neither size nor ratio gives them away."""
    rows = b"".join(
        b"<w:p><w:r><w:t>%x</w:t></w:r></w:p>" % (n * 2654435761 % 2**32) for n in range(800_000)
    )
    return docx(f"<w:document {WORD}><w:body>".encode() + rows + b"</w:body></w:document>")


def docx_of_one_text() -> bytes:
    return docx(
        f"<w:document {WORD}><w:body><w:p><w:r><w:t>".encode()
        + b"a" * 200_000_000
        + b"</w:t></w:r></w:p></w:body></w:document>"
    )


def entities(depth: int = 10) -> bytes:
    """Billion laughs."""
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{names}]>'.encode()


def docx_of_entities() -> bytes:
    return docx(
        entities()
        + f"<w:document {WORD}><w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body></w:document>".encode()
    )


def docx_reading_a_file() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return docx(
        doctype
        + f"<w:document {WORD}><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>".encode()
    )


def docx_bottomless() -> bytes:
    return docx(f"<w:document {WORD}><w:body>".encode() + b"<w:tbl><w:tr><w:tc>" * 30_000)


def ofd_of_entities() -> bytes:
    return zipped({"OFD.xml": entities() + b"<OFD>&e9;</OFD>"})


def overlapped_zip() -> bytes:
    """Thousands of directory entries over one kernel (CVE-2024-0450)."""
    one = zipped({"a": b"\0" * 900_000})
    at, end = one.find(b"PK\x01\x02"), one.find(b"PK\x05\x06")
    tail = bytearray(one[end:])
    struct.pack_into("<HHI", tail, 8, 1900, 1900, 1900 * (end - at))
    return one[:at] + one[at:end] * 1900 + bytes(tail)


def lying_zip() -> bytes:
    """A megabyte declared, a hundred delivered."""
    data = bytearray(zipped({"a.txt": b"\0" * 100_000_000}))
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, 900_000)
    return bytes(data)


def zip_of_many_entries() -> bytes:
    return zipped({f"{n}.txt": b"" for n in range(5_000)})


def nested_zips() -> bytes:
    data = zipped({"a.txt": b"x" * 900_000})
    for level in range(8):
        data = zipped({f"{level}.zip": data})
    return data


def wide_nested_zips() -> bytes:
    """Each archive within its limits, all together far beyond."""
    inner = zipped({f"{n}.bin": b"\x01\x02%d" % n * 200_000 for n in range(10, 40)})
    return zipped({f"{n}.zip": inner for n in range(60)})


def seven_zip_of_zeros() -> bytes:
    parts: list[bytes] = []
    with libarchive.custom_writer(
        lambda block: parts.append(bytes(block)) or len(block), "7zip"
    ) as archive:
        archive.add_file_from_memory("a", 60_000_000, b"\0" * 60_000_000)
    return b"".join(parts)


def gz_of_zeros() -> bytes:
    return gzip.compress(b"\0" * 300_000_000, 1)


def tar_with_endless_header() -> bytes:
    head = tarfile.TarInfo("a")
    head.type, head.size = tarfile.XHDTYPE, 1 << 32
    return gzip.compress(head.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 300_000_000, 1)


def huge_png() -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 12_000, 12_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
    )


def pdf_of_one_stream() -> bytes:
    """A page whose content unpacks to 400 MB."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()
    made = pdf(b"PLACE")
    return made.replace(
        b"<</Length 5>>stream\nPLACE",
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed,
    )


def pdf_of_many_pages() -> bytes:
    return pdf(*[text_stream(At(80, 700, "页"))] * 400)


def html_bottomless() -> bytes:
    return b"<html><body>" + b"<div>" * 400_000 + b"x"


def text_of_one_line() -> bytes:
    return "城".encode() * 3_000_000


SUSPICIOUS = [
    docx_of_paragraphs, docx_of_one_text, docx_of_entities, docx_reading_a_file, ofd_of_entities, overlapped_zip,
    lying_zip, zip_of_many_entries, wide_nested_zips, seven_zip_of_zeros, tar_with_endless_header,
    huge_png, pdf_of_one_stream,
]  # fmt: skip
MERELY_REFUSED = [
    docx_below_the_size_limit, docx_bottomless, nested_zips, gz_of_zeros, pdf_of_many_pages, text_of_one_line,
]  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def files_in(sandbox: Sandbox, tmp_path: Path) -> Callable[[bytes], tuple[ReadFile, ...]]:
    def read(data: bytes) -> tuple[ReadFile, ...]:
        path = tmp_path / "bomb"
        path.write_bytes(data)
        return sandbox.submit(read_file, str(path), "附件").result(timeout=60).files

    return read


@pytest.mark.parametrize("bomb", SUSPICIOUS, ids=lambda bomb: bomb.__name__)
def test_bomb_is_refused_and_told_to_the_office(
    bomb: Callable[[], bytes], files_in: Callable[[bytes], tuple[ReadFile, ...]]
) -> None:
    data = bomb()
    refusals = [file.content for file in files_in(data) if isinstance(file.content, Unreadable)]

    assert len(data) < 20_000_000
    assert any(refused.suspicious for refused in refusals)
    assert all(refused.reason and refused.remedy for refused in refusals)


@pytest.mark.parametrize("burden", MERELY_REFUSED, ids=lambda burden: burden.__name__)
def test_too_much_is_refused(
    burden: Callable[[], bytes], files_in: Callable[[bytes], tuple[ReadFile, ...]]
) -> None:
    refusals = [file.content for file in files_in(burden()) if isinstance(file.content, Unreadable)]

    assert refusals
    assert all(refused.reason and refused.remedy for refused in refusals)


def test_bottomless_html_ends(files_in: Callable[[bytes], tuple[ReadFile, ...]]) -> None:
    (file,) = files_in(html_bottomless())

    assert file.content


def test_no_entity_reads_a_file(files_in: Callable[[bytes], tuple[ReadFile, ...]]) -> None:
    (file,) = files_in(docx_reading_a_file())

    assert "root:" not in repr(file)


def test_leaf_of_an_unknown_format_is_a_value() -> None:
    assert isinstance(read_leaf(Leaf("a", b"\1\2", "", "unknown"), LIMITS).content, Unreadable)
