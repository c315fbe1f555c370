"""One line per event: greppable, without bodies, secrets or full addresses.

`mailbot.log` is the only place that formats events; addresses are masked here
and titles never appear.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal

_LOGGER = logging.getLogger("mailbot")
_ADDRESS = re.compile(r"([A-Za-z0-9._%+-]{1,64})@([A-Za-z0-9.-]{1,255})")
_secrets: set[str] = set()


def keep_out(secret: str) -> None:
    """Never let this value appear in a log line."""
    if secret:
        _secrets.add(secret)


def masked(text: str) -> str:
    """`text` with addresses shortened (z***@163.com) and known secrets removed."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return _ADDRESS.sub(lambda found: f"{found[1][:1]}***@{found[2]}", text)


class _Line(logging.Formatter):
    """Plain: time level event key=value…; JSON: the same as one object."""

    def __init__(self, style: Literal["plain", "json"]) -> None:
        super().__init__()
        self._json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback is appended as an escaped string."""
        fields: dict[str, Any] = dict(getattr(record, "fields", {}))
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        # Masked before they are quoted: a quoted password would not be recognised.
        shown = {name: _shown(value) for name, value in fields.items()}
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        level, event = record.levelname.lower(), masked(record.getMessage())
        if self._json:
            line = {"time": moment, "level": level, "event": event, **shown}
            return json.dumps(line, ensure_ascii=False)
        pairs = " ".join(f"{name}={_quoted(value)}" for name, value in shown.items())
        return f"{moment} {level} {event} {pairs}".rstrip()


def _shown(value: object) -> object:
    return value if isinstance(value, int | float | None) else masked(str(value))


def _quoted(value: object) -> str:
    text = str(value)
    plain = text and re.fullmatch(r"[\w.:/+#-]+", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def set_up(style: Literal["plain", "json"], level: str) -> None:
    """Send events to stderr in the chosen style."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line(style))
    _LOGGER.handlers[:] = [handler]
    _LOGGER.setLevel(level.upper())
    _LOGGER.propagate = False
    others = logging.getLogger("apscheduler")
    others.handlers[:] = [handler]
    others.setLevel(logging.ERROR)  # it warns of every turn that falls into a long run


def event(name: str, /, **fields: object) -> None:
    """An ordinary event."""
    _LOGGER.info(name, extra={"fields": fields})


def warning(name: str, /, **fields: object) -> None:
    """Something the operator may want to look at."""
    _LOGGER.warning(name, extra={"fields": fields})


def alarm(name: str, /, **fields: object) -> None:
    """Something the operator must mend."""
    _LOGGER.error(name, extra={"fields": fields})


def failure(name: str, /, **fields: object) -> None:
    """Our own fault: with the traceback of the exception being handled."""
    _LOGGER.error(name, extra={"fields": fields}, exc_info=sys.exc_info())
