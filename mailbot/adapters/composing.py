"""From an outbox row to the bytes on the wire, the same bytes at every attempt."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailbot.adapters.letters import one_line
from mailbot.clock import shanghai
from store.records import OutboxRecord

_POLICY = SMTP.clone(max_line_length=76, cte_type="7bit")
_THREADING = ("In-Reply-To", "References")


def message_id(key: str, signing_key: bytes, domain: str) -> str:
    """The Message-ID of the letter with this key: fixed when it is queued, never guessable.

    It is the witness by which an interrupted send is settled, so it must not
    change between attempts or restarts.
    """
    mac = hmac.new(signing_key, key.encode(), hashlib.sha256).hexdigest()[:40]
    return f"<mb.{mac}@{domain}>"


def compose(
    letter: OutboxRecord,
    attachments: Sequence[tuple[str, str, bytes]],
    sender: str,
    sender_name: str,
) -> bytes:
    """The letter as RFC 5322 bytes; Date is the instant it was queued."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(one_line(sender_name), addr_spec=sender)
    mail["To"] = [Address(addr_spec=address) for address in letter.to]
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(shanghai(letter.created_at.astimezone(UTC)))
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = letter.headers.get("Auto-Submitted", "auto-generated")
    mail["X-Auto-Response-Suppress"] = "All"
    for name in _THREADING:
        if letter.headers.get(name):
            mail[name] = one_line(letter.headers[name])
    mail.set_content(letter.text, charset="utf-8", cte="base64")
    mail.add_alternative(letter.html, subtype="html", charset="utf-8", cte="base64")
    for name, kind, data in attachments:
        main, _, sub = kind.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()
