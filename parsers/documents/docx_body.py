"""One story of a Word document (body, notes) walked into blocks, as Word shows it.

The walk keeps its own stack, so depth costs nothing; it visits what Word counts
and displays: inserted text, content controls, text boxes once, field results.
Deleted text, field codes, phonetic guides and alternatives are left out.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from lxml import etree

from parsers.documents.docx_fields import FieldStack
from parsers.documents.docx_found import Found
from parsers.documents.docx_names import (
    AML,
    BOLD,
    CHARACTER_STYLE,
    CHART,
    DELETED,
    DIAGRAM,
    DIAGRAM_IDS,
    DRAWING,
    EAST_ASIAN,
    HINTS,
    LEFT_OUT,
    MATH,
    MC,
    PICTURE_IDS,
    ROW_PROPERTIES,
    RUN_PROPERTIES,
    SPACE,
    TEXTS,
    VANISH,
    VML,
)
from parsers.documents.docx_paragraph import OpenParagraph, apply_properties, to_block
from parsers.documents.docx_styles import (
    WORD_NAMESPACES,
    Styles,
    switched_on,
    value_of,
)
from parsers.documents.equation_fields import shown
from parsers.documents.refusals import too_large
from parsers.documents.symbols import as_drawn, symbol, symbol_font
from parsers.facts import Block, BlockKind

Element = etree._Element  # noqa: SLF001 - lxml gives the type no public name
Descent = tuple[Iterator[Element], Callable[[], None] | None] | None

MAX_BLOCKS: Final = 100_000
"""Paragraphs of one document; a 300-page report has some 10,000."""

_BLANKS: Final = str.maketrans("\t\r\n", "   ")


class StoryWalk:
    """Reads one story after another into `blocks`.

    Args:
        styles: Looks of the document's styles.
        max_chars: Most text of the document.
        import_part: Gives the blocks of a part shown in the text, by relationship id.
    """

    def __init__(
        self,
        styles: Styles,
        max_chars: int,
        import_part: Callable[[str], tuple[Block, ...]] = lambda _: (),
    ) -> None:
        self.found = Found()
        self._styles = styles
        self._left = max_chars
        self._import_part = import_part
        self._blocks: list[Block | None] = []
        self._places: list[BlockKind] = ["paragraph"]
        self._open: list[OpenParagraph] = []
        self._hint = self._bold = self._hidden = False  # of the run being read
        self._font = ""  # of the run, where it draws symbols instead of letters
        self._outer: list[tuple[bool, bool]] = []  # of the runs whose text boxes are being read
        self._fields = FieldStack()
        self._space: str | None = None  # xml:space around the story
        self._carried: OpenParagraph | None = None  # its mark was deleted: the next goes on

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks read so far, anchors before the text boxes they hold."""
        return tuple(block for block in self._blocks if block is not None)

    def read(self, root: Element, place: BlockKind = "paragraph") -> None:
        """Walk everything below `root`; raises Refused beyond the limits."""
        self._places.append(place)
        # XML of Word 2003 says it once, at the top.
        self._space = next((e.get(SPACE) for e in root.iterancestors() if e.get(SPACE)), None)
        stack: list[tuple[Iterator[Element], Callable[[], None] | None]] = [(iter(root), None)]
        while stack:
            children, leave = stack[-1]
            for child in children:
                handler = _HANDLERS.get(child.tag)
                descent = (iter(child), None) if handler is None else handler(self, child)
                if descent is not None:
                    stack.append(descent)
                    break
            else:
                stack.pop()
                if leave is not None:
                    leave()
        self._close_place()
        self._fields.clear()

    # Containers

    def paragraph(self, element: Element) -> Descent:
        """w:p: opens a block; its slot keeps it before its text boxes."""
        if len(self._blocks) >= MAX_BLOCKS:
            raise too_large()
        paragraph = OpenParagraph(len(self._blocks), self._places[-1], self._styles.look(None))
        if self._carried is not None:
            paragraph.chunks, self._carried = self._carried.chunks, None
        self._blocks.append(None)
        self._open.append(paragraph)
        self._outer.append((self._hint, self._bold))
        self._hint, self._bold = False, bool(paragraph.look.bold)
        return iter(element), self._close_paragraph

    def _close_paragraph(self) -> None:
        paragraph = self._open.pop()
        self._hint, self._bold = self._outer.pop()
        if self._fields:
            self._fields.leave(paragraph)
        if paragraph.runs_on:  # the next paragraph goes on in the same line
            self._carried = paragraph
            return
        self._blocks[paragraph.slot] = to_block(paragraph)

    def paragraph_properties(self, element: Element) -> Descent:
        """w:pPr: style, alignment, outline level, deleted paragraph mark."""
        if not self._open:
            return None
        self.found.tracked |= apply_properties(self._open[-1], element, self._styles)
        return None

    def run(self, element: Element) -> Descent:
        """w:r and m:r: its own formatting over the paragraph's."""
        self._hint = self._hidden = False
        self._font = ""
        self._bold = bool(self._open and self._open[-1].look.bold)
        children = iter(element)
        for child in children:  # nearly every run holds properties and text, no more
            tag = child.tag
            if tag in TEXTS:
                self.text(child)
            elif tag in RUN_PROPERTIES:
                self.run_properties(child)
            else:
                return chain((child,), children), None
        return None

    def run_properties(self, element: Element) -> Descent:
        """w:rPr: East Asian hint, bold, hidden."""
        for child in element:
            tag = child.tag
            if tag in HINTS:
                hint, font = HINTS[tag]
                self._hint = child.get(hint) in EAST_ASIAN
                self._font = symbol_font(child.get(font))
            elif tag in BOLD:
                self._bold = switched_on(child)
            elif tag in CHARACTER_STYLE:
                bold = self._styles.look(value_of(child) or "").bold
                self._bold = self._bold if bold is None else bold
            elif tag in VANISH:
                self._hidden = switched_on(child)
        return None

    def row(self, element: Element) -> Descent:
        """w:tr: left out when the whole row was deleted under tracked changes."""
        for child in element:
            if child.tag in ROW_PROPERTIES and any(c.tag in DELETED for c in child):
                self.found.tracked = True
                return None
        return iter(element), None

    def cell(self, element: Element) -> Descent:
        """w:tc: a table inside a note or text box still belongs to that."""
        place = self._places[-1]
        self._places.append("cell" if place == "paragraph" else place)
        return iter(element), self._close_place

    def text_box(self, element: Element) -> Descent:
        """w:txbxContent, wherever its shape is anchored."""
        self._places.append("text_box")
        return iter(element), self._close_place

    def inline_note(self, element: Element) -> Descent:
        """w:footnote inside a run: XML of Word 2003 keeps notes where they are cited."""
        self._places.append("note")
        return iter(element), self._close_place

    def _close_place(self) -> None:
        self._places.pop()
        if self._carried is not None:  # nothing follows that could take its text
            self._blocks[self._carried.slot] = to_block(self._carried)
            self._carried = None

    def alternatives(self, element: Element) -> Descent:
        """mc:AlternateContent: the first choice, or the fallback where only that has text."""
        choices = [child for child in element if child.tag == f"{MC}Choice"]
        fallbacks = [child for child in element if child.tag == f"{MC}Fallback"]
        for branch in (*choices[:1], *fallbacks[:1]):
            if next(branch.iter(*TEXTS), None) is not None:
                return iter(branch), None
        return next(((iter(branch), None) for branch in (*choices, *fallbacks)), None)

    # Text

    def text(self, element: Element) -> Descent:
        """w:t and m:t."""
        value = element.text
        if value:
            if value[0] in " \t\r\n" or value[-1] in " \t\r\n":
                value = value if self._preserved(element) else value.strip(" \t\r\n")
            value = value.translate(_BLANKS) if "\n" in value or "\t" in value else value
            self._append(as_drawn(value, self._font) if self._font else value)
        return None

    def _preserved(self, element: Element) -> bool:
        return (element.get(SPACE) or self._space) == "preserve"

    def tab(self, _: Element) -> Descent:
        """w:tab and w:ptab."""
        self._append("\t")
        return None

    def line_break(self, _: Element) -> Descent:
        """w:br of any type and w:cr."""
        self._append("\n")
        return None

    def no_break_hyphen(self, _: Element) -> Descent:
        """w:noBreakHyphen."""
        self._append("-")
        return None

    def symbol(self, element: Element) -> Descent:
        """w:sym: a character of a symbol font."""
        try:
            code = int(value_of(element, "char") or "", 16)
        except ValueError:
            return None
        self._append(symbol(value_of(element, "font") or "", code))
        return None

    def _append(self, text: str) -> None:
        if not self._open or not text:
            return
        self._left -= len(text)
        if self._left < 0:
            raise too_large()
        if self._hidden and not text.isspace():
            self.found.hidden = True
        if self._fields:
            self._fields.note(text)
        self._open[-1].chunks.append((text, self._hint, self._bold))

    def field_character(self, element: Element) -> Descent:
        """w:fldChar: what stood between begin and separate was code, whatever its tags."""
        self._fields.mark(element, self._open[-1] if self._open else None)
        return None

    def instruction(self, element: Element) -> Descent:
        """w:instrText: no text, but what an equation shows."""
        if self._fields and element.text:
            self._fields.note(element.text)
        return None

    def simple_field(self, element: Element) -> Descent:
        """w:fldSimple: its result stands inside; an equation has none."""
        text = shown(value_of(element, "instr") or "")
        if text and next(element.iter(*TEXTS), None) is None:
            self._hint = True
            self._append(text)
        return iter(element), None

    # What is noted or left out

    def leave_out(self, _: Element) -> Descent:
        """Properties, codes, comments: nothing a reader sees in the text."""
        return None

    def imported_part(self, element: Element) -> Descent:
        """w:altChunk: a whole file of another kind stands here."""
        self._import(next(filter(None, map(element.get, PICTURE_IDS)), ""))
        return None

    def diagram(self, element: Element) -> Descent:
        """dgm:relIds: SmartArt, whose text lies in a part of its own."""
        self._import(next(filter(None, map(element.get, DIAGRAM_IDS)), ""))
        return None

    def word_art(self, element: Element) -> Descent:
        """v:textpath: a title drawn as a picture of itself; Word does not count it."""
        shape = element.getparent()
        mark = "" if shape is None else shape.get("id") or ""
        text = (element.get("string") or "").translate(_BLANKS).strip()
        if text and "watermark" not in mark.lower():
            self._take((Block(text, "text_box", counted=False),))
        return None

    def _import(self, relationship_id: str) -> None:
        if relationship_id:
            self._take(self._import_part(relationship_id))

    def _take(self, blocks: tuple[Block, ...]) -> None:
        self._left -= sum(len(block.text) for block in blocks)
        if self._left < 0 or len(self._blocks) + len(blocks) > MAX_BLOCKS:
            raise too_large()
        self._blocks.extend(blocks)


