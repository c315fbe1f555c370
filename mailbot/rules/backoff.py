"""How long to wait before trying again: doubling up to a cap, spread by a given jitter."""

from datetime import timedelta

# NetEase asks to keep a deferred mail for two minutes (its reply list, 451 DT:SPM);
# an alert tries sooner and never waits longer than five
ROUTINE_FIRST, ROUTINE_MOST = timedelta(minutes=2), timedelta(hours=1)
URGENT_FIRST, URGENT_MOST = timedelta(seconds=30), timedelta(minutes=5)
_DOUBLINGS = 16  # beyond this every cap is long reached


def next_delay(attempts: int, *, urgent: bool = False, jitter: float = 0.0) -> timedelta:
    """Wait after the `attempts`-th failure (1 = the first).

    `jitter` in [0, 1] lengthens the wait by up to a quarter, so that many letters
    deferred together do not return together; the caller draws it.
    """
    first, most = (URGENT_FIRST, URGENT_MOST) if urgent else (ROUTINE_FIRST, ROUTINE_MOST)
    return doubling(attempts, first, most, jitter)


def doubling(attempts: int, first: timedelta, most: timedelta, jitter: float = 0.0) -> timedelta:
    """`first`, twice that, four times that … never more than `most`, then the jitter."""
    if attempts < 1:
        raise ValueError("attempts start at 1")
    if not 0.0 <= jitter <= 1.0:
        raise ValueError("jitter is outside 0 to 1")
    plain = min(first * (1 << min(attempts - 1, _DOUBLINGS)), most)
    return plain * (1 + jitter / 4)
