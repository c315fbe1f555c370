"""What a file is, by its bytes: units rename, forward and mislabel without end."""

import io
import re
from typing import Final

import olefile

from parsers.documents.strange_formats import NO_TEXT_ENDINGS
from parsers.documents.zip_guard import GuardedZip, ZipRefused, open_zip
from parsers.limits import Limits

_HEAD: Final = 4096
_TYPES: Final = "[Content_Types].xml"

_MAGIC: Final = (
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gz"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\xdb\xa5\x2d\x00", "doc"),  # Word 2
    (b"\x31\xbe\x00\x00", "doc"),  # Word for DOS, Write
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
)

# Headers that office encryption products put before or instead of the file (绿盾, 亿赛通 …).
_ENCRYPTION_PRODUCTS: Final = (b"%TSD-Header-###%", b"\x62\x14\x23\x65", b"\xb3\x1d\xdd\x1c")
_ENCRYPTION_NAMES: Final = (b"E-SafeNet", b"CDG-Header")

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_MIN_OLE: Final = 1536
_LOCK: Final = 1024  # bytes; Word writes 162

_OLE_STREAMS: Final = (
    ("encryptedpackage", "ole-encrypted"),
    ("\tdrmcontent", "ole-encrypted"),
    ("worddocument", "doc"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("powerpoint document", "ppt"),
    ("__properties_version1.0", "msg"),
    ("__nameid_version1.0", "msg"),
)

# A document or program that happens to be packed as a zip.
_NO_ARCHIVES: Final = frozenset(
    {"index.apxl", "visio/document.xml", "androidmanifest.xml", "fixeddocseq.fdseq",
     "fixeddocumentsequence.fdseq", "meta-inf/container.xml"}
)  # fmt: skip

# Media and shortcuts that would pass as text.
_NO_TEXTS: Final = re.compile(
    rb"ID3[\x02-\x04]\x00|#!AMR|.?#!SILK|\[(?:InternetShortcut|Desktop Entry)|\xff[\xf2\xf3\xfb]",
    re.DOTALL,
)

_ODF: Final = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)

_HEADER_LINE: Final = re.compile(
    rb"(?:received|return-path|delivered-to|from|to|subject|date|message-id|mime-version|"
    rb"content-type|x-[a-z0-9-]{1,60}|dkim-signature|reply-to|sender|cc):[^\r\n]*",
    re.IGNORECASE,
)
_ANY_HEADER: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:\s")
_MAIL_HEADERS: Final = re.compile(
    rb"^(?:received|to|message-id|return-path|delivered-to|x-mailer|x-originating-ip):",
    re.IGNORECASE | re.MULTILINE,
)
_ARCHIVED_PAGE: Final = re.compile(
    rb"^(?:snapshot-content-location:|content-type:\s{0,9}multipart/related\b)",
    re.IGNORECASE | re.MULTILINE,
)
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!--.{0,1500}?-->\s{0,99})?"
    r"<(?:!doctype\s{1,9}html|html|head|body|meta|title|style|table|div|p|span|font|center)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_PART: Final = re.compile(r"<([a-z][a-z0-9]{0,9}):[A-Za-z]{1,30} [^>]{0,2000}?xmlns:\1=")
_TEXT_SUFFIXES: Final = {
    "htm": "html",
    "html": "html",
    "mht": "mht",
    "mhtml": "mht",
    "eml": "eml",
}


def sniff(data: bytes, name: str = "") -> str:
    """Format of a file.

    Of `name` only the extension tells kinds of text apart, and "~$" tells the
    small files by which Word marks a document as open.

    Returns:
        One of docx (also docm, dotx), wordxml (XML of Word 2003, flat packages),
        doc (also .wps), rtf, odt, ods, odp, pdf, ofd, txt, html, mht, xlsx, xls,
        xmlsheet (XML of Excel 2003), pptx, ppt, zip, rar, 7z, tar, gz, tnef, msg,
        eml, image, ole-encrypted (an Office file with a password), encrypted (by an
        office's encryption product), empty, unknown.
    """
    if not data.strip(b"\x00 \t\r\n") if len(data) <= _HEAD else not data:
        return "empty"
    if data.startswith(_ZIP):
        return _zip_format(data)
    if data.startswith(_OLE):
        return _ole_format(data)
    if name.startswith("~$") and len(data) <= _LOCK:
        return "unknown"
    return _by_magic(data) or _text_format(data, name) or "unknown"


def _by_magic(data: bytes) -> str:
    if data.startswith(_ENCRYPTION_PRODUCTS) or any(m in data[:64] for m in _ENCRYPTION_NAMES):
        return "encrypted"
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _MAGIC:
        if data.startswith(magic) or (kind == "rtf" and start.startswith(magic)):
            return kind
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[257:262] == b"ustar":
        return "tar"
    if _NO_TEXTS.match(start):
        return "unknown"
    is_bitmap = data[:2] == b"BM" and len(data) > 26 and data[6:10] == b"\x00" * 4
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_heic = data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS
    return "image" if is_bitmap or is_webp or is_heic else ""


