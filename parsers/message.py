"""One mail, from raw bytes to facts: the parsers' front door for mail.

Joins headers, the MIME tree, the text with its quotes, cloud links and the kind
of the mail. Attached mails stay apart, as raw bytes, for the caller to read in
their turn: what stands in them was not said by the outer sender.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from parsers.bounces import Evidence, classify
from parsers.charset import clean_text, decode
from parsers.cloud_links import find_cloud_links, without_cloud_names
from parsers.facts import Attachment, CloudLink, Message, MessageKind, Unreadable
from parsers.headers import (
    ORDER,
    Envelope,
    HeaderBlock,
    header_order,
    read_block,
    read_envelope,
)
from parsers.html_text import HtmlText, decode_html, read_html
from parsers.limits import Limits
from parsers.mime import Leaf, NestedMail, Tree, walk
from parsers.parameters import parse_parameters
from parsers.quotes import Split, split_text

DEFAULT_LIMITS = Limits()
"""The caps of an ordinary mail."""

_UNKNOWN = "邮件结构异常，无法自动读取，请人工打开原件查看"
_REMEDY = "请把稿件作为附件重新发送。"
_BYTES_A_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail taken apart; lives only inside the worker, because it holds bytes.

    Attributes:
        attachments: Every leaf that is not the mail's own text, in order; TNEF
            (winmail.dat) and .msg among them, as they came.
        nested: Attached mails, raw. Those of a bounce are our own letters.
        html: True where the body text was made from HTML.
        unreadable: What exceeded the limits, told to the sender.
    """

    message: Message
    attachments: tuple[Attachment, ...] = ()
    nested: tuple[NestedMail, ...] = ()
    html: bool = False
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """The mail's own text, its links, and where it came from."""

    text: str
    html: bool
    quote: tuple[int | None, int | None]
    links: tuple[CloudLink, ...]
    cut: bool


def read_message(
    raw: bytes,
    *,
    own_addresses: frozenset[str] = frozenset(),
    limits: Limits = DEFAULT_LIMITS,
) -> ParsedMail:
    """Read one mail (RFC 5322, MIME); any bytes give an answer, none an exception.

    Args:
        raw: The mail as fetched.
        own_addresses: Addresses of the mailbox itself, to know our own mail.
        limits: How much is read; the rest is reported in `unreadable`.
    """
    own = frozenset(address.lower() for address in own_addresses)
    try:
        tree = walk(raw, limits)
        envelope = read_envelope(tree.outer)
        return _assemble(tree, envelope, own, limits)
    except Exception as exc:  # noqa: BLE001  a stranger's bytes must not stop the intake
        return _unparsed(raw, type(exc).__name__, limits)


def _assemble(
    tree: Tree, envelope: Envelope, own_addresses: frozenset[str], limits: Limits
) -> ParsedMail:
    body = _own_text(tree.leaves, limits)
    if body.cut:
        tree.defect("正文过长，只读取了前面的部分")
    split = split_text(body.text, envelope.subject, *body.quote)
    attachments = tuple(_attachments(tree.leaves))
    files = [item for item in attachments if not item.inline]
    evidence = Evidence(
        subject=envelope.subject,
        sender=envelope.senders[0].address if envelope.senders else "",
        message_id=envelope.message_id,
        own=split.own,
        text=body.text,
        headers=envelope.kept,
        documents=len(files) + len(tree.nested) + len(body.links) + len(tree.unreadable),
        report_type=_report_type(tree.outer),
        reports=[(leaf.kind, leaf.data) for leaf in tree.reports],
        originals=[item.raw for item in tree.nested],
    )
    verdict = classify(evidence, own_addresses)
    message = _message(envelope, split)
    message = replace(
        message,
        kind=verdict.kind,
        kind_because=verdict.because,
        delivery_status=verdict.delivery_status,
        cloud_links=body.links,
        headers={**envelope.kept, ORDER: header_order(tree.outer)},
        defects=tuple(dict.fromkeys((*envelope.defects, *tree.defects))),
    )
    return ParsedMail(message, attachments, tuple(tree.nested), body.html, tuple(tree.unreadable))


def _message(envelope: Envelope, split: Split) -> Message:
    return Message(
        kind=MessageKind.DRAFT,
        kind_because="",
        subject=envelope.subject,
        senders=envelope.senders,
        reply_to=envelope.reply_to,
        to=envelope.to,
        cc=envelope.cc,
        message_id=envelope.message_id,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        sent_at=envelope.sent_at,
        received_at=envelope.received_at,
        body=split.own,
        quoted=split.quoted,
        signature=split.signature,
        forwarded_from=split.forwarded_from,
    )


