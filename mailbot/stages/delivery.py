"""Outbox → SMTP: urgent first, inside the provider's budget, nothing twice.

Crash order: "sending" is committed before the letter leaves, the outcome after.
A letter found in "sending" by a new process is "unknown": only a witness (our
Message-ID in 已发送), or a settled wait without one, decides it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mailbot import log
from mailbot.config import SmtpConfig
from mailbot.config_sending import BouncesConfig
from mailbot.ports import Outcome, Transport
from mailbot.stages import replies, sending_budget
from mailbot.stages.bounced import GIVEN_UP, reachable
from mailbot.stages.replies import IN_DOUBT, PAUSE, ROUTINE_PAUSE, settle_time
from mailbot.stages.send_hold import Gate, Hold, NoHold
from store.records import Lane, OutboxRecord
from store.unit_of_work import Store, StoreUnavailable, UnitOfWork

__all__ = ["PAUSE", "ROUTINE_PAUSE", "Delivery"]

_FAILURES_IN_A_ROW = 3
_LOOKED_AT_ONCE = 20
_FREELY, _PATIENTLY = NoHold(), BouncesConfig()
_UNCOMPOSED = "这封信无法写成邮件（程序出错），没有发出，请人工处理"

StillDue = Callable[[UnitOfWork, OutboxRecord, datetime], str]
Compose = Callable[[OutboxRecord, Sequence[tuple[str, str, bytes]]], bytes]


class Witness(Protocol):
    """Looks for our letters in the sent folder."""

    def __call__(self, message_ids: Sequence[str]) -> frozenset[str] | None:
        """Those found; None when the folder could not be read."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A letter marked "sending", with the recipients that still wait for it."""

    letter: OutboxRecord
    to: Sequence[str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that sending needs.

    Attributes:
        still_due: "" when a letter still has to go, else why it is dropped: asked at
            the moment of sending, so that what was delivered in between is not reminded.
        working: Whether routine reminders may leave at an instant: a letter delayed by an
            outage does not go out at night.
        hold: What has to be known before letters leave after a restore.
        bounces: When an address is given up.
        seconds: Runs on while letters are sent; waits are counted from the letter, not
            from the start of the round.
    """

    store: Store
    transport: Transport
    config: SmtpConfig
    compose: Compose
    witness: Witness
    still_due: StillDue
    working: Callable[[datetime], bool]
    hold: Hold = _FREELY
    bounces: BouncesConfig = _PATIENTLY
    seconds: Callable[[], float] = time.monotonic

    def recover(self, now: datetime) -> int:
        """At start: letters caught in "sending" become "unknown". Returns how many.

        The server may still have been busy with them a moment ago, so their wait for a
        witness begins now.
        """
        with self.store.work() as uow:
            caught = uow.outbox.in_state("sending")
            for letter in caught:
                again = now + settle_time(self.config, letter)
                uow.outbox.settle(letter.id, "unknown", IN_DOUBT, next_try=again)
                log.warning("interrupted", mail=letter.id)
            uow.commit()
        return len(caught)

    def settle_unknown(self, now: datetime) -> None:
        """Decide letters whose fate is unknown: a witness, or a settled wait without one."""
        with self.store.look() as uow:
            doubtful = uow.outbox.in_state("unknown")
        if not doubtful:
            return
        seen = self.witness([letter.message_id for letter in doubtful])
        if seen is None:  # the folder cannot be read: only what must not wait is repeated
            seen = frozenset()
            doubtful = [letter for letter in doubtful if letter.lane == "urgent"]
        with self.store.work() as uow:
            for letter in doubtful:
                if letter.message_id in seen:
                    replies.witnessed(uow, letter, now)
                elif letter.next_try is None or now >= letter.next_try:
                    replies.repeated(uow, letter, now)
            uow.commit()

    def deliver(
        self,
        now: datetime,
        *,
        only_urgent: bool = False,
        hold_routine: bool = False,
        going: Callable[[], bool] = lambda: True,
    ) -> int:
        """Send what is ready; returns how many letters the server took.

        `going` is asked before every letter; False leaves the rest for the next time.
        """
        began = self.seconds()
        self.settle_unknown(now)
        gate = self.hold.gate(now)
        if gate is Gate.CLOSED:
            return 0
        only_urgent = only_urgent or hold_routine or gate is Gate.URGENT
        sent = failures = 0
        while failures < _FAILURES_IN_A_ROW and going():
            moment = now + timedelta(seconds=self.seconds() - began)
            claimed = self._claim(moment, only_urgent=only_urgent)
            if claimed is None:
                return sent
            outcome = self._send(claimed, lambda: now + timedelta(seconds=self.seconds() - began))
            sent += outcome is Outcome.SENT
            failures = failures + 1 if outcome is Outcome.RETRY else 0
        return sent

    def _send(self, claimed: _Claimed, moment: Callable[[], datetime]) -> Outcome:
        letter = claimed.letter
        with self.store.look() as uow:
            files = uow.outbox.attachments(letter.id)
        try:
            raw = self.compose(letter, files)
        except Exception:  # noqa: BLE001  ours: one poisonous letter stops no other
            log.failure("compose_failed", mail=letter.id)
            log.alarm("uncomposed", mail=letter.id, key=letter.key)
            with self.store.work() as uow:
                uow.outbox.settle(letter.id, "failed", _UNCOMPOSED)
                uow.commit()
            return Outcome.NEVER
        result = self.transport.submit(self.config.from_, claimed.to, raw)
        with self.store.work() as uow:
            replies.record(uow, self.config, letter, claimed.to, result, now=moment())
            uow.commit()
        return result.outcome

    def _claim(self, now: datetime, *, only_urgent: bool) -> _Claimed | None:
        """The next letter, marked "sending" and committed; None when nothing may leave."""
        with self.store.work() as uow:
            if _paused(uow, PAUSE, now):
                return None
            if not only_urgent:
                held = _paused(uow, ROUTINE_PAUSE, now)
                only_urgent = held or sending_budget.room(uow, self.config, now) <= 0
            resting: tuple[Lane, ...] = () if self.working(now) else ("reminder",)
            looking, at_once = True, 1  # mostly the first one goes
            while looking:
                looking = False
                for letter in uow.outbox.ready(now, limit=at_once, without=resting):
                    if letter.lane != "urgent" and only_urgent:
                        break
                    if (to := self._recipients(uow, letter, now)) and uow.outbox.start(
                        letter.id, now
                    ):
                        uow.commit()
                        return _Claimed(letter, to)
                    looking, at_once = True, _LOOKED_AT_ONCE  # dropped: those behind come into view
            uow.commit()
        return None

    def _recipients(self, uow: UnitOfWork, letter: OutboxRecord, now: datetime) -> Sequence[str]:
        """Whom the letter goes to now; () when it goes to nobody, which is put on record."""
        if self.hold.settled(uow, letter):
            return ()
        if dropped := self._dropped(uow, letter, now):
            uow.outbox.settle(letter.id, "cancelled", dropped)
            log.event("dropped", mail=letter.id, key=letter.key)
            return ()
        waiting = [address for address in letter.to if address not in letter.delivered_to]
        if letter.lane == "urgent":
            return waiting
        reached = reachable(uow, self.bounces, waiting, now)
        if not reached:
            uow.outbox.settle(letter.id, "failed", f"{GIVEN_UP}{'、'.join(waiting)}")
            log.alarm("address_given_up", mail=letter.id, key=letter.key)
        return reached

    def _dropped(self, uow: UnitOfWork, letter: OutboxRecord, now: datetime) -> str:
        """Why the letter is not due any more; in doubt it is."""
        try:
            return self.still_due(uow, letter, now)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001  ours: rather a letter too many than none
            log.failure("still_due_failed", mail=letter.id)
            return ""


def _paused(uow: UnitOfWork, name: str, now: datetime) -> bool:
    until = uow.facts.get(name)
    return until is not None and now < datetime.fromisoformat(until)
