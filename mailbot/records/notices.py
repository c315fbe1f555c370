"""The figures of a notice (通报, 四（三）): computed once, written once, checked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

LEVELS = ("中央", "省级", "市级", "其他")
Span = Literal["month", "quarter"]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One unit's line of an annex table.

    Attributes:
        place: Its serial number inside the group.
        short, long: Drafts of columns ① and ② received in the period and counted.
        short_year, long_year: The same since New Year, up to the period's last day.
        adopted: Adoptions in the period by level of the publication, in the order of LEVELS.
        adopted_year: Drafts adopted since New Year.
        points: Points of annex 1, emergencies, praise and criticism since New Year.
        composite: Composite score, None while quotas of the unit are only guessed.
        rank: Place inside the group by composite, None likewise.
        owed: Duties of the period that fell due and were not met; never from guessed quotas.
    """

    unit: str
    place: int
    short: int
    long: int
    short_year: int
    long_year: int
    adopted: tuple[int, int, int, int]
    adopted_year: int
    points: float
    composite: float | None
    rank: int | None
    owed: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Drafts of both columns in the period."""
        return self.short + self.long


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """One annex table: the units of a group of annex 2."""

    name: str
    rows: tuple[NoticeRow, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A unit praised or criticised, and for what."""

    unit: str
    because: str


@dataclass(frozen=True, slots=True)
class NoticeFigures:
    """Everything a notice says.

    Attributes:
        number: "2023-04" or "2023-Q2".
        label: "2023年4月", "2023年第二季度".
        first, last: First and last day of the period.
        drafts: Distinct drafts counted in the period; a joint one stands in several rows.
        shares: Sum of the rows: drafts, a joint one once for each of its units.
        by_kind: Drafts by kind, in the order of the configuration.
        adopted: Adoptions by level, in the order of LEVELS; shares likewise.
        instructed: 批示 in the period.
        emergencies: Emergencies reported, and of these those in time and late.
        zero_units: Units that owed something certain and sent nothing.
        unconfirmed: Units with a quota that is only guessed: shown without score and rank; what
            is owed under the guess is no reproach.
        written_on: Day below the signature.
    """

    number: str
    label: str
    span: Span
    first: date
    last: date
    drafts: int
    shares: int
    by_kind: tuple[tuple[str, int], ...]
    adopted: tuple[int, int, int, int]
    instructed: int
    emergencies: tuple[int, int, int]
    groups: tuple[NoticeGroup, ...]
    praised: tuple[Named, ...]
    criticised: tuple[Named, ...]
    zero_units: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    requirements: tuple[str, ...]
    reference: str
    office: str
    written_on: date

    @property
    def rows(self) -> tuple[NoticeRow, ...]:
        """Every unit's row, in the notice's order."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def title(self) -> str:
        """The paper's title."""
        return f"关于{self.label}信息宣传工作情况的通报"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a ledger: titles with widths and kinds ("text", "number", "date", "moment")."""

    name: str
    columns: tuple[tuple[str, int, str], ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """台账 of a period: its title and sheets."""

    title: str
    sheets: tuple[Sheet, ...]


Figures = Mapping[str, object]
