"""Dates of mail headers: RFC 5322, and what Chinese programs write instead.

All results are in UTC. A date without zone is China's; so is "CST", which
mail-parser and the standard library take for Chicago's.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Fixed: China has kept +08:00 without summer time since 1991."""

_EARLIEST, _LATEST = 2000, 2100
_LONGEST = 200

_NO_ZONE = re.compile(r"(?<![+-]\d\d):\d{1,2}(?:\s+CST)?\s*\Z", re.ASCII | re.IGNORECASE)
_DIGITS_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"[\sT,，]*(?:[(（]?(?:星期|周).[)）]?)?\s*(?P<half>上午|下午|晚上|凌晨|中午)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})\s*(?:[:：分]\s*(?P<second>\d{1,2}))?"
    r"(?:\.\d{1,9})?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_HALF_DAYS = frozenset({"下午", "晚上"})


def parse_date(text: str) -> datetime | None:
    """The instant a header or a quoted line names; None where absent or absurd.

    Absurd is a date that does not exist or lies outside 2000 to 2100.
    """
    text = " ".join(text[:_LONGEST].split())
    match = _DIGITS_FIRST.search(text)
    try:
        when = _from_match(match) if match else _from_mail(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    if when is None or not _EARLIEST <= when.year <= _LATEST:
        return None
    return when.astimezone(UTC)


def _from_match(match: re.Match[str]) -> datetime:
    hour = int(match["hour"])
    if match["half"] in _HALF_DAYS and hour < 12:
        hour += 12
    return datetime(
        int(match["year"]),
        int(match["month"]),
        int(match["day"]),
        hour,
        int(match["minute"]),
        min(int(match["second"] or 0), 59),
        tzinfo=_zone(match["zone"]),
    )


def _zone(text: str | None) -> timezone:
    if text is None:
        return CHINA
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _from_mail(text: str) -> datetime | None:
    fields = parsedate_tz(text)
    if fields is None:
        return None
    zone = CHINA if _NO_ZONE.search(text) else timezone(timedelta(seconds=fields[9] or 0))
    year, month, day, hour, minute, second = fields[:6]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
