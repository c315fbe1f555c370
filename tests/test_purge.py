"""`mailbot purge`: what is past its time is really gone; numbers, scores and acts stay."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_office import LEAK, UNIT_ADDRESS, configure, emergency_mail, news_mail, run
from hypothesis import given
from hypothesis import strategies as st
from office_samples import opened

from mailbot.cli.opening import store_of
from mailbot.clock import SHANGHAI
from mailbot.config_files import load
from mailbot.demo import texts
from mailbot.rules.retention import months_before, without_personal
from mailbot.stages.beginnings import FIRST_STARTED
from mailbot.stages.purging import Purged, Purging
from mailbot.storing import open_store
from store.archive import Archive
from store.backup import BackupFolder
from store.records import MessageRecord
from store.search import _pairs, folded
from store.unit_of_work import UnitOfWork

OTHER, LEARNT = "直属二大队", "zhangsan-4711@mail.example"
LISTINGS = (
    ("drafts", "list"), ("event", "list"), ("commission", "list"),
    ("due", "--at", "2023-04-24T10:00"), ("score", "--year", "2023"),
)  # fmt: skip
TELEPHONE = "0000-0000000"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two mails, one of them adopted, a receipt and an alert, an address learnt, a backup."""
    folder = tmp_path_factory.mktemp("office")
    config = configure(folder)
    with store_of(load(config)) as store, store.work() as uow:
        uow.facts.put(FIRST_STARTED, "2023-04-19T00:00:00+08:00", datetime(2023, 4, 18, tzinfo=UTC))
        uow.contacts.learn(LEARNT, OTHER, datetime.now(UTC), "cli")
        uow.commit()
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (folder / name).write_bytes(raw)

    from mailbot.__main__ import main

    for words in (
        ("import", str(folder / "1.eml"), str(folder / "2.eml"), "--receipts"),
        ("adopt", "1", "达州要情", "单条", "--date", "2023-04-20", "--evidence", "第5期"),
        ("event", "close", "E1"),
        ("backup",),
    ):
        assert main(["--config", str(config), *words]) == 0, words
    with closing(sqlite3.connect(folder / "data" / "mailbot.db")) as db:
        db.execute("UPDATE outbox SET state = 'sent'")
        db.commit()
    for name in ("1.eml", "2.eml"):
        (folder / name).unlink()
    return config


@pytest.fixture
def office(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked.parent, tmp_path / "office")
    return tmp_path / "office" / "config.toml"


def grow_old(office: Path, months: int = 25) -> None:
    """As if all of it had come and been done so long ago."""
    then = (datetime.now(UTC) - timedelta(days=31 * months)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with closing(sqlite3.connect(office.parent / "data" / "mailbot.db")) as db:
        db.execute("UPDATE messages SET fetched_at = ?, received_at = received_at", (then,))
        db.execute("UPDATE outbox SET created_at = ?", (then,))
        db.execute("UPDATE contacts SET confirmed_at = ?", (then,))
        db.commit()


def everything(capsys: pytest.CaptureFixture[str], office: Path) -> list[Any]:
    found = [run(capsys, "--config", office, *words, "--json").json for words in LISTINGS]
    return [*found, acts(office)]


def acts(office: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(office.parent / "data" / "mailbot.db")) as db:
        return db.execute("SELECT at, by, verb, subject, detail FROM acts").fetchall()


def raw_files(office: Path) -> set[str]:
    return set(Archive(office.parent / "data" / "archive").digests())


def forget_settings(office: Path) -> None:
    """The addresses of config.toml are settings of today, copied with each backup."""
    for path in office.parent.glob("backup/snapshots/*/config.toml"):
        path.unlink()


def in_backup(office: Path) -> set[str]:
    return set(BackupFolder(office.parent / "backup").archive.digests())


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def canaries() -> list[bytes]:
    """The sender, a telephone number, a sentence of each draft, in the forms they may have."""
    sentences = [texts.SIDEWALK[40:60], texts.GAS_LEAK[40:60]]
    words = [UNIT_ADDRESS, LEARNT, TELEPHONE, *sentences]
    return [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "gb18030")]


