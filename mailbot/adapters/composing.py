"""From an outbox row to the bytes on the wire, the same bytes at every attempt."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC
from email.errors import HeaderParseError
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
    mail["To"] = [_recipient(address) for address in letter.to]
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
        mail.add_attachment(data, maintype=main, subtype=sub, filename=one_line(name))
    _fix_boundaries(mail, letter.message_id)
    return mail.as_bytes()


def _recipient(address: str) -> Address:
    """An address as the header shows it; the envelope carries it as it is.

    Addresses the library refuses exist (a..b@163.com): one of them must not stop the post.
    """
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError, HeaderParseError):
        return Address(display_name=one_line(address))


def _fix_boundaries(mail: EmailMessage, message_id: str) -> None:
    """Boundaries follow from the Message-ID; the library would draw new ones each time.

    Every part is base64, so that none can hold a boundary.
    """
    mark = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    multiparts = (part for part in mail.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{mark}.{number}")
