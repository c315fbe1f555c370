"""Wakes the daemon's jobs, by a clock that nobody can set.

No job waits for a time of day: each runs so many seconds after it last began, so a wall clock
that is put back by an hour, or forward by years, delays nothing and makes up for nothing.
"""

import threading
import time
from collections.abc import Callable, Sequence

from mailbot.vitality import Seconds

Job = Callable[[], None]


class Ticker:
    """Each job in a thread of its own, one run at a time, until `stop` is set.

    A job that hangs holds up no other; that it hangs is for its own pulse to tell. Jobs catch
    what goes wrong in them.
    """

    def __init__(
        self,
        jobs: Sequence[tuple[Job, float]],
        stop: threading.Event,
        seconds: Seconds = time.monotonic,
    ) -> None:
        self._stop, self._seconds = stop, seconds
        self._threads = [
            threading.Thread(target=self._every, args=job, name=job[0].__name__) for job in jobs
        ]

    def start(self) -> None:
        """Every job runs at once, then in its rhythm."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until the runs under way have ended."""
        for thread in self._threads:
            thread.join()

    def _every(self, job: Job, period: float) -> None:
        due = self._seconds()
        while not self._stop.is_set():
            job()
            now = self._seconds()
            due = max(due + period, now)  # what a long run or a sleep missed is not made up for
            self._stop.wait(due - now)
