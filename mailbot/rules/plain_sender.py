"""Whether a mail's From is one plain mailbox that every program reads alike.

Lists, groups, routes, comments in an address and repeated headers are read differently
by different programs ("Composition Kills", USENIX Security 2020). Our own reading is
never proof of who wrote; a From like that takes trust away.
"""

import re

from parsers.facts import Message

_ATOM = r"[A-Za-z0-9!#$%&*+/=?^_`{|}~.'-]{1,64}"
_SPEC = rf"{_ATOM}@[A-Za-z0-9.-]{{1,253}}"
_BARE = re.compile(rf"<?({_SPEC})>?")
_NAMED = re.compile(rf"([^<>@]{{0,500}}?)\s*<({_SPEC})>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_STRUCTURE = re.compile(r"[(),:;\[\]\\]")
_BROKEN = ("发件人", "换行符", "空字符", "信头")
_MOST = 700
_WIRE_ORDER = ":order"  # names of all headers, see `parsers.headers`


def is_plain(message: Message) -> bool:
    """One From header that holds one mailbox: `a@b`, `<a@b>` or `Name <a@b>` (RFC 5322, 3.4)."""
    written = message.headers.get("from", "")
    if len(message.senders) != 1 or "\n" in written or len(written) > _MOST:
        return False
    if message.headers.get(_WIRE_ORDER, "from").split().count("from") != 1:
        return False
    if any(word in defect for defect in message.defects for word in _BROKEN):
        return False
    return _one_mailbox(written.strip()) == message.sender.address


def _one_mailbox(written: str) -> str:
    """The address, "" where the header is anything but one plain mailbox."""
    bare = _BARE.fullmatch(written)
    if bare is not None:
        return bare[1].lower() if written.startswith("<") == written.endswith(">") else ""
    named = _NAMED.fullmatch(written)
    if named is None:
        return ""
    outside = _QUOTED.sub("", named[1])
    # A name in Chinese was an encoded word: its signs are no structure.
    if outside.isascii() and _STRUCTURE.search(outside):
        return ""
    return named[2].lower()