def _zip_format(data: bytes) -> str:
    try:
        archive = open_zip(data, Limits(), len(data) * 2000)
    except ZipRefused:
        return _broken_zip_format(data)
    names = [name.lower() for name in archive.names]
    return _by_members(archive, names) or "zip"


def _by_members(archive: GuardedZip, names: list[str]) -> str:
    known = set(names)
    if known & _NO_ARCHIVES or any(n.startswith("index/") and n.endswith(".iwa") for n in known):
        return "unknown"
    if "[content_types].xml" in known or any(n.startswith("word/document") for n in known):
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(n.startswith(folder) for n in names):
                return kind
        return "docx" if b"wordprocessingml.document" in _entry(archive, _TYPES) else "zip"
    if "ofd.xml" in known:
        return "ofd"
    if "mimetype" in known and "content.xml" in known:
        declared = _entry(archive, "mimetype")
        return next((kind for mime, kind in _ODF if mime in declared), "odt")
    return ""


def _entry(archive: GuardedZip, name: str) -> bytes:
    try:
        return archive.read(name)
    except (KeyError, ZipRefused):
        return b""


def _broken_zip_format(data: bytes) -> str:
    """A cut-off file is still named by the entries that arrived."""
    marks = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"), (b"OFD.xml", "ofd"))
    head = data[:65536]
    if b"[Content_Types].xml" in head or b"OFD.xml" in head:
        return next((kind for mark, kind in marks if mark in data), "zip")
    return next((kind for mime, kind in _ODF if mime in data[:200]), "zip")


def _ole_format(data: bytes) -> str:
    padded = data if len(data) >= _MIN_OLE else data.ljust(_MIN_OLE, b"\x00")
    try:
        with olefile.OleFileIO(io.BytesIO(padded)) as ole:
            names = {entry[0].lower() for entry in ole.listdir(streams=True, storages=False)}
    except Exception:  # noqa: BLE001 - olefile raises many types on damaged files
        names = {n for n, _ in _OLE_STREAMS if _utf16_name(n) in data.lower()}
    return next((kind for stream, kind in _OLE_STREAMS if stream in names), "unknown")


def _utf16_name(name: str) -> bytes:
    return name.encode("utf-16-le")


def _text_format(data: bytes, name: str) -> str:
    text = _decoded_head(data)
    if text is None:
        return ""
    start = text.lstrip("\ufeff \t\r\n")
    xml_kind = _xml_format(start)
    if xml_kind:
        return xml_kind
    if _HTML.match(start):
        return "html"
    ending = name.rpartition(".")[2].lower()
    if start.startswith("<?xml") or _XML_PART.match(start) or ending in NO_TEXT_ENDINGS:
        return "unknown"
    if start.startswith(("MIME-Version", "Mime-Version", "mime-version")) or _is_mail(data[:_HEAD]):
        archived = _ARCHIVED_PAGE.search(data[:_HEAD])
        return "mht" if archived and not _MAIL_HEADERS.search(data[:_HEAD]) else "eml"
    hint = _TEXT_SUFFIXES.get(ending, "txt")
    return "txt" if hint == "html" and "<" not in text else hint


def _xml_format(start: str) -> str:
    if "schemas.microsoft.com/office/word/2003/wordml" in start:
        return "wordxml"
    if "schemas.microsoft.com/office/2006/xmlPackage" in start:
        return "wordxml"
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "Workbook" in start:
        return "xmlsheet"
    if "urn:oasis:names:tc:opendocument:xmlns:office" in start and "<office:document" in start:
        return "odt"
    return ""


def _is_mail(head: bytes) -> bool:
    lines = head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 60)[:60]
    matching = sum(1 for line in lines if _HEADER_LINE.match(line))
    return _ANY_HEADER.match(lines[0]) is not None and matching >= 3


def _decoded_head(data: bytes) -> str | None:
    """The first characters as text, None where the bytes are no text of any kind."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if b"\x00" in head:
        return _bomless_utf16(head)
    controls = sum(head.count(code) for code in _CONTROLS)
    if controls * 50 > len(head):
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as exc:
        if exc.start >= len(head) - 3:  # the cut went through a character
            return head[: exc.start].decode("utf-8")
    text = head.decode("gb18030", "replace")
    return text if text.count("\ufffd") * 20 <= len(text) else None


def _bomless_utf16(head: bytes) -> str | None:
    even = head[: len(head) // 2 * 2]
    for code in ("utf-16-le", "utf-16-be"):
        text = even.decode(code, "replace")
        usual = sum(1 for c in text if "\x20" <= c <= "\x7e" or c in "\r\n\t" or _is_han(c))
        if text and usual >= len(text) * 0.9:
            return text
    return None


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or char >= "\uff00"


_CONTROLS: Final = tuple(bytes([c]) for c in range(32) if c not in b"\t\n\r\f\x1a\x0b\x1b\x08")
