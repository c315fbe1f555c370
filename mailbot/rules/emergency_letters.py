"""Letters of emergencies: at any hour, each number of an alert or chase once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import EmergencyDuty, Nudge, Obligation, PlannedLetter
from mailbot.rules.calendar import chinese_moment
from mailbot.rules.emergency_deadlines import (
    EventClock,
    alert_key,
    emergency_duties,
    followup_key,
    missed_key,
    remind_key,
)
from store.records import EventRecord


def emergency_letters(
    notice: Notice, ledger: Ledger, now: datetime, owed: Iterable[Obligation] = ()
) -> tuple[PlannedLetter, ...]:
    """Alerts to the office's duty, reminders to the unit, 漏报 candidates, due at `now`.

    `owed` are the obligations of emergencies, to be named in the letters that chase them.
    """
    duties = emergency_duties(notice, ledger, now)
    if not duties:
        return ()
    keys = {nudge.key for nudge in ledger.nudges}
    chased = [duty for duty in owed if duty.kind == "emergency" and duty.open]
    events = {event.id: event for event in ledger.events}
    found = [
        letter for duty in duties for letter in _letters(notice, events[duty.event_id], duty, now)
    ]
    return tuple(_naming(letter, chased) for letter in found if letter.key not in keys)


_CHASES = {"emergency_reminder": "written", "missed_candidate": "written", "followup": "followup"}


def _naming(letter: PlannedLetter, owed: list[Obligation]) -> PlannedLetter:
    """The letter with the obligations it chases; an alert names all that is open."""
    stem = f"event/{letter.event_id}/{_CHASES.get(letter.kind, '')}"
    return replace(letter, obligations=tuple(duty for duty in owed if duty.key.startswith(stem)))


def _letters(
    notice: Notice, event: EventRecord, duty: EmergencyDuty, now: datetime
) -> Iterator[PlannedLetter]:
    unit, number = event.unit, duty.alert_number
    if number is not None:
        reason = "突发事件预警" if number == 0 else f"无人确认，第{number}次重发预警"
        yield _letter("alert", event, (), alert_key(event.id, number), reason)
    row = notice.unit_by_name.get(unit)
    to = row.reminder_addresses if row else ()
    second = tuple(dict.fromkeys((*to, *(row.escalate_to if row else ()))))
    for minutes in duty.unit_reminders_due:
        last = minutes >= max(notice.emergency.remind_minutes)
        reason = f"登记已{minutes}分钟，书面首报未到"
        key = remind_key(event.id, minutes)
        yield _letter("emergency_reminder", event, second if last else to, key, reason)
    if duty.followup_number is not None and duty.followup_due is not None:
        reported = EventClock(notice.emergency, event).last_report
        assert reported is not None
        key = followup_key(event.id, reported, duty.followup_number)
        reason = f"应在{chinese_moment(duty.followup_due)}前续报，尚未收到"
        yield _letter("followup", event, second if duty.followup_number else to, key, reason)
    if duty.written_due is not None and now >= duty.written_due:
        limit = notice.emergency.report_within_minutes
        lacking = "报告" if event.phoned_at is None else "书面报告（按设置，电话报告不算）"
        reason = (
            f"登记后{limit}分钟内没有收到该单位的{lacking}，是否漏报请办公室核定"
            if duty.missed_candidate
            else f"已电话报告，登记后{limit}分钟内没有收到书面首报"
        )
        yield _letter("missed_candidate", event, (), missed_key(event.id), reason)


def _letter(
    kind: Literal["alert", "emergency_reminder", "followup", "missed_candidate"],
    event: EventRecord,
    to: tuple[str, ...],
    key: str,
    reason: str,
) -> PlannedLetter:
    """A letter about an event; without addresses it goes to the office's duty."""
    unreachable = kind in ("emergency_reminder", "followup") and not to
    if unreachable:
        reason += "；该单位没有登记邮箱，请办公室电话催报"
    return PlannedLetter(kind, event.unit, to, key, f"{reason}。", event_id=event.id)


def urgent_still_due(key: str, notice: Notice, ledger: Ledger, now: datetime) -> bool:
    """Whether an emergency letter still has a purpose when it is about to be sent.

    The first alert always has; a repeat not once the event is acknowledged or closed; a
    chase not once the report is here. Of several that could not be sent, only the last goes.
    """
    kind, _, rest = key.partition("/E")
    number, _, tail = rest.partition("/")
    event = next((event for event in ledger.events if str(event.id) == number), None)
    # Besides the first, every report has an alert of its own ("draft-12"): those always go.
    repeat = kind != "alert" or (tail.isdecimal() and int(tail) > 0)
    if event is None or not repeat:
        return True
    if event.state != "open" or _overtaken(key, ledger.nudges):
        return False
    if kind == "alert":
        return not EventClock(notice.emergency, event).acknowledged(now)
    if kind == "followup":
        reported = event.last_report_at or event.written_at
        return reported is not None and f"{reported:%Y%m%dT%H%M%S}" == tail.partition("/")[0]
    return event.written_at is None


def _overtaken(key: str, nudges: Iterable[Nudge]) -> bool:
    """Whether a later letter of the same series is queued too."""
    stem, _, number = key.rpartition("/")
    if not number.isdecimal():
        return False
    rest = (nudge.key.rpartition("/") for nudge in nudges if nudge.key.startswith(f"{stem}/"))
    return any(
        other == stem and tail.isdecimal() and int(tail) > int(number) for other, _, tail in rest
    )
