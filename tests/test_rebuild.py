"""`mailbot rebuild`: the same records from the raw mails, decisions carried over, nothing sent."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_office import configure, emergency_mail, news_mail, run

from mailbot.__main__ import main
from store.archive import Archive
from store.backup import BackupFolder
from store.integrity import full_check

pytestmark = [
    pytest.mark.timeout(600),  # all that was worked belongs to the first test
    pytest.mark.untraced,
]

GOLDEN = Path(__file__).parent / "golden" / "mail"
LISTINGS = (
    ("drafts", "list"), ("drafts", "show", "1"), ("drafts", "corrections"), ("event", "list"),
    ("commission", "list"), ("outbox", "list"), ("due", "--at", "2023-04-24T10:00"),
    ("score", "--year", "2023"),
)  # fmt: skip


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that received, corrected, took back, adopted, asked and undid."""
    folder = tmp_path_factory.mktemp("worked")
    config = configure(folder)
    mails = folder / "mails"
    mails.mkdir()
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (mails / name).write_bytes(raw)
    oddities = sorted(GOLDEN.glob("*.eml"))[::4]
    for path in oddities:
        shutil.copy(path, mails)
    assert len(oddities) >= 5

    def command(*arguments: str) -> None:
        assert main(["--config", str(config), *arguments]) == 0, arguments

    command("import", str(mails / "1.eml"))
    command("drafts", "correct", "1", "类型=经验做法")
    command("import", str(mails / "2.eml"), "--receipts")
    command("drafts", "correct", "2", "单位=直属二大队")
    command("drafts", "withdraw", "1", "单位要求撤回")
    command("drafts", "undo", "3")
    command("adopt", "1", "达州要情", "单条", "--date", "2023-04-20", "--evidence", "第5期")
    command("commission", "add", "直属一大队", "2033-05-01", "占道经营整治成效")
    command("event", "open", "直属一大队", "燃气泄漏")
    command("backup")
    command("import", str(mails))
    return config


