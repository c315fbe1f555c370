"""What the safekeeping of records left on record, and what of it needs attention.

Imports little: `status` starts with it.
"""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.stages.beginnings import FIRST_STARTED
from store.unit_of_work import UnitOfWork

BACKUP_LAST, BACKUP_FAILURE = "backup.last", "backup.failure"
BACKUP_CHECKED, BACKUP_CHECK_FAILURE = "backup.checked", "backup.check_failure"
DISK_LOW = "disk.low"
SEND_HOLD = "restore.hold"

NO_BACKUP = (
    "没有设置备份文件夹，磁盘损坏时全部记录会丢失。请在 [backup] folder 填写另一块磁盘上的文件夹"
)


def storage_problems(uow: UnitOfWork, config: Config, now: datetime) -> list[str]:
    """Sentences on backups, the disk and an unfinished restore."""
    return [*held(uow), *_backups(uow, config, now), *disk_problems(config)]


def held(uow: UnitOfWork) -> list[str]:
    """That letters wait after a restore, and for what."""
    hold = uow.facts.get(SEND_HOLD)
    if not hold or hold.get("released"):
        return []
    since = _moment(hold["snapshot_at"])
    waiting = f"刚从{since}的备份恢复，信件暂不发出：正在核对“已发送”和收件箱，"
    by_hand = "；也可人工核对后用 mailbot outbox release all 立即恢复"
    return [f"{waiting}已经发过的不再重发，核对完自动恢复发送{by_hand}"]


def _backups(uow: UnitOfWork, config: Config, now: datetime) -> list[str]:
    if not config.store.url.startswith("sqlite"):
        return []  # that database has tools of its own
    if not config.backup.folder:
        return [NO_BACKUP]
    problems = []
    limit = timedelta(hours=config.backup.warn_after_hours)
    last = last_backup(uow)
    started = uow.facts.get(FIRST_STARTED)
    if last is not None and now - last > limit:
        problems.append(f"最新备份是{_moment(last.isoformat())}的，已超过{_hours(limit)}小时")
    elif last is None and started and now - datetime.fromisoformat(str(started)) > limit:
        problems.append(f"运行{_hours(limit)}小时以上还没有一份备份")
    failures = (uow.facts.get(name) for name in (BACKUP_FAILURE, BACKUP_CHECK_FAILURE))
    return [*problems, *(str(failure) for failure in failures if failure)]


def on_one_disk(config: Config) -> bool:
    """Whether the backups would be lost together with the records."""
    ours = {_existing(folder).stat().st_dev for folder in store_folders(config)}
    return _existing(config.path(config.backup.folder)).stat().st_dev in ours


def last_backup(uow: UnitOfWork) -> datetime | None:
    """When the newest backup was made."""
    return _instant(uow.facts.get(BACKUP_LAST))


def last_check(uow: UnitOfWork) -> datetime | None:
    """When a backup was last read in full and found whole."""
    return _instant(uow.facts.get(BACKUP_CHECKED))


def disk_problems(config: Config) -> list[str]:
    """Whether the disks of database and archive have room."""
    return [no_room(free_room(config))] if short_of_room(config) else []


def free_room(config: Config) -> int:
    """Free bytes of the fuller disk of database and archive."""
    return min(free_bytes(folder) for folder in store_folders(config))


def short_of_room(config: Config) -> bool:
    """Whether there is too little room to fetch mail."""
    return free_room(config) < config.disk.stop_below


def no_room(free: int) -> str:
    """What is said of a disk that is nearly full."""
    return (
        f"磁盘只剩{free // 1_000_000}MB，已暂停收信（邮件留在服务器上，不会丢失），预警和回执照发。"
        "请清理磁盘，空间足够后自动恢复收信"
    )


def store_folders(config: Config) -> tuple[Path, ...]:
    """The folders of the archive and of the database, as far as it is a file."""
    folders = [config.path(config.store.archive)]
    scheme, mark, path = config.store.url.partition(":///")
    if mark and scheme.startswith("sqlite") and path:
        folders.append(config.path(path).parent)
    return tuple(folders)


def free_bytes(folder: Path) -> int:
    """Free space of the disk that holds, or will hold, `folder`."""
    return shutil.disk_usage(_existing(folder)).free


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _instant(value: object) -> datetime | None:
    if not isinstance(value, dict):
        return None
    return datetime.fromisoformat(str(value["at"]))


def _moment(text: str) -> str:
    local = shanghai(datetime.fromisoformat(text))
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
