"""Gathering the records from which obligations are derived."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from mailbot.config import Config
from mailbot.records.ledger import Adopted, Ledger, MediaCount, Upward
from mailbot.records.obligations import Nudge
from mailbot.rules.calendar import midnight
from mailbot.rules.desk import records_since
from store.records import ActRecord
from store.unit_of_work import UnitOfWork

ADOPTED, MEDIA, UPWARD = "adopted", "media", "upward"
_NUDGES_SINCE = timedelta(days=120)


def gather(uow: UnitOfWork, config: Config, now: datetime, since: date | None = None) -> Ledger:
    """Everything on record that bears on what is owed at `now`.

    Records after `now` are left out, so that a past instant can be asked about.
    """
    start = midnight(records_since(now, since or config.notice_head.effective))
    acts = [act for act in uow.acts.all() if act.undone_by is None and act.at <= now]
    return Ledger(
        drafts=tuple(draft for draft in uow.drafts.since(start) if draft.received_at <= now),
        events=tuple(event for event in uow.events.all() if event.opened_at <= now),
        commissions=tuple(uow.commissions.all()),
        activities=tuple(uow.commissions.activities()),
        exemptions=tuple(uow.acts.exemptions()),
        adoptions=tuple(_adoptions(acts)),
        media=tuple(_media(acts)),
        upward=tuple(_upward(acts)),
        nudges=tuple(_nudges(uow, now)),
    )


def _adoptions(acts: list[ActRecord]) -> Iterator[Adopted]:
    for act in acts:
        if act.verb == ADOPTED:
            detail = act.detail
            yield Adopted(
                unit=str(detail["unit"]),
                on=date.fromisoformat(str(detail["on"])),
                level=str(detail["level"]),
                column=_number(detail.get("column")),
                points=float(str(detail.get("points", 0))),
                draft_id=_number(detail.get("draft")),
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


def _nudges(uow: UnitOfWork, now: datetime) -> Iterator[Nudge]:
    found: Mapping[str, tuple[datetime, tuple[str, ...]]] = uow.outbox.queued_since(
        now - _NUDGES_SINCE
    )
    for key, (queued_at, concerns) in found.items():
        if queued_at <= now:
            yield Nudge(key, queued_at, concerns)
