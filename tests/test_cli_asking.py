"""`mailbot commission`, `activity`, `media` and `upward`: asked, entered, listed, taken back."""

import re
from pathlib import Path

import pytest
from cli_office import Command, configure, copy_of, news_mail, run

from mailbot.__main__ import main

TEAM = "直属一大队"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One draft of 直属一大队 on record."""
    folder = tmp_path_factory.mktemp("asking")
    config = configure(folder)
    (folder / "1.eml").write_bytes(news_mail())
    assert main(["--config", str(config), "import", str(folder / "1.eml")]) == 0
    return folder


@pytest.fixture
def mailbot(filed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    config = copy_of(filed, tmp_path)
    return lambda *arguments: run(capsys, "--config", config, *arguments)


def duty(mailbot: Command, key: str, at: str) -> dict[str, object]:
    found = mailbot("due", "--at", at, "--json").json["obligations"]
    return next(dict(one) for one in found if one["key"] == key)


def letters(mailbot: Command) -> list[tuple[str, str]]:
    return [(m["key"], m["state"]) for m in mailbot("outbox", "list", "--json").json["mails"]]


def test_a_commission_is_asked_by_mail_and_taken_back(mailbot: Command) -> None:
    asked = mailbot("commission", "add", TEAM, "2099-01-05T12:00", "占道经营整治经验")
    assert (asked.code, asked.err) == (0, "")
    assert "已通知该单位" in asked.out
    assert letters(mailbot) == [("request/commission/1", "queued")]
    day_alone = mailbot("commission", "add", "扬尘办", "2099/1/5", "扬尘治理").out
    assert "2099-01-05 17:30（北京时间）前" in day_alone, "until the office closes"
    assert "没有登记邮箱" in day_alone

    assert mailbot("commission", "close", "1").code == 0
    assert letters(mailbot) == [("request/commission/1", "cancelled")]
    assert "约稿取消" in mailbot("commission", "undo", "1").out
    states = [item["state"] for item in mailbot("commission", "--json").json["commissions"]]
    assert states == ["open", "open"]
    assert "约稿" in mailbot("commission", "undo", "2").out
    assert mailbot("commission", "list", "--json").json["commissions"][1]["state"] == "cancelled"


def test_an_activity_runs_its_course(mailbot: Command) -> None:
    made = mailbot("activity", "add", "一大队", "2023/5/10", "市领导调研夜市")
    assert (made.code, made.err) == (0, "")
    assert "已登记活动 1：直属一大队，2023-05-10“市领导调研夜市”，已通知该单位" in made.out
    assert letters(mailbot) == [("request/activity/1", "queued")]
    assert duty(mailbot, "activity/1", "2023-05-11T23:59")["state"] == "临期"
    assert duty(mailbot, "activity/1", "2023-05-12T00:00")["state"] == "逾期"

    assert mailbot("activity", "close", "1", "--draft", "#1").out == "活动 1 已办结\n"
    (item,) = mailbot("activity", "list", "--json").json["activities"]
    assert item == {
        "id": 1,
        "unit": TEAM,
        "topic": "市领导调研夜市",
        "held_on": "2023-05-10",
        "due": "2023-05-12T00:00:00+08:00",
        "state": "done",
        "draft": 1,
    }
    assert "05-11 24:00" in mailbot("activity").out
    assert duty(mailbot, "activity/1", "2023-05-12T00:00")["state"] == "已完成"
    assert "活动办结" in mailbot("activity", "undo", "1").out
    assert duty(mailbot, "activity/1", "2023-05-12T00:00")["state"] == "逾期"
    assert mailbot("activity", "undo", "1").out.startswith("已撤销：活动（")
    assert duty(mailbot, "activity/1", "2023-05-12T00:00")["state"] == "免除"


def test_column_three_is_entered_and_taken_back(mailbot: Command) -> None:
    """直属一大队 owes three a week (annex 2)."""
    key = f"quota/3/{TEAM}/2023-W17"
    made = mailbot("media", "add", TEAM, "2", "--date", "2023-04-26", "--evidence", "达州日报")
    assert (made.code, made.err) == (0, "")
    (act,) = re.findall(r"media undo (\d+)", made.out)
    assert mailbot("media", "add", "一大队", "--date", "2023-04-28").code == 0
    done = duty(mailbot, key, "2023-05-01T10:00")
    assert (done["done"], done["needed"], done["state"]) == (3, 3, "已完成")

    assert mailbot("media", "undo", act).code == 0
    assert duty(mailbot, key, "2023-05-01T10:00")["done"] == 1
    first, second = mailbot("media", "list", "--json").json["entries"]
    assert (first["unit"], first["on"], first["count"]) == (TEAM, "2023-04-26", 2)
    assert (first["evidence"], first["by"], first["undone"]) == ("达州日报", "cli", True)
    assert (second["count"], second["undone"]) == (1, False)
    assert "已撤销" in mailbot("media").out


def test_what_the_bureau_sent_upward_is_entered_and_taken_back(mailbot: Command) -> None:
    made = mailbot("upward", "add", "市委办", "--date", "2023-04-26")
    assert (made.code, made.err) == (0, "")
    key = "office/市委办公室/2023-W17"
    assert duty(mailbot, key, "2023-05-01T10:00")["state"] == "已完成"
    (entry,) = mailbot("upward", "list", "--json").json["entries"]
    assert (entry["target"], entry["on"], entry["count"]) == ("市委办公室", "2023-04-26", 1)
    assert mailbot("upward", "undo", str(entry["act"])).code == 0
    assert duty(mailbot, key, "2023-05-01T10:00")["state"] == "逾期"
    assert "已撤销" in mailbot("upward", "list").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("activity", "add", "交通局", "2023-05-10", "调研"), "交通局", id="no-such-unit"),
        pytest.param(("activity", "add", TEAM, "明天", "调研"), "'明天' 看不懂", id="no-day"),
        pytest.param(("activity", "add", TEAM, "2023-05-10", " "), "请写明主题", id="no-topic"),
        pytest.param(("activity", "close", "9"), "没有编号 9 的活动", id="no-such-activity"),
        pytest.param(("activity", "undo", "9"), "没有可撤销的操作", id="nothing-to-undo"),
        pytest.param(("commission", "undo", "9"), "没有可撤销的操作", id="no-commission"),
        pytest.param(("media", "add", "交通局"), "没有“交通局”", id="media-of-nobody"),
        pytest.param(("media", "add", TEAM, "两"), "看不懂", id="no-number"),
        pytest.param(("media", "add", TEAM, "0"), "1 到 1000", id="none"),
        pytest.param(("media", "add", TEAM, "1001"), "1 到 1000", id="absurd"),
        pytest.param(("media", "add", TEAM, "--date", "2099-01-01"), "还没有到", id="not-yet"),
        pytest.param(("media", "undo", "9"), "没有编号 9", id="no-such-entry"),
        pytest.param(("upward", "add", "省政府"), "市委办公室、市政府办公室", id="no-such-target"),
        pytest.param(("upward", "add", "市"), "没有“市”", id="two-targets-begin-so"),
        pytest.param(("upward", "undo", "x"), "编号 'x' 看不懂", id="no-act"),
    ],
)  # fmt: skip
def test_what_cannot_be_entered_is_one_line(
    mailbot: Command, arguments: tuple[str, ...], said: str
) -> None:
    result = mailbot(*arguments)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert mailbot("media", "--json").json == {"entries": []}


def test_an_entry_is_undone_once_and_only_of_its_kind(mailbot: Command) -> None:
    made = mailbot("media", "add", TEAM, "--date", "2023-04-26").out
    (act,) = re.findall(r"media undo (\d+)", made)
    assert mailbot("upward", "undo", act).code == 1
    assert mailbot("media", "undo", act).code == 0
    assert mailbot("media", "undo", act).code == 1
