"""Word documents in XML: .docx, .docm, .dotx, strict or not, from Word, WPS or LibreOffice."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from parsers.documents.docx_body import StoryWalk
from parsers.documents.docx_found import Found
from parsers.documents.docx_names import TEXTS
from parsers.documents.docx_parts import Package, Relationship
from parsers.documents.docx_styles import Styles, parse_styles, read_styles, switched_on, value_of
from parsers.documents.outcome import around
from parsers.documents.pictures import picture_fact
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, unreadable
from parsers.documents.xml_parts import local_name, parse_xml
from parsers.documents.zip_guard import ZipRefused
from parsers.facts import Block, DocumentText, ImageFact, Unreadable
from parsers.limits import Limits

TRACKED: Final = "文件含修订痕迹，已按接受全部修订后的内容读取。"
HIDDEN: Final = "文件含隐藏文字，已一并读取。"
MACROS: Final = "文件含宏，宏未运行。"
REMOTE_TEMPLATE: Final = "文件引用外部模板，未予连接。"
EMBEDDED: Final = "文件内嵌其他文件（如表格），内嵌文件未读取，如需报送请另作附件发送。"
NOTES_UNCOUNTED: Final = "按文件自身的设置，字数不含文本框、脚注和尾注。"
COMMENTED: Final = "文件含批注，批注不算文稿内容，未读取；如属正文请写入正文后重新发送。"
CHARTED: Final = "文件含统计图表，图表内的文字未读取；如需报送请写入正文。"
DIAGRAM: Final = "文件含 SmartArt 图示，图内文字已读入，与 Word 一样不计字数。"
LINKED: Final = "文件引用了其他文件中的章节，未能读取，请合并成一个文件后重新发送。"
IMPORTED: Final = "文件引用的部分内容未能读取，请用 Word 或 WPS 打开，另存为 .docx 后重新发送。"

_SPECIAL_NOTES: Final = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_REMOTE: Final = re.compile(r"(?:https?|ftp|smb):|\\\\|//", re.IGNORECASE)
_UNCOUNTED: Final = b"doNotIncludeSubdocsInStats"
_MAX_PICTURES: Final = 1_000
_MAX_HEADERS: Final = 30  # parts; three of each kind for every section
_PROPERTIES: Final = {
    "title": "title",
    "creator": "author",
    "lastModifiedBy": "last_modified_by",
    "created": "created",
    "modified": "modified",
    "Pages": "pages",
    "Application": "application",
    "Company": "company",
}
_MAX_PROPERTY: Final = 200


def read_docx(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text of a Word document in XML, as Word shows it with all changes accepted.

    Body, tables, text boxes and cited notes; headers, footers and comments are not
    part of the text and not counted by Word.
    """
    try:
        return _Reader(data, limits).document()
    except (Refused, ZipRefused) as why:
        return unreadable(name, data, why)


