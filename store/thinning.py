"""Which copies to keep when they grow many."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Keep:
    """How many hours, days and months keep a copy of their own."""

    hourly: int
    daily: int
    monthly: int


def kept(copies: Collection[datetime], keep: Keep, zone: tzinfo) -> frozenset[datetime]:
    """Copies that stay: the newest of each of the latest hours, days and months that have one.

    Only the copies themselves count, not the clock: after a pause, or with a clock that ran
    wild, the older copies stay. The newest one always does.
    """
    local = sorted(copies, reverse=True)
    chosen = set(local[:1])
    chosen.update(_newest(local, keep.hourly, zone, "%Y-%m-%d %H %z"))
    chosen.update(_newest(local, keep.daily, zone, "%Y-%m-%d"))
    chosen.update(_newest(local, keep.monthly, zone, "%Y-%m"))
    return frozenset(chosen)


def _newest(
    newest_first: Iterable[datetime], most: int, zone: tzinfo, span: str
) -> Iterable[datetime]:
    found: dict[str, datetime] = {}
    for copy in newest_first:
        found.setdefault(copy.astimezone(zone).strftime(span), copy)
    return list(found.values())[:most]
