"""The ledger (台账) as .xlsx: typed columns, a frozen head, filters; words are never formulas."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from mailbot.records.notices import LedgerBook, Sheet

_HEAD_ROWS = 2
_CELL_LENGTH = 32_767  # what a cell holds
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top", "num_format": "@"},
    "number": {"valign": "top", "num_format": "0"},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}


def write_ledger(book: LedgerBook, advance: Callable[[int], None] = lambda _rows: None) -> bytes:
    """The workbook's bytes; `advance` hears of every row written."""
    sink = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    workbook = Workbook(sink, options)
    workbook.set_properties({"title": book.title})
    for sheet in book.sheets:
        _write(workbook, book.title, sheet, advance)
    workbook.close()
    return sink.getvalue()


def _write(workbook: Workbook, title: str, sheet: Sheet, advance: Callable[[int], None]) -> None:
    page = workbook.add_worksheet(sheet.name)
    title_form = workbook.add_format({"bold": True, "font_size": 14})
    head = workbook.add_format(
        {"bold": True, "bg_color": "#DCE6F1", "border": 1, "align": "center", "valign": "vcenter"}
    )
    forms = {kind: workbook.add_format({**form, "border": 1}) for kind, form in _FORMATS.items()}
    page.write_string(0, 0, f"{title}·{sheet.name}", title_form)
    for at, (name, width, _) in enumerate(sheet.columns):
        page.set_column(at, at, width)
        page.write_string(1, at, name, head)
    for line, row in enumerate(sheet.rows, _HEAD_ROWS):
        for at, (_, _, kind) in enumerate(sheet.columns):
            _cell(page, (line, at), row[at], kind, forms[kind])
        advance(1)
    _layout(page, sheet)


def _cell(page: Worksheet, place: tuple[int, int], value: object, kind: str, form: object) -> None:
    """Words as words, whatever they begin with; nothing stays an empty cell."""
    if value is None or value == "":
        page.write_blank(*place, None, form)
    elif kind == "number" and isinstance(value, int | float):
        page.write_number(*place, value, form)
    elif kind in ("date", "moment") and isinstance(value, date | datetime):
        page.write_datetime(*place, value, form)
    else:
        page.write_string(*place, _plain(str(value)), form)


def _plain(text: str) -> str:
    """Without control characters and halves of surrogate pairs, within a cell's length."""
    kept = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    return kept.encode("utf-8", "replace").decode("utf-8")[:_CELL_LENGTH]


def _layout(page: Worksheet, sheet: Sheet) -> None:
    """On screen the head stays; on paper it is repeated, one page wide, landscape A4."""
    last = len(sheet.columns) - 1
    page.freeze_panes(_HEAD_ROWS, 0)
    page.autofilter(_HEAD_ROWS - 1, 0, _HEAD_ROWS - 1 + max(len(sheet.rows), 1), last)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, _HEAD_ROWS - 1)
    page.set_footer("&C第 &P 页，共 &N 页")
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
