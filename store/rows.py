"""Between rows and records: names agree, so the translation is one function each way."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from importlib import import_module
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, RowMapping, Table

Record = TypeVar("Record")


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | frozenset):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def to_record(cls: type[Record], row: RowMapping) -> Record:
    """The record a row describes; columns the record lacks are left out."""
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    return cls(**{name: _frozen(row[name]) for name in names if name in row})


def to_records(cls: type[Record], rows: CursorResult[Any]) -> list[Record]:
    """The records of a result. Names are looked up once: a ledger has thousands of rows."""
    places = {name: place for place, name in enumerate(rows.keys())}
    width, known = len(places), fields(cls)  # type: ignore[arg-type]
    absent = [field for field in known if field.name not in places]
    defaults = [_default(field) for field in absent]
    places.update({field.name: width + at for at, field in enumerate(absent)})
    in_order = itemgetter(*[places[field.name] for field in known])
    return [
        cls(*[_frozen(one) if type(one) is list else one for one in in_order((*row, *defaults))])
        for row in rows
    ]


def _default(field: Field[Any]) -> Any:
    """What a record takes for a column that was not asked for."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    if field.default is MISSING:
        raise TypeError(f"column {field.name} was not asked for")
    return field.default


def to_row(record: Any, *, without: tuple[str, ...] = ("id",)) -> dict[str, Any]:
    """Column values of a record."""
    return {
        field.name: _plain(getattr(record, field.name))
        for field in fields(record)
        if field.name not in without
    }


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert unless a unique key is already there; returns whether a row was added."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = dialect.insert(table).on_conflict_do_nothing()
    # A row count is not told by every driver; the inserted row's key is.
    statement = statement.returning(*table.primary_key.columns)
    return connection.execute(statement, dict(values)).first() is not None


def new_id(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return its id."""
    key = connection.execute(table.insert(), dict(values)).inserted_primary_key
    assert key is not None
    return int(key[0])
