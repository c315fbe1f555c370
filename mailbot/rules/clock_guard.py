"""The clock that never runs backwards, and notices when the wall clock was set.

The wall clock may be stepped; the time since boot (CLOCK_BOOTTIME) runs on through
suspend and cannot be. Both are passed in, and the state is kept by the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

BELIEVE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is kept between two readings, across restarts.

    Attributes:
        guarded: The instant answered last.
        boot_seconds: Seconds since boot at that reading.
        boot_id: Which boot that was, "" where the system does not say.
        exact: False when `guarded` is only a lower bound: the machine was off, and its wall
            clock has not caught up since.
        doubted_since: Answered instant since which the clocks disagree, None when they agree.
        doubt_seconds: By how much the wall clock was ahead then.
    """

    guarded: datetime
    boot_seconds: float
    boot_id: str
    exact: bool = True
    doubted_since: datetime | None = None
    doubt_seconds: float = 0

    def to_plain(self) -> dict[str, object]:
        """Plain values to be stored; `from_plain` reads them back."""
        since = self.doubted_since
        return {
            "guarded": self.guarded.isoformat(),
            "boot_seconds": self.boot_seconds,
            "boot_id": self.boot_id,
            "exact": self.exact,
            "doubted_since": since.isoformat() if since else None,
            "doubt_seconds": self.doubt_seconds,
        }


def from_plain(kept: object) -> ClockState | None:
    """The state stored by `to_plain`; None for anything else, which starts afresh."""
    if not isinstance(kept, Mapping):
        return None
    try:
        since = kept.get("doubted_since")
        return ClockState(
            guarded=_aware(kept["guarded"]),
            boot_seconds=float(kept["boot_seconds"]),
            boot_id=str(kept["boot_id"]),
            exact=bool(kept.get("exact", True)),
            doubted_since=_aware(since) if since else None,
            doubt_seconds=float(kept.get("doubt_seconds", 0)),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _aware(text: object) -> datetime:
    instant = datetime.fromisoformat(str(text))
    if instant.tzinfo is None:
        raise ValueError("naive datetime")
    return instant


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The time to work with.

    Attributes:
        now: For routine work; runs backwards only when the wall clock is believed again.
        urgent_now: For emergencies: the later of both clocks, the safe side.
        hold_routine: The clocks disagree: routine mail waits, emergencies go on.
        jump_seconds: Wall clock less expected time; positive = set forward.
        explanation: Chinese sentence for the office, "" when all is well.
        state: To be kept for the next reading.
    """

    now: datetime
    urgent_now: datetime
    hold_routine: bool
    jump_seconds: float
    explanation: str
    state: ClockState


@dataclass(frozen=True, slots=True)
class _Clocks:
    """What the machine says now."""

    wall: datetime
    boot_seconds: float
    boot_id: str

    def believed(self, now: datetime) -> ClockReading:
        """All is well, at `now`."""
        state = ClockState(now, self.boot_seconds, self.boot_id)
        return self._reading(now, 0, "", state)

    def doubted(self, now: datetime, jump: timedelta, exact: bool, since: datetime) -> ClockReading:
        """The wall clock is off by `jump`: `now` stands."""
        seconds = jump.total_seconds()
        state = ClockState(now, self.boot_seconds, self.boot_id, exact, since, seconds)
        direction = "拨快" if seconds > 0 else "拨慢"
        words = (
            f"系统时钟被{direction}约{_span(abs(seconds))}，普通邮件已暂停发送，突发预警照发。"
            "请核对电脑时间；时间无误的，请由管理员运行 mailbot clock trust 恢复，"
            f"否则{_span(BELIEVE_AFTER.total_seconds())}后按电脑时间恢复。"
        )
        return self._reading(now, seconds, words, state)

    def _reading(self, now: datetime, jump: float, words: str, state: ClockState) -> ClockReading:
        return ClockReading(
            now=now,
            urgent_now=max(now, self.wall),
            hold_routine=bool(words),
            jump_seconds=jump,
            explanation=words,
            state=state,
        )


def read_clock(
    last: ClockState | None,
    wall: datetime,
    boot_seconds: float,
    boot_id: str,
    *,
    hold_after_seconds: float,
    trusted: datetime | None = None,
) -> ClockReading:
    """The time, from the wall clock and what is known of it.

    On the same boot the expected time is the last answer plus the time since. After a
    reboot only a lower bound is known: the last answer plus the time since boot; a wall
    clock beyond it is believed, also when it is corrected forward only later. Any other
    jump of more than `hold_after_seconds` is not followed: the expected time stands and
    routine mail is held until the wall clock returns, the operator re-anchors, or the
    disagreement has stood still for `BELIEVE_AFTER`: a clock left alone for a day was
    meant. `trusted`, the time as a server tells it just now, decides where it is given: a
    wall clock that agrees is followed wherever it went, one that does not is held.

    Raises:
        ValueError: `wall` is naive.
    """
    if wall.tzinfo is None:
        raise ValueError("naive datetime")
    clocks = _Clocks(wall, boot_seconds, boot_id)
    tolerance = timedelta(seconds=hold_after_seconds)
    if trusted is not None:
        return _by_trusted(clocks, last, trusted, tolerance)
    if last is None:
        return clocks.believed(wall)
    same_boot = last.boot_id == boot_id and boot_seconds >= last.boot_seconds
    exact = same_boot and boot_id != "" and last.exact
    passed = boot_seconds - last.boot_seconds if same_boot else boot_seconds
    expected = last.guarded + timedelta(seconds=passed)
    ahead = wall - expected
    if -tolerance <= ahead and (ahead <= tolerance or not exact):
        return clocks.believed(max(wall, expected))
    steady = abs(ahead - timedelta(seconds=last.doubt_seconds)) <= tolerance
    since = last.doubted_since if steady and last.doubted_since else expected
    if expected - since >= BELIEVE_AFTER:
        return clocks.believed(wall)
    return clocks.doubted(expected, ahead, exact, since)


def reanchor(wall: datetime, boot_seconds: float, boot_id: str) -> ClockState:
    """A state that trusts the wall clock from now on, at the operator's word."""
    return ClockState(wall, boot_seconds, boot_id)


def _by_trusted(
    clocks: _Clocks, last: ClockState | None, trusted: datetime, tolerance: timedelta
) -> ClockReading:
    off = clocks.wall - trusted
    if abs(off) > tolerance:
        return clocks.doubted(trusted, off, exact=True, since=trusted)
    small_step_back = last is not None and timedelta() < last.guarded - clocks.wall <= tolerance
    return clocks.believed(last.guarded if last and small_step_back else clocks.wall)


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}分钟"
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24}天"
    return f"{hours}小时{minutes}分钟" if minutes else f"{hours}小时"
