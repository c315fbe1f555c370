"""Outgoing mail: a row a letter, unique by the reason it exists.

States: queued → sending → sent | deferred | failed | held | unknown. A letter
found in "sending" after a restart is "unknown": whether the server took it must
be learnt from a witness before any repeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, or_, select, update

from store.records import LANES, Lane, OutboxRecord, OutboxState, OutgoingMail
from store.rows import insert_once, to_record
from store.tables import outbox, outbox_attachments

_LANE_ORDER = case({lane: rank for rank, lane in enumerate(LANES)}, value=outbox.c.lane)


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter as far as the rules of reminders care."""

    key: str
    created_at: datetime
    concerns: tuple[str, ...]
    cancelled: bool


class Outbox:
    """Repository of outgoing mail within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, mail: OutgoingMail, message_id: str, now: datetime) -> int | None:
        """Queue a letter once; None if its key was already there."""
        values = {
            "key": mail.key,
            "lane": mail.lane,
            "to": list(mail.to),
            "subject": mail.subject,
            "state": "queued",
            "attempts": 0,
            "created_at": now,
            "message_id": message_id,
            "next_try": mail.not_before or now,
            "text": mail.text,
            "html": mail.html,
            "headers": dict(mail.headers),
            "concerns": list(mail.concerns),
            "delivered_to": [],
            "reason": "",
        }
        if not insert_once(self._db, outbox, values):
            return None
        query = select(outbox.c.id).where(outbox.c.key == mail.key)
        mail_id = int(self._db.execute(query).scalar_one())
        rows = [
            {"mail_id": mail_id, "name": name, "content_type": kind, "data": data}
            for name, kind, data in mail.attachments
        ]
        if rows:
            self._db.execute(outbox_attachments.insert(), rows)
        return mail_id

    def get(self, mail_id: int) -> OutboxRecord | None:
        """One letter by id."""
        row = self._db.execute(select(outbox).where(outbox.c.id == mail_id)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(OutboxRecord, found)

    def by_key(self, key: str) -> OutboxRecord | None:
        """The letter that exists for this reason."""
        row = self._db.execute(select(outbox).where(outbox.c.key == key)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(OutboxRecord, found)

    def attachments(self, mail_id: int) -> Sequence[tuple[str, str, bytes]]:
        """(name, content type, bytes) of a letter's attachments."""
        table = outbox_attachments
        query = select(table.c.name, table.c.content_type, table.c.data)
        rows = self._db.execute(query.where(table.c.mail_id == mail_id).order_by(table.c.id))
        return [(name, kind, bytes(data)) for name, kind, data in rows]

    def has_key(self, key: str) -> bool:
        """Whether a letter with this key was ever queued."""
        return self._db.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None

    def has_subject(self, subject: str, since: datetime) -> bool:
        """Whether a letter with this very subject was queued since."""
        query = select(outbox.c.id).where(outbox.c.subject == subject, outbox.c.created_at >= since)
        return self._db.execute(query.limit(1)).first() is not None

    def keys_like(self, prefix: str, since: datetime | None = None) -> Mapping[str, datetime]:
        """Keys that start with `prefix`, with the instants they were queued."""
        query = select(outbox.c.key, outbox.c.created_at).where(
            outbox.c.key.startswith(prefix, autoescape=True)
        )
        if since is not None:
            query = query.where(outbox.c.created_at >= since)
        return {row[0]: row[1] for row in self._db.execute(query)}

    def queued_since(self, since: datetime) -> Sequence[Queued]:
        """Letters queued since `since`, receipts left out."""
        table = outbox.c
        query = select(table.key, table.created_at, table.concerns, table.state).where(
            table.created_at >= since, table.lane != "receipt"
        )
        return [
            Queued(key, at, tuple(concerns), cancelled=state == "cancelled")
            for key, at, concerns, state in self._db.execute(query)
        ]

    def ready(
        self, now: datetime, limit: int = 100, *, without: Sequence[Lane] = ()
    ) -> Sequence[OutboxRecord]:
        """Letters whose time has come, urgent lane first, then oldest first."""
        first = (
            select(outbox.c.id)  # sorted without their texts: thousands may wait
            .where(
                outbox.c.state.in_(["queued", "deferred"]),
                outbox.c.lane.not_in(without),
                or_(outbox.c.next_try.is_(None), outbox.c.next_try <= now),
            )
            .order_by(_LANE_ORDER, outbox.c.created_at, outbox.c.id)
            .limit(limit)
        )
        query = select(outbox).where(outbox.c.id.in_(first.scalar_subquery()))
        query = query.order_by(_LANE_ORDER, outbox.c.created_at, outbox.c.id)
        return [to_record(OutboxRecord, row) for row in self._db.execute(query).mappings()]

    def in_state(self, *states: OutboxState) -> Sequence[OutboxRecord]:
        """Letters in any of these states, oldest first."""
        query = select(outbox).where(outbox.c.state.in_(states)).order_by(outbox.c.id)
        return [to_record(OutboxRecord, row) for row in self._db.execute(query).mappings()]

    def listing(self, state: str | None = None, limit: int = 1000) -> Sequence[OutboxRecord]:
        """Letters, newest first."""
        query = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(outbox.c.state == state)
        return [to_record(OutboxRecord, row) for row in self._db.execute(query).mappings()]

    def sent_between(self, start: datetime, end: datetime) -> Sequence[OutboxRecord]:
        """Letters sent in [start, end)."""
        query = select(outbox).where(outbox.c.sent_at >= start, outbox.c.sent_at < end)
        rows = self._db.execute(query.order_by(outbox.c.sent_at)).mappings()
        return [to_record(OutboxRecord, row) for row in rows]

    def count_sent_since(self, since: datetime) -> int:
        """Submissions since `since`, for the provider's budget."""
        query = select(func.count()).where(outbox.c.attempted_at >= since)
        return self._db.execute(query).scalar_one()

    def start(self, mail_id: int, now: datetime) -> bool:
        """Claim a letter for sending; False when somebody else did or it is not ready."""
        change = update(outbox).where(
            outbox.c.id == mail_id, outbox.c.state.in_(["queued", "deferred"])
        )
        values = {"state": "sending", "attempts": outbox.c.attempts + 1, "attempted_at": now}
        return self._db.execute(change.values(values)).rowcount == 1

    def settle(self, mail_id: int, state: OutboxState, reason: str, **values: Any) -> None:
        """Record what became of a letter."""
        change = update(outbox).where(outbox.c.id == mail_id)
        self._db.execute(change.values(state=state, reason=reason, **values))

    def by_message_id(self, message_id: str) -> OutboxRecord | None:
        """The letter with this Message-ID (for bounces and witnesses)."""
        row = self._db.execute(select(outbox).where(outbox.c.message_id == message_id)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(OutboxRecord, found)

    def counts(self) -> Mapping[str, int]:
        """Number of letters by state."""
        query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        return {row[0]: row[1] for row in self._db.execute(query)}

    def oldest_waiting(self) -> datetime | None:
        """When the oldest letter still to be sent was queued."""
        query = select(func.min(outbox.c.created_at)).where(
            outbox.c.state.in_(["queued", "deferred", "sending", "unknown"])
        )
        return self._db.execute(query).scalar_one_or_none()
