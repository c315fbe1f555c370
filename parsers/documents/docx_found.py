"""What the walk through a Word document meets besides text."""

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from parsers.documents.docx_names import PICTURE_IDS
from parsers.documents.docx_styles import value_of

Element = etree._Element  # noqa: SLF001 - lxml gives the type no public name

_LEFT_OUT_2003: Final = frozenset({"Word.Deletion", "Word.Comment"})


@dataclass(slots=True)
class Found:
    """What the walk came across; each method notes one thing and says whether text is in it."""

    notes: list[tuple[str, str]] = field(default_factory=list)  # ("footnote", id), in order
    pictures: list[str] = field(default_factory=list)  # relationship ids, in order
    inline_pictures: list[str] = field(default_factory=list)  # base64 (XML of Word 2003)
    tracked: bool = False
    hidden: bool = False
    embedded: bool = False
    commented: bool = False
    charted: bool = False
    linked: bool = False

    def deletion(self, _: Element) -> bool:
        """w:del and w:moveFrom."""
        self.tracked = True
        return False

    def insertion(self, _: Element) -> bool:
        """w:ins and w:moveTo."""
        self.tracked = True
        return True

    def annotation_2003(self, element: Element) -> bool:
        """aml:annotation: tracked changes and comments of Word 2003."""
        kind = value_of(element, "type") or ""
        self.tracked |= kind in {"Word.Deletion", "Word.Insertion"}
        self.commented |= kind == "Word.Comment"
        return kind not in _LEFT_OUT_2003

    def note_reference(self, element: Element) -> bool:
        """w:footnoteReference and w:endnoteReference: only cited notes are shown."""
        kind = element.tag.rpartition("}")[2].removesuffix("Reference")
        self.notes.append((kind, value_of(element, "id") or ""))
        return False

    def picture(self, element: Element) -> bool:
        """a:blip (r:embed) and v:imagedata (r:id)."""
        wanted = next(filter(None, map(element.get, PICTURE_IDS)), None)
        if wanted:
            self.pictures.append(wanted)
        return False

    def inline_picture(self, element: Element) -> bool:
        """w:binData of Word 2003."""
        self.inline_pictures.append(element.text or "")
        return False

    def embedded_object(self, _: Element) -> bool:
        """w:object: its preview is read, the embedded file is not."""
        self.embedded = True
        return True

    def comment(self, _: Element) -> bool:
        """w:commentReference: what somebody remarked is no text of the document."""
        self.commented = True
        return False

    def chart(self, _: Element) -> bool:
        """c:chart: drawn from a part of its own."""
        self.charted = True
        return False

    def linked_part(self, _: Element) -> bool:
        """w:subDoc: a chapter that lies in another file."""
        self.linked = True
        return False
