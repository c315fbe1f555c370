"""What bears a mark of state secrets is locked: no draft, no text, no copy, no receipt.

The row says only when, from whom and which mark. `tell_unread` calls the office. Backups
leave the raw mail out, and drop it where it was copied before its mark was read. The office
releases what was marked by mistake, or erases our copy.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.errors import Refused
from mailbot.fact_names import MARKED
from mailbot.rules.secrecy import SecrecyMark, secrecy_mark
from mailbot.stages.intake_records import HEADERS_ALONE
from parsers.facts import Message, Reading
from store.archive import Archive
from store.backup import BackupFolder, Busy
from store.disk import sync
from store.integrity import ERASED
from store.records import MessageRecord
from store.unit_of_work import UnitOfWork

RELEASED = "secrecy_released"  # in a mail's summary: who vouched that it is no secret
VERB_RELEASED, FILED_BEFORE = "secrecy-released", "登记在先"
_DROPPED = "标有密级，疑似涉密，备份中没有保存"


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
    if is_erased(mail):
        raise Refused("这封来信的原件已经清除，不能再登记")
    if mail.purged_at is not None:
        raise Refused("这封来信已到保存期限，原件已经删除，不能再登记")
    if HEADERS_ALONE.items() <= mail.summary.items():
        raise Refused("这封来信只收取了邮件头，不能登记；请在邮箱中打开查看，误标的请对方重新发送")
    summary = {**mail.summary, RELEASED: by}
    uow.messages.settle(number, "received", "", "", summary=summary, attempts=0)
    uow.acts.add(now, by, VERB_RELEASED, f"mail:{number}", {"sha256": mail.sha256})


def is_erased(mail: MessageRecord) -> bool:
    """Whether the office erased our copy of a locked mail."""
    return mail.kind == MARKED and mail.reason.endswith(ERASED)


def lock_dropped(uow: UnitOfWork, digests: Iterable[str]) -> None:
    """What an older backup knew as ordinary and was taken out of it since, for its mark."""
    for digest in digests:
        number = uow.messages.id_of(digest)
        mail = uow.messages.get(number) if number is not None else None
        if mail is None or mail.purged_at is not None or is_erased(mail):
            continue
        reason = (mail.reason if mail.kind == MARKED else _DROPPED) + ERASED
        empty = {"subject": "", "sender_name": ""}
        uow.messages.settle(mail.id, "quarantined", MARKED, reason, **empty)


def erase(
    uow: UnitOfWork,
    archive: Archive,
    backups: BackupFolder | None,
    number: int,
    *,
    by: str,
    now: datetime,
) -> None:
    """Our raw copy goes, from the archive and the backups; the row stays to tell of it."""
    mail = _locked(uow, number)
    if backups is not None and backups.exists():
        try:
            backups.drop([mail.sha256])
        except Busy:
            raise Refused("正在备份，请稍后再执行一次") from None
    _remove(archive.path(mail.sha256))
    if not is_erased(mail):
        uow.messages.settle(number, "quarantined", MARKED, mail.reason + ERASED)
    uow.acts.add(now, by, "secrecy-erased", f"mail:{number}", {"sha256": mail.sha256})


def _remove(path: Path) -> None:
    if path.exists():
        path.unlink()
        sync(path.parent)
