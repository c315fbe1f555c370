"""PDF text through pdfium, lines flowed back into paragraphs; counts are approximate."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.documents import ocr
from parsers.documents.images import image_fact
from parsers.documents.legibility import legible
from parsers.documents.outcome import around, clean, document, refuse
from parsers.documents.page_lines import PageLines, paragraphs_of, running_lines
from parsers.documents.pdf_fields import (
    MOST_IN_ALL,
    PutOn,
    attached_files,
    form_of,
    is_only_a_shell,
    put_on,
)
from parsers.documents.pdf_text import printed_page
from parsers.documents.refusals import REMOVE_PASSWORD, RESEND, RESEND_AS_DOCX, SPLIT_UP
from parsers.facts import Block, DocumentText, ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

FORM = "PDF 表单中填写的内容已按所在位置读入，请核对。"
TEXT_BOXES = "PDF 上后加的文本框（批注文字）已按所在位置读入，请核对。"
REMARKS = "PDF 含批注，批注不算文稿内容，未读取；如属正文请写入正文后重新发送。"
TOO_MANY_FIELDS = "PDF 的表单项或批注过多，只读取了一部分，请核对。"
SHELL = "动态表单（XFA），页面上没有填写的内容"
PRINT_TO_PDF = "请用 Adobe Reader 打开该表单，打印成 PDF，或把文字粘贴到 Word 文档中重新发送。"
SEND_APART = "请把其中的文件单独作为附件发送。"
SEND_TEXT = "该文件是扫描件（图片），请发送 Word 或 WPS 编辑的文字稿。"

_FEW_CHARS = 40  # stamps of scanner apps, page numbers
_SHELL_CHARS = 1_500  # "Please wait …" in several languages
_SCAN_COVERS = 0.5  # share of the page that a scan fills
_FEW_PIECES = 3
_MAX_IMAGES = 200
_MAX_PICTURE_BYTES = 200_000_000  # what all pages together have us look through
_MIN_PIXELS = 32  # smaller ones are rules and bullets
_MAX_STREAM = 300_000_000
_STREAM = re.compile(rb"stream\r?\n")
_CHUNK = 1 << 20
_DICTIONARY = 600  # bytes before a stream that describe it


@dataclass(slots=True)
class _Taken:
    """The pictures taken so far, by width, height and bytes, and what was looked at."""

    looks: set[tuple[int, int, int]] = field(default_factory=set)
    spent: int = 0  # bytes of pictures
    annotations: int = 0


@dataclass(slots=True)
class _Page:
    lines: PageLines
    images: list[ImageFact]
    chars: int
    scanned: bool
    gaps: bool = False  # more pieces of text than characters: some came out empty
    notes: tuple[str, ...] = ()


def read_pdf(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """The text layer of a PDF; a scan is read only where the OCR extra is installed.

    Refused: a password, damage, more than `limits.pages` pages, a stream that unpacks
    to hundreds of megabytes, fonts that do not tell which characters they draw.
    """
    if _explodes(data):
        return refuse(name, data, "解压后过大，疑似恶意文件", RESEND_AS_DOCX, suspicious=True)
    start = max(data.find(b"%PDF-", 0, 1024), 0)
    try:
        opened = pypdfium2.PdfDocument(data[start:])
    except Exception as exc:  # noqa: BLE001  PdfiumError, ctypes and memory errors
        return _unopened(name, data, exc)
    try:
        return _read(name, data, opened, limits)
    finally:
        opened.close()


def _unopened(name: str, data: bytes, exc: Exception) -> Unreadable:
    message = str(exc).lower()
    if "password" in message or "security" in message:
        return refuse(name, data, "PDF 设有打开密码", REMOVE_PASSWORD)
    return refuse(name, data, "PDF 损坏或不完整", RESEND)


def _read(
    name: str, data: bytes, opened: pypdfium2.PdfDocument, limits: Limits
) -> DocumentText | Unreadable:
    count = len(opened)
    if count == 0:
        return refuse(name, data, "PDF 中没有页面", RESEND)
    if count > limits.pages:
        return refuse(name, data, f"超过 {limits.pages} 页", SPLIT_UP)
    pages = _pages(opened, count, limits)
    if sum(page.chars for page in pages) > limits.text_chars:
        return refuse(name, data, f"文字超过 {limits.text_chars // 10000} 万字", SPLIT_UP)
    shell = _shell(opened, pages)
    if shell:
        return refuse(name, data, *shell)
    if all(page.scanned or not page.chars for page in pages):
        return _scan(name, data, opened, pages, limits)
    return document(
        name,
        data,
        limits,
        "pdf",
        [Block(clean(b.text), centred=b.centred) for b in _blocks(pages)],
        images={i.sha256: i for page in pages for i in page.images}.values(),
        properties=_properties(opened, count),
        warnings=_warnings(pages, _attached(opened)),
        approximate=True,
        around=around(running_lines([page.lines for page in pages])),
    )


def _pages(opened: pypdfium2.PdfDocument, count: int, limits: Limits) -> list[_Page]:
    """The pages, up to the one with which they hold more text than is allowed."""
    pages: list[_Page] = []
    taken = _Taken()
    chars = 0
    with form_of(opened) as form:
        for index in range(count):
            pages.append(_page(opened, index, form, taken, limits))
            chars += pages[-1].chars
            if chars > limits.text_chars:
                break
    return pages


def _shell(opened: pypdfium2.PdfDocument, pages: list[_Page]) -> tuple[str, str] | None:
    """Reason and remedy where what its author wrote is not on the pages at all."""
    chars = sum(page.chars for page in pages)
    if is_only_a_shell(opened) and chars < _SHELL_CHARS:
        return SHELL, PRINT_TO_PDF
    if chars or any(page.images for page in pages):
        return None
    attached = _attached(opened)
    return (f"PDF 中没有文字，只有{attached}", SEND_APART) if attached else None


def _attached(opened: pypdfium2.PdfDocument) -> str:
    """Files inside the PDF in words, "" where there are none."""
    names = [display_name(name) for name in attached_files(opened)]
    return f"内嵌附件{len(names)}个（{'、'.join(filter(None, names[:3]))}）" if names else ""


def _blocks(pages: list[_Page]) -> list[Block]:
    return paragraphs_of([page.lines for page in pages])


def _warnings(pages: list[_Page], attached: str) -> list[str]:
    scanned = [str(n) for n, page in enumerate(pages, 1) if page.scanned]
    found = (
        [f"PDF 第 {'、'.join(scanned[:20])} 页是图片，未读取文字，请另发该页的文字稿。"]
        if scanned
        else []
    )
    if any(page.gaps for page in pages):
        found.append("PDF 未嵌入字体，部分文字可能没有读出，请核对。")
    if attached:
        found.append(f"PDF 有{attached}，未读取，{SEND_APART}")
    return [*found, *dict.fromkeys(note for page in pages for note in page.notes)]


def _text_objects(page: pypdfium2.PdfPage) -> int:
    """Pieces of text on the page; pdfium passes over those whose font shows nothing."""
    raw = page.raw
    objects = (pdfium.FPDFPage_GetObject(raw, n) for n in range(pdfium.FPDFPage_CountObjects(raw)))
    return sum(pdfium.FPDFPageObj_GetType(o) == pdfium.FPDF_PAGEOBJ_TEXT for o in objects)


def _properties(opened: pypdfium2.PdfDocument, count: int) -> dict[str, str]:
    found = {"pages": str(count)}
    try:
        metadata = opened.get_metadata_dict(skip_empty=True)
    except Exception:  # noqa: BLE001  broken metadata is no reason to lose the text
        return found
    for key in ("Title", "Author", "Creator", "Producer", "CreationDate", "ModDate"):
        value = clean(str(metadata.get(key, ""))).strip()
        if value and legible(value):
            found[key.lower()] = value[:200]
    return found


def _scan(
    name: str, data: bytes, opened: pypdfium2.PdfDocument, pages: list[_Page], limits: Limits
) -> DocumentText | Unreadable:
    if not ocr.available():
        return refuse(name, data, "扫描件：没有文字层，本系统未启用文字识别", SEND_TEXT)
    if not limits.recognise:
        return refuse(name, data, ocr.UNRECOGNISED, SEND_TEXT)
    read = range(min(len(pages), ocr.MAX_PAGES))
    try:
        lines = [ocr.page_lines(_picture(opened, index)) for index in read]
    except Exception:  # noqa: BLE001  out of memory, a broken model: as if it were not there
        return refuse(name, data, "扫描件：文字识别失败", SEND_TEXT)
    return document(
        name,
        data,
        limits,
        "pdf",
        paragraphs_of(lines),
        images={i.sha256: i for page in pages for i in page.images}.values(),
        properties=_properties(opened, len(pages)),
        warnings=[
            f"扫描件，{ocr.RECOGNISED}",
            *([f"只识别了前 {ocr.MAX_PAGES} 页。"] if len(pages) > ocr.MAX_PAGES else []),
        ],
        approximate=True,
    )


def _picture(opened: pypdfium2.PdfDocument, index: int) -> Any:
    page = opened[index]
    try:
        longest = max(page.get_width(), page.get_height(), 1.0)
        return page.render(scale=min(200 / 72, ocr.MAX_SIDE / longest)).to_numpy()
    finally:
        page.close()


def _page(
    opened: pypdfium2.PdfDocument, index: int, form: Any, taken: _Taken, limits: Limits
) -> _Page:
    """One page; a page that pdfium cannot load is empty, the others still count."""
    try:
        page = opened[index]
    except Exception:  # noqa: BLE001  PdfiumError: page failed to load
        return _Page(PageLines((), 595, 842), [], 0, scanned=False)
    try:
        put = put_on(page, form, MOST_IN_ALL - taken.annotations)
        taken.annotations += put.seen
        printed = printed_page(page, put.typed)
        chars = sum(len(line.text) for line in printed.lines)
        own_chars = max(chars - sum(len(t.text) for t in put.typed), 0)
        images, largest = _images(page, printed.width * printed.height, taken, limits)
        scanned = own_chars < _FEW_CHARS and largest > _SCAN_COVERS
        pieces = _text_objects(page)
        gaps = pieces > 1.03 * own_chars + _FEW_PIECES
        return _Page(printed, images, chars, scanned, gaps, tuple(_notes(put)))
    finally:
        page.close()


def _notes(put: PutOn) -> Iterator[str]:
    if any(typed.in_form for typed in put.typed):
        yield FORM
    if not all(typed.in_form for typed in put.typed):
        yield TEXT_BOXES
    if put.remarks:
        yield REMARKS
    if not put.complete:
        yield TOO_MANY_FIELDS


def _images(
    page: pypdfium2.PdfPage, area: float, taken: _Taken, limits: Limits
) -> tuple[list[ImageFact], float]:
    """Pictures of a page, and the share of it that the largest covers."""
    facts: list[ImageFact] = []
    largest = 0.0
    try:
        for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=5):
            if len(facts) >= _MAX_IMAGES:
                break
            left, bottom, right, top = image.get_bounds()
            covers = max(right - left, 0) * max(top - bottom, 0) / max(area, 1.0)
            largest = max(largest, min(covers, 1.0))
            fact = _image(image, taken, limits)
            if fact:
                facts.append(fact)
    except Exception:  # noqa: BLE001  pictures are a bonus: the text must not suffer
        return facts, largest
    return facts, largest


def _image(image: Any, taken: _Taken, limits: Limits) -> ImageFact | None:
    width, height = image.get_px_size()
    if min(width, height) < _MIN_PIXELS or width * height > limits.pixels:
        return None
    if taken.spent > _MAX_PICTURE_BYTES:
        return None
    # A letterhead stands on every page: copying it out each time would take minutes.
    size = pdfium.FPDFImageObj_GetImageDataRaw(image.raw, None, 0)
    taken.spent += size
    if (width, height, size) in taken.looks:
        return None
    taken.looks.add((width, height, size))
    data = bytes(image.get_data(decode_simple=False))
    known = image_fact("", data, limits)
    if known or not data:
        return known
    digest = hashlib.sha256(data).hexdigest()
    return ImageFact(digest, len(data), "pdf-image", "", width, height)


def _explodes(data: bytes) -> bool:
    """Whether one deflated stream unpacks beyond all measure; nothing is kept."""
    total = 0
    for match in _STREAM.finditer(data):
        if data[match.end() : match.end() + 1] not in b"\x08\x18\x28\x38\x48\x58\x68\x78":
            continue  # no zlib header
        if (
            b"/Image"
            in data[max(match.start() - _DICTIONARY, 0) : match.start()].rpartition(b"obj")[2]
        ):
            continue  # never unpacked here; a blank sheet is legitimately huge
        total += _unpacked_size(data, match.end())
        if total > 3 * _MAX_STREAM:
            return True
    return False


def _unpacked_size(data: bytes, start: int) -> int:
    unpacker = zlib.decompressobj()
    size = 0
    piece = data[start : start + _CHUNK]
    try:
        while piece and not unpacker.eof:
            size += len(unpacker.decompress(piece, _CHUNK))
            if size > _MAX_STREAM:
                return 4 * _MAX_STREAM
            piece = unpacker.unconsumed_tail
            if not piece:
                start += _CHUNK
                piece = data[start : start + _CHUNK]
    except zlib.error:
        return size
    return size
