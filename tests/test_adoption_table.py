"""`mailbot adopt --file`: a table of adoptions and 批示, each row recorded or explained."""

from datetime import date
from pathlib import Path

import pytest
from cli_office import Command, configure, copy_of, emergency_mail, news_mail, run
from test_media_table import workbook

from mailbot.__main__ import main
from mailbot.clock import system_clock

HEAD = "稿件编号,刊物,形式,日期,依据,层级,批示领导,事项\n"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drafts of 直属一大队: #1 a 动态简讯, #2 an emergency."""
    folder = tmp_path_factory.mktemp("filed")
    config = configure(folder)
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (folder / name).write_bytes(raw)
        assert main(["--config", str(config), "import", str(folder / name)]) == 0
    return folder


@pytest.fixture
def mailbot(filed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    config = copy_of(filed, tmp_path)
    return lambda *arguments: run(capsys, "--config", config, *arguments)  # type: ignore[return-value]


def table(folder: Path, text: str) -> Path:
    file = folder / "采用.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_row_is_reported_and_the_good_ones_stay(mailbot: Command, tmp_path: Path) -> None:
    rows = (
        "1,达州要情,单条,2023-4-25,第12期,,,\n"
        "\n"
        "#1,要情专报,专刊,2023年4月26日,,市政府办公室,,采用\n"
        "1,,,2023/4/27,,,市委主要领导,\n"
        "1,要情专报,专刊,2023-4-26,,,,\n"
        "99,达州要情,单条,2023-4-25,,,,\n"
        "1,达州要晴,单条,2023-4-25,,,,\n"
        "1,政务快讯,,前天,,,,\n"
        f"1,政务快讯,,{system_clock().year + 1}-12-1,,,,\n"
        "无,政务快讯,,2023-4-25,,,,\n"
        "1,,,2023-4-25,,,,表扬\n"
    )

    done = mailbot("adopt", "--file", table(tmp_path, HEAD + rows), "--json")

    assert done.code == 1, "some rows were not recorded"
    told = [(row["number"], row["outcome"], row["said"]) for row in done.json["rows"]]
    for (number, outcome, said), (place, result, words) in zip(
        told,
        [
            (2, "recorded", "市委办公室《达州要情》单条采用，2分"),
            (4, "recorded", "市政府办公室《要情专报》专刊采用，15分"),
            (5, "recorded", "市委、市政府主要领导批示，30分"),
            (6, "refused", "请写明是哪一级"),
            (7, "refused", "没有 #99"),
            (8, "refused", "是否指：达州要情"),
            (9, "refused", "“前天”看不懂"),
            (10, "refused", "还没有到"),
            (11, "refused", "“无”看不懂"),
            (12, "refused", "只能导入采用和批示"),
        ],
        strict=True,
    ):
        assert (number, outcome) == (place, result), said
        assert words in said
    sheet = mailbot("score", "--year", "2023", "--unit", "直属一大队", "--json").json["units"][0]
    assert sheet["points"] == 47
    assert any("第12期" in line["evidence"] for line in sheet["lines"])


def test_the_ledger_comes_back_and_nothing_counts_twice(mailbot: Command, tmp_path: Path) -> None:
    mailbot("adopt", "1", "政务快讯", "--date", "2023-04-25")
    mailbot("adopt", "1", "达州日报", "--date", "2023-04-26")
    mailbot("instruct", "1", "市政府领导", "--date", "2023-04-27", "--evidence", "批示3号")
    mailbot("report", "ledger", "--period", "2023-04", "--out", tmp_path)
    ledger = tmp_path / "台账 2023-04.xlsx"

    again = mailbot("adopt", "--file", ledger)

    assert again.code == 0, again.out
    assert "共3行：登记0行，原已登记3行，没有登记0行" in again.out
    for act in ("1", "2", "3"):
        assert mailbot("drafts", "undo", act).code == 0
    anew = mailbot("adopt", "--file", ledger)
    assert "共3行：登记3行，原已登记0行，没有登记0行" in anew.out
    assert "（操作 " in anew.out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "列名", id="empty"),
        pytest.param("单位,日期\n一大队,2023-4-25\n".encode(), "稿件编号", id="other-columns"),
        pytest.param(HEAD.encode(), "没有内容", id="heads-alone"),
        pytest.param(b"PK\x03\x04damaged", "损坏", id="damaged"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "不是表格", id="a-picture"),
    ],
)
def test_what_is_no_table(mailbot: Command, tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(data)
    done = mailbot("adopt", "--file", file)
    assert (done.code, said in done.err) == (1, True), done.err


def test_a_workbook_kept_by_hand(mailbot: Command, tmp_path: Path) -> None:
    file = tmp_path / "采用.xlsx"
    rows = (("采用情况",), ("编号", "刊 物", "刊发日期"), (1, "政务快讯", date(2023, 4, 25)))
    file.write_bytes(workbook(*rows))
    done = mailbot("adopt", "--file", file)
    assert (done.code, "第3行 ✓ #1" in done.out) == (0, True), done


def test_words_and_a_file_exclude_each_other(mailbot: Command, tmp_path: Path) -> None:
    done = mailbot("adopt", "1", "政务快讯", "--file", table(tmp_path, HEAD))
    assert (done.code, "不能同时用" in done.err) == (1, True)
    missing = mailbot("adopt", "--file", tmp_path / "none.csv")
    assert (missing.code, "无法读取" in missing.err) == (1, True)
