"""Migrations: every earlier database is brought here, all of it or nothing, and never a newer one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from migrated import tables_copied
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from mailbot.config import Config
from mailbot.config_files import parse
from mailbot.errors import ConfigError
from mailbot.resources import shipped
from mailbot.storing import open_store as open_configured
from store import opening
from store.engine import open_engine
from store.migrate import current, newest, revisions, upgrade
from store.opening import NewerDatabaseError, newest_revision, open_store
from store.search import INDEX
from store.tables import metadata

URL = "sqlite:///mailbot.db"
NOW = datetime(2023, 4, 19, 1, 5, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(URL, tmp_path)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("revision", revisions())
def test_every_earlier_database_reaches_the_newest(
    engine: Engine, tmp_path: Path, revision: str
) -> None:
    upgrade(engine, revision)
    assert current(engine) == revision

    store = open_store(URL, tmp_path)

    assert current(store.engine) == newest()
    with store.work() as uow:
        uow.facts.put("name", 1, NOW)
        uow.commit()
    store.close()


def test_the_migrated_schema_is_the_declared_one(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        declared = {"compare_type": True, "include_name": _not_the_index}
        context = MigrationContext.configure(connection, opts=declared)
        assert compare_metadata(context, metadata) == []


def _not_the_index(name: str | None, kind: str, _parents: object) -> bool:
    """The words of drafts are kept in the database's own kind of index."""
    return kind != "table" or not str(name).startswith(INDEX)


def test_revisions_are_numbered_as_their_files() -> None:
    """`newest_revision` reads file names, because Alembic is slow to import."""
    assert newest_revision() == newest()
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]


def test_an_up_to_date_database_is_opened_without_alembic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(URL, tmp_path).close()
    monkeypatch.setattr("store.migrate.upgrade", lambda _engine: pytest.fail("not needed"))
    open_store(URL, tmp_path).close()


def test_a_failed_migration_leaves_no_trace(engine: Engine) -> None:
    """A table in the way stops the first revision half-way; SQLite rolls its tables back too."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE outbox (id INTEGER)"))

    with pytest.raises(OperationalError, match="already exists"):
        upgrade(engine)

    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master")).scalars().all()
    assert tables == ["outbox"]


def test_what_other_tests_begin_with_is_what_was_migrated(tmp_path: Path) -> None:
    upgrade(open_engine("sqlite:///migrated.db", tmp_path))
    with tables_copied():
        for name in ("first", "copy"):
            open_store(f"sqlite:///{name}.db", tmp_path).close()
    told = [everything_in(tmp_path / f"{name}.db") for name in ("migrated", "first", "copy")]
    assert told[0] == told[1] == told[2]
    assert len(told[0]) > 20


def everything_in(path: Path) -> dict[str, object]:
    """Declarations, rows, and what is set for the whole file."""
    with closing(sqlite3.connect(path)) as database:
        declared = database.execute(
            "SELECT name, type, tbl_name, sql FROM sqlite_master"
        ).fetchall()
        tables = [name for name, kind, *_ in declared if kind == "table" and name != INDEX]
        settings = ("journal_mode", "user_version", "auto_vacuum", "encoding", "application_id")
        return {
            **{name: rest for name, *rest in declared},
            **{f"rows of {name}": database.execute(f"SELECT * FROM {name}").fetchall() for name in tables},
            **{name: database.execute(f"PRAGMA {name}").fetchall() for name in settings},
        }  # fmt: skip


def test_two_programs_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    """The second finds the tables made, whichever looked first."""
    first, second = open_engine(URL, tmp_path), open_engine(URL, tmp_path)
    assert opening.stored_revision(second) is None
    upgrade(first)
    upgrade(second)
    assert current(second) == newest()
    first.dispose()
    second.dispose()


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    open_store(URL, tmp_path).close()
    database = sqlite3.connect(tmp_path / "mailbot.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    return tmp_path


def test_a_newer_database_is_refused(newer: Path) -> None:
    with pytest.raises(NewerDatabaseError):
        open_store(URL, newer)


def test_the_operator_is_told_of_a_newer_database(newer: Path) -> None:
    with pytest.raises(ConfigError, match="请升级程序"):
        open_configured(configured(newer, URL))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("mailbot.db", "写法有误", id="a-path-is-no-url"),
        pytest.param("oracle9://x", "写法有误", id="unknown-kind-of-database"),
        pytest.param("sqlite:////proc/none/mailbot.db", "打不开数据库", id="folder-cannot-be-made"),
        pytest.param("sqlite:///folder", "打不开数据库", id="a-folder-is-no-database"),
        pytest.param("sqlite:///noise.db", "数据库已损坏", id="the-file-is-no-database"),
    ],
)
def test_a_store_that_cannot_be_opened_is_one_line(tmp_path: Path, url: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "noise.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(ConfigError, match=said) as refusal:
        open_configured(configured(tmp_path, url))
    assert "\n" not in str(refusal.value)


def configured(folder: Path, url: str) -> Config:
    source = shipped("config.toml").read_text(encoding="utf-8")
    text = source.replace('url = "sqlite:///data/mailbot.db"', f'url = "{url}"')
    return parse(text, folder / "config.toml")