@pytest.fixture
def office(worked: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(worked.parent, tmp_path / "office")
    return tmp_path / "office" / "config.toml"


def everything(capsys: pytest.CaptureFixture[str], office: Path) -> list[Any]:
    """What the commands tell of the records."""
    return [run(capsys, "--config", office, *words, "--json").json for words in LISTINGS]


def database(office: Path) -> Path:
    return office.parent / "data" / "mailbot.db"


def change(office: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database(office))) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_the_new_records_are_the_old_ones(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(capsys, office)
    old = database(office).read_bytes()

    result = run(capsys, "--config", office, "rebuild", "--json")

    assert result.code == 0, result.out
    assert result.json["differences"] == []
    assert result.json["lost"] == []
    assert result.json["taken"] is True
    assert database(office).read_bytes() != old
    assert everything(capsys, office) == before
    full_check(database(office))
    assert run(capsys, "--config", office, "verify").code == 0


def test_words_are_found_in_the_new_records(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "--config", office, "rebuild").code == 0
    found = run(capsys, "--config", office, "drafts", "list", "--text", "燃气管道", "--json")
    assert found.json["drafts"]


def test_a_verdict_that_is_not_derived_is_told_and_kept(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row changed behind the program's back differs from what its mail says."""
    change(office, "UPDATE drafts SET words = 99999 WHERE id = 1")
    told = run(capsys, "--config", office, "rebuild")
    assert told.code == 1
    assert "字数" in told.out
    assert "原数据库未改动" in told.out
    assert run(capsys, "--config", office, "drafts", "show", "1", "--json").json["words"] == 99999

    accepted = run(capsys, "--config", office, "rebuild", "--accept")
    assert accepted.code == 0
    assert run(capsys, "--config", office, "drafts", "show", "1", "--json").json["words"] == 364


def test_a_mail_on_no_record_takes_no_number_of_a_purged_one(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Purged ones are read in groups, for a statement binds 32766 values at most."""
    monkeypatch.setattr("mailbot.stages.rebuilding._AT_ONCE", 2)
    with closing(sqlite3.connect(database(office))) as db:
        names = [r[1] for r in db.execute("PRAGMA table_info(messages)")][2:]
        told, first = ", ".join(f'"{name}"' for name in names), "SELECT max(id) FROM messages"
        db.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)"
            f" INSERT INTO messages (sha256, {told}) SELECT printf('%064x', i), {told}"
            f" FROM n, messages WHERE messages.id = ({first})"
        )
        db.execute("UPDATE messages SET purged_at = fetched_at WHERE sha256 LIKE '00000000%'")
        db.commit()
    raw = b"From: a@unit.example\r\nSubject: unknown\r\n\r\nnews\r\n"
    Archive(office.parent / "data" / "archive").keep(raw)
    result = run(capsys, "--config", office, "rebuild", "--json")
    assert result.code == 0, result.out
    assert (result.json["lost"], result.json["added"]) == ([], 1)


def test_a_mail_without_its_raw_file_is_not_dropped_in_silence(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = Archive(office.parent / "data" / "archive")
    archive.path(next(archive.digests())).unlink()
    result = run(capsys, "--config", office, "rebuild", "--json")
    assert result.code == 1
    assert result.json["taken"] is False
    assert len(result.json["lost"]) == 1


def overwrite(office: Path) -> None:
    change(office, "PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(database(office).read_bytes())
    raw[8192:-8192] = b"\xa5" * (len(raw) - 16384)
    database(office).write_bytes(raw)


def remove(office: Path) -> None:
    for path in database(office).parent.glob("mailbot.db*"):
        path.unlink()


@pytest.mark.parametrize("harm", [overwrite, remove])
def test_decisions_are_read_from_the_backup_when_the_database_is_gone(
    office: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None]
) -> None:
    before = everything(capsys, office)
    mails = len(before[0]["drafts"])
    harm(office)

    result = run(capsys, "--config", office, "rebuild", "--json")

    assert result.code == 0, result.err
    assert result.json["source"].startswith("备份")
    assert "之后办公室的操作" in result.json["gone"]
    after = everything(capsys, office)
    assert len(after[0]["drafts"]) == mails
    assert after[0]["drafts"][-1]["kind"] == "经验做法"
    assert after[3:5] == before[3:5]
    assert after[7] == before[7]
    assert "暂不发出" in run(capsys, "--config", office, "status").out


def test_without_any_source_the_loss_is_named_and_nobody_is_written_to(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mails = len(run(capsys, "--config", office, "drafts", "list", "--json").json["drafts"])
    remove(office)
    shutil.rmtree(office.parent / "backup")

    result = run(capsys, "--config", office, "rebuild")

    assert result.code == 0
    assert "全部丢失" in result.out
    drafts = run(capsys, "--config", office, "drafts", "list", "--json").json["drafts"]
    assert len(drafts) == mails
    assert run(capsys, "--config", office, "outbox", "list", "--json").json["mails"] == []


def test_a_source_can_be_named(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (snapshot,) = BackupFolder(office.parent / "backup").snapshots()
    result = run(
        capsys, "--config", office, "rebuild", "--from", office.parent / "backup", "--json"
    )
    assert result.json["source"] == f"备份{snapshot.name}"
    assert result.json["added"] > 0


@pytest.mark.parametrize("moment", [0.0, 0.5, 1.0])
def test_killed_at_any_moment_the_old_records_stand_and_it_can_be_repeated(
    office: Path, capsys: pytest.CaptureFixture[str], moment: float
) -> None:
    """Killed when so much of the new database is there; then done again to its end."""
    before = everything(capsys, office)
    command = [sys.executable, "-m", "mailbot", "--config", str(office), "rebuild", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ))
    fresh = database(office).with_name("mailbot.db.rebuilding")
    mails = len(list(Archive(office.parent / "data" / "archive").digests()))
    while process.poll() is None and _mails_in(fresh) < moment * mails:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert not output or json.loads(output)["taken"]

    assert everything(capsys, office) == before
    again = run(capsys, "--config", office, "rebuild", "--json")
    assert again.code == 0, again.err
    assert everything(capsys, office) == before
    names = {path.name for path in database(office).parent.glob("mailbot.db*")}
    assert not {name for name in names if "rebuil" in name}


def _mails_in(path: Path) -> int:
    if not path.exists():
        return -1
    with closing(sqlite3.connect(path)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM messages").fetchone()[0])
        except sqlite3.Error:
            return -1
