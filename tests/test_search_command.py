"""`mailbot drafts list` narrowed by words, length, period, kind and the rest."""

from pathlib import Path

import pytest
from cli_office import Command, configure, emergency_mail, news_mail, run


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """#1 a 动态简讯 of 364 字 on sidewalks (19 April 2023), #2 a gas leak (20 April)."""
    folder = tmp_path_factory.mktemp("office")
    path = configure(folder)
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (folder / name).write_bytes(raw)
    return path


@pytest.fixture(scope="module")
def imported(office: Path) -> Path:
    from mailbot.__main__ import main

    files = [str(office.parent / name) for name in ("1.eml", "2.eml")]
    assert main(["--config", str(office), "import", *files]) == 0
    return office


@pytest.fixture
def mailbot(imported: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *arguments: run(capsys, "--config", imported, *arguments)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param([], [2, 1], id="everything-newest-first"),
        pytest.param(["--text", "占道"], [1], id="a-word-of-the-title"),
        pytest.param(["--text", "燃气 路口"], [2], id="two-words"),
        pytest.param(["--text", "占道 燃气"], [], id="every-word-is-needed"),
        pytest.param(["--text", '" OR 占道'], [], id="a-query-is-plain-text"),
        pytest.param(["--unit", "直属一大队", "--text", "占道"], [1], id="unit-and-word"),
        pytest.param(["--period", "2023-04"], [2, 1], id="month"),
        pytest.param(["--period", "2023年4月20日"], [2], id="day"),
        pytest.param(["--period", "2023-05"], [], id="another-month"),
        pytest.param(["--period", "2023-04", "--until", "2023-04-20"], [1], id="month-cut-short"),
        pytest.param(["--period", "2023-04", "--since", "2023-04-20"], [2], id="month-begun-late"),
        pytest.param(["--min-words", "364", "--max-words", "364"], [1], id="exactly-so-long"),
        pytest.param(["--max-words", "10"], [], id="none-so-short"),
        pytest.param(["--kind", "问题反映"], [], id="kind"),
        pytest.param(["--state", "withdrawn"], [], id="state"),
        pytest.param(["--emergency"], [2], id="emergencies"),
    ],
)
def test_narrowed(mailbot: Command, asked: list[str], found: list[int]) -> None:
    rows = mailbot("drafts", "list", *asked, "--json").json["drafts"]
    assert [row["id"] for row in rows] == found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(["--period", "上个月"], "请写成 2023（年）", id="period"),
        pytest.param(["--kind", "简讯"], "可用：动态简讯", id="kind"),
        pytest.param(["--unit", "没有这个单位"], "单位", id="unit"),
        pytest.param(["--text", "长" * 201], "太长", id="words"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    mailbot: Command, asked: list[str], said: str
) -> None:
    answer = mailbot("drafts", "list", *asked)
    assert answer.code == 1
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
