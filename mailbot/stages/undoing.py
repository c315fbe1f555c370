"""Undoing what the office did: a further act; the one undone stays, marked."""

from datetime import datetime
from typing import cast

from mailbot.errors import Refused
from mailbot.rules.fulfilment import What
from mailbot.stages import corrections, request_rows
from mailbot.stages.acts import VERBS
from mailbot.stages.ledgers import MEDIA, UPWARD
from store.records import ActRecord
from store.unit_of_work import UnitOfWork

_ENTRIES = (*VERBS, MEDIA, UPWARD)
NAMES = {
    "adopted": "采用",
    "instructed": "批示",
    "praised": "表扬",
    "criticised": "批评",
    "emergency-credit": "突发首报加分",
    "emergency-blame": "突发扣分",
    "media": "③类录入",
    "upward": "向上报送录入",
    "correct": "更正",
    "withdraw": "撤稿",
    "return": "退回",
    "exempt": "免除",
    "commission": "约稿",
    "activity": "活动",
    "commission-done": "约稿办结",
    "commission-cancelled": "约稿取消",
    "activity-done": "活动办结",
    "activity-cancelled": "活动取消",
    "event-open": "突发登记",
    "event-ack": "突发确认",
}


def undo(uow: UnitOfWork, act_id: int, by: str, now: datetime) -> str:
    """Undo one act; returns what was undone, in Chinese.

    Raises:
        Refused: No such act, undone before, or of a kind that cannot be taken back.
    """
    act = next((act for act in uow.acts.all() if act.id == act_id), None)
    if act is None:
        raise Refused(f"没有操作 {act_id}")
    name = NAMES.get(act.verb, act.verb)
    if act.undone_by is not None:
        raise Refused(f"操作 {act_id}（{name}）已经撤销过")
    if act.verb in (corrections.CORRECT, corrections.WITHDRAW, corrections.RETURN):
        corrections.undo(uow, act_id, by, now)
        return f"{name}（操作 {act_id}）"
    _put_back(uow, act, by, now)
    undoing = uow.acts.add(now, by, f"undo-{act.verb}", act.subject, {"undoes": act_id})
    uow.acts.undo(act_id, undoing)
    return f"{name}（操作 {act_id}）"


def undo_last(uow: UnitOfWork, subject: str, by: str, now: datetime) -> str:
    """Undo the last act in force on a subject ("activity:3"); returns what was undone.

    Raises:
        Refused: Nothing of it is in force, or it cannot be taken back.
    """
    acts = [act for act in uow.acts.of(subject) if act.undone_by is None and act.verb in NAMES]
    if not acts:
        raise Refused("没有可撤销的操作，请先列表查看编号")
    return undo(uow, acts[-1].id, by, now)


def _put_back(uow: UnitOfWork, act: ActRecord, by: str, now: datetime) -> None:
    """Mend the rows an act changed; entries that are computed with need nothing but the mark."""
    if act.verb in _ENTRIES:
        return
    number = act.subject.partition(":")[2]
    what, _, closed = act.verb.partition("-")
    if what in ("commission", "activity") and closed in ("done", "cancelled"):
        why = f"撤销操作 {act.id}"
        request_rows.reopen(uow, cast("What", what), int(number), by=by, now=now, why=why)
        return
    if act.verb == "event-ack":
        uow.events.change(int(number), acknowledged_at=None, acknowledged_by="")
    elif act.verb == "exempt":
        uow.acts.revoke(number)
    elif act.verb in ("commission", "activity"):
        request_rows.change(uow, cast("What", act.verb), int(number), state="cancelled")
        request_rows.unsend(uow, cast("What", act.verb), int(number))
    elif act.verb == "event-open":
        uow.events.change(int(number), state="dismissed", closed_at=act.at)
    else:
        raise Refused(f"操作 {act.id}（{NAMES.get(act.verb, act.verb)}）不能撤销，请另行登记更正")
