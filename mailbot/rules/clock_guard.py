"""The clock that never runs backwards, and notices when the wall clock was set.

The wall clock may be stepped; the time since boot (CLOCK_BOOTTIME) runs on through
suspend and cannot be. Both are passed in, and the state is kept by the caller.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is kept between two readings, across restarts.

    Attributes:
        guarded: The instant answered last.
        boot_seconds: Seconds since boot at that reading.
        boot_id: Which boot that was.
    """

    guarded: datetime
    boot_seconds: float
    boot_id: str


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The time to work with.

    Attributes:
        now: For routine work; never before an earlier answer.
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
    reboot only a lower bound is known: the last answer plus the time since boot. A jump of
    more than `hold_after_seconds` is not followed: the expected time stands and routine
    mail is held until the wall clock returns or the operator re-anchors. `trusted`, the time
    as a server tells it just now, decides where it is given: a wall clock that agrees is
    followed wherever it went, one that does not is held.

    Raises:
        ValueError: `wall` is naive.
    """
    if wall.tzinfo is None:
        raise ValueError("naive datetime")
    tolerance = timedelta(seconds=hold_after_seconds)
    if trusted is not None and abs(wall - trusted) > tolerance:
        jump = (wall - trusted).total_seconds()
        return _reading(trusted, wall, boot_seconds, boot_id, jump=jump)
    if last is None or trusted is not None:
        now = wall if last is None else _no_small_step_back(last, wall, tolerance)
        return _reading(now, wall, boot_seconds, boot_id, jump=0)
    same_boot = last.boot_id == boot_id and boot_seconds >= last.boot_seconds
    passed = boot_seconds - last.boot_seconds if same_boot else boot_seconds
    expected = last.guarded + timedelta(seconds=passed)
    ahead = wall - expected
    if ahead < -tolerance or (same_boot and ahead > tolerance):
        return _reading(expected, wall, boot_seconds, boot_id, jump=ahead.total_seconds())
    return _reading(max(wall, expected), wall, boot_seconds, boot_id, jump=0)


def reanchor(wall: datetime, boot_seconds: float, boot_id: str) -> ClockState:
    """A state that trusts the wall clock from now on, at the operator's word."""
    return ClockState(wall, boot_seconds, boot_id)


def _no_small_step_back(last: ClockState, wall: datetime, tolerance: timedelta) -> datetime:
    return max(wall, last.guarded) if last.guarded - wall <= tolerance else wall


def _reading(
    now: datetime, wall: datetime, boot_seconds: float, boot_id: str, *, jump: float
) -> ClockReading:
    words = ""
    if jump:
        direction = "拨快" if jump > 0 else "拨慢"
        words = (
            f"系统时钟被{direction}约{_span(abs(jump))}，普通邮件已暂停发送，突发预警照发。"
            "请核对电脑时间；时间无误的，请由管理员确认后恢复。"
        )
    return ClockReading(
        now=now,
        urgent_now=max(now, wall),
        hold_routine=bool(jump),
        jump_seconds=jump,
        explanation=words,
        state=ClockState(now, boot_seconds, boot_id),
    )


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}分钟"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}小时{minutes}分钟" if hours < 48 else f"{hours // 24}天"
