"""A mail on its way into the ledger, and what is known about whoever sent it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.config import Config
from mailbot.rules.our_letters import is_courtesy
from mailbot.rules.receipt_time import ReceiptTime
from mailbot.stages.beginnings import FIRST_STARTED
from parsers.facts import Message, Reading
from store.records import MessageRecord
from store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail on its way into the ledger."""

    mail: MessageRecord
    reading: Reading
    message: Message
    known: Mapping[str, str]
    now: datetime
    receipt: ReceiptTime
    history: bool = False  # older than the system: filed, neither answered nor alerted


def is_history(uow: UnitOfWork, config: Config, mail: MessageRecord) -> bool:
    """Whether a mail lay in the mailbox long before this system first started."""
    started = uow.facts.get(FIRST_STARTED)
    if started is None:
        return True
    hours = timedelta(hours=config.letters.silent_before_start_hours)
    return mail.received_at < datetime.fromisoformat(str(started)) - hours


def known_addresses(uow: UnitOfWork, config: Config) -> Mapping[str, str]:
    """Address → unit: those learnt, and above them those configured."""
    learnt = uow.contacts.units_by_address()
    configured = {a.lower(): unit.name for unit in config.units for a in unit.addresses}
    return {**learnt, **configured}


def settle(uow: UnitOfWork, arrival: Arrival, kind: str, because: str) -> None:
    """The mail is filed as what it turned out to be."""
    message = arrival.message
    uow.messages.settle(
        arrival.mail.id,
        "filed",
        kind,
        because,
        message_id=message.message_id,
        sender=message.sender.address,
        sender_name=message.sender.name,
        subject=message.subject,
        sent_at=message.sent_at,
        received_at=arrival.mail.received_at,
        summary={
            **arrival.mail.summary,  # who released it, and that its receipt time is unknown
            "defects": list(message.defects),
            "senders": len(message.senders),
            "says": not is_courtesy(message.body),
        },
    )
