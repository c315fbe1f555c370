"""The command line's contract: exit codes, JSON keys, one line for an error."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cli_office import (
    LEAK,
    NEWS,
    PASSWORD,
    UNIT_ADDRESS,
    Command,
    Result,
    configure,
    copy_of,
    emergency_mail,
    news_mail,
    run,
)

from mailbot.__main__ import main
from mailbot.cli.opening import store_of
from mailbot.config_files import load
from mailbot.stages.beginnings import FIRST_STARTED

INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00"

DRAFT_KEYS = {
    "id", "received_at", "unit", "title", "kind", "column", "words", "emergency", "event_time",
    "late", "task", "state", "same_item_as", "needs_review",
}  # fmt: skip
MAIL_KEYS = {
    "id", "key", "lane", "to", "subject", "state", "attempts", "next_try", "message_id", "reason",
}  # fmt: skip
CONTRACT: dict[str, tuple[tuple[str, ...], set[str], str, set[str]]] = {
    # command → (arguments, keys of the document, name of its list, keys of each row)
    "drafts list": (("drafts", "list"), {"drafts"}, "drafts", DRAFT_KEYS),
    "drafts": (("drafts",), {"drafts"}, "drafts", DRAFT_KEYS),
    "drafts show": (
        ("drafts", "show", "1"), DRAFT_KEYS | {"reasons", "files", "history"},
        "files", {"name", "format", "size", "reason"},
    ),
    "drafts corrections": (("drafts", "corrections"), {"corrections"}, "", set()),
    "due": (
        ("due", "--at", "2023-04-21T10:00"), {"at", "obligations", "letters"}, "obligations",
        {"unit", "what", "column", "period", "due", "needed", "done", "state", "clause", "confidence"},
    ),
    "due letters": (
        ("due", "--at", "2023-04-24T10:00"), {"at", "obligations", "letters"}, "letters",
        {"kind", "to", "reason"},
    ),
    "outbox list": (("outbox", "list"), {"mails"}, "mails", MAIL_KEYS),
    "outbox show": (("outbox", "show", "1"), MAIL_KEYS | {"text"}, "", set()),
    "status": (
        ("status",),
        {"healthy", "problems", "last_poll", "last_tick", "folders", "outbox", "next_deadlines"},
        "next_deadlines", {"unit", "what", "due"},
    ),
    "purge": (
        ("purge", "--dry-run"),
        {"done", "mails", "size", "leftovers", "letters", "contacts", "in_backups"}, "", set(),
    ),
    "doctor": (
        ("doctor", "--offline"), {"healthy", "checks"}, "checks",
        {"what", "good", "found", "remedy"},
    ),
    "event list": (
        ("event", "list"), {"events"}, "events",
        {"id", "level", "unit", "title", "state", "opened_at", "written_at", "drafts"},
    ),
    "commission list": (("commission", "list"), {"commissions"}, "", set()),
    "clock": (("clock",), {"wall", "last_used", "problem"}, "", set()),
}  # fmt: skip


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a draft and an emergency on record; commands get copies of it."""
    folder = tmp_path_factory.mktemp("office")
    path = configure(folder)
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (folder / name).write_bytes(raw)
    with store_of(load(path)) as store, store.work() as uow:
        uow.facts.put(FIRST_STARTED, "2023-04-19T00:00:00+08:00", datetime(2023, 4, 18, tzinfo=UTC))
        uow.commit()
    mails = [str(folder / name) for name in ("1.eml", "2.eml")]
    assert main(["--config", str(path), "import", "--receipts", *mails]) == 0
    return folder


@pytest.fixture
def mailbot(imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs commands of an office of this test's own."""
    config = copy_of(imported, tmp_path)
    return lambda *arguments: run(capsys, "--config", config, *arguments)


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD"):
        monkeypatch.setenv(name, PASSWORD)


@pytest.mark.usefixtures("passwords")
@pytest.mark.parametrize("command", CONTRACT)
def test_json_is_one_document_with_the_agreed_keys(mailbot: Command, command: str) -> None:
    arguments, keys, rows, row_keys = CONTRACT[command]
    result = mailbot(*arguments, "--json")

    assert keys <= result.json.keys(), result.err
    assert result.err == "", "logs and warnings have no place here"
    if rows:
        assert result.json[rows], "an empty list proves nothing"
        for row in result.json[rows]:
            assert row_keys <= row.keys()
    assert_times_are_local(result.json)


def assert_times_are_local(value: Any, name: str = "") -> None:
    """Every instant is ISO 8601 with +08:00."""
    if isinstance(value, dict):
        for key, item in value.items():
            assert_times_are_local(item, key)
    elif isinstance(value, list):
        for item in value:
            assert_times_are_local(item, name)
    elif isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}T", value):
        assert re.fullmatch(INSTANT, value), name


