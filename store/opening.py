"""Opening a store by URL, brought to the newest revision."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from store.engine import open_engine
from store.unit_of_work import Store

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


class NewerDatabaseError(Exception):
    """The database was written by a newer program; this one must not touch it."""


def open_store(url: str, folder: Path) -> Store:
    """The store at its newest revision; a relative SQLite path starts at `folder`.

    Raises:
        NewerDatabaseError: The database is ahead of this program.
    """
    engine = open_engine(url, folder)
    found, newest = stored_revision(engine), newest_revision()
    if found is not None and found > newest:
        engine.dispose()
        raise NewerDatabaseError(found)
    if found != newest:
        from store.migrate import upgrade  # noqa: PLC0415  slow to import, rarely needed

        upgrade(engine)
    return Store(engine)


def stored_revision(engine: Engine) -> str | None:
    """The database's revision, None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest_revision() -> str:
    """The newest revision we know: they are numbered, and so are their files."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))