def _report_type(outer: HeaderBlock) -> str:
    content = parse_parameters(outer.first("content-type"))
    return content.plain("report-type").lower() if content.value == "multipart/report" else ""


def _attachments(leaves: list[Leaf]) -> Iterator[Attachment]:
    for leaf in leaves:
        if leaf.is_text or leaf.is_companion or not (leaf.data or leaf.name):
            continue
        picture = leaf.kind.startswith("image/")
        yield Attachment(
            name=leaf.name,
            declared_type=leaf.declared,
            data=leaf.data,
            sha256=hashlib.sha256(leaf.data).hexdigest(),
            inline=picture and bool(leaf.content_id) and leaf.disposition != "attachment",
            content_id=leaf.content_id,
        )


def _own_text(leaves: list[Leaf], limits: Limits) -> _Text:
    """The text parts in order, one form of each alternative."""
    pages: dict[int, HtmlText] = {}
    plains: dict[int, str] = {}
    groups: dict[tuple[int, int], list[int]] = {}
    cut = False
    for number, leaf in enumerate(leaves):
        if not leaf.is_text:
            continue
        data = leaf.data[: limits.text_chars * _BYTES_A_CHARACTER]
        cut = cut or len(data) < len(leaf.data)
        if leaf.kind == "text/html":
            pages[number] = read_html(decode_html(data, leaf.charset))
        else:
            plains[number] = _plain(leaf, data)
        groups.setdefault((leaf.group, 0 if leaf.group else number), []).append(number)
    text, html = "", False
    quote: tuple[int | None, int | None] = (None, None)
    for numbers in groups.values():
        for number in _chosen(numbers, plains, pages):
            page = pages.get(number)
            text = text and text.rstrip("\n") + "\n"
            if page is not None and page.quote_start is not None and quote[0] is None:
                end = page.quote_end
                quote = (len(text) + page.quote_start, None if end is None else len(text) + end)
            html = html or page is not None
            text += without_cloud_names(page) if page is not None else plains[number]
    links = [link for page in pages.values() for link in find_cloud_links(page)]
    if not links:
        links = [link for plain in plains.values() for link in find_cloud_links(None, plain)]
    return _Text(
        text[: limits.text_chars],
        html,
        quote,
        tuple({link.url: link for link in links}.values()),
        cut or len(text) > limits.text_chars,
    )


def _chosen(numbers: list[int], plains: dict[int, str], pages: dict[int, HtmlText]) -> list[int]:
    """Of the forms of one text, the plain one unless it says clearly less."""
    plain = [number for number in numbers if number in plains]
    html = [number for number in numbers if number in pages]
    if not plain or not html:
        return plain or html
    said = sum(len("".join(plains[number].split())) for number in plain)
    shown = sum(len("".join(pages[number].text.split())) for number in html)
    return plain if said * 2 >= shown else html


def _plain(leaf: Leaf, data: bytes) -> str:
    text = clean_text(decode(data, leaf.charset))
    if not leaf.flowed:
        return text
    # format=flowed (RFC 3676): a blank at the end of a line continues the paragraph.
    out = []
    for line in (stuffed.removeprefix(" ") for stuffed in text.split("\n")):
        if not line.endswith(" ") or line == "-- ":
            out.append(line + "\n")
        else:
            out.append(line[:-1] if leaf.delsp else line)
    return "".join(out)


def _unparsed(raw: bytes, error: str, limits: Limits) -> ParsedMail:
    """What is left when a mail defeats us: whatever its headers still say."""
    refused = Unreadable("（整封邮件）", f"{_UNKNOWN}（{error}）", _REMEDY, suspicious=True)
    nothing = Envelope("", (), (), (), (), "", "", (), None, None, {}, ())
    try:
        envelope = read_envelope(read_block(raw, 0, min(len(raw), limits.header_bytes), limits))
    except Exception:  # noqa: BLE001  the headers themselves may be what defeats us
        envelope = nothing
    message = replace(
        _message(envelope, Split("")),
        kind_because="邮件无法自动读取，转人工处理",
        headers=envelope.kept,
        defects=(*envelope.defects, _UNKNOWN),
    )
    return ParsedMail(message, unreadable=(refused,))
