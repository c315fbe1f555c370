"""The clock of production: the wall clock, guarded by the time since boot (safety of timers)."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.clock import Clock
from mailbot.rules.clock_guard import from_plain, read_clock, reanchor
from store.unit_of_work import Store, UnitOfWork

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
            last = from_plain(uow.facts.get(GUARD))
            reading = read_clock(
                last,
                wall,
                boot_seconds(),
                boot_id(),
                hold_after_seconds=self.hold_after_seconds,
            )
            uow.facts.put(GUARD, reading.state.to_plain(), wall)
            known = uow.facts.get(JUMP)
            uow.facts.put(JUMP, reading.explanation, wall)
            uow.commit()
        if reading.hold_routine and not known:
            log.alarm("clock_jump", seconds=round(reading.jump_seconds))
        return reading.now, reading.hold_routine


def believed_now(uow: UnitOfWork, hold_after_seconds: float, wall: datetime) -> datetime:
    """The time the daemon works with, for a command beside it; nothing is remembered.

    What a clerk enters while the wall clock is doubted must bear the time its deadlines run by:
    otherwise a unit would be late the moment its emergency is entered.
    """
    last = from_plain(uow.facts.get(GUARD))
    reading = read_clock(
        last, wall, boot_seconds(), boot_id(), hold_after_seconds=hold_after_seconds
    )
    return reading.now


def trust_wall_clock(store: Store, wall: datetime) -> None:
    """At the operator's word, the wall clock is right: routine mail goes on."""
    with store.work() as uow:
        state = reanchor(wall, boot_seconds(), boot_id())
        uow.facts.put(GUARD, state.to_plain(), wall)
        uow.facts.put(JUMP, "", wall)
        uow.acts.add(wall, "cli", "clock-trusted", "clock", {})
        uow.commit()


@dataclass(frozen=True, slots=True)
class PlainClock:
    """An injected clock is believed: for `once --at` and the demonstration."""

    clock: Clock

    def read(self) -> tuple[datetime, bool]:
        """The clock as it is."""
        return self.clock(), False
