"""Spreadsheets of Excel, WPS and LibreOffice."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.sheets import read_sheet
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
GOLDEN = Path(__file__).parent / "golden" / "documents"
REPORT = [
    "单位",
    "报送",
    "采用",
    "得分",
    "环卫处",
    "12",
    "8",
    "96.5",
    "合计：以上数据截至3月15日",
    "2024-03-15",
    "24",
]


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("汇总")
    sheet.write_row(0, 0, ["单位", "报送", "采用", "得分"])
    sheet.write_row(1, 0, ["环卫处", 12, 8, 96.5])
    sheet.merge_range(2, 0, 2, 3, "合计：以上数据截至3月15日")
    day = book.add_format({"num_format": "yyyy年m月d日"})
    sheet.write_datetime(3, 0, datetime(2024, 3, 15), day)  # noqa: DTZ001  Excel knows no zones
    sheet.write_formula(3, 1, "=B2*2", None, 24)
    hidden = book.add_worksheet("隐藏")
    hidden.write(0, 0, "密")
    hidden.hide()
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        pytest.param(workbook(), "xlsx", id="xlsx"),
        pytest.param((GOLDEN / "excel97-merged-hidden-sheet.xls").read_bytes(), "xls", id="xls"),
        pytest.param((GOLDEN / "merged-hidden-sheet.ods").read_bytes(), "ods", id="ods"),
    ],
)
def test_cells_row_by_row_without_hidden_sheets(data: bytes, fmt: str) -> None:
    document = read_sheet("表", data, LIMITS)

    assert isinstance(document, DocumentText)
    assert document.format == fmt
    assert [b.text for b in document.blocks][: len(REPORT)] == REPORT
    assert "密" not in document.text
    assert {b.kind for b in document.blocks} == {"cell"}


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(4):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", b" " * 30_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "suspicious"),
    [
        pytest.param(b"", False, id="empty"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, False, id="ole-without-content"
        ),
        pytest.param(workbook()[:-300], False, id="truncated"),
        pytest.param(bomb(), True, id="bomb"),
    ],
)
def test_refused(data: bytes, suspicious: bool) -> None:
    refused = read_sheet("表.xlsx", data, LIMITS)

    assert isinstance(refused, Unreadable)
    assert refused.suspicious is suspicious
    assert refused.remedy


def test_too_much_text_is_refused() -> None:
    assert isinstance(read_sheet("表", workbook(), Limits(text_chars=20)), Unreadable)


XLS = (GOLDEN / "excel97-merged-hidden-sheet.xls").read_bytes()


@given(
    st.sampled_from([workbook(), XLS]),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8),
)
def test_any_damage_ends_in_a_value(seed: bytes, changes: list[tuple[float, int]]) -> None:
    data = bytearray(seed)
    for where, byte in changes:
        data[int(where * len(data))] = byte

    assert isinstance(read_sheet("表", bytes(data), LIMITS), DocumentText | Unreadable)


def test_a_zero_is_shown_and_emptiness_between_is_not() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["采用", 0, 0.0])
    sheet.write(3000, 200, "完")
    book.close()
    document = read_sheet("表", buffer.getvalue(), LIMITS)

    assert isinstance(document, DocumentText)
    assert [block.text for block in document.blocks] == ["采用", "0", "0", "完"]


def test_text_boxes_over_the_cells_are_read() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("稿")
    sheet.write(0, 0, "标题")
    sheet.insert_textbox(2, 0, "今日开展市容整治。\n完。")
    book.close()
    document = read_sheet("表", buffer.getvalue(), LIMITS)

    assert isinstance(document, DocumentText)
    assert [(block.text, block.kind) for block in document.blocks] == [
        ("标题", "cell"),
        ("今日开展市容整治。", "text_box"),
        ("完。", "text_box"),
    ]
