"""What would be due, and which letters would go out, at any instant; nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.config import Config
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Obligation
from mailbot.rules.digests_due import digests_due
from mailbot.rules.hindsight import as_of
from mailbot.rules.reminders import letters_due
from mailbot.stages.beginnings import FIRST_STARTED, since_start
from mailbot.stages.ledgers import gather
from store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Expected:
    """A letter that would be queued, and to whom."""

    kind: str
    unit: str
    to: tuple[str, ...]
    key: str
    reason: str


_DIGEST_NAMES = {"daily": "日报", "weekly": "周报", "monthly": "月报", "quarterly": "季报"}


def ledger_at(uow: UnitOfWork, now: datetime) -> Ledger:
    """The records as they stood at `now`."""
    return as_of(gather(uow, now, for_readers=False), now)


@dataclass(frozen=True, slots=True)
class Known:
    """What the daemon knows beside the ledger.

    Attributes:
        started: First start of the system, None when it lies after the instant asked about:
            then the answer is what would have left, had it been at work.
        silent: Keys of digests left out because nothing had happened.
    """

    started: datetime | None = None
    silent: tuple[str, ...] = ()


_NOTHING = Known()


def known_at(uow: UnitOfWork, now: datetime) -> Known:
    """What the daemon would go by at `now`."""
    value = uow.facts.get(FIRST_STARTED)
    started = datetime.fromisoformat(str(value)) if value else None
    if started is None or started > now:
        return _NOTHING
    return Known(started, tuple(name.partition("/")[2] for name in uow.facts.names("silent/")))


def letters_at(
    config: Config,
    ledger: Ledger,
    duties: Sequence[Obligation],
    now: datetime,
    known: Known = _NOTHING,
) -> list[Expected]:
    """Letters and digests that would be queued at `now`."""
    planned = letters_due(
        config.notice,
        config.schedule,
        ledger,
        now,
        letters=config.letters,
        obligations=since_start(duties, known.started),
    )
    keys = [*(nudge.key for nudge in ledger.nudges), *known.silent]
    effective = config.notice.head.effective
    digests = [
        Expected(
            kind=due.kind,
            unit="",
            to=config.office.addresses,
            key=due.key,
            reason=f"{due.label}{_DIGEST_NAMES[due.kind]}{'（补发）' if due.late else ''}",
        )
        for due in digests_due(config.schedule, keys, now, since=known.started, effective=effective)
    ]
    office = config.office
    letters = [
        Expected(
            kind=one.kind,
            unit=one.unit,
            to=one.to or (office.duty_addresses if one.urgent else office.addresses),
            key=one.key,
            reason=one.reason,
        )
        for one in planned
    ]
    return letters + digests
