"""`mailbot import`: .eml files, mbox and Maildir take the road of fetched mail."""

import mailbox
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_office import Result, configure, emergency_mail, news_mail, run

from mailbot.errors import Refused
from mailbot.stages.importing import mails_in, take_in
from store.archive import Archive
from store.opening import open_store
from store.unit_of_work import Store

NOW = datetime(2023, 4, 21, tzinfo=UTC)
ONE, TWO = b"Subject: one\r\n\r\nfirst\r\n", b"Subject: two\r\n\r\nFrom here on\r\n"


def as_file(folder: Path) -> Path:
    path = folder / "one.eml"
    path.write_bytes(ONE)
    return path


def as_folder(folder: Path) -> Path:
    (folder / "box" / "deeper").mkdir(parents=True)
    (folder / "box" / "1.eml").write_bytes(ONE)
    (folder / "box" / "deeper" / "2.EML").write_bytes(TWO)
    (folder / "box" / "notes.txt").write_bytes(b"no mail")
    return folder / "box"


def as_mbox(folder: Path) -> Path:
    box = mailbox.mbox(folder / "mbox")
    for raw in (ONE, TWO):
        box.add(raw)
    box.close()
    return folder / "mbox"


def as_maildir(folder: Path) -> Path:
    box = mailbox.Maildir(folder / "maildir")
    box.add(ONE)
    seen = mailbox.MaildirMessage(TWO)
    seen.set_subdir("cur")
    box.add(seen)
    (folder / "maildir" / "tmp" / "half").write_bytes(b"half a ma")
    return folder / "maildir"


@pytest.mark.parametrize(
    ("make", "count"),
    [
        pytest.param(as_file, 1, id="eml"),
        pytest.param(as_folder, 2, id="folder-searched-whatever-the-case"),
        pytest.param(as_mbox, 2, id="mbox"),
        pytest.param(as_maildir, 2, id="maildir-without-half-delivered"),
    ],
)
def test_mails_are_found(tmp_path: Path, make: object, count: int) -> None:
    found = list(mails_in(make(tmp_path)))  # type: ignore[operator]
    assert len(found) == count
    assert all(raw.startswith((b"Subject: one", b"Subject: two")) for raw in found)


@pytest.mark.parametrize("name", ["none.eml", "empty"])
def test_where_there_is_no_mail_it_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="没有"):
        list(mails_in(tmp_path / name))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:///mailbot.db", tmp_path)
    yield opened
    opened.close()


def test_the_same_bytes_are_taken_in_once(store: Store, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    assert take_in(store, archive, ONE, NOW)
    assert not take_in(store, archive, ONE, NOW)
    with store.look() as uow:
        (mail,) = uow.messages.waiting()
    assert (mail.origin, mail.size, mail.state) == ("import", len(ONE), "received")
    assert archive.read(mail.sha256) == ONE


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "mails").mkdir()
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (tmp_path / "mails" / name).write_bytes(raw)
    return configure(tmp_path)


def imported(
    capsys: pytest.CaptureFixture[str], office: Path, *options: str
) -> tuple[Result, list[str]]:
    """The import of both mails, and the lanes of the letters it queued."""
    result = run(capsys, "--config", office, "import", *options, office.parent / "mails")
    mails = run(capsys, "--config", office, "outbox", "list", "--json").json["mails"]
    return result, sorted(mail["lane"] for mail in mails)


def test_history_is_filed_and_answered_to_nobody(
    capsys: pytest.CaptureFixture[str], office: Path
) -> None:
    """An office that begins with last year's mail alarms no one."""
    result, lanes = imported(capsys, office, "--receipts")
    assert result.code == 0
    assert "导入 2 封新邮件，登记 2 封" in result.out
    assert lanes == []
    drafts = run(capsys, "--config", office, "drafts", "list", "--json").json["drafts"]
    assert [draft["emergency"] for draft in drafts] == ["alert", "none"]


def test_an_interrupted_import_is_taken_up_where_it_stopped(
    capsys: pytest.CaptureFixture[str], office: Path
) -> None:
    """One mail was archived and recorded when the power failed: it is filed, not doubled."""
    store = open_store("sqlite:///data/mailbot.db", office.parent)
    raw = (office.parent / "mails" / "1.eml").read_bytes()
    take_in(store, Archive(office.parent / "data" / "archive"), raw, NOW)
    store.close()
    result, _ = imported(capsys, office)
    assert "导入 1 封新邮件，登记 2 封；1 封早已在册" in result.out
