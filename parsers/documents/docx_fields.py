"""Fields of a Word document in XML: their codes left out, their results kept.

An EQ field has no result: what it shows is worked out from its code. A drop-down field
of a form has none either: it shows one of the entries among its properties.
"""

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from parsers.documents.docx_paragraph import OpenParagraph
from parsers.documents.docx_styles import value_of
from parsers.documents.equation_fields import shown

Element = etree._Element  # noqa: SLF001 - lxml gives the type no public name

_MAX_FIELDS: Final = 100  # open at a time; Word itself gives up far earlier
_MAX_CODE: Final = 2_000  # characters of a code that are looked at


@dataclass(slots=True)
class _OpenField:
    """A field between its begin and end; what stands before "separate" is its code."""

    paragraph: OpenParagraph
    start: int
    in_code: bool = True
    choice: str = ""  # of a drop-down field
    code: list[str] = field(default_factory=list)
    length: int = 0


class FieldStack:
    """The fields that are open at a place of the text, innermost last."""

    def __init__(self) -> None:
        self._open: list[_OpenField] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def mark(self, element: Element, paragraph: OpenParagraph | None) -> None:
        """w:fldChar, "begin", "separate" or "end", in the paragraph being read."""
        kind = value_of(element, "fldCharType")
        if kind == "begin" and paragraph is not None and len(self._open) < _MAX_FIELDS:
            choice = _choice(element) if len(element) else ""
            self._open.append(_OpenField(paragraph, len(paragraph.chunks), choice=choice))
        elif kind == "separate" and self._open:
            self._drop_code(self._open[-1], paragraph)
        elif kind == "end" and self._open:
            closed = self._open.pop()
            self._drop_code(closed, paragraph)
            self._show(closed, paragraph)

    def note(self, text: str) -> None:
        """Text of the innermost code, or the result of a field inside it."""
        for opened in reversed(self._open):
            if opened.in_code:
                if opened.length <= _MAX_CODE:
                    opened.code.append(text)
                    opened.length += len(text)
                return

    def leave(self, paragraph: OpenParagraph) -> None:
        """The paragraph ends: a code never spans paragraphs in real files."""
        for opened in self._open:
            if opened.paragraph is paragraph:
                opened.in_code = False

    def clear(self) -> None:
        """The story ends."""
        self._open.clear()

    def _drop_code(self, opened: _OpenField, paragraph: OpenParagraph | None) -> None:
        if opened.in_code and opened.paragraph is paragraph:
            del paragraph.chunks[opened.start :]
        opened.in_code = False

    def _show(self, closed: _OpenField, paragraph: OpenParagraph | None) -> None:
        """An equation or a choice, unless its writer put a result behind it."""
        if closed.paragraph is not paragraph:
            return
        if any(text.strip() for text, _, _ in paragraph.chunks[closed.start :]):
            return
        text = closed.choice or shown("".join(closed.code))
        if text:
            bold = bool(paragraph.look.bold)
            paragraph.chunks.append((text, True, bold))
            self.note(text)


def _choice(begin: Element) -> str:
    """The chosen entry of a drop-down field (w:ddList): the first where none is named."""
    for drop_down in begin.iter("{*}ddList"):
        entries = [value_of(e) or "" for e in drop_down.iterchildren("{*}listEntry")]
        chosen = 0
        for name in ("default", "result"):
            for element in drop_down.iterchildren(f"{{*}}{name}"):
                value = value_of(element) or ""
                chosen = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0
        return entries[chosen].strip() if chosen < len(entries) else ""
    return ""
