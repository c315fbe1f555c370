"""Slides: the text of .pptx in the order they are shown; .ppt is asked for anew."""

import posixpath
import re
from collections.abc import Iterator

from lxml import etree

from parsers.documents.images import image_fact
from parsers.documents.outcome import clean, document, refuse
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, unreadable
from parsers.documents.xml_parts import local_name, parse_xml
from parsers.documents.zip_guard import GuardedZip, ZipRefused, open_zip
from parsers.facts import Block, BlockKind, DocumentText, ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

RESEND_AS_PPTX = "请另存为 .pptx 后重新发送；稿件文字请以 Word 或 WPS 文档发送。"

SPOKEN = "演示文稿的备注未读取；如需报送，请写入 Word 文稿。"

_NOTES = re.compile(r"ppt/notesSlides/notesSlide\d{1,4}\.xml")
_MOST_NOTES = 50
_OLE = b"\xd0\xcf\x11\xe0"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_FURNITURE = frozenset({"sldNum", "dt", "ftr", "hdr"})  # page number, date, footer, header
_TITLES = frozenset({"title", "ctrTitle"})


def read_slides(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text of all slides that are not hidden; speakers' notes are left out."""
    if data.startswith(_OLE):
        return refuse(name, data, "旧版演示文稿（.ppt、.dps），本系统不能读取", RESEND_AS_PPTX)
    try:
        guarded = open_zip(data, limits)
        paths = _slide_paths(guarded)
        if len(paths) > limits.pages:
            return refuse(name, data, f"超过 {limits.pages} 页", RESEND_AS_DOCX)
        blocks = [block for path in paths for block in _slide(guarded, path)]
        images = _images(guarded, limits)
        warnings = [SPOKEN] if _has_notes(guarded) else []
    except (Refused, ZipRefused) as why:
        return unreadable(display_name(name), data, why)
    except KeyError:
        return refuse(name, data, "演示文稿损坏或不完整")
    properties = {"pages": str(len(paths))}
    return document(
        name,
        data,
        limits,
        "pptx",
        blocks,
        images=images,
        properties=properties,
        warnings=warnings,
    )


def _has_notes(guarded: GuardedZip) -> bool:
    """Whether a speaker's notes say more than the number of their page."""
    parts = [name for name in guarded.names if _NOTES.fullmatch(name)]
    return any(
        block.text.strip()
        for part in parts[:_MOST_NOTES]
        for block in _shapes(parse_xml(guarded.read(part)))
    )


def _relations(guarded: GuardedZip, part: str) -> dict[str, str]:
    """Targets by relationship id, as paths inside the package."""
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", base + ".rels")
    if path not in guarded:
        return {}
    found = {}
    for relation in parse_xml(guarded.read(path)):
        target = relation.get("Target") or ""
        if relation.get("TargetMode") != "External":
            found[relation.get("Id") or ""] = posixpath.normpath(posixpath.join(folder, target))
    return found


def _slide_paths(guarded: GuardedZip) -> list[str]:
    part = "ppt/presentation.xml"
    relations = _relations(guarded, part)
    paths = []
    for element in parse_xml(guarded.read(part)).iter():
        if local_name(element) == "sldId":
            path = relations.get(element.get(_REL_ID) or element.get(_STRICT_REL_ID) or "", "")
            if path in guarded and path not in paths:
                paths.append(path)
    return paths


def _slide(guarded: GuardedZip, path: str) -> Iterator[Block]:
    root = parse_xml(guarded.read(path))
    if root.get("show") in {"0", "false"}:
        return
    yield from _shapes(root)
    for target in _relations(guarded, path).values():
        # SmartArt keeps its text in a part of its own.
        if "/diagrams/data" in target and target in guarded:
            yield from _paragraphs(parse_xml(guarded.read(target)), "text_box")


def _shapes(element: etree._Element) -> Iterator[Block]:
    for child in element:
        name = local_name(child)
        if name == "Fallback":
            continue  # the same drawing again, for older programs
        if name == "sp":
            holder = _placeholder(child)
            if holder not in _FURNITURE:
                yield from _paragraphs(child, "title" if holder in _TITLES else "text_box")
        elif name == "tbl":
            yield from _paragraphs(child, "cell")
        else:
            yield from _shapes(child)


def _placeholder(shape: etree._Element) -> str:
    found = (e.get("type") or "body" for e in shape.iter() if local_name(e) == "ph")
    return next(found, "")


def _paragraphs(element: etree._Element, kind: BlockKind) -> Iterator[Block]:
    for paragraph in element.iter():
        if local_name(paragraph) == "p":
            text = clean("".join(_runs(paragraph))).strip()
            if text:
                yield Block(text, kind)


def _runs(paragraph: etree._Element) -> Iterator[str]:
    for node in paragraph.iter():
        name = local_name(node)
        if name == "t":
            yield node.text or ""
        elif name == "br":
            yield "\n"


def _images(guarded: GuardedZip, limits: Limits) -> list[ImageFact]:
    facts: dict[str, ImageFact] = {}
    for path in guarded.names:
        if path.startswith("ppt/media/"):
            try:
                fact = image_fact("", guarded.read(path), limits)
            except ZipRefused:
                continue  # a blank picture compresses absurdly well
            if fact:
                facts[fact.sha256] = fact
    return list(facts.values())
