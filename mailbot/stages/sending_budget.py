"""How many letters may leave: as configured, or less where the provider said so.

163 publishes no figures. A refusal that names a limit teaches it: what was
sent in that window before the refusal was the limit. What was learnt grows back day by
day, so that one bad day does not throttle the office for ever.
"""

from datetime import datetime, timedelta

from mailbot import log
from mailbot.config import SmtpConfig
from mailbot.ports import Quota
from store.unit_of_work import UnitOfWork

WINDOWS: dict[Quota, timedelta] = {
    "quarter": timedelta(minutes=15),
    "day": timedelta(days=1),
}
_DAYS_TO_RECOVER = 4
_LEAST_SHARE = 10  # a refusal right after a quiet hour was not about so few letters


def learnt(quota: Quota) -> str:
    """Name of the fact that holds what was learnt of a window."""
    return f"smtp.learnt/{quota}"


def room(uow: UnitOfWork, config: SmtpConfig, now: datetime) -> int:
    """How many routine letters may still leave now; urgent ones are never held."""
    return min(
        allowed(uow, config, quota, now) - uow.outbox.count_sent_since(now - window)
        for quota, window in WINDOWS.items()
    )


def allowed(uow: UnitOfWork, config: SmtpConfig, quota: Quota, now: datetime) -> int:
    """Letters per window: the configured number, or what is left of a lesson."""
    most = _configured(config, quota)
    lesson = uow.facts.get(learnt(quota))
    if lesson is None:
        return most
    days = max(0.0, (now - datetime.fromisoformat(lesson["at"])) / timedelta(days=1))
    return min(most, int(lesson["limit"] + most * days / _DAYS_TO_RECOVER))


def learn(uow: UnitOfWork, config: SmtpConfig, quota: Quota, now: datetime) -> None:
    """The provider refused a letter because of this limit; the letter itself is not counted."""
    if quota not in WINDOWS:
        return
    sent = uow.outbox.count_sent_since(now - WINDOWS[quota]) - 1
    least = max(1, _configured(config, quota) // _LEAST_SHARE)
    limit = max(least, min(sent, allowed(uow, config, quota, now)))
    uow.facts.put(learnt(quota), {"limit": limit, "at": now.isoformat()}, now)
    log.warning("budget_learnt", window=quota, letters=limit)


def _configured(config: SmtpConfig, quota: Quota) -> int:
    return config.per_15_minutes if quota == "quarter" else config.per_day
