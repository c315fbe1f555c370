"""`mailbot read --json`: always an array, one entry a file, with the contract's keys."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_office import LEAK, NEWS, UNIT_ADDRESS, Result, emergency_mail, news_mail, run
from pdf_making import At, pdf, text_stream, typed
from word_files import make_docx

GOLDEN = Path(__file__).parent / "golden"
ENTRY = {"file", "sha256", "mail", "drafts", "unreadable", "images", "cloud_links"}
MAIL = {"from", "subject", "sent_at", "received_at", "message_kind"}
DRAFT = {
    "attachment", "title", "unit", "kind", "column", "words", "words_total", "words_cjk",
    "emergency", "event_time", "minutes_to_report", "late", "task", "needs_review", "warnings",
    "reasons",
}  # fmt: skip
KINDS = {"draft", "command", "bounce", "auto_reply", "other"}
DRAFT_KINDS = {"动态简讯", "经验做法", "问题反映", "待审", "非稿件"}


@pytest.fixture
def read(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> Any:
    """`mailbot read` where there is no config.toml: the shipped notice is read."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run(capsys, "read", *arguments)


def checked(result: Result) -> list[dict[str, Any]]:
    """The array, every entry held against the contract."""
    assert result.err == ""
    entries: list[dict[str, Any]] = result.json
    assert isinstance(entries, list)
    for entry in entries:
        assert entry.keys() >= ENTRY
        assert len(entry["sha256"]) == 64
        if entry["mail"] is not None:
            assert entry["mail"].keys() >= MAIL
            assert entry["mail"]["message_kind"] in KINDS
        for draft in entry["drafts"]:
            _check_draft(draft)
        for item in entry["unreadable"]:
            assert item.keys() >= {"name", "reason", "remedy"}
            assert item["remedy"]
        for link in entry["cloud_links"]:
            assert link.keys() >= {"name", "size", "expires_at", "url"}
    return entries


def _check_draft(draft: dict[str, Any]) -> None:
    assert draft.keys() >= DRAFT
    assert draft["kind"] in DRAFT_KINDS
    assert draft["column"] in (1, 2, 3, None)
    assert draft["emergency"] in ("alert", "review", "none")
    assert draft["late"] in (True, False, None)
    if draft["unit"] is not None:
        assert draft["unit"].keys() >= {"name", "confidence", "reasons"}
    for reason in draft["reasons"]:
        assert reason.keys() >= {"verdict", "because", "clause"}
    for words in ("words", "words_total", "words_cjk"):
        assert isinstance(draft[words], int)
    assert draft["words_total"] >= draft["words"] >= draft["words_cjk"]
    assert len(set(draft["warnings"])) == len(draft["warnings"])


def test_all_golden_mails_in_one_call(read: Any) -> None:
    """Whatever a mail holds, its entry keeps to the contract; the order is the one given."""
    mails = sorted((GOLDEN / "mail").glob("*.eml"))
    entries = checked(read("--json", *mails))
    assert [entry["file"] for entry in entries] == [str(mail) for mail in mails]
    kinds = {Path(entry["file"]).stem: entry["mail"]["message_kind"] for entry in entries}
    assert kinds["22-bounce-163"] == "bounce"
    assert kinds["23-qq-vacation-reply"] == "auto_reply"
    assert set(kinds.values()) >= {"draft", "bounce", "auto_reply", "other"}
    assert any(entry["cloud_links"] for entry in entries)


def test_all_golden_documents_in_one_call(read: Any) -> None:
    names = {".doc", ".odt", ".rtf", ".pdf", ".xls", ".ods", ".7z", ".pptx"}
    files = sorted(f for f in (GOLDEN / "documents").iterdir() if f.suffix in names)
    entries = checked(read("--json", *files))
    assert len(entries) == len(files)
    assert all(entry["mail"] is None for entry in entries)
    told = [entry for entry in entries if entry["drafts"] or entry["unreadable"]]
    assert len(told) >= len(files) - 3, "a file is read, or it is said why not"


