"""A small office's records for the tests of backup, restore and rebuild."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot.stages.backups import KEY
from mailbot.stages.restoring import Place
from store.archive import Archive
from store.backup import BackupFolder, Snapshot, Sources
from store.opening import open_store
from store.records import MessageRecord, OutgoingMail
from store.unit_of_work import Store

NOW = datetime(2023, 5, 10, 1, 30, tzinfo=UTC)


def nobody_looks(_more: int) -> None:
    """Progress."""


def going() -> bool:
    """Nobody stops it."""
    return True


@dataclass(frozen=True)
class Records:
    """A database and an archive below a folder."""

    folder: Path

    @property
    def place(self) -> Place:
        state = self.folder / "data"
        return Place(state / "mailbot.db", self.archive, state)

    @property
    def archive(self) -> Archive:
        return Archive(self.folder / "data" / "archive")

    @property
    def backups(self) -> BackupFolder:
        return BackupFolder(self.folder / "backup")

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(f"sqlite:///{self.place.database}", self.folder)
        try:
            yield opened
        finally:
            opened.close()

    def receive(self, *names: str) -> list[str]:
        """Mails archived and on record; returns their digests."""
        digests = []
        with self.store() as store:
            for name in names:
                raw = f"Subject: {name}\r\nFrom: a@unit.example\r\n\r\n{name}\r\n".encode()
                digest = self.archive.keep(raw)
                record = MessageRecord(0, digest, len(raw), NOW, NOW, "filed", "other")
                with store.work() as uow:
                    uow.messages.add(record)
                    uow.commit()
                digests.append(digest)
        return digests

    def queue(self, key: str, *, lane: str = "receipt", subject: str = "回执") -> int:
        """A letter in the outbox, its Message-ID made of its key."""
        mail = OutgoingMail(key, lane, ("a@unit.example",), subject, "正文", "")  # type: ignore[arg-type]
        with self.store() as store, store.work() as uow:
            number = uow.outbox.add(mail, f"<{key}@office>", NOW)
            uow.commit()
        assert number is not None
        return number

    @property
    def digests(self) -> set[str]:
        """Mails on record."""
        with self.store() as store, store.look() as uow:
            return set(uow.messages.all_digests())

    def back_up(self, after: timedelta = timedelta()) -> Snapshot:
        key = self.place.state / KEY
        if not key.exists():
            key.write_bytes(b"k" * 32)
        sources = Sources(self.place.database, self.archive, {KEY: key})
        return self.backups.make(sources, NOW + after, advance=nobody_looks, going=going)

    def check(self, snapshot: Snapshot) -> None:
        self.backups.check(snapshot, advance=nobody_looks, going=going)


def records(folder: Path, *names: str) -> Records:
    """Records with some mails."""
    made = Records(folder)
    made.receive(*names)
    return made
