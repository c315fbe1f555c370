"""Is a SQLite file whole? Checked without changing it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

MOST_FAULTS = 20
ERASED = "；原件已从本系统清除"
"""Ends the reason of a locked mail whose raw file the office erased."""


class Damaged(Exception):
    """The database file is not whole; the text is SQLite's own words."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write.

    Raises:
        Damaged: SQLite cannot read the file.
    """
    if not path.is_file():
        raise Damaged(f"no such file: {path.name}")
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            yield database
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            raise
        raise Damaged(str(error)) from error


def quick_check(path: Path) -> None:
    """Every page is readable and well formed: what is done before each start.

    Raises:
        Damaged: It is not.
    """
    with reading(path) as database:
        faults = _faults(database, "PRAGMA quick_check")
    if faults:
        raise Damaged("; ".join(faults))


def full_check(path: Path) -> None:
    """Also every index against its table, and every foreign key.

    Raises:
        Damaged: Something does not fit.
    """
    with reading(path) as database:
        faults = _faults(database, "PRAGMA integrity_check")
        faults += [
            f"{table} row {row} points to a missing row of {parent}"
            for table, row, parent, _ in database.execute("PRAGMA foreign_key_check").fetchmany(
                MOST_FAULTS
            )
        ]
    if faults:
        raise Damaged("; ".join(faults))


def _faults(database: sqlite3.Connection, pragma: str) -> list[str]:
    found = [str(row[0]) for row in database.execute(f"{pragma}({MOST_FAULTS})")]
    return [] if found == ["ok"] else found


def row_counts(path: Path) -> Mapping[str, int]:
    """Rows of each table, all at one instant."""
    with reading(path) as database:
        database.execute("BEGIN")
        # not the index of words: its own tables are merged as they please
        names = database.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in sorted(names)
        }


def digests_on_record(path: Path) -> list[str]:
    """sha256 of every mail on record whose raw file shall exist, in the order of arrival."""
    return _digests(path, purged=False)


def purged_digests(path: Path) -> list[str]:
    """sha256 of every mail whose raw file was deleted on purpose."""
    return _digests(path, purged=True)


def _digests(path: Path, *, purged: bool) -> list[str]:
    with reading(path) as database:
        named = {row[1] for row in database.execute("PRAGMA table_info(messages)")}
        if "purged_at" not in named:  # a backup made before anything could be purged
            where = "WHERE 0" if purged else ""
        else:
            where = f"WHERE purged_at IS {'NOT ' if purged else ''}NULL"
        query = f"SELECT sha256 FROM messages {where} ORDER BY id"  # noqa: S608  our own words
        return [row[0] for row in database.execute(query)]


def erased_digests(path: Path) -> frozenset[str]:
    """sha256 of mails that bear a mark of secrecy and whose raw file was erased."""
    with reading(path) as database:
        query = "SELECT sha256 FROM messages WHERE kind = 'secret' AND reason LIKE '%' || ?"
        return frozenset(row[0] for row in database.execute(query, (ERASED,)))


def digests_never_copied(path: Path) -> frozenset[str]:
    """sha256 of mails whose raw file must be in no backup: those that bear a mark of secrecy."""
    with reading(path) as database:
        query = "SELECT sha256 FROM messages WHERE kind = 'secret'"
        return frozenset(row[0] for row in database.execute(query))
