"""A draft is filed, corrected or taken back: what it answers is closed, or opened again."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from mailbot import log
from mailbot.rules.fulfilment import DELIVERED, NAMES, Answer, Asked, What, answers, open_requests
from mailbot.stages.post import Stamper
from mailbot.stages.request_rows import change, reopen, request_key
from parsers.facts import Message
from store.records import ActivityRecord, CommissionRecord, DraftRecord
from store.unit_of_work import UnitOfWork

SYSTEM = "system"
_HABIT = timedelta(days=180)
_OUT = ("withdrawn", "returned", "not_counted")


def deliver(
    uow: UnitOfWork,
    draft: DraftRecord,
    now: datetime,
    *,
    came: Message | None = None,
    stamp: Stamper | None = None,
) -> DraftRecord:
    """Close what this draft plainly answers, in the caller's transaction; doubts are told.

    `came` is the mail it came in, which may be a reply to our letter: `stamp` tells.
    Returns the draft as it is now on record: its reasons say what was closed, and
    `needs_review` what the office has to decide.
    """
    waiting = open_requests(uow.commissions.all(), uow.commissions.activities())
    units = draft.joint or (draft.unit,)
    waiting = [asked for asked in waiting if asked.unit in units]
    if not waiting:
        return draft
    found = answers(
        draft,
        waiting,
        replied=_replied(waiting, came, stamp),
        earlier=_earlier(uow, waiting, draft.unit),
    )
    for answer in found:
        if answer.sure:
            _close(uow, answer, draft, now)
    return _told(uow, draft, found) if found else draft


def _replied(
    waiting: Sequence[Asked], came: Message | None = None, stamp: Stamper | None = None
) -> Collection[tuple[What, int]]:
    """Requests whose letter the mail answers; that letter went to the unit alone."""
    if came is None or stamp is None:
        return ()
    named = {came.in_reply_to, *came.references}
    return {
        (asked.what, asked.id)
        for asked in waiting
        if stamp(request_key(asked.what, asked.id)) in named
    }


def _earlier(uow: UnitOfWork, waiting: Sequence[Asked], unit: str) -> Sequence[DraftRecord]:
    since = min(asked.since for asked in waiting) - _HABIT
    return uow.drafts.since(since, unit)


def _close(uow: UnitOfWork, answer: Answer, draft: DraftRecord, now: datetime) -> None:
    asked = answer.asked
    change(uow, asked.what, asked.id, state="done", draft_id=draft.id)
    detail = {"draft": draft.id, "because": answer.reason.because}
    uow.acts.add(now, SYSTEM, f"{asked.what}-done", f"{asked.what}:{asked.id}", detail)
    log.event("answered", draft=draft.id, what=asked.what, request=asked.id)


def _told(uow: UnitOfWork, draft: DraftRecord, found: Sequence[Answer]) -> DraftRecord:
    reasons = [dict(reason) for reason in draft.reasons]
    doubts = list(draft.needs_review)
    for answer in found:
        reason = answer.reason
        told: dict[str, object] = {
            "verdict": reason.verdict,
            "because": reason.because,
            "clause": reason.clause,
        }
        if told not in reasons:
            reasons.append(told)
        if not answer.sure and reason.because not in doubts:
            doubts.append(reason.because)
    uow.drafts.change(draft.id, reasons=reasons, needs_review=doubts)
    changed = uow.drafts.get(draft.id)
    assert changed is not None
    return changed


def follow(uow: UnitOfWork, draft_id: int, by: str, now: datetime) -> None:
    """After a correction, a withdrawal or its undoing: what the draft closed may be open again.

    A request closed with this draft opens again when the draft counts no more or is another
    unit's; a draft that counts (again) may close what it answers.
    """
    draft = uow.drafts.get(draft_id)
    if draft is None:
        return
    units = draft.joint or (draft.unit,)
    for what, item in _closed_with(uow, draft_id):
        if draft.state in _OUT or item.unit not in units:
            why = f"#{draft_id} 不再计数或改属其他单位"
            reopen(uow, what, item.id, by=by, now=now, why=why)
            _untold(uow, draft_id, f"{NAMES[what]}{item.id}“")
    if not _closed_with(uow, draft_id):
        deliver(uow, draft, now)


def _untold(uow: UnitOfWork, draft_id: int, request: str) -> None:
    draft = uow.drafts.get(draft_id)
    assert draft is not None
    rest = [
        reason
        for reason in draft.reasons
        if not (reason.get("verdict") in DELIVERED and request in str(reason.get("because", "")))
    ]
    uow.drafts.change(draft_id, reasons=rest)


def _closed_with(
    uow: UnitOfWork, draft_id: int
) -> list[tuple[What, CommissionRecord | ActivityRecord]]:
    found: list[tuple[What, CommissionRecord | ActivityRecord]] = [
        ("commission", item)
        for item in uow.commissions.all()
        if item.draft_id == draft_id and item.state == "done"
    ]
    found.extend(
        ("activity", item)
        for item in uow.commissions.activities()
        if item.draft_id == draft_id and item.state == "done"
    )
    return found
