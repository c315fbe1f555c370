"""Rows for mails just fetched, and stubs for those that could not be."""

from dataclasses import replace
from datetime import UTC, datetime

from mailbot import log
from mailbot.fact_names import MARKED
from mailbot.ports import Envelope
from mailbot.rules.secrecy import mark_of_subject
from mailbot.stages.receipt_times import NO_RECORD
from parsers.headers import Envelope as Headers
from parsers.headers import HeaderBlock, read_block, read_envelope
from parsers.limits import Limits
from parsers.mail_dates import parse_date
from store.records import MessageRecord

HEAD_BYTES = 64_000
HEADERS_ALONE = {"headers_alone": True}
"""Summary of a locked mail of which only the headers were fetched."""
_LIMITS = Limits()


def record_of(
    envelope: Envelope, digest: str, head: bytes, size: int, now: datetime
) -> MessageRecord:
    """The row of a mail that is archived and waits to be filed.

    Receipt time is the provider's INTERNALDATE, else the topmost Received header, else
    now, marked as unknown: never the sender's Date (二·一 counts minutes).
    """
    known = envelope.internal_date or _received(head)
    return MessageRecord(
        id=0,
        sha256=digest,
        size=size,
        received_at=known or now,
        fetched_at=now,
        state="received",
        summary={} if known else NO_RECORD,
    )


def _received(head: bytes) -> datetime | None:
    block = _block(head)
    found = parse_date(block.first("received").rpartition(";")[2]) if block else None
    return found.astimezone(UTC) if found else None


def _block(head: bytes) -> HeaderBlock | None:
    try:
        return read_block(head, 0, len(head), _LIMITS)
    except Exception:  # noqa: BLE001  strangers' headers must not stop the poll
        log.failure("head_unreadable")
        return None


def stub_bytes(head: bytes, folder: str, uid_validity: int, uid: int) -> bytes:
    """What is archived for a mail that was not fetched: its headers and where it lies."""
    ends = [found + len(gap) for gap in (b"\r\n\r\n", b"\n\n") if (found := head.find(gap)) >= 0]
    headers = head[: min(ends)].rstrip(b"\r\n") if ends else head.rstrip(b"\r\n")
    place = f"{folder}/{uid_validity}/{uid}".encode()
    return headers.lstrip(b"\r\n") + b"\r\n\r\n[not fetched: " + place + b"]\r\n"


def stub_record(
    envelope: Envelope, digest: str, head: bytes, reason: str, now: datetime
) -> MessageRecord:
    """The quarantined row of such a mail, with what its headers tell of it.

    A mark of state secrets in its subject locks it as any other, without its words.
    """
    found = _header_facts(head)
    sender = found.senders[0] if found and found.senders else None
    row = MessageRecord(
        id=0,
        sha256=digest,
        size=envelope.size,
        received_at=envelope.internal_date or _received(head) or now,
        fetched_at=now,
        state="quarantined",
        reason=reason,
        sender=sender.address if sender else "",
    )
    mark = mark_of_subject(found.subject) if found else None
    if mark is not None:
        return replace(row, kind=MARKED, reason=mark.because, summary=HEADERS_ALONE)
    return replace(
        row,
        subject=found.subject if found else "",
        message_id=found.message_id if found else "",
        sender_name=sender.name if sender else "",
    )


def _header_facts(head: bytes) -> Headers | None:
    block = _block(head)
    if block is None:
        return None
    try:
        return read_envelope(block)
    except Exception:  # noqa: BLE001  strangers' headers must not stop the poll
        log.failure("head_unreadable")
        return None


def too_big(size: int, most: int) -> str:
    """Reason and remedy for a mail above the limit."""
    return (
        f"邮件大小 {size / 1e6:.1f}MB，超过上限 {most / 1e6:.1f}MB，未收取正文和附件。"
        "请到网页邮箱查看，或请报送单位压缩附件、分开发送"
    )
