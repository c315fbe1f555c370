"""Time is passed in: a clock is read once a tick and handed down."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def shanghai(instant: datetime) -> datetime:
    """The same instant as the office's clocks show it; naive values are refused."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime")
    return instant.astimezone(SHANGHAI)
