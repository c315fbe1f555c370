"""What the office changes by hand: corrections and withdrawals, audited and undoable.

Nothing is edited without an act beside it that holds the values before and after.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.tasks import confirmed_with
from mailbot.rules.unit_names import canonical
from mailbot.stages import corrected_events, corrected_times, fulfilling, same_item
from mailbot.stages.corrected_events import Hand
from mailbot.stages.draft_rows import NOT_A_DRAFT
from store.records import ActRecord, DraftRecord
from store.unit_of_work import UnitOfWork

CORRECT, WITHDRAW, RETURN = "correct", "withdraw", "return"
_LEVELS = {"是": "alert", "疑似": "review", "否": "none"}
_COLUMNS = {"①": 1, "②": 2, "③": 3, "1": 1, "2": 2, "3": 3, "无": None}
_COUNTING = {"是": "counted", "否": "not_counted"}
_OF_EMERGENCIES = frozenset({"突发", "事发", "接报"})
_TAKEN_OUT = {WITHDRAW: "withdrawn", RETURN: "returned"}
_UNITS = re.compile("[、,，+＋]")
_EXAMPLE = "单位=市政管理科 类型=动态简讯 突发=是 事发=4月19日8时5分"


def draft_or_refuse(uow: UnitOfWork, draft_id: int) -> DraftRecord:
    """The draft; Refused when there is none."""
    draft = uow.drafts.get(draft_id)
    if draft is None:
        raise Refused(f"没有 #{draft_id} 这篇稿件，请用 mailbot drafts list 查看编号")
    return draft


def unit_or_refuse(name: str, config: Config) -> str:
    """The canonical unit `name` means; Refused with the nearest names otherwise."""
    found = canonical(name, config.notice)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"“{name}”可以指{'、'.join(found)}，请写全称")
    spelt = {word: unit.name for unit in config.units for word in (*unit.aliases, unit.name)}
    near = list(dict.fromkeys(spelt[word] for word in get_close_matches(name, spelt, n=9)))
    some = "、".join(unit.name for unit in config.units[:5])
    hint = f"是否指：{'、'.join(near[:3])}" if near else f"可用的单位：{some}等"
    raise Refused(f"没有“{name}”这个单位。{hint}")


def correct(uow: UnitOfWork, draft_id: int, wanted: Mapping[str, str], hand: Hand) -> int:
    """Apply Chinese corrections (单位=… 突发=…) and settle the doubts they answer.

    An emergency found by hand is opened and alerted like one that arrived so, and
    one denied is taken off the duty's list. Returns the act.
    """
    if not wanted:
        raise Refused(f"没有写明改什么。例如：{_EXAMPLE}")
    draft = draft_or_refuse(uow, draft_id)
    values: dict[str, Any] = {}
    for name, value in wanted.items():
        if name not in _CHANGES:
            raise Refused(f"不能更正“{name}”。可以更正：{'、'.join(CORRECTABLE)}")
        values.update(_CHANGES[name](value.strip(), draft, hand.config))
    if "单位" in wanted and "任务" not in wanted and draft.task is None:
        task = confirmed_with(values["unit"], draft.needs_review, hand.config.notice)
        values |= {"task": task} if task is not None else {}
    doubts = set() if wanted.keys() <= _OF_EMERGENCIES else set(_other_doubts(draft))
    values["needs_review"] = [doubt for doubt in draft.needs_review if doubt not in doubts]
    if _OF_EMERGENCIES & wanted.keys():
        times = corrected_times.Told(wanted.get("事发"), wanted.get("接报"))
        values = corrected_times.judged(draft, values, times, hand.config, hand.now)
    corrected = replace(draft, **{name: _frozen(value) for name, value in values.items()})
    changed = [name for name in values if getattr(draft, name) != getattr(corrected, name)]
    if not changed:
        raise Refused(f"#{draft_id} 本来就是这样登记的，没有改动")
    uow.drafts.change(draft_id, **{name: values[name] for name in changed})
    detail: dict[str, object] = {
        "before": {name: _plain(getattr(draft, name)) for name in changed},
        "after": {name: _plain(values[name]) for name in changed},
    }
    if "单位" in wanted:
        detail["sender"] = _learn_sender(uow, draft, corrected.unit, hand)
    detail["event"] = corrected_events.follow(uow, hand, was=draft, draft=corrected)
    if corrected.joint and corrected.joint != draft.joint:
        detail[same_item.HEIR] = same_item.settle_joint(uow, corrected, hand.by, hand.now)
    kept = {name: value for name, value in detail.items() if value}
    act = uow.acts.add(hand.now, hand.by, CORRECT, f"draft:{draft_id}", kept)
    fulfilling.follow(uow, draft_id, hand.by, hand.now)
    return act


def _unit(value: str, _draft: DraftRecord, config: Config) -> dict[str, Any]:
    """One unit, or several with 、 between them: a joint draft (联合报送)."""
    names = [unit_or_refuse(name, config) for name in _UNITS.split(value) if name.strip()]
    units = list(dict.fromkeys(names)) or [unit_or_refuse(value, config)]
    joint = units if len(units) > 1 else []
    return {"unit": units[0], "unit_confidence": "certain", "joint": joint}


def _kind(value: str, draft: DraftRecord, config: Config) -> dict[str, Any]:
    if value == NOT_A_DRAFT:
        return {"kind": value, "column": None, "state": _state(draft, "not_counted")}
    rule = config.kinds.get(value)
    if rule is None:
        allowed = "、".join([*config.kinds, NOT_A_DRAFT])
        raise Refused(f"没有“{value}”这个类型，可写：{allowed}")
    # A repeat or a withdrawn draft stays what it is, whatever its kind.
    counts = draft.kind == NOT_A_DRAFT and not draft.relation
    state = _state(draft, "counted") if counts else draft.state
    return {"kind": value, "column": rule.column, "state": state}


def _chosen(name: str, value: str, allowed: Mapping[str, Any]) -> Any:
    if value not in allowed:
        shown = [word for word in allowed if not word.isascii()]
        raise Refused(f"{name}请写 {'、'.join(shown[:-1])} 或 {shown[-1]}")
    return allowed[value]


def _column(value: str, _draft: DraftRecord, _config: Config) -> dict[str, Any]:
    return {"column": _chosen("栏目", value, _COLUMNS)}


def _task(value: str, _draft: DraftRecord, config: Config) -> dict[str, Any]:
    numbers = {str(task.no): task.no for task in config.tasks}
    if value != "无" and value not in numbers:
        raise Refused(f"附件3没有第{value}项任务")
    return {"task": numbers.get(value)}


def _level(value: str, _draft: DraftRecord, _config: Config) -> dict[str, Any]:
    return {"emergency": _chosen("突发", value, _LEVELS)}


def _happened(_value: str, _draft: DraftRecord, _config: Config) -> dict[str, Any]:
    return {}  # judged with the level, in `corrected_times`


def _counting(value: str, draft: DraftRecord, _config: Config) -> dict[str, Any]:
    return {"state": _state(draft, str(_chosen("计数", value, _COUNTING)))}


def _state(draft: DraftRecord, wanted: str) -> str:
    return draft.state if draft.state in ("withdrawn", "returned") else wanted


_CHANGES: Mapping[str, Callable[[str, DraftRecord, Config], dict[str, Any]]] = {
    "单位": _unit,
    "类型": _kind,
    "栏目": _column,
    "任务": _task,
    "突发": _level,
    "事发": _happened,
    "接报": _happened,
    "计数": _counting,
}
CORRECTABLE = tuple(_CHANGES)


def _other_doubts(draft: DraftRecord) -> Sequence[str]:
    """What the office was asked beside the emergency: settled by its look at the draft."""
    return [doubt for doubt in draft.needs_review if not corrected_times.is_doubt(draft, doubt)]


def withdraw(uow: UnitOfWork, draft_id: int, because: str, by: str, now: datetime) -> int:
    """A draft is taken back: it stays on record and counts no more. Returns the act."""
    draft = draft_or_refuse(uow, draft_id)
    if draft.state == "withdrawn":
        raise Refused(f"#{draft_id} 已经撤稿")
    return _take_out(uow, draft, WITHDRAW, because, by=by, now=now)


def send_back(uow: UnitOfWork, draft_id: int, because: str, by: str, now: datetime) -> int:
    """退回: the draft stays on record and counts no more until it is sent anew. Returns the act."""
    draft = draft_or_refuse(uow, draft_id)
    if not because.strip():
        raise Refused(f"请写明退回原因，例如：退回 #{draft_id} 数据有误，请核实后重报")
    if draft.state in ("withdrawn", "returned"):
        raise Refused(f"#{draft_id} 已经{'撤稿' if draft.state == 'withdrawn' else '退回'}")
    return _take_out(uow, draft, RETURN, because, by=by, now=now)


def _take_out(
    uow: UnitOfWork, draft: DraftRecord, verb: str, because: str, *, by: str, now: datetime
) -> int:
    """The draft counts no more; another of the same item may count in its place."""
    state = _TAKEN_OUT[verb]
    uow.drafts.change(draft.id, state=state)
    detail: dict[str, object] = {
        "before": {"state": draft.state},
        "after": {"state": state},
        "because": because,
    }
    heir = same_item.pass_on(uow, draft, verb, by, now)
    if heir is not None:
        detail[same_item.HEIR] = heir
    act = uow.acts.add(now, by, verb, f"draft:{draft.id}", detail)
    for number in (draft.id, same_item.draft_of(uow, heir)):
        if number is not None:
            fulfilling.follow(uow, number, by, now)
    return act


def undo(uow: UnitOfWork, act_id: int, by: str, now: datetime) -> int:
    """Put back what an act changed, by a new act; the old one stays, marked as undone.

    Refused while a later act on the same draft builds upon it.
    """
    act = next((act for act in uow.acts.all() if act.id == act_id), None)
    if act is None or act.verb not in (CORRECT, WITHDRAW, RETURN):
        raise Refused(f"没有可撤销的操作 {act_id}，请用 mailbot drafts show 查看稿件的操作号")
    if act.undone_by is not None:
        raise Refused(f"操作 {act_id} 已经撤销过")
    later = [other for other in uow.acts.of(act.subject) if _builds_upon(other, act)]
    if later:
        raise Refused(f"操作 {act_id} 之后又有操作 {later[-1].id}，请先撤销它")
    draft_id = int(act.subject.partition(":")[2])
    _take_back_heir(uow, act, by, now)
    uow.drafts.change(draft_id, **_revived(_part(act, "before")))
    if sender := _part(act, "sender"):
        uow.contacts.learn(str(sender["address"]), str(sender["before"]), now, by)
    corrected_events.put_back(uow, _part(act, "event"), now)
    undoing = uow.acts.add(now, by, f"undo-{act.verb}", act.subject, {"undoes": act_id})
    uow.acts.undo(act_id, undoing)
    fulfilling.follow(uow, draft_id, by, now)
    return undoing


def _take_back_heir(uow: UnitOfWork, act: ActRecord, by: str, now: datetime) -> None:
    """What an act brought about in another draft of the item is taken back with it."""
    number = act.detail.get(same_item.HEIR)
    heir = next((one for one in uow.acts.all() if one.id == number), None)
    if heir is not None and heir.undone_by is None:
        undo(uow, heir.id, by, now)


def _builds_upon(other: ActRecord, act: ActRecord) -> bool:
    """Whether a later act that still stands changed what this one changed."""
    if other.id <= act.id or other.undone_by is not None:
        return False
    both = _part(other, "before").keys() & _part(act, "before").keys()
    return bool(both) or bool(_part(other, "event") and _part(act, "event"))


def _part(act: ActRecord, name: str) -> Mapping[str, Any]:
    found = act.detail.get(name) or {}
    assert isinstance(found, Mapping)
    return found


def _learn_sender(
    uow: UnitOfWork, draft: DraftRecord, unit: str, hand: Hand
) -> Mapping[str, object]:
    """The sender writes for this unit from now on; not an address many write through."""
    mail = uow.messages.get(draft.message_id)
    config = hand.config
    shared = {*config.own_addresses, *config.office.addresses, *config.office.duty}
    if mail is None or not mail.sender or mail.sender in shared:
        return {}
    before = uow.contacts.units_by_address().get(mail.sender, "")
    if before == unit:
        return {}
    uow.contacts.learn(mail.sender, unit, hand.now, hand.by)
    return {"address": mail.sender, "before": before}


def _revived(before: Mapping[str, Any]) -> dict[str, Any]:
    """Column values of an act's detail; instants were kept as text."""
    times = ("event_earliest", "event_latest", "reported_at")
    return {
        name: datetime.fromisoformat(value) if name in times and value else value
        for name, value in before.items()
    }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
