"""What the disk or the database refuses, told to the operator in one line with the remedy."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot.config import Config
from mailbot.errors import ConfigError, Refused
from store import integrity
from store.engine import database_path, open_engine
from store.integrity import Damaged

_REMEDIES = {
    errno.ENOSPC: "磁盘已满，请清理出空间后再运行",
    errno.EDQUOT: "磁盘配额已用完，请清理出空间后再运行",
    errno.EROFS: "磁盘是只读的，请检查磁盘是否损坏或写保护，恢复可写后再运行",
    errno.EACCES: "没有写入权限，请检查文件夹属于哪个用户",
    errno.EPERM: "没有写入权限，请检查文件夹属于哪个用户",
    errno.EIO: "磁盘读写出错，请尽快备份并更换磁盘",
}
_PHRASES = {
    "database or disk is full": _REMEDIES[errno.ENOSPC],
    "readonly database": "数据库不可写：请检查磁盘是否只读或写保护、文件属于哪个用户",
    "unable to open database file": "打不开数据库文件：请检查文件夹是否存在、可写，磁盘是否只读",
    "disk I/O error": _REMEDIES[errno.EIO],
    "database is locked": "另一个程序长时间占用数据库，请稍后再试",
}
_DAMAGED = ("malformed", "not a database", "file is encrypted")


@contextmanager
def told(config: Config) -> Iterator[None]:
    """Translates what the database and the disk raise inside the block.

    Raises:
        ConfigError: The database is damaged, or its disk cannot be used.
    """
    try:
        yield
    except Exception as error:
        if (found := explained(error, config)) is None:
            raise
        raise found from error


def explained(error: Exception, config: Config) -> ConfigError | None:
    """The operator's words for a refusal of disk or database; None for any other error."""
    if isinstance(error, OSError):
        remedy = _REMEDIES.get(error.errno or 0)
        where = f"（{error.filename}）" if error.filename else ""
        return ConfigError("store", f"无法写入数据{where}", remedy) if remedy else None
    cause = getattr(error, "orig", error)
    if not isinstance(cause, sqlite3.DatabaseError):
        return None
    words = str(cause)
    if any(phrase in words for phrase in _DAMAGED):
        return damaged(config, words)
    for phrase, remedy in _PHRASES.items():
        if phrase in words:
            return ConfigError("store.url", "数据库暂时不能用", remedy)
    return None


def damaged(config: Config, words: str) -> ConfigError:
    """What is said of a damaged database, with the way back."""
    folder = config.path(config.backup.folder) if config.backup.folder else "备份文件夹"
    remedy = (
        f"请停止 mailbot run，以免损坏扩大，再执行 mailbot restore {folder} --replace 从备份恢复；"
        "没有备份时执行 mailbot rebuild 从邮件原件重建"
    )
    return ConfigError("store.url", f"数据库已损坏（{words[:60]}）", remedy)


def refuse_damaged(config: Config) -> None:
    """Before the program works on it: is every page of the database readable?

    Raises:
        ConfigError: It is damaged.
    """
    engine = open_engine(config.store.url, config.folder)
    database = database_path(engine)
    engine.dispose()
    if database is None or not database.exists():
        return
    try:
        integrity.quick_check(database)
    except Damaged as damage:
        raise damaged(config, str(damage)) from None


def sqlite_file(database: Path | None) -> Path:
    """The database file; Refused where the database is none."""
    if database is None:
        raise Refused("这个命令只用于 SQLite 数据库；PostgreSQL 请用 pg_dump 和 pg_restore")
    return database
