"""What the server's reply makes of a letter: sent, tried again, given up, in doubt."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot import log
from mailbot.config import SmtpConfig
from mailbot.ports import Outcome, Submission
from mailbot.rules.backoff import next_delay
from mailbot.stages import sending_budget
from store.records import OutboxRecord
from store.unit_of_work import UnitOfWork

PAUSE = "smtp.paused_until"
ROUTINE_PAUSE = "smtp.routine_paused_until"
ATTEMPTS_BEFORE_FAILED = 12
IN_DOUBT = "发送中断，正在核对“已发送”文件夹"
_REFUSED_BEFORE = "smtp.refused_before/"  # recipients refused by a letter now in doubt
_NEXT_DAY = timedelta(hours=12)
_HOLD_CONFIGURATION = timedelta(hours=1)
_HOLD_LOCKED = timedelta(hours=4)


def settle_time(config: SmtpConfig, letter: OutboxRecord) -> timedelta:
    """How long a letter in doubt waits for a witness before it is repeated."""
    urgent = letter.lane == "urgent"
    return timedelta(minutes=config.settle_minutes_urgent if urgent else config.settle_minutes)


def record(
    uow: UnitOfWork,
    config: SmtpConfig,
    letter: OutboxRecord,
    tried: Sequence[str],
    result: Submission,
    *,
    now: datetime,
) -> None:
    """Write down what became of one submission to `tried`, which ended at `now`."""
    log.event("submitted", mail=letter.id, outcome=str(result.outcome), reply=result.reply[:120])
    for address, reply in result.refused:
        if address not in result.try_again:
            uow.contacts.bounced(address, now, reply)
    if result.quota:
        sending_budget.learn(uow, config, result.quota, now)
    if result.outcome is Outcome.SENT:
        refused = dict(result.refused)
        reached = [address for address in tried if address not in refused]
        _sent(uow, letter, [*letter.delivered_to, *reached], result, now)
    elif result.outcome is Outcome.UNKNOWN:
        _in_doubt(uow, config, letter, result, now)
    elif result.outcome is Outcome.NEVER:
        uow.outbox.settle(letter.id, "failed", f"服务器拒收：{result.reply}")
        log.alarm("refused", mail=letter.id, key=letter.key)
    elif result.outcome in (Outcome.CONFIGURATION, Outcome.LOCKED_OUT):
        _stop_all(uow, letter, result, now)
    else:
        _later(uow, letter, result, now)


def _sent(
    uow: UnitOfWork, letter: OutboxRecord, done: list[str], result: Submission, now: datetime
) -> None:
    settle = uow.outbox.settle
    if result.try_again:
        delay = next_delay(letter.attempts + 1, urgent=letter.lane == "urgent")
        note = f"部分收件人稍后重试：{'、'.join(result.try_again)}"
        settle(letter.id, "deferred", note, next_try=now + delay, delivered_to=done)
        return
    note = "；".join(f"{address} 被拒收：{reply}" for address, reply in result.refused)
    settle(letter.id, "sent", note or result.reply, sent_at=now, delivered_to=done)


def _in_doubt(
    uow: UnitOfWork, config: SmtpConfig, letter: OutboxRecord, result: Submission, now: datetime
) -> None:
    """The wait for a witness begins when the line broke, not when the letter set out."""
    again = now + settle_time(config, letter)
    uow.outbox.settle(letter.id, "unknown", IN_DOUBT, next_try=again)
    if result.refused:
        value = {"refused": dict(result.refused), "try_again": list(result.try_again)}
        uow.facts.put(f"{_REFUSED_BEFORE}{letter.id}", value, now)


def witnessed(uow: UnitOfWork, letter: OutboxRecord, now: datetime) -> None:
    """A letter in doubt lies in the sent folder; recipients refused before are not forgotten."""
    name = f"{_REFUSED_BEFORE}{letter.id}"
    before = uow.facts.get(name) or {"refused": {}, "try_again": []}
    uow.facts.drop(name)
    reached = [address for address in letter.to if address not in before["refused"]]
    result = Submission(
        Outcome.SENT,
        "已在“已发送”中找到",
        tuple(before["refused"].items()),
        tuple(before["try_again"]),
    )
    at = now if result.try_again else letter.attempted_at or now
    _sent(uow, letter, reached, result, at)
    log.event("witnessed", mail=letter.id)


def repeated(uow: UnitOfWork, letter: OutboxRecord, now: datetime) -> None:
    """No witness came in time: the letter goes out once more."""
    uow.facts.drop(f"{_REFUSED_BEFORE}{letter.id}")
    uow.outbox.settle(letter.id, "queued", "“已发送”中没有，重新发送", next_try=now)
    log.warning("repeated", mail=letter.id)


def _stop_all(uow: UnitOfWork, letter: OutboxRecord, result: Submission, now: datetime) -> None:
    locked = result.outcome is Outcome.LOCKED_OUT
    until = now + (_HOLD_LOCKED if locked else _HOLD_CONFIGURATION)
    uow.facts.put(PAUSE, until.isoformat(), now)
    uow.outbox.settle(letter.id, "deferred", result.reply, next_try=until)
    log.alarm("smtp_paused", until=until.isoformat(), reply=result.reply[:120])


def _later(uow: UnitOfWork, letter: OutboxRecord, result: Submission, now: datetime) -> None:
    attempts, urgent = letter.attempts + 1, letter.lane == "urgent"
    if attempts >= ATTEMPTS_BEFORE_FAILED and not urgent and not result.quota:
        uow.outbox.settle(letter.id, "failed", f"多次重试仍未发出：{result.reply}")
        log.alarm("given_up", mail=letter.id, key=letter.key)
        return
    wait = next_delay(attempts, urgent=urgent)
    if result.outcome is Outcome.TOMORROW and not urgent:
        uow.facts.put(ROUTINE_PAUSE, (now + _NEXT_DAY).isoformat(), now)
        wait = _NEXT_DAY
    uow.outbox.settle(letter.id, "deferred", result.reply, next_try=now + wait)
