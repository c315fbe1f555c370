"""Putting another database in the place of the present one: the old one or the new, never half."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from store.disk import sync

_SIDE_FILES = ("-wal", "-shm", "-journal")


class InUse(Exception):
    """Another program has the database open."""


def fold(path: Path) -> None:
    """Bring everything into the one file, durably, and leave no side files.

    Raises:
        InUse: Another connection keeps the write-ahead log open.
        sqlite3.DatabaseError: The file is damaged.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=2)) as database:
        try:
            database.execute("PRAGMA synchronous=FULL")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            mode = database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise InUse from error
            raise
    if mode != "delete":
        raise InUse
    sync(path)


def replace_database(new: Path, path: Path, aside: Path) -> None:
    """`new` takes the place of `path`; what was there stays at `aside`.

    `new` must have been folded. A stale write-ahead log beside the new file would be read as
    its own, so the old file is folded first; a damaged one has its log moved aside with it.

    Raises:
        InUse: Another program has the old database open.
    """
    if path.exists():
        try:
            fold(path)
        except sqlite3.DatabaseError:
            _move_side_files(path, aside)
        _keep(path, aside)
    else:
        _move_side_files(path, aside)
    new.replace(path)
    sync(path.parent)


def _move_side_files(path: Path, aside: Path) -> None:
    for suffix in _SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.replace(aside.with_name(aside.name + suffix))
    sync(path.parent)


def _keep(path: Path, aside: Path) -> None:
    """A second name for the old file; a copy where the disk knows no second names."""
    aside.unlink(missing_ok=True)
    try:
        os.link(path, aside)
    except OSError:
        shutil.copyfile(path, aside)
        sync(aside)
    with suppress(OSError):
        aside.chmod(0o600)
