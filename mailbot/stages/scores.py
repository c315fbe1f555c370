"""The score sheets, from the store."""

from collections.abc import Sequence
from datetime import date, timedelta

from mailbot.config import Config
from mailbot.records.ledger import Ledger
from mailbot.records.scores import Move, ScoreSheet
from mailbot.rules.calendar import midnight
from mailbot.rules.scoring import moves, score_sheets
from mailbot.stages.acts import recorded
from store.unit_of_work import UnitOfWork

_FIRST_WEEK = timedelta(days=7)  # the year's first week may begin in the year before


def sheets_of(
    uow: UnitOfWork, config: Config, year: int, until: date | None = None
) -> tuple[ScoreSheet, ...]:
    """Every unit's sheet of a year, as far as `until` when given."""
    start = midnight(date(year, 1, 1) - _FIRST_WEEK)
    ledger = Ledger(drafts=tuple(uow.drafts.since(start)), exemptions=tuple(uow.acts.exemptions()))
    return score_sheets(
        config.notice, config.schedule, ledger, recorded(uow), year=year, until=until
    )


def moved_by(
    uow: UnitOfWork, config: Config, proposed: Config, year: int, until: date | None = None
) -> Sequence[Move]:
    """Who would move, and how far, if `proposed` became the configuration."""
    return moves(sheets_of(uow, config, year, until), sheets_of(uow, proposed, year, until))
