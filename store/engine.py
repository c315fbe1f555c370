"""How the database is opened: durable, one writer at a time, no surprises.

SQLite runs in WAL with synchronous=FULL; every writing transaction begins with
BEGIN IMMEDIATE, because a deferred one loses updates silently or fails at once
with "locked" despite the busy timeout (both measured). PostgreSQL gets the same
promise from one advisory lock, taken before a writing transaction's first read.
"""

import json
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from store.disk import make_folder

BUSY_MILLISECONDS = 10_000
READ_ONLY = "mailbot_read_only"

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
)


_WRITER_LOCK = 0x6D61696C  # "mail"; PostgreSQL keeps advisory locks apart by database
_BEGIN_WRITING = (
    f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}",
    "SET LOCAL synchronous_commit = on",
    f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})",
)
_BEGIN_READING = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",)


def open_engine(url: str, folder: Path | None = None) -> Engine:
    """An engine for `url`; a relative SQLite path starts at `folder`."""
    parsed = _anchored(make_url(url), folder)
    if parsed.get_backend_name() != "sqlite":
        return _server_engine(parsed)
    if parsed.database and parsed.database != ":memory:":
        make_folder(Path(parsed.database).parent)
    engine = create_engine(parsed, json_deserializer=_from_json)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _from_json(text: str) -> object:
    """Most lists on record are empty: they are not worth a parser's start."""
    return [] if text == "[]" else json.loads(text)


def _server_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)
    if url.get_backend_name() == "postgresql":
        event.listen(engine, "begin", _begin_on_server)
    return engine


def database_path(engine: Engine) -> Path | None:
    """The SQLite file, None for other databases."""
    name = engine.url.database
    is_file = engine.url.get_backend_name() == "sqlite" and name and name != ":memory:"
    return Path(name) if is_file and name else None


def empty_journal(engine: Engine) -> None:
    """What was overwritten shall not live on in SQLite's journal; waits for no reader."""
    if engine.url.get_backend_name() == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def _anchored(url: URL, folder: Path | None) -> URL:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return url
    path = Path(url.database)
    return url if folder is None or path.is_absolute() else url.set(database=str(folder / path))


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the begin hook alone opens transactions
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_on_server(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READ_ONLY)
    for statement in _BEGIN_READING if reads else _BEGIN_WRITING:
        connection.exec_driver_sql(statement)
