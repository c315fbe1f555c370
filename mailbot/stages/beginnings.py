"""The system's first start: what lies before it is history, and nobody's fault."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.records.obligations import Obligation
from mailbot.rules.calendar import chinese_day, local_day

FIRST_STARTED = "first_started"


def since_start(duties: Iterable[Obligation], started: datetime | None) -> tuple[Obligation, ...]:
    """Duties that fell due before the first start are shown, but nobody is reminded of them.

    The system may not have seen what was delivered then: what looks overdue is not proved.
    """
    if started is None:
        return tuple(duties)
    return tuple(
        _unproved(duty, started) if duty.due is not None and duty.due < started else duty
        for duty in duties
    )


def _unproved(duty: Obligation, started: datetime) -> Obligation:
    if duty.state != "逾期" or duty.kind == "emergency":
        return replace(duty, remindable=False)
    why = f"系统{chinese_day(local_day(started))}才启用，此前的来稿可能没有登记，不催报。"
    return replace(duty, remindable=False, state="待确认", explanation=duty.explanation + why)
