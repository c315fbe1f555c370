"""Spreadsheets in the XML of Excel 2003: what reporting systems export as .xls."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from parsers.documents.outcome import clean, document
from parsers.documents.refusals import Refused, too_large, unreadable
from parsers.documents.xml_parts import local_name, parse_xml
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

_MAX_CELLS: Final = 500_000
_HIDDEN: Final = frozenset({"SheetHidden", "SheetVeryHidden"})


def read_xml_sheet(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text and figures of all visible sheets, a block for each cell that holds something."""
    try:
        blocks = list(_blocks(parse_xml(data), limits))
    except Refused as why:
        return unreadable(name, data, why)
    return document(name, data, limits, "xls", blocks)


def _blocks(root: etree._Element, limits: Limits) -> Iterator[Block]:
    cells = chars = 0
    for sheet in root:
        if local_name(sheet) != "Worksheet" or _is_hidden(sheet):
            continue
        for value in sheet.iter("{*}Data"):
            text = clean("".join(value.itertext())).strip()  # type: ignore[arg-type]
            if not text:
                continue
            cells += 1
            chars += len(text)
            if cells > _MAX_CELLS or chars > limits.text_chars:
                raise too_large()
            yield Block(text, "cell")


def _is_hidden(sheet: etree._Element) -> bool:
    return any(
        local_name(child) == "Visible" and (child.text or "").strip() in _HIDDEN
        for options in sheet.iterchildren("{*}WorksheetOptions")
        for child in options
    )
