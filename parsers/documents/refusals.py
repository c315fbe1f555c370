"""Why a file cannot be read, said once for all readers.

Inside a reader a refusal is an exception, so that a walk can stop anywhere; at
its edge it becomes the value `Unreadable`, which the office and the unit see.
"""

import hashlib
from typing import Protocol

from parsers.facts import Unreadable

RESEND_AS_DOCX = "请用 Word 或 WPS 打开该文件，另存为 .docx 格式后重新发送。"
REMOVE_PASSWORD = "文件设有打开密码，请取消密码后重新发送。"  # noqa: S105 - a sentence
DECRYPT_FIRST = "文件被单位的加密软件加密，请解密（外发）后重新发送。"
SPLIT_UP = "文件过大，请删去不必要的内容或拆分后重新发送。"
RESEND = "文件可能在传输或保存时损坏，请检查能否打开后重新发送。"


class Refusal(Protocol):
    """What every refusing exception tells, whichever module raised it."""

    @property
    def reason(self) -> str:
        """Why, in Chinese, for the office."""

    @property
    def remedy(self) -> str:
        """One Chinese sentence for the sender."""

    @property
    def suspicious(self) -> bool:
        """True where the file looks made to attack."""


class Refused(Exception):
    """A reader will not or cannot go on; see `Refusal` for the attributes."""

    def __init__(self, reason: str, remedy: str = RESEND, suspicious: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.suspicious = suspicious


def unreadable(name: str, data: bytes, why: Refusal) -> Unreadable:
    """The refusal as a fact, with the digest of the refused bytes."""
    return Unreadable(
        name=name,
        reason=why.reason,
        remedy=why.remedy,
        sha256=hashlib.sha256(data).hexdigest(),
        suspicious=why.suspicious,
    )


def too_large() -> Refused:
    """More text or structure than any draft has."""
    return Refused("文件内容异常庞大，疑似恶意文件", SPLIT_UP, suspicious=True)


def locked() -> Refused:
    """A password protects the content."""
    return Refused("文件设有打开密码", REMOVE_PASSWORD)
