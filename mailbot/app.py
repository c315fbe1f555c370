"""The application: the stages in the order of the path, on whatever adapters it was given."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from mailbot import log
from mailbot.breaker import Breaker
from mailbot.clock import Clock
from mailbot.config import Config
from mailbot.errors import AuthenticationFailed, Temporary
from mailbot.fact_names import BREAKER, LAST_POLL, LAST_TICK, POLL_FAILURE
from mailbot.ports import Mailbox
from mailbot.stages.backups import Backups
from mailbot.stages.beginnings import FIRST_STARTED
from mailbot.stages.board import Drawing
from mailbot.stages.delivery import Delivery
from mailbot.stages.disk_room import DiskRoom
from mailbot.stages.filing import Filing
from mailbot.stages.intake import Intake
from mailbot.stages.marking import mark_filed
from mailbot.stages.pushing import Pushing
from mailbot.stages.watching import SEEN_UNTIL, Watching
from store.archive import Archive
from store.unit_of_work import Store

_MOST_GROUPS = 100_000
_SLICE_SECONDS = 2.0
_SENDING_SECONDS = 60.0


class TimeKeeper(Protocol):
    """The guarded clock: never backwards, and loud about jumps."""

    def read(self) -> tuple[datetime, bool]:
        """The time to work with, and whether routine mail must be held."""


@dataclass(slots=True)
class App:
    """All stages wired together; no state beside the store's."""

    config: Config
    store: Store
    archive: Archive
    clock: Clock
    keeper: TimeKeeper
    mailbox: Mailbox
    intake: Intake
    filing: Filing
    watching: Watching
    delivery: Delivery
    pushing: Pushing
    board: Drawing
    backups: Backups
    room: DiskRoom
    credential: str
    release: Callable[[], None]
    _sending: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Once per process: what an interrupted predecessor left behind is put in order."""
        now = self.clock()
        self.archive.sweep()
        self.delivery.recover(now)
        with self.store.work() as uow:
            if uow.facts.get(FIRST_STARTED) is None:
                uow.facts.put(FIRST_STARTED, now.isoformat(), now)
            uow.commit()

    def close(self) -> None:
        """Release connections, workers and the store."""
        self.release()

    def poll(self, stop: threading.Event) -> None:
        """Fetch and file; then wait for news as long as the poll interval allows."""
        self.fetch_and_file(stop)
        if not stop.is_set() and self.config.mailbox.use_idle:
            self._wait_for_news(stop)

    def fetch_and_file(self, stop: threading.Event | None = None) -> int:
        """One poll: mail is archived and filed, urgent letters leave at once."""
        now, _ = self.keeper.read()
        complete = self._fetch(now, stop)
        filed = self._file_all(stop)
        if complete and not (stop and stop.is_set()):
            self._note(now)
        return filed

    def tick(self, stop: threading.Event | None = None) -> None:
        """What is due is queued, what is queued is sent."""
        self.room.give_up_ballast()  # before anything is written
        now, hold = self.keeper.read()
        self.room.tell(now)
        self.watching.watch(now, hold_routine=hold)
        if stop is None or not stop.is_set():
            self.send(now, hold_routine=hold, stop=stop)
        with self.store.work() as uow:
            uow.facts.put(LAST_TICK, now.isoformat(), now)
            uow.commit()
        if stop is None or not stop.is_set():
            self.board.draw(now)

    def push(self) -> None:
        """Emergencies and broken mail are told by the second channel too."""
        now, _ = self.keeper.read()
        self.pushing.run(now)

    def safekeep(self, stop: threading.Event) -> None:
        """Ballast and backups, when it is time for them."""
        now, _ = self.keeper.read()
        self.room.keep_ballast()
        self.backups.run(now, lambda: not stop.is_set())

    def once(self) -> bool:
        """One full tick: fetch, file, watch, deliver. False when the mailbox was out of reach."""
        self.fetch_and_file()
        self.tick()
        self.push()
        with self.store.look() as uow:
            return not uow.facts.get(POLL_FAILURE)

    def send(
        self,
        now: datetime,
        *,
        only_urgent: bool = False,
        hold_routine: bool = False,
        stop: threading.Event | None = None,
    ) -> int:
        """Empty the outbox as far as it may be; one sender at a time.

        With `stop`, only for so long that deadlines are looked at again soon.
        """
        end = time.monotonic() + _SENDING_SECONDS

        def going() -> bool:
            return stop is None or (not stop.is_set() and time.monotonic() < end)

        with self._sending:
            return self.delivery.deliver(
                now, only_urgent=only_urgent, hold_routine=hold_routine, going=going
            )

    def _fetch(self, now: datetime, stop: threading.Event | None) -> bool:
        """True when the mailbox was read completely."""
        if refusal := self.room.refusal():
            log.warning("intake_stopped", reason=refusal[:40])
            return False
        with self.store.look() as uow:
            breaker = Breaker.from_fact(uow.facts.get(BREAKER))
        if not breaker.allows(now, self.credential):
            return False
        try:
            report = self.intake.run(now, lambda: stop is None or not stop.is_set())
        except AuthenticationFailed as refusal:
            pause = timedelta(minutes=self.config.mailbox.authentication_pause_minutes)
            opened = breaker.refused(now, self.credential, pause)
            log.alarm("login_refused", until=opened.until, refusals=opened.refusals)
            self._note_failure(now, str(refusal), opened)
            return False
        except Temporary as trouble:
            log.warning("poll_interrupted", reason=str(trouble)[:160])
            self._note_failure(now, str(trouble), breaker)
            return False
        if breaker.refusals:
            self._note_failure(now, "", breaker.succeeded())
        return report.complete

    def _file_all(self, stop: threading.Event | None) -> int:
        """File group by group, so that an alert leaves before the rest of a flood is read."""
        filed = 0
        for _ in range(_MOST_GROUPS):
            if stop is not None and stop.is_set():
                break
            now, _ = self.keeper.read()
            dealt_with = self.filing.file_waiting(now)
            if not dealt_with:
                break
            filed += len(dealt_with)
            self.send(now, only_urgent=True, stop=stop)
            mark_filed(self.mailbox, self.store, self.config.mailbox, dealt_with)
        return filed

    def _wait_for_news(self, stop: threading.Event) -> None:
        """IDLE in short slices until the next poll; a server without IDLE returns at once."""
        end = time.monotonic() + self.config.mailbox.poll_seconds
        try:
            while not stop.is_set() and (started := time.monotonic()) < end:
                if self.mailbox.wait(_SLICE_SECONDS):
                    self.fetch_and_file(stop)
                elif time.monotonic() - started < _SLICE_SECONDS / 2:
                    return
        except (Temporary, AuthenticationFailed) as trouble:
            log.warning("waiting_interrupted", reason=str(trouble)[:160])

    def _note(self, now: datetime) -> None:
        with self.store.work() as uow:
            uow.facts.put(SEEN_UNTIL, now.isoformat(), now)
            uow.facts.put(LAST_POLL, now.isoformat(), now)
            uow.facts.drop(POLL_FAILURE)
            uow.commit()

    def _note_failure(self, now: datetime, reason: str, breaker: Breaker) -> None:
        with self.store.work() as uow:
            uow.facts.put(POLL_FAILURE, log.masked(reason), now)
            uow.facts.put(BREAKER, breaker.as_fact(), now)
            uow.commit()
