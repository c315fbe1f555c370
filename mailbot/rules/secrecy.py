"""Marks of state secrets (绝密、机密、秘密): an internet mailbox must not carry what bears one.

Only marks count, never the words: 国家秘密, 商业秘密 or a mail program's “本邮件内容机密” mark
nothing. A mark is what GB/T 9704 puts on the first page (机密★1年), a line of its own near the
head, 密级：机密, or brackets in the subject or a file's name.
"""

import re
from dataclasses import dataclass

from parsers.facts import DocumentText, Reading

_LEVEL = r"(绝\s{0,3}密|机\s{0,3}密|秘\s{0,3}密)"
_STAR = re.compile(rf"{_LEVEL}\s{{0,3}}[★☆✭✮⭐]")
_LABEL = re.compile(rf"密\s{{0,3}}级\s{{0,3}}[：:]\s{{0,3}}{_LEVEL}(?!\s{{0,3}}[/／□、或])")
_ALONE = re.compile(
    rf"[【\[（(〔]?\s{{0,3}}{_LEVEL}级?\s{{0,3}}[】\]）)〕]?"
    r"\s{0,3}(?:[（(]?(?:\d{1,2}\s?年|长期|启用前)[）)]?)?"
)
_BRACKETS = re.compile(rf"[【\[（(〔《]\s{{0,3}}{_LEVEL}级?(?:文件|件)?\s{{0,3}}[】\]）)〕》]")
_PREFIX = re.compile(rf"\s{{0,3}}{_LEVEL}\s{{0,3}}[-—_－:：]")
_HEAD_LINES, _LONGEST_LINE, _LONGEST_TEXT = 15, 60, 200_000


@dataclass(frozen=True, slots=True)
class SecrecyMark:
    """A mark and where it stands.

    Attributes:
        level: 绝密, 机密 or 秘密.
        where: In words for the office; never a title.
    """

    level: str
    where: str

    @property
    def because(self) -> str:
        """What the ledger says of the mail."""
        return (
            f"{self.where}标有“{self.level}”，疑似涉密：没有登记、没有复制内容，请勿转发、回复，"
            "立即报告保密工作机构"
        )


def mark_of_subject(subject: str) -> SecrecyMark | None:
    """The mark of a subject, where nothing more of a mail is at hand."""
    level = _in_name(subject)
    return SecrecyMark(level, "主题") if level else None


def secrecy_mark(reading: Reading) -> SecrecyMark | None:
    """The first mark found in a mail, its files and the mails attached to it."""
    message = reading.message
    if message is not None:
        if found := mark_of_subject(message.subject):
            return found
        for text in (message.body, message.quoted):
            if level := _in_text(text):
                return SecrecyMark(level, "正文")
    for number, file in enumerate(reading.files, 1):
        if level := _in_name(file.name):
            return SecrecyMark(level, f"第{number}个附件的文件名")
        content = file.content
        if not isinstance(content, DocumentText):
            continue
        if level := _in_text(content.text):
            return SecrecyMark(level, f"第{number}个附件")
        if level := _in_text("\n".join(content.around)):
            return SecrecyMark(level, f"第{number}个附件的页眉页脚")
    return next(filter(None, map(secrecy_mark, reading.nested)), None)


def _in_name(name: str) -> str:
    for pattern in (_STAR, _LABEL, _BRACKETS):
        if found := pattern.search(name):
            return _plain(found[1])
    found = _PREFIX.match(name)
    return _plain(found[1]) if found else ""


def _in_text(text: str) -> str:
    text = text[:_LONGEST_TEXT]
    if found := _STAR.search(text):
        return _plain(found[1])
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines[:_HEAD_LINES]:
        if len(line) > _LONGEST_LINE:
            continue
        if found := _LABEL.search(line) or _ALONE.fullmatch(line):
            return _plain(found[1])
    return ""


def _plain(level: str) -> str:
    return "".join(level.split())
