"""What the ledger (台账) of a period holds: drafts, what became of them, emergencies, sums."""

from collections import Counter
from collections.abc import Iterable, Sequence

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.records.notices import LedgerBook, Sheet
from mailbot.records.scores import ScoredAct
from mailbot.rules.calendar import Window
from mailbot.rules.publications import FORMS
from mailbot.stages.acts import recorded
from mailbot.stages.draft_rows import column_label
from store.records import DraftRecord, EventRecord
from store.unit_of_work import UnitOfWork

_STATES = {"counted": "计入", "not_counted": "不计", "withdrawn": "已撤稿", "returned": "已退回"}
_LEVELS = {"alert": "突发", "review": "疑似突发", "none": ""}
_VERBS = {
    "adopted": "采用",
    "instructed": "批示",
    "praised": "通报表扬",
    "criticised": "通报批评",
    "emergency-credit": "突发首报加分",
    "emergency-blame": "突发扣分",
}
_EVENT_STATES = {"open": "处置中", "closed": "已终报", "dismissed": "已排除"}
_DRAFTS = (
    ("编号", 8, "number"), ("收到时间", 18, "moment"), ("单位", 22, "text"),
    ("标题", 48, "text"), ("类型", 11, "text"), ("栏目", 8, "text"), ("正文字数", 10, "number"),
    ("全文字数", 10, "number"), ("状态", 9, "text"), ("突发", 10, "text"),
    ("报送时限", 10, "text"), ("历时（分钟）", 12, "number"), ("附件3任务", 10, "number"),
    ("同一稿件", 10, "number"), ("采用", 36, "text"), ("待核事项", 36, "text"),
)  # fmt: skip
_ACTS = (
    ("操作号", 8, "number"), ("日期", 12, "date"), ("事项", 14, "text"), ("单位", 26, "text"),
    ("稿件编号", 10, "number"), ("标题或事由", 48, "text"), ("层级", 16, "text"),
    ("刊物", 20, "text"), ("形式", 10, "text"), ("批示领导", 20, "text"),
    ("依据", 26, "text"), ("录入人", 22, "text"),
)  # fmt: skip
_EVENTS = (
    ("编号", 8, "text"), ("单位", 22, "text"), ("事由", 48, "text"), ("级别", 10, "text"),
    ("事发时间", 18, "moment"), ("登记时间", 18, "moment"), ("电话首报", 18, "moment"),
    ("书面首报", 18, "moment"), ("最近续报", 18, "moment"), ("状态", 10, "text"),
)  # fmt: skip
_SUMS = (
    ("单位", 22, "text"), ("组别", 24, "text"), ("①类", 8, "number"), ("②类", 8, "number"),
    ("合计", 8, "number"), ("采用（次）", 10, "number"), ("批示（件）", 10, "number"),
    ("突发（起）", 10, "number"),
)  # fmt: skip


def ledger_book(uow: UnitOfWork, config: Config, window: Window) -> LedgerBook:
    """The ledger of the days of `window`; bodies of drafts are not in it."""
    drafts = uow.drafts.between(window.start, window.end)
    everything = recorded(uow)
    acts = [act for act in everything if window.first <= act.on <= window.last]
    events = [e for e in uow.events.all() if window.start <= e.opened_at < window.end]
    taken = _taken(everything)
    return LedgerBook(
        title=f"{window.label}信息稿件台账",
        sheets=(
            Sheet("稿件", _DRAFTS, tuple(_draft(draft, taken) for draft in drafts)),
            Sheet("采用批示", _ACTS, tuple(_act(act) for act in acts)),
            Sheet("突发事件", _EVENTS, tuple(_event(event) for event in events)),
            Sheet("单位汇总", _SUMS, tuple(_sums(config, drafts, acts, events))),
        ),
    )


def _taken(acts: Iterable[ScoredAct]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for act in acts:
        if act.verb == "adopted" and act.draft_id is not None:
            found.setdefault(act.draft_id, []).append(f"{act.level}《{act.publication}》")
    return {draft: "；".join(dict.fromkeys(names)) for draft, names in found.items()}


def _draft(draft: DraftRecord, taken: dict[int, str]) -> tuple[object, ...]:
    return (
        draft.id, shanghai(draft.received_at), "、".join(draft.joint) or draft.unit or "待核",
        draft.title, draft.kind, column_label(draft.column) if draft.column else "",
        draft.words, draft.words_total, _STATES[draft.state], _LEVELS.get(draft.emergency, ""),
        draft.punctuality if draft.emergency != "none" else "", draft.minutes_to_report,
        draft.task, draft.same_item_as, taken.get(draft.id, ""), "；".join(draft.needs_review),
    )  # fmt: skip


def _act(act: ScoredAct) -> tuple[object, ...]:
    form = dict(FORMS).get(act.form, "") if act.form else ""  # type: ignore[call-overload]
    return (
        act.act, act.on, _VERBS[act.verb] + (f"（{act.fault}）" if act.fault else ""),
        "、".join(act.units), act.draft_id, act.what, act.level, act.publication, form,
        act.leader, act.evidence, act.by,
    )  # fmt: skip


def _event(event: EventRecord) -> tuple[object, ...]:
    moments = (
        event.happened_earliest, event.opened_at, event.phoned_at, event.written_at,
        event.last_report_at,
    )  # fmt: skip
    told = [None if one is None else shanghai(one) for one in moments]
    level = _LEVELS.get(event.level, "")
    state = _EVENT_STATES[event.state]
    return (f"E{event.id}", event.unit or "待核", event.title, level, *told, state)


def _sums(
    config: Config,
    drafts: Sequence[DraftRecord],
    acts: Sequence[ScoredAct],
    events: Sequence[EventRecord],
) -> Iterable[tuple[object, ...]]:
    counted = [draft for draft in drafts if draft.state == "counted"]
    sent = Counter((name, d.column) for d in counted for name in (d.joint or (d.unit,)))
    done = Counter((name, act.verb) for act in acts for name in act.units)
    happened = Counter(event.unit for event in events if event.state != "dismissed")
    for unit in config.units:
        short, long = sent[unit.name, 1], sent[unit.name, 2]
        adopted, noted = done[unit.name, "adopted"], done[unit.name, "instructed"]
        yield (
            unit.name, unit.group, short, long, short + long, adopted, noted, happened[unit.name],
        )  # fmt: skip
