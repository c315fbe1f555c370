"""The office's hand on emergencies: opened when phoned in, acknowledged, closed."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.errors import Refused
from store.records import EventRecord
from store.unit_of_work import UnitOfWork

_WATCHES_DIFFER = timedelta(minutes=5)


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
    phoned_at: datetime | None = None,
    reported: datetime | None = None,
) -> int:
    """An event the office learnt of by telephone: the unit's written clock starts now.

    `phoned`: the unit itself reported it, which stops the 30 minutes (二·一); otherwise
    the office heard of it elsewhere. `phoned_at`: when it called, if before now: an entry
    made late by the office makes no unit late. `reported`: when the unit learnt of it (接报).

    Raises:
        Refused: The call, the event, or its report to the unit lies in the future.
    """
    if max(phoned_at or now, happened or now, reported or now) > now + _WATCHES_DIFFER:
        raise Refused("时间还没有到，请核对事发时间、接报时间和来电时间")
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
        phoned_at=(phoned_at or now) if phoned else None,
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


def follow_up(
    uow: UnitOfWork, event_id: int, by: str, now: datetime, *, written: bool = False
) -> EventRecord:
    """A 续报 came by another way than mail; its clock starts anew.

    By telephone it leaves the first written report owed; `written` says that it is in writing
    (传真、工作群等), which settles that one too.
    """
    event = event_or_refuse(uow, event_id)
    if event.state != "open":
        raise Refused(f"E{event_id} 已经办结")
    changes = {"last_report_at": now}
    if event.written_at is None:
        changes["written_at" if written else "phoned_at"] = (
            now if written else event.phoned_at or now
        )
    uow.events.change(event_id, **changes)
    uow.acts.add(now, by, "event-followup", f"event:{event_id}", {"written": written})
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
