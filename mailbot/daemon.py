"""The daemon: a scheduler that only wakes us, signals, and the stages in order.

Every tick asks the database what is due (no deadline depends on a timer that
fired). Two jobs run side by side: the poll fetches, files and sends what is
urgent; the tick watches the deadlines and empties the outbox.
"""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot import log
from mailbot.app import App
from parsers.confinement import hide_from_peers

_STALE_FACTOR = 20
_PATIENCE_SECONDS = 30.0


class Daemon:
    """Runs an application in the foreground until it is told to stop."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stop = threading.Event()
        self._ticked = threading.Event()

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; the current step is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        config = self._app.config
        hide_from_peers()
        self._app.start()
        start = datetime.now(UTC)
        seconds = config.mailbox.poll_seconds
        scheduler.add_job(self._poll, "interval", seconds=seconds, next_run_time=start)
        seconds = config.schedule.tick_seconds
        scheduler.add_job(self._tick, "interval", seconds=seconds, next_run_time=start)
        scheduler.start()
        log.event("started", mailbox=config.mailbox.host, poll_seconds=config.mailbox.poll_seconds)
        self._guard(seconds * _STALE_FACTOR)
        log.event("stopping")
        scheduler.shutdown(wait=True)
        self._app.close()
        log.event("stopped")
        return 0

    def _guard(self, patience: float) -> None:
        """Wait for the end; a ticker that fell silent is said loudly, the poll goes on."""
        while not self._stop.wait(patience):
            if not self._ticked.is_set():
                log.alarm("tick_overdue", seconds=patience)
            self._ticked.clear()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        log.event("signal", number=number)
        self._stop.set()

    def _poll(self) -> None:
        try:
            self._app.poll(self._stop)
        except Exception:  # noqa: BLE001  ours: the next poll tries again
            log.failure("poll_failed")

    def _tick(self) -> None:
        try:
            self._app.tick(self._stop)
            self._ticked.set()
        except Exception:  # noqa: BLE001  ours: the next tick tries again
            log.failure("tick_failed")
