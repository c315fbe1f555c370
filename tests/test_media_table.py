"""`mailbot media import`: a table of column ③ items is entered as a whole, once, or not at all."""

import io
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from cli_office import Command, configure, run
from duty_samples import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from mailbot.errors import Refused
from mailbot.stages.entries import Counted
from mailbot.stages.media_table import items_of
from parsers.documents.table_rows import UnreadableTableError, read_rows

TODAY = date(2023, 5, 10)
TEAM = "直属一大队"


def workbook(*rows: tuple[object, ...]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)
    return target.getvalue()


GOOD = [
    Counted(TEAM, date(2023, 4, 26), 2, "达州日报"),
    Counted("市政工程处", date(2023, 4, 28), 1, ""),
]
CSV = "单位,日期,数量,标题\n一大队,2023/4/26,2,达州日报\n市政处,2023年4月28日,,\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(CSV.encode(), id="csv-utf8"),
        pytest.param(CSV.encode("utf-8-sig"), id="csv-of-excel"),
        pytest.param(CSV.encode("gbk"), id="csv-gbk"),
        pytest.param(CSV.replace("\n", "\r\n").encode(), id="csv-windows"),
        pytest.param(
            workbook(
                ("第③类信息统计表",),
                ("序号", "单 位", "日期", "篇数", "标题"),
                (1, "一大队", date(2023, 4, 26), 2, "达州日报"),
                (),
                (2, "市政处", "2023-04-28", "", ""),
            ),
            id="workbook-with-a-heading",
        ),
    ],
)
def test_a_table_is_read_as_kept(data: bytes) -> None:
    assert items_of(data, SHIPPED, TODAY) == GOOD


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param("日期,数量\n2023-4-26,1\n".encode(), "单位、日期", id="no-column-of-units"),
        pytest.param("单位,日期\n交通局,2023-4-26\n".encode(), "第2行：没有“交通局”", id="no-such-unit"),
        pytest.param("单位,日期\n一大队,前天\n".encode(), "第2行：日期“前天”看不懂", id="no-day"),
        pytest.param("单位,日期\n一大队,2023-5-11\n".encode(), "还没有到", id="a-day-to-come"),
        pytest.param("单位,日期,数量\n一大队,2023-4-26,两\n".encode(), "数量“两”", id="no-number"),
        pytest.param("单位,日期,数量\n一大队,2023-4-26,0\n".encode(), "数量“0”", id="nothing"),
        pytest.param("单位,日期\n\n".encode(), "没有内容", id="empty"),
        pytest.param(b"", "列名", id="no-byte"),
        pytest.param(b"PK\x03\x04damaged", "损坏", id="damaged-workbook"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "不是表格", id="a-picture"),
        pytest.param(
            ("单位,日期\n" + "交通局,2023-4-26\n" * 9).encode(), "另有4行", id="many-mistakes"
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_row_by_row(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        items_of(data, SHIPPED, TODAY)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_refused(data: bytes) -> None:
    for head in (b"", b"PK\x03\x04"):
        with suppress(UnreadableTableError):
            rows = read_rows(head + data)
            assert all(isinstance(cell, str) for row in rows for cell in row)


def test_a_table_is_entered_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configure(tmp_path)
    file = tmp_path / "媒体.csv"
    file.write_text(CSV, encoding="utf-8")
    mailbot: Command = lambda *arguments: run(capsys, "--config", config, *arguments)  # noqa: E731

    assert "已录入2行，第③类共3篇" in mailbot("media", "import", file).out
    again = mailbot("media", "import", file)
    assert (again.code, "已经导入过" in again.err) == (1, True)
    entries = mailbot("media", "list", "--json").json["entries"]
    assert [(one["unit"], one["count"]) for one in entries] == [(TEAM, 2), ("市政工程处", 1)]
    duties = mailbot("due", "--at", "2023-05-01T10:00", "--json").json["obligations"]
    done = {duty["key"]: duty["done"] for duty in duties}
    assert done[f"quota/3/{TEAM}/2023-W17"] == 2

    file.write_text(CSV + "交通局,2023-4-26,1,\n", encoding="utf-8")
    assert mailbot("media", "import", file).code == 1
    assert len(mailbot("media", "list", "--json").json["entries"]) == 2, "all or nothing"
    assert mailbot("media", "import", tmp_path / "none.csv").code == 1
