"""FETCH and nothing beyond UID, FLAGS, INTERNALDATE, RFC822.SIZE and BODY.PEEK.

BODYSTRUCTURE and ENVELOPE are never asked for: providers' answers to them break
parsers, silently (mail-facts 5).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, BinaryIO

from mailbot.adapters.imap_connection import GuardedClient
from mailbot.errors import StorageFailed, Temporary
from mailbot.ports import Envelope

ENVELOPES_AT_ONCE = 200  # keeps the command line short for strict servers
HEADERS_AT_ONCE = 100
CHUNK = 1 << 20
ANSWER_MARGIN = 1_000_000


def envelopes(client: GuardedClient, uids: Sequence[int]) -> Iterator[Envelope]:
    """What the server says of these mails; those it says nothing of are left out."""
    for start in range(0, len(uids), ENVELOPES_AT_ONCE):
        some = uids[start : start + ENVELOPES_AT_ONCE]
        client.allow()
        answer = client.fetch(some, ["FLAGS", "INTERNALDATE", "RFC822.SIZE"])
        for uid in some:
            item = answer.get(uid, {})
            size = item.get(b"RFC822.SIZE")
            if isinstance(size, int):
                yield Envelope(uid, _utc(item.get(b"INTERNALDATE")), size, _flags(item))


def _utc(value: object) -> datetime | None:
    """INTERNALDATE in UTC; None when it lacks a zone or is no possible instant."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    try:
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _flags(item: Mapping[bytes, Any]) -> tuple[str, ...]:
    flags = item.get(b"FLAGS")
    if not isinstance(flags, tuple):
        return ()
    return tuple(str(f, "ascii", "replace") for f in flags if isinstance(f, bytes))


def whole(client: GuardedClient, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """Raw mails in one round trip; those without bytes in the answer are left out."""
    if not uids:
        return
    client.allow()
    answer = client.fetch(uids, ["BODY.PEEK[]"])
    for uid in uids:
        body = answer.get(uid, {}).get(b"BODY[]")
        if isinstance(body, bytes):
            yield uid, body


def piece(client: GuardedClient, uid: int, offset: int, length: int) -> bytes | None:
    """Bytes [offset, offset+length) of a mail, shorter at its end; None when it vanished."""
    client.allow(length + ANSWER_MARGIN)
    item = client.fetch([uid], [f"BODY.PEEK[]<{offset}.{length}>"]).get(uid, {})
    for key, value in item.items():
        if key == b"BODY[]<%d>" % offset:
            return value if isinstance(value, bytes) else b""
    return None


def to_file(client: GuardedClient, uid: int, file: BinaryIO, size: int, most: int) -> bool:
    """Stream one mail into `file`; False when it vanished meanwhile.

    RFC822.SIZE is a hint only: some servers count line ends otherwise. The mail ends
    where the server gives a short piece at or beyond the size it told, or nothing more.

    Raises:
        Temporary: The mail turned out larger than `most` bytes.
    """
    written = 0
    while True:
        data = piece(client, uid, written, CHUNK)
        if data is None:
            return written >= size > 0
        _write(file, data)
        written += len(data)
        if written > most:
            raise Temporary(f"邮件 {uid} 比服务器所说的更大，超过上限")
        if not data or (len(data) < CHUNK and written >= size):
            return written > 0 or size == 0


def _write(file: BinaryIO, data: bytes) -> None:
    """A full disk must not be taken for a broken connection."""
    try:
        file.write(data)
    except OSError as error:
        raise StorageFailed(f"无法写入邮件存档：{error.strerror}。请检查磁盘空间") from error


def to_path(client: GuardedClient, uid: int, path: Path, size: int, most: int) -> bool:
    """As `to_file`; nothing is left at `path` unless the whole mail is there."""
    complete = False
    try:
        with path.open("wb", buffering=0) as file:
            complete = to_file(client, uid, file, size, most)
    finally:
        if not complete:
            path.unlink(missing_ok=True)
    return complete


def message_ids(client: GuardedClient, uids: Sequence[int]) -> dict[int, str]:
    """Message-ID of each mail, "" where it has none; mails without an answer are left out."""
    found = {}
    for start in range(0, len(uids), HEADERS_AT_ONCE):
        some = uids[start : start + HEADERS_AT_ONCE]
        client.allow()
        answer = client.fetch(some, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        for uid in some:
            for key, value in answer.get(uid, {}).items():
                if key.startswith(b"BODY[HEADER"):
                    found[uid] = _message_id(value if isinstance(value, bytes) else b"")
    return found


def identities(client: GuardedClient, uids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Message-ID and Subject of each mail; mails without an answer are left out."""
    found = {}
    for start in range(0, len(uids), HEADERS_AT_ONCE):
        some = uids[start : start + HEADERS_AT_ONCE]
        client.allow()
        answer = client.fetch(some, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT)]"])
        for uid in some:
            for key, value in answer.get(uid, {}).items():
                if key.startswith(b"BODY[HEADER"):
                    header = value if isinstance(value, bytes) else b""
                    found[uid] = (_message_id(header), _subject(header))
    return found


def _subject(header: bytes) -> str:
    value = BytesHeaderParser().parsebytes(header).get("Subject", "")
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, HeaderParseError):
        return str(value)


def _message_id(header: bytes) -> str:
    value = BytesHeaderParser().parsebytes(header).get("Message-ID", "")
    return "".join(str(value).split())
