"""Who must be written to now: routine reminders, one letter a unit and day.

What was sent before is read off the ledger, so a run that was missed, repeated or cut
short sends nothing twice and forgets nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain

from mailbot.config import LettersConfig, ScheduleConfig
from mailbot.notice import Notice, Unit
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import (
    BUREAU,
    Arrears,
    LetterKind,
    Nudge,
    Obligation,
    PlannedLetter,
)
from mailbot.rules.calendar import (
    DAY,
    at_clock,
    chinese_day,
    chinese_moment,
    local_day,
    midnight,
    next_working_day,
    working_moment,
)
from mailbot.rules.desk import LAST_INSTANT
from mailbot.rules.emergency_letters import emergency_letters
from mailbot.rules.obligations import all_obligations, urgent_obligations

OFFICE_LIST = "办公室名单"
POLL_IS_FRESH = timedelta(minutes=30)
DROPPED_AFTER = 7 * DAY  # an old shortfall leaves the letters so long after its last reminder
INSTANT = timedelta(microseconds=1)


def reminder_key(unit: str, day: date, voided: int = 0) -> str:
    """Outbox key of a unit's routine letter of a day: there can be no second one.

    `voided` letters of that day were cancelled unsent; the next bears their number.
    """
    key = f"reminder/{unit}/{day.isoformat()}"
    return f"{key}/{voided}" if voided else key


def letters_due(
    notice: Notice,
    schedule: ScheduleConfig,
    ledger: Ledger,
    now: datetime,
    *,
    letters: LettersConfig | None = None,
    obligations: Sequence[Obligation] | None = None,
    seen_until: datetime | None = None,
) -> tuple[PlannedLetter, ...]:
    """Every letter that ought to be queued at `now`, emergencies first.

    `obligations` are those of the same instant, when at hand. `letters.reminders` false
    stops routine letters. `seen_until` says up to when the mailbox is known (last complete
    poll, nothing unread; None = up to `now`): routine letters wait while it is stale, for
    nobody is reminded because of an outage of ours. Emergencies go on in every case.
    """
    emergencies = obligations
    if emergencies is None:
        emergencies = urgent_obligations(notice, ledger, now, schedule)
    urgent = emergency_letters(notice, ledger, now, emergencies)
    blind = seen_until is not None and now - seen_until > POLL_IS_FRESH
    off = letters is not None and not letters.reminders
    if blind or off or not working_moment(now, schedule.working_hours):
        return urgent
    if obligations is None:
        obligations = all_obligations(notice, ledger, now, schedule)
    return urgent + routine_letters(notice, schedule, obligations, ledger.nudges, now)


def still_due(concerns: Iterable[str], obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Which of the duties a letter speaks of are still owed, for the check when it is sent.

    Fewer than it names: cancel it. What is still owed is planned anew at once, under
    another key. `obligations` are those of the sending instant.
    """
    wanted = frozenset(concerns)
    return tuple(duty for duty in obligations if duty.key in wanted and duty.remindable)


@dataclass(slots=True)
class _Sent:
    """Routine letters already queued, those cancelled unsent apart."""

    keys: set[str] = field(default_factory=set)
    void: set[str] = field(default_factory=set)
    by_duty: dict[str, list[datetime]] = field(default_factory=dict)

    def next_key(self, unit: str, day: date) -> str | None:
        """Key of the unit's letter of the day, None when it has had one."""
        voided = 0
        while (key := reminder_key(unit, day, voided)) in self.void:
            voided += 1
        return None if key in self.keys else key

    def latest(self, duty: Obligation) -> datetime | None:
        """When the unit last heard of a duty."""
        told = self.by_duty.get(duty.key)
        return max(told) if told else None

    def times_overdue(self, duty: Obligation) -> int:
        """How often it heard of it after the due time."""
        due = duty.due
        return sum(1 for at in self.by_duty.get(duty.key, ()) if due is not None and at >= due)


def _sent(nudges: Iterable[Nudge], since: datetime) -> _Sent:
    """Routine letters queued since an instant."""
    sent = _Sent()
    for nudge in nudges:
        if nudge.queued_at < since or not nudge.key.startswith("reminder/"):
            continue
        if nudge.void:
            sent.void.add(nudge.key)
        else:
            sent.keys.add(nudge.key)
            for key in nudge.concerns:
                sent.by_duty.setdefault(key, []).append(nudge.queued_at)
    return sent


def _oldest_start(by_unit: Mapping[str, Iterable[Obligation]], now: datetime) -> datetime:
    """When the oldest duty to be reminded of began: no earlier letter speaks of any of them."""
    duties = chain.from_iterable(by_unit.values())
    begun = (duty.period_start for duty in duties if duty.remindable)
    return min((start for start in begun if start is not None), default=now)


def routine_letters(
    notice: Notice,
    schedule: ScheduleConfig,
    obligations: Iterable[Obligation],
    nudges: Iterable[Nudge],
    now: datetime,
) -> tuple[PlannedLetter, ...]:
    """One letter for each unit of which a reminder is due, listing all that it owes."""
    by_unit = _by_unit(obligations)
    # Two days back at least: today's keys must be known even when every duty is younger.
    sent = _sent(nudges, min(_oldest_start(by_unit, now), now - 2 * DAY))
    today = local_day(now)
    found: list[PlannedLetter] = []
    listed: list[Obligation] = []
    for name, duties in by_unit.items():
        owed = [duty for duty in duties if _is_owed(duty, schedule, sent, now)]
        triggers = [duty for duty in owed if _is_triggered(duty, schedule, sent, now)]
        if not triggers:
            continue
        unit = notice.unit_by_name.get(name)
        if unit is None or not _addresses(unit, escalated=True):
            listed.extend(owed)
        elif (key := sent.next_key(name, today)) is not None:
            letter = _letter(unit, schedule, owed, triggers, sent=sent)
            unsure = tuple(duty for duty in duties if _is_mentionable(duty, now))
            found.append(replace(letter, key=key, unconfirmed=unsure))
    office_key = sent.next_key(OFFICE_LIST, today)
    if listed and office_key is not None:
        count = len({duty.unit for duty in listed})
        reason = f"{count}个单位有应催报事项但没有登记邮箱，请办公室另行通知。"
        found.append(PlannedLetter("office_list", "", (), office_key, reason, tuple(listed)))
    return tuple(found)


