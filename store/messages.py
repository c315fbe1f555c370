"""Incoming mails, where they were seen, and how far each folder has been read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from store.records import (
    CloudLinkRecord,
    Cursor,
    FileRecord,
    MessageRecord,
    MessageState,
    Sighting,
)
from store.rows import insert_once, new_id, to_record, to_row
from store.tables import cloud_links, cursors, files, messages, sightings


class Messages:
    """Repository of incoming mails within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, record: MessageRecord) -> int | None:
        """Record a mail once, by its digest; None if it was already there."""
        if not insert_once(self._db, messages, to_row(record)):
            return None
        return self.id_of(record.sha256)

    def id_of(self, sha256: str) -> int | None:
        """Id of the mail with this digest."""
        found = self._db.execute(select(messages.c.id).where(messages.c.sha256 == sha256))
        return found.scalar_one_or_none()

    def get(self, message_id: int) -> MessageRecord | None:
        """One mail by id."""
        row = self._db.execute(select(messages).where(messages.c.id == message_id)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(MessageRecord, found)

    def by_header_id(self, header_id: str) -> Sequence[MessageRecord]:
        """Mails with this Message-ID; it only threads, several may share it."""
        return self._all(messages.c.message_id == header_id) if header_id else []

    def waiting(self, limit: int = 50, *, rank: int | None = None) -> Sequence[MessageRecord]:
        """Received but not yet filed: untried before those that failed, by rank, oldest first.

        With `rank`, those of this rank alone.
        """
        table = messages.c
        query = select(messages).where(table.state == "received")
        if rank is not None:
            query = query.where(table.rank == rank)
        order = (table.attempts, table.rank, table.received_at, table.id)
        query = query.order_by(*order).limit(limit)
        return [to_record(MessageRecord, row) for row in self._db.execute(query).mappings()]

    def count_waiting(self) -> int:
        """How many mails are received but not yet filed."""
        query = select(func.count()).where(messages.c.state == "received")
        return self._db.execute(query).scalar_one()

    def attempt(self, message_id: int) -> int:
        """Note that filing is about to be tried; returns how often it now was."""
        table = messages
        change = update(table).where(table.c.id == message_id)
        self._db.execute(change.values(attempts=table.c.attempts + 1))
        query = select(table.c.attempts).where(table.c.id == message_id)
        return int(self._db.execute(query).scalar_one())

    def first_attempts(self, message_ids: Sequence[int]) -> frozenset[int]:
        """Note the first attempt of those never tried before; returns which these are.

        One that kills the process leaves the others noted once too often; from then on each
        is noted alone, so that only the guilty one comes to its last attempt.
        """
        table = messages
        untried = (table.c.id.in_(list(message_ids)), table.c.attempts == 0)
        fresh = frozenset(self._db.execute(select(table.c.id).where(*untried)).scalars())
        self._db.execute(update(table).where(*untried).values(attempts=1))
        return fresh

    def forgive(self, message_id: int) -> None:
        """Take back what `attempt` noted: the failure was not the mail's."""
        table = messages
        change = update(table).where(table.c.id == message_id, table.c.attempts > 0)
        self._db.execute(change.values(attempts=table.c.attempts - 1))

    def settle(self, mail: int, state: MessageState, kind: str, reason: str, **known: Any) -> None:
        """Set what a mail turned out to be, with the header facts in `known`."""
        change = update(messages).where(messages.c.id == mail)
        self._db.execute(change.values(state=state, kind=kind, reason=reason, **known))

    def between(self, start: datetime, end: datetime) -> Sequence[MessageRecord]:
        """Mails received in [start, end), oldest first."""
        return self._all(and_(messages.c.received_at >= start, messages.c.received_at < end))

    def quarantined(self, since: datetime | None = None) -> Sequence[MessageRecord]:
        """Mails that could not be filed, those fetched since `since` alone if it is given."""
        aside = messages.c.state == "quarantined"
        return self._all(aside if since is None else and_(aside, messages.c.fetched_at >= since))

    def all_digests(self) -> Iterable[str]:
        """Digests of all mails on record."""
        return self._db.execute(select(messages.c.sha256)).scalars()

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Number of mails by (state, kind)."""
        query = select(messages.c.state, messages.c.kind, func.count()).group_by(
            messages.c.state, messages.c.kind
        )
        return {(state, kind): number for state, kind, number in self._db.execute(query)}

    def answered_today(self, sender: str, since: datetime, kinds: Sequence[str]) -> int:
        """Mails of `sender` received since `since` that are of one of `kinds`."""
        query = select(func.count()).where(
            messages.c.sender == sender,
            messages.c.received_at >= since,
            messages.c.kind.in_(kinds),
        )
        return self._db.execute(query).scalar_one()

    def add_file(self, record: FileRecord) -> int:
        """Record a file of a mail."""
        return new_id(self._db, files, to_row(record))

    def came_again(self, digests: Iterable[str]) -> frozenset[str]:
        """Which of these files (SHA-256) came with more than one mail."""
        table = files.c
        query = select(table.sha256).where(table.sha256.in_(list(digests))).group_by(table.sha256)
        query = query.having(func.count(table.message_id.distinct()) > 1)
        return frozenset(self._db.execute(query).scalars())

    def files_of(self, message_id: int) -> Sequence[FileRecord]:
        """Files of one mail in order."""
        query = select(files).where(files.c.message_id == message_id).order_by(files.c.id)
        return [to_record(FileRecord, row) for row in self._db.execute(query).mappings()]

    def unreadable_between(
        self, start: datetime, end: datetime
    ) -> Sequence[tuple[MessageRecord, FileRecord]]:
        """Files received in [start, end) that could not be read, with their mails."""
        query = (
            select(files)
            .join(messages, messages.c.id == files.c.message_id)
            .where(
                files.c.readable.is_(False),
                messages.c.received_at >= start,
                messages.c.received_at < end,
            )
            .order_by(files.c.id)
        )
        found = [to_record(FileRecord, row) for row in self._db.execute(query).mappings()]
        mails = {record.message_id: self.get(record.message_id) for record in found}
        return [(mail, file) for file in found if (mail := mails[file.message_id]) is not None]

    def add_cloud_link(self, record: CloudLinkRecord) -> int:
        """Record a big attachment that came as a link."""
        return new_id(self._db, cloud_links, to_row(record))

    def cloud_links_of(self, message_id: int) -> Sequence[CloudLinkRecord]:
        """Links of one mail."""
        query = select(cloud_links).where(cloud_links.c.message_id == message_id)
        return [to_record(CloudLinkRecord, row) for row in self._db.execute(query).mappings()]

    def cloud_links_expiring(self, start: datetime, end: datetime) -> Sequence[CloudLinkRecord]:
        """Links whose file vanishes in [start, end)."""
        query = select(cloud_links).where(
            cloud_links.c.expires_at >= start, cloud_links.c.expires_at < end
        )
        return [to_record(CloudLinkRecord, row) for row in self._db.execute(query).mappings()]

    def _all(self, condition: Any) -> Sequence[MessageRecord]:
        query = select(messages).where(condition).order_by(messages.c.received_at, messages.c.id)
        return [to_record(MessageRecord, row) for row in self._db.execute(query).mappings()]


class Cursors:
    """Repository of folders: cursors and sightings."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, folder: str, uid_validity: int) -> Cursor | None:
        """How far this folder has been read under this UIDVALIDITY."""
        query = select(cursors).where(
            cursors.c.folder == folder, cursors.c.uid_validity == uid_validity
        )
        row = self._db.execute(query).mappings().one_or_none()
        return None if row is None else to_record(Cursor, row)

    def put(self, cursor: Cursor) -> None:
        """Store a cursor; `last_uid` never moves backwards."""
        if insert_once(self._db, cursors, to_row(cursor)):
            return
        same = and_(
            cursors.c.folder == cursor.folder, cursors.c.uid_validity == cursor.uid_validity
        )
        self._db.execute(
            update(cursors)
            .where(same)
            .values(polled_at=cursor.polled_at, server_count=cursor.server_count)
        )
        self._db.execute(
            update(cursors)
            .where(same, cursors.c.last_uid < cursor.last_uid)
            .values(last_uid=cursor.last_uid)
        )

    def latest(self) -> Sequence[Cursor]:
        """The newest cursor of each folder."""
        query = select(cursors).order_by(cursors.c.folder, cursors.c.polled_at, cursors.c.id)
        newest = {
            row["folder"]: to_record(Cursor, row) for row in self._db.execute(query).mappings()
        }
        return list(newest.values())

    def see(self, message_id: int, sighting: Sighting) -> bool:
        """Record where a mail was seen; False if that place was known."""
        return insert_once(self._db, sightings, {"message_id": message_id, **to_row(sighting)})

    def seen_uids(self, folder: str, uid_validity: int, after: int = 0) -> frozenset[int]:
        """UIDs of this folder above `after` that are on record."""
        query = select(sightings.c.uid).where(
            sightings.c.folder == folder,
            sightings.c.uid_validity == uid_validity,
            sightings.c.uid > after,
        )
        return frozenset(self._db.execute(query).scalars())

    def sightings_of(self, message_id: int) -> Sequence[Sighting]:
        """Every place where this mail was seen."""
        query = select(sightings).where(sightings.c.message_id == message_id)
        return [to_record(Sighting, row) for row in self._db.execute(query).mappings()]

    def tally(self, folder: str, uid_validity: int) -> Mapping[str, int]:
        """Mails seen in this folder: recorded (drafts, commands), ignored, quarantined."""
        ignored = or_(messages.c.kind.in_(["bounce", "auto_reply", "other"]))
        query = (
            select(messages.c.state, ignored, func.count())
            .join(sightings, sightings.c.message_id == messages.c.id)
            .where(sightings.c.folder == folder, sightings.c.uid_validity == uid_validity)
            .group_by(messages.c.state, ignored)
        )
        result = {"recorded": 0, "ignored": 0, "quarantined": 0}
        for state, is_ignored, number in self._db.execute(query):
            name = (
                "quarantined" if state == "quarantined" else "ignored" if is_ignored else "recorded"
            )
            result[name] += number
        return result
