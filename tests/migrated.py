"""A new SQLite store without all migrations: the tables of the first one this process migrated.

Every process migrates one for real; the migrations themselves are told in test_store_migrations.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import Connection, Engine

from store import migrate


class Schema:
    """The statements that make the tables, once somebody migrated a database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def learn(self, connection: Connection) -> None:
        """From a database that was migrated: all but what its statements make by themselves."""
        rows = connection.exec_driver_sql("PRAGMA table_list").all()
        shadows = {row[1] for row in rows if row[2] == "shadow"}
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        self.statements = [
            sql
            for name, table, sql in connection.exec_driver_sql(query)
            if table not in shadows and not name.startswith("sqlite_")
        ]
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        self.statements.append(f"INSERT INTO alembic_version VALUES ('{revision}')")

    def make(self, connection: Connection) -> None:
        """In a database that is empty."""
        for statement in self.statements:
            connection.exec_driver_sql(statement)


@contextmanager
def tables_copied() -> Iterator[None]:
    """While it lasts, an empty database gets the tables of the first."""
    with pytest.MonkeyPatch.context() as patch:
        upgrade = partial(_upgrade, migrate.upgrade, Schema())
        patch.setattr(migrate, "upgrade", upgrade)
        yield


def _upgrade(really: Callable[[Engine], None], schema: Schema, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        really(engine)
        return
    with engine.connect() as connection, connection.begin():
        empty = not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
        if empty and schema.statements:
            schema.make(connection)
            return
    really(engine)
    if empty:
        with engine.connect() as connection, connection.begin():
            schema.learn(connection)
