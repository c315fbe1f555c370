"""Outbox → SMTP: urgent first, inside the provider's budget, nothing twice.

Crash order: "sending" is committed before the letter leaves, the outcome after.
A letter found in "sending" by a new process is "unknown": only a witness (our
Message-ID in 已发送), or a settled wait without one, decides it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mailbot import log
from mailbot.config import SmtpConfig
from mailbot.ports import Outcome, Submission, Transport
from mailbot.rules.backoff import next_delay
from mailbot.stages.send_hold import Gate, Hold, NoHold
from store.records import Lane, OutboxRecord
from store.unit_of_work import Store, UnitOfWork

PAUSE = "smtp.paused_until"
ROUTINE_PAUSE = "smtp.routine_paused_until"
ATTEMPTS_BEFORE_FAILED = 12
_FAILURES_IN_A_ROW = 3
_NEXT_DAY = timedelta(hours=12)
_HOLD_CONFIGURATION = timedelta(hours=1)
_HOLD_LOCKED = timedelta(hours=4)
_FREELY = NoHold()

StillDue = Callable[[UnitOfWork, OutboxRecord, datetime], str]
Compose = Callable[[OutboxRecord, Sequence[tuple[str, str, bytes]]], bytes]


class Witness(Protocol):
    """Looks for our letters in the sent folder."""

    def __call__(self, message_ids: Sequence[str]) -> frozenset[str] | None:
        """Those found; None when the folder could not be read."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that sending needs.

    Attributes:
        still_due: "" when a letter still has to go, else why it is dropped: asked at
            the moment of sending, so that what was delivered in between is not reminded.
        working: Whether routine reminders may leave at an instant: a letter delayed by an
            outage does not go out at night.
        hold: What has to be known before letters leave after a restore.
    """

    store: Store
    transport: Transport
    config: SmtpConfig
    compose: Compose
    witness: Witness
    still_due: StillDue
    working: Callable[[datetime], bool]
    hold: Hold = _FREELY

    def recover(self, now: datetime) -> int:
        """At start: letters caught in "sending" become "unknown". Returns how many."""
        with self.store.work() as uow:
            caught = uow.outbox.in_state("sending")
            for letter in caught:
                uow.outbox.settle(letter.id, "unknown", "发送中断，正在核对“已发送”文件夹")
                log.warning("interrupted", mail=letter.id)
            uow.commit()
        del now
        return len(caught)

    def settle_unknown(self, now: datetime) -> None:
        """Decide letters whose fate is unknown: a witness, or a settled wait without one."""
        with self.store.look() as uow:
            doubtful = uow.outbox.in_state("unknown")
        if not doubtful:
            return
        seen = self.witness([letter.message_id for letter in doubtful])
        if seen is None:
            seen = frozenset()
            doubtful = [letter for letter in doubtful if letter.lane == "urgent"]
        with self.store.work() as uow:
            for letter in doubtful:
                self._decide(uow, letter, found=letter.message_id in seen, now=now)
            uow.commit()

    def _decide(self, uow: UnitOfWork, letter: OutboxRecord, *, found: bool, now: datetime) -> None:
        if found:
            uow.outbox.settle(letter.id, "sent", "已在“已发送”中找到", sent_at=letter.attempted_at)
            log.event("witnessed", mail=letter.id)
        elif letter.attempted_at is None or now - letter.attempted_at >= self._settle(letter):
            uow.outbox.settle(letter.id, "queued", "“已发送”中没有，重新发送", next_try=now)
            log.warning("repeated", mail=letter.id)

    def _settle(self, letter: OutboxRecord) -> timedelta:
        urgent = letter.lane == "urgent"
        config = self.config
        minutes = config.settle_minutes_urgent if urgent else config.settle_minutes
        return timedelta(minutes=minutes)

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
        self.settle_unknown(now)
        gate = self.hold.gate(now)
        if gate is Gate.CLOSED:
            return 0
        hold_routine = hold_routine or gate is Gate.URGENT
        sent = failures = 0
        while failures < _FAILURES_IN_A_ROW and going():
            letter = self._claim(now, only_urgent=only_urgent or hold_routine)
            if letter is None:
                return sent
            with self.store.look() as uow:
                files = uow.outbox.attachments(letter.id)
            raw = self.compose(letter, files)
            waiting = [address for address in letter.to if address not in letter.delivered_to]
            result = self.transport.submit(self.config.from_, waiting, raw)
            self._record(letter, waiting, result, now)
            sent += result.outcome is Outcome.SENT
            failures = failures + 1 if result.outcome is Outcome.RETRY else 0
        return sent

    def _claim(self, now: datetime, *, only_urgent: bool) -> OutboxRecord | None:
        """The next letter, marked "sending" and committed; None when nothing may leave."""
        with self.store.work() as uow:
            if _paused(uow, PAUSE, now):
                return None
            room = 0 if _paused(uow, ROUTINE_PAUSE, now) else self._room(uow, now)
            resting: tuple[Lane, ...] = () if self.working(now) else ("reminder",)
            for letter in uow.outbox.ready(now, limit=20, without=resting):
                if letter.lane != "urgent" and (only_urgent or room <= 0):
                    break
                if self.hold.settled(uow, letter):
                    continue
                dropped = self.still_due(uow, letter, now)
                if dropped:
                    uow.outbox.settle(letter.id, "cancelled", dropped)
                    log.event("dropped", mail=letter.id, key=letter.key)
                    continue
                if uow.outbox.start(letter.id, now):
                    uow.commit()
                    return letter
            uow.commit()
        return None

    def _room(self, uow: UnitOfWork, now: datetime) -> int:
        quarter = uow.outbox.count_sent_since(now - timedelta(minutes=15))
        day = uow.outbox.count_sent_since(now - timedelta(days=1))
        return min(self.config.per_15_minutes - quarter, self.config.per_day - day)

    def _record(
        self, letter: OutboxRecord, tried: Sequence[str], result: Submission, now: datetime
    ) -> None:
        log.event(
            "submitted", mail=letter.id, outcome=str(result.outcome), reply=result.reply[:120]
        )
        refused = dict(result.refused)
        accepted = [address for address in tried if address not in refused]
        done = [*letter.delivered_to, *(accepted if result.outcome is Outcome.SENT else ())]
        with self.store.work() as uow:
            for address, reply in refused.items():
                if address not in result.try_again:
                    uow.contacts.bounced(address, now, reply)
            self._settle_result(uow, letter, result, done, now)
            uow.commit()

    def _settle_result(
        self,
        uow: UnitOfWork,
        letter: OutboxRecord,
        result: Submission,
        done: Sequence[str],
        now: datetime,
    ) -> None:
        settle = uow.outbox.settle
        attempts = letter.attempts + 1
        if result.outcome is Outcome.SENT and result.try_again:
            delay = next_delay(attempts, urgent=letter.lane == "urgent")
            note = f"部分收件人稍后重试：{'、'.join(result.try_again)}"
            settle(letter.id, "deferred", note, next_try=now + delay, delivered_to=list(done))
        elif result.outcome is Outcome.SENT:
            note = "；".join(f"{address} 被拒收：{reply}" for address, reply in result.refused)
            settle(letter.id, "sent", note or result.reply, sent_at=now, delivered_to=list(done))
        elif result.outcome is Outcome.UNKNOWN:
            settle(letter.id, "unknown", "发送中断，正在核对“已发送”文件夹")
        elif result.outcome is Outcome.NEVER:
            settle(letter.id, "failed", f"服务器拒收：{result.reply}")
            log.alarm("refused", mail=letter.id, key=letter.key)
        elif result.outcome in (Outcome.CONFIGURATION, Outcome.LOCKED_OUT):
            locked = result.outcome is Outcome.LOCKED_OUT
            until = now + (_HOLD_LOCKED if locked else _HOLD_CONFIGURATION)
            uow.facts.put(PAUSE, until.isoformat(), now)
            settle(letter.id, "deferred", result.reply, next_try=until)
            log.alarm("smtp_paused", until=until.isoformat(), reply=result.reply[:120])
        elif attempts >= ATTEMPTS_BEFORE_FAILED and letter.lane != "urgent":
            settle(letter.id, "failed", f"多次重试仍未发出：{result.reply}")
            log.alarm("given_up", mail=letter.id, key=letter.key)
        elif result.outcome is Outcome.TOMORROW and letter.lane != "urgent":
            uow.facts.put(ROUTINE_PAUSE, (now + _NEXT_DAY).isoformat(), now)
            settle(letter.id, "deferred", result.reply, next_try=now + _NEXT_DAY)
        else:
            delay = next_delay(attempts, urgent=letter.lane == "urgent")
            settle(letter.id, "deferred", result.reply, next_try=now + delay)


def _paused(uow: UnitOfWork, name: str, now: datetime) -> bool:
    until = uow.facts.get(name)
    return until is not None and now < datetime.fromisoformat(until)
