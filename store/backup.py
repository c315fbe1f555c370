"""A folder of backups: whole copies of the database side by side, raw mails shared by hash.

    snapshots/20231120T083000Z/   mailbot.db, manifest.json, and small files (keys, settings)
    archive/ab/abc….eml           added to; what bears a mark of secrecy is taken out
    dropped.txt                   digests of what was taken out: missed by no older copy

A copy is made in a folder of another name, synced, and renamed last: what bears a time as
its name is complete, whatever instant the power failed or the program was killed.
"""

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from store import integrity
from store.archive import Archive, digest_of
from store.disk import copy_file, make_folder, remove_folder, sync, write_file
from store.integrity import Damaged

DATABASE, MANIFEST, DROPPED = "mailbot.db", "manifest.json", "dropped.txt"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = "%Y%m%dT%H%M%SZ"
_PARTIAL = ".partial-"
_TRIES = 3
_FILES_AT_ONCE = 100
FORMAT = 1

Advance = Callable[[int], None]
Going = Callable[[], bool]


class Interrupted(Exception):
    """Told to stop; nothing half-made is left."""


class Busy(Exception):
    """Another program is making a backup into the same folder."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One complete copy.

    Attributes:
        rows: Rows of each table.
        mails: Mails on record, all of whose raw files are in the shared archive but `missing`.
        missing: Digests whose raw file was lost or changed before this backup.
        files: sha256 of each file beside the manifest.
    """

    path: Path
    made_at: datetime
    revision: str
    rows: Mapping[str, int]
    mails: int
    missing: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """The folder's name: when it was made, UTC."""
        return self.path.name

    @property
    def database(self) -> Path:
        """The copy of the database."""
        return self.path / DATABASE


@dataclass(frozen=True, slots=True)
class Sources:
    """What is copied: the database, the raw archive, and small files by their name."""

    database: Path
    archive: Archive
    files: Mapping[str, Path] = field(default_factory=dict)


class BackupFolder:
    """A folder of backups."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.snapshots_folder = root / "snapshots"
        self.archive_folder = root / "archive"

    @property
    def archive(self) -> Archive:
        """The shared raw archive; its folder is made when missing."""
        return Archive(self.archive_folder)

    def exists(self) -> bool:
        """Whether backups were ever made here."""
        return self.snapshots_folder.is_dir()

    def snapshots(self) -> list[Snapshot]:
        """Complete copies whose manifest can be read, newest first."""
        if not self.exists():
            return []
        found = [_read_manifest(path) for path in sorted(self.snapshots_folder.iterdir())]
        whole = [snapshot for snapshot in found if snapshot is not None]
        return sorted(whole, key=lambda snapshot: snapshot.made_at, reverse=True)

    def make(self, sources: Sources, now: datetime, *, advance: Advance, going: Going) -> Snapshot:
        """Copy everything; complete or not there at all.

        Raises:
            Damaged: The source, or what was written, is not whole.
            Interrupted: `going` said no.
            OSError: The folder cannot be written.
            Busy: Another program is at it.
        """
        make_folder(self.snapshots_folder)
        with self._alone():
            self._sweep()
            made_at = self._free_name(now)
            partial = self.snapshots_folder / f"{_PARTIAL}{made_at:{_NAME}}"
            partial.mkdir()
            try:
                snapshot = self._fill(partial, sources, made_at, advance, going)
                sync(partial)
                partial.replace(snapshot.path)
                sync(self.snapshots_folder)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
        return snapshot

    def _fill(
        self, partial: Path, sources: Sources, made_at: datetime, advance: Advance, going: Going
    ) -> Snapshot:
        copy = partial / DATABASE
        rows = copy_database(sources.database, copy)
        files = {DATABASE: digest_of(copy)}
        for name, path in sources.files.items():
            files[name] = copy_file(path, partial / name)
        never = integrity.digests_never_copied(copy)
        digests = [name for name in integrity.digests_on_record(copy) if name not in never]
        missing = self._copy_mails(sources.archive, digests, advance, going)
        self._drop(never, back=digests)
        snapshot = Snapshot(
            path=self.snapshots_folder / f"{made_at:{_NAME}}",
            made_at=made_at,
            revision=_revision(copy),
            rows=rows,
            mails=len(digests),
            missing=tuple(missing),
            files=files,
        )
        write_file(partial / MANIFEST, _manifest(snapshot))
        return snapshot

    def _copy_mails(
        self, source: Archive, digests: Iterable[str], advance: Advance, going: Going
    ) -> list[str]:
        """Add what the shared archive lacks; returns the digests that could not be copied."""
        target = self.archive
        target.sweep()
        here = set(target.digests())
        todo = [digest for digest in digests if digest not in here]
        missing = []
        for start in range(0, len(todo), _FILES_AT_ONCE):
            with target.batch() as batch:
                for digest in todo[start : start + _FILES_AT_ONCE]:
                    if not going():
                        raise Interrupted
                    if not batch.copy_in(source.path(digest), digest):
                        missing.append(digest)
                    advance(1)
                batch.sync()
        return missing

    def dropped(self) -> frozenset[str]:
        """Digests of raw mails taken out on purpose, which older copies may still list."""
        path = self.root / DROPPED
        text = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
        return frozenset(line for line in text.split() if _DIGEST.fullmatch(line))

    def drop(self, digests: Iterable[str]) -> None:
        """Take raw mails out that must be in no backup.

        Raises:
            Busy: Another program is making a backup into this folder.
        """
        with self._alone():
            self._drop(digests)

    def _drop(self, digests: Iterable[str], back: Iterable[str] = ()) -> None:
        """Raw mails copied before it was known that they must not be: listed first, then deleted.

        Those of `back` were released since, and are copied and missed like any other.
        """
        doomed, listed = set(digests), self.dropped()
        if (now := (listed | doomed) - set(back)) != listed:
            write_file(self.root / DROPPED, "".join(f"{one}\n" for one in sorted(now)).encode())
            sync(self.root)
        for digest in doomed:
            path = self.archive.path(digest)
            if path.exists():
                path.unlink()
                sync(path.parent)

    def thin(self, stays: Callable[[list[datetime]], Iterable[datetime]]) -> int:
        """Remove the copies that need not stay; returns how many."""
        found = self.snapshots()
        keep = set(stays([snapshot.made_at for snapshot in found]))
        surplus = [snapshot for snapshot in found if snapshot.made_at not in keep]
        for snapshot in surplus:
            remove_folder(snapshot.path, doomed=lambda p: p.with_name(f"{_PARTIAL}{p.name}"))
        return len(surplus)

    def forget(self, digests: Iterable[str]) -> int:
        """Delete the raw mails among `digests` that no copy here needs any more; how many.

        Raises:
            Busy: Another program is making a backup into this folder.
        """
        archive = self.archive
        doomed = {digest for digest in digests if archive.has(digest)}
        if not doomed:
            return 0
        with self._alone():
            for snapshot in self.snapshots():
                doomed -= set(integrity.digests_on_record(snapshot.database))
            for digest in doomed:
                archive.path(digest).unlink(missing_ok=True)
            for folder in {archive.path(digest).parent for digest in doomed}:
                sync(folder)
        return len(doomed)

    def check(self, snapshot: Snapshot, *, advance: Advance, going: Going) -> None:
        """Read a copy in full: each file's hash, the database's structure, every raw mail.

        Raises:
            Damaged: Something is not as it was written.
            Interrupted: `going` said no.
        """
        for name, digest in snapshot.files.items():
            path = snapshot.path / name
            if not path.is_file() or digest_of(path) != digest:
                raise Damaged(f"{snapshot.name}/{name}")
        integrity.full_check(snapshot.database)
        if dict(integrity.row_counts(snapshot.database)) != dict(snapshot.rows):
            raise Damaged(f"{snapshot.name}: row counts")
        never = integrity.digests_never_copied(snapshot.database)
        lost = {*snapshot.missing, *never, *self.dropped()}
        for digest in integrity.digests_on_record(snapshot.database):
            if not going():
                raise Interrupted
            path = self.archive.path(digest)
            if digest not in lost and (not path.is_file() or digest_of(path) != digest):
                raise Damaged(f"archive/{path.parent.name}/{path.name}")
            advance(1)

    def _free_name(self, now: datetime) -> datetime:
        moment = now.astimezone(UTC).replace(microsecond=0)
        while (self.snapshots_folder / f"{moment:{_NAME}}").exists():
            moment += timedelta(seconds=1)
        return moment

    def _sweep(self) -> None:
        """What a killed predecessor left half-made."""
        for path in self.snapshots_folder.glob(f"{_PARTIAL}*"):
            shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; the lock goes with its process, however that ends."""
        with (self.root / "backup.lock").open("a") as lock:
            if not _lock(lock.fileno()):
                raise Busy
            yield


