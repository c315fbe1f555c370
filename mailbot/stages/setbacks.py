"""Mails the server would not hand over: tried again, ever later, without stopping others.

The state lies in the store's facts, one value a folder, so that a restart forgets
nothing: a mail that kills the connection would otherwise kill it at every start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from mailbot.rules.backoff import doubling
from store.unit_of_work import UnitOfWork

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
TRIES_BEFORE_QUARANTINE = 3  # about three minutes: the office must hear of it soon


@dataclass(frozen=True, slots=True)
class Setback:
    """One mail that could not be fetched.

    Attributes:
        stub: Id of the quarantined record that stands for it, 0 while there is none.
    """

    tries: int
    next_try: datetime
    stub: int = 0

    def again(self, now: datetime) -> Self:
        """After one more failure."""
        tries = self.tries + 1
        wait = doubling(tries, FIRST_WAIT, LONGEST_WAIT)
        return replace(self, tries=tries, next_try=now + wait)


def load(uow: UnitOfWork, folder: str, uid_validity: int) -> dict[int, Setback]:
    """Setbacks of a folder by UID."""
    stored: Mapping[str, list[object]] = uow.facts.get(_name(folder, uid_validity)) or {}
    return {
        int(uid): Setback(int(str(tries)), datetime.fromisoformat(str(at)), int(str(stub)))
        for uid, (tries, at, stub) in stored.items()
    }


def save(
    uow: UnitOfWork,
    folder: str,
    uid_validity: int,
    setbacks: Mapping[int, Setback],
    now: datetime,
) -> None:
    """Store them, or forget the folder when none is left."""
    name = _name(folder, uid_validity)
    if not setbacks:
        uow.facts.drop(name)
        return
    value = {str(u): [s.tries, s.next_try.isoformat(), s.stub] for u, s in setbacks.items()}
    uow.facts.put(name, value, now)


def _name(folder: str, uid_validity: int) -> str:
    return f"intake.setbacks/{folder}/{uid_validity}"
