"""One item in several mails (附件2): its chain, the number it is known by, and which of it counts.

Each draft points at the earlier one it repeats or revises. The item is known by the first of
the chain, so that an adoption of any of them is one adoption.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.records.verdicts import Judgement, TaskVerdict
from mailbot.rules.same_item_words import JOINTLY
from mailbot.stages.draft_rows import NOT_A_DRAFT
from store.records import DraftRecord
from store.unit_of_work import UnitOfWork

SAME: Mapping[str, str] = {"exact": "重发", "revision": "修改稿", "near": "内容基本相同"}
_LIKE: Mapping[str, str] = {"other_unit": "他单位内容相同", "same_title": "标题相同"}
_MOST = 50
HEIR = "heir"


def item_of(uow: UnitOfWork, draft: DraftRecord) -> int:
    """The number of the item: the first of the drafts that this one repeats or revises.

    A draft that counts beside the one it resembles is an item of its own: the figures are
    others, or the office said so.
    """
    for _ in range(_MOST):
        if draft.relation not in SAME or draft.same_item_as is None:
            break
        earlier = uow.drafts.get(draft.same_item_as)
        if earlier is None or draft.state == earlier.state == "counted":
            break
        draft = earlier
    return draft.id


def chain(uow: UnitOfWork, draft: DraftRecord) -> Sequence[tuple[DraftRecord, str]]:
    """Every draft of the item and those told to be like one of them, oldest first.

    Each with how it is like the one before it, "" for the first. A draft alone has no chain.
    """
    first = draft
    for _ in range(_MOST):
        earlier = uow.drafts.get(first.same_item_as) if first.same_item_as is not None else None
        if earlier is None:
            break
        first = earlier
    found, waiting = {first.id: first}, [first.id]
    while waiting and len(found) < _MOST:
        for later in uow.drafts.repeating(waiting.pop(0)):
            if later.id not in found:
                found[later.id] = later
                waiting.append(later.id)
    ordered = [found[number] for number in sorted(found)]
    told = {**SAME, **_LIKE}
    return [(one, told.get(one.relation, "")) for one in ordered] if len(ordered) > 1 else []


def pass_on(uow: UnitOfWork, gone: DraftRecord, verb: str, by: str, now: datetime) -> int | None:
    """A draft that counted is taken back: the next of its item that stands counts instead.

    The same text sent again does not stand in for one that was sent back for correction.

    Returns the act that says so, None where there is no such draft.
    """
    if gone.state != "counted":
        return None
    later = [one for one, _ in chain(uow, gone) if one.id != gone.id]
    if any(one.state == "counted" and one.relation in SAME for one in later):
        return None
    heirs = [one for one in later if _may_count(one, gone, sent_back=verb == "return")]
    if not heirs:
        return None
    heir = heirs[0]
    uow.drafts.change(heir.id, state="counted")
    detail = {
        "before": {"state": heir.state},
        "after": {"state": "counted"},
        "because": f"#{gone.id} 已{'退回' if verb == 'return' else '撤稿'}，改由 #{heir.id} 计数",
    }
    return uow.acts.add(now, by, "correct", f"draft:{heir.id}", detail)


def settle_joint(uow: UnitOfWork, joint: DraftRecord, by: str, now: datetime) -> int | None:
    """The office says that two units wrote together: it need not be asked of the other's mail.

    Returns the act that says so, None where there is no such mail.
    """
    for later in uow.drafts.repeating(joint.id):
        rest = [doubt for doubt in later.needs_review if JOINTLY not in doubt]
        asked = later.relation == "other_unit" and len(rest) < len(later.needs_review)
        if asked and later.unit in joint.joint:
            uow.drafts.change(later.id, needs_review=rest)
            detail = {
                "before": {"needs_review": list(later.needs_review)},
                "after": {"needs_review": rest},
                "because": f"#{joint.id} 已登记为联合报送",
            }
            return uow.acts.add(now, by, "correct", f"draft:{later.id}", detail)
    return None


def as_decided(uow: UnitOfWork, judged: Judgement) -> Judgement:
    """A text sent again is what the office and the rules made of it: nobody is asked anew."""
    found = judged.duplicate
    if found.relation != "exact" or found.counts or found.draft_id is None:
        return judged
    first = uow.drafts.get(found.draft_id)
    if first is None or NOT_A_DRAFT in (first.kind, judged.kind.kind):
        return judged
    kind = replace(judged.kind, kind=first.kind, column=first.column, needs_review=())  # type: ignore[arg-type]
    task = judged.task
    if (task.no, task.maybe) != (first.task, None):
        task = TaskVerdict(first.task)
    return replace(judged, kind=kind, task=task)


def _may_count(draft: DraftRecord, gone: DraftRecord, *, sent_back: bool) -> bool:
    if draft.state != "not_counted" or draft.kind == NOT_A_DRAFT or draft.relation == "same_title":
        return False
    return not (sent_back and draft.text_sha256 == gone.text_sha256)


def draft_of(uow: UnitOfWork, act_id: int | None) -> int | None:
    """The draft an act is about; None for no act."""
    act = next((act for act in uow.acts.all() if act.id == act_id), None)
    return int(act.subject.partition(":")[2]) if act is not None else None


def heir_said(uow: UnitOfWork, act_id: int) -> str:
    """What the answer to a 撤稿 or 退回 adds where another draft counts now; "" otherwise."""
    acts = {act.id: act for act in uow.acts.all()}
    number = acts[act_id].detail.get(HEIR) if act_id in acts else None
    heir = acts.get(number) if isinstance(number, int) else None
    return f"。{heir.detail.get('because')}" if heir is not None else ""
