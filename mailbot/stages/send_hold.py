"""After a restore: no letter leaves before it is known what left already.

The restored records end at the backup; letters sent after it are known to the sent folder
(已发送) and, where a copy came back, to the inbox. Both are read again first. A letter found
there becomes "sent"; the others go out then. The key that stamps Message-IDs is part of the
backup, so a letter that comes into being a second time bears the same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from mailbot import log
from mailbot.config import SmtpConfig
from mailbot.errors import AuthenticationFailed, ConfigError, Temporary
from mailbot.fact_names import LAST_POLL
from mailbot.ports import Mailbox, SentLetter
from mailbot.stages.witness import LOOK_SECONDS
from mailbot.storage_health import SEND_HOLD
from store.records import OutboxRecord
from store.unit_of_work import Store, UnitOfWork

SENT_BEFORE = "restore.sent_before"
_MARGIN = timedelta(days=1)
_LOOK_AGAIN = timedelta(minutes=1)
FOUND = "恢复前已经发出，在“已发送”中找到"
# Keys that bear a number of ours: after a restore the number may mean something else.
_NUMBERED = ("alert/", "missed/", "chase/", "event/", "request/", "commission/", "activity/")


class Gate(StrEnum):
    """Which letters may leave."""

    OPEN = "open"
    URGENT = "urgent"
    CLOSED = "closed"


class Hold(Protocol):
    """What delivery asks before it sends."""

    def gate(self, now: datetime) -> Gate:
        """Which letters may leave now."""

    def settled(self, uow: UnitOfWork, letter: OutboxRecord) -> bool:
        """True when this letter left before the restore: it is on record as sent then."""


class NoHold:
    """Never anything to hold."""

    def gate(self, now: datetime) -> Gate:
        """All may leave."""
        del now
        return Gate.OPEN

    def settled(self, uow: UnitOfWork, letter: OutboxRecord) -> bool:
        """Nothing was sent before."""
        del uow, letter
        return False


class SentSince(Protocol):
    """Reads the sent folder."""

    def __call__(self, moment: datetime) -> Sequence[SentLetter] | None:
        """What was filed there since; None when it could not be read."""


def begin(uow: UnitOfWork, snapshot_at: datetime, now: datetime) -> None:
    """Part of a restore: from now on letters wait."""
    value = {"snapshot_at": snapshot_at.isoformat(), "restored_at": now.isoformat()}
    uow.facts.put(SEND_HOLD, value, now)
    uow.facts.drop(SENT_BEFORE)


def release(uow: UnitOfWork, by: str, now: datetime) -> bool:
    """The operator's word: letters go out without further proof. False when none were held."""
    hold = uow.facts.get(SEND_HOLD)
    if not hold or hold.get("released"):
        return False
    uow.facts.put(SEND_HOLD, {**hold, "released": now.isoformat()}, now)
    uow.acts.add(now, by, "hold-released", "outbox", {})
    return True