def _noted(note: Callable[[Found, Element], bool]) -> Callable[[StoryWalk, Element], Descent]:
    def handle(walk: StoryWalk, element: Element) -> Descent:
        return (iter(element), None) if note(walk.found, element) else None

    return handle


_BY_NAME: Final[dict[str, Callable[[StoryWalk, Element], Descent]]] = {
    "p": StoryWalk.paragraph,
    "pPr": StoryWalk.paragraph_properties,
    "r": StoryWalk.run,
    "rPr": StoryWalk.run_properties,
    "tr": StoryWalk.row,
    "tc": StoryWalk.cell,
    "txbxContent": StoryWalk.text_box,
    "footnote": StoryWalk.inline_note,
    "endnote": StoryWalk.inline_note,
    "t": StoryWalk.text,
    "tab": StoryWalk.tab,
    "ptab": StoryWalk.tab,
    "br": StoryWalk.line_break,
    "cr": StoryWalk.line_break,
    "noBreakHyphen": StoryWalk.no_break_hyphen,
    "sym": StoryWalk.symbol,
    "fldChar": StoryWalk.field_character,
    "fldSimple": StoryWalk.simple_field,
    "instrText": StoryWalk.instruction,
    "del": _noted(Found.deletion),
    "moveFrom": _noted(Found.deletion),
    "ins": _noted(Found.insertion),
    "moveTo": _noted(Found.insertion),
    "footnoteReference": _noted(Found.note_reference),
    "endnoteReference": _noted(Found.note_reference),
    "object": _noted(Found.embedded_object),
    "binData": _noted(Found.inline_picture),
    "altChunk": StoryWalk.imported_part,
    "subDoc": _noted(Found.linked_part),
    "commentReference": _noted(Found.comment),
    **dict.fromkeys(LEFT_OUT, StoryWalk.leave_out),
}

_HANDLERS: Final[dict[str, Callable[[StoryWalk, Element], Descent]]] = {
    **{f"{{{s}}}{name}": call for s in WORD_NAMESPACES for name, call in _BY_NAME.items()},
    **{f"{{{s}}}t": StoryWalk.text for s in MATH},
    **{f"{{{s}}}r": StoryWalk.run for s in MATH},
    **{f"{{{s}}}ctrlPr": StoryWalk.leave_out for s in MATH},
    **{f"{{{s}}}blip": _noted(Found.picture) for s in DRAWING},
    f"{CHART}chart": _noted(Found.chart),
    f"{DIAGRAM}relIds": StoryWalk.diagram,
    f"{VML}textpath": StoryWalk.word_art,
    f"{VML}imagedata": _noted(Found.picture),
    f"{MC}AlternateContent": StoryWalk.alternatives,
    f"{AML}annotation": _noted(Found.annotation_2003),
}
