"""When a mail was received, where the records disagree or fail (二·一 counts minutes).

The server's record (INTERNALDATE) and the provider's own line on top of the mail are both
written by the provider. Moving a mail or a slow queue makes the record later, never
earlier: so the earlier of the two counts. Lines further down, and a line on top that is
not the provider's, may be written by anybody: they count for nothing.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.records.verdicts import Judgement, Lateness, Reason
from mailbot.rules.calendar import chinese_moment

BELIEVED = timedelta(days=30)  # no queue and no tidying of folders is slower
SHOWN_FROM = timedelta(minutes=1)
VERDICT, UNSURE = "收到时间", "收到时间待核"
_CLAUSE = "二·一"
_BY = re.compile(
    r"\bby\s+\[?([A-Za-z0-9.:-]{1,255})\]?(?:\s*\((Coremail)\)\s+with\s+E?SMTPS?A?\s+id\s+([^\s;]{1,200}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReceiptTime:
    """The instant that counts, and why where there was a choice worth telling.

    Attributes:
        sure: False where nobody can say when the mail was received: no draft of it is late.
    """

    at: datetime
    sure: bool = True
    reasons: tuple[Reason, ...] = ()


def receipt_time(recorded: datetime, header: datetime | None) -> ReceiptTime:
    """The earlier of the server's record and the provider's own line, where there is one."""
    if header is None or header >= recorded:
        return ReceiptTime(recorded)
    both = f"服务器记录{chinese_moment(recorded)}，收信服务器信头{chinese_moment(header)}"
    if recorded - header > BELIEVED:
        words = f"{both}，相差过大，以服务器记录为准，请核"
        return ReceiptTime(recorded, sure=False, reasons=(Reason(UNSURE, words, _CLAUSE),))
    if recorded - header < SHOWN_FROM:
        return ReceiptTime(header)
    words = f"{both}，以较早的{chinese_moment(header)}为准"
    return ReceiptTime(header, reasons=(Reason(VERDICT, words, _CLAUSE),))


def without_record(
    taken_in: datetime, header: datetime | None, sent_at: datetime | None
) -> ReceiptTime:
    """Receipt of a mail without the server's record: imported from a file, for instance.

    The line on top is the provider's, for the file came out of its mailbox. Without it the
    sender's Date is better than the day of the import, but proves nothing.
    """
    if header is not None and header <= taken_in:
        return ReceiptTime(header)
    if sent_at is not None and sent_at <= taken_in:
        words = f"没有收信服务器的记录，暂按对方填写的发送时间{chinese_moment(sent_at)}，不能作准"
        return ReceiptTime(sent_at, sure=False, reasons=(Reason(UNSURE, words, _CLAUSE),))
    words = (
        f"没有收信服务器的记录，也没有可信的发送时间，暂记为{chinese_moment(taken_in)}，不能作准"
    )
    return ReceiptTime(taken_in, sure=False, reasons=(Reason(UNSURE, words, _CLAUSE),))


def is_providers(line: str, transaction: str, host: str, mailbox: str) -> bool:
    """Whether the topmost Received line was written by the mailbox's own provider.

    Args:
        line: The topmost Received value.
        transaction: The last X-CM-TRANSID, "" where there is none: Coremail names its hosts by
            a bare label (`by mx12 (Coremail) with SMTP id X`), which this number vouches for.
        host: The IMAP server's name.
        mailbox: Address of the mailbox.
    """
    found = _BY.search(line)
    if found is None:
        return False
    name = found[1].lower().rstrip(".")
    home = {_parent(host.lower()), mailbox.rpartition("@")[2].lower(), host.lower()} - {""}
    if any(name == own or name.endswith(f".{own}") for own in home):
        return True
    return bool(found[2]) and bool(transaction) and found[3].rstrip(";") == transaction


def _parent(host: str) -> str:
    """163.com of imap.163.com; "" for a bare name, an address or a top-level domain."""
    rest = host.partition(".")[2]
    numeric = host.replace(".", "").isdecimal() or ":" in host
    return "" if numeric or "." not in rest else rest


def doubted(judgement: Judgement, receipt: ReceiptTime) -> Judgement:
    """The judgement where the receipt is not sure: nobody is 超时, nor 按时, by a guess."""
    if receipt.sure:
        return judgement
    emergency = judgement.emergency
    if emergency.lateness.verdict not in ("超时", "按时", "时间待核"):
        return judgement
    told = tuple(reason.because for reason in receipt.reasons)
    late = emergency.lateness
    lateness = Lateness(
        "时间待核", None, late.minutes_least, late.minutes_most, (*late.reasons, *receipt.reasons)
    )
    review = tuple(dict.fromkeys((*emergency.needs_review, *told)))
    return replace(judgement, emergency=replace(emergency, lateness=lateness, needs_review=review))
