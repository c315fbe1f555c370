"""Wakes the daemon's jobs: APScheduler, kept from the whims of the wall clock.

The library goes by the wall clock alone. Put back by an hour, it would wake nobody for that
hour; put forward by years, it would list every run it missed. So its trigger counts from now,
and whoever waits for the daemon's end lets the ticker look, every second, by a clock that
nobody can set: a wall clock that was put back runs every job at once.
"""

import queue
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    JobEvent,
    JobExecutionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from mailbot.vitality import Seconds

Job = Callable[[], None]

_SET_BACK_SECONDS = 1.0  # more than a clock is ever nudged by within one look


class _Every(BaseTrigger):  # type: ignore[misc]  # the library tells no types
    """So many seconds from now; what a long run or a sleep missed is not made up for."""

    def __init__(self, seconds: float) -> None:
        self._period = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """At once at first, then in the rhythm."""
        return now if previous is None else now + self._period


class Ticker:
    """Each job in a thread of its own, one run at a time, at once at first and then in its rhythm.

    A job that hangs holds up no other; that it hangs is for its own pulse to tell. A run that
    took longer than its rhythm is followed by the next at the next look. Jobs catch what goes
    wrong in them.
    """

    def __init__(
        self,
        jobs: Sequence[tuple[Job, float]],
        *,
        wall: Seconds = time.time,
        seconds: Seconds = time.monotonic,
    ) -> None:
        self._wall, self._seconds = wall, seconds
        self._ahead = wall() - seconds()
        self._periods = {job.__name__: period for job, period in jobs}
        self._began: dict[str, float] = {}
        self._missed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._due: set[str] = set()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(jobs))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(self._ended, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        self._scheduler.add_listener(self._turned_away, EVENT_JOB_MAX_INSTANCES)
        for job, period in jobs:
            name = job.__name__
            self._scheduler.add_job(self._run, _Every(period), args=(name, job), id=name)

    def start(self) -> None:
        """Every job runs at once, then in its rhythm."""
        self._scheduler.start()

    def look(self) -> None:
        """Run at once what the wall clock or a long run before it holds up.

        Called every second or so by the one thread that also stops the ticker: the library
        would wait for ever for a job that asked it for something while it is shut down.
        """
        ahead = self._wall() - self._seconds()
        set_back = ahead < self._ahead - _SET_BACK_SECONDS
        self._ahead = ahead
        self._due.update(self._periods if set_back else (), self._taken())
        for name in self._due - self._began.keys():
            self._due.discard(name)
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """Start no more runs; wait until those under way have ended."""
        self._scheduler.shutdown(wait=True)

    def _run(self, name: str, job: Job) -> None:
        self._began[name] = self._seconds()
        job()

    def _ended(self, event: JobExecutionEvent) -> None:
        name = event.job_id
        if self._seconds() - self._began.pop(name) >= self._periods[name]:
            self._missed.put(name)

    def _turned_away(self, event: JobEvent) -> None:
        """A turn that came while the run before was not yet, or still, in the library's books."""
        self._missed.put(event.job_id)

    def _taken(self) -> Iterable[str]:
        while not self._missed.empty():
            yield self._missed.get()
