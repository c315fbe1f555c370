"""The daemon: a ticker that only wakes us, signals, and the stages in order.

Every tick asks the database what is due (no deadline depends on a timer that
fired). Five jobs run side by side: the poll fetches, files and sends what is
urgent; the tick watches the deadlines and empties the outbox; the push tells
emergencies by the second channel, where there is one; the safekeeping makes
backups; the heartbeat tells a watcher elsewhere that all is well, if it is. Health is
the age of the last sign of life of poll and tick, never what the ticker says of itself: a job
that hangs ends the process, and the service manager starts it anew.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from mailbot import log
from mailbot.adapters import service_manager
from mailbot.adapters.smtp import LETTER_SECONDS
from mailbot.app import SLICE_SECONDS, App
from mailbot.config import Config
from mailbot.stages.filing import GROUP
from mailbot.ticker import Job, Ticker
from mailbot.vitality import BeatingStop, Pulse, Seconds
from parsers.confinement import hide_from_peers

HUNG = 75  # EX_TEMPFAIL: to be started again
_LOOK_SECONDS = 1.0
_SAFEKEEP_SECONDS = 30


def tick_patience(config: Config) -> float:
    """Seconds without a sign of life after which the tick hangs: more than any letter takes."""
    one_letter = config.smtp.timeout_seconds * LETTER_SECONDS
    return config.schedule.give_up_after_minutes * 60 + one_letter


def poll_patience(config: Config) -> float:
    """The same for the poll: more than fetching, or a group of the slowest mails, may take."""
    group = GROUP * 2 * config.reading.wall_seconds + SLICE_SECONDS  # and a look at recognition
    steps = max(config.mailbox.poll_deadline_seconds, group, tick_patience(config))
    return config.schedule.give_up_after_minutes * 60 + config.mailbox.poll_seconds + steps


class Daemon:
    """Runs an application in the foreground until it is told to stop."""

    def __init__(
        self,
        app: App,
        abandon: Callable[[int], None] = os._exit,
        seconds: Seconds = time.monotonic,
    ) -> None:
        self._app = app
        self._abandon = abandon
        self._stop = threading.Event()
        self._tick_pulse, self._poll_pulse = Pulse(seconds), Pulse(seconds)

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; the current step is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        config = self._app.config
        hide_from_peers()
        self._app.start()
        ticker = Ticker(self._jobs())
        ticker.start()
        service_manager.tell("READY=1")
        log.event("started", mailbox=config.mailbox.host, poll_seconds=config.mailbox.poll_seconds)
        self._guard(ticker)
        log.event("stopping")
        service_manager.tell("STOPPING=1")
        patience = threading.Timer(tick_patience(config), self._abandon, (HUNG,))
        patience.daemon = True
        patience.start()
        ticker.stop()
        patience.cancel()
        self._app.close()
        log.event("stopped")
        return 0

    def _jobs(self) -> Sequence[tuple[Job, float]]:
        """What runs side by side, and every how many seconds."""
        config = self._app.config
        return (
            (self._poll, config.mailbox.poll_seconds),
            (self._tick, config.schedule.tick_seconds),
            (self._push, config.schedule.tick_seconds),
            (self._safekeep, _SAFEKEEP_SECONDS),
            (self._beat, config.heartbeat.every_seconds),
        )

    def _guard(self, ticker: Ticker) -> None:
        """Wait for the end, keep the ticker going; a job without a sign of life ends all at once.

        Its thread cannot be ended, and would keep the interpreter from ending in order.
        """
        config = self._app.config
        jobs = (
            ("tick", self._tick_pulse, tick_patience(config)),
            ("poll", self._poll_pulse, poll_patience(config)),
        )
        while not self._stop.wait(_LOOK_SECONDS):
            for name, pulse, patience in jobs:
                if pulse.age > patience:
                    log.alarm("hung", job=name, seconds=round(pulse.age))
                    self._abandon(HUNG)
                    return
            ticker.look()
            service_manager.tell("WATCHDOG=1")

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        log.event("signal", number=number)
        self._stop.set()

    def _poll(self) -> None:
        try:
            self._app.poll(BeatingStop(self._stop, self._poll_pulse))
        except Exception:  # noqa: BLE001  ours: the next poll tries again
            log.failure("poll_failed")
        self._poll_pulse.beat()

    def _tick(self) -> None:
        try:
            self._app.tick(BeatingStop(self._stop, self._tick_pulse))
        except Exception:  # noqa: BLE001  ours: the next tick tries again
            log.failure("tick_failed")
        self._tick_pulse.beat()

    def _safekeep(self) -> None:
        try:
            self._app.safekeep(self._stop)
        except Exception:  # noqa: BLE001  ours: the next time tries again
            log.failure("safekeeping_failed")

    def _beat(self) -> None:
        try:
            self._app.beat()
        except Exception:  # noqa: BLE001  ours: silence is what the watcher must notice
            log.failure("heartbeat_failed")

    def _push(self) -> None:
        try:
            self._app.push()
        except Exception:  # noqa: BLE001  ours: the next push tries again
            log.failure("push_failed")
