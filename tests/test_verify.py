"""`mailbot verify`: every harm to the records is found and told with its remedy."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cli_office import configure, emergency_mail, news_mail, run

from store.archive import Archive
from store.backup import BackupFolder


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Two mails on record, and a backup."""
    config = configure(tmp_path)
    (tmp_path / "mails").mkdir()
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (tmp_path / "mails" / name).write_bytes(raw)
    assert run(capsys, "--config", config, "import", tmp_path / "mails").code == 0
    assert run(capsys, "--config", config, "backup").code == 0
    return config


def archive(office: Path) -> Archive:
    return Archive(office.parent / "data" / "archive")


def some_mail(office: Path) -> Path:
    return archive(office).path(next(archive(office).digests()))


def change(office: Path) -> None:
    some_mail(office).write_bytes(b"another content")


def lose(office: Path) -> None:
    some_mail(office).unlink()


def add(office: Path) -> None:
    archive(office).keep(b"Subject: unknown to the database\r\n\r\n")


def execute(office: Path, *statements: str) -> None:
    with closing(sqlite3.connect(office.parent / "data" / "mailbot.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def orphan_draft(office: Path) -> None:
    execute(office, "UPDATE drafts SET message_id = 999 WHERE id = 1")


def break_pages(office: Path) -> None:
    execute(office, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = office.parent / "data" / "mailbot.db"
    raw = bytearray(path.read_bytes())
    raw[8192:-8192] = b"\xa5" * (len(raw) - 16384)
    path.write_bytes(raw)


def break_backup(office: Path) -> None:
    path = BackupFolder(office.parent / "backup").snapshots()[0].database
    path.write_bytes(path.read_bytes()[:-100])


def test_whole_records_are_counted(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "--config", office, "verify")
    assert (result.code, result.err) == (0, "")
    assert "邮件2、稿件2" in result.out
    assert "✗" not in result.out
    found = run(capsys, "--config", office, "verify", "--json").json
    assert found["healthy"] is True
    assert {frozenset(check) for check in found["checks"]} == {
        frozenset({"what", "good", "found", "remedy"})
    }


@pytest.mark.parametrize(
    ("harm", "what", "remedy"),
    [
        pytest.param(change, "邮件原件", "verify --repair", id="raw-file-changed"),
        pytest.param(lose, "登记与原件", "verify --repair", id="raw-file-lost"),
        pytest.param(add, "未登记的原件", "mailbot import", id="raw-file-unknown"),
        pytest.param(orphan_draft, "数据库", "mailbot restore", id="draft-without-mail"),
        pytest.param(break_pages, "数据库", "mailbot restore", id="pages-overwritten"),
        pytest.param(break_backup, "最新备份", "mailbot backup", id="backup-cut-short"),
    ],
)
def test_every_harm_is_named_with_its_remedy(
    office: Path,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Path], None],
    what: str,
    remedy: str,
) -> None:
    harm(office)
    result = run(capsys, "--config", office, "verify", "--json")
    assert result.code == 1
    (bad,) = [check for check in result.json["checks"] if not check["good"]]
    assert bad["what"] == what
    assert remedy in bad["remedy"]


@pytest.mark.parametrize("harm", [change, lose])
def test_raw_files_come_back_from_the_backup(
    office: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None]
) -> None:
    harm(office)
    result = run(capsys, "--config", office, "verify", "--repair")
    assert result.code == 0, result.out
    assert "从备份补回1份原件" in result.out


def test_the_remedy_for_an_unknown_raw_file_works(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = news_mail().replace(b"\r\nSubject:", b"\r\nX-Other: 1\r\nSubject:", 1)
    digest = archive(office).keep(raw)
    path = archive(office).path(digest)
    assert run(capsys, "--config", office, "import", path).code == 0
    assert run(capsys, "--config", office, "verify").code == 0


def test_without_a_database_there_is_nothing_to_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(capsys, "--config", configure(tmp_path), "verify")
    assert result.code == 1
    assert "还没有数据库" in result.err
