"""HTML files, and MHT web archives (RFC 2557), which Word saves under the name .doc too."""

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message as Part

from lxml import etree, html

from parsers.charset import codec
from parsers.documents.images import image_fact
from parsers.documents.legibility import legible
from parsers.documents.outcome import CHECK_CONTENT, clean, document, paragraphs, refuse
from parsers.documents.plain import decode_text
from parsers.documents.xml_parts import local_name
from parsers.facts import Block, BlockKind, DocumentText, ImageFact, Unreadable
from parsers.limits import Limits

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})")
_HEAD_BYTES = 4096
_BIG5 = frozenset({"big5", "big5-hkscs", "cp950", "x-x-big5"})
_WESTERN = frozenset({"windows-1252", "iso-8859-1", "latin1", "cp1252"})

_DROPPED_TAGS = (
    "head title script style noscript template object embed applet iframe svg math audio video"
    " canvas select textarea button input del rt rp"
)
_DROPPED = frozenset(_DROPPED_TAGS.split())
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figure"
    " figcaption footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre"
    " section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|mso-list\s*:\s*ignore",
    re.IGNORECASE,
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_HEADING = re.compile(r"h([1-6])$")
# A line of source ending between two Chinese characters is no blank (CSS Text 3, 4.1.3).
_SOURCE_BREAK = re.compile(
    "(?<=[\u2e80-\u9fff\uf900-\ufaff\ufe30-\uff60])[ \t]*[\r\n][ \t\r\n]*"
    "(?=[\u2e80-\u9fff\uf900-\ufaff\ufe30-\uff60])"
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_DATA_URI = re.compile(r"data:image/[\w.+-]{1,30};base64,", re.IGNORECASE)
_MAX_DEPTH = 250


def decode_html(data: bytes, declared: str = "") -> str:
    """The text of an HTML file: BOM, what is valid UTF-8, a declared Big5, GB 18030.

    Other declarations are believed only where GB 18030 makes no sense: GB 2312 and GBK
    are part of it, and tools that re-encode pages leave the old name standing.
    """
    text, encoding = decode_text(data)
    if encoding != "gb18030":
        return text
    head = data[:_HEAD_BYTES]
    found = _META_CHARSET.search(head) or _XML_CHARSET.search(head)
    charset = declared or (found.group(1).decode("ascii") if found else "")
    if charset.lower() in _BIG5:
        try:
            return data.decode("big5hkscs")
        except UnicodeDecodeError:
            return text
    foreign = "cp1252" if charset.lower() in _WESTERN else codec(charset)
    if foreign and ("\ufffd" in text or not legible(text)):
        with suppress(UnicodeDecodeError):
            return data.decode(foreign)
    return text


class _Flow:
    """Collects running text into blocks, collapsing blanks as a browser does."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []

    def add(self, text: str) -> None:
        self._parts.append(text)

    def end(self, kind: BlockKind = "paragraph", level: int = 0, *, centred: bool = False) -> None:
        joined = _SOURCE_BREAK.sub("", "".join(self._parts))
        self._parts.clear()
        lines = (_SPACES.sub(" ", line).strip(" ") for line in joined.split("\v"))
        text = clean("\n".join(line for line in lines if line.strip()))
        if text.strip():
            self.blocks.append(Block(text, kind, level, centred=centred))


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _walk(element: etree._Element, flow: _Flow, depth: int) -> None:
    tag = local_name(element).lower()
    if tag and tag not in _DROPPED and not _is_hidden(element) and depth < _MAX_DEPTH:
        if tag in _BLOCKS:
            flow.end()
            _inside(element, tag, flow, depth)
            _end_block(element, tag, flow)
        elif tag == "br":
            flow.add("\v")
        else:
            _inside(element, tag, flow, depth)
    if element.tail:
        flow.add(element.tail)


def _inside(element: etree._Element, tag: str, flow: _Flow, depth: int) -> None:
    if element.text:
        flow.add(element.text.replace("\n", "\v") if tag == "pre" else element.text)
    for child in element:
        _walk(child, flow, depth + 1)


def _end_block(element: etree._Element, tag: str, flow: _Flow) -> None:
    heading = _HEADING.match(tag)
    align = (element.get("align") or "").lower()
    centred = align == "center" or bool(_CENTRED.search(element.get("style") or ""))
    if heading:
        flow.end("heading", int(heading.group(1)), centred=centred)
    elif tag in {"td", "th"} or any(local_name(a) in {"td", "th"} for a in element.iterancestors()):
        flow.end("cell", centred=centred)
    elif tag in {"caption", "figcaption"}:
        flow.end("caption", centred=centred)
    else:
        flow.end(centred=centred)


def _parse(text: str) -> etree._Element | None:
    # lxml refuses a str with an encoding declaration and NULs: hand over UTF-8.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
    try:
        return html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def html_blocks(text: str) -> tuple[list[Block], etree._Element | None]:
    """Blocks of decoded HTML in reading order, and the tree (None where there is none)."""
    root = _parse(text)
    flow = _Flow()
    if root is not None:
        _walk(root, flow, 0)
        flow.end()
    return flow.blocks, root


def _inline_images(root: etree._Element | None, limits: Limits) -> Iterator[ImageFact]:
    for image in root.iter("img") if root is not None else ():
        source = image.get("src") or ""
        if _DATA_URI.match(source):
            try:
                data = base64.b64decode(source.split(",", 1)[1])
            except (binascii.Error, ValueError):
                continue
            fact = image_fact("", data, limits)
            if fact:
                yield fact


def read_html(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Visible text of one HTML file; scripts, styles and hidden elements dropped."""
    if not data.strip(b" \t\r\n\0"):
        return refuse(name, data, "文件是空的", CHECK_CONTENT)
    blocks, root = html_blocks(decode_html(data))
    images = tuple(_inline_images(root, limits))
    return document(name, data, limits, "html", blocks, images=images)


def read_mht(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """The first HTML part of a web archive, with the pictures that travel beside it."""
    parts = list(_leaves(data, limits))
    images = {}
    for part in parts:
        fact = image_fact("", _payload(part), limits)
        if fact:
            images[fact.sha256] = fact
    for kind in ("text/html", "text/plain"):
        for part in parts:
            if part.get_content_type() == kind:
                declared = str(part.get_param("charset") or "")
                text = decode_html(_payload(part), declared)
                blocks = html_blocks(text)[0] if kind == "text/html" else paragraphs(text)
                return document(name, data, limits, "mht", blocks, images=images.values())
    return refuse(name, data, "网页存档中没有正文")


def _leaves(data: bytes, limits: Limits) -> Iterator[Part]:
    # More boundaries than parts allowed: parsing alone would take minutes.
    if data.count(b"\n--") > limits.parts * 20:
        return
    try:
        message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
        walked = list(message.walk())[: limits.parts]
    except Exception:  # noqa: BLE001  hostile structure raises many types, RecursionError among them
        return
    yield from (part for part in walked if not part.is_multipart())


def _payload(part: Part) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001  broken transfer encodings raise several types
        return b""
    return payload if isinstance(payload, bytes) else b""
