"""PostgreSQL keeps the promises SQLite keeps: whole migrations, one writer, steady looks."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from servers.postgres import Postgres
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from test_store_engine import COUNTING

from mailbot.config_files import parse
from mailbot.errors import ConfigError
from mailbot.resources import shipped
from mailbot.rules.retention import without_personal
from mailbot.stages.pushing import Pushing
from mailbot.storing import open_store as open_configured
from store.engine import open_engine
from store.integrity import ERASED
from store.migrate import current, newest, revisions, upgrade
from store.opening import open_store
from store.records import MessageRecord, OutgoingMail
from store.search import INDEX
from store.tables import metadata
from store.unit_of_work import Store, StoreUnavailable

NOW = datetime(2023, 4, 19, 1, 5, tzinfo=UTC)


@pytest.fixture
def store(postgres_server: Postgres, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(postgres_server.store(), tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize("revision", revisions())
def test_every_earlier_database_reaches_the_newest(
    postgres_server: Postgres, tmp_path: Path, revision: str
) -> None:
    url = postgres_server.database()
    engine = open_engine(url)
    upgrade(engine, revision)
    assert current(engine) == revision
    engine.dispose()

    store = open_store(url, tmp_path)

    assert current(store.engine) == newest()
    store.close()


def test_the_migrated_schema_is_the_declared_one(store: Store) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and str(name).startswith(INDEX))

    with store.engine.connect() as connection:
        declared = {"compare_type": True, "include_name": ours}
        context = MigrationContext.configure(connection, opts=declared)
        assert compare_metadata(context, metadata) == []


def test_two_processes_lose_no_update(postgres_server: Postgres, tmp_path: Path) -> None:
    """Read, add one, write: under the default isolation alone counts would vanish."""
    url = postgres_server.store()
    counting = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(tmp_path), f"counter-{number}", url],
            cwd=Path(__file__).parents[1],
        )
        for number in range(2)
    ]
    assert [process.wait(100) for process in counting] == [0, 0]

    store = open_store(url, tmp_path)
    with store.look() as uow:
        assert uow.facts.get("count") == 100
    store.close()


def test_a_reader_neither_waits_for_a_writer_nor_sees_its_work_before_the_commit(
    store: Store,
) -> None:
    with store.work() as writer:
        writer.facts.put("name", "new", NOW)
        with store.look() as reader:
            assert reader.facts.get("name") is None
            writer.commit()
            assert reader.facts.get("name") is None, "one look is one moment"

    with store.look() as reader:
        assert reader.facts.get("name") == "new"


def test_a_push_about_a_mail_is_remembered(store: Store) -> None:
    """The key of such a letter holds a digest: the fact's name is longer than 80 letters."""
    taken: list[str] = []

    class Phone:
        channels = ("0123456789ab",)

        def push(self, channel: str, _title: str, _body: str) -> bool:
            taken.append(channel)
            return True

    letter = OutgoingMail(f"unread/secrecy/{'f' * 64}", "urgent", ("a@b.example",), "急", "", "")
    with store.work() as uow:
        uow.outbox.add(letter, "<1@office>", NOW)
        uow.commit()
    pushing = Pushing(store, Phone(), lambda _uow, _now: {})

    assert [pushing.run(NOW + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert taken == ["0123456789ab"]


def test_what_was_purged_or_erased_is_known_and_so_is_who_wrote(store: Store) -> None:
    mails = [MessageRecord(0, d * 64, 1, NOW, NOW, "filed", "draft", sender="a@b") for d in "ab"]
    with store.work() as uow:
        uow.contacts.learn("a@b", "直属一大队", NOW - timedelta(days=400), "cli")
        purged, erased = [uow.messages.add(mail) or 0 for mail in mails]
        uow.retention.purge_mails([purged], NOW, without_personal)
        uow.messages.settle(erased, "quarantined", "secret", f"标有“机密”{ERASED}", sender="")
        uow.commit()
    with store.look() as uow:
        assert uow.retention.gone_digests(["a" * 64, "c" * 64]) == {"a" * 64}
        assert uow.retention.gone_digests() == {"a" * 64, "b" * 64}
        assert uow.retention.idle_contacts(NOW) == []
        assert uow.retention.idle_contacts(NOW + timedelta(seconds=1)) == ["a@b"]


def test_a_look_changes_nothing(store: Store) -> None:
    with store.look() as reader, pytest.raises(DBAPIError, match="read-only"):
        reader.facts.put("name", "new", NOW)


def test_a_second_writer_gives_up_in_the_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.engine._BEGIN_WRITING", _hasty())
    with store.work(), pytest.raises(StoreUnavailable, match="lock timeout"), store.work():
        pass


def _hasty() -> tuple[str, ...]:
    from store.engine import _BEGIN_WRITING

    return ("SET LOCAL lock_timeout = 50", *_BEGIN_WRITING[1:])


def test_a_commit_waits_for_the_disk(store: Store) -> None:
    with store.engine.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_a_server_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    raw = shipped("config.toml").read_text(encoding="utf-8")
    url = f"postgresql://mailbot@/nothing?host={tmp_path}"
    raw = raw.replace("sqlite:///data/mailbot.db", url)
    config = parse(raw, tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="打不开数据库"):
        open_configured(config)
