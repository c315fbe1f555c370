"""A paragraph of a Word document while it is being read, and the block it becomes."""

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from parsers.documents.docx_names import DELETED
from parsers.documents.docx_styles import Styles, outline_value, value_of
from parsers.documents.looks import PLAIN, Look, kind_and_level
from parsers.documents.symbols import without_private_symbols
from parsers.facts import Block, BlockKind

_DROP_CAPS: Final = frozenset({"drop", "margin"})

Chunk = tuple[str, bool, bool]  # text, East Asian hint, bold


@dataclass(slots=True)
class OpenParagraph:
    """A paragraph being read; text boxes inside it open paragraphs of their own."""

    slot: int
    place: BlockKind
    look: Look
    chunks: list[Chunk] = field(default_factory=list)  # text, hint, bold
    runs_on: bool = False  # its mark was deleted, or it is the drop cap of the next one


def apply_properties(paragraph: OpenParagraph, properties: etree._Element, styles: Styles) -> bool:
    """Style, alignment and outline level of a w:pPr; True where its mark was deleted."""
    direct, deleted = PLAIN, False
    for child in properties:
        local = child.tag.rpartition("}")[2]
        if local == "pStyle":
            paragraph.look = styles.look(value_of(child))
        elif local == "jc":
            direct = Look(None, direct.outline, value_of(child) in {"center", "centre"})
        elif local == "outlineLvl":
            direct = Look(None, outline_value(child), direct.centred)
        elif local == "rPr" and any(c.tag in DELETED for c in child):
            paragraph.runs_on = deleted = True
        elif local == "framePr" and value_of(child, "dropCap") in _DROP_CAPS:
            paragraph.runs_on = True
    if direct is not PLAIN:
        paragraph.look = direct.over(paragraph.look)
    return deleted


def to_block(paragraph: OpenParagraph) -> Block:
    """The finished block; symbols of symbol fonts become what they look like."""
    chunks = paragraph.chunks
    text = without_private_symbols("".join([chunk[0] for chunk in chunks]))
    kind, level = kind_and_level(paragraph.look, paragraph.place)
    return Block(
        text=text,
        kind=kind,
        level=level,
        east_asian=_spans(chunks),
        centred=bool(paragraph.look.centred),
        bold=bool(text.strip()) and all(bold for part, _, bold in chunks if part.strip()),
    )


def _spans(chunks: list[Chunk]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    position = 0
    for text, hint, _ in chunks:
        end = position + len(text)
        if hint:
            if spans and spans[-1][1] == position:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((position, end))
        position = end
    return tuple(spans)
