"""What units owe in an emergency (二·一): the first report, the written one, 续报."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.notice import EmergencyRule
from mailbot.records.obligations import Obligation
from mailbot.records.verdicts import Punctuality
from mailbot.rules.calendar import chinese_moment, local_day
from mailbot.rules.desk import Desk, state_of
from mailbot.rules.emergency_deadlines import EventClock, whole_minutes
from store.records import EventRecord

CLAUSE = "二·一"
FOLLOWUP_NEAR = timedelta(minutes=30)


def emergency_obligations(desk: Desk) -> Iterator[Obligation]:
    """First report, written report and 续报 of each emergency; they have letters of their own."""
    rule = desk.notice.emergency
    for event in desk.ledger.events:
        if event.state == "dismissed":
            continue
        if event.state == "closed" and local_day(event.opened_at) < desk.since:
            continue
        clock = EventClock(rule, event)
        yield _first_report(desk, event)
        if clock.office_opened:
            yield _written_report(desk, event)
        if clock.followup_due is not None and event.state == "open":
            yield _followup(desk, event, clock.followup_due)


def _first_report(desk: Desk, event: EventRecord) -> Obligation:
    """The 30 minutes from the event; the earlier of telephone and writing counts.

    An unknown or vague event time is never silently in time: the state is 待确认 then.
    """
    rule = desk.notice.emergency
    limit = timedelta(minutes=rule.report_within_minutes)
    counted = [_written(desk, event)]
    if desk.notice.open_questions.phone_report_stops_clock:
        counted.append(event.phoned_at)
    reported = min((instant for instant in counted if instant is not None), default=None)
    verdict, notes = "", ""
    if reported is not None:
        verdict, notes = _punctuality(event, reported, rule)
    elif event.written_at is not None:
        reported, verdict = event.written_at, "时间待核"
        notes = f"{chinese_moment(reported)}首报要素不全，补齐前不认定按时。"
    start = _clock_start(event, rule)[1] or event.happened_latest or event.opened_at
    return _obligation(
        desk,
        event,
        key=f"event/{event.id}/first",
        what=f"突发事件首报：{event.title}",
        start=start,
        due=start + limit,
        done=reported is not None,
        unsure=verdict == "时间待核",
        notes=notes,
    )


def _written(desk: Desk, event: EventRecord) -> datetime | None:
    """The written report that counts; one that lacks elements where the office counts none."""
    if desk.notice.open_questions.incomplete_first_report_counts:
        return event.written_at
    whole = (
        draft.received_at
        for draft in desk.ledger.drafts
        if draft.id in event.draft_ids and not draft.elements_missing
    )
    return min(whole, default=None)


def _clock_start(
    event: EventRecord, rule: EmergencyRule
) -> tuple[datetime | None, datetime | None, str]:
    """Earliest and latest instant from which the 30 minutes run, and its name."""
    if rule.clock_starts == "report" and event.reported_at is not None:
        return event.reported_at, event.reported_at, "接报"
    return event.happened_earliest, event.happened_latest, "事发"


def _punctuality(
    event: EventRecord, reported: datetime, rule: EmergencyRule
) -> tuple[Punctuality, str]:
    """Whether a first report came in time, however early or late the event may have been."""
    limit = timedelta(minutes=rule.report_within_minutes)
    earliest, latest, name = _clock_start(event, rule)
    if latest is None:
        return "时间待核", "事发时间待核，不能认定按时。"
    least, most = reported - latest, reported - (earliest or latest)
    if most > limit and rule.clock_starts == "report" and event.reported_at is None:
        return "时间待核", "从接报起算，接报时间待核。"
    when = f"{chinese_moment(reported)}首报，距{name}{whole_minutes(least)}"
    if least > limit:
        return "超时", f"{when}分钟，超时。"
    if most > limit:
        return "时间待核", f"{when}至{whole_minutes(most)}分钟，能否算按时待核。"
    return "按时", ""


def _written_report(desk: Desk, event: EventRecord) -> Obligation:
    limit = timedelta(minutes=desk.notice.emergency.report_within_minutes)
    due = event.opened_at + limit
    written = event.written_at
    notes = "电话报告之后仍须补报书面材料。" if event.phoned_at is not None else ""
    if written is not None and written > due:
        notes += f"{chinese_moment(written)}收到，超过时限{chinese_moment(due)}。"
    return _obligation(
        desk,
        event,
        key=f"event/{event.id}/written",
        what=f"突发事件书面报告：{event.title}",
        start=event.opened_at,
        due=due,
        done=written is not None,
        unsure=False,
        notes=notes,
    )


def _followup(desk: Desk, event: EventRecord, due: datetime) -> Obligation:
    reported = due - timedelta(hours=desk.notice.emergency.followup_hours)
    return _obligation(
        desk,
        event,
        key=f"event/{event.id}/followup/{reported:%Y%m%dT%H%M%S}",
        what=f"突发事件续报：{event.title}",
        start=reported,
        due=due,
        done=False,
        unsure=False,
        notes="报终报或由办公室办结后，不再续报。",
        near=due - FOLLOWUP_NEAR,
    )


def _obligation(
    desk: Desk,
    event: EventRecord,
    *,
    key: str,
    what: str,
    start: datetime,
    due: datetime,
    done: bool,
    unsure: bool,
    notes: str,
    near: datetime | None = None,
) -> Obligation:
    released = desk.exemption(key)
    state = state_of(
        desk.now,
        due,
        near or start,
        fulfilled=done and not unsure,
        exempt=bool(released),
        unsure=unsure,
    )
    return Obligation(
        key=key,
        unit=event.unit,
        what=what,
        column=None,
        period_label=f"{chinese_moment(event.opened_at)}登记",
        period_start=start,
        due=due,
        needed=1,
        done=int(done),
        state=state,
        clause=CLAUSE,
        fulfilled_by=event.draft_ids[:1] if done else (),
        explanation=released or notes,
        remindable=state in ("临期", "逾期"),
        kind="emergency",
    )
