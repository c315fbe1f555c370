"""Rows of what the office asked: found, changed, opened again, their letters stopped."""

from collections.abc import Sequence
from datetime import datetime

from mailbot.errors import Refused
from mailbot.rules.fulfilment import NAMES, What
from store.records import ActivityRecord, CommissionRecord
from store.unit_of_work import UnitOfWork


def request_key(what: str, number: int) -> str:
    """Outbox key of the letter that asks; an answer to it answers the request."""
    return f"request/{what}/{number}"


def unsend(uow: UnitOfWork, what: What, number: int) -> bool:
    """Stop the letter that asks, if it still waits; True when the unit has been asked by it."""
    key = request_key(what, number)
    for letter in uow.outbox.in_state("queued", "deferred", "held"):
        if letter.key == key:
            uow.outbox.settle(letter.id, "cancelled", f"{NAMES[what]}已办结或取消")
            return False
    return any(one.key == key for one in uow.outbox.in_state("sent", "sending", "unknown"))


def reopen(uow: UnitOfWork, what: What, number: int, *, by: str, now: datetime, why: str) -> None:
    """Take back a closing, by hand or because its draft fulfils it no more.

    Raises:
        Refused: No such request, or it is open.
    """
    item = find(uow, what, number)
    if item.state == "open":
        raise Refused(f"{NAMES[what]} {number} 本来就未办结")
    change(uow, what, number, state="open", draft_id=None)
    before = {"state": item.state, "draft": item.draft_id}
    detail = {"before": before, "because": why}
    uow.acts.add(now, by, f"{what}-reopened", f"{what}:{number}", detail)


def find(uow: UnitOfWork, what: What, number: int) -> CommissionRecord | ActivityRecord:
    """The request; Refused when there is none."""
    items: Sequence[CommissionRecord | ActivityRecord] = (
        uow.commissions.all() if what == "commission" else uow.commissions.activities()
    )
    for item in items:
        if item.id == number:
            return item
    raise Refused(f"没有编号 {number} 的{NAMES[what]}")


def change(uow: UnitOfWork, what: What, number: int, **values: object) -> None:
    """Set columns of a request, without an act: for those who record their own."""
    if what == "commission":
        uow.commissions.change(number, **values)
    else:
        uow.commissions.change_activity(number, **values)
