"""Letters from typed contexts, over Jinja2; the only module that knows templates.

Each letter is three templates: subject, text, html. Undefined names are errors,
HTML is escaped, and a subject is one line whatever it quotes.
"""

import re
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from mailbot.clock import shanghai
from mailbot.records.letters import Letter, Rendered

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_SUBJECT_LENGTH, _QUOTE_LENGTH = 120, 400
_WEEKDAYS = "一二三四五六日"


class LetterWriter:
    """Renders letters from `folder`/mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "mail"

    @cached_property
    def environment(self) -> Environment:
        """Strict, with escaped HTML and the filters letters use."""
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            autoescape=select_autoescape(["html.j2"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        environment.filters.update(
            moment=moment, deadline=deadline, day=day, hour=hour, lasting=lasting, plain=plain
        )
        return environment

    def render(self, letter: Letter) -> Rendered:
        """Subject, text and HTML of a letter."""
        context = {field.name: getattr(letter, field.name) for field in fields(letter)}
        subject = self._one("subject", letter, context)
        text = _BLANK_LINES.sub("\n\n", self._one("txt", letter, context)).strip() + "\n"
        html = self._one("html", letter, context).strip() + "\n"
        return Rendered(one_line(subject), _encodable(text), _encodable(html))

    def check(self) -> int:
        """Compile every template; returns how many. Raises what the library raises."""
        names = self.environment.list_templates()
        for name in names:
            self.environment.get_template(name)
        return len(names)

    def _one(self, part: str, letter: Letter, context: dict[str, object]) -> str:
        return self.environment.get_template(f"{letter.template}.{part}.j2").render(context)


def _encodable(text: str) -> str:
    """Without halves of surrogate pairs, which no mail can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str, length: int = _SUBJECT_LENGTH) -> str:
    """A subject: one line, no control or direction characters, bounded."""
    line = " ".join(_CONTROL.sub(" ", _encodable(text)).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def plain(text: str) -> str:
    """Words from outside within a text letter: one line, bounded."""
    return one_line(text, _QUOTE_LENGTH)


def lasting(minutes: int) -> str:
    """A span as one says it: 85分钟 is still that, 4855 minutes are 3天8小时."""
    hours, rest = divmod(minutes, 60)
    if hours < 2:
        return f"{minutes}分钟"
    if hours < 48:
        return f"{hours}小时{rest}分钟" if rest else f"{hours}小时"
    days, hours = divmod(hours, 24)
    return f"{days}天{hours}小时" if hours else f"{days}天"


def moment(instant: datetime) -> str:
    """4月19日 09:05, in Asia/Shanghai."""
    local = shanghai(instant)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def deadline(instant: datetime) -> str:
    """A due time: midnight is 24:00 of the day before, as the office says it."""
    local = shanghai(instant)
    if (local.hour, local.minute) != (0, 0):
        return moment(instant)
    last = local - timedelta(days=1)
    return f"{last.month}月{last.day}日 24:00"


def hour(instant: datetime) -> str:
    """09:05, in Asia/Shanghai."""
    return f"{shanghai(instant):%H:%M}"


def day(value: date | datetime) -> str:
    """4月19日（星期三）, in Asia/Shanghai."""
    local = shanghai(value).date() if isinstance(value, datetime) else value
    return f"{local.month}月{local.day}日（星期{_WEEKDAYS[local.weekday()]}）"
