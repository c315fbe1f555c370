"""`mailbot import`: .eml files, mbox and Maildir take the road of fetched mail."""

import mailbox
import subprocess
import sys
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


@pytest.mark.parametrize(
    ("content", "is_mail"),
    [
        pytest.param(b"Subject: one\r\n\r\nfirst", True, id="one-header"),
        pytest.param(b"\xef\xbb\xbfFrom: a@b\n\n", True, id="byte-order-mark"),
        pytest.param(b"\r\n\r\nFrom: a@b\n\n", True, id="blank-lines-first"),
        pytest.param(b"Received: from x\r\n\tby y; date\r\nSubject: s", True, id="folded-no-body"),
        pytest.param(b"Subject: s\r\nbroken line\r\nFrom: a@b\r\n\r\n", True, id="broken-header"),
        pytest.param(b"X-Only-Ours: 1\r\n\r\ntext", False, id="no-header-of-mail"),
        pytest.param(b"PK\x03\x04rest of a docx", False, id="docx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", False, id="doc"),
        pytest.param("关于整治的报告\n主题: 无\n".encode(), False, id="text"),
        pytest.param(b"[mailbox]\nhost = 1\n", False, id="settings"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"http://x.example\n", False, id="a-link"),
    ],
)
def test_what_is_no_mail_is_not_taken_for_one(
    tmp_path: Path, content: bytes, is_mail: bool
) -> None:
    (tmp_path / "file.eml").write_bytes(content)
    if is_mail:
        assert list(mails_in(tmp_path / "file.eml")) == [content]
    else:
        with pytest.raises(Refused, match="不是邮件，没有导入"):
            list(mails_in(tmp_path / "file.eml"))


def test_a_separator_within_a_mail_does_not_cut_it(tmp_path: Path) -> None:
    first = b"Subject: a\r\n\r\nFrom here on\r\nFrom x Mon Nov 23 09:21:17 2026\r\nend\r\n"
    second = b"Subject: b\r\n\r\nlast"
    line = b"From x Mon Nov 23 09:21:17 2026\r\n"
    (tmp_path / "mbox").write_bytes(line + first + b"\r\n" + line + second)
    assert list(mails_in(tmp_path / "mbox")) == [first, second]


MEMORY = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from mailbot.stages.importing import slices_in, take_in_all
from store.archive import Archive
from store.opening import open_store

folder = Path(sys.argv[1])
line = b"From x Mon Nov 23 09:21:17 2026\\n"
with (folder / "mbox").open("wb") as file:
    for number in range(3):
        file.write(line + b"Subject: %d\\n\\n" % number)
        for _ in range(60):
            file.write(b"x" * 1_000_000)
        file.write(b"\\n\\n")
store = open_store("sqlite:///mailbot.db", folder)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
mails = slices_in(folder / "mbox", print)
now = datetime(2023, 4, 21, tzinfo=UTC)
new = sum(new for new, _ in take_in_all(store, Archive(folder / "archive"), mails, now))
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
store.close()
assert new == 3, new
assert grown < 30_000, grown
"""


def test_a_large_mbox_needs_little_memory(tmp_path: Path) -> None:
    """Three mails of 60 MB: the memory used grows by less than half of one."""
    ended = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


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


@pytest.mark.parametrize(
    ("alone", "said"),
    [
        pytest.param(True, "report.docx不是邮件，没有导入", id="nothing-else"),
        pytest.param(False, "导入 2 封新邮件", id="among-mails"),
    ],
)
def test_a_file_that_is_no_mail_is_refused_with_a_sentence(
    capsys: pytest.CaptureFixture[str], office: Path, alone: bool, said: str
) -> None:
    stranger = office.parent / "report.docx"
    stranger.write_bytes(b"PK\x03\x04 a document")
    paths = [stranger] if alone else [stranger, office.parent / "mails"]
    result = run(capsys, "--config", office, "import", *paths)
    assert result.code == 1
    assert said in result.out + result.err
    assert "没有导入" in result.err
    drafts = run(capsys, "--config", office, "drafts", "list", "--json").json["drafts"]
    assert len(drafts) == (0 if alone else 2)


def test_two_files_that_are_no_mail_are_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    office = configure(tmp_path)
    (tmp_path / "box").mkdir()
    for name in ("1.eml", "2.eml"):
        (tmp_path / "box" / name).write_bytes(b"no mail")
    result = run(capsys, "--config", office, "import", tmp_path / "box")
    assert result.code == 1
    assert "等2个文件不是邮件" in result.err
