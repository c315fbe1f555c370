"""Header blocks: reading them in linear time, and what the outer ones say.

The raw values come from the standard library (compat32, raw bytes kept as
surrogates). mail-parser reads the identity and trace headers; its Received
clauses, dates and diagnostics are used where it is right. Replaced are:

- its decoded text: it destroys subjects and names whose label says gb2312 and
  whose bytes are GBK, or raw GBK (see `parsers.charset`);
- its addresses: it leaves quoted encoded names undecoded and drops ambiguous
  mailboxes (see `parsers.addresses`); they serve as a second opinion on From,
  because a sender whom two parsers read differently may not be who he seems;
- dates it refuses: one-digit hours, Chinese forms, CST (see `parsers.mail_dates`).

It never sees a body, a Content-* header or more than the header limit, so that
its cost stays bounded.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message as LibraryMessage
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

import mailparser

from parsers.addresses import parse_addresses
from parsers.charset import decode_header, one_line
from parsers.facts import Address
from parsers.limits import Limits
from parsers.mail_dates import parse_date

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
_LATER_HEADER = re.compile(
    rb"^(?:content-(?:type|disposition|transfer-encoding)|mime-version|message-id):",
    re.IGNORECASE | re.MULTILINE,
)
_UNINDENTED = re.compile(rb"^(?![!-9;-~]{1,100}:|[ \t])", re.MULTILINE)
_TRACE = frozenset({"received", "date", "from", "to", "cc", "reply-to", "sender"})
_MOST_REFERENCES = 100
_MOST_RECEIVED = 60
_IDENTIFIER = re.compile(r"<([^<>]{1,900})>")

KEPT = frozenset(
    {
        *("from", "sender", "reply-to", "return-path", "date", "message-id", "received"),
        *("authentication-results", "received-spf", "dkim-signature", "x-cm-transid"),
        *("x-cm-senderinfo", "x-coremail-antispam", "x-cm-original-message-id"),
        *("auto-submitted", "precedence", "x-auto-response-suppress", "x-qq-auto-reply"),
        *("x-autoreply", "x-autorespond", "list-id", "list-unsubscribe", "list-post"),
        *("x-mailer", "user-agent", "x-custom-mail-master-sent-id", "x-failed-recipients"),
        *("x-priority", "priority", "importance", "content-type", "delivered-to"),
        *("x-originating-ip", "x-loop", "disposition-notification-to"),
    }
)
"""Header names whose values go into `Message.headers`; repeated ones are joined by LF."""


ORDER = ":order"
"""Key of `Message.headers` that no header can have: the names in wire order.

