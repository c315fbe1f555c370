"""The application: the stages in the order of the path, on whatever adapters it was given."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
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
from mailbot.stages.heartbeat import Heartbeat
from mailbot.stages.intake import Intake, IntakeReport
from mailbot.stages.intake_order import SOON
from mailbot.stages.marking import mark_filed
from mailbot.stages.pushing import Pushing
from mailbot.stages.unread import tell_unread
from mailbot.stages.watching import SEEN_UNTIL, Watching
from store.archive import Archive
from store.unit_of_work import Store, StoreUnavailable

_MOST_ROUNDS = 10_000
_ROUND_SECONDS = 20.0  # of fetching, and of filing: then the server is asked for news
SLICE_SECONDS = 2.0  # of waiting: for news, or for the text in pictures
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
    heartbeat: Heartbeat
    room: DiskRoom
    credential: str
    release: Callable[[], None]
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _asked: threading.Event = field(default_factory=threading.Event)

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
        filed = 0
        for _ in range(_MOST_ROUNDS):
            now, _ = self.keeper.read()
            report = self._fetch(now, stop)
            # without a server nothing can come in between: all that waits is filed
            filed += self._file_waiting(stop, _ROUND_SECONDS if report else inf)
            if report is None or _told(stop):
                break
            scans = len(self.filing.second)
            if not report.stopped and self._waiting() <= scans:
                if report.complete:
                    self._note(now)
                if not scans:
                    break
        return filed

    def tick(self, stop: threading.Event | None = None) -> None:
        """What is due is queued, what is queued is sent."""
        self.room.give_up_ballast()  # before anything is written
        now, hold = self.keeper.read()
        self.room.tell(now)
        self.watching.watch(now, hold_routine=hold)
        self._tell_unread(now)
        if stop is None or not stop.is_set():
            now, hold = self.keeper.read()  # watching took its time: what was queued since is due
            self.send(now, hold_routine=hold, stop=stop)
        with self.store.work() as uow:
            uow.facts.put(LAST_TICK, now.isoformat(), now)
            uow.commit()
        if stop is None or not stop.is_set():
            self.board.draw(now)

    def _tell_unread(self, now: datetime) -> None:
        """A fault of ours in it must not keep back what is queued already."""
        try:
            tell_unread(self.store, self.filing.post, self.config, self.filing.book, now)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001  ours
            log.failure("unread_untold")

    def push(self) -> None:
        """Emergencies and broken mail are told by the second channel too."""
        now, _ = self.keeper.read()
        self.pushing.run(now)

    def safekeep(self, stop: threading.Event) -> None:
        """Ballast and backups, when it is time for them."""
        now, _ = self.keeper.read()
        self.room.keep_ballast()
        self.backups.run(now, lambda: not stop.is_set())

    def beat(self) -> None:
        """A sign of life to the watcher elsewhere, if all is well."""
        if self.heartbeat.watcher is None:
            self.heartbeat.forget()
            return
        now, held = self.keeper.read()
        self.heartbeat.run(now, clock_held=held)

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

        Who brings urgent letters does not wait for a sender at work: that takes them first.
        With `stop`, only for so long that deadlines are looked at again soon.
        """
        end = time.monotonic() + _SENDING_SECONDS

        def going() -> bool:
            return stop is None or (not stop.is_set() and time.monotonic() < end)

        if only_urgent:
            self._asked.set()  # whoever sends just now looks once more before it rests
        if not self._sending.acquire(blocking=not only_urgent):
            return 0
        try:
            self._asked.clear()
            sent = self.delivery.deliver(
                now, only_urgent=only_urgent, hold_routine=hold_routine, going=going
            )
        finally:
            self._sending.release()
        if self._asked.is_set():
            sent += self.send(now, only_urgent=True, stop=stop)
        return sent

    def _fetch(self, now: datetime, stop: threading.Event | None) -> IntakeReport | None:
        """What one round of fetching brought; None when the mailbox is out of reach."""
        if refusal := self.room.refusal():
            log.warning("intake_stopped", reason=refusal[:40])
            return None
        with self.store.look() as uow:
            breaker = Breaker.from_fact(uow.facts.get(BREAKER))
        if not breaker.allows(now, self.credential):
            return None
        end = time.monotonic() + _ROUND_SECONDS
        urgent: list[int] = []

        def between() -> bool:
            urgent.extend(self._file_urgent(stop))
            return not _told(stop) and time.monotonic() < end

        try:
            report = self.intake.run(now, between)
        except AuthenticationFailed as refusal:
            pause = timedelta(minutes=self.config.mailbox.authentication_pause_minutes)
            opened = breaker.refused(now, self.credential, pause)
            log.alarm("login_refused", until=opened.until, refusals=opened.refusals)
            self._note_failure(now, str(refusal), opened)
            return None
        except Temporary as trouble:
            log.warning("poll_interrupted", reason=str(trouble)[:160])
            self._note_failure(now, str(trouble), breaker)
            return None
        if breaker.refusals:
            self._note_failure(now, "", breaker.succeeded())
        mark_filed(self.mailbox, self.store, self.config.mailbox, urgent)
        return report

    def _file_urgent(self, stop: threading.Event | None) -> Sequence[int]:
        """What sounds urgent is filed while the rest of many mails is still being fetched."""
        now, _ = self.keeper.read()
        dealt_with = self.filing.file_waiting(now, rank=SOON)
        if dealt_with:
            self.send(now, only_urgent=True, stop=stop)
        return dealt_with

    def _file_waiting(self, stop: threading.Event | None, seconds: float) -> int:
        """File group by group, so that an alert leaves before the rest of a flood is read.

        Only for so long that the server is asked for news again soon.
        """
        filed, end = 0, time.monotonic() + seconds
        while not _told(stop) and time.monotonic() < end:
            now, _ = self.keeper.read()
            dealt_with = self.filing.file_waiting(now, wait=SLICE_SECONDS)
            if not dealt_with:
                if not len(self.filing.second):
                    break
                continue  # the text in somebody's pictures is being recognised
            filed += len(dealt_with)
            self.send(now, only_urgent=True, stop=stop)
            mark_filed(self.mailbox, self.store, self.config.mailbox, dealt_with)
        return filed

    def _waiting(self) -> int:
        with self.store.look() as uow:
            return uow.messages.count_waiting()

    def _wait_for_news(self, stop: threading.Event) -> None:
        """IDLE in short slices until the next poll; a server without IDLE returns at once."""
        end = time.monotonic() + self.config.mailbox.poll_seconds
        try:
            while not stop.is_set() and (started := time.monotonic()) < end:
                if self.mailbox.wait(SLICE_SECONDS):
                    self.fetch_and_file(stop)
                elif time.monotonic() - started < SLICE_SECONDS / 2:
                    return
        except (Temporary, AuthenticationFailed) as trouble:
            log.warning("waiting_interrupted", reason=str(trouble)[:160])

    def _note(self, now: datetime) -> None:
        """The mailbox was read; what came before the oldest scan not yet recognised is known."""
        oldest = self.filing.second.oldest
        with self.store.work() as uow:
            before = uow.facts.get(SEEN_UNTIL)
            if oldest is None or before is None or oldest > datetime.fromisoformat(str(before)):
                uow.facts.put(SEEN_UNTIL, min(oldest or now, now).isoformat(), now)
            uow.facts.put(LAST_POLL, now.isoformat(), now)
            uow.facts.drop(POLL_FAILURE)
            uow.commit()

    def _note_failure(self, now: datetime, reason: str, breaker: Breaker) -> None:
        with self.store.work() as uow:
            uow.facts.put(POLL_FAILURE, log.masked(reason), now)
            uow.facts.put(BREAKER, breaker.as_fact(), now)
            uow.commit()


def _told(stop: threading.Event | None) -> bool:
    """Whether the process was told to end."""
    return stop is not None and stop.is_set()
