"""What proves an order by mail: a one-time token, the code of an alert, an answer to our letter.

A From header proves nothing. All three went to a registered mailbox alone; what the
headers say beside can only take trust away.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mailbot.config import Config
from mailbot.rules.emergency_deadlines import alert_key
from mailbot.rules.orders import Order
from mailbot.stages.post import Stamper
from mailbot.stages.tokens import group, redeem
from parsers.facts import Message
from store.records import EventRecord, OutboxRecord
from store.unit_of_work import UnitOfWork

Proof = Literal["proved", "unproved", "expired", "refused"]
"""`refused`: a token that is not genuine, not of this order, or used before."""

_LETTERS_COUNT_FOR = timedelta(days=30)
_MOST_REFERENCES = 10
_OF_EVENT = re.compile(r"(?:alert|chase|followup|missed)/E(\d{1,9})(?:/|\Z)")
_OPENING_ALERT = 0


def commanders(config: Config) -> frozenset[str]:
    """Addresses that may command; those of the duty alone only what concerns emergencies."""
    return frozenset({*config.office.addresses, *config.office.duty})


def groups(config: Config, sender: str) -> Sequence[Sequence[str]]:
    """The sets of addresses our letters with links go to, as far as the sender is in them."""
    office = config.office
    return ((sender,), office.addresses, office.duty_addresses, (*office.addresses, sender))


@dataclass(frozen=True, slots=True)
class Witness:
    """What a mail bears beside its words."""

    uow: UnitOfWork
    config: Config
    stamp: Stamper
    message: Message
    now: datetime

    @property
    def sender(self) -> str:
        """The one address it says it is from."""
        return self.message.sender.address

    def answered(self) -> OutboxRecord | None:
        """Our letter that it answers, if that letter went to its sender."""
        message = self.message
        named = (message.in_reply_to, *reversed(message.references[-_MOST_REFERENCES:]))
        for identifier in dict.fromkeys(filter(None, named)):
            letter = self.uow.outbox.by_message_id(identifier)
            if letter is not None and self._went_to_sender(letter):
                return letter
        return None

    def _went_to_sender(self, letter: OutboxRecord) -> bool:
        return self.sender in letter.to and self.now - letter.created_at <= _LETTERS_COUNT_FOR

    def event_answered(self) -> int | None:
        """The emergency whose letter it answers."""
        letter = self.answered()
        found = _OF_EVENT.match(letter.key) if letter is not None else None
        return int(found[1]) if found else None

    def of(self, order: Order) -> Proof:
        """The proof of one order; a genuine token is used up by asking."""
        if order.token is not None:
            return self._of_token(order)
        if order.verb == "收到" and order.event is not None:
            return "proved" if self._of_alert(order.event, order.code) else "unproved"
        return "proved" if self.answered() is not None else "unproved"

    def _of_token(self, order: Order) -> Proof:
        found = redeem(
            self.uow,
            self.stamp,
            order,
            sender=self.sender,
            groups=groups(self.config, self.sender),
            now=self.now,
        )
        if found is None:
            return "refused"
        return "proved" if found.expires > self.now else "expired"

    def _of_alert(self, event_id: int, code: str) -> bool:
        """It answers an alert sent since the last acknowledgement, or bears that alert's code."""
        event = self.uow.events.get(event_id)
        if event is None:
            return False
        letter = self.answered()
        fresh = self._fresh_alerts(event)
        if letter is not None and letter.key in fresh:
            return True
        if letter is not None and self.event_answered() == event_id:
            return event.acknowledged_at is None or letter.created_at > event.acknowledged_at
        if not code or self.sender not in group(self.config.office.duty_addresses).split(","):
            return False
        numbers = {alert_number(key) for key in fresh}
        return any(
            hmac.compare_digest(code, alert_code(self.stamp, self.config, event_id, number))
            for number in numbers
        )

    def _fresh_alerts(self, event: EventRecord) -> Sequence[str]:
        prefix = alert_key(event.id, 0).rpartition("/")[0] + "/"
        keys = self.uow.outbox.keys_like(prefix)
        since = event.acknowledged_at
        return [key for key, at in keys.items() if since is None or at > since]


def alert_number(key: str) -> int:
    """The number of an alert by its outbox key; that of a further report counts as the first."""
    last = key.rpartition("/")[2]
    return int(last) if last.isdecimal() else _OPENING_ALERT


def alert_code(stamp: Stamper, config: Config, event_id: int, number: int) -> str:
    """What only this alert bears; an acknowledgement makes it worthless."""
    told = f"acknowledge/E{event_id}/{number}/{group(config.office.duty_addresses)}"
    return hashlib.sha256(stamp(told).encode()).hexdigest()[:20]


def acknowledge_words(stamp: Stamper, config: Config, event_id: int, number: int) -> str:
    """The subject that acknowledges an event, with the code only its alert bears."""
    return f"收到 #E{event_id} 校验码{alert_code(stamp, config, event_id, number)}"
