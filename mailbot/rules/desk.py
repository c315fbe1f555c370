"""The records as the rules of obligations look at them: indexed once, asked many times."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from mailbot.config import ScheduleConfig
from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import DutyState
from mailbot.rules.calendar import (
    DAY,
    at_clock,
    is_working_day,
    local_day,
    next_working_day,
    period_of,
    previous_working_day,
)
from mailbot.rules.unit_names import Resolver, resolver
from store.records import DraftRecord, ExemptionRecord

LAST_INSTANT = datetime.max.replace(tzinfo=UTC)


class Timeline:
    """Arrivals in order of the provider's receipt time, with the draft's id."""

    __slots__ = ("_arrivals",)

    def __init__(self, arrivals: Iterable[tuple[datetime, int]] = ()) -> None:
        self._arrivals = sorted(arrivals)

    def ids(self, start: datetime, end: datetime = LAST_INSTANT) -> tuple[int, ...]:
        """Drafts received from `start` (included) to `end` (excluded)."""
        low, high = self._between(start, end)
        return tuple([draft for _, draft in self._arrivals[low:high]]) if low < high else ()

    def count(self, start: datetime, end: datetime = LAST_INSTANT) -> int:
        """How many were received from `start` (included) to `end` (excluded)."""
        low, high = self._between(start, end)
        return high - low

    def nth(self, start: datetime, number: int) -> datetime | None:
        """When the `number`-th (1 the first) from `start` on was received."""
        at = bisect_left(self._arrivals, (start,)) + number - 1
        return self._arrivals[at][0] if at < len(self._arrivals) else None

    def _between(self, start: datetime, end: datetime) -> tuple[int, int]:
        # (start,) sorts before (start, id): the start is included, the end is not.
        return bisect_left(self._arrivals, (start,)), bisect_left(self._arrivals, (end,))


NOTHING = Timeline()


class DraftIndex:
    """Drafts by unit and column, by unit and task, and the pictures of each unit.

    A joint draft (联合报送) is found under each of its units. Quotas are asked of drafts
    since `horizon` only; tasks and pictures reach back further.
    """

    def __init__(self, drafts: Iterable[DraftRecord], horizon: datetime) -> None:
        counted: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
        undecided: dict[str, list[tuple[datetime, int]]] = {}
        by_task: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
        pictures: dict[str, list[tuple[datetime, int, tuple[str, ...]]]] = {}
        for draft in drafts:
            old = draft.received_at < horizon
            if old and draft.task is None and not draft.distinct_images:
                continue
            if draft.state in ("withdrawn", "returned"):
                continue
            arrival = (draft.received_at, draft.id)
            for unit in draft.joint or (draft.unit,):
                if draft.distinct_images:
                    pictures.setdefault(unit, []).append((*arrival, draft.distinct_images))
                if draft.state == "counted" and draft.task is not None:
                    by_task.setdefault((unit, draft.task), []).append(arrival)
                if draft.state == "counted" and draft.column is not None:
                    counted.setdefault((unit, draft.column), []).append(arrival)
                elif draft.kind == "待审" and draft.state == "counted":
                    undecided.setdefault(unit, []).append(arrival)
        self._counted = {key: Timeline(found) for key, found in counted.items()}
        self._undecided = {key: Timeline(found) for key, found in undecided.items()}
        self._by_task = {key: Timeline(found) for key, found in by_task.items()}
        self._pictures = {unit: _first_sightings(found) for unit, found in pictures.items()}

    def counted(self, unit: str, column: int) -> Timeline:
        """Drafts that count in a column of annex 2."""
        return self._counted.get((unit, column), NOTHING)

    def undecided(self, unit: str) -> Timeline:
        """Drafts whose kind the office has still to decide (待审)."""
        return self._undecided.get(unit, NOTHING)

    def for_task(self, unit: str, task: int) -> Timeline:
        """Drafts that serve a task of annex 3."""
        return self._by_task.get((unit, task), NOTHING)

    def pictures(self, unit: str) -> Timeline:
        """Distinct pictures, each at its first arrival, with the draft it came in."""
        return self._pictures.get(unit, NOTHING)


def _first_sightings(
    arrivals: list[tuple[datetime, int, tuple[str, ...]]],
) -> Timeline:
    seen: set[str] = set()
    fresh: list[tuple[datetime, int]] = []
    for received_at, draft, digests in sorted(arrivals):
        new = set(digests) - seen
        seen |= new
        fresh.extend([(received_at, draft)] * len(new))
    return Timeline(fresh)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a rule of obligations looks at, for one instant.

    Attributes:
        since: First day whose weeks and months are of interest.
        since_quarter: The same for quarters.
        since_task: The same for tasks, seasons and years.
    """

    notice: Notice
    schedule: ScheduleConfig
    ledger: Ledger
    index: DraftIndex
    exempt: dict[str, ExemptionRecord]
    resolve: Resolver
    now: datetime
    since: date
    since_quarter: date
    since_task: date

    @property
    def today(self) -> date:
        """The office's day."""
        return local_day(self.now)

    def exemption(self, key: str) -> str:
        """Why the office released a unit from this obligation, "" when it did not."""
        granted = self.exempt.get(key)
        return f"办公室已免除：{granted.because}。" if granted else ""