def test_a_dry_run_tells_and_deletes_nothing(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_old(office)
    before, files = everything(capsys, office), raw_files(office)
    told = run(capsys, "--config", office, "purge", "--dry-run")
    assert told.code == 0
    assert "会删除（现在没有删除）" in told.out
    assert "邮件2封" in told.out
    assert everything(capsys, office) == before
    assert raw_files(office) == files


def test_nothing_young_is_purged(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = raw_files(office)
    found = run(capsys, "--config", office, "purge", "--json").json
    assert (found["mails"], found["letters"], found["contacts"]) == (0, 0, 0)
    assert raw_files(office) == files


def test_what_is_purged_is_really_gone_and_what_counts_stays(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_old(office)
    before = everything(capsys, office)
    data = office.parent / "data"
    found_before = bytes_of(data)
    assert any(canary in found_before for canary in canaries()), "the canaries are there at first"

    done = run(capsys, "--config", office, "purge", "--json").json

    assert (done["mails"], done["contacts"]) == (2, 1)
    assert done["letters"] >= 2
    assert raw_files(office) == set()
    after = everything(capsys, office)
    assert after[:-1] == before[:-1], "ledger, events, duties and scores are the same"
    assert after[-1][:-1] == before[-1], "and so is the audit trail, but for the purge itself"
    assert after[-1][-1][2] == "purge"
    left = bytes_of(data)
    assert [canary for canary in canaries() if canary in left] == []


def test_the_index_of_words_forgets_too(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grow_old(office)

    def terms() -> set[str]:
        with closing(sqlite3.connect(office.parent / "data" / "mailbot.db")) as db:
            db.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, draft_words, 'row')")
            return {row[0] for row in db.execute("SELECT term FROM temp.v")}

    of_body = set(_pairs(folded(texts.GAS_LEAK[40:60]))) - set(_pairs(folded(LEAK)))
    assert of_body <= terms()
    assert run(capsys, "--config", office, "purge").code == 0
    assert not of_body & terms()
    found = run(capsys, "--config", office, "drafts", "list", "--text", "燃气管道", "--json").json
    assert [draft["title"] for draft in found["drafts"]] == [LEAK], "titles are still found"


def test_verify_backup_and_rebuild_know_that_it_was_on_purpose(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_old(office)
    assert run(capsys, "--config", office, "purge").code == 0
    kept = everything(capsys, office)

    verified = run(capsys, "--config", office, "verify")
    assert verified.code == 0, verified.out
    assert "另有2封已按保存期限删除" in verified.out
    backed_up = run(capsys, "--config", office, "backup")
    assert backed_up.code == 0, backed_up.err
    rebuilt = run(capsys, "--config", office, "rebuild", "--json")
    assert rebuilt.code == 0, rebuilt.out
    assert rebuilt.json["differences"] == []
    assert rebuilt.json["lost"] == []
    assert everything(capsys, office)[:-1] == kept[:-1]
    assert acts(office)[: len(kept[-1])] == kept[-1]
    assert run(capsys, "--config", office, "verify").code == 0
    restored = run(capsys, "--config", office, "restore", office.parent / "backup", "--replace")
    assert restored.code == 0, restored.err
    assert everything(capsys, office)[:-1] == kept[:-1]
    assert run(capsys, "--config", office, "verify").code == 0


def test_a_backup_keeps_what_it_needs_until_it_goes(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_old(office)
    told = run(capsys, "--config", office, "purge")
    assert "备份中还有2份已到期的原件" in told.out
    assert len(in_backup(office)) == 2
    backups = BackupFolder(office.parent / "backup")
    (old,) = backups.snapshots()
    backups.check(old, advance=lambda _n: None, going=lambda: True)
    assert run(capsys, "--config", office, "backup").code == 0

    shutil.rmtree(old.path)  # as thinning does in the course of a year
    again = run(capsys, "--config", office, "purge", "--json").json

    assert again["in_backups"] == 0
    assert in_backup(office) == set()
    forget_settings(office)
    left = bytes_of(office.parent / "backup")
    assert [canary for canary in canaries() if canary in left] == []


def test_what_an_old_backup_brings_back_goes_again(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_old(office)
    assert run(capsys, "--config", office, "purge").code == 0
    assert (
        run(capsys, "--config", office, "restore", office.parent / "backup", "--replace").code == 0
    )
    assert len(raw_files(office)) == 2
    grow_old(office)
    assert run(capsys, "--config", office, "purge", "--json").json["mails"] == 2
    assert raw_files(office) == set()


def test_a_mail_that_comes_again_is_told_and_goes_again(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The provider may hand out every mail anew, or somebody imports an old folder."""
    grow_old(office)
    archive = Archive(office.parent / "data" / "archive")
    (office.parent / "1.eml").write_bytes(archive.read(next(archive.digests())))
    assert run(capsys, "--config", office, "purge").code == 0
    assert run(capsys, "--config", office, "import", office.parent / "1.eml").code == 0
    told = run(capsys, "--config", office, "verify")
    assert told.code == 1
    assert "mailbot purge" in told.out
    assert run(capsys, "--config", office, "purge", "--json").json["leftovers"] == 1
    assert run(capsys, "--config", office, "verify").code == 0


def test_the_mails_of_an_open_event_stay(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grow_old(office)
    with closing(sqlite3.connect(office.parent / "data" / "mailbot.db")) as db:
        db.execute("UPDATE events SET state = 'open'")
        db.commit()
    assert run(capsys, "--config", office, "purge", "--json").json["mails"] == 1
    assert len(raw_files(office)) == 1


def test_zero_months_keep_for_ever(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = office.read_text(encoding="utf-8")
    for line in ("raw_mail_months = 24", "letters_months = 24", "contacts_idle_months = 12"):
        assert line in text
        text = text.replace(line, f"{line.partition(' =')[0]} = 0")
    office.write_text(text, encoding="utf-8")
    grow_old(office, 600)
    found = run(capsys, "--config", office, "purge", "--json").json
    assert (found["mails"], found["letters"], found["contacts"]) == (0, 0, 0)


def test_it_waits_for_the_daemon_to_stop(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mailbot.instance import only_instance

    with only_instance(office.parent / "data"):
        refused = run(capsys, "--config", office, "purge")
    assert refused.code == 1
    assert "另一个 mailbot" in refused.err


# ---- killed anywhere


class KilledError(BaseException):
    """The process ends here."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """`steps[0]`: after so many commits and deletions the process is killed."""
    left = [10**9]

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            if left[0] == 0:
                raise KilledError
            left[0] -= 1
            return work(*arguments, **named)

        return step

    monkeypatch.setattr(UnitOfWork, "commit", counted(UnitOfWork.commit))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))
    yield left
    left[0] = 10**9


def purge(office: Path) -> Purged:
    config = load(office)
    store = open_store(config)
    archive = Archive(config.path(config.store.archive))
    backups = BackupFolder(config.path(config.backup.folder))
    try:
        return Purging(store, archive, config.retention, backups).run(
            datetime.now(UTC), "cli", lambda _n: None
        )
    finally:
        store.close()


@pytest.mark.timeout(300)
def test_a_purge_that_was_killed_goes_on_where_it_stopped(
    office: Path, tmp_path: Path, steps: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    grow_old(office)
    wanted = everything(capsys, office)[:-1]
    killed = 0
    for after in range(100):
        copy = tmp_path / f"copy-{after}"
        shutil.copytree(office.parent, copy)
        steps[0] = after
        try:
            purge(copy / "config.toml")
        except KilledError:
            killed += 1
            steps[0] = 10**9
            purge(copy / "config.toml")
        else:
            break
        finally:
            steps[0] = 10**9
        assert raw_files(copy / "config.toml") == set()
        left = bytes_of(copy / "data")
        assert [canary for canary in canaries() if canary in left] == []
        assert everything(capsys, copy / "config.toml")[:-1] == wanted
        shutil.rmtree(copy)
    assert killed >= 5


# ---- addresses


def test_an_address_is_known_as_long_as_it_writes_whatever_was_purged_before(
    tmp_path: Path,
) -> None:
    confirmed, wrote, now = (datetime(2023, month, 1, tzinfo=UTC) for month in (1, 8, 12))
    mail = MessageRecord(0, "a" * 64, 1, wrote, wrote, "filed", "draft", sender=LEARNT)
    with opened(tmp_path) as store:
        with store.work() as uow:
            for address in (LEARNT, "silent@mail.example"):
                uow.contacts.learn(address, OTHER, confirmed, "cli")
            number = uow.messages.add(mail)
            assert number is not None
            uow.retention.purge_mails([number], now, without_personal)
            uow.commit()
        with store.look() as uow:
            assert uow.retention.idle_contacts(wrote) == ["silent@mail.example"]
            assert len(uow.retention.idle_contacts(wrote + timedelta(seconds=1))) == 2


# ---- the rule


@pytest.mark.parametrize(
    ("words", "left"),
    [
        pytest.param("发件地址为“a.b@163.com”", "发件地址为“（已删除）”", id="address"),
        pytest.param("联系电话13800000000。", "联系电话（已删除）。", id="mobile"),
        pytest.param("电话：0818-1234567", "电话：（已删除）", id="landline"),
        pytest.param("联系电话：2123456", "联系电话：（已删除）", id="local-number"),
        pytest.param("发件人名称为“张三”", "发件人名称为“（已删除）”", id="name-of-sender"),
        pytest.param("文件名为“张三稿.docx”", "文件名为“（已删除）”", id="name-of-file"),
        pytest.param(
            "“4月17日8时”：364字，第2023075号",
            "“4月17日8时”：364字，第2023075号",
            id="other-numbers",
        ),
    ],
)
def test_reasons_lose_what_is_personal(words: str, left: str) -> None:
    assert without_personal(words) == left


@pytest.mark.parametrize(
    ("now", "months", "expected"),
    [
        pytest.param("2025-04-20T10:00", 24, "2023-04-20T10:00", id="two-years"),
        pytest.param("2024-03-31T08:00", 1, "2024-02-29T08:00", id="a-short-month-ends-early"),
        pytest.param("2025-01-15T00:00", 1, "2024-12-15T00:00", id="over-new-year"),
        pytest.param("2025-01-15T00:00", 0, "2025-01-15T00:00", id="none"),
    ],
)
def test_months_are_those_of_the_calendar(now: str, months: int, expected: str) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    assert months_before(moment(now), months) == moment(expected)


@given(minutes=st.integers(0, 47_000_000), months=st.integers(0, 1200))
def test_a_month_more_is_never_later(minutes: int, months: int) -> None:
    now = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert months_before(now, months + 1) < months_before(now, months) <= now
