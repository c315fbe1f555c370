"""OpenDocument text: .odt and .ott, zipped or flat, from LibreOffice and WPS."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from parsers.documents.docx import COMMENTED, EMBEDDED, TRACKED
from parsers.documents.docx_parts import Package
from parsers.documents.looks import PLAIN, Look, kind_and_level, named_look
from parsers.documents.outcome import around
from parsers.documents.pictures import picture_fact
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, locked, too_large, unreadable
from parsers.documents.symbols import without_private_symbols
from parsers.documents.xml_parts import parse_xml
from parsers.documents.zip_guard import ZipRefused
from parsers.facts import Block, BlockKind, DocumentText, ImageFact, Unreadable
from parsers.limits import Limits

Element = etree._Element  # noqa: SLF001 - lxml gives the type no public name

MAX_BLOCKS: Final = 100_000
_MAX_SPACES: Final = 1_000
_MAX_CHAIN: Final = 20
_MAX_PICTURES: Final = 1_000

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_XLINK: Final = "{http://www.w3.org/1999/xlink}"

_LEFT_OUT: Final = frozenset(
    [
        f"{_OFFICE}annotation",
        f"{_OFFICE}annotation-end",
        f"{_OFFICE}forms",
        f"{_OFFICE}event-listeners",
        f"{_TEXT}ruby-text",
        f"{_TEXT}note-citation",
        f"{_TEXT}number",
        f"{_TEXT}sequence-decls",
        f"{_TEXT}variable-decls",
        f"{_TEXT}user-field-decls",
        f"{_TEXT}index-title-template",
        f"{_SVG}title",
        f"{_SVG}desc",
    ]
)
_OBJECTS: Final = frozenset({f"{_DRAW}object", f"{_DRAW}object-ole"})
_PARAGRAPHS: Final = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_BLANKS: Final = re.compile("[ \t\r\n]+")
_ENCODED: Final = re.compile("_([0-9a-fA-F]{2,5})_")


def read_odt(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text of an OpenDocument file; headers, footers and comments left out."""
    try:
        if data.startswith(b"PK"):
            return _zipped(data, limits)
        root = parse_xml(data)
        return _document(root, None, limits, {}, root)
    except (Refused, ZipRefused) as why:
        return unreadable(name, data, why)


def _zipped(data: bytes, limits: Limits) -> DocumentText:
    package = Package(data, limits)
    if b"encryption-data" in (package.read_optional("META-INF/manifest.xml") or b""):
        raise locked()
    sheet = package.xml("styles.xml")
    looks = {} if sheet is None else _looks(sheet)
    root = parse_xml(package.read("content.xml"))
    return _document(root, package, limits, looks, sheet)


def _document(
    root: Element,
    package: Package | None,
    limits: Limits,
    looks: dict[str, tuple[Look, str]],
    sheet: Element | None,
) -> DocumentText:
    text = next(root.iter(f"{_OFFICE}text"), None)
    if text is None:
        raise Refused("不是文字文档", RESEND_AS_DOCX)
    walk = _Walk({**looks, **_looks(root)}, limits.text_chars)
    walk.read(text)
    return DocumentText(
        format="odt",
        blocks=walk.blocks,
        images=tuple(_images(package, walk.pictures)) if package else (),
        properties=_properties(package) if package else {},
        warnings=tuple(_warnings(walk)),
        around=() if sheet is None else around(_around(sheet)),
    )


def _warnings(walk: "_Walk") -> Iterator[str]:
    if walk.tracked:
        yield TRACKED
    if walk.embedded:
        yield EMBEDDED
    if walk.commented:
        yield COMMENTED


def _around(sheet: Element) -> Iterator[str]:
    """Lines of the headers and footers of all page styles."""
    for part in sheet.iter(f"{_STYLE}header", f"{_STYLE}footer", f"{_STYLE}header-first"):
        for line in part.iter(*_PARAGRAPHS):
            yield "".join(map(str, line.itertext()))


def _images(package: Package, names: list[str]) -> Iterator[ImageFact]:
    for name in list(dict.fromkeys(names))[:_MAX_PICTURES]:
        data = package.read_optional(name)
        fact = picture_fact(data) if data else None
        if fact is not None:
            yield fact


def _properties(package: Package) -> dict[str, str]:
    root = package.xml("meta.xml")
    found: dict[str, str] = {}
    wanted = {"title": "title", "initial-creator": "author", "creator": "last_modified_by"}
    for element in (
        () if root is None else root.iter("{*}title", "{*}initial-creator", "{*}creator")
    ):
        key = wanted[str(element.tag).rpartition("}")[2]]
        if element.text:
            found.setdefault(key, element.text.strip()[:200])
    return found


def _looks(root: Element) -> dict[str, tuple[Look, str]]:
    """Own look and parent of each style; paragraph and text styles share the names."""
    found: dict[str, tuple[Look, str]] = {}
    for style in root.iter(f"{_STYLE}style"):
        name = style.get(f"{_STYLE}name") or ""
        shown = style.get(f"{_STYLE}display-name") or _decoded(name)
        level = style.get(f"{_STYLE}default-outline-level") or ""
        outline = int(level) - 1 if level.isascii() and level.isdigit() and len(level) < 3 else None
        look = Look(None, outline if outline != -1 else None, _centred(style), _bold(style))
        found[name] = (look.over(named_look(shown)), style.get(f"{_STYLE}parent-style-name") or "")
    return found


