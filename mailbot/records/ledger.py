"""All the records from which obligations are derived, gathered once a tick.

Days are days of Asia/Shanghai; instants are timezone-aware UTC.
"""

from dataclasses import dataclass
from datetime import date

from mailbot.records.obligations import Nudge
from store.records import (
    ActivityRecord,
    CommissionRecord,
    DraftRecord,
    EventRecord,
    ExemptionRecord,
)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A draft was adopted by a publication (三, annex 1), as the office recorded it.

    Attributes:
        level: Level of the publication ("市委办公室"), which the office's targets go by.
        column: Column of annex 2 in which it counts for the unit, None when in none.
        points: Points of annex 1.
    """

    unit: str
    on: date
    level: str
    column: int | None
    points: float = 0
    draft_id: int | None = None


@dataclass(frozen=True, slots=True)
class MediaCount:
    """Column ③: items the office entered for a unit on a day (annex 2 备注)."""

    unit: str
    on: date
    count: int = 1


@dataclass(frozen=True, slots=True)
class Upward:
    """Drafts the bureau itself sent upward (annex 1 备注). `target` as in `office_targets`."""

    target: str
    on: date
    count: int = 1


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything on record that bears on what is owed.

    Attributes:
        nudges: Letters of reminder and alert already queued or sent, whatever their state now.
    """

    drafts: tuple[DraftRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    commissions: tuple[CommissionRecord, ...] = ()
    activities: tuple[ActivityRecord, ...] = ()
    exemptions: tuple[ExemptionRecord, ...] = ()
    adoptions: tuple[Adopted, ...] = ()
    media: tuple[MediaCount, ...] = ()
    upward: tuple[Upward, ...] = ()
    nudges: tuple[Nudge, ...] = ()