def _lock(handle: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415  POSIX only
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network folders know no locks
        return True
    return True


def copy_database(source: Path, target: Path) -> Mapping[str, int]:
    """A compact copy of a database in use (VACUUM INTO), checked and durable; its row counts.

    The source may be written to meanwhile: each table's count must lie between what it was
    before and after.

    Raises:
        Damaged: The source cannot be read, or the copy is not whole.
    """
    for _ in range(_TRIES):
        target.unlink(missing_ok=True)
        before = integrity.row_counts(source)
        with integrity.reading(source) as database:
            database.execute("VACUUM INTO ?", (str(target),))
        target.chmod(0o600)
        integrity.full_check(target)
        rows, after = integrity.row_counts(target), integrity.row_counts(source)
        if _between(rows, before, after):
            sync(target)
            return rows
    raise Damaged("row counts of the copy differ from the database")


def _between(rows: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    if rows.keys() != after.keys():
        return False
    return all(
        min(before.get(table, 0), after[table]) <= count <= max(before.get(table, 0), after[table])
        for table, count in rows.items()
    )


def _revision(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0])


def _manifest(snapshot: Snapshot) -> bytes:
    plain = asdict(snapshot)
    del plain["path"]
    plain |= {"format": FORMAT, "made_at": snapshot.made_at.isoformat()}
    body = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True)
    return json.dumps({"sha256": hashlib.sha256(body.encode()).hexdigest(), "body": body}).encode()


def _read_manifest(path: Path) -> Snapshot | None:
    """The copy in this folder; None for a half-made, foreign or unreadable one."""
    if path.name.startswith("."):
        return None
    try:
        outer: Any = json.loads((path / MANIFEST).read_bytes())
        body = str(outer["body"])
        if hashlib.sha256(body.encode()).hexdigest() != outer["sha256"]:
            return None
        plain = json.loads(body)
        return Snapshot(
            path=path,
            made_at=datetime.fromisoformat(plain["made_at"]),
            revision=plain["revision"],
            rows=plain["rows"],
            mails=plain["mails"],
            missing=tuple(plain["missing"]),
            files=plain["files"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
