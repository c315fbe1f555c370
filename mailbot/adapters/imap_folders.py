"""Which folders to poll: told by SPECIAL-USE flags, else by the names providers use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imapclient.imap_utf7 import decode

INBOX = "INBOX"
# where 163 and others put mail that a person may still have to see
JUNK_WORDS = ("垃圾邮件", "病毒", "广告", "订阅", "junk", "spam", "bulk")
SENT_NAMES = ("已发送", "已发送邮件", "sent", "sent messages", "sent items", "sent mail")
UNREADABLE = frozenset({b"\\noselect", b"\\nonexistent"})
NEVER_POLLED = frozenset({b"\\sent", b"\\drafts", b"\\trash", b"\\all", b"\\archive"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder the server listed; `flags` are lower case."""

    name: str
    leaf: str
    flags: frozenset[bytes]


def read_listing(rows: Iterable[tuple[Sequence[bytes], bytes | None, object]]) -> list[Listed]:
    """Folders of a LIST answer that can be opened; a name that cannot be decoded is left out."""
    found = []
    for flags, delimiter, raw in rows:
        lowered = frozenset(flag.lower() for flag in flags)
        name = _decoded(raw)
        if name is None or lowered & UNREADABLE:
            continue
        if name.upper() == INBOX:
            name = INBOX
        separator = delimiter.decode("ascii", "replace") if delimiter else ""
        leaf = name.rsplit(separator, 1)[-1] if separator else name
        found.append(Listed(name, leaf, lowered))
    return found


def _decoded(raw: object) -> str | None:
    """A folder name from modified UTF-7 (RFC 3501 §5.1.3)."""
    if isinstance(raw, int):  # the lexer takes a folder named 2026 for a number
        return str(raw)
    if not isinstance(raw, bytes):
        return None
    try:
        return str(decode(raw))
    except ValueError:
        return None


def to_poll(listing: Sequence[Listed], configured: Sequence[str]) -> tuple[list[str], list[str]]:
    """Folders to poll, INBOX first, and the configured ones the server does not have."""
    names = {folder.name for folder in listing} | {INBOX}
    if not configured:
        return [INBOX, *sorted({folder.name for folder in listing if _is_junk(folder)})], []
    wanted = list(dict.fromkeys(_canonical(name) for name in configured))
    wanted.sort(key=lambda name: name != INBOX)
    return [n for n in wanted if n in names], [n for n in wanted if n not in names]


def _canonical(name: str) -> str:
    """A configured name as the server lists it; the encoded form is accepted too."""
    if name.upper() == INBOX:
        return INBOX
    decoded = _decoded(name.encode()) if name.isascii() else None
    return decoded or name


def _is_junk(folder: Listed) -> bool:
    if folder.flags & NEVER_POLLED or folder.name == INBOX:
        return False
    if folder.flags & {b"\\junk", b"\\spam"}:
        return True
    return any(word in folder.leaf.lower() for word in JUNK_WORDS)


def sent_folder(listing: Sequence[Listed]) -> str | None:
    r"""The \Sent folder, else one named like it."""
    for folder in listing:
        if b"\\sent" in folder.flags:
            return folder.name
    return next((f.name for f in listing if f.leaf.lower() in SENT_NAMES), None)