def _decoded(name: str) -> str:
    """Style names are XML names: "Heading_20_1"."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), name)


def _centred(style: Element) -> bool | None:
    for properties in style.iterchildren(f"{_STYLE}paragraph-properties"):
        value = properties.get(f"{_FO}text-align")
        if value:
            return value == "center"
    return None


def _bold(style: Element) -> bool | None:
    for properties in style.iterchildren(f"{_STYLE}text-properties"):
        value = properties.get(f"{_FO}font-weight") or properties.get(f"{_STYLE}font-weight-asian")
        if value:
            return value not in {"normal", "100", "200", "300", "400", "500"}
    return None


@dataclass(slots=True)
class _Paragraph:
    slot: int
    place: BlockKind
    look: Look
    parts: list[tuple[str, bool]] = field(default_factory=list)  # text, bold
    blank: bool = True  # blanks here would be at the start or follow a blank


class _Walk:
    """The body walked with a stack of its own, as deep as it likes."""

    def __init__(self, looks: dict[str, tuple[Look, str]], max_chars: int) -> None:
        self.pictures: list[str] = []
        self.tracked = self.commented = self.embedded = False
        self._looks = looks
        self._left = max_chars
        self._blocks: list[Block | None] = []
        self._notes: list[Block] = []
        self._places: list[BlockKind] = ["paragraph"]
        self._open: list[_Paragraph] = []
        self._bold: list[bool] = [False]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks in reading order, notes last."""
        return (*(b for b in self._blocks if b is not None), *self._notes)

    def read(self, root: Element) -> None:
        stack: list[tuple[Iterator[Element], Element, Callable[[], None] | None]]
        stack = [(iter(root), root, None)]
        while stack:
            children, element, leave = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if leave:
                    leave()
                if stack:
                    self._append(element.tail)
                continue
            if self._enter(child):
                stack.append((iter(child), child, self._leaving(child)))
                self._append(child.text)
            else:
                self._append(child.tail)

    def _enter(self, element: Element) -> bool:
        """Whether to go into an element; what stands for itself is done here."""
        tag = element.tag
        if tag in _LEFT_OUT:
            self.commented |= tag == f"{_OFFICE}annotation"
            return False
        if tag == f"{_TEXT}tracked-changes":
            self.tracked = True
            return False
        if tag == f"{_TEXT}s":
            count = element.get(f"{_TEXT}c") or "1"
            number = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 1
            self._put(" " * min(number, _MAX_SPACES))
        elif tag == f"{_TEXT}tab":
            self._put("\t")
        elif tag == f"{_TEXT}line-break":
            self._put("\n")
        elif tag in _OBJECTS:
            self.embedded = True
        elif tag == f"{_DRAW}image":
            self.pictures.append((element.get(f"{_XLINK}href") or "").removeprefix("./"))
        return True

    def _leaving(self, element: Element) -> Callable[[], None] | None:
        """Opens what an element opens; gives what closes it."""
        tag = element.tag
        if tag in _PARAGRAPHS:
            return self._open_paragraph(element)
        if tag == f"{_TEXT}span":
            bold = self._look(element.get(f"{_TEXT}style-name") or "").bold
            self._bold.append(self._bold[-1] if bold is None else bold)
            return self._close_span
        place: BlockKind | None = None
        if tag == f"{_TEXT}note-body":
            place = "note"
        elif tag in {f"{_DRAW}text-box", f"{_DRAW}custom-shape"}:
            place = "text_box"
        elif tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            place = "cell" if self._places[-1] == "paragraph" else self._places[-1]
        if place is None:
            return None
        self._places.append(place)
        return self._close_place

    def _close_place(self) -> None:
        self._places.pop()

    def _close_span(self) -> None:
        self._bold.pop()

    def _open_paragraph(self, element: Element) -> Callable[[], None]:
        if len(self._blocks) + len(self._notes) >= MAX_BLOCKS:
            raise too_large()
        look = self._look(element.get(f"{_TEXT}style-name") or "")
        level = element.get(f"{_TEXT}outline-level") or ""
        if element.tag == f"{_TEXT}h" and look.kind != "title":
            number = int(level) if level.isascii() and level.isdigit() and len(level) < 3 else 1
            look = Look("heading", max(number, 1) - 1).over(look)
        paragraph = _Paragraph(len(self._blocks), self._places[-1], look)
        self._blocks.append(None)
        self._open.append(paragraph)
        self._bold.append(bool(look.bold))
        return self._close_paragraph

    def _close_paragraph(self) -> None:
        paragraph = self._open.pop()
        self._bold.pop()
        text = without_private_symbols("".join([part for part, _ in paragraph.parts]))
        kind, level = kind_and_level(paragraph.look, paragraph.place)
        block = Block(
            text=text,
            kind=kind,
            level=level,
            centred=bool(paragraph.look.centred),
            bold=bool(text.strip()) and all(bold for part, bold in paragraph.parts if part.strip()),
        )
        if kind == "note":
            self._notes.append(block)
        else:
            self._blocks[paragraph.slot] = block

    def _look(self, name: str) -> Look:
        result = PLAIN
        for _ in range(_MAX_CHAIN):
            if name not in self._looks:  # built in: the name says it
                return result.over(named_look(_decoded(name)))
            look, name = self._looks[name]
            result = result.over(look)
        return result

    def _append(self, text: str | None) -> None:
        """Character data: runs of blanks in the XML are one blank, none at the start."""
        if not text or not self._open:
            return
        text = _BLANKS.sub(" ", text)
        if self._open[-1].blank and text.startswith(" "):
            text = text[1:]
        if text:
            self._put(text)
            self._open[-1].blank = text.endswith(" ")

    def _put(self, text: str) -> None:
        if not self._open:
            return
        self._left -= len(text)
        if self._left < 0:
            raise too_large()
        self._open[-1].parts.append((text, self._bold[-1]))
        self._open[-1].blank = False
