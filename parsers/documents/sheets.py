"""Spreadsheets: every cell that holds something is a block, row by row."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import PasswordError, SheetVisibleEnum, load_workbook

from parsers.documents.outcome import clean, document, refuse
from parsers.documents.refusals import REMOVE_PASSWORD, RESEND, RESEND_AS_DOCX, Refused
from parsers.documents.xml_parts import parse_xml
from parsers.documents.zip_guard import GuardedZip, ZipRefused, open_zip
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

_ZIP = b"PK\x03\x04"
_MAX_CELLS = 500_000
_MAX_DRAWINGS = 50
_DRAWING = re.compile(r"xl/drawings/drawing\d{1,4}\.xml")
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FORMATS = (
    (b"xl/workbook", "xlsx"),
    (b"spreadsheet", "ods"),
)


def read_sheet(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text and figures of all visible sheets of .xlsx, .xls and .ods.

    Formulas stand with their last computed value; empty cells are passed over.
    """
    boxes: list[Block] = []
    if data.startswith(_ZIP):
        try:
            boxes = list(_text_boxes(open_zip(data, limits)))
        except (Refused, ZipRefused) as refused:
            return refuse(name, data, refused.reason, refused.remedy, refused.suspicious)
    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            blocks = [*_blocks(workbook, limits), *boxes]
    except PasswordError:
        return refuse(name, data, "表格设有打开密码", REMOVE_PASSWORD)
    except _TooManyCellsError:
        return refuse(name, data, "表格过大", RESEND_AS_DOCX)
    except BaseException as exc:
        # Its parser is Rust: a panic arrives as a BaseException of its own.
        if isinstance(exc, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return refuse(name, data, "表格损坏或格式不受支持", RESEND)
    return document(name, data, limits, _format(data), blocks)


def _text_boxes(guarded: GuardedZip) -> Iterator[Block]:
    """Text boxes laid over the cells of an .xlsx, where some people write their draft."""
    drawings = [name for name in guarded.names if _DRAWING.fullmatch(name)]
    for name in drawings[:_MAX_DRAWINGS]:
        for paragraph in parse_xml(guarded.read(name)).iter(f"{_DRAWN}p"):
            text = clean("".join(run.text or "" for run in paragraph.iter(f"{_DRAWN}t"))).strip()
            if text:
                yield Block(text, "text_box")


class _TooManyCellsError(Exception):
    """More filled cells than any report has."""


def _format(data: bytes) -> str:
    if not data.startswith(_ZIP):
        return "xls"
    return next((fmt for mark, fmt in _FORMATS if mark in data), "xlsx")


def _blocks(workbook: Any, limits: Limits) -> Iterator[Block]:
    cells = chars = 0
    for metadata in workbook.sheets_metadata:
        if metadata.visible is not SheetVisibleEnum.Visible:
            continue
        for row in workbook.get_sheet_by_name(metadata.name).iter_rows():
            for value in row:
                if value == "":  # sheets reach far beyond what is filled in
                    continue
                text = clean(shown(value)).strip()
                if not text:
                    continue
                cells += 1
                chars += len(text)
                if cells > _MAX_CELLS or chars > limits.text_chars:
                    raise _TooManyCellsError
                yield Block(text, "cell")


def shown(value: object) -> str:
    """A cell as the screen shows it, as far as the file says."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return str(value.date()) if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta | int):
        return str(value)
    return value if isinstance(value, str) else ""
