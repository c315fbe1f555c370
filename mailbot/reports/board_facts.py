"""What the board shows, gathered once: records, duties, scores, and where each unit's page is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Arrears, Obligation
from mailbot.records.scores import ScoredAct, ScoreSheet
from mailbot.reports.board_parts import Cell, Tone, discreet
from mailbot.rules.calendar import Window, local_day, month
from mailbot.rules.reminders import arrears
from mailbot.rules.scoring import score_sheets
from store.records import DraftRecord, EventRecord

MONTHS = 13
NOT_A_DRAFT = "非稿件"
_STATES: dict[str, tuple[str, Tone]] = {
    "counted": ("计入", "good"),
    "not_counted": ("不计", "muted"),
    "withdrawn": ("撤稿", "muted"),
    "returned": ("退回", "warn"),
}
_DUTY_TONES: dict[str, Tone] = {
    "逾期": "bad",
    "临期": "warn",
    "待确认": "warn",
    "已完成": "good",
    "免除": "muted",
    "未到期": "muted",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the pages are made from, at one instant.

    Attributes:
        drafts: Of the last `MONTHS` months, newest first, without what is no draft.
        unit_files: File of each unit's page.
        adopted: How often each draft was adopted.
        rows: Drafts as rows of a table, each made once for all its pages.
    """

    config: Config
    now: datetime
    ledger: Ledger
    duties: Sequence[Obligation]
    arrears: Sequence[Arrears]
    sheets: Sequence[ScoreSheet]
    drafts: Sequence[DraftRecord]
    by_unit: dict[str, list[DraftRecord]]
    duties_by_unit: dict[str, list[Obligation]]
    unit_files: dict[str, str]
    adopted: dict[int, int]
    rows: dict[int, tuple[Cell, ...]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The office's day."""
        return local_day(self.now)

    def months(self) -> list[Window]:
        """The months shown, newest first."""
        found = [month(self.today.year, self.today.month)]
        while len(found) < MONTHS:
            before = found[-1].first - timedelta(days=1)
            found.append(month(before.year, before.month))
        return found

    def title(self, words: str) -> str:
        """A title as the board may show it."""
        return (discreet(words) or "无标题") if self.config.board.titles else "（标题从略）"

    def unit(self, name: str) -> Cell:
        """A unit with the way to its page."""
        return Cell(name, href=self.unit_files.get(name, "")) if name else Cell("待核", "warn")


def oldest_day(now: datetime) -> date:
    """First day of the records wanted: the months shown, and the year with its first week."""
    today = local_day(now)
    first = date(today.year - 1, today.month, 1)
    return min(first, date(today.year, 1, 1) - timedelta(days=7))


def facts_of(
    config: Config,
    ledger: Ledger,
    acts: Sequence[ScoredAct],
    duties: Sequence[Obligation],
    now: datetime,
) -> Facts:
    """The facts; `ledger` reaches back to `oldest_day`."""
    today = local_day(now)
    first = date(today.year - 1, today.month, 1)
    drafts = [
        draft
        for draft in reversed(ledger.drafts)
        if draft.kind != NOT_A_DRAFT and local_day(draft.received_at) >= first
    ]
    by_unit: defaultdict[str, list[DraftRecord]] = defaultdict(list)
    for draft in drafts:
        for name in draft.joint or (draft.unit,):
            by_unit[name].append(draft)
    duties_by_unit: defaultdict[str, list[Obligation]] = defaultdict(list)
    for duty in duties:
        duties_by_unit[duty.unit].append(duty)
    adopted: defaultdict[int, int] = defaultdict(int)
    for act in acts:
        if act.verb == "adopted" and act.draft_id is not None:
            adopted[act.draft_id] += 1
    return Facts(
        config=config,
        now=now,
        ledger=ledger,
        duties=duties,
        arrears=arrears(config.notice, config.schedule, duties, ledger),
        sheets=score_sheets(
            config.notice, config.schedule, ledger, acts, year=today.year, until=today
        ),
        drafts=drafts,
        by_unit=by_unit,
        duties_by_unit=duties_by_unit,
        unit_files={u.name: f"unit-{n:03}.html" for n, u in enumerate(config.units, 1)},
        adopted=adopted,
    )


def moment(instant: datetime | None) -> Cell:
    """An instant in a table; it sorts as it reads."""
    return Cell("" if instant is None else f"{shanghai(instant):%Y-%m-%d %H:%M}")


def due(instant: datetime | None) -> Cell:
    """A due time: midnight is 24:00 of the day before, as the office says it."""
    if instant is None:
        return Cell("不限", "muted")
    local = shanghai(instant)
    if (local.hour, local.minute) == (0, 0):
        return Cell(f"{local - timedelta(days=1):%Y-%m-%d} 24:00")
    return Cell(f"{local:%Y-%m-%d %H:%M}")


def number(value: float) -> Cell:
    """A figure."""
    return Cell(f"{value:g}")


def state_of_draft(draft: DraftRecord) -> Cell:
    """Whether a draft counts, and whether the office must look at it."""
    words, tone = _STATES[draft.state]
    return Cell(f"{words}，待核", "warn") if draft.needs_review else Cell(words, tone)


def state_of_duty(duty: Obligation) -> Cell:
    """Where a duty stands."""
    return Cell(duty.state, _DUTY_TONES.get(duty.state, ""))


def done_of(duty: Obligation) -> Cell:
    """How far a duty is done; only what is overdue is shown as bad."""
    tone: Tone = "bad" if duty.state == "逾期" else ""
    return progress(int(duty.done), int(duty.needed), tone)


def progress(done: int, needed: int, tone: Tone = "") -> Cell:
    """Done of needed, with a bar; `tone` where it is not all done."""
    if not needed:
        return Cell(f"{done}", "muted")
    percent = min(100, 100 * done // needed)
    tone = "good" if percent == 100 else tone
    return Cell(f"{done}/{needed}", tone, percent=percent, key=f"{percent}")


def state_of_event(event: EventRecord) -> Cell:
    """Whether anybody has taken an emergency in hand."""
    if event.state == "closed":
        return Cell("已终报", "good")
    if event.state == "dismissed":
        return Cell("已排除", "muted")
    return Cell("处置中", "warn") if event.acknowledged_at else Cell("尚无人确认", "bad")
