"""How the database is opened: durable, one writer at a time, aware instants only."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from store.engine import BUSY_MILLISECONDS, database_path, open_engine
from store.opening import open_store
from store.tables import Utc, drafts, facts
from store.unit_of_work import Store

NOW = datetime(2023, 4, 19, 1, 5, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)
URL = "sqlite:///mailbot.db"

COUNTING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from store.opening import open_store

folder, name = Path(sys.argv[1]), sys.argv[2]
store = open_store(sys.argv[3], folder)
now = datetime(2023, 4, 19, tzinfo=UTC)
(folder / name).touch()
while len(list(folder.glob("counter-*"))) < 2:
    time.sleep(0.001)
for _ in range(50):
    with store.work() as uow:
        seen = uow.facts.get("count") or 0
        time.sleep(0.001)
        uow.facts.put("count", seen + 1, now)
        uow.commit()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(URL, tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        pytest.param("journal_mode", "wal", id="readers-never-wait-for-the-writer"),
        pytest.param("synchronous", 2, id="a-commit-survives-power-failure"),
        pytest.param("foreign_keys", 1, id="no-draft-without-its-mail"),
        pytest.param("busy_timeout", BUSY_MILLISECONDS, id="a-second-writer-waits"),
        pytest.param("trusted_schema", 0, id="a-planted-schema-runs-nothing"),
    ],
)
def test_every_connection_is_prepared(store: Store, pragma: str, expected: object) -> None:
    for _ in range(2):
        with store.engine.connect() as connection:
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == expected
        store.engine.dispose()  # the next connection is a new one


def test_a_relative_path_starts_at_the_given_folder(tmp_path: Path) -> None:
    engine = open_engine("sqlite:///data/mailbot.db", tmp_path)
    assert database_path(engine) == tmp_path / "data" / "mailbot.db"
    assert (tmp_path / "data").is_dir()

    absolute = open_engine(f"sqlite:///{tmp_path}/elsewhere.db", tmp_path / "ignored")
    assert database_path(absolute) == tmp_path / "elsewhere.db"


def test_a_database_in_memory_has_no_file(tmp_path: Path) -> None:
    assert database_path(open_engine("sqlite://", tmp_path)) is None
    assert database_path(open_engine("sqlite:///:memory:", tmp_path)) is None


def test_a_draft_without_its_mail_is_refused(store: Store) -> None:
    orphan = {"message_id": 99, "ordinal": 1, "received_at": NOW, "kind": "", "words": 0}
    row = {**orphan, "words_total": 0, "words_cjk": 0}
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(insert(drafts).values(row))


def test_forgetting_to_commit_undoes_everything(store: Store) -> None:
    with store.work() as uow:
        uow.facts.put("name", "kept", NOW)
        uow.commit()
    with store.work() as uow:
        uow.facts.put("name", "forgotten", NOW)

    with store.look() as uow:
        assert uow.facts.get("name") == "kept"


def test_a_failure_inside_undoes_everything(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.work() as uow:  # noqa: PT012
        uow.facts.put("name", "half done", NOW)
        raise ZeroDivisionError

    with store.look() as uow:
        assert uow.facts.get("name") is None


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


def test_two_processes_lose_no_update(tmp_path: Path) -> None:
    """Read, add one, write: with deferred transactions counts would vanish."""
    open_store(URL, tmp_path).close()
    counting = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(tmp_path), f"counter-{number}", URL],
            cwd=Path(__file__).parents[1],
        )
        for number in range(2)
    ]
    assert [process.wait(100) for process in counting] == [0, 0]

    store = open_store(URL, tmp_path)
    with store.look() as uow:
        assert uow.facts.get("count") == 100
    store.close()


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="naive"), store.work() as uow:
        uow.facts.put("name", 1, NAIVE)


def test_an_instant_comes_back_aware(store: Store) -> None:
    shanghai = datetime(2023, 4, 19, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    with store.work() as uow:
        uow.facts.put("name", 1, shanghai)
        uow.commit()

    with store.engine.connect() as connection:
        found = connection.execute(select(facts.c.at)).scalar_one()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


INSTANTS = st.datetimes(timezones=st.timezones(), min_value=NAIVE.replace(year=1900))


@given(first=INSTANTS, second=INSTANTS)
def test_stored_texts_sort_as_their_instants(first: datetime, second: datetime) -> None:
    """Whatever zone they were given in; equal widths, microseconds kept."""
    kind, dialect = Utc(), sqlite.dialect()
    one, two = (kind.process_bind_param(moment, dialect) for moment in (first, second))

    assert (one < two) == (first.astimezone(UTC) < second.astimezone(UTC))
    assert len(one) == len(two)
    assert kind.process_result_value(one, dialect) == first.astimezone(UTC)