def test_a_draft_is_explained(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "稿件.eml"
    path.write_bytes(news_mail())
    (entry,) = checked(read("--json", path))
    (draft,) = entry["drafts"]

    assert entry["mail"]["from"] == UNIT_ADDRESS
    assert entry["mail"]["received_at"] == "2023-04-19T09:05:00+08:00"
    assert (draft["title"], draft["kind"], draft["column"]) == (NEWS, "动态简讯", 1)
    assert (draft["words"], draft["unit"]["name"]) == (364, "直属一大队")
    assert draft["attachment"] == f"{NEWS}.docx"


@pytest.mark.parametrize(
    ("received", "minutes", "late"),
    [
        pytest.param("2023-04-20T08:52", 30, False, id="on-the-dot"),
        pytest.param("2023-04-20T08:53", 31, True, id="a-minute-late"),
        pytest.param("2023-04-20T00:52+00:00", 30, False, id="any-zone"),
    ],
)
def test_lateness_is_judged_on_the_given_receipt(
    read: Any, tmp_path: Path, received: str, minutes: int, late: bool
) -> None:
    path = tmp_path / "首报.eml"
    path.write_bytes(emergency_mail())
    (entry,) = checked(read("--json", "--received", received, path))
    (draft,) = entry["drafts"]
    assert (draft["title"], draft["emergency"]) == (LEAK, "alert")
    assert (draft["minutes_to_report"], draft["late"]) == (minutes, late)
    assert draft["event_time"] == "2023-04-20T08:22:00+08:00"


def test_a_given_sender_speaks_for_its_unit(
    read: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli_office import configure

    config = configure(tmp_path)
    path = tmp_path / "稿件.txt"
    path.write_text(
        "市容秩序整治见成效\n" + "连日来，集中整治流动摊点，劝导占道经营。" * 15, "utf-8"
    )
    command = ("--config", config, "read", "--json", path)
    (entry,) = run(capsys, *command, "--from", UNIT_ADDRESS).json
    assert entry["drafts"][0]["unit"]["name"] == "直属一大队"
    (entry,) = run(capsys, *command).json
    assert entry["drafts"][0]["unit"] is None


def test_one_missing_file_spoils_no_other(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "稿件.eml"
    path.write_bytes(news_mail())
    result = read("--json", tmp_path / "none.eml", path)
    assert result.code == 1
    assert result.err.startswith("mailbot：没有 ")
    assert [entry["file"] for entry in result.json] == [str(path)]


def test_nothing_is_stored(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "稿件.eml"
    path.write_bytes(news_mail())
    for arguments in ((path,), ("--json", path), ("--explain", path)):
        assert read(*arguments).code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["稿件.eml"]


def test_for_people_it_is_told_in_sentences(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "首报.eml"
    path.write_bytes(emergency_mail())
    told = read("--explain", path).out
    for words in (LEAK, "突发事件", "按时（18分钟）", "二·一", "直属一大队"):
        assert words in told
    assert "None" not in told


def test_the_task_served_is_told(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "稿件.eml"
    body = "5月17日，法规科到南城小学送法进校园，讲解市容条例，发放资料300份。\n\n政策法规科"
    head = "From: a@example.com\r\nSubject: x\r\nDate: Thu, 18 May 2023 10:00:00 +0800\r\n"
    mail = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n送法进校园 普法零距离\n{body}"
    path.write_bytes(mail.encode())

    assert "  任务：附件3第24项\n" in read(path).out


def test_a_task_out_of_its_window_is_told(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "稿件.eml"
    body = "8月17日，执法监督科拆除小区违建12处。\n\n执法监督科"
    head = "From: a@example.com\r\nSubject: x\r\nDate: Fri, 18 Aug 2023 10:00:00 +0800\r\n"
    mail = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n执法监督科治理小区违建\n{body}"
    path.write_bytes(mail.encode())

    assert "  任务：无（内容像附件3第4项" in read(path).out


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("empty.docx", b"", id="empty"),
        pytest.param("noise.doc", bytes(range(256)) * 40, id="noise"),
        pytest.param("cut.docx", b"PK\x03\x04" + b"\0" * 50, id="torn-zip"),
        pytest.param("no-end.eml", b"Subject: =?gbk?B?", id="torn-header"),
        pytest.param("稿 件 \u202etxt.exe", b"MZ\0\0", id="program"),
    ],
)
def test_hostile_files_are_told_not_raised(
    read: Any, tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (entry,) = checked(read("--json", path))
    assert entry["file"] == str(path)


def test_a_file_name_in_gbk_is_shown_not_raised(tmp_path: Path) -> None:
    """Old archives unpack such names; JSON shows the odd bytes as escapes."""
    name = "首报.txt".encode("gbk")
    (tmp_path / os.fsdecode(name)).write_text("连日来，集中整治流动摊点。" * 15, "utf-8")
    for arguments in ((b"--json", name), (name,)):
        command: list[str | bytes] = [sys.executable, "-m", "mailbot", "read", *arguments]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert "动态简讯" in done.stdout.decode()


def test_what_was_not_read_of_a_file_is_told(read: Any, tmp_path: Path) -> None:
    """In the worker, as a user runs it: a form filled in, a document of a picture."""
    value = typed("今日开展市容环境整治，清理占道经营12处，劝导商贩46起。")
    form, scan = tmp_path / "表.pdf", tmp_path / "照.docx"
    form.write_bytes(
        pdf(
            text_stream(At(80, 760, "关于市容整治情况的报告")),
            annotations=[
                b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Ff 4096/V%s/Rect[80 500 515 640]>>"
                % value
            ],
        )
    )
    scan.write_bytes(
        make_docx(
            "<w:p><w:r><w:drawing><a:blip r:embed='p'/></w:drawing></w:r></w:p>",
            {"word/media/a.png": (GOLDEN / "documents" / "photographed-page.png").read_bytes()},
            [("p", "image", "media/a.png")],
        )
    )

    out = read(str(form), str(scan)).out

    assert "读取说明：PDF 表单中填写的内容已按所在位置读入" in out
    assert "清理占道经营12处" in out or "劝导商贩46起" in out
    assert "照.docx：文件内只有图片" in out


def test_a_warning_is_given_once(read: Any) -> None:
    (entry,) = checked(read("--json", GOLDEN / "documents" / "tracked-footnote-textbox.doc"))

    assert [draft["warnings"] != [] for draft in entry["drafts"]] == [True]
