"""What the office did and asked: events, commissions, activities, exemptions, acts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from store.records import (
    ActivityRecord,
    ActRecord,
    CommissionRecord,
    EventRecord,
    ExemptionRecord,
)
from store.rows import new_id, to_record, to_records, to_row
from store.tables import activities, acts, commissions, events, exemptions


class Events:
    """Repository of emergencies (突发事件)."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, record: EventRecord) -> int:
        """Open an event."""
        return new_id(self._db, events, to_row(record))

    def get(self, event_id: int) -> EventRecord | None:
        """One event by id."""
        row = self._db.execute(select(events).where(events.c.id == event_id)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(EventRecord, found)

    def change(self, event_id: int, **values: Any) -> None:
        """Set columns of an event."""
        self._db.execute(update(events).where(events.c.id == event_id).values(**values))

    def all(self, *, only_open: bool = False) -> Sequence[EventRecord]:
        """Events, oldest first."""
        query = select(events).order_by(events.c.id)
        if only_open:
            query = query.where(events.c.state == "open")
        return [to_record(EventRecord, row) for row in self._db.execute(query).mappings()]

    def of_draft(self, draft_id: int) -> EventRecord | None:
        """The event a draft reports, if any."""
        found = [event for event in self.all() if draft_id in event.draft_ids]
        return found[-1] if found else None


class Commissions:
    """Repository of 约稿 and of activities with their next-day duty."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, record: CommissionRecord) -> int:
        """Ask a unit for a draft."""
        return new_id(self._db, commissions, to_row(record))

    def change(self, commission_id: int, **values: Any) -> None:
        """Set columns of a commission."""
        change = update(commissions).where(commissions.c.id == commission_id)
        self._db.execute(change.values(**values))

    def get(self, commission_id: int) -> CommissionRecord | None:
        """One commission by id."""
        found = [record for record in self.all() if record.id == commission_id]
        return found[0] if found else None

    def all(self) -> Sequence[CommissionRecord]:
        """Commissions, oldest first."""
        query = select(commissions).order_by(commissions.c.id)
        return [to_record(CommissionRecord, row) for row in self._db.execute(query).mappings()]

    def add_activity(self, record: ActivityRecord) -> int:
        """Register an activity."""
        return new_id(self._db, activities, to_row(record))

    def activities(self) -> Sequence[ActivityRecord]:
        """Activities, oldest first."""
        query = select(activities).order_by(activities.c.id)
        return [to_record(ActivityRecord, row) for row in self._db.execute(query).mappings()]

    def change_activity(self, activity_id: int, **values: Any) -> None:
        """Set columns of an activity."""
        change = update(activities).where(activities.c.id == activity_id)
        self._db.execute(change.values(**values))


class Acts:
    """The office's acts (append-only) and the exemptions they granted."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self, at: datetime, by: str, verb: str, subject: str, detail: Mapping[str, object]
    ) -> int:
        """Record an act."""
        record = ActRecord(0, at, by, verb, subject, detail)
        return new_id(self._db, acts, to_row(record))

    def of(self, subject: str) -> Sequence[ActRecord]:
        """Acts on one subject ("draft:12"), oldest first."""
        query = select(acts).where(acts.c.subject == subject).order_by(acts.c.id)
        return [to_record(ActRecord, row) for row in self._db.execute(query).mappings()]

    def about(self, subjects: Collection[str], verb: str) -> Sequence[ActRecord]:
        """Acts of one verb on any of the subjects, oldest first."""
        query = select(acts).where(acts.c.subject.in_(list(subjects)), acts.c.verb == verb)
        return to_records(ActRecord, self._db.execute(query.order_by(acts.c.id)))

    def all(self) -> Sequence[ActRecord]:
        """Every act, oldest first."""
        query = select(acts).order_by(acts.c.id)
        return [to_record(ActRecord, row) for row in self._db.execute(query).mappings()]

    def undo(self, act_id: int, by_act: int) -> None:
        """Mark an act as undone by a later one; the act itself stays."""
        self._db.execute(update(acts).where(acts.c.id == act_id).values(undone_by=by_act))

    def exempt(self, record: ExemptionRecord) -> int:
        """Release a unit from an obligation."""
        return new_id(self._db, exemptions, to_row(record))

    def revoke(self, obligation_key: str) -> None:
        """Take an exemption back; its row stays."""
        change = update(exemptions).where(exemptions.c.obligation_key == obligation_key)
        self._db.execute(change.values(revoked=True))

    def exemptions(self) -> Sequence[ExemptionRecord]:
        """Exemptions in force."""
        query = select(exemptions).where(exemptions.c.revoked.is_(False))
        return [to_record(ExemptionRecord, row) for row in self._db.execute(query).mappings()]


def with_draft(event: EventRecord, draft_id: int) -> EventRecord:
    """The event with one more report."""
    return replace(event, draft_ids=(*event.draft_ids, draft_id))
