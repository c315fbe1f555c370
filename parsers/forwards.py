"""The text of a forwarded mail: a draft may stand below the lines of the forward."""

import re

from parsers.facts import Message
from parsers.quotes import is_forward, split_text
from parsers.segment_lines import is_closing, is_cover

_FEW_WORDS = 40
_DEEPEST = 5
_HEADER_LINE = re.compile(
    r"[\s|*>]{0,8}(?:发\s?件\s?人|寄件人|发送人|发送时间|发送日期|日\s?期|时\s?间|收\s?件\s?人|抄\s?送人?|主\s?题"
    r"|附\s?件|From|Sent|Date|To|Cc|Subject|Attachments?)\s{0,4}\*{0,2}\s{0,4}[:：|\t].*",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"[-—_－=*>\s|]{0,80}"
    r"(?:(?:转发|原始|原)\S{0,6}(?:邮件|信息)\S{0,4}|Forwarded message|Original Message)?"
    r"[-—_－=*>\s|:：]{0,80}",
    re.IGNORECASE,
)
_ARROW = re.compile(r"^\s{0,3}(?:>\s?)+", re.MULTILINE)


def forwarded_text(message: Message) -> str:
    """What a mail forwards, without the lines of the forward; "" where it is no forward.

    Only where the sender adds hardly a word: then what is forwarded is what is sent.
    """
    if not message.quoted.strip() or not _adds_little(message.body):
        return ""
    if message.forwarded_from is None and not is_forward(message.subject):
        return ""
    text = message.quoted
    for _ in range(_DEEPEST):
        text = _below_header(_ARROW.sub("", text))
        inner = split_text(text)
        if not _adds_little(inner.own):
            return inner.own
        if not inner.quoted.strip() or inner.quoted == text:
            return inner.own or text
        text = inner.quoted
    return text


def _adds_little(own: str) -> bool:
    lines = [line.strip() for line in own.splitlines() if line.strip()]
    telling = [line for line in lines if not is_cover(line) and not is_closing(line)]
    return len("".join("".join(telling).split())) <= _FEW_WORDS


def _below_header(text: str) -> str:
    lines = text.split("\n")
    at = 0
    while at < len(lines) and (
        _RULE.fullmatch(lines[at][:200]) or _HEADER_LINE.fullmatch(lines[at][:400])
    ):
        at += 1
    return "\n".join(lines[at:])
