"""Which digest is due: derived from the clock and the keys already queued.

A run that was missed is caught up once, the latest of its kind only, and marked 补发.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from mailbot.config import ScheduleConfig
from mailbot.rules.calendar import (
    DAY,
    at_clock,
    local_day,
    midnight,
    next_working_day,
    period_of,
)

DigestKind = Literal["daily", "weekly", "monthly", "quarterly"]
LATE_AFTER = timedelta(hours=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_CATCH_UP = 31 * DAY


@dataclass(frozen=True, slots=True)
class DigestDue:
    """A digest that ought to be queued now.

    Attributes:
        key: Outbox key; sorts by time within its kind ("digest/daily/2023-04-27").
        start: First instant it covers; after an outage the end of the last one sent.
        end: First instant it no longer covers.
        scheduled: When it was to go out.
        late: True for one caught up, to be labelled 补发.
    """

    kind: DigestKind
    key: str
    label: str
    start: datetime
    end: datetime
    scheduled: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class _Slot:
    """One occurrence of a digest."""

    key: str
    label: str
    start: datetime
    end: datetime
    scheduled: datetime


def digests_due(
    schedule: ScheduleConfig,
    queued: Iterable[str],
    now: datetime,
    *,
    since: datetime | None = None,
    effective: date = date.min,
) -> tuple[DigestDue, ...]:
    """The digests due at `now`, at most one of each kind.

    `queued` holds the keys of digests already queued, in whatever state now. A digest
    scheduled before `since` (the first start of the system) is not owed, nor an overview of
    days before the notice took effect: nobody owed anything then. None is sent that is
    older than one already queued, so that a clock set back sends nothing twice.
    """
    keys = [key for key in queued if key.startswith("digest/")]
    found: list[DigestDue] = []
    for kind in ("daily", "weekly", "monthly", "quarterly"):
        due = _due(kind, schedule, keys, now, since=since)
        if due is not None and (kind == "daily" or local_day(due.end) > effective):
            found.append(due)
    return tuple(found)


def digest_key(kind: DigestKind, day: date) -> str:
    """Outbox key of the digest scheduled for a day."""
    return f"digest/{kind}/{day.isoformat()}"


def _due(
    kind: DigestKind,
    schedule: ScheduleConfig,
    keys: list[str],
    now: datetime,
    *,
    since: datetime | None,
) -> DigestDue | None:
    slot = next(slot for slot in _slots(kind, schedule, local_day(now)) if slot.scheduled <= now)
    last = max((key for key in keys if key.startswith(f"digest/{kind}/")), default="")
    if last >= slot.key or (since is not None and slot.scheduled < since):
        return None
    start = slot.start
    if kind == "daily" and last:
        # What happened while we were away belongs into the one that is caught up.
        told = at_clock(date.fromisoformat(last.rpartition("/")[2]), schedule.daily_digest_at)
        start = max(told, slot.end - LONGEST_CATCH_UP)
    late = now - slot.scheduled > LATE_AFTER
    return DigestDue(kind, slot.key, slot.label, start, slot.end, slot.scheduled, late)


def _slots(kind: DigestKind, schedule: ScheduleConfig, today: date) -> Iterator[_Slot]:
    """Occurrences from the present one backwards; the first may lie later today."""
    if kind == "daily":
        return (_daily(schedule, today - back * DAY) for back in (0, 1))
    if kind == "weekly":
        weekday = WEEKDAYS.index(schedule.weekly_overview.weekday)
        day = today - (today.weekday() - weekday) % 7 * DAY
        return (_weekly(schedule, day - back * 7 * DAY) for back in (0, 1))
    per: Literal["month", "quarter"] = "month" if kind == "monthly" else "quarter"
    return _closing(kind, per, schedule.daily_digest_at, today)


def _daily(schedule: ScheduleConfig, day: date) -> _Slot:
    at = at_clock(day, schedule.daily_digest_at)
    start = at_clock(day - DAY, schedule.daily_digest_at)
    label = f"{day.year}年{day.month}月{day.day}日"
    return _Slot(digest_key("daily", day), label, start, at, at)


def _weekly(schedule: ScheduleConfig, day: date) -> _Slot:
    at = at_clock(day, schedule.weekly_overview.at)
    # The seven days before the day it goes out: on Monday, the whole week before.
    first, last = day - 7 * DAY, day - DAY
    label = f"{first.month}月{first.day}日至{last.month}月{last.day}日"
    return _Slot(digest_key("weekly", day), label, midnight(first), midnight(day), at)


def _closing(
    kind: DigestKind, per: Literal["month", "quarter"], clock: time, today: date
) -> Iterator[_Slot]:
    """The bulletin of a month or quarter: on the first working day after it."""
    current = period_of(per, today)
    for _ in range(3):
        covered = period_of(per, current.first - DAY)
        day = next_working_day(current.first)
        key = digest_key(kind, day)
        yield _Slot(key, covered.label, covered.start, covered.end, at_clock(day, clock))
        current = covered