Whoever trusts a provider's verdict must know where it stands among the others.
"""


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The headers of a mail or a part, in wire order.

    Attributes:
        items: (lower-case name, raw value with surrogates for 8-bit bytes).
        body_start: Offset of the first byte after the headers in the raw mail.
        defects: Chinese sentences.
    """

    items: tuple[tuple[str, str], ...]
    body_start: int
    defects: tuple[str, ...] = ()

    def first(self, name: str) -> str:
        """The topmost raw value, "" where absent."""
        return next((value for key, value in self.items if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every raw value, topmost first."""
        return tuple(value for key, value in self.items if key == name)


def read_block(raw: bytes, start: int, end: int, limits: Limits) -> HeaderBlock:
    """The header block that starts at `start`; at most `header_bytes` of it are read."""
    defects: list[str] = []
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return HeaderBlock((), start + (1 if raw[start] == 0x0A else 2))
    blank = _BLANK_LINE.search(raw, start, end)
    head_end, body_start = (blank.start(), blank.end()) if blank else (end, end)
    if head_end - start > limits.header_bytes:
        defects.append("信头过长，只读取了前面的部分")
        cut = raw.rfind(b"\n", start, start + limits.header_bytes)
        head_end = cut if cut > start else start + limits.header_bytes
        head_end -= raw[head_end - 1] == 0x0D
    items, rest = _library(raw[start:head_end], defects)
    # A line that is no header ends the block: the body starts there.
    return HeaderBlock(items, head_end - rest if rest else body_start, tuple(defects))


def _library(block: bytes, defects: list[str]) -> tuple[tuple[tuple[str, str], ...], int]:
    """Items of a block, and how many of its last bytes are no headers."""
    if _BARE_CR.search(block):
        # The library would start a new header after each (CVE-2023-51764).
        defects.append("信头里有不合规的换行符")
        block = _BARE_CR.sub(b" ", block)
    if b"\x00" in block:
        defects.append("信头里有空字符")
        block = block.replace(b"\x00", b" ")
    items, rest = _parse(block)
    begin = len(block) - rest
    if rest and not block.startswith(b"--", begin) and _LATER_HEADER.search(block, begin):
        # A header folded without indent must not hide Content-Type behind it.
        defects.append("信头折行不规范，已修复")
        return _parse(_UNINDENTED.sub(b" ", block))[0], 0
    if rest:
        defects.append("信头与正文之间缺少空行")
    return items, rest


def _parse(block: bytes) -> tuple[tuple[tuple[str, str], ...], int]:
    parsed: LibraryMessage = BytesParser(policy=compat32).parsebytes(block, headersonly=True)
    items = tuple((name.lower(), str(value)) for name, value in parsed.raw_items())
    rest = parsed.get_payload()
    return items, len(rest) if isinstance(rest, str) else 0


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the outer headers say, decoded; see `facts.Message` for the meaning."""

    subject: str
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sent_at: datetime | None
    received_at: datetime | None
    kept: dict[str, str]
    defects: tuple[str, ...]


def read_envelope(block: HeaderBlock) -> Envelope:
    """Subject, mailboxes, threading and times of the outer mail."""
    defects = list(block.defects)
    trace = _mail_parser(block)
    if trace is None:
        defects.append("信头格式异常")
    senders = _rejoined(_all_addresses(block, "from"))
    if len(block.all("from")) > 1:
        defects.append("有多个发件人信头，发件人可能是伪造的")
    elif len(senders) > 1:
        defects.append("发件人一栏写了多个地址，发件人可能是伪造的")
    elif trace is not None and senders and not _agrees(trace, senders):
        defects.append("发件人写法有歧义，请核对发件人")
    if not any(sender.address for sender in senders):
        senders, because = _hidden_sender(block, senders)
        defects.append(because)
    if len(block.all("subject")) > 1:
        defects.append("有多个主题信头，以第一个为准")
    received = _received_at(block, trace)
    sent = _sent_at(block, trace)
    if sent and received and sent - received > timedelta(days=1):
        defects.append("发送日期晚于收到时间，不采信")
        sent = None
    elif block.first("date") and sent is None:
        defects.append("发送日期无法识别")
    identifiers = message_ids(block.first("message-id"))
    return Envelope(
        subject=one_line(decode_header(block.first("subject"))),
        senders=senders,
        reply_to=_all_addresses(block, "reply-to"),
        to=_all_addresses(block, "to"),
        cc=_all_addresses(block, "cc"),
        message_id=identifiers[0] if identifiers else "",
        in_reply_to=next(iter(message_ids(block.first("in-reply-to"))), ""),
        references=message_ids(block.first("references")),
        sent_at=sent,
        received_at=received,
        kept=_kept(block),
        defects=tuple(defects),
    )


def _all_addresses(block: HeaderBlock, name: str) -> tuple[Address, ...]:
    found = [box for value in block.all(name)[:20] for box in parse_addresses(value)]
    return tuple(dict.fromkeys(found))


def _rejoined(boxes: tuple[Address, ...]) -> tuple[Address, ...]:
    """Names cut at an unquoted comma (`科室, 张三 <a@x>`) belong to the address that follows."""
    whole: list[Address] = []
    waiting: list[str] = []
    for box in boxes:
        waiting.append(box.name)
        if box.address:
            whole.append(Address(", ".join(filter(None, waiting)), box.address))
            waiting = []
    return tuple(whole) or boxes


def _hidden_sender(
    block: HeaderBlock, senders: tuple[Address, ...]
) -> tuple[tuple[Address, ...], str]:
    """A From without literal address: some programs encode the whole header."""
    decoded = parse_addresses(one_line(decode_header(block.first("from"))))
    if any(box.address for box in decoded):
        return decoded, "发件人地址写在编码的名称里，请核对发件人"
    return senders, "没有可用的发件人地址"


def _mail_parser(block: HeaderBlock) -> Any | None:
    """mail-parser's view of the trace headers; None where even it fails."""
    seen = 0
    lines = []
    for name, value in block.items:
        seen += name == "received"
        if name in _TRACE and (name != "received" or seen <= _MOST_RECEIVED):
            lines.append(f"{name}: {value}\n".encode("ascii", "surrogateescape"))
    try:
        return mailparser.parse_from_bytes(b"".join(lines) + b"\n")
    except Exception:  # noqa: BLE001  strangers' headers; the library names no complete list
        return None


def _agrees(trace: Any, senders: tuple[Address, ...]) -> bool:
    """Do two parsers read the same From? Clients will differ where they do not."""
    theirs = {address.lower() for _, address in trace.from_ if "@" in address}
    return theirs == {sender.address for sender in senders if sender.address}


def _sent_at(block: HeaderBlock, trace: Any | None) -> datetime | None:
    value = one_line(block.first("date"))
    own = parse_date(value)
    if own is not None or trace is None or trace.date is None:
        return own
    return parse_date(trace.date.isoformat())


def _received_at(block: HeaderBlock, trace: Any | None) -> datetime | None:
    """Date of the topmost Received: the one our provider wrote.

    Never of a lower one: those come from the sender.
    """
    values = block.all("received")
    if not values:
        return None
    hops = trace.received if trace is not None else ()
    top = hops[-1] if hops and len(hops) == len(values) else {}
    stamp = top.get("date") or values[0].rpartition(";")[2]
    return parse_date(one_line(str(stamp)))


def message_ids(value: str) -> tuple[str, ...]:
    """Message identifiers with angle brackets, in order, each once."""
    text = one_line(decode_header(value[:16_000]))
    found = [f"<{''.join(match[1].split())}>" for match in _IDENTIFIER.finditer(text)]
    if not found and "@" in text:
        found = [f"<{word.strip('<>')}>" for word in text.split() if "@" in word]
    return tuple(dict.fromkeys(found))[-_MOST_REFERENCES:]


def _kept(block: HeaderBlock) -> dict[str, str]:
    kept: dict[str, list[str]] = {}
    for name, value in block.items:
        if name in KEPT:
            kept.setdefault(name, []).append(one_line(decode_header(value)))
    return {name: "\n".join(values) for name, values in kept.items()}


def header_order(block: HeaderBlock) -> str:
    """Names of the headers in wire order, separated by blanks; at most 400."""
    names = (name.encode("ascii", "replace").decode() for name, _ in block.items[:400])
    return " ".join(names)