class _Reader:
    """One package while it is being read."""

    def __init__(self, data: bytes, limits: Limits, *, inner: bool = False) -> None:
        self._inner = inner  # a part of another document
        self._limits = limits
        self._package = Package(data, limits)
        self._main = self._package.main_part()
        self._related = self._package.relationships(self._main)
        self._warnings: list[str] = []
        self._inner_images: list[ImageFact] = []

    def document(self) -> DocumentText:
        root = parse_xml(self._package.read(self._main))
        if local_name(root) != "document":
            raise Refused("文件不是 Word 文档", RESEND_AS_DOCX)
        walk = StoryWalk(self._styles(), self._limits.text_chars, self._imported)
        walk.read(root)
        self._read_notes(walk)
        return DocumentText(
            format="docx",
            blocks=self._as_counted(walk.blocks),
            images=(*self._images(walk.found), *self._inner_images),
            properties=self._properties(),
            warnings=tuple(dict.fromkeys((*self._findings(walk.found), *self._warnings))),
            around=around(self._around()),
        )

    def _around(self) -> Iterator[str]:
        parts = [r.target for r in self._related.values() if r.kind in ("header", "footer")]
        for part in dict.fromkeys(parts[:_MAX_HEADERS]):
            root = self._package.xml(part)
            for line in () if root is None else root.iter("{*}p"):
                yield "".join(t.text or "" for t in line.iter(*TEXTS))

    def _one(self, kind: str) -> Relationship | None:
        return next((r for r in self._related.values() if r.kind == kind and not r.external), None)

    def _styles(self) -> Styles:
        styles = self._one("styles")
        data = self._package.read_optional(styles.target) if styles else None
        return Styles() if data is None else parse_styles(data)

    def _read_notes(self, walk: StoryWalk) -> None:
        for kind in ("footnote", "endnote"):
            part = self._one(f"{kind}s")
            root = self._package.xml(part.target) if part else None
            if root is not None:
                _read_cited(walk, kind, root)

    def _as_counted(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """Notes and text boxes marked as not counted, where Word's dialog leaves them out."""
        settings = self._one("settings")
        data = self._package.read_optional(settings.target) if settings else None
        if settings is None or data is None or _UNCOUNTED not in data:
            return blocks  # nearly every document: its settings need not be parsed
        root = self._package.xml(settings.target)
        if root is None or not _says_uncounted(root):
            return blocks
        beside = [block.kind in ("note", "text_box") for block in blocks]
        if any(apart and block.text.strip() for apart, block in zip(beside, blocks, strict=True)):
            self._warnings.append(NOTES_UNCOUNTED)
        return tuple(
            replace(block, counted=not apart) for apart, block in zip(beside, blocks, strict=True)
        )

    def _images(self, found: Found) -> Iterator[ImageFact]:
        seen: set[str] = set()
        for relationship_id in found.pictures[: 10 * _MAX_PICTURES]:
            relationship = self._related.get(relationship_id)
            if relationship is None or relationship.external or relationship.target in seen:
                continue
            seen.add(relationship.target)
            if len(seen) > _MAX_PICTURES:
                break
            data = self._package.read_optional(relationship.target)
            fact = picture_fact(data) if data else None
            if fact is not None:
                yield fact

    def _findings(self, found: Found) -> Iterator[str]:
        if found.tracked:
            yield TRACKED
        if found.hidden:
            yield HIDDEN
        if found.embedded:
            yield EMBEDDED
        if found.commented:
            yield COMMENTED
        if found.charted:
            yield CHARTED
        if found.linked:
            yield LINKED
        if any(n.lower().endswith("vbaproject.bin") for n in self._package.names):
            yield MACROS
        settings = self._one("settings")
        if settings and _remote_template(self._package.relationships(settings.target).values()):
            yield REMOTE_TEMPLATE

    def _properties(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in ("docProps/core.xml", "docProps/app.xml"):
            root = self._package.xml(part)
            for element in () if root is None else root:
                key = _PROPERTIES.get(local_name(element))
                text = (element.text or "").strip()
                if key and text:
                    found[key] = text[:_MAX_PROPERTY]
        return found

    def _imported(self, relationship_id: str) -> tuple[Block, ...]:
        """Blocks of SmartArt, or of a w:altChunk: some web exports hold nothing else."""
        relationship = self._related.get(relationship_id)
        data = None
        if relationship is not None and not relationship.external:
            if relationship.kind == "diagramData":
                return self._diagram(relationship.target)
            data = self._package.read_optional(relationship.target)
        content = None if data is None else _read_imported(data, self._limits, inner=self._inner)
        if isinstance(content, DocumentText):
            self._inner_images.extend(content.images)
            self._warnings.extend(content.warnings)
            return content.blocks
        self._warnings.append(IMPORTED)
        return ()

    def _diagram(self, part: str) -> tuple[Block, ...]:
        root = self._package.xml(part)
        points = () if root is None else root.iter("{*}pt")
        texts = ("".join(t.text or "" for t in point.iter("{*}t") if t.text) for point in points)
        blocks = tuple(
            Block(text.strip(), "text_box", counted=False) for text in texts if text.strip()
        )
        if blocks:
            self._warnings.append(DIAGRAM)
        return blocks


def _says_uncounted(settings: etree._Element) -> bool:
    found = [e for e in settings if local_name(e) == _UNCOUNTED.decode()]
    return bool(found) and switched_on(found[-1])


def _read_cited(walk: StoryWalk, kind: str, root: etree._Element) -> None:
    """Notes in the order they are cited; deleted or orphaned ones are not shown."""
    by_id = {
        value_of(note, "id"): note
        for note in root
        if local_name(note) == kind and value_of(note, "type") not in _SPECIAL_NOTES
    }
    for note_kind, note_id in dict.fromkeys(walk.found.notes):
        if note_kind == kind and note_id in by_id:
            walk.read(by_id[note_id], "note")


def _read_imported(data: bytes, limits: Limits, *, inner: bool) -> DocumentText | Unreadable | None:
    # The registry knows the readers and imports this module: look it up when needed.
    from parsers.documents.registry import Leaf, read_leaf  # noqa: PLC0415
    from parsers.documents.sniff import sniff  # noqa: PLC0415

    kind = sniff(data)
    if kind == "docx" and not inner:  # one inside another could go on for ever
        return _read_inner(data, limits)
    if kind not in {"html", "mht", "rtf", "txt"}:
        return None
    content = read_leaf(Leaf("", data, "", kind), limits).content
    return content if isinstance(content, DocumentText) else None


def _read_inner(data: bytes, limits: Limits) -> DocumentText | None:
    try:
        return _Reader(data, limits, inner=True).document()
    except (Refused, ZipRefused) as why:
        if why.suspicious:
            raise
        return None


def _remote_template(relationships: Iterable[Relationship]) -> bool:
    return any(
        r.kind == "attachedTemplate" and r.external and _REMOTE.match(r.target)
        for r in relationships
    )


def read_flat_docx(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """XML of Word 2003 or a flat package, often named .doc by web systems that make it."""
    try:
        return _flat_document(parse_xml(data), limits)
    except (Refused, ZipRefused) as why:
        return unreadable(name, data, why)


def _flat_document(root: etree._Element, limits: Limits) -> DocumentText:
    bodies = [e for e in root.iter("{*}body") if local_name(e) == "body"]
    if not bodies:
        raise Refused("文件不完整，缺少正文", RESEND_AS_DOCX)
    sheet = next(root.iter("{*}styles"), None)
    walk = StoryWalk(Styles() if sheet is None else read_styles(sheet), limits.text_chars)
    walk.read(bodies[0])
    for kind in ("footnote", "endnote"):
        for notes in root.iter(f"{{*}}{kind}s"):
            _read_cited(walk, kind, notes)
    return DocumentText(
        format="docx",
        blocks=walk.blocks,
        images=tuple(_inline_images(walk.found.inline_pictures)),
        warnings=(TRACKED,) if walk.found.tracked else (),
    )


def _inline_images(encoded: list[str]) -> Iterator[ImageFact]:
    for text in encoded[:_MAX_PICTURES]:
        try:
            fact = picture_fact(base64.b64decode(text))
        except ValueError:
            continue
        if fact is not None:
            yield fact
