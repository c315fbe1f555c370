"""Random histories of arrivals, outages, clock steps, suspends and kills.

MAILBOT_HISTORIES sets how many are lived through; 10,000 before a release.
"""

import os
from datetime import timedelta

import pytest
from history_model import Outcome, live

COUNT = int(os.environ.get("MAILBOT_HISTORIES", "300"))
pytestmark = [
    pytest.mark.timeout(900),  # all are lived through before the first is looked at
    pytest.mark.untraced,
]


@pytest.fixture(scope="module")
def outcomes() -> dict[int, Outcome]:
    """Outcomes by seed: a failing history can be lived again."""
    return {seed: live(seed) for seed in range(COUNT)}


def test_the_histories_are_worth_the_name(outcomes: dict[int, Outcome]) -> None:
    kinds = {letter.kind for one in outcomes.values() for _, letter, _ in one.sent}
    assert {"reminder", "overdue", "escalation", "office_list", "alert", "followup"} <= kinds
    assert any(one.held_ticks for one in outcomes.values())


def test_no_letter_is_doubled(outcomes: dict[int, Outcome]) -> None:
    assert {seed: one.doubled for seed, one in outcomes.items() if one.doubled} == {}


def test_nobody_is_reminded_of_what_is_fulfilled(outcomes: dict[int, Outcome]) -> None:
    assert {seed: one.for_fulfilled for seed, one in outcomes.items() if one.for_fulfilled} == {}


def test_no_deadline_passes_unnoticed(outcomes: dict[int, Outcome]) -> None:
    assert {seed: one.never_noticed for seed, one in outcomes.items() if one.never_noticed} == {}


def test_no_unit_gets_two_routine_letters_a_day(outcomes: dict[int, Outcome]) -> None:
    for one in outcomes.values():
        keys = [letter.key for _, letter, _ in one.sent if not letter.urgent]
        assert len(keys) == len(set(keys))


def test_emergencies_are_alerted_within_a_minute_of_being_knowable(
    outcomes: dict[int, Outcome],
) -> None:
    delays = sorted(delay for one in outcomes.values() for delay in one.alert_delays)
    assert len(delays) > COUNT // 3
    assert delays[int(len(delays) * 0.99)] <= timedelta(seconds=60)
