"""A sign of life to a watcher elsewhere, only when all is really well.

A program cannot report its own death: the watcher raises the alarm when the sign stays away.
So any doubt is silence, and what the watcher did not hear is told in `status` and the digest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mailbot import log
from mailbot.clock import Clock
from mailbot.config import Config
from mailbot.fact_names import LAST_POLL, LAST_TICK
from mailbot.rules.vital_signs import Limits, Signs, ailments
from mailbot.storage_health import BACKUP_CHECK_FAILURE, BACKUP_FAILURE, last_backup, short_of_room
from store.unit_of_work import Store, UnitOfWork

HEARTBEAT = "heartbeat"
HEARTBEAT_FAILURE = "heartbeat.failure"


class Watcher(Protocol):
    """Who expects to hear from us."""

    def time(self) -> datetime | None:
        """Its clock; None when it does not tell."""

    def call(self) -> str:
        """Say that all is well; "" when it was heard, else why not."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """All that the sign of life needs.

    Attributes:
        watcher: None = nobody is configured, nothing is sent.
        clock: The machine's own clock, which is compared with the watcher's.
    """

    store: Store
    config: Config
    watcher: Watcher | None
    clock: Clock

    def run(self, now: datetime, *, clock_held: bool) -> bool:
        """One beat at `now`; True when the watcher heard it."""
        if self.watcher is None:
            self.forget()
            return False
        told = self.watcher.time()
        off = None if told is None else self.clock() - told
        with self.store.look() as uow:
            signs = self._signs(uow, now, off, clock_held=clock_held)
            before = uow.facts.get(HEARTBEAT) or {}
        amiss = ailments(signs, limits_of(self.config))
        failure = "" if amiss else self.watcher.call()
        sent = not amiss and not failure
        if amiss and list(amiss) != before.get("withheld"):
            log.warning("heartbeat_withheld", because="、".join(amiss))
        if failure:
            log.warning("heartbeat_unheard", reason=failure)
        last = now.isoformat() if sent else before.get("last")
        seconds = None if off is None else round(off.total_seconds())
        with self.store.work() as uow:
            value = {"last": last, "withheld": list(amiss), "clock_off_seconds": seconds}
            uow.facts.put(HEARTBEAT, value, now)
            if failure:
                uow.facts.put(HEARTBEAT_FAILURE, f"平安信号没有送到监测网站：{failure}", now)
            else:
                uow.facts.drop(HEARTBEAT_FAILURE)
            uow.commit()
        return sent

    def forget(self) -> None:
        """A watcher taken out of the configuration is missed by nobody."""
        with self.store.look() as uow:
            kept = [name for name in (HEARTBEAT, HEARTBEAT_FAILURE) if uow.facts.get(name)]
        if kept:
            with self.store.work() as uow:
                for name in kept:
                    uow.facts.drop(name)
                uow.commit()

    def _signs(
        self, uow: UnitOfWork, now: datetime, off: timedelta | None, *, clock_held: bool
    ) -> Signs:
        alerts = [
            m.created_at
            for m in uow.outbox.in_state("queued", "deferred", "sending", "unknown")
            if m.lane == "urgent"
        ]
        backup = last_backup(uow)
        failures = (uow.facts.get(name) for name in (BACKUP_FAILURE, BACKUP_CHECK_FAILURE))
        return Signs(
            tick=_since(uow.facts.get(LAST_TICK), now),
            poll=_since(uow.facts.get(LAST_POLL), now),
            alert=now - min(alerts) if alerts else None,
            clock_held=clock_held,
            clock_off=off,
            disk_short=short_of_room(self.config),
            backup=None if backup is None else now - backup,
            backup_wanted=self.config.store.url.startswith("sqlite"),
            backup_failed=any(failures),
        )


def limits_of(config: Config) -> Limits:
    """As configured; a poll may take as long as the office lets it wait for the next."""
    beat = config.heartbeat
    poll = max(beat.poll_within_seconds, 2 * config.mailbox.poll_seconds)
    return Limits(
        tick=timedelta(seconds=max(beat.tick_within_seconds, 3 * config.schedule.tick_seconds)),
        poll=timedelta(seconds=poll),
        alert=timedelta(seconds=beat.alert_within_seconds),
        clock=timedelta(seconds=beat.clock_within_seconds),
        backup=timedelta(hours=config.backup.warn_after_hours),
    )


def _since(kept: object, now: datetime) -> timedelta | None:
    return now - datetime.fromisoformat(str(kept)) if kept else None
