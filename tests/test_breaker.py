"""The breaker keeps a wrong 授权码 from locking the office out."""

import json
from datetime import UTC, datetime, timedelta

from mailbot.breaker import MOST, Breaker, fragment

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAUSE = timedelta(hours=1)
OLD, NEW = fragment("box@test.example", "old"), fragment("box@test.example", "new")


def test_closed_at_first() -> None:
    assert Breaker().allows(NOW, OLD)


def test_refusal_pauses_until_the_pause_is_over() -> None:
    state = Breaker().refused(NOW, OLD, PAUSE)

    assert not state.allows(NOW, OLD)
    assert not state.allows(NOW + PAUSE - timedelta(seconds=1), OLD)
    assert state.allows(NOW + PAUSE, OLD)


def test_each_further_refusal_doubles_the_pause_up_to_a_day() -> None:
    state, now, waits = Breaker(), NOW, []
    for _ in range(8):
        state = state.refused(now, OLD, PAUSE)
        assert state.until is not None
        waits.append(state.until - now)
        now = state.until

    assert waits[:3] == [PAUSE, 2 * PAUSE, 4 * PAUSE]
    assert waits[-1] == MOST


def test_a_new_password_is_tried_at_once_and_starts_afresh() -> None:
    state = Breaker().refused(NOW, OLD, PAUSE).refused(NOW, OLD, PAUSE)

    assert state.allows(NOW, NEW)
    assert state.refused(NOW, NEW, PAUSE).refusals == 1


def test_success_closes_it() -> None:
    assert Breaker().refused(NOW, OLD, PAUSE).succeeded() == Breaker()


def test_state_survives_a_restart_as_json() -> None:
    state = Breaker().refused(NOW, OLD, PAUSE)

    assert Breaker.from_fact(json.loads(json.dumps(state.as_fact()))) == state
    assert Breaker.from_fact(None) == Breaker()
    assert Breaker.from_fact(json.loads(json.dumps(Breaker().as_fact()))) == Breaker()


def test_state_does_not_hold_the_password() -> None:
    assert "hunter2secret" not in json.dumps(
        Breaker().refused(NOW, fragment("u", "hunter2secret"), PAUSE).as_fact()
    )
    assert len(OLD) == 8
