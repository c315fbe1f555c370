"""From a mail as archived and read to the instant it was received, with the evidence."""

from dataclasses import replace

from mailbot.config import Config
from mailbot.rules.receipt_time import ReceiptTime, is_providers, receipt_time, without_record
from parsers.facts import Message
from store.records import DraftRecord, MessageRecord

NO_RECORD = {"receipt": "unknown"}
"""Summary of a fetched mail for which neither server nor header said when it was received."""


def received(mail: MessageRecord, message: Message, config: Config) -> ReceiptTime:
    """When a mail was received: the provider's earliest trustworthy word (二·一)."""
    if mail.origin == "import" or mail.summary.get("receipt") == "unknown":
        return without_record(mail.received_at, message.received_at, message.sent_at)
    return receipt_time(mail.received_at, message.received_at if _own(message, config) else None)


def _own(message: Message, config: Config) -> bool:
    top = message.headers.get("received", "").partition("\n")[0]
    transaction = message.headers.get("x-cm-transid", "").rpartition("\n")[2].strip()
    user = config.mailbox.user
    mailbox = user if "@" in user else config.notice_head.mailbox
    return is_providers(top, transaction, config.mailbox.host, mailbox)


def with_reasons(record: DraftRecord, receipt: ReceiptTime) -> DraftRecord:
    """The draft with what there is to tell of its receipt, shown wherever reasons are."""
    known = {reason.get("because") for reason in record.reasons}
    told = tuple(
        {"verdict": reason.verdict, "because": reason.because, "clause": reason.clause}
        for reason in receipt.reasons
        if reason.because not in known
    )
    return replace(record, reasons=(*record.reasons, *told)) if told else record