def _by_unit(obligations: Iterable[Obligation]) -> dict[str, list[Obligation]]:
    found: dict[str, list[Obligation]] = {}
    for duty in obligations:
        # Emergencies have letters of their own; the bureau does not write to itself.
        if duty.kind != "emergency" and duty.unit != BUREAU:
            found.setdefault(duty.unit, []).append(duty)
    return found


def _is_owed(duty: Obligation, schedule: ScheduleConfig, sent: _Sent, now: datetime) -> bool:
    """Whether a letter lists it. Old shortfalls the unit has heard of are left to the board."""
    if not duty.remindable or duty.due is None:
        return False
    if duty.kind not in ("quota", "media") or sent.latest(duty) is None:
        return True
    return now < duty.due + max(schedule.overdue_again_days, default=0) * DAY + DROPPED_AFTER


def _is_mentionable(duty: Obligation, now: datetime) -> bool:
    """A quota of uncertain reading is mentioned before its due time, never after it."""
    near = duty.remind_at[0] if duty.remind_at else None
    return (
        duty.state == "待确认"
        and duty.due is not None
        and near is not None
        and near <= now < duty.due
    )


def _is_triggered(duty: Obligation, schedule: ScheduleConfig, sent: _Sent, now: datetime) -> bool:
    """Whether an instant of reminding has come since the unit last heard of this duty."""
    reached = [moment for moment in reminding_instants(duty, schedule) if moment <= now]
    if not reached:
        return False
    told = sent.latest(duty)
    return told is None or told < reached[-1]


def reminding_instants(duty: Obligation, schedule: ScheduleConfig) -> tuple[datetime, ...]:
    """When the unit hears of a duty in its present state, ascending.

    Before the due time as the duty says; after it at slowing intervals, counted from the
    last day in time, on the working day that follows.
    """
    if duty.state != "逾期" or duty.due is None:
        return duty.remind_at
    last = local_day(duty.due - INSTANT)
    start = schedule.working_hours[0]
    days = sorted(schedule.overdue_again_days)
    return tuple(at_clock(next_working_day(last + count * DAY), start) for count in days)


def _addresses(unit: Unit, *, escalated: bool) -> tuple[str, ...]:
    to = unit.reminder_addresses
    if escalated or not to:
        to = tuple(dict.fromkeys((*to, *unit.escalate_to)))
    return to


def _letter(
    unit: Unit,
    schedule: ScheduleConfig,
    owed: list[Obligation],
    triggers: list[Obligation],
    *,
    sent: _Sent,
) -> PlannedLetter:
    overdue = [duty for duty in triggers if duty.state == "逾期"]
    told = max((sent.times_overdue(duty) for duty in overdue), default=0)
    escalated = bool(overdue) and told >= schedule.escalate_after
    kind: LetterKind = "escalation" if escalated else "overdue" if overdue else "reminder"
    to = _addresses(unit, escalated=escalated)
    copied = escalated and set(to) > set(_addresses(unit, escalated=False))
    return PlannedLetter(
        kind=kind,
        unit=unit.name,
        to=to,
        key="",
        reason=_reason(triggers[0], told, escalated=escalated, copied=copied),
        obligations=tuple(owed),
        escalated=escalated,
        times=told + 1 if overdue else 0,
        copied=copied,
    )


def _reason(worst: Obligation, told: int, *, escalated: bool, copied: bool) -> str:
    assert worst.due is not None
    lack = f"{worst.what}（{worst.period_label}）尚缺{worst.missing}{worst.measure}"
    if worst.state != "逾期":
        return f"期前提醒：{lack}，{due_words(worst.due)}到期。"
    if escalated:
        second = "同时发第二联系人并" if copied else ""
        return f"已催{told}次未报，{second}列入办公室逾期名单：{lack}。"
    return f"逾期催报（第{told + 1}次）：{lack}，{due_words(worst.due)}已到期。"


def due_words(due: datetime) -> str:
    """A due instant as readers say it: midnight is 24时 of the day before."""
    day = local_day(due)
    return f"{chinese_day(day - DAY)}24时" if due == midnight(day) else chinese_moment(due)


def arrears(
    notice: Notice,
    schedule: ScheduleConfig,
    obligations: Iterable[Obligation],
    ledger: Ledger,
) -> tuple[Arrears, ...]:
    """Overdue duties by unit for the office, the worst unit first; uncertain ones left out."""
    by_unit = _by_unit(obligations)
    sent = _sent(ledger.nudges, _oldest_start(by_unit, LAST_INSTANT))
    found: list[Arrears] = []
    for name, duties in by_unit.items():
        overdue = tuple(duty for duty in duties if duty.remindable and duty.state == "逾期")
        if overdue:
            times = max(sent.times_overdue(duty) for duty in overdue)
            unit = notice.unit_by_name.get(name)
            reachable = unit is not None and bool(unit.reminder_addresses)
            escalated = times >= schedule.escalate_after
            found.append(Arrears(name, overdue, times, reachable, escalated))
    return tuple(sorted(found, key=lambda one: (-one.times, -len(one.obligations))))
