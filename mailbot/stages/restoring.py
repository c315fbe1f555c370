"""From a backup back to work: verified first, then the old state or the new, never half.

Order: raw mails are added to the archive (harmless if it ends there), the key is put back,
the database is made ready beside the old one (newest revision, mails the archive knows and it
does not, sending on hold), and takes its place in one rename.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.errors import Refused
from mailbot.stages import orphans, secrecy, send_hold
from mailbot.stages.backups import KEY, always
from store import integrity
from store.archive import Archive
from store.backup import Advance, BackupFolder, Snapshot
from store.disk import copy_file, make_folder, write_file
from store.integrity import Damaged
from store.opening import open_store
from store.swap import InUse, fold, replace_database

_FILES_AT_ONCE = 100
_WORK = ("messages", "drafts", "acts", "outbox", "events", "commissions")
IN_USE = "另一个 mailbot 命令正在使用数据库，请等它结束后再试"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an office keeps its records."""

    database: Path
    archive: Archive
    state: Path


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought.

    Attributes:
        later: Mails of the surviving archive that came after the backup.
        aside: Where the old database lies now, None when there was none.
    """

    snapshot: Snapshot
    later: int
    aside: Path | None


def choose(folder: BackupFolder, name: str = "") -> Snapshot:
    """The newest copy, or the one named; Refused when there is none."""
    found = folder.snapshots()
    if not found:
        raise Refused(f"{folder.root} 里没有完整的备份")
    if not name:
        return found[0]
    named = [snapshot for snapshot in found if snapshot.name == name]
    if not named:
        raise Refused(f"没有名为 {name} 的备份，请用 mailbot restore {folder.root} --list 查看")
    return named[0]


def refuse_if_occupied(place: Place) -> None:
    """Refused when the database has records, or cannot even be read."""
    if not place.database.exists():
        return
    remedy = "确要用备份代替它，请加 --replace（原数据库会改名保留，不会删除）"
    try:
        rows = integrity.row_counts(place.database)
    except (Damaged, sqlite3.Error):
        raise Refused(f"现有数据库 {place.database} 已损坏或打不开。{remedy}") from None
    if any(rows.get(table) for table in _WORK):
        mails = rows.get("messages", 0)
        raise Refused(f"现有数据库 {place.database} 里已有记录（{mails}封邮件）。{remedy}")


def restore(
    place: Place, folder: BackupFolder, snapshot: Snapshot, now: datetime, advance: Advance
) -> Restored:
    """Bring a verified copy into place.

    Raises:
        Refused: The copy is damaged, or the database is in use; nothing was changed.
        OSError: The disk refused; the old state stands.
    """
    try:
        folder.check(snapshot, advance=advance, going=always)
    except Damaged as damage:
        raise Refused(_damaged(folder, snapshot, str(damage))) from None
    make_folder(place.database.parent)
    _bring_mails(place.archive, folder.archive, snapshot, advance)
    _bring_key(place.state, snapshot)
    fresh = place.database.with_name(f"{place.database.name}.restoring")
    later = _prepare(fresh, place.archive, snapshot, folder.dropped(), now)
    aside = place.database.with_name(f"{place.database.name}.before-{now:%Y%m%dT%H%M%S}")
    existed = place.database.exists()
    try:
        replace_database(fresh, place.database, aside)
    except InUse:
        raise Refused(IN_USE) from None
    log.event("restored", mails=snapshot.mails, later=later)
    return Restored(snapshot, later, aside if existed else None)


def _bring_mails(target: Archive, source: Archive, snapshot: Snapshot, advance: Advance) -> None:
    here = set(target.digests())
    digests: Sequence[str] = integrity.digests_on_record(snapshot.database)
    for start in range(0, len(digests), _FILES_AT_ONCE):
        some = digests[start : start + _FILES_AT_ONCE]
        with target.batch() as batch:
            for digest in some:
                if digest not in here:
                    batch.copy_in(source.path(digest), digest)
            batch.sync()
        advance(len(some))


def _bring_key(state: Path, snapshot: Snapshot) -> None:
    """The key stamps Message-IDs: with another one, nothing would be found in 已发送."""
    saved = snapshot.path / KEY
    if not saved.exists():
        return
    data, path = saved.read_bytes(), state / KEY
    if path.exists() and path.read_bytes() != data:
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        write_file(path.with_name(f"{KEY}.before-{mark}"), path.read_bytes())
    write_file(path, data)


def _prepare(
    fresh: Path, archive: Archive, snapshot: Snapshot, dropped: Collection[str], now: datetime
) -> int:
    """The database to be, complete but for its name; returns how many later mails it took in."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    copy_file(snapshot.database, fresh)
    store = open_store(f"sqlite:///{fresh}", fresh.parent)
    try:
        with store.work() as uow:
            later = orphans.take_in(uow, archive, archive.digests(), now)
            secrecy.lock_dropped(uow, [one for one in dropped if not archive.has(one)])
            for letter in uow.outbox.in_state("sending"):
                uow.outbox.settle(letter.id, "unknown", "恢复备份，正在核对“已发送”文件夹")
            send_hold.begin(uow, snapshot.made_at, now)
            detail = {"snapshot": snapshot.name, "later_mails": later}
            uow.acts.add(now, "cli", "restore", "store", detail)
            uow.commit()
    finally:
        store.close()
    fold(fresh)
    return later


def _damaged(folder: BackupFolder, snapshot: Snapshot, what: str) -> str:
    older = [other for other in folder.snapshots() if other.made_at < snapshot.made_at]
    hint = f"可改用较早的一份：加 --at {older[0].name}" if older else "请换另一个备份文件夹"
    return f"备份 {snapshot.name} 已损坏（{what}），没有恢复，现有数据未改动。{hint}"
