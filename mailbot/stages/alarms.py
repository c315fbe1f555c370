"""Emergencies on arrival: the event is opened or continued, the duty alerted at once (二·一)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.records.letters import EmergencyAlert
from mailbot.records.verdicts import EmergencyVerdict
from mailbot.rules.emergency_deadlines import alert_key
from mailbot.rules.our_letters import draft_answered, event_answered
from mailbot.stages.orders_proof import acknowledge_words
from mailbot.stages.post import Post, Stamper
from store.office import with_draft
from store.records import DraftRecord, EventRecord
from store.unit_of_work import UnitOfWork

EXCERPT = 160
MOST_REASONS = 8
_SAME_EVENT = timedelta(days=3)
_SAME_HOUR = timedelta(hours=2)


def record_event(
    uow: UnitOfWork, draft: DraftRecord, *, answering: str = ""
) -> tuple[EventRecord, bool]:
    """Open an event for this report, or add it to the one it continues; True when opened.

    `answering` is the subject of its mail: an answer to our letter on an event continues it.
    """
    events = uow.events.all()
    known = _answered(events, draft, answering) or _continued(events, draft)
    if known is None:
        event = _opened(draft)
        event_id = uow.events.add(event)
        found = uow.events.get(event_id)
    else:
        grown = with_draft(known, draft.id)
        changes: dict[str, object] = {
            "draft_ids": list(grown.draft_ids),
            "last_report_at": draft.received_at,
        }
        if known.written_at is None:
            changes["written_at"] = draft.received_at
        if known.reported_at is None:
            changes["reported_at"] = draft.reported_at
        if draft.emergency == "alert":
            changes["level"] = "alert"
        if draft.stage == "终报":
            changes.update(state="closed", closed_at=draft.received_at)
        uow.events.change(known.id, **changes)
        found = uow.events.get(known.id)
    assert found is not None
    return found, known is None


def _opened(draft: DraftRecord) -> EventRecord:
    return EventRecord(
        id=0,
        unit=draft.unit,
        title=draft.title,
        hazard=draft.hazard,
        level=draft.emergency,
        state="closed" if draft.stage == "终报" else "open",
        opened_at=draft.received_at,
        opened_by="mail",
        happened_earliest=draft.event_earliest,
        happened_latest=draft.event_latest,
        reported_at=draft.reported_at,
        written_at=draft.received_at,
        last_report_at=draft.received_at,
        closed_at=draft.received_at if draft.stage == "终报" else None,
        draft_ids=(draft.id,),
    )


def _continued(events: Sequence[EventRecord], draft: DraftRecord) -> EventRecord | None:
    """The event this draft belongs to: the draft it repeats, a 续报, or one phoned in before."""
    for event in reversed(events):
        if draft.same_item_as in event.draft_ids and _tells_it_again(draft):
            return event
    recent = [
        event
        for event in reversed(events)
        if event.unit == draft.unit
        and event.state == "open"
        and abs(draft.received_at - event.opened_at) <= _SAME_EVENT
    ]
    if draft.stage in ("续报", "终报"):
        return recent[0] if recent else None
    return next((event for event in recent if _phoned_in(event, draft)), None)


def _answered(
    events: Sequence[EventRecord], draft: DraftRecord, subject: str
) -> EventRecord | None:
    """The open event of the same unit whose letter, or whose report's receipt, is answered."""
    number, report = event_answered(subject), draft_answered(subject)
    return next(
        (
            event
            for event in events
            if (event.id == number or report in event.draft_ids)
            and event.unit == draft.unit
            and event.state == "open"
        ),
        None,
    )


def _tells_it_again(draft: DraftRecord) -> bool:
    """Another report under the same title, or with other figures, may be another emergency."""
    if draft.relation in ("exact", "revision"):
        return True
    return draft.relation in ("near", "other_unit") and draft.state != "counted"


def _phoned_in(event: EventRecord, draft: DraftRecord) -> bool:
    """An event the office opened whose written report is still owed is met by the next report."""
    if event.written_at is not None or event.opened_by == "mail":
        return False
    return abs(draft.received_at - event.opened_at) <= _SAME_HOUR or event.hazard == draft.hazard


