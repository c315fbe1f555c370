"""Bounces: matched to the letter that caused them, counted against the address.

A bounce counts only if it names a letter of ours and an address that letter went to, and
once for each of both: a forged one must not silence a unit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mailbot import log
from mailbot.config_sending import BouncesConfig
from parsers.facts import DeliveryStatus
from store.records import OutboxRecord
from store.unit_of_work import UnitOfWork

GIVEN_UP = "收件地址多次退信，已停止向其发普通信件，请核对该单位邮箱："


def returned(uow: UnitOfWork, status: DeliveryStatus, now: datetime) -> str:
    """Settle the letter that came back; a sentence on what it was, "" when it is not ours.

    A notice of mere delay changes nothing: the other server goes on trying.
    """
    letter = uow.outbox.by_message_id(status.original_message_id)
    if letter is None:
        log.event("bounce_unmatched")
        return ""
    if not status.permanent:
        return f"《{letter.subject}》暂未送达，对方服务器仍在重试"
    addresses = _addresses(letter, status)
    diagnostic = status.diagnostic or status.status
    for address in addresses:
        uow.contacts.bounced(address, now, diagnostic)
    reason = f"对方服务器退信（{'、'.join(addresses) or '收件人不明'}）：{diagnostic}"
    reached = [address for address in letter.delivered_to if address not in addresses]
    uow.outbox.settle(letter.id, "failed", reason, delivered_to=reached)
    log.alarm("bounced", mail=letter.id)
    return f"《{letter.subject}》被退回"


def _addresses(letter: OutboxRecord, status: DeliveryStatus) -> tuple[str, ...]:
    """Those of its recipients that bounced and were not counted yet."""
    named = {address.lower() for address in status.recipients}
    reached = letter.delivered_to or letter.to
    if not named:
        return tuple(reached) if len(letter.to) == 1 else ()
    return tuple(address for address in reached if address in named)


def given_up(uow: UnitOfWork, config: BouncesConfig, now: datetime) -> Mapping[str, int]:
    """Addresses no routine letter goes to, with their bounces."""
    since = now - timedelta(days=config.forget_after_days)
    return uow.contacts.bounced_since(since, config.give_up_after)


def reachable(
    uow: UnitOfWork, config: BouncesConfig, addresses: Sequence[str], now: datetime
) -> list[str]:
    """`addresses` without those given up."""
    dead = given_up(uow, config, now)
    return [address for address in addresses if address not in dead]


def told(uow: UnitOfWork, config: BouncesConfig, now: datetime) -> list[str]:
    """What `status` and the digest say of addresses given up."""
    dead = given_up(uow, config, now)
    return [f"{GIVEN_UP}{'、'.join(sorted(dead))}"] if dead else []
