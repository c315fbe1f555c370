"""What was typed into a PDF: values of form fields, text boxes put on a page.

They are no part of a page's own content, so that a reader of that alone sees an empty
form. Only what the page shows is taken: nothing hidden, no buttons, ticks, signatures
or pop-up notes.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.documents.refusals import too_large

MOST_ANNOTATIONS: Final = 2_000
"""Looked at on one page; a long form has some two hundred fields."""

MOST_IN_ALL: Final = 20_000
"""Looked at in one PDF: its pages may share a list that costs them nothing."""

_MAX_OPTIONS: Final = 500
_MAX_ATTACHED: Final = 10
_MAX_VALUE: Final = 200_000  # bytes of one value
_UNSEEN: Final = (
    pdfium.FPDF_ANNOT_FLAG_INVISIBLE | pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
)
_REMARKS: Final = frozenset(
    {
        *(pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_HIGHLIGHT, pdfium.FPDF_ANNOT_UNDERLINE),
        *(pdfium.FPDF_ANNOT_SQUIGGLY, pdfium.FPDF_ANNOT_STRIKEOUT, pdfium.FPDF_ANNOT_CARET),
    }
)
_MULTILINE: Final = 1 << 12
_PASSWORD: Final = 1 << 13  # PDF 32000-1, table 228: positions count from one
_CHOICES: Final = (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_USUAL_SIZE: Final = 12.0  # of type in a field that says none
_OF_HEIGHT: Final = 0.7


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that was put on a page, in points from its lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    several_lines: bool
    in_form: bool


@dataclass(slots=True)
class PutOn:
    """What people put on a page: texts it shows, remarks that only pop up.

    Attributes:
        seen: How many there were to look at.
        complete: False where there were too many.
    """

    typed: list[Typed] = field(default_factory=list)
    remarks: bool = False
    seen: int = 0
    complete: bool = True


@contextmanager
def form_of(opened: pypdfium2.PdfDocument) -> Iterator[Any]:
    """What pdfium needs to tell values of fields; nothing in the file is run."""
    if opened.get_formtype() == pdfium.FORMTYPE_NONE:
        yield None
        return
    config = pdfium.FPDF_FORMFILLINFO(version=2)
    form = pdfium.FPDFDOC_InitFormFillEnvironment(opened.raw, config)
    try:
        yield form
    finally:
        if form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(form)


def is_only_a_shell(opened: pypdfium2.PdfDocument) -> bool:
    """A dynamic form (XFA): its pages only say that the reader is too old."""
    return bool(opened.get_formtype() == pdfium.FORMTYPE_XFA_FULL)


def attached_files(opened: pypdfium2.PdfDocument) -> list[str]:
    """Names of files that ride inside the PDF; "" for one whose name cannot be told."""
    names: list[str] = []
    for n in range(min(pdfium.FPDFDoc_GetAttachmentCount(opened.raw), _MAX_ATTACHED)):
        attached = pdfium.FPDFDoc_GetAttachment(opened.raw, n)
        names.append(_text(partial(pdfium.FPDFAttachment_GetName, attached)) if attached else "")
    return names


def put_on(page: pypdfium2.PdfPage, form: Any, most: int = MOST_IN_ALL) -> PutOn:
    """What was put on the page, as far as `most` annotations go; Refused for huge texts."""
    raw = page.raw
    there = pdfium.FPDFPage_GetAnnotCount(raw)
    count = min(there, MOST_ANNOTATIONS, most)
    found = PutOn(seen=count, complete=there == count)
    for n in range(count):
        annotation = pdfium.FPDFPage_GetAnnot(raw, n)
        if not annotation:
            continue
        try:
            typed = _typed(annotation, form)
            found.remarks = found.remarks or _is_remark(annotation)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
        if typed is not None:
            found.typed.append(typed)
    return found


def _is_remark(annotation: Any) -> bool:
    """A note or a comment on marked words; marks without a word say nothing."""
    if pdfium.FPDFAnnot_GetSubtype(annotation) not in _REMARKS:
        return False
    hidden = pdfium.FPDFAnnot_GetFlags(annotation) & pdfium.FPDF_ANNOT_FLAG_HIDDEN
    return not hidden and bool(_contents(annotation).strip())


def _typed(annotation: Any, form: Any) -> Typed | None:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind not in (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT):
        return None
    if pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
        return None
    in_form = kind == pdfium.FPDF_ANNOT_WIDGET
    text = _value(annotation, form) if in_form else _contents(annotation)
    box = pdfium.FS_RECTF()
    if not text.strip() or not pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(box)):
        return None
    height, width = abs(box.top - box.bottom), abs(box.right - box.left)
    if not height or not width:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    several = "\n" in text or (not in_form and height > 2 * _USUAL_SIZE)
    if in_form and pdfium.FPDFAnnot_GetFormFieldType(form, annotation) not in _CHOICES:
        several |= bool(pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _MULTILINE)
    return Typed(
        text,
        left=min(box.left, box.right),
        right=max(box.left, box.right),
        bottom=min(box.bottom, box.top),
        top=max(box.bottom, box.top),
        size=_type_size(annotation, form, height),
        several_lines=several,
        in_form=in_form,
    )


def _type_size(annotation: Any, form: Any, height: float) -> float:
    size = ctypes.c_float()
    said = form and pdfium.FPDFAnnot_GetFontSize(form, annotation, ctypes.byref(size))
    if said and 1 <= size.value <= 200:
        return float(size.value)
    return min(_USUAL_SIZE, _OF_HEIGHT * height)


def _value(annotation: Any, form: Any) -> str:
    if not form:
        return ""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _CHOICES:
        chosen = _chosen(annotation, form)
        if chosen:
            return chosen
    elif kind != pdfium.FPDF_FORMFIELD_TEXTFIELD:
        return ""
    if pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD and kind not in _CHOICES:
        return ""
    return _text(partial(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation))


def _chosen(annotation: Any, form: Any) -> str:
    """Labels of the chosen options: the value itself may be a code."""
    count = min(pdfium.FPDFAnnot_GetOptionCount(form, annotation), _MAX_OPTIONS)
    labels = [
        _text(partial(pdfium.FPDFAnnot_GetOptionLabel, form, annotation, n))
        for n in range(count)
        if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, n)
    ]
    return "、".join(filter(None, labels))


def _contents(annotation: Any) -> str:
    return _text(partial(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents"))


def _text(ask: Callable[[Any, int], int]) -> str:
    """A string that pdfium writes into a buffer, in UTF-16."""
    size = ask(None, 0)
    if size <= 2:
        return ""
    if size > _MAX_VALUE:
        raise too_large()
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - size % 2].decode("utf-16-le", "replace").partition("\0")[0]
