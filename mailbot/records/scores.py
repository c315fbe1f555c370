"""What the score sheet is made of: acts as scoring sees them, lines, and a unit's sheet."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Verb = Literal[
    "adopted", "instructed", "praised", "criticised", "emergency-credit", "emergency-blame"
]
Fault = Literal["漏报", "误报", "瞒报", "通报批评"]


@dataclass(frozen=True, slots=True)
class ScoredAct:
    """One act in force that bears on scores.

    Attributes:
        act: Number of the act (操作号), by which it is undone.
        units: Units it concerns; several for a joint draft (联合报送).
        item: Id of the draft, or of the draft it revises; None without a draft.
        column: Column of annex 2 an adoption counts in, None when in none.
        what: The draft's title or what the act was about.
        level: Level of the publication ("市委办公室"), "" for other acts.
        form: "issue", "item" or "mention" of annex 1; "" where the channel has no points.
        leader: Who gave the 批示, as annex 1 names it.
        fault: What an emergency was blamed for.
        evidence: 期号, 文号, mail or other proof, as entered.
        by: Who entered it.
    """

    act: int
    verb: Verb
    units: tuple[str, ...]
    on: date
    by: str
    what: str = ""
    item: int | None = None
    draft_id: int | None = None
    column: int | None = None
    level: str = ""
    publication: str = ""
    form: str = ""
    leader: str = ""
    fault: str = ""
    event_id: int | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Points with their reason: clause, rule version and evidence.

    Attributes:
        points: May be 0: an act that earns nothing under the policy still shows why.
        rules: Version of the scoring rules that gave the points.
        channel: 直接报送 or 择优推荐上报 for adoptions, "" otherwise.
        act: The act behind it, None for the two rates.
    """

    points: float
    because: str
    clause: str
    evidence: str
    rules: str
    channel: str = ""
    act: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnScore:
    """Submissions and adoptions of one column of annex 2 against its quotas."""

    column: int
    submitted: int
    submit_quota: int
    adopted: int
    adopt_quota: int
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One unit's year.

    Attributes:
        points: Sum of `lines`: annex 1, emergencies, praise and criticism.
        base: The two rates with their weights; they sum to 100 when both quotas are met.
        composite: Sum of `base` and `points`, compared with the pivot (四（三）).
        rank: Place inside the unit's group; equal scores share a place.
        disqualified: 通报批评 took the unit out of 评优评先 (四（三）).
        notes: What a reader must know of doubt, in Chinese.
    """

    unit: str
    group: str
    year: int
    submitted: int
    submit_quota: int
    adopted: int
    adopt_quota: int
    columns: tuple[ColumnScore, ...]
    base: tuple[ScoreLine, ...]
    lines: tuple[ScoreLine, ...]
    points: float
    composite: float
    rank: int = 0
    disqualified: bool = False
    praised: int = 0
    criticised: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """How one unit's year changes when other scoring rules are applied."""

    unit: str
    group: str
    points: tuple[float, float]
    composite: tuple[float, float]
    rank: tuple[int, int]
