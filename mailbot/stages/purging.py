"""Deleting what is kept no longer than needed; scores and the audit trail stay.

Order: rows first, in groups, then the raw files, last what no backup needs any more. Killed
anywhere, the next purge goes on: a raw file whose row says it was purged is simply deleted.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from mailbot import log
from mailbot.config_safety import RetentionConfig
from mailbot.rules.retention import months_before, without_personal
from mailbot.stages.papers import PREFIX
from mailbot.stages.receipts import forget_bare
from store.archive import Archive
from store.backup import BackupFolder
from store.disk import sync
from store.engine import empty_journal
from store.unit_of_work import Store

_GROUP = 200
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Purged:
    """What goes, or went.

    Attributes:
        mails: Mails past their time.
        size: Bytes of their raw files.
        leftovers: Raw files of mails purged or erased before, left by an interrupted purge or
            brought back.
        letters: Letters whose text and addresses are emptied.
        contacts: Addresses of which nothing was heard.
        in_backups: Raw files that older backups still need, and keep until they are thinned.
    """

    mails: int = 0
    size: int = 0
    leftovers: int = 0
    letters: int = 0
    contacts: int = 0
    in_backups: int = 0


@dataclass(frozen=True, slots=True)
class Purging:
    """All that purging needs."""

    store: Store
    archive: Archive
    retention: RetentionConfig
    backups: BackupFolder | None

    def plan(self, now: datetime) -> Purged:
        """What `run` would delete; nothing is changed."""
        keep = self.retention
        with self.store.look() as uow:
            mails = uow.retention.expired_mails(_before(now, keep.raw_mail_months))
            gone = uow.retention.gone_digests()
            letters = uow.retention.count_letters(_before(now, keep.letters_months), PREFIX)
            contacts = uow.retention.idle_contacts(_before(now, keep.contacts_idle_months))
        return Purged(
            mails=len(mails),
            size=sum(size for *_, size in mails),
            leftovers=sum(self.archive.has(digest) for digest in gone),
            letters=letters,
            contacts=len(contacts),
            in_backups=sum(1 for digest in self._in_backups(gone)),
        )

    def run(self, now: datetime, by: str, advance: Callable[[int], None]) -> Purged:
        """Delete; the act is on record with numbers, never with what was deleted."""
        planned = self.plan(now)
        keep = self.retention
        before = _before(now, keep.letters_months)
        with self.store.work() as uow:  # before mails: they tell who wrote lately
            idle = uow.retention.idle_contacts(_before(now, keep.contacts_idle_months))
            uow.retention.drop_contacts(idle)
            uow.retention.purge_letters(before, PREFIX)
            forget_bare(uow, now)
            uow.commit()
        self._purge_rows(now, advance)
        with self.store.look() as uow:
            gone = uow.retention.gone_digests()
        self._delete_files(gone)
        with self.store.work() as uow:
            uow.retention.merge_words()
            uow.acts.add(now, by, "purge", "store", _detail(planned))
            uow.commit()
        empty_journal(self.store.engine)
        if self.backups is not None and self.backups.exists():
            self.backups.forget(gone)
        log.event("purged", mails=planned.mails, letters=planned.letters)
        left = sum(1 for digest in self._in_backups(gone))
        return Purged(
            planned.mails, planned.size, planned.leftovers, planned.letters, planned.contacts, left
        )

    def _purge_rows(self, now: datetime, advance: Callable[[int], None]) -> None:
        before = _before(now, self.retention.raw_mail_months)
        while True:
            with self.store.work() as uow:
                some = uow.retention.expired_mails(before)[:_GROUP]
                if not some:
                    return
                uow.retention.purge_mails([number for number, *_ in some], now, without_personal)
                uow.commit()
            advance(len(some))

    def _delete_files(self, digests: Iterable[str]) -> None:
        folders = set()
        for digest in digests:
            path = self.archive.path(digest)
            with suppress(FileNotFoundError):
                path.unlink()
                folders.add(path.parent)
        for folder in folders:
            sync(folder)

    def _in_backups(self, digests: Iterable[str]) -> Iterable[str]:
        if self.backups is None or not self.backups.exists():
            return ()
        archive = self.backups.archive
        return (digest for digest in digests if archive.has(digest))


def _before(now: datetime, months: int) -> datetime:
    """Before when things go; 0 months = they are kept for ever."""
    return months_before(now, months) if months else _NEVER


def _detail(planned: Purged) -> dict[str, object]:
    return {
        "mails": planned.mails, "letters": planned.letters, "contacts": planned.contacts,
    }  # fmt: skip
