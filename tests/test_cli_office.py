"""`mailbot adopt`, `instruct`, `praise`, `criticise`, `score`, `drafts return` and their undoing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_office import Command, configure, copy_of, emergency_mail, news_mail, run

YEAR = ("--year", "2023")


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drafts of 直属一大队 on record: #1 a 动态简讯, #2 an emergency of the past."""
    from mailbot.__main__ import main

    folder = tmp_path_factory.mktemp("filed")
    config = configure(folder)
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (folder / name).write_bytes(raw)
        assert main(["--config", str(config), "import", str(folder / name)]) == 0
    return folder


@pytest.fixture
def mailbot(filed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    config = copy_of(filed, tmp_path)
    return lambda *arguments: run(capsys, "--config", config, *arguments)  # type: ignore[return-value]


def sheet(mailbot: Command) -> dict[str, object]:
    listed = mailbot("score", *YEAR, "--unit", "直属一大队", "--json").json
    assert listed["year"] == 2023
    (one,) = listed["units"]
    return dict(one)


def test_a_draft_is_adopted_instructed_and_undone(mailbot: Command) -> None:
    made = mailbot("adopt", "1", "达州要情", "单条", "--date", "2023-04-25", "--evidence", "第12期")
    assert (made.code, made.err) == (0, "")
    assert "2分" in made.out
    assert mailbot("instruct", "1", "市委主要领导", "--date", "2023-04-26").code == 0

    one = sheet(mailbot)
    assert one["points"] == 32
    assert one["adopted"] == 1
    lines = one["lines"]
    assert isinstance(lines, list)
    assert all(line["clause"] == "附件1" and line["evidence"] and line["rules"] for line in lines)
    assert "第12期" in lines[0]["evidence"]

    adoption = made.out.partition("drafts undo ")[2].strip()
    assert "采用" in mailbot("drafts", "undo", adoption).out
    assert mailbot("drafts", "undo", adoption).code == 1
    assert sheet(mailbot)["points"] == 30
    history = mailbot("drafts", "show", "1", "--json").json["history"]
    assert [entry["verb"] for entry in history] == ["adopted", "instructed", "undo-adopted"]


def test_adoption_meets_the_yearly_duty(mailbot: Command) -> None:
    mailbot("adopt", "1", "市政府办公室", "要情专报", "--date", "2023-04-25")
    due = mailbot("due", "--at", "2023-06-01", "--unit", "直属一大队", "--json").json
    done = {duty["key"]: duty["done"] for duty in due["obligations"]}
    assert done["adoption/1/直属一大队/2023"] == 1
    bureau = mailbot("due", "--at", "2023-06-01", "--json").json["obligations"]
    points = next(d for d in bureau if d["key"] == "office/市政府办公室/points/2023")
    assert points["done"] == 15


def test_praise_criticism_and_emergencies(mailbot: Command) -> None:
    assert mailbot("event", "open", "直属一大队", "燃气管道被挖断").code == 0
    assert mailbot("praise", "1", "数据翔实", "--date", "2023-05-01").code == 0
    assert mailbot("praise", "E1", "--date", "2023-05-01").code == 0
    assert mailbot("criticise", "E1", "误报", "--date", "2023-05-02").code == 0
    assert mailbot("criticise", "直属一大队", "错字较多", "--date", "2023-05-03").code == 0

    one = sheet(mailbot)
    assert one["points"] == 10 - 20
    assert one["disqualified"] is True


def test_a_returned_draft_counts_no_more(mailbot: Command) -> None:
    assert mailbot("drafts", "return", "1", "数据有误，请核实").code == 0
    assert mailbot("drafts", "show", "1", "--json").json["state"] == "returned"
    assert mailbot("adopt", "1", "达州要情", "单条").code == 1
    act = mailbot("drafts", "show", "1", "--json").json["history"][0]["act"]
    assert mailbot("drafts", "undo", str(act)).code == 0
    assert mailbot("drafts", "show", "1", "--json").json["state"] == "counted"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("adopt", "99", "达州要情", "单条"), "#99", id="no-such-draft"),
        pytest.param(("adopt", "1", "达州要请", "单条"), "达州要情", id="misspelt-publication"),
        pytest.param(("adopt", "1", "要情专报"), "哪一级", id="two-levels-share-it"),
        pytest.param(("adopt", "1", "工作情况交流"), "哪一级", id="likewise"),
        pytest.param(("adopt", "1", "达州要情"), "单条、综合或标题", id="form-missing"),
        pytest.param(("adopt", "1", "政务快讯", "专刊"), "没有“专刊”", id="form-not-offered"),
        pytest.param(("adopt", "达州要情"), "稿件编号", id="no-number"),
        pytest.param(("adopt", "1", "政务快讯", "--date", "2199-01-01"), "还没有到", id="future"),
        pytest.param(("adopt", "1", "政务快讯", "--date", "昨天"), "2023-04-19", id="no-date"),
        pytest.param(("instruct", "1", "隔壁领导"), "附件1没有", id="unknown-leader"),
        pytest.param(("criticise", "E1", "迟到"), "漏报、误报", id="unknown-fault"),
        pytest.param(("criticise", "E9", "漏报"), "E9", id="no-such-event"),
        pytest.param(("praise", "1"), "事由", id="no-reason"),
        pytest.param(("praise", "直属四大队", "好"), "没有“直属四大队”", id="unknown-unit"),
        pytest.param(("score", "--unit", "无此单位"), "没有“无此单位”", id="score-of-nobody"),
    ],
)
def test_refused_in_one_line_and_nothing_recorded(
    mailbot: Command, arguments: tuple[str, ...], said: str
) -> None:
    before = sheet(mailbot)
    result = mailbot(*arguments)
    assert result.code == 1
    assert said in result.err
    assert len(result.err.strip().splitlines()) == 1
    assert sheet(mailbot) == before


def test_the_same_adoption_is_not_recorded_twice(mailbot: Command) -> None:
    order = ("adopt", "1", "政务快讯", "--date", "2023-04-25")
    assert mailbot(*order).code == 0
    assert mailbot(*order).code == 1
    assert sheet(mailbot)["points"] == 5


def test_a_change_of_rules_is_shown_before_it_is_applied(mailbot: Command, tmp_path: Path) -> None:
    mailbot("adopt", "1", "达州要情", "单条", "--date", "2023-04-25")
    mailbot("adopt", "1", "政务快讯", "--date", "2023-04-26")
    current = (tmp_path / "office" / "config.toml").read_text(encoding="utf-8")
    proposed = tmp_path / "office" / "proposed.toml"
    proposed.write_text(
        current.replace('several_publications = "accumulate"', 'several_publications = "highest"'),
        encoding="utf-8",
    )
    moved = mailbot("score", *YEAR, "--compare", proposed, "--json").json["moves"]
    assert [(one["unit"], one["points"]) for one in moved] == [("直属一大队", [7, 5])]
    assert sheet(mailbot)["points"] == 7


def test_tables_for_people(mailbot: Command) -> None:
    mailbot("adopt", "1", "达州要情", "单条", "--date", "2023-04-25")
    printed = mailbot("score", *YEAR, "--unit", "直属一大队").out
    assert "附件1" in printed
    assert "计分规则" in printed
    assert "综合得分" in mailbot("score", *YEAR).out
