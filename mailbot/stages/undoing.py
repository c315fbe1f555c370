"""Undoing what the office did: a further act; the one undone stays, marked."""

from datetime import datetime

from mailbot.errors import Refused
from mailbot.stages import corrections
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
    _put_back(uow, act)
    undoing = uow.acts.add(now, by, f"undo-{act.verb}", act.subject, {"undoes": act_id})
    uow.acts.undo(act_id, undoing)
    return f"{name}（操作 {act_id}）"


def _put_back(uow: UnitOfWork, act: ActRecord) -> None:
    """Mend the rows an act changed; entries that are computed with need nothing but the mark."""
    if act.verb in _ENTRIES:
        return
    number = act.subject.partition(":")[2]
    if act.verb == "event-ack":
        uow.events.change(int(number), acknowledged_at=None, acknowledged_by="")
    elif act.verb == "exempt":
        uow.acts.revoke(number)
    elif act.verb == "commission":
        uow.commissions.change(int(number), state="cancelled")
    elif act.verb == "activity":
        uow.commissions.change_activity(int(number), state="cancelled")
    elif act.verb == "event-open":
        uow.events.change(int(number), state="dismissed", closed_at=act.at)
    else:
        raise Refused(f"操作 {act.id}（{NAMES.get(act.verb, act.verb)}）不能撤销，请另行登记更正")
