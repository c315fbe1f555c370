"""The clock of production: the wall clock, guarded by the time since boot (safety of timers)."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.clock import Clock
from mailbot.rules.clock_guard import ClockState, read_clock
from store.unit_of_work import Store

GUARD, JUMP = "clock.guard", "clock.jump"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_seconds() -> float:
    """Seconds since boot, counting sleep where the system can tell (CLOCK_BOOTTIME)."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def boot_id() -> str:
    """Which boot this is; "" where the system does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class GuardedClock:
    """Reads the wall clock against the last known instant, and remembers the reading."""

    clock: Clock
    store: Store
    hold_after_seconds: float

    def read(self) -> tuple[datetime, bool]:
        """The time to work with, and whether routine mail must be held."""
        wall = self.clock()
        with self.store.work() as uow:
            last = _state(uow.facts.get(GUARD))
            reading = read_clock(
                last,
                wall,
                boot_seconds(),
                boot_id(),
                hold_after_seconds=self.hold_after_seconds,
            )
            state = reading.state
            kept = [state.guarded.isoformat(), state.boot_seconds, state.boot_id]
            uow.facts.put(GUARD, kept, wall)
            uow.facts.put(JUMP, reading.explanation, wall)
            uow.commit()
        if reading.hold_routine:
            log.alarm("clock_jump", seconds=round(reading.jump_seconds))
        return reading.now, reading.hold_routine


@dataclass(frozen=True, slots=True)
class PlainClock:
    """An injected clock is believed: for `once --at` and the demonstration."""

    clock: Clock

    def read(self) -> tuple[datetime, bool]:
        """The clock as it is."""
        return self.clock(), False


def _state(kept: object) -> ClockState | None:
    if not isinstance(kept, list):
        return None
    return ClockState(datetime.fromisoformat(kept[0]), float(kept[1]), str(kept[2]))
