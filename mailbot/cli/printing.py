"""What commands print: tables for people, one JSON document for programs."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from mailbot.clock import shanghai


def print_json(document: object) -> None:
    """One UTF-8 JSON document on stdout; instants in +08:00."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return shanghai(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(type(value).__name__)


def iso(instant: datetime | None) -> str | None:
    """An instant as ISO 8601 with +08:00, None as it is."""
    return None if instant is None else shanghai(instant).isoformat(timespec="seconds")


def when(instant: datetime | None) -> str:
    """An instant for a table: 04-19 09:05."""
    return "" if instant is None else f"{shanghai(instant):%m-%d %H:%M}"


def until(instant: datetime | None) -> str:
    """A due time for a table; midnight is 24:00 of the day before."""
    if instant is None:
        return "不限"
    local = shanghai(instant)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%m-%d} 24:00"
    return f"{local:%m-%d %H:%M}"


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table aligned for Chinese text; a word instead when there is nothing."""
    from tabulate import tabulate  # noqa: PLC0415  most commands print no table

    lines = [[clip(str(cell)) for cell in row] for row in rows]
    print(tabulate(lines, headers=list(headers), disable_numparse=True) if lines else "（无）")


def clip(text: str, width: int = 40) -> str:
    """A cell that keeps the table readable."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def listing(
    rows: Sequence[Any],
    *,
    as_json: bool,
    document: Callable[[], object],
    headers: Sequence[str],
    cells: Callable[[Any], Sequence[object]],
) -> int:
    """Print a listing either way; returns the exit code."""
    if as_json:
        print_json(document())
    else:
        print_table(headers, (cells(row) for row in rows))
    return 0
