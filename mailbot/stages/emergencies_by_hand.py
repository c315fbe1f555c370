"""The office's hand on emergencies: opened when phoned in, acknowledged, closed."""

from dataclasses import replace
from datetime import datetime

from mailbot.errors import Refused
from store.records import EventRecord
from store.unit_of_work import UnitOfWork


def event_or_refuse(uow: UnitOfWork, event_id: int) -> EventRecord:
    """The event; Refused when there is none."""
    event = uow.events.get(event_id)
    if event is None:
        raise Refused(f"没有 E{event_id} 这个突发事件，请用 mailbot event list 查看")
    return event


def open_event(
    uow: UnitOfWork,
    *,
    unit: str,
    title: str,
    happened: datetime | None,
    by: str,
    now: datetime,
    phoned: bool = True,
    reported: datetime | None = None,
) -> int:
    """An event the office learnt of by telephone: the unit's written clock starts now.

    `phoned`: the unit itself reported it, which stops the 30 minutes (二·一); otherwise
    the office heard of it elsewhere. `reported`: when the unit learnt of it (接报).
    """
    event = EventRecord(
        id=0,
        unit=unit,
        title=title,
        hazard="",
        level="alert",
        state="open",
        opened_at=now,
        opened_by=by,
        happened_earliest=happened,
        happened_latest=happened,
        reported_at=reported,
        phoned_at=now if phoned else None,
    )
    event_id = uow.events.add(event)
    detail = {"unit": unit, "title": title, "phoned": phoned}
    uow.acts.add(now, by, "event-open", f"event:{event_id}", detail)
    return event_id


def acknowledge(uow: UnitOfWork, event_id: int, by: str, now: datetime) -> EventRecord:
    """Somebody on duty has taken notice: alerts stop for a while."""
    event = event_or_refuse(uow, event_id)
    if event.state != "open":
        raise Refused(f"E{event_id} 已经办结，无需确认")
    uow.events.change(event_id, acknowledged_at=now, acknowledged_by=by)
    uow.acts.add(now, by, "event-ack", f"event:{event_id}", {})
    return replace(event, acknowledged_at=now, acknowledged_by=by)


def follow_up(uow: UnitOfWork, event_id: int, by: str, now: datetime) -> EventRecord:
    """A 续报 came by another way than mail; its clock starts anew."""
    event = event_or_refuse(uow, event_id)
    if event.state != "open":
        raise Refused(f"E{event_id} 已经办结")
    changes = {"last_report_at": now, "written_at": event.written_at or now}
    uow.events.change(event_id, **changes)
    uow.acts.add(now, by, "event-followup", f"event:{event_id}", {})
    return event


def close(
    uow: UnitOfWork, event_id: int, by: str, now: datetime, *, dismissed: bool
) -> EventRecord:
    """终报 given, or (dismissed) found to be no emergency."""
    event = event_or_refuse(uow, event_id)
    if event.state != "open":
        raise Refused(f"E{event_id} 已经办结")
    state = "dismissed" if dismissed else "closed"
    uow.events.change(event_id, state=state, closed_at=now)
    uow.acts.add(now, by, f"event-{state}", f"event:{event_id}", {"before": event.state})
    return event