@dataclass(frozen=True, slots=True)
class SendHold:
    """The hold after a restore.

    Attributes:
        sent_since: Reads the sent folder; an empty answer proves nothing where the provider
            keeps no copies (`sent_copy = false`): the operator's word is needed then.
    """

    store: Store
    config: SmtpConfig
    sent_since: SentSince

    def gate(self, now: datetime) -> Gate:
        """Closed, then urgent ones only, then open: as witnesses are read."""
        with self.store.look() as uow:
            hold = uow.facts.get(SEND_HOLD)
            if not hold or hold.get("released"):
                return Gate.OPEN
            polled = uow.facts.get(LAST_POLL)
            waiting = uow.messages.count_waiting()
        restored = datetime.fromisoformat(hold["restored_at"])
        inbox_read = bool(polled) and datetime.fromisoformat(polled) > restored and not waiting
        if not self._sent_read(hold, now, final=inbox_read):
            return self._without_witness(hold, now)
        if not inbox_read or not self.config.sent_copy:
            return Gate.URGENT
        with self.store.work() as uow:
            fresh = uow.facts.get(SEND_HOLD) or {}
            uow.facts.put(SEND_HOLD, {**fresh, "released": now.isoformat()}, now)
            uow.commit()
        log.event("hold_released")
        return Gate.OPEN

    def _sent_read(self, hold: dict[str, Any], now: datetime, *, final: bool) -> bool:
        """Whether the sent folder is on record; read at first, and once more before the end."""
        wanted = "read_finally" if final else "read"
        if hold.get(wanted):
            return True
        tried = hold.get("tried")
        if tried and not final and now - datetime.fromisoformat(tried) < _LOOK_AGAIN:
            return False
        letters = self.sent_since(datetime.fromisoformat(hold["snapshot_at"]) - _MARGIN)
        with self.store.work() as uow:
            fresh = uow.facts.get(SEND_HOLD) or hold
            fresh.setdefault("first_try", now.isoformat())
            fresh["tried"] = now.isoformat()
            if letters is not None:
                fresh |= {"read": now.isoformat(), wanted: now.isoformat()}
                uow.facts.put(SENT_BEFORE, _plain(letters), now)
                log.event("sent_folder_read", letters=len(letters))
            uow.facts.put(SEND_HOLD, fresh, now)
            uow.commit()
        hold |= fresh
        return letters is not None

    def _without_witness(self, hold: dict[str, Any], now: datetime) -> Gate:
        """An emergency does not wait for a mailbox that does not answer: twice beats never."""
        first = hold.get("first_try")
        patience = timedelta(minutes=self.config.settle_minutes_urgent)
        waited = first is not None and now - datetime.fromisoformat(first) >= patience
        return Gate.URGENT if waited else Gate.CLOSED

    def settled(self, uow: UnitOfWork, letter: OutboxRecord) -> bool:
        """Whether this letter left before the restore; it is marked so."""
        hold = uow.facts.get(SEND_HOLD)
        if not hold:
            return False
        before = (uow.facts.get(SENT_BEFORE) or {}).get(letter.message_id)
        if before is None:
            before = _came_back(uow, letter)
        if before is None or not _same(letter, before["subject"]):
            return False
        at = datetime.fromisoformat(before["at"]) if before["at"] else letter.created_at
        # The rules see the letter at its true time: the next repeat of an alert is due at once.
        created = min(letter.created_at, at)
        uow.outbox.settle(letter.id, "sent", FOUND, sent_at=at, created_at=created)
        log.event("sent_before_restore", mail=letter.id)
        return True


def _came_back(uow: UnitOfWork, letter: OutboxRecord) -> dict[str, str] | None:
    """The copy of a letter that the inbox holds."""
    copies = uow.messages.by_header_id(letter.message_id)
    if not copies:
        return None
    return {"subject": copies[0].subject, "at": copies[0].received_at.isoformat()}


def _same(letter: OutboxRecord, subject: str) -> bool:
    """Whether a Message-ID found is this letter's, and not that of another numbered alike."""
    if not letter.key.startswith(_NUMBERED):
        return True
    return "".join(subject.split()) == "".join(letter.subject.split())


def _plain(letters: Sequence[SentLetter]) -> dict[str, dict[str, str]]:
    return {
        letter.message_id: {
            "subject": letter.subject,
            "at": letter.at.isoformat() if letter.at else "",
        }
        for letter in letters
        if letter.message_id
    }


def sent_since(mailbox: Mailbox, config: SmtpConfig, moment: datetime) -> list[SentLetter] | None:
    """What the sent folder holds since `moment`; None when it could not be read."""
    if not config.sent_copy:
        return []
    try:
        with mailbox.deadline(LOOK_SECONDS):
            folder = config.sent_folder or mailbox.sent_folder()
            return None if folder is None else list(mailbox.letters_since(folder, moment))
    except (Temporary, AuthenticationFailed, ConfigError) as trouble:
        log.warning("sent_folder_unread", reason=str(trouble)[:120])
        return None
