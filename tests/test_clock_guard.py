"""The clock never runs backwards; a jump holds routine mail and emergencies go on."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from duty_samples import at
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.clock_guard import (
    ClockReading,
    ClockState,
    from_plain,
    read_clock,
    reanchor,
)

NOON = at("2023-05-04 12:00")
LAST = ClockState(NOON, 1000.0, "boot-a")
HOLD = 120


def read(
    wall: str, boot_seconds: float, boot_id: str = "boot-a", trusted: str | None = None
) -> ClockReading:
    return read_clock(
        LAST,
        at(f"2023-05-04 {wall}"),
        boot_seconds,
        boot_id,
        hold_after_seconds=HOLD,
        trusted=at(f"2023-05-04 {trusted}") if trusted else None,
    )


@pytest.mark.parametrize(
    ("wall", "boot", "now", "urgent", "hold"),
    [
        pytest.param("12:00:15", 1015.0, "12:00:15", "12:00:15", False, id="all-is-well"),
        pytest.param("12:01:15", 1015.0, "12:01:15", "12:01:15", False, id="a-minute-forward"),
        pytest.param("11:59:15", 1015.0, "12:00:15", "12:00:15", False, id="a-minute-back"),
        pytest.param("12:02:15", 1015.0, "12:02:15", "12:02:15", False, id="two-minutes-just"),
        pytest.param("12:02:16", 1015.0, "12:00:15", "12:02:16", True, id="more-is-a-jump"),
        pytest.param("18:00:15", 1015.0, "12:00:15", "18:00:15", True, id="six-hours-forward"),
        pytest.param("09:00:15", 1015.0, "12:00:15", "12:00:15", True, id="three-hours-back"),
        pytest.param("16:00:15", 15415.0, "16:00:15", "16:00:15", False, id="four-hours-asleep"),
        pytest.param("12:00:15", 15415.0, "16:00:15", "16:00:15", True, id="asleep-and-set-back"),
    ],
)
def test_on_the_same_boot(wall: str, boot: float, now: str, urgent: str, hold: bool) -> None:
    reading = read(wall, boot)
    assert reading.now == at(f"2023-05-04 {now}")
    assert reading.urgent_now == at(f"2023-05-04 {urgent}")
    assert reading.hold_routine is hold
    assert bool(reading.explanation) is hold


@pytest.mark.parametrize(
    ("wall", "boot", "now", "hold"),
    [
        pytest.param("18:00:00", 30.0, "18:00:00", False, id="switched-off-for-hours"),
        pytest.param("11:59:00", 30.0, "12:00:30", False, id="a-little-behind"),
        pytest.param("09:00:00", 30.0, "12:00:30", True, id="woke-up-in-the-past"),
        pytest.param("12:00:00", 30.0, "12:00:30", False, id="never-before-the-last-answer"),
    ],
)
def test_after_a_reboot(wall: str, boot: float, now: str, hold: bool) -> None:
    reading = read(wall, boot, "boot-b")
    assert (reading.now, reading.hold_routine) == (at(f"2023-05-04 {now}"), hold)


def test_a_machine_that_woke_up_in_the_past_is_believed_once_its_clock_is_corrected() -> None:
    """Ten hours off, booted with an old time, set right by the network a minute later."""
    woken = read("09:00:00", 30.0, "boot-b")
    assert woken.hold_routine
    right = read_clock(woken.state, at("2023-05-04 22:01"), 90.0, "boot-b", hold_after_seconds=HOLD)
    assert (right.now, right.hold_routine) == (at("2023-05-04 22:01"), False)
    assert right.state.exact


def test_where_boots_cannot_be_told_apart_a_clock_ahead_is_believed() -> None:
    unnamed = ClockState(NOON, 1000.0, "")
    reading = read_clock(unnamed, at("2023-05-05 08:00"), 5000.0, "", hold_after_seconds=HOLD)
    assert (reading.now, reading.hold_routine) == (at("2023-05-05 08:00"), False)


def test_a_boot_clock_that_fell_is_a_reboot_whatever_its_name() -> None:
    assert read("18:00:00", 30.0).now == at("2023-05-04 18:00")


@pytest.mark.parametrize(
    ("wall", "trusted", "now", "hold"),
    [
        pytest.param("18:00:15", "18:00:10", "18:00:15", False, id="the-jump-was-a-correction"),
        pytest.param("09:00:15", "09:00:10", "09:00:15", False, id="so-was-the-step-back"),
        pytest.param("11:59:00", "11:59:00", "12:00:00", False, id="small-steps-never-go-back"),
        pytest.param("18:00:15", "12:00:20", "12:00:20", True, id="the-wall-clock-is-wrong"),
        pytest.param("12:00:15", "12:10:00", "12:10:00", True, id="both-clocks-are-wrong"),
    ],
)
def test_a_trusted_time_decides(wall: str, trusted: str, now: str, hold: bool) -> None:
    reading = read(wall, 1015.0, trusted=trusted)
    assert (reading.now, reading.hold_routine) == (at(f"2023-05-04 {now}"), hold)


def test_a_jump_ends_when_the_wall_clock_returns() -> None:
    jumped = read("18:00:15", 1015.0)
    back = read_clock(
        jumped.state, at("2023-05-04 12:00:31"), 1030.0, "boot-a", hold_after_seconds=HOLD
    )
    assert (back.now, back.hold_routine) == (at("2023-05-04 12:00:31"), False)


def test_the_operator_may_vouch_for_the_wall_clock() -> None:
    wall = at("2023-05-04 18:00:30")
    reading = read_clock(
        reanchor(wall, 1030.0, "boot-a"),
        wall + timedelta(seconds=15),
        1045.0,
        "boot-a",
        hold_after_seconds=HOLD,
    )
    assert (reading.now, reading.hold_routine) == (wall + timedelta(seconds=15), False)


def test_the_first_reading_takes_the_wall_clock() -> None:
    reading = read_clock(None, NOON, 5.0, "boot-a", hold_after_seconds=HOLD)
    assert (reading.now, reading.state) == (NOON, ClockState(NOON, 5.0, "boot-a"))


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        pytest.param("12:10:15", "拨快约10分钟", id="minutes"),
        pytest.param("14:30:15", "拨快约2小时30分钟", id="hours"),
        pytest.param("09:00:15", "拨慢约3小时，", id="back"),
    ],
)
def test_the_office_is_told_in_words(wall: str, words: str) -> None:
    assert words in read(wall, 1015.0).explanation


def test_days_are_told_as_days() -> None:
    reading = read_clock(LAST, NOON + timedelta(days=9), 1000.0, "boot-a", hold_after_seconds=HOLD)
    assert "9天" in reading.explanation


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        read_clock(None, datetime(2023, 5, 4), 0.0, "b", hold_after_seconds=HOLD)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("error", "hours", "hold"),
    [
        pytest.param(2, 23.9, True, id="ahead-for-less-than-a-day"),
        pytest.param(2, 24.1, False, id="ahead-for-a-day"),
        pytest.param(-2, 23.9, True, id="behind-for-less-than-a-day"),
        pytest.param(-2, 24.1, False, id="behind-for-a-day"),
    ],
)
def test_a_disagreement_left_alone_for_a_day_was_meant(
    error: int, hours: float, hold: bool
) -> None:
    state = LAST
    for minutes in range(0, round(hours * 60) + 1, 6):
        true = NOON + timedelta(minutes=minutes)
        wall, boot = true + timedelta(hours=error), 1000.0 + minutes * 60
        reading = read_clock(state, wall, boot, "boot-a", hold_after_seconds=HOLD)
        state = reading.state
    assert reading.hold_routine is hold
    assert reading.now == (true if hold else wall)


def test_another_jump_starts_the_day_anew() -> None:
    first = read("18:00:15", 1015.0)
    hours_20 = 1015.0 + 20 * 3600
    wall = at("2023-05-05 20:00:15")  # six hours more
    second = read_clock(first.state, wall, hours_20, "boot-a", hold_after_seconds=HOLD)
    hours_30 = 1015.0 + 30 * 3600
    third = read_clock(
        second.state, wall + timedelta(hours=10), hours_30, "boot-a", hold_after_seconds=HOLD
    )
    assert second.hold_routine
    assert third.hold_routine


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(LAST, id="plain"),
        pytest.param(ClockState(NOON, 5.5, "", exact=False, doubted_since=NOON), id="in-doubt"),
    ],
)
def test_a_state_survives_being_stored(state: ClockState) -> None:
    assert from_plain(json.loads(json.dumps(state.to_plain()))) == state


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(None, id="nothing"),
        pytest.param("x", id="text"),
        pytest.param({}, id="empty"),
        pytest.param(
            {"guarded": "2023-05-04", "boot_seconds": 1, "boot_id": ""}, id="naive-instant"
        ),
        pytest.param(
            {"guarded": "2023-05-04T00:00:00+00:00", "boot_seconds": "x", "boot_id": ""},
            id="no-number",
        ),
    ],
)
def test_a_state_that_cannot_be_read_starts_afresh(kept: object) -> None:
    assert from_plain(kept) is None


STEPS = st.lists(
    st.tuples(
        st.floats(0, 86_400),  # seconds that pass, asleep or awake
        st.floats(-7 * 86_400, 7 * 86_400),  # by how much the wall clock is off after it
        st.booleans(),  # rebooted
    ),
    max_size=30,
)


@given(STEPS)
def test_without_a_trusted_time_it_never_runs_backwards(
    steps: list[tuple[float, float, bool]],
) -> None:
    true, boot, boots = datetime(2023, 5, 4, tzinfo=UTC), 50.0, 0
    state = read_clock(None, true, boot, "0", hold_after_seconds=HOLD).state
    for seconds, error, rebooted in steps:
        true += timedelta(seconds=seconds)
        boots += rebooted
        boot = seconds if rebooted else boot + seconds
        wall = true + timedelta(seconds=error)
        reading = read_clock(state, wall, boot, str(boots), hold_after_seconds=HOLD)
        assert reading.now >= state.guarded or state.doubted_since is not None
        assert reading.urgent_now >= reading.now
        assert reading.hold_routine or abs(reading.now - wall) <= timedelta(seconds=HOLD)
        state = reading.state
