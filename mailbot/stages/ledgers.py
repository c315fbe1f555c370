"""Gathering the records from which obligations are derived."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from mailbot.records.ledger import Adopted, Ledger, MediaCount, Upward
from mailbot.records.obligations import Nudge
from mailbot.rules.calendar import midnight
from mailbot.rules.desk import quotas_since, records_since
from store.records import ActRecord
from store.unit_of_work import UnitOfWork

ADOPTED, MEDIA, UPWARD = "adopted", "media", "upward"
_NUDGES_SINCE = timedelta(days=120)


def gather(
    uow: UnitOfWork, now: datetime, since: date | None = None, *, for_readers: bool = True
) -> Ledger:
    """Everything on record that bears on what is owed at `now`.

    For a past instant, pass the result through `hindsight.as_of`. Without `for_readers`,
    drafts come only as far as duties go by them: that is asked at every tick.
    """
    start = midnight(records_since(now, since))
    if for_readers:
        drafts = uow.drafts.since(start)
    else:
        drafts = uow.drafts.for_duties(start, midnight(quotas_since(now, since)))
    acts = [act for act in uow.acts.all() if act.undone_by is None]
    return Ledger(
        drafts=tuple(drafts),
        events=tuple(uow.events.all()),
        commissions=tuple(uow.commissions.all()),
        activities=tuple(uow.commissions.activities()),
        exemptions=tuple(uow.acts.exemptions()),
        adoptions=tuple(_adoptions(acts)),
        media=tuple(_media(acts)),
        upward=tuple(_upward(acts)),
        nudges=tuple(_nudges(uow, now - _NUDGES_SINCE)),
    )


def _adoptions(acts: list[ActRecord]) -> Iterator[Adopted]:
    for act in acts:
        if act.verb == ADOPTED:
            detail = act.detail
            units = detail.get("units") or [detail["unit"]]
            assert isinstance(units, list)
            for unit in units:
                yield Adopted(
                    unit=str(unit),
                    on=date.fromisoformat(str(detail["on"])),
                    level=str(detail["level"]),
                    column=_number(detail.get("column")),
                    # One adoption earns the bureau its points once, whoever wrote it jointly.
                    points=float(str(detail.get("points", 0))) / len(units),
                    draft_id=_number(detail.get("item")) or _number(detail.get("draft")),
                )


def _media(acts: list[ActRecord]) -> Iterator[MediaCount]:
    for act in acts:
        if act.verb == MEDIA:
            yield MediaCount(
                str(act.detail["unit"]),
                date.fromisoformat(str(act.detail["on"])),
                _number(act.detail.get("count")) or 1,
            )


def _upward(acts: list[ActRecord]) -> Iterator[Upward]:
    for act in acts:
        if act.verb == UPWARD:
            yield Upward(
                str(act.detail["target"]),
                date.fromisoformat(str(act.detail["on"])),
                _number(act.detail.get("count")) or 1,
            )


def _number(value: object) -> int | None:
    return int(str(value)) if value not in (None, "") else None


def _nudges(uow: UnitOfWork, since: datetime) -> Iterator[Nudge]:
    for letter in uow.outbox.queued_since(since):
        yield Nudge(letter.key, letter.created_at, letter.concerns, void=letter.cancelled)
