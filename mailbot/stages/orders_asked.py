"""查询: what the office asks about a unit, a draft or an emergency, and a unit about itself."""

from collections.abc import Sequence
from datetime import datetime

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.scores import ScoreSheet
from mailbot.rules.calendar import chinese_moment
from mailbot.rules.obligations import all_obligations
from mailbot.rules.orders import FORMS, Order
from mailbot.rules.same_item_words import in_lists
from mailbot.stages import undoing
from mailbot.stages.alarms import happened_in_words
from mailbot.stages.beginnings import FIRST_STARTED, since_start
from mailbot.stages.corrections import unit_or_refuse
from mailbot.stages.draft_rows import column_label
from mailbot.stages.ledgers import gather
from mailbot.stages.orders_hand import Work
from mailbot.stages.scores import sheets_of
from store.drafts import DraftFilter
from store.records import DraftRecord
from store.unit_of_work import UnitOfWork

_MOST_DRAFTS, _MOST_DUTIES = 10, 10
_STATES = {"counted": "计数", "not_counted": "不计数", "withdrawn": "已撤稿", "returned": "已退回"}
_EVENT_STATES = {"open": "处置中", "closed": "已终报", "dismissed": "已排除"}


def units_of(config: Config, address: str) -> tuple[str, ...]:
    """The units whose registered address this is; learnt addresses do not count."""
    return tuple(unit.name for unit in config.units if address in unit.addresses)


def asked(work: Work, order: Order) -> tuple[str, tuple[str, ...]]:
    """What the office wants to know: of what, and the lines of the answer.

    Raises:
        Refused: No such unit; the nearest names are offered.
    """
    if order.drafts:
        lines = [line for number in order.drafts for line in _of_draft(work.uow, number)]
        return "、".join(f"#{number}" for number in order.drafts), tuple(lines)
    if order.event is not None:
        return f"E{order.event}", tuple(_of_event(work.uow, order.event))
    if not order.rest:
        return "可用的指令", tuple(FORMS.values())
    unit = unit_or_refuse(order.rest, work.config)
    return unit, of_unit(work, unit)


def own(work: Work, order: Order, units: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What a unit may know: its own figures alone.

    Raises:
        Refused: It asks about somebody else.
    """
    if order.drafts or order.event is not None:
        raise Refused("来信查询只限本单位的总体情况，请写：查询")
    if order.rest and unit_or_refuse(order.rest, work.config) not in units:
        raise Refused("只能查询本单位的情况，请写：查询")
    lines = [line for unit in units for line in of_unit(work, unit)]
    return "、".join(units), tuple(lines)


def of_unit(work: Work, unit: str) -> tuple[str, ...]:
    """A unit's year so far, what it owes, and its latest drafts."""
    year = shanghai(work.now).year
    sheets = sheets_of(work.uow, work.config, year, shanghai(work.now).date())
    sheet = next((one for one in sheets if one.unit == unit), None)
    ledger = gather(work.uow, work.now)
    duties = all_obligations(work.config.notice, ledger, work.now, work.config.schedule)
    started = work.uow.facts.get(FIRST_STARTED)
    duties = since_start(duties, datetime.fromisoformat(str(started)) if started else None)
    owed = [duty for duty in duties if duty.unit == unit and duty.open]
    recent = work.uow.drafts.listing(DraftFilter(unit=unit, limit=_MOST_DRAFTS))
    return (
        *(_figures(sheet, year) if sheet is not None else ()),
        *(f"{duty.state}：{duty.period_label}{duty.what}，欠{duty.missing}{duty.measure}"
          for duty in owed[:_MOST_DUTIES]),
        *(_draft_line(draft) for draft in recent),
    )  # fmt: skip


def _figures(sheet: ScoreSheet, year: int) -> Sequence[str]:
    columns = [
        f"{column_label(one.column)}报送{one.submitted}篇（应报{one.submit_quota}），"
        f"采用{one.adopted}篇（应采用{one.adopt_quota}）"
        for one in sheet.columns
    ]
    points = f"{year}年采用、批示等得分{sheet.points:g}分，综合得分{sheet.composite:g}分"
    return [*columns, points]


def _draft_line(draft: DraftRecord) -> str:
    at = chinese_moment(draft.received_at)
    like = in_lists(draft.relation, draft.same_item_as)
    state = _STATES[draft.state] + (f"（{like}）" if like else "")
    return f"#{draft.id}《{draft.title}》{draft.kind}，{at}收到，{state}"


def _of_draft(uow: UnitOfWork, number: int) -> Sequence[str]:
    draft = uow.drafts.get(number)
    if draft is None:
        raise Refused(f"没有#{number}这篇稿件")
    unit = "、".join(draft.joint) or draft.unit or "单位待核"
    lines = [f"{_draft_line(draft)}，{unit}，正文{draft.words}字"]
    lines += [f"待核：{doubt}" for doubt in draft.needs_review]
    for act in uow.acts.of(f"draft:{number}"):
        if act.verb in undoing.NAMES:
            undone = "（已撤销）" if act.undone_by is not None else ""
            lines.append(f"操作{act.id} {chinese_moment(act.at)} {undoing.NAMES[act.verb]}{undone}")
    return lines


def _of_event(uow: UnitOfWork, number: int) -> Sequence[str]:
    event = uow.events.get(number)
    if event is None:
        raise Refused(f"没有E{number}这个突发事件")
    acknowledged = event.acknowledged_at
    told = f"{chinese_moment(acknowledged)}已确认" if acknowledged else "尚无人确认"
    return [
        f"E{event.id} {event.unit or '单位待核'}“{event.title}”，{_EVENT_STATES[event.state]}",
        f"事发{happened_in_words(event)}，{chinese_moment(event.opened_at)}登记，{told}",
    ]
