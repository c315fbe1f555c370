"""Arguments several commands share."""

import argparse
import re
from datetime import UTC, date, datetime, time

from mailbot.clock import SHANGHAI
from mailbot.errors import Refused


def json_flag(parser: argparse.ArgumentParser) -> None:
    """--json: one document on stdout."""
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def instant(text: str) -> datetime:
    """An instant as typed: ISO 8601, without a zone it is Asia/Shanghai.

    Raises:
        Refused: It is not an instant.
    """
    try:
        value = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise Refused(f"时间 {text!r} 看不懂，请写成 2023-04-19T09:05 的形式") from None
    return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def deadline(text: str, closing: time) -> datetime:
    """A due time as typed: a day alone means until the office closes on it.

    Raises:
        Refused: It is no instant.
    """
    words = text.strip().replace("/", "-")
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", words):
        return datetime.combine(day(words), closing, SHANGHAI).astimezone(UTC)
    return instant(text)


def day(text: str) -> date:
    """A day as typed: 2023-04-19 or 2023/4/19.

    Raises:
        Refused: It is not a day.
    """
    words = text.strip().replace("/", "-").split("-")
    try:
        year, month, number = (int(word) for word in words)
        return date(year, month, number)
    except ValueError:
        raise Refused(f"日期 {text!r} 看不懂，请写成 2023-04-19 的形式") from None


def shown(moment: datetime) -> str:
    """An instant for people: 2023-04-19 09:05（北京时间）."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}（北京时间）"


def number(text: str, letter: str = "") -> int:
    """12, #12, or E3 with `letter` E; Refused otherwise."""
    found = re.fullmatch(rf"#?{letter}?(\d{{1,9}})", text.strip(), re.IGNORECASE)
    if found is None:
        raise Refused(f"编号 {text!r} 看不懂，请写成 {letter or '#'}12 的形式")
    return int(found[1])
