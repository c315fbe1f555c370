"""Rows of a table somebody keeps by hand: .xlsx, .xls, .ods, or .csv in UTF-8 or GBK.

Unlike `sheets`, which reads what a draft says, this keeps cells in their columns.
"""

import csv
import io

from python_calamine import CalamineError, SheetVisibleEnum, load_workbook

from parsers.documents.sheets import shown

MOST_ROWS = 20_000
MOST_BYTES = 20_000_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class UnreadableTableError(ValueError):
    """The file is no table we can read; the message says why, in Chinese."""


def read_rows(data: bytes, named: str = "") -> list[list[str]]:
    """Cells as text, row by row, blanks kept.

    Of a workbook the visible sheet called `named`, else its first visible one.

    Raises:
        UnreadableTableError: Damaged, protected, too big or no table.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableTableError("表格太大")
    rows = _workbook(data, named) if data.startswith(_WORKBOOKS) else _csv(data)
    if len(rows) > MOST_ROWS:
        raise UnreadableTableError(f"表格超过{MOST_ROWS}行")
    return rows


def _workbook(data: bytes, named: str) -> list[list[str]]:
    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            shown_sheets = [
                metadata.name
                for metadata in workbook.sheets_metadata
                if metadata.visible is SheetVisibleEnum.Visible
            ]
            for name in sorted(shown_sheets, key=lambda name: name != named):
                sheet = workbook.get_sheet_by_name(name)
                return [[shown(cell).strip() for cell in row] for row in sheet.iter_rows()]
    except BaseException as exc:
        # Its parser is Rust: a panic arrives as a BaseException of its own.
        if isinstance(exc, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        locked = isinstance(exc, CalamineError) and "assword" in type(exc).__name__
        why = "表格设有打开密码" if locked else "表格损坏或格式不受支持"
        raise UnreadableTableError(why) from None
    return []


def _csv(data: bytes) -> list[list[str]]:
    for charset in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        try:
            rows = list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error:
            break
        return [[cell.strip() for cell in row] for row in rows]
    raise UnreadableTableError("不是表格文件，请用 .xlsx、.xls 或 .csv")