def records_since(now: datetime, since: date | None = None) -> date:
    """First day of which drafts are needed to answer for `now` (loaders may cut there)."""
    weeks, quarters, tasks = _horizons(local_day(now), since)
    return min(weeks, tasks, _first_day_counted(quarters))


def quotas_since(now: datetime, since: date | None = None) -> date:
    """First day of which all drafts are needed; older ones serve tasks and pictures alone."""
    return _first_day_counted(_horizons(local_day(now), since)[1])


def open_desk(
    notice: Notice,
    schedule: ScheduleConfig,
    ledger: Ledger,
    now: datetime,
    since: date | None = None,
) -> Desk:
    """Index the records for questions about `now`; naive instants are refused."""
    weeks, quarters, tasks = _horizons(local_day(now), since)
    return Desk(
        notice=notice,
        schedule=schedule,
        ledger=ledger,
        index=DraftIndex(ledger.drafts, at_clock(_first_day_counted(quarters), time(0))),
        exempt={item.obligation_key: item for item in ledger.exemptions if not item.revoked},
        resolve=resolver(notice),
        now=now.astimezone(UTC),
        since=weeks,
        since_quarter=quarters,
        since_task=tasks,
    )


def _first_day_counted(since_quarter: date) -> date:
    """The first quarter begins before the day asked for, and its first week before that."""
    return period_of("quarter", since_quarter).first - 7 * DAY


def _horizons(today: date, since: date | None) -> tuple[date, date, date]:
    """First days for weeks and months, for quarters, and for tasks and years."""
    if since is not None:
        return since, since, since
    last_month = period_of("month", today.replace(day=1) - DAY).first
    last_quarter = period_of("quarter", period_of("quarter", today).first - DAY).first
    return last_month, last_quarter, min(last_quarter, date(today.year, 1, 1))


def state_of(
    now: datetime,
    due: datetime | None,
    near: datetime | None,
    *,
    fulfilled: bool,
    exempt: bool = False,
    unsure: bool = False,
) -> DutyState:
    """The state of an obligation. The due instant itself is past: periods are half-open."""
    if exempt:
        return "免除"
    if fulfilled:
        return "已完成"
    if unsure:
        return "待确认"
    if due is not None and now >= due:
        return "逾期"
    if near is not None and now >= near:
        return "临期"
    return "未到期"


def told_on(day: date, clock: time, not_before: date, due: datetime) -> datetime | None:
    """When to tell a unit that was to be told on `day`: on a working day, before the due time.

    A day off moves to the working day before it, else to the next one; None when there is none.
    """
    if not is_working_day(day):
        earlier = previous_working_day(day)
        day = earlier if earlier >= not_before else next_working_day(day)
    moment = at_clock(day, clock)
    return moment if moment < due else None


def told_before(
    last: date, days: tuple[int, ...], clock: time, not_before: date, due: datetime
) -> tuple[datetime, ...]:
    """Instants of reminders so many days before the last day, ascending."""
    wanted = (last - count * DAY for count in days)
    moments = {told_on(day, clock, not_before, due) for day in wanted if day >= not_before}
    return tuple(sorted(moment for moment in moments if moment is not None))