@pytest.mark.usefixtures("passwords")
@pytest.mark.parametrize("command", CONTRACT)
def test_the_same_for_people_is_chinese(mailbot: Command, command: str) -> None:
    """And no table shows a Python value."""
    result = mailbot(*CONTRACT[command][0])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in result.out)
    for leak in ("None", "True", "False", "datetime", "frozenset", "[]", "{}"):
        assert leak not in result.out


REFUSED = [
    pytest.param(("drafts", "show", "99"), "没有 #99", id="no-such-draft"),
    pytest.param(("drafts", "show", "x"), "编号 'x' 看不懂", id="no-number"),
    pytest.param(("drafts", "list", "--unit", "交通局"), "没有“交通局”", id="no-such-unit"),
    pytest.param(("drafts", "list", "--since", "明天"), "时间 '明天' 看不懂", id="no-instant"),
    pytest.param(("drafts", "correct", "1", "单位"), "项目=取值", id="no-equals-sign"),
    pytest.param(("drafts", "correct", "1", "字数=9"), "不能更正“字数”", id="not-correctable"),
    pytest.param(("drafts", "undo", "99"), "操作 99", id="no-such-act"),
    pytest.param(("drafts", "withdraw", "99", "错"), "没有 #99", id="withdraw-nothing"),
    pytest.param(("outbox", "show", "99"), "没有编号 99", id="no-such-letter"),
    pytest.param(("outbox", "release", "1"), "不能这样处理", id="not-held"),
    pytest.param(("due", "--unit", "交通局"), "没有“交通局”", id="duties-of-nobody"),
    pytest.param(("event", "ack", "E9"), "没有 E9", id="no-such-event"),
    pytest.param(("event", "open", "交通局", "坍塌"), "没有“交通局”", id="event-of-nobody"),
    pytest.param(("commission", "add", "扬尘办", "2020-01-01", "主题"), "已经过去", id="past-due"),
    pytest.param(("commission", "close", "9"), "没有编号 9", id="no-such-commission"),
    pytest.param(("exempt", "x/y", "停电"), "没有编号为 x/y", id="no-such-duty"),
    pytest.param(("import", "/nowhere.eml"), "没有 /nowhere.eml", id="nothing-to-import"),
    pytest.param(("read", "/nowhere.docx"), "没有 /nowhere.docx", id="nothing-to-read"),
    pytest.param(("drafts", "list", "--state", "x"), "写法有误", id="bad-option"),
    pytest.param(("nonsense",), "写法有误", id="no-such-command"),
    pytest.param((), "写法有误", id="no-command"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_cannot_be_done_is_one_line_and_exit_1(
    mailbot: Command, arguments: tuple[str, ...], said: str
) -> None:
    result = mailbot(*arguments)
    assert result.code == 1
    assert said in result.err
    assert result.err.startswith("mailbot：")
    assert result.err.count("\n") == 1
    assert result.out == ""


@pytest.mark.parametrize("command", ["drafts", "due", "status", "outbox", "event", "commission"])
def test_a_missing_configuration_is_exit_78(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    result = run(capsys, "--config", tmp_path / "none.toml", command)
    assert result.code == 78
    assert result.err.count("\n") == 1
    assert "mailbot init" in result.err


# --- the ledger ---


def test_imported_mail_is_filed_as_fetched_mail(mailbot: Command) -> None:
    leak, news = mailbot("drafts", "list", "--json").json["drafts"]
    assert (news["title"], news["unit"], news["kind"]) == (NEWS, "直属一大队", "动态简讯")
    assert (news["column"], news["words"], news["emergency"]) == (1, 364, "none")
    assert news["received_at"] == "2023-04-19T09:05:00+08:00"
    assert (leak["title"], leak["emergency"]) == (LEAK, "alert")
    assert (leak["event_time"], leak["late"]) == ("2023-04-20T08:22:00+08:00", False)


def test_importing_again_changes_nothing(mailbot: Command, imported: Path) -> None:
    before = mailbot("drafts", "list", "--json").out
    again = mailbot("import", imported / "1.eml")
    assert again.code == 0
    assert "导入 0 封新邮件" in again.out
    assert "1 封早已在册" in again.out
    assert mailbot("drafts", "list", "--json").out == before


@pytest.mark.parametrize(
    ("wish", "titles"),
    [
        pytest.param(("--unit", "直属1大队"), [LEAK, NEWS], id="unit-by-alias"),
        pytest.param(("--emergency",), [LEAK], id="emergencies"),
        pytest.param(("--text", "占道"), [NEWS], id="words"),
        pytest.param(("--since", "2023-04-20"), [LEAK], id="since"),
        pytest.param(("--until", "2023-04-20"), [NEWS], id="until"),
        pytest.param(("--kind", "问题反映"), [], id="kind"),
        pytest.param(("--limit", "1"), [LEAK], id="newest"),
    ],
)
def test_the_ledger_is_searched(mailbot: Command, wish: tuple[str, ...], titles: list[str]) -> None:
    found = mailbot("drafts", "list", *wish, "--json").json["drafts"]
    assert [draft["title"] for draft in found] == titles


def test_a_draft_is_shown_with_reasons_files_and_history(mailbot: Command) -> None:
    assert mailbot("drafts", "correct", "1", "任务=14").code == 0
    shown = mailbot("drafts", "show", "#1", "--json").json
    assert shown["task"] == 14
    assert [file["name"] for file in shown["files"]] == [f"{NEWS}.docx"]
    assert {"verdict", "because"} <= shown["reasons"][0].keys()
    (act,) = shown["history"]
    assert (act["by"], act["verb"]) == ("cli", "correct")
    assert act["detail"]["after"] == {"task": 14}


def test_a_correction_is_made_exported_and_undone(mailbot: Command) -> None:
    made = mailbot("drafts", "correct", "1", "类型=经验做法", "单位＝市政处")
    assert made.code == 0
    assert "drafts undo 1" in made.out
    (case,) = mailbot("drafts", "corrections", "--json").json["corrections"]
    assert case["before"] == {"unit": "直属一大队", "kind": "动态简讯", "column": 1}
    assert case["after"] == {"unit": "市政工程处", "kind": "经验做法", "column": 2}
    assert case["text"].startswith(NEWS)
    assert (case["from"], case["attachment"]) == (UNIT_ADDRESS, f"{NEWS}.docx")
    table = mailbot("drafts", "corrections").out
    assert "单位市政工程处，类型经验做法，栏目2" in table

    assert mailbot("drafts", "undo", "1").code == 0
    assert mailbot("drafts", "list", "--json").json["drafts"][1]["unit"] == "直属一大队"
    assert mailbot("drafts", "corrections", "--json").json == {"corrections": []}


def test_an_emergency_found_by_hand_is_alerted(mailbot: Command) -> None:
    made = mailbot("drafts", "correct", "1", "突发=是", "事发=4月19日8时50分")
    assert made.code == 0
    assert "E2：预警发往值班邮箱" in made.out
    events = mailbot("event", "list", "--json").json["events"]
    assert [event["drafts"] for event in events] == [[2], [1]]
    assert events[1]["happened_at"] == "2023-04-19T08:50:00+08:00"
    alerts = [m for m in mailbot("outbox", "list", "--json").json["mails"] if m["lane"] == "urgent"]
    assert [mail["key"] for mail in alerts] == ["alert/E2/0", "alert/E1/0"]


def test_a_draft_is_withdrawn_with_its_reason(mailbot: Command) -> None:
    assert mailbot("drafts", "withdraw", "1", "内容有误").code == 0
    found = mailbot("drafts", "list", "--state", "withdrawn", "--json").json["drafts"]
    assert [draft["id"] for draft in found] == [1]
    assert "内容有误" in mailbot("drafts", "show", "1").out


# --- letters ---


def test_a_letter_is_held_released_retried_and_cancelled(mailbot: Command) -> None:
    def state() -> str:
        found: str = mailbot("outbox", "show", "1", "--json").json["state"]
        return found

    assert state() == "queued"
    for verb, expected in (
        ("hold", "held"), ("release", "queued"), ("hold", "held"), ("retry", "queued"),
        ("cancel", "cancelled"),
    ):  # fmt: skip
        assert mailbot("outbox", verb, "1").code == 0
        assert state() == expected
    assert mailbot("outbox", "hold", "1").code == 1, "a cancelled letter stays where it is"
    assert [
        m["id"] for m in mailbot("outbox", "list", "--state", "cancelled", "--json").json["mails"]
    ] == [1]


# --- duties ---


def test_the_past_is_seen_as_it_was(mailbot: Command) -> None:
    """The report received at 8:40 counts at 8:40, not before."""

    def done(at: str) -> float:
        duties = mailbot("due", "--at", at, "--unit", "直属一大队", "--json").json["obligations"]
        (weekly,) = (d for d in duties if (d["column"], d["period"]) == (1, "2023-W16"))
        count: float = weekly["done"]
        return count

    assert done("2023-04-20T08:39") == 1
    assert done("2023-04-20T08:40") == 2
    assert done("2023-04-20T00:40+00:00") == 2, "any zone may be given"


def test_a_duty_is_exempted(mailbot: Command) -> None:
    duties = mailbot("due", "--unit", "扬尘办", "--json").json["obligations"]
    key = next(duty["key"] for duty in duties if duty["state"] not in ("已完成", "免除"))
    assert mailbot("exempt", key, "停电").code == 0
    again = mailbot("due", "--unit", "扬尘办", "--json").json["obligations"]
    changed = next(duty for duty in again if duty["key"] == key)
    assert "免" in changed["state"]


def test_an_event_runs_its_course(mailbot: Command) -> None:
    opened = mailbot("event", "open", "市政处", "滨河路坍塌", "--happened", "2023-04-20T08:00")
    assert opened.code == 0
    assert "E2" in opened.out
    assert mailbot("event", "ack", "E2").code == 0
    assert mailbot("event", "followup", "E2").code == 0
    assert mailbot("event", "close", "E2").code == 0
    event = mailbot("event", "list", "--json").json["events"][1]
    assert (event["unit"], event["state"]) == ("市政工程处", "closed")
    assert event["acknowledged_at"] is not None
    assert mailbot("event", "ack", "E2").code == 1, "it is over"
    assert mailbot("event", "close", "E1", "--false-alarm").code == 0
    assert mailbot("event", "list", "--json").json["events"][0]["state"] == "dismissed"


def test_a_commission_is_asked_and_met(mailbot: Command) -> None:
    assert mailbot("commission", "add", "扬尘办", "2099-01-01T12:00", "扬尘治理经验").code == 0
    (item,) = mailbot("commission", "list", "--json").json["commissions"]
    assert {"id", "unit", "topic", "due", "state", "draft"} <= item.keys()
    assert (item["due"], item["state"]) == ("2099-01-01T12:00:00+08:00", "open")
    assert mailbot("commission", "close", "1", "--draft", "99").code == 1
    assert mailbot("commission", "close", "1", "--draft", "#1").code == 0
    (item,) = mailbot("commission", "list", "--json").json["commissions"]
    assert (item["state"], item["draft"]) == ("done", 1)


# --- health ---


def test_a_silent_daemon_is_unhealthy(mailbot: Command) -> None:
    result: Result = mailbot("status", "--json")
    assert result.code == 1
    assert not result.json["healthy"]
    assert any("mailbot run" in problem for problem in result.json["problems"])


@pytest.mark.usefixtures("passwords")
def test_the_doctor_tells_what_to_do(mailbot: Command) -> None:
    result = mailbot("doctor", "--offline")
    assert result.code == 1, "the example address of the office is no real one"
    assert "✗ 办公室邮箱" in result.out
    assert "✓ 信函模板" in result.out
    assert "✓ 授权码" in result.out
    assert "收信登录" not in result.out
    assert PASSWORD not in result.out


def test_the_doctor_misses_the_password(mailbot: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    result = mailbot("doctor", "--offline")
    assert result.code == 1
    assert "✗ 授权码" in result.out
    assert "MAILBOT_IMAP_PASSWORD" in result.out
