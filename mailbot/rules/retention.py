"""How long personal data is kept (个人信息保护法 19: the shortest time the purpose needs)."""

import re
from calendar import monthrange
from datetime import datetime

from mailbot.clock import SHANGHAI

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}")
_TELEPHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})(?!\d)"
    r"|(?:(?<=电话)|(?<=电话[:：]))\d{7,8}(?!\d)"
)
_NAMED = re.compile(r"(发件人名称为|文件名为)“[^”]{0,400}”")
_GONE = "（已删除）"


def without_personal(words: str) -> str:
    """A reason without addresses, telephone numbers, and the names of senders and files."""
    for pattern in (_ADDRESS, _TELEPHONE):
        words = pattern.sub(_GONE, words)
    return _NAMED.sub(rf"\1“{_GONE}”", words)


def months_before(now: datetime, months: int) -> datetime:
    """The instant so many calendar months ago, in the office's zone; a short month ends early."""
    local = now.astimezone(SHANGHAI)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
