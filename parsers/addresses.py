"""Mailboxes of From, To and the like, as strangers write them.

mail-parser's strict reading is right for what RFC 5322 allows, but it leaves
quoted encoded names undecoded (QQ, Foxmail) and drops what it finds ambiguous.
Here every mailbox is kept, because two of them in one From are a fact the
office must see; an address is only ever taken from literal text, never out of a
display name that merely looks like one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.charset import decode_header, one_line
from parsers.facts import Address

_MOST = 500
"""Mailboxes kept of one header."""

_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?=)"
    r'|(?P<quoted>"(?:\\.|[^"\\])*+"?)'
    r"|(?P<angle><[^<>]*+>?)"
    r"|(?P<special>[(),;:])"
    r'|(?P<text>[^\s"<(),;:=]++|=)'
    r"|(?P<blank>\s++)"
    r"|(?P<stray>.)",
    re.DOTALL,
)
_LOCAL = r"A-Za-z0-9.!#$%&*+/=?^_`{|}~\-"
# A damaged byte must not leave the address of somebody else behind it.
_ADDRESS = re.compile(
    rf"(?<![{_LOCAL}\ud800-\udfff\ufffd])[{_LOCAL}]{{1,64}}@[A-Za-z0-9\u00a1-\ud7ff](?:[\w.-]{{0,252}}\w)?"
)
_COMMENT = re.compile(r"[()]")


@dataclass(slots=True)
class _Item:
    """One mailbox being read."""

    words: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def parse_addresses(value: str) -> tuple[Address, ...]:
    """All mailboxes of one header value, groups flattened, routes removed.

    Entries without any address keep their name with an empty address.
    """
    found: list[Address] = []
    for item in _items(value):
        found.extend(_mailboxes(item))
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


def _items(value: str) -> Iterator[_Item]:
    item = _Item()
    position = 0
    while position < len(value):
        match = _TOKEN.match(value, position)
        if match is None:  # cannot be: the last alternative takes any character
            break
        position = match.end()
        kind, text = match.lastgroup, match[0]
        if kind == "special" and text == "(":
            comment, position = _comment(value, position)
            item.comments.append(comment)
        elif kind == "special" and text in ",;":
            yield item
            item = _Item()
        elif kind == "special" and text == ":":
            item = _Item()  # the name of a group
        elif kind == "angle":
            item.angles.append(text.strip("<>"))
        elif kind == "quoted":
            item.words.append(re.sub(r"\\(.)", r"\1", text[1:].removesuffix('"')))
        else:
            item.words.append(text)
    yield item


def _comment(value: str, start: int) -> tuple[str, int]:
    """Text of a comment, nested ones included, and where it ends."""
    depth = 1
    for match in _COMMENT.finditer(value, start):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return value[start : match.start()], match.end()
    return value[start:], len(value)


def _mailboxes(item: _Item) -> Iterator[Address]:
    name = one_line(decode_header("".join(item.words)))
    comment = one_line(decode_header(" ".join(item.comments)))
    if item.angles:
        for angle in item.angles:
            address = _address(angle)
            if address or name:
                yield Address(name.strip("'\" ") or comment, address)
        return
    bare = "".join(item.words)
    match = _ADDRESS.search(bare)
    if match is not None:
        rest = one_line(decode_header(bare[: match.start()] + bare[match.end() :]))
        yield Address(rest.strip("'\" ") or comment, match[0].lower())
    elif name:
        yield Address(name.strip("'\" "), "")


def _address(angle: str) -> str:
    """The addr-spec inside angle brackets; a route "@a,@b:" before it is dropped."""
    spec = angle.strip()
    if spec.startswith("@"):
        spec = spec.rpartition(":")[2]
    match = _ADDRESS.fullmatch("".join(spec.split()))
    return match[0].lower() if match else ""
