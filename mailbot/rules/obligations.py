"""Everything everybody owes at an instant, from configuration, records and the clock alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from mailbot.config import ScheduleConfig
from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Obligation
from mailbot.rules.adoptions import adoption_obligations
from mailbot.rules.deadlines import activity_obligations, commission_obligations
from mailbot.rules.desk import Desk, open_desk
from mailbot.rules.emergency_obligations import emergency_obligations
from mailbot.rules.office_targets import office_obligations
from mailbot.rules.quotas import quota_obligations
from mailbot.rules.task_deadlines import task_obligations

SOURCES = (
    emergency_obligations,
    commission_obligations,
    activity_obligations,
    quota_obligations,
    task_obligations,
    adoption_obligations,
    office_obligations,
)


def all_obligations(
    notice: Notice,
    ledger: Ledger,
    now: datetime,
    schedule: ScheduleConfig,
    since: date | None = None,
) -> tuple[Obligation, ...]:
    """Every obligation of interest at `now`, the most pressing first.

    Without `since`: the current periods; weeks and months since last month, quarters since
    last quarter, tasks since New Year. With it, every period that has a day from then on.
    Every record of the ledger counts, also one dated after `now` by a server whose clock
    runs ahead; for questions about the past see `hindsight.as_of`.

    Raises:
        ValueError: `now` is naive.
    """
    desk = open_desk(notice, schedule, ledger, now, since)
    return tuple(sorted(_derive(desk), key=pressing))


def urgent_obligations(
    notice: Notice, ledger: Ledger, now: datetime, schedule: ScheduleConfig
) -> tuple[Obligation, ...]:
    """Those of emergencies alone, worst first: cheap enough to ask at every tick."""
    reports = tuple(draft for draft in ledger.drafts if draft.emergency != "none")
    desk = open_desk(notice, schedule, replace(ledger, drafts=reports), now)
    return tuple(sorted(emergency_obligations(desk), key=pressing))


def _derive(desk: Desk) -> Iterator[Obligation]:
    for source in SOURCES:
        yield from source(desk)


_ORDER = {"逾期": 0, "临期": 1, "待确认": 2, "未到期": 3, "已完成": 4, "免除": 5}


def pressing(duty: Obligation) -> tuple[int, bool, float]:
    """Sort key, worst first: emergencies, then the longest overdue, then what is due soonest."""
    due = duty.due.timestamp() if duty.due is not None else float("inf")
    return _ORDER[duty.state], duty.kind != "emergency", due
