"""Signs of life of the daemon's jobs: a job that hangs is noticed by their absence."""

import threading
import time
from collections.abc import Callable

Seconds = Callable[[], float]


class Pulse:
    """When a job last showed a sign of life; seconds of a clock that is never set."""

    def __init__(self, seconds: Seconds = time.monotonic) -> None:
        self._seconds = seconds
        self._last = seconds()

    def beat(self) -> None:
        """The job is alive."""
        self._last = self._seconds()

    @property
    def age(self) -> float:
        """Seconds since the last sign of life."""
        return self._seconds() - self._last


class BeatingStop(threading.Event):
    """A stop signal whose every reading is a sign of life of the one who reads it.

    Long work looks at it between its steps, each of which is bounded; so a poll that
    files a thousand mails lives, and one that hangs in a call does not.
    """

    def __init__(self, stop: threading.Event, pulse: Pulse) -> None:
        super().__init__()
        self._stop, self._pulse = stop, pulse

    def is_set(self) -> bool:
        """Whether to stop."""
        self._pulse.beat()
        return self._stop.is_set()
