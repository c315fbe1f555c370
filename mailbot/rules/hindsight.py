"""The ledger as it stood at an instant: for questions about the past (`due --at`)."""

from dataclasses import replace
from datetime import datetime

from mailbot.records.ledger import Ledger
from mailbot.rules.calendar import local_day
from store.records import CommissionRecord, EventRecord


def as_of(ledger: Ledger, instant: datetime) -> Ledger:
    """Only what was on record at `instant`, by the provider's receipt time of drafts.

    Corrections made since then stay: the office's better knowledge is not taken back.
    """
    day = local_day(instant)
    drafts = tuple(draft for draft in ledger.drafts if draft.received_at <= instant)
    later = {draft.id for draft in ledger.drafts if draft.received_at > instant}
    return Ledger(
        drafts=drafts,
        events=tuple(
            _event(event, instant) for event in ledger.events if event.opened_at <= instant
        ),
        commissions=tuple(
            _commission(item, later) for item in ledger.commissions if item.asked_at <= instant
        ),
        activities=tuple(
            replace(item, state="open", draft_id=None) if item.draft_id in later else item
            for item in ledger.activities
            if item.held_on <= day
        ),
        exemptions=tuple(item for item in ledger.exemptions if item.granted_at <= instant),
        adoptions=tuple(item for item in ledger.adoptions if item.on <= day),
        media=tuple(item for item in ledger.media if item.on <= day),
        upward=tuple(item for item in ledger.upward if item.on <= day),
        nudges=tuple(nudge for nudge in ledger.nudges if nudge.queued_at <= instant),
    )


def _commission(item: CommissionRecord, later: set[int]) -> CommissionRecord:
    return replace(item, state="open", draft_id=None) if item.draft_id in later else item


def _event(event: EventRecord, instant: datetime) -> EventRecord:
    def known(at: datetime | None) -> datetime | None:
        return at if at is not None and at <= instant else None

    still_open = event.closed_at is not None and event.closed_at > instant
    return replace(
        event,
        state="open" if still_open else event.state,
        phoned_at=known(event.phoned_at),
        written_at=known(event.written_at),
        last_report_at=known(event.last_report_at) or known(event.written_at),
        acknowledged_at=known(event.acknowledged_at),
        closed_at=known(event.closed_at),
    )
