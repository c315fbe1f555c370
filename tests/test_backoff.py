"""Waiting times between attempts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.backoff import ROUTINE_MOST, URGENT_MOST, next_delay

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("attempts", "urgent", "expected"),
    [
        pytest.param(1, False, 2 * MINUTE, id="the-two-minutes-netease-asks-for"),
        pytest.param(2, False, 4 * MINUTE, id="doubled"),
        pytest.param(4, False, 16 * MINUTE, id="past-the-15-minute-quota-at-the-fourth"),
        pytest.param(6, False, 60 * MINUTE, id="capped-at-an-hour"),
        pytest.param(10_000, False, 60 * MINUTE, id="no-overflow"),
        pytest.param(1, True, MINUTE / 2, id="an-alert-tries-sooner"),
        pytest.param(5, True, 5 * MINUTE, id="and-never-waits-longer-than-five-minutes"),
    ],
)
def test_next_delay(attempts: int, urgent: bool, expected: timedelta) -> None:
    assert next_delay(attempts, urgent=urgent) == expected


@given(st.integers(1, 10**6), st.booleans(), st.floats(0, 1))
def test_jitter_only_lengthens_and_by_a_quarter_at_most(
    attempts: int, urgent: bool, jitter: float
) -> None:
    plain = next_delay(attempts, urgent=urgent)

    spread = next_delay(attempts, urgent=urgent, jitter=jitter)

    assert plain <= spread <= plain * 1.25
    assert plain <= (URGENT_MOST if urgent else ROUTINE_MOST)


@given(st.integers(1, 100), st.booleans())
def test_later_attempts_never_wait_less(attempts: int, urgent: bool) -> None:
    assert next_delay(attempts, urgent=urgent) <= next_delay(attempts + 1, urgent=urgent)


@pytest.mark.parametrize(("attempts", "jitter"), [(0, 0.0), (1, -0.1), (1, 1.1)])
def test_impossible_values_are_refused(attempts: int, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"attempts|jitter"):
        next_delay(attempts, jitter=jitter)
