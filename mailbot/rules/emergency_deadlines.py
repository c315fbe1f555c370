"""Clocks of open emergencies (二·一): the 30 minutes, 续报, alerts until acknowledged.

Nothing here knows of working hours: emergencies go out at any hour.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.notice import EmergencyRule, Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import EmergencyDuty, Nudge
from mailbot.rules.calendar import chinese_moment
from store.records import EventRecord

CHASES = 3  # a unit is asked so often for one 续报; then the office, which can also close
SUSPECTED_REPEATS_SLOWER = 6  # 疑似突发 is alerted as fast, but repeated less often,
# unless it speaks of what the notice names (emergency.topics)


def alert_key(event_id: int, number: int) -> str:
    """Outbox key of an alert to the office's duty; `number` 0 is the first."""
    return f"alert/E{event_id}/{number}"


def remind_key(event_id: int, minutes: int) -> str:
    """Outbox key of the reminder to the unit so many minutes after the opening."""
    return f"chase/E{event_id}/{minutes}"


def followup_key(event_id: int, reported_at: datetime, number: int) -> str:
    """Outbox key of the `number`-th chase (0 the first) for the 续报 after a report."""
    return f"followup/E{event_id}/{reported_at:%Y%m%dT%H%M%S}/{number}"


def missed_key(event_id: int) -> str:
    """Outbox key of the letter that lays 漏报 before the office."""
    return f"missed/E{event_id}"


# ---- duties


def emergency_duties(notice: Notice, ledger: Ledger, now: datetime) -> tuple[EmergencyDuty, ...]:
    """What every open emergency asks for at `now`, oldest first.

    Derived from records alone: after an outage one alert is due, not one for each missed.
    """
    events = sorted((event for event in ledger.events if event.state == "open"), key=_by_age)
    if not events:
        return ()
    sent = _numbers_sent(ledger.nudges)
    phone_counts = notice.open_questions.phone_report_stops_clock
    clocks = (EventClock(notice.emergency, event, phone_counts) for event in events)
    return tuple(_duty(clock, sent, now) for clock in clocks)


def _by_age(event: EventRecord) -> tuple[datetime, int]:
    return event.opened_at, event.id


class _Sent:
    """Letters already queued about emergencies: by stem, the latest number and its instant."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, datetime]] = {}

    def note(self, stem: str, number: int, queued_at: datetime) -> None:
        known = self._latest.get(stem)
        if known is None or number > known[0]:
            self._latest[stem] = (number, queued_at)

    def latest(self, key: str) -> tuple[int, datetime] | None:
        """Number and instant of the latest letter with this key's stem."""
        return self._latest.get(key.rpartition("/")[0])


def _numbers_sent(nudges: Iterable[Nudge]) -> _Sent:
    sent = _Sent()
    for nudge in nudges:
        if nudge.key.startswith(("alert/E", "chase/E", "followup/E")):
            stem, _, number = nudge.key.rpartition("/")
            if number.isdecimal():
                sent.note(stem, int(number), nudge.queued_at)
        elif nudge.key.startswith("missed/E"):
            sent.note(nudge.key, 0, nudge.queued_at)
    return sent


def _duty(clock: "EventClock", sent: _Sent, now: datetime) -> EmergencyDuty:
    rule, event = clock.rule, clock.event
    number, next_alert_at = _alert(clock, sent, now)
    followup_due = clock.followup_due
    happened = event.happened_latest or event.opened_at
    return EmergencyDuty(
        event_id=event.id,
        unit=event.unit,
        title=event.title,
        level=event.level,
        alert_number=number,
        next_alert_at=next_alert_at,
        clock_started_at=event.opened_at,
        written_due=clock.written_due,
        unit_reminders_due=_reminders(rule, event, sent, now),
        followup_due=followup_due,
        followup_number=_chase(rule, event, sent, now),
        missed_candidate=clock.missed(now),
        minutes_elapsed=whole_minutes(now - happened),
        explanation=_standing(event, clock, now),
        next_step=_next_step(event, clock, now),
    )


@dataclass(frozen=True, slots=True)
class EventClock:
    """The deadlines of one emergency.

    Attributes:
        phone_counts: Whether a telephone report stops the 30 minutes (open question).
    """

    rule: EmergencyRule
    event: EventRecord
    phone_counts: bool = True

    @property
    def office_opened(self) -> bool:
        """Whether the office opened it: a unit's mail carries its first report with it."""
        return self.event.opened_by != "mail"

    @property
    def written_due(self) -> datetime | None:
        """Until when the first written report is owed, None once it is here."""
        if self.event.written_at is not None or not self.office_opened:
            return None
        return self.event.opened_at + timedelta(minutes=self.rule.report_within_minutes)

    @property
    def last_report(self) -> datetime | None:
        """Receipt of the latest report in writing."""
        return self.event.last_report_at or self.event.written_at

    @property
    def followup_due(self) -> datetime | None:
        """When the next 续报 is owed; a suspected emergency owes none until confirmed."""
        if self.last_report is None or self.event.level != "alert":
            return None
        return self.last_report + timedelta(hours=self.rule.followup_hours)

    @property
    def acknowledged_until(self) -> datetime | None:
        """When the last acknowledgement expires, None when there is none."""
        if self.event.acknowledged_at is None:
            return None
        return self.event.acknowledged_at + timedelta(hours=self.rule.acknowledged_for_hours)

    def acknowledged(self, now: datetime) -> bool:
        """Whether somebody has acknowledged, not too long ago."""
        return self.acknowledged_until is not None and now < self.acknowledged_until

    def late(self, now: datetime) -> bool:
        """Whether the clock of the written report ran out."""
        return self.written_due is not None and now >= self.written_due

    def missed(self, now: datetime) -> bool:
        """漏报候选: the clock ran out and no report came that counts."""
        told = self.phone_counts and self.event.phoned_at is not None
        return self.late(now) and not told


