"""不外宣不外传 (三): the office is warned, at filing, at a media entry and at an adoption.

The warning stands in the draft's 待核 list, which the digest and `drafts show` give to
the office; it never goes into a unit's receipt.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from mailbot.rules.duplicates import revive
from mailbot.rules.outward import (
    after_publishing,
    before_publishing,
    revised_after,
    same_headline,
    same_story,
)
from mailbot.rules.publications import CHANNELS
from mailbot.rules.publications import MEDIA as MEDIA_LEVEL
from mailbot.stages.draft_rows import NOT_A_DRAFT
from mailbot.stages.ledgers import ADOPTED, MEDIA
from store.records import ActRecord, DraftRecord
from store.unit_of_work import UnitOfWork


def flagged(uow: UnitOfWork, draft: DraftRecord, alike: Sequence[DraftRecord]) -> DraftRecord:
    """A draft just filed, with a warning where it tells an internally adopted one again.

    Args:
        uow: The transaction of the mail.
        draft: As stored.
        alike: Earlier drafts that share a band with it.
    """
    if not alike or draft.kind == NOT_A_DRAFT:
        return draft
    numbers = {one.id for one in alike} | {one.same_item_as or one.id for one in alike}
    adopted = _in_force(uow.acts.about([f"draft:{number}" for number in numbers], ADOPTED))
    mine = revive(draft) if adopted else None
    if mine is None:
        return draft
    for record in reversed(alike):
        of_item = {record.id, record.same_item_as}
        where = _inside(act for act in adopted if act.detail.get("draft") in of_item)
        theirs = revive(record) if where else None
        root = draft.same_item_as
        if theirs is not None and draft.relation == "revision" and root in of_item - {None}:
            return _warned(uow, draft, revised_after(root or draft.id, where))
        if theirs is not None and same_story(mine, theirs):
            return _warned(uow, draft, before_publishing(record.id, record.title, where))
    return draft


def of_headline(uow: UnitOfWork, headline: str) -> tuple[str, ...]:
    """Warnings for something published under this headline: the internal drafts it resembles."""
    return tuple(
        before_publishing(draft_id, title, _inside(adopted))
        for draft_id, title, adopted in _adopted_inside(uow)
        if same_headline(headline, title)
    )


def flag_media(uow: UnitOfWork, act_id: int, headline: str, on: date) -> None:
    """A media item entered (③): the internal drafts it resembles are marked for the office."""
    for draft_id, title, _ in _adopted_inside(uow):
        draft = uow.drafts.get(draft_id) if same_headline(headline, title) else None
        if draft is not None:
            _warned(uow, draft, after_publishing(_entry(act_id, on)))


def unflag_media(uow: UnitOfWork, act_id: int, on: date) -> None:
    """The entry was taken back: its marks go with it."""
    said = after_publishing(_entry(act_id, on))
    for draft_id, _, _ in _adopted_inside(uow):
        draft = uow.drafts.get(draft_id)
        if draft is not None and said in draft.needs_review:
            rest = [doubt for doubt in draft.needs_review if doubt != said]
            uow.drafts.change(draft.id, needs_review=rest)


def published_before(uow: UnitOfWork, draft: DraftRecord) -> str:
    """Where a draft about to be adopted inside was published already; "" if nowhere."""
    places = []
    for act in _in_force(uow.acts.all()):
        detail = act.detail
        if act.verb == MEDIA and same_headline(str(detail.get("evidence", "")), draft.title):
            places.append(_entry(act.id, date.fromisoformat(str(detail["on"]))))
        elif act.verb == ADOPTED and detail.get("level") == MEDIA_LEVEL:
            same = detail.get("item") in (draft.id, draft.same_item_as)
            if same or same_headline(str(detail.get("title", "")), draft.title):
                places.append(f"《{detail.get('publication')}》{detail.get('on')}")
    return "、".join(dict.fromkeys(places))


def warn_adopted(uow: UnitOfWork, draft: DraftRecord) -> str:
    """At an adoption inside: marks a draft that was in the media before; the words to add."""
    where = published_before(uow, draft)
    if not where:
        return ""
    said = after_publishing(where)
    _warned(uow, draft, said)
    return f"；注意：{said}"


def _warned(uow: UnitOfWork, draft: DraftRecord, said: str) -> DraftRecord:
    if said not in draft.needs_review:
        uow.drafts.change(draft.id, needs_review=[*draft.needs_review, said])
    return uow.drafts.get(draft.id) or draft


def _entry(act_id: int, on: date) -> str:
    return f"③类录入{act_id}，{on.month}月{on.day}日"


def _adopted_inside(uow: UnitOfWork) -> list[tuple[int, str, list[ActRecord]]]:
    """Every draft internal publications took: number, title, its adoptions."""
    by_draft: dict[int, list[ActRecord]] = {}
    for act in _in_force(uow.acts.all()):
        if act.verb == ADOPTED:
            by_draft.setdefault(int(str(act.detail["draft"])), []).append(act)
    return [
        (number, str(acts[0].detail.get("title", "")), acts)
        for number, acts in by_draft.items()
        if _inside(acts)
    ]


def _inside(adoptions: Iterable[ActRecord]) -> str:
    """The internal publications among adoptions: media and 《城管动态》 are none."""
    names = [
        f"《{act.detail.get('publication')}》"
        for act in adoptions
        if act.detail.get("level") not in CHANNELS.values()
    ]
    return "、".join(dict.fromkeys(names))


def _in_force(acts: Iterable[ActRecord]) -> list[ActRecord]:
    return [act for act in acts if act.undone_by is None]
