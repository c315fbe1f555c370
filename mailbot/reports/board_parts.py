"""What pages of the board are made of: cards, charts, tables; values, all but no markup."""

import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

Tone = Literal["", "good", "warn", "bad", "muted"]

# Telephone numbers, long runs of digits (bank, identity card) and mail addresses.
_PRIVATE = re.compile(
    r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))(?:0\d{2,3}[-－ ]?)?\d{7,8}(?!\d)"  # not 20230419
    r"|(?<!\d)1\d{10}(?!\d)|(?<!\d)\d{15,19}[\dXx]?(?!\d)|[\w.+-]{1,64}@[\w.-]{1,255}"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_LONGEST = 120


def discreet(words: str) -> str:
    """Words from outside in one line: no telephone numbers, addresses or control characters."""
    plain = words.encode("utf-8", "replace").decode("utf-8")
    line = " ".join(_CONTROL.sub(" ", plain).split())
    line = _PRIVATE.sub("〔略〕", line[: 4 * _LONGEST])
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        href: Page it leads to.
        percent: Length of a bar below the text, None for none.
        key: What the column is sorted by where the text would sort wrongly.
    """

    text: str
    tone: Tone = ""
    href: str = ""
    percent: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        number: Aligned right.
        choose: Its values are offered as a filter.
        wide: It takes the room there is.
        tight: Its words are not broken over lines.
    """

    name: str
    number: bool = False
    choose: bool = False
    wide: bool = False
    tight: bool = False

    @property
    def classes(self) -> str:
        """Names for the style sheet."""
        marks = (("n", self.number), ("w", self.wide), ("t", self.tight))
        return " ".join(name for name, holds in marks if holds)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; with `filters` one may type words and choose values, offline."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    filters: bool = False
    empty: str = "无"
    note: str = ""
    kind: str = "grid"

    @property
    def starts(self) -> tuple[Markup, ...]:
        """What every cell of a column begins with, made once: there are many rows."""
        start = Markup('<td role="cell" data-label="{}" class="{}')
        return tuple(start.format(column.name, column.classes) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Card:
    """One figure at a glance."""

    label: str
    value: str
    tone: Tone = ""
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Figures side by side."""

    name: str
    caption: str
    cards: tuple[Card, ...]
    kind: str = "cards"


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a chart: two values, one on the other."""

    label: str
    lower: int
    upper: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over time; the figures stand in a table below, for those who cannot see them."""

    name: str
    caption: str
    lower: str
    upper: str
    bars: tuple[Bar, ...]
    kind: str = "chart"

    @property
    def top(self) -> int:
        """The value at the upper edge: the highest column, rounded up to a readable number."""
        highest = max((bar.lower + bar.upper for bar in self.bars), default=0)
        step = int(10 ** max(0, len(str(highest)) - 1))
        return next(step * n // 2 for n in range(2, 21) if step * n // 2 >= max(highest, 1))


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of its own."""

    text: str
    tone: Tone = ""
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Links:
    """Ways to pages of the same kind; the one whose `href` is the page itself is marked."""

    name: str
    caption: str
    links: tuple[tuple[str, str], ...]
    kind: str = "links"


Block = Grid | Cards | Chart | Note | Links


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the board.

    Attributes:
        file: Its name in the folder.
        section: File of the navigation's entry it belongs to.
    """

    file: str
    title: str
    section: str
    lead: str
    blocks: tuple[Block, ...]
