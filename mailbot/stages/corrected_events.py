"""What a corrected draft does to its emergency: opened and alerted, renamed, or denied."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.config import Config
from mailbot.records.verdicts import EmergencyVerdict
from mailbot.stages import alarms
from mailbot.stages.post import Post
from store.records import DraftRecord, EventRecord
from store.unit_of_work import UnitOfWork

_TIMES = frozenset(
    {
        *("happened_earliest", "happened_latest", "reported_at"),
        *("written_at", "last_report_at", "closed_at"),
    }
)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who corrects, when, and by which notice and post."""

    config: Config
    post: Post
    by: str
    now: datetime


def follow(
    uow: UnitOfWork, hand: Hand, *, was: DraftRecord, draft: DraftRecord
) -> Mapping[str, object]:
    """Bring the event of a draft in line with its correction.

    Args:
        uow: The correction's own transaction.
        hand: Whose correction it is.
        was: The draft before.
        draft: The draft after; already stored.

    Returns:
        What `put_back` needs; empty when no event was touched.
    """
    known = uow.events.of_draft(draft.id)
    if draft.emergency == "none":
        return _changed(uow, known, _denied(uow, known, draft, hand.now)) if known else {}
    if known is None:
        return _raise(uow, hand, draft) if was.emergency == "none" else {}
    changes: dict[str, object] = {}
    if draft.unit != was.unit and known.unit == was.unit:
        changes["unit"] = draft.unit
    if (draft.event_earliest, draft.event_latest) != (was.event_earliest, was.event_latest):
        changes |= {
            "happened_earliest": draft.event_earliest,
            "happened_latest": draft.event_latest,
        }
    if draft.reported_at != was.reported_at:
        changes["reported_at"] = draft.reported_at
    if draft.emergency != was.emergency:
        changes["level"] = draft.emergency
        if known.state == "dismissed":
            changes |= {"state": "open", "closed_at": None}
    undoing = _changed(uow, known, changes)
    if draft.emergency == "alert" and "level" in changes:
        _alert(uow, hand, known.id, draft, opened=False)
    return undoing


def put_back(uow: UnitOfWork, undoing: Mapping[str, Any], now: datetime) -> None:
    """Undo what `follow` did; an event it opened is dismissed, for its alert went out."""
    if not undoing:
        return
    if undoing.get("opened"):
        uow.events.change(int(undoing["id"]), state="dismissed", closed_at=now)
        return
    before = {
        name: datetime.fromisoformat(value) if name in _TIMES and value else value
        for name, value in undoing["before"].items()
    }
    uow.events.change(int(undoing["id"]), **before)


def _raise(uow: UnitOfWork, hand: Hand, draft: DraftRecord) -> Mapping[str, object]:
    """As if it had arrived so: the event is opened or continued, the duty alerted at once."""
    before = {event.id: event for event in uow.events.all()}
    event, opened = alarms.record_event(uow, draft)
    _alert(uow, hand, event.id, draft, opened=opened)
    if opened:
        return {"id": event.id, "opened": True}
    return _difference(before[event.id], event)


def _alert(uow: UnitOfWork, hand: Hand, event_id: int, draft: DraftRecord, *, opened: bool) -> None:
    event = uow.events.get(event_id)
    mail = uow.messages.get(draft.message_id)
    assert event is not None
    verdict = EmergencyVerdict("alert" if draft.emergency == "alert" else "review")
    sender = mail.sender if mail else ""
    alarms.first_alert(
        uow,
        hand.post,
        hand.config,
        event=event,
        opened=opened,
        draft=draft,
        verdict=verdict,
        sender=sender,
        now=hand.now,
    )


def _denied(
    uow: UnitOfWork, event: EventRecord, draft: DraftRecord, now: datetime
) -> dict[str, object]:
    """The event without this report; without any report it was none."""
    rest = [number for number in event.draft_ids if number != draft.id]
    if not rest and event.opened_by == "mail":
        if event.state == "dismissed":
            return {}
        return {"state": "dismissed", "closed_at": now}
    reports = sorted(found.received_at for n in rest if (found := uow.drafts.get(n)) is not None)
    changes: dict[str, object] = {"draft_ids": rest}
    if event.written_at == draft.received_at:  # else the written report is owed again
        changes["written_at"] = reports[0] if reports else None
    if event.last_report_at == draft.received_at:
        changes["last_report_at"] = reports[-1] if reports else None
    return changes


def _changed(
    uow: UnitOfWork, event: EventRecord, changes: Mapping[str, object]
) -> Mapping[str, object]:
    if not changes:
        return {}
    uow.events.change(event.id, **changes)
    after = uow.events.get(event.id)
    assert after is not None
    return _difference(event, after)


def _difference(before: EventRecord, after: EventRecord) -> Mapping[str, object]:
    names = [
        name for name in EventRecord.__slots__ if getattr(before, name) != getattr(after, name)
    ]
    return {"id": before.id, "before": {name: _plain(getattr(before, name)) for name in names}}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
