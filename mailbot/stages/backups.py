"""Backups while the program runs: hourly, read again daily, thinned, and told when they fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from mailbot import log
from mailbot.clock import SHANGHAI
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.storage_health import (
    BACKUP_CHECK_FAILURE,
    BACKUP_CHECKED,
    BACKUP_FAILURE,
    BACKUP_LAST,
    last_backup,
    last_check,
)
from store.archive import Archive
from store.backup import Advance, BackupFolder, Busy, Going, Interrupted, Snapshot, Sources
from store.engine import database_path
from store.integrity import Damaged
from store.thinning import Keep, kept
from store.unit_of_work import Store, UnitOfWork

KEY = "signing.key"
SETTINGS = "config.toml"
_AGAIN = timedelta(minutes=10)
_NOT_A_FILE = "数据库不是 SQLite 文件，请用数据库自带的工具备份（如 pg_dump），并复制存档文件夹"


def ignore(_more: int) -> None:
    """Progress nobody looks at."""


def always() -> bool:
    """Nobody stops this."""
    return True


@dataclass(slots=True)
class Backups:
    """All that backups need.

    Attributes:
        state: Folder of the key that stamps our Message-IDs: without it, restored letters
            would not be recognised in 已发送 and leave twice.
    """

    store: Store
    archive: Archive
    config: Config
    state: Path
    _next_try: datetime | None = field(default=None)

    def run(self, now: datetime, going: Going = always) -> bool:
        """Make a backup, or read the newest again, if it is time; True when one was made."""
        folder = self.folder()
        if folder is None or database_path(self.store.engine) is None:
            return False
        if self._next_try is not None and now < self._next_try:
            return False
        made = self._due(now)
        if made:
            self._note(now, BACKUP_FAILURE, lambda: self._make_and_thin(folder, now, going))
        if self._check_due(now):
            self._note(now, BACKUP_CHECK_FAILURE, lambda: self._check(folder, now, going))
        return made

    def folder(self) -> BackupFolder | None:
        """The configured folder, None when none is."""
        name = self.config.backup.folder
        return BackupFolder(self.config.path(name)) if name else None

    def _due(self, now: datetime) -> bool:
        with self.store.look() as uow:
            last = last_backup(uow)
        return last is None or now - last >= timedelta(minutes=self.config.backup.every_minutes)

    def _check_due(self, now: datetime) -> bool:
        with self.store.look() as uow:
            checked, last = last_check(uow), last_backup(uow)
        hours = timedelta(hours=self.config.backup.verify_hours)
        return last is not None and (checked is None or now - checked >= hours)

    def _note(self, now: datetime, name: str, work: Callable[[], None]) -> None:
        """A failure is told and tried again in a while; a success ends the telling."""
        self._next_try = None
        try:
            work()
        except Interrupted:
            return
        except (Damaged, OSError, Busy) as trouble:
            self._next_try = now + _AGAIN
            log.alarm("backup_failed", step=name, reason=str(trouble)[:160])
            with self.store.work() as uow:
                uow.facts.put(name, explained(trouble, self.config.backup.folder), now)
                uow.commit()
            return
        with self.store.work() as uow:
            uow.facts.drop(name)
            uow.commit()

    def _make_and_thin(self, folder: BackupFolder, now: datetime, going: Going) -> None:
        self.make(folder, now, going=going)
        backup = self.config.backup
        keep = Keep(backup.keep_hourly, backup.keep_daily, backup.keep_monthly)
        folder.thin(lambda copies: kept(copies, keep, SHANGHAI))

    def make(
        self,
        folder: BackupFolder,
        now: datetime,
        *,
        advance: Advance = ignore,
        going: Going = always,
    ) -> Snapshot:
        """One backup into `folder`, on record.

        Raises:
            Refused: The database is not a file.
            Damaged, OSError, Busy, Interrupted: It failed; nothing half-made is left.
        """
        sources = self.sources()
        snapshot = folder.make(sources, now, advance=advance, going=going)
        value = {"at": snapshot.made_at.isoformat(), "mails": snapshot.mails}
        with self.store.work() as uow:
            uow.facts.put(BACKUP_LAST, value, now)
            uow.commit()
        log.event("backed_up", mails=snapshot.mails, missing=len(snapshot.missing))
        if snapshot.missing:
            raise Damaged(lost(len(snapshot.missing)))
        return snapshot

    def sources(self) -> Sources:
        """What is backed up; Refused when the database is no file."""
        database = database_path(self.store.engine)
        if database is None:
            raise Refused(_NOT_A_FILE)
        return Sources(database, self.archive, small_files(self.config, self.state))

    def _check(self, folder: BackupFolder, now: datetime, going: Going) -> None:
        newest = next(iter(folder.snapshots()), None)
        if newest is None:
            raise Damaged("no backup")
        folder.check(newest, advance=ignore, going=going)
        checked(self.store, newest, now)


def checked(store: Store, snapshot: Snapshot, now: datetime) -> None:
    """Put on record that this backup was read in full and is whole."""
    with store.work() as uow:
        _put_checked(uow, snapshot, now)
        uow.commit()
    log.event("backup_checked", mails=snapshot.mails)


def _put_checked(uow: UnitOfWork, snapshot: Snapshot, now: datetime) -> None:
    uow.facts.put(BACKUP_CHECKED, {"at": now.isoformat(), "name": snapshot.name}, now)
    uow.facts.drop(BACKUP_CHECK_FAILURE)


def small_files(config: Config, state: Path) -> Mapping[str, Path]:
    """Key and settings; passwords are in none of them."""
    found = {KEY: state / KEY, SETTINGS: config.folder / SETTINGS}
    if config.reading.cues_folder:
        cues = config.path(config.reading.cues_folder)
        found |= {path.name: path for path in cues.glob("*.toml") if path.name != SETTINGS}
    return {name: path for name, path in found.items() if path.is_file()}


def lost(number: int) -> str:
    """What is said of mails whose raw file is lost."""
    return f"有{number}封邮件的原件缺失或已改变，请运行 mailbot verify 查看"


def explained(trouble: Exception, folder: str | Path) -> str:
    """Why a backup failed and what to do, in one sentence."""
    if isinstance(trouble, Busy):
        return f"另一个程序正在往 {folder} 备份，稍后再试"
    if isinstance(trouble, Damaged):
        words = str(trouble)
        known = words if not words.isascii() else f"备份或数据库有损坏（{words[:80]}）"
        return known if "verify" in known else f"{known}。请运行 mailbot verify 查看"
    reason = getattr(trouble, "strerror", None) or str(trouble)
    remedy = "请检查这个文件夹所在的磁盘是否接好、已满或写保护"
    return f"备份没有成功：无法写入 {folder}（{reason}）。{remedy}"
