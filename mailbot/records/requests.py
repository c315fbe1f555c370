"""What the office asks of one unit, as the letter to it says (四（一）, annex 2 备注)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Request:
    """【约稿】 or 【活动信息】 to the unit asked, as soon as the office has entered it.

    Attributes:
        kind: 约稿 or 活动信息.
        due: Until when the draft must have been received.
        held_on: Day of the activity, None for a commission.
        mailbox: Where the draft is to be mailed.
    """

    template: ClassVar[str] = "request"
    kind: str
    unit: str
    topic: str
    due: datetime
    held_on: date | None
    mailbox: str
    office: str
    telephone: str
