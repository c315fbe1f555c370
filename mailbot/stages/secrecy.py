"""What bears a mark of state secrets is locked: no draft, no text, no copy, no receipt.

The row says only when, from whom and which mark. `tell_unread` calls the office. Backups
leave the raw mail out, and drop it where it was copied before its mark was read. The office
releases what was marked by mistake, or erases our copy.
"""

from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.errors import Refused
from mailbot.fact_names import MARKED
from mailbot.rules.secrecy import SecrecyMark, secrecy_mark
from parsers.facts import Message, Reading
from store.archive import Archive
from store.disk import sync
from store.records import MessageRecord
from store.unit_of_work import UnitOfWork

RELEASED = "secrecy_released"  # in a mail's summary: who vouched that it is no secret
_ERASED = "；原件已从本系统清除"


def found_in(mail: MessageRecord, reading: Reading) -> SecrecyMark | None:
    """The mark that locks a mail, unless the office has released it."""
    return None if RELEASED in mail.summary else secrecy_mark(reading)


def lock(uow: UnitOfWork, mail: MessageRecord, message: Message, mark: SecrecyMark) -> None:
    """Settle a marked mail without its words."""
    sender = message.sender.address
    uow.messages.settle(mail.id, "quarantined", MARKED, mark.because, sender=sender)
    log.alarm("secrecy_mark", mail=mail.id, level=mark.level)


def locked(uow: UnitOfWork) -> list[MessageRecord]:
    """Every locked mail, oldest first."""
    return [mail for mail in uow.messages.quarantined() if mail.kind == MARKED]


def _locked(uow: UnitOfWork, number: int) -> MessageRecord:
    mail = uow.messages.get(number)
    if mail is None or mail.kind != MARKED:
        raise Refused(f"没有编号为 {number} 的疑似涉密来信，请用 mailbot secrecy list 查看")
    return mail


def release(uow: UnitOfWork, number: int, by: str, now: datetime) -> None:
    """Marked by mistake: it is filed like any other at the next poll."""
    mail = _locked(uow, number)
    if mail.reason.endswith(_ERASED):
        raise Refused("这封来信的原件已经清除，不能再登记")
    summary = {**mail.summary, RELEASED: by}
    uow.messages.settle(number, "received", "", "", summary=summary, attempts=0)
    uow.acts.add(now, by, "secrecy-released", f"mail:{number}", {"sha256": mail.sha256})


def erase(uow: UnitOfWork, archives: list[Archive], number: int, by: str, now: datetime) -> None:
    """Our raw copy goes, from the archive and the backups; the row stays to tell of it."""
    mail = _locked(uow, number)
    for archive in archives:
        _remove(archive.path(mail.sha256))
    if not mail.reason.endswith(_ERASED):
        uow.messages.settle(number, "quarantined", MARKED, mail.reason + _ERASED)
    uow.acts.add(now, by, "secrecy-erased", f"mail:{number}", {"sha256": mail.sha256})


def _remove(path: Path) -> None:
    if path.exists():
        path.unlink()
        sync(path.parent)