def topic_of(event: EventRecord, rule: EmergencyRule) -> str:
    """The category named by the notice (安全、防汛、燃气) an event speaks of, "" for none."""
    words = f"{event.title}{event.hazard}"
    return next((topic for topic in rule.topics if topic and topic in words), "")


def _alert(clock: EventClock, sent: _Sent, now: datetime) -> tuple[int | None, datetime]:
    """Number of the alert due now, if any, and when the next one is due."""
    event = clock.event
    minutes = clock.rule.repeat_alert_minutes
    if event.level != "alert" and not topic_of(event, clock.rule):
        minutes *= SUSPECTED_REPEATS_SLOWER
    last = sent.latest(alert_key(event.id, 0))
    if last is None:
        number, due = 0, now  # the first never waits, whatever the clocks say
    else:
        # A letter of the future was queued under a clock since set right: it is no excuse.
        due = now if last[1] > now else last[1] + timedelta(minutes=minutes)
        number = last[0] + 1
    if clock.acknowledged_until is not None:
        due = max(due, clock.acknowledged_until)
    return (number, now + timedelta(minutes=minutes)) if now >= due else (None, due)


def _reminders(
    rule: EmergencyRule, event: EventRecord, sent: _Sent, now: datetime
) -> tuple[int, ...]:
    """Minutes of the reminder to the unit due now: after an outage only the latest."""
    if event.opened_by == "mail" or event.written_at is not None:
        return ()
    last = sent.latest(remind_key(event.id, 0))
    reached = [
        minutes
        for minutes in sorted(rule.remind_minutes)
        if now >= event.opened_at + timedelta(minutes=minutes)
        and (last is None or minutes > last[0])
    ]
    return tuple(reached[-1:])


def _chase(rule: EmergencyRule, event: EventRecord, sent: _Sent, now: datetime) -> int | None:
    """Number of the chase for a 续报 due now: at the due time, then an interval apart."""
    clock = EventClock(rule, event)
    due, reported = clock.followup_due, clock.last_report
    if due is None or reported is None or now < due:
        return None
    number = min(int((now - due) / timedelta(hours=rule.followup_hours)), CHASES - 1)
    last = sent.latest(followup_key(event.id, reported, 0))
    return number if last is None or number > last[0] else None


# ---- words for the office


def _standing(event: EventRecord, clock: EventClock, now: datetime) -> str:
    topic = topic_of(event, clock.rule)
    words = [f"属通知点名的“{topic}”类（二·一）"] if topic else []
    if event.phoned_at is not None:
        words.append(f"{chinese_moment(event.phoned_at)}已电话报告")
    if clock.written_due is not None:
        limit = f"书面首报限{chinese_moment(clock.written_due)}前"
        words.append(f"{limit}，已超时" if clock.late(now) else limit)
    elif clock.last_report is not None:
        words.append(f"最近一次书面报告{chinese_moment(clock.last_report)}收到")
    if clock.followup_due is not None:
        limit = f"续报限{chinese_moment(clock.followup_due)}前"
        words.append(f"{limit}，已超时" if now >= clock.followup_due else limit)
    if event.happened_latest is None:
        words.append("事发时间待核")
    return "；".join(words) + "。" if words else ""


def _next_step(event: EventRecord, clock: EventClock, now: datetime) -> str:
    if event.level != "alert":
        return "疑似突发，请核实：确属突发的请确认并跟踪，不是的请撤销。"
    if clock.written_due is not None:
        return _next_step_unwritten(clock, now)
    if clock.followup_due is not None and now >= clock.followup_due:
        return "续报已到时限，请催该单位续报；事件已处置完毕的请办结。"
    if event.acknowledged_at is None:
        return "请确认收到，核对要素，按程序上报，并跟踪续报。"
    return "请跟踪续报，直到终报。"


def _next_step_unwritten(clock: EventClock, now: datetime) -> str:
    if clock.missed(now):
        limit = clock.rule.report_within_minutes
        return f"{limit}分钟内未收到报告，请核实并决定是否认定漏报（附件1）。"
    if clock.late(now):
        return "已电话报告，书面首报仍未收到，请催该单位补报。"
    return "请催该单位在时限内书面报告。"


def whole_minutes(span: timedelta) -> int:
    """Whole minutes, rounded down, never below 0."""
    return max(0, int(span.total_seconds() // 60))