def first_alert(
    uow: UnitOfWork,
    post: Post,
    config: Config,
    *,
    event: EventRecord,
    opened: bool,
    draft: DraftRecord,
    verdict: EmergencyVerdict,
    sender: str,
    now: datetime,
) -> int | None:
    """Queue the alert of one report, in the transaction that files it.

    Only the opening report bears a number: repetitions are counted from it.
    """
    letter = alert_letter(
        config, event, draft, verdict, sender=sender, repeat=0, now=now, stamp=post.stamp
    )
    key = alert_key(event.id, 0) if opened else f"alert/E{event.id}/draft-{draft.id}"
    concerns = (f"event:{event.id}",)
    return post.queue(
        uow,
        letter,
        key=key,
        lane="urgent",
        to=config.office.duty_addresses,
        now=now,
        concerns=concerns,
    )


def alert_letter(
    config: Config,
    event: EventRecord,
    draft: DraftRecord | None,
    verdict: EmergencyVerdict | None,
    *,
    sender: str,
    repeat: int,
    now: datetime,
    stamp: Stamper,
) -> EmergencyAlert:
    """The alert's context; a repetition is written from the records alone."""
    reasons = verdict.reasons + verdict.lateness.reasons if verdict else ()
    received = draft.received_at if draft else event.opened_at
    return EmergencyAlert(
        event=f"E{event.id}",
        level=event.level,
        repeat=repeat,
        unit=event.unit or "单位待核",
        title=draft.title if draft else event.title,
        hazard=event.hazard or ("突发事件" if draft else event.title),
        stage=draft.stage if draft else "",
        received_at=received,
        happened=happened_in_words(event),
        minutes=draft.minutes_to_report if draft else None,
        elapsed=max(0, int((now - received).total_seconds() // 60)),
        punctuality=draft.punctuality if draft else "不适用",
        present=verdict.present if verdict else (),
        missing=draft.elements_missing if draft else (),
        because=tuple(reason.because for reason in reasons if reason.points)[:MOST_REASONS],
        excerpt=_excerpt(draft),
        sender=sender,
        next_steps=_next_steps(config, event, draft),
        acknowledge=acknowledge_words(stamp, config, event.id, repeat),
        mailbox=config.smtp.from_,
        office=config.office.name,
        within=config.emergency.report_within_minutes,
        acknowledged=event.acknowledged_at,
    )


def happened_in_words(event: EventRecord) -> str:
    """Event time for readers: an instant, a range, or 待核."""
    start, end = event.happened_earliest, event.happened_latest
    if start is None or end is None:
        return "待核"
    first, last = shanghai(start), shanghai(end)
    words = f"{first.month}月{first.day}日{first:%H:%M}"
    if end - start < timedelta(minutes=1):
        return words
    tail = (
        f"{last:%H:%M}"
        if first.date() == last.date()
        else f"{last.month}月{last.day}日{last:%H:%M}"
    )
    return f"{words}至{tail}之间"


def _excerpt(draft: DraftRecord | None) -> str:
    text = " ".join(draft.text.split()) if draft else ""
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


def _next_steps(config: Config, event: EventRecord, draft: DraftRecord | None) -> tuple[str, ...]:
    steps = []
    if event.level == "review":
        steps.append("系统拿不准，请先打开原邮件核实是否确为突发事件")
    if draft is not None and not event.unit:
        steps += [doubt for doubt in draft.needs_review if doubt.startswith("报送单位待确认")]
    steps.append("核实情况后按程序报告局领导，并视情向市委、市政府值班室报告")
    if draft and draft.elements_missing:
        steps.append(f"请{event.unit or '报送单位'}补报：{'、'.join(draft.elements_missing)}")
    hours = f"{config.emergency.followup_hours:g}"
    if draft is not None and draft.stage == "终报":
        steps.append("核对处置是否完毕、伤亡和损失是否有变；没有办结的，请事发单位继续续报")
    else:
        steps.append(f"督促每{hours}小时续报一次，直到终报")
    return tuple(steps)
