"""`mailbot rebuild` from end to end: a new database is filled, compared and put in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.config import Config, StoreConfig
from mailbot.errors import Refused
from mailbot.stages import send_hold
from mailbot.stages.comparing import Comparison, compare
from mailbot.stages.rebuilding import Rebuilding
from mailbot.stages.restoring import IN_USE, Place
from mailbot.wiring import build_offline
from store.backup import Advance, BackupFolder, Snapshot, copy_database
from store.integrity import Damaged
from store.opening import open_store
from store.swap import InUse, fold, replace_database
from store.unit_of_work import Store

_SIDES = ("", "-wal", "-shm", "-journal")
_DECISIONS = "办公室的操作（更正、采用、批示、约稿、免除、确认）和发信记录"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where decisions of the office may be read from.

    Attributes:
        named: The backup folder given by hand; it goes before the present database.
        configured: The one of config.toml, if the present database cannot be read.
    """

    place: Place
    named: BackupFolder | None
    configured: BackupFolder | None


@dataclass(frozen=True, slots=True)
class Source:
    """The one that was read; `snapshot` None = the present database."""

    store: Store
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a rebuild found, and whether its database is in use now.

    Attributes:
        origin: Where decisions were read from, in Chinese; "" = nowhere.
        gone: What could not be carried over, in Chinese.
    """

    taken: bool
    origin: str
    gone: str
    mails: int
    drafts: int
    comparison: Comparison | None
    aside: Path | None

    def plain(self) -> dict[str, object]:
        """For --json."""
        found = self.comparison
        return {
            "taken": self.taken,
            "source": self.origin,
            "gone": self.gone,
            "mails": self.mails,
            "drafts": self.drafts,
            "added": found.added if found else self.mails,
            "lost": list(found.lost) if found else [],
            "differences": [
                {"sha256": one.sha256, "what": one.what, "fields": list(one.fields)}
                for one in (found.differences if found else ())
            ],
        }

    def lines(self, most: int) -> Iterator[str]:
        """For the clerk, with at most so many differences."""
        acts = f"操作记录取自{self.origin}" if self.origin else "没有操作记录可取"
        yield f"重建：{self.mails}封邮件、{self.drafts}篇稿件；{acts}"
        if self.gone:
            yield f"无法恢复：{self.gone}"
        if self.comparison is not None:
            yield from _compared(self.comparison, most)
        if self.taken:
            kept = f"；原数据库保留在 {self.aside}" if self.aside else ""
            yield f"已采用重建的数据库{kept}"
        else:
            yield "与原记录有出入，没有采用，原数据库未改动。核对后确要采用，请加 --accept 再执行"


def _compared(found: Comparison, most: int) -> Iterator[str]:
    if found.same:
        yield (
            f"与原记录逐条比较：全部相同；另补登{found.added}封"
            if found.added
            else ("与原记录逐条比较：全部相同")
        )
        return
    if found.lost:
        yield f"{len(found.lost)}封邮件缺少原件，不在重建结果中"
    yield f"与原记录逐条比较：{len(found.differences)}处不同"
    for difference in found.differences[:most]:
        yield f"  {difference}"


def rebuild(
    config: Config, sources: Sources, now: datetime, *, accept: bool, advance: Advance
) -> Report:
    """Fill a new database beside the old one, compare, and put it in place.

    Raises:
        Refused: The database is in use; nothing was changed.
    """
    database = sources.place.database
    fresh = database.with_name(f"{database.name}.rebuilding")
    _remove(fresh)
    with _source(sources) as source:
        changed = StoreConfig(url=f"sqlite:///{fresh}", archive=str(sources.place.archive.root))
        with build_offline(config.model_copy(update={"store": changed})) as desk:
            Rebuilding(
                fresh=desk.store,
                archive=desk.archive,
                source=source.store if source else None,
                file_waiting=lambda at: desk.filing.file_waiting(at, receipts=False),
                advance=advance,
            ).run(now)
            found = compare(source.store, desk.store) if source else None
            mails, drafts = _finish(desk.store, source, now)
        taken = accept or found is None or found.same
        aside = _put_in_place(fresh, database, now) if taken else None
        _remove(fresh)
        return Report(
            taken=taken,
            origin=_origin(source),
            gone=_gone(source),
            mails=mails,
            drafts=drafts,
            comparison=found,
            aside=aside,
        )


@contextmanager
def _source(sources: Sources) -> Iterator[Source | None]:
    """A copy of the first source that can be read in full, at the newest revision."""
    database = sources.place.database
    copy = database.with_name(f"{database.name}.rebuild-source")
    _remove(copy)
    candidates: list[tuple[Path, Snapshot | None]] = []
    for folder in (sources.named, None, sources.configured):
        if folder is None:
            candidates.append((database, None))
        else:
            candidates += [(one.database, one) for one in folder.snapshots()]
    found: Source | None = None
    for path, snapshot in candidates:
        if path.exists() and _readable_copy(path, copy):
            found = Source(open_store(f"sqlite:///{copy}", copy.parent), snapshot)
            break
    try:
        yield found
    finally:
        if found is not None:
            found.store.close()
        _remove(copy)


def _readable_copy(path: Path, copy: Path) -> bool:
    try:
        copy_database(path, copy)
    except Damaged:
        return False
    return True


def _finish(store: Store, source: Source | None, now: datetime) -> tuple[int, int]:
    """Put the rebuild on record; from a backup, letters wait for their witnesses."""
    with store.work() as uow:
        if source is not None and source.snapshot is not None:
            send_hold.begin(uow, source.snapshot.made_at, now)
        uow.acts.add(now, "cli", "rebuild", "store", {"source": _origin(source)})
        mails = sum(uow.messages.counts().values())
        uow.commit()
    with store.look() as uow:
        drafts = len(uow.drafts.since(datetime.min.replace(tzinfo=now.tzinfo)))
    return mails, drafts


def _put_in_place(fresh: Path, database: Path, now: datetime) -> Path | None:
    aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%S}")
    existed = database.exists()
    try:
        fold(fresh)
        replace_database(fresh, database, aside)
    except InUse:
        raise Refused(IN_USE) from None
    return aside if existed else None


def _origin(source: Source | None) -> str:
    if source is None:
        return ""
    return f"备份{source.snapshot.name}" if source.snapshot else "现有数据库"


def _gone(source: Source | None) -> str:
    if source is None:
        return f"没有可读的数据库或备份，{_DECISIONS}全部丢失"
    if source.snapshot is not None:
        return f"备份{source.snapshot.name}之后{_DECISIONS}"
    return ""


def _remove(path: Path) -> None:
    for suffix in _SIDES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
