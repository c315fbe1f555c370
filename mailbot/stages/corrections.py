"""What the office changes by hand: corrections and withdrawals, audited and undoable.

Nothing is edited without an act beside it that holds the values before and after.
"""

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.unit_names import canonical
from mailbot.stages.draft_rows import NOT_A_DRAFT, UNDECIDED
from store.records import DraftRecord
from store.unit_of_work import UnitOfWork

CORRECT, WITHDRAW = "correct", "withdraw"
_LEVELS = {"是": "alert", "疑似": "review", "否": "none"}


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
    names = [unit.name for unit in config.units]
    near = get_close_matches(name, [*names, *(a for u in config.units for a in u.aliases)], n=3)
    hint = f"是否指：{'、'.join(near)}" if near else f"可用的单位：{'、'.join(names[:5])}等"
    raise Refused(f"没有“{name}”这个单位。{hint}")


def parse_changes(wanted: Mapping[str, str], config: Config) -> dict[str, Any]:
    """Chinese corrections (单位=… 类型=… 栏目=… 任务=… 突发=…) as column values."""
    changes: dict[str, Any] = {}
    for name, value in wanted.items():
        changes.update(_change(name, value, config))
    if not changes:
        raise Refused("没有写明改什么。例如：单位=市政管理科 类型=动态简讯")
    return changes


def _change(name: str, value: str, config: Config) -> dict[str, Any]:
    if name == "单位":
        unit = unit_or_refuse(value, config)
        return {"unit": unit, "unit_confidence": "certain", "joint": []}
    if name == "类型":
        return _kind(value, config)
    if name == "栏目":
        number = {"①": 1, "②": 2, "③": 3, "1": 1, "2": 2, "3": 3, "无": None}
        if value not in number:
            raise Refused("栏目请写 ①、②、③ 或 无")
        return {"column": number[value]}
    if name == "任务":
        return {"task": _task(value, config)}
    if name == "突发":
        if value not in _LEVELS:
            raise Refused("突发请写 是、疑似 或 否")
        return {"emergency": _LEVELS[value]}
    raise Refused(f"不能更正“{name}”。可以更正：单位、类型、栏目、任务、突发")


def _kind(value: str, config: Config) -> dict[str, Any]:
    if value == NOT_A_DRAFT:
        return {"kind": value, "column": None, "state": "not_counted"}
    rule = config.kinds.get(value)
    if rule is None:
        allowed = "、".join([*config.kinds, NOT_A_DRAFT])
        raise Refused(f"没有“{value}”这个类型，可写：{allowed}")
    return {"kind": value, "column": rule.column, "state": "counted"}


def _task(value: str, config: Config) -> int | None:
    if value == "无":
        return None
    numbers = {str(task.no): task.no for task in config.tasks}
    if value not in numbers:
        raise Refused(f"附件3没有第{value}项任务")
    return numbers[value]


def correct(
    uow: UnitOfWork, draft_id: int, changes: Mapping[str, Any], by: str, now: datetime
) -> int:
    """Apply corrections and settle the doubts they answer; returns the act."""
    draft = draft_or_refuse(uow, draft_id)
    before = {name: _plain(getattr(draft, name)) for name in changes}
    values = dict(changes)
    if draft.kind == UNDECIDED or "kind" in values or "unit" in values:
        values["needs_review"] = []
        before["needs_review"] = list(draft.needs_review)
    uow.drafts.change(draft_id, **values)
    detail = {"before": before, "after": {name: _plain(value) for name, value in values.items()}}
    if "unit" in changes:
        _learn_sender(uow, draft, str(changes["unit"]), by, now)
    return uow.acts.add(now, by, CORRECT, f"draft:{draft_id}", detail)


def withdraw(uow: UnitOfWork, draft_id: int, because: str, by: str, now: datetime) -> int:
    """A draft is taken back: it stays on record and counts no more. Returns the act."""
    draft = draft_or_refuse(uow, draft_id)
    if draft.state == "withdrawn":
        raise Refused(f"#{draft_id} 已经撤稿")
    uow.drafts.change(draft_id, state="withdrawn")
    detail = {"before": {"state": draft.state}, "after": {"state": "withdrawn"}, "because": because}
    return uow.acts.add(now, by, WITHDRAW, f"draft:{draft_id}", detail)


def undo(uow: UnitOfWork, act_id: int, by: str, now: datetime) -> int:
    """Put back what an act changed, by a new act; the old one stays, marked as undone."""
    act = next((act for act in uow.acts.all() if act.id == act_id), None)
    if act is None or "before" not in act.detail:
        raise Refused(f"没有可撤销的操作 {act_id}")
    if act.undone_by is not None:
        raise Refused(f"操作 {act_id} 已经撤销过")
    before = act.detail["before"]
    assert isinstance(before, Mapping)
    draft_id = int(act.subject.partition(":")[2])
    uow.drafts.change(draft_id, **before)
    undoing = uow.acts.add(now, by, f"undo-{act.verb}", act.subject, {"undoes": act_id})
    uow.acts.undo(act_id, undoing)
    return undoing


def _learn_sender(uow: UnitOfWork, draft: DraftRecord, unit: str, by: str, now: datetime) -> None:
    mail = uow.messages.get(draft.message_id)
    if mail is not None and mail.sender:
        uow.contacts.learn(mail.sender, unit, now, by)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
