"""Queueing letters: rendered, given their Message-ID, and stored in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailbot import log
from mailbot.records.letters import Letter, Rendered
from store.records import Lane, OutgoingMail
from store.unit_of_work import UnitOfWork


class Writer(Protocol):
    """Renders a letter."""

    def render(self, letter: Letter) -> Rendered:
        """Subject, text and HTML."""


class Stamper(Protocol):
    """Gives the Message-ID of a key."""

    def __call__(self, key: str) -> str:
        """The same id for the same key, always."""


@dataclass(frozen=True, slots=True)
class Post:
    """The office's outgoing post."""

    writer: Writer
    stamp: Stamper

    def queue(
        self,
        uow: UnitOfWork,
        letter: Letter,
        *,
        key: str,
        lane: Lane,
        to: Sequence[str],
        now: datetime,
        headers: Mapping[str, str] | None = None,
        concerns: Sequence[str] = (),
        not_before: datetime | None = None,
        attachments: Sequence[tuple[str, str, bytes]] = (),
    ) -> int | None:
        """Queue a letter once; None when its key was queued before or nobody is addressed.

        `attachments`: (name, content type, bytes).
        """
        recipients = tuple(dict.fromkeys(address.lower() for address in to if address))
        if not recipients or uow.outbox.has_key(key):
            return None
        rendered = self.writer.render(letter)
        mail = OutgoingMail(
            key=key,
            lane=lane,
            to=recipients,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            headers=dict(headers or {}),
            concerns=tuple(concerns),
            not_before=not_before,
            attachments=tuple(attachments),
        )
        mail_id = uow.outbox.add(mail, self.stamp(key), now)
        if mail_id is not None:
            log.event("queued", mail=mail_id, lane=lane, key=key)
        return mail_id


def threading_headers(message_id: str, references: Sequence[str] = ()) -> dict[str, str]:
    """In-Reply-To and References of an answer (RFC 5322 3.6.4), and RFC 3834's mark."""
    headers = {"Auto-Submitted": "auto-replied"}
    if message_id:
        headers["In-Reply-To"] = message_id
        headers["References"] = " ".join([*references[-10:], message_id])
    return headers
