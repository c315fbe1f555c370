"""What a time in a text comes to: two ends, and what the text has told so far."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, NamedTuple

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Precision = Literal["minute", "hour", "part_of_day", "day", "range"]


class Instant(NamedTuple):
    """What one expression means; both ends inclusive, in Asia/Shanghai.

    Attributes:
        other: The ends of a second reading that the words allow as well (五点半 of the morning
            or the afternoon), None when there is but one.
    """

    earliest: datetime
    latest: datetime
    precision: Precision
    start: int
    end: int
    day: date
    part: str = ""
    dated: bool = False
    other: tuple[datetime, datetime] | None = None


class Told(NamedTuple):
    """What the text has said so far: the mail's time, the last date, the last instant."""

    reference: datetime
    anchor: date | None = None
    last: Instant | None = None


_START_OF_DAY = time()


def midnight(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai."""
    return datetime.combine(day, _START_OF_DAY, CHINA)
