"""A model of a month in the life of the office, for random histories.

Units mail or forget to; the poll fails, the machine sleeps, is killed, reboots; its clock
is stepped. The rules see what such a machine would see; `Outcome` tells what became of it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from duty_samples import NOTICE, SCHEDULE, at, changed, only

from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Nudge, PlannedLetter
from mailbot.rules.calendar import Window, midnight, period_of
from mailbot.rules.clock_guard import ClockReading, ClockState, read_clock
from mailbot.rules.emergency_letters import urgent_still_due
from mailbot.rules.obligations import all_obligations
from mailbot.rules.reminders import POLL_IS_FRESH, letters_due, still_due
from store.records import DraftRecord, EventRecord

DILIGENT, LAZY, UNREACHABLE = "直属一大队", "市政工程处", "直属二大队"
START, FAULTS_END, END = at("2023-05-08 00:00"), at("2023-05-22 00:00"), at("2023-06-02 00:00")
TICK = timedelta(seconds=15)


def _three_units() -> Notice:
    """Three units with a weekly quota each; one of them has no address."""
    small = only(DILIGENT, LAZY, UNREACHABLE, tasks=False)
    units = tuple(
        unit.model_copy(
            update={
                "long": unit.long.model_copy(update={"submit": 0}),
                "media": None,
                "since": date(2023, 5, 8),
                **({"reminders_to": (), "escalate_to": ()} if unit.name == UNREACHABLE else {}),
            }
        )
        for unit in small.units
    )
    return changed(NOTICE, units=units, tasks=(), office_targets={})


SMALL = _three_units()


@dataclass(frozen=True)
class Fault:
    """Something wrong from `start` to `end`: outage, suspend, kill or reboot."""

    kind: str
    start: datetime
    end: datetime

    def holds(self, now: datetime) -> bool:
        return self.start <= now < self.end


@dataclass
class Outcome:
    """What became of it: every letter sent, and how late the first alerts were."""

    sent: list[tuple[datetime, PlannedLetter, tuple[str, ...]]] = field(default_factory=list)
    planned_again: list[str] = field(default_factory=list)
    alert_delays: list[timedelta] = field(default_factory=list)
    held_ticks: int = 0
    arrivals: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def doubled(self) -> list[str]:
        """Keys sent more than once, or planned although already queued."""
        counts = Counter(letter.key for _, letter, _ in self.sent)
        return self.planned_again + [key for key, count in counts.items() if count > 1]

    @property
    def for_fulfilled(self) -> list[str]:
        """Duties named in a letter although their draft had arrived well before."""
        return [
            key
            for when, _, named in self.sent
            for key in named
            if key.startswith("quota/") and self._arrived(key, when - POLL_IS_FRESH - TICK)
        ]

    def _arrived(self, key: str, before: datetime) -> bool:
        """Whether a draft for this weekly quota, or after it, had arrived by an instant."""
        _, _, unit, code = key.split("/")
        week = next(one for one in _weeks() if one.code == code)
        return any(who == unit and week.start <= when <= before for when, who in self.arrivals)

    @property
    def never_noticed(self) -> list[str]:
        """Weeks of silence of which neither the unit nor the office ever heard afterwards."""
        told = {(key, when) for when, _, named in self.sent for key in named}
        missed = []
        for week in _weeks():
            for unit in (DILIGENT, LAZY, UNREACHABLE):
                key = f"quota/1/{unit}/{week.code}"
                silent = not any(who == unit and when >= week.start for when, who in self.arrivals)
                noticed = any(about == key and when >= week.end for about, when in told)
                if silent and week.end < FAULTS_END and not noticed:
                    missed.append(key)
        return missed


def _weeks() -> list[Window]:
    return [
        period_of("week", day)
        for day in (date(2023, 5, 8), date(2023, 5, 15), date(2023, 5, 22), date(2023, 5, 29))
    ]


class Machine:
    """The daemon as far as time and letters go: its disk survives, its clock does not."""

    def __init__(self, chance: Random, events: list[EventRecord]) -> None:
        self.chance = chance
        self.outcome = Outcome()
        self.clock: ClockState | None = None
        self.nudges: list[Nudge] = []
        self.waiting: list[PlannedLetter] = []
        self.drafts: list[DraftRecord] = []
        self.events: list[EventRecord] = []
        self.seen_until = START
        self.coming = events

    def tick(
        self,
        true: datetime,
        wall: datetime,
        boot: tuple[str, datetime],
        *,
        online: bool,
        killed: bool,
    ) -> None:
        """One tick at the true instant `true`; a kill cuts it somewhere."""
        seconds = (true - boot[1]).total_seconds()
        reading = read_clock(
            self.clock,
            wall,
            seconds,
            boot[0],
            hold_after_seconds=SCHEDULE.hold_after_clock_jump_seconds,
        )
        self.clock = reading.state
        self.outcome.held_ticks += reading.hold_routine
        if online:
            self._poll(true)
            self.seen_until = reading.now
        if killed and self.chance.random() < 0.5:
            return  # before the letters were committed
        self._queue(reading)
        if online and not killed and self.chance.random() < 0.8:
            self._deliver(true, reading)

    def _poll(self, true: datetime) -> None:
        for when, unit in self.outcome.arrivals[len(self.drafts) :]:
            if when > true:
                break
            self.drafts.append(_draft(len(self.drafts) + 1, unit, when))
        self.events += [event for event in self.coming if event.opened_at <= true]
        self.coming = [event for event in self.coming if event.opened_at > true]

    def _ledger(self) -> Ledger:
        return Ledger(
            drafts=tuple(self.drafts), events=tuple(self.events), nudges=tuple(self.nudges)
        )

    def _queue(self, reading: ClockReading) -> None:
        known = {nudge.key for nudge in self.nudges}
        ledger = self._ledger()
        for letter in letters_due(SMALL, SCHEDULE, ledger, reading.now, seen_until=self.seen_until):
            if reading.hold_routine and not letter.urgent:
                continue
            if letter.key in known:
                self.outcome.planned_again.append(letter.key)
            self.nudges.append(Nudge(letter.key, reading.now, letter.concerns))
            self.waiting.append(letter)

    def _deliver(self, true: datetime, reading: ClockReading) -> None:
        kept: list[PlannedLetter] = []
        ledger = self._ledger()
        duties = None
        for letter in self.waiting:
            if letter.urgent:
                if urgent_still_due(letter.key, SMALL, ledger, reading.now):
                    self.outcome.sent.append((true, letter, ()))
            elif reading.hold_routine:
                kept.append(letter)
            else:
                duties = duties or all_obligations(SMALL, ledger, reading.now, SCHEDULE)
                owed = tuple(duty.key for duty in still_due(letter.concerns, duties))
                if len(owed) == len(letter.concerns):
                    self.outcome.sent.append((true, letter, owed))
                else:
                    self._cancel(letter)
        self.waiting = kept

    def _cancel(self, letter: PlannedLetter) -> None:
        self.nudges = [
            replace(nudge, void=nudge.void or nudge.key == letter.key) for nudge in self.nudges
        ]

    def attend(self, true: datetime, acknowledged_at: datetime) -> None:
        """Somebody of the office acknowledges what is known of, and closes it two days later."""
        over = true >= acknowledged_at + timedelta(days=2)
        self.events = [
            replace(
                event,
                acknowledged_at=event.acknowledged_at or true,
                state="closed" if over else "open",
            )
            for event in self.events
        ]


def _draft(number: int, unit: str, when: datetime) -> DraftRecord:
    return DraftRecord(number, number, 1, when, unit, "稿件", "动态简讯", 1, 400, 400, 400)


def live(seed: int) -> Outcome:
    """One history."""
    chance = Random(seed)
    faults = [_fault(chance) for _ in range(chance.randrange(6))]
    steps = sorted((_moment(chance), _step(chance)) for _ in range(chance.randrange(3)))
    machine = Machine(chance, _emergencies(chance))
    machine.outcome.arrivals = sorted(_arrivals(chance))
    alerts = [event.opened_at for event in machine.coming]
    acknowledged_at = (alerts[0] if alerts else END) + timedelta(minutes=chance.randrange(3, 90))
    boot, boots = ("boot-0", START - timedelta(hours=5)), 0
    for now in _ticks(chance, faults, alerts, acknowledged_at):
        reboots = [one for one in faults if one.kind == "reboot" and one.end <= now]
        if len(reboots) > boots:
            boots = len(reboots)
            boot = (f"boot-{boots}", max(one.end for one in reboots))
        offset = sum((step for when, step in steps if when <= now < FAULTS_END), timedelta())
        online = not any(one.kind == "outage" and one.holds(now) for one in faults)
        killed = any(one.kind == "kill" and now + TICK >= one.start > now for one in faults)
        if now >= acknowledged_at:
            machine.attend(now, acknowledged_at)
        machine.tick(now, now + offset, boot, online=online, killed=killed)
    _measure(machine.outcome, alerts, faults)
    return machine.outcome


def _moment(chance: Random) -> datetime:
    return START + timedelta(seconds=chance.randrange(int((FAULTS_END - START).total_seconds())))


def _fault(chance: Random) -> Fault:
    kind = chance.choice(["outage", "suspend", "kill", "reboot"])
    start = _moment(chance)
    length = timedelta(minutes=chance.choice([1, 20, 90, 600, 2880]) * (0.5 + chance.random()))
    return Fault(kind, start, min(start + length, FAULTS_END))


def _step(chance: Random) -> timedelta:
    """A step of the wall clock, seconds to a day, forward or back."""
    return timedelta(seconds=chance.choice([-1, 1]) * chance.choice([30, 119, 600, 7200, 86_400]))


def _arrivals(chance: Random) -> Iterator[tuple[datetime, str]]:
    """The diligent unit mails most weeks; the others now and then; nobody after the faults."""
    for unit, mails in ((DILIGENT, 3), (LAZY, 1), (UNREACHABLE, 1)):
        for _ in range(chance.randrange(mails + 1)):
            yield _moment(chance), unit


def _emergencies(chance: Random) -> list[EventRecord]:
    if chance.random() < 0.4:
        return []
    opened = _moment(chance)
    return [
        EventRecord(1, LAZY, "燃气泄漏", "燃气", "alert", "open", opened, "mail", written_at=opened)
    ]


def _ticks(
    chance: Random, faults: list[Fault], alerts: list[datetime], acknowledged_at: datetime
) -> list[datetime]:
    """Every tick would be every 15 s; only those that may matter are lived through."""
    ticks, now = [], START
    while now < END:
        ticks.append(now)
        now += timedelta(minutes=chance.randrange(30, 240))
    closely = [*alerts, *(one.end for one in faults)]
    ticks += [moment + n * TICK for moment in closely for n in range(1, 9)]
    ticks += [one.start - TICK / 2 for one in faults if one.kind == "kill"]
    ticks += [
        midnight(date(2023, 5, 8) + timedelta(days=n)) + timedelta(hours=9, seconds=n)
        for n in range(25)
    ]
    ticks += [alert + timedelta(minutes=10 * n) for alert in alerts for n in range(1, 9)]
    asleep = [one for one in faults if one.kind != "outage"]
    return sorted(tick for tick in set(ticks) if not any(one.holds(tick) for one in asleep))


def _measure(outcome: Outcome, alerts: list[datetime], faults: list[Fault]) -> None:
    """How long after it could be known at the earliest each emergency was alerted."""
    for opened in alerts:
        knowable = opened
        for fault in sorted(faults, key=lambda one: one.start):
            if fault.holds(knowable):
                knowable = fault.end
        first = next(when for when, letter, _ in outcome.sent if letter.kind == "alert")
        outcome.alert_delays.append(first - knowable)
