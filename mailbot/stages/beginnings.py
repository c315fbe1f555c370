"""The system's first start: what lies before it is history, and nobody's fault."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.records.obligations import Obligation

FIRST_STARTED = "first_started"


def since_start(duties: Iterable[Obligation], started: datetime | None) -> tuple[Obligation, ...]:
    """Duties that fell due before the first start are shown, but nobody is reminded of them.

    The system may not have seen what was delivered then.
    """
    return tuple(
        replace(duty, remindable=False)
        if started is not None and duty.due is not None and duty.due < started
        else duty
        for duty in duties
    )
