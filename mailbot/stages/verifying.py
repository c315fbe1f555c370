"""Is everything we keep still whole? Read in full, changed in nothing; what is broken is named."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.stages.backups import always
from mailbot.stages.restoring import Place
from store import integrity
from store.archive import Archive, digest_of
from store.backup import Advance, BackupFolder
from store.integrity import Damaged

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `verify`: ✓ or ✗, what was found, what to do."""

    what: str
    good: bool
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Mails:
    """Rows against raw files.

    Attributes:
        spoilt: Files whose bytes are not what their name says.
        lost: Mails on record without a raw file.
        unknown: Raw files of which no record knows.
        purged: Number of mails whose raw file was deleted on purpose.
        undead: Raw files of such mails that are still, or again, there.
    """

    spoilt: tuple[str, ...]
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    total: int
    purged: int = 0
    undead: tuple[str, ...] = ()


def verify(place: Place, backups: BackupFolder | None, advance: Advance) -> Iterator[Finding]:
    """Every check in turn."""
    damage = _damage(place)
    restore = f"mailbot restore {backups.root if backups else '备份文件夹'} --replace"
    if damage:
        remedy = f"请停止 mailbot run，然后执行 {restore}；没有备份时用 mailbot rebuild 重建"
        yield Finding("数据库", good=False, found=f"已损坏（{damage}）", remedy=remedy)
    else:
        yield Finding("数据库", good=True, found=_counts(place))
    mails = compare(place, readable=not damage, advance=advance)
    yield from _told(mails, place.archive)
    if backups is not None and backups.exists():
        yield _newest(backups, advance)


def _damage(place: Place) -> str:
    try:
        integrity.full_check(place.database)
    except (Damaged, sqlite3.Error) as error:
        return str(error)[:120]
    return ""


def _counts(place: Place) -> str:
    rows = integrity.row_counts(place.database)
    names = (("邮件", "messages"), ("稿件", "drafts"), ("发出的信", "outbox"), ("操作", "acts"))
    return "完好：" + "、".join(f"{word}{rows.get(table, 0)}" for word, table in names)


def compare(place: Place, *, readable: bool, advance: Advance) -> Mails:
    """Rows against raw files; with an unreadable database the files alone."""
    known = set(integrity.digests_on_record(place.database)) if readable else set()
    locked = integrity.digests_never_copied(place.database) if readable else frozenset()
    purged = set(integrity.purged_digests(place.database)) if readable else set()
    gone = purged | (integrity.erased_digests(place.database) if readable else set())
    here, spoilt = set(), []
    for digest in place.archive.digests():
        path = place.archive.path(digest)
        here.add(digest)
        if digest_of(path) != digest:
            spoilt.append(digest)
        advance(1)
    unknown = here - known - purged
    if readable and unknown:  # a mail that came meanwhile has its row by now
        unknown -= set(integrity.digests_on_record(place.database))
    return Mails(
        spoilt=tuple(spoilt),
        lost=tuple(sorted(known - here - locked)),
        unknown=tuple(sorted(unknown)) if readable else (),
        total=len(here),
        purged=len(purged),
        undead=tuple(sorted(here & gone)),
    )


def _told(mails: Mails, archive: Archive) -> Iterator[Finding]:
    good = f"{mails.total}份，校验值全部一致"
    bad = f"{len(mails.spoilt)}份内容已改变：{_names(archive, mails.spoilt)}"
    remedy = "执行 mailbot verify --repair 从备份补回；补不回的请到邮箱中查找原件，用 import 导入"
    yield Finding(
        "邮件原件", not mails.spoilt, bad if mails.spoilt else good, remedy if mails.spoilt else ""
    )
    found = f"{len(mails.lost)}封登记过的邮件没有原件：{_names(archive, mails.lost)}"
    more = f"；另有{mails.purged}封已按保存期限删除" if mails.purged else ""
    yield Finding(
        "登记与原件", not mails.lost, found if mails.lost else f"每封登记的邮件都有原件{more}",
        remedy if mails.lost else "",
    )  # fmt: skip
    if mails.undead:
        yield Finding(
            "应已删除的原件", good=False,
            found=f"还有{len(mails.undead)}份超过保存期限，或已由办公室清除",
            remedy="停止 mailbot run 后，再执行一次 mailbot purge",
        )  # fmt: skip
    if mails.unknown:
        paths = _names(archive, mails.unknown)
        yield Finding(
            "未登记的原件", good=False, found=f"{len(mails.unknown)}份：{paths}",
            remedy="停止 mailbot run 后，用 mailbot import 加上述文件名，即可补登",
        )  # fmt: skip


def _names(archive: Archive, digests: Sequence[str]) -> str:
    more = "等" if len(digests) > _NAMED else ""
    return "、".join(str(archive.path(digest)) for digest in digests[:_NAMED]) + more


def _newest(backups: BackupFolder, advance: Advance) -> Finding:
    found = backups.snapshots()
    if not found:
        remedy = f"请执行 mailbot backup {backups.root}"
        return Finding("最新备份", good=False, found="没有完整的备份", remedy=remedy)
    try:
        backups.check(found[0], advance=advance, going=always)
    except Damaged as damage:
        remedy = f"请立即执行 mailbot backup {backups.root} 另做一份，并检查备份磁盘"
        return Finding("最新备份", good=False, found=f"已损坏（{damage}）", remedy=remedy)
    return Finding("最新备份", good=True, found=f"{found[0].name}，{found[0].mails}封邮件，完好")


def repair(place: Place, backups: BackupFolder, mails: Mails) -> tuple[str, ...]:
    """Bring spoilt and lost raw files back from the backup; returns those brought back."""
    source = backups.archive
    with place.archive.batch() as batch:
        brought = [
            digest
            for digest in (*mails.spoilt, *mails.lost)
            if batch.copy_in(source.path(digest), digest)
        ]
        batch.sync()
    return tuple(brought)
