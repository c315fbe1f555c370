"""Which of many waiting mails are looked at first.

After an outage, or in a flood, thousands of mails wait and an emergency among them must
not (二·一: 30 minutes). Its subject mostly tells; where it does not, a sender's first mails
come before another's hundredth, so that a flood delays its own sender alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mailbot import log
from mailbot.rules.emergencies import judge
from mailbot.rules.judgement import RuleBook
from parsers.charset import decode_header
from parsers.headers import read_block
from parsers.limits import Limits

SOON = 0  # rank of what sounds urgent
USUAL = 1
LAST = 50  # history: in the order it was received, after everything recent
FEW = 20  # so many are filed in one go: their order does not matter
_AT_ONCE = 5  # mails of one sender that share a rank
_RECENT = timedelta(days=1)
_LIMITS = Limits()
_ANY_TIME = datetime(2023, 4, 20, tzinfo=UTC)  # no time is read from a subject here

SoundsUrgent = Callable[[str], bool]


def sounds_urgent(book: RuleBook, subject: str, title: str = "", body: str = "") -> bool:
    """Whether a subject, or what comes with it, would be judged an emergency or worth a look."""
    verdict = judge(
        subject=subject,
        title=title,
        body=body,
        sent_at=None,
        received_at=_ANY_TIME,
        report_within_minutes=book.notice.emergency.report_within_minutes,
        cues=book.emergency_cues,
    )
    return verdict.level != "none"


@dataclass(slots=True)
class Order:
    """Ranks the mails of one poll, lowest first."""

    urgent: SoundsUrgent
    senders: Counter[str] = field(default_factory=Counter)

    def rank(self, head: bytes, received_at: datetime, now: datetime) -> int:
        """Where this mail stands; `head` is the beginning of its raw bytes."""
        if now - received_at > _RECENT:
            return LAST
        try:
            block = read_block(head, 0, len(head), _LIMITS)
            if self.urgent(decode_header(block.first("subject"))):
                return SOON
            sender = block.first("from")
        except Exception:  # noqa: BLE001  a stranger's headers only decide its own place
            log.failure("head_unreadable")
            return USUAL
        self.senders[sender] += 1
        return min(USUAL + (self.senders[sender] - 1) // _AT_ONCE, LAST - 1)
