"""Mail from disk: .eml files, mbox, Maildir; the same path as fetched mail.

Files are read piece by piece: an mbox of years, or a mail of any size, needs no more memory
than a small one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.errors import Refused
from store.archive import Archive, ArchiveBatch
from store.records import MessageRecord
from store.unit_of_work import Store

_MBOX_START = b"From "
_SEPARATOR = re.compile(rb"From [^\r\n]{0,400}?\d\d:\d\d")
_EMPTY = (b"\n", b"\r\n")
_PIECE = 1 << 20
_HEAD = 64_000
_GROUP, _GROUP_BYTES = 50, 16_000_000
_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]{0,9}:")
_OF_A_MAIL = frozenset(
    b"from to cc subject date message-id received return-path delivered-to mime-version "
    b"content-type sender reply-to x-mailer dkim-signature".split()
)


@dataclass(frozen=True, slots=True)
class Slice:
    """A mail as a stretch of a file."""

    path: Path
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of the mail."""
        return self.end - self.start

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, a piece at a time."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.size
            while left and (piece := file.read(min(_PIECE, left))):
                left -= len(piece)
                yield piece

    def head(self) -> bytes:
        """Its first bytes."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(min(_HEAD, self.size))


def looks_like_mail(head: bytes) -> bool:
    """Whether these first bytes are headers (RFC 5322 2.2) of which mails have one at least."""
    known = False
    for number, line in enumerate(head.lstrip(b"\xef\xbb\xbf\r\n").splitlines()):
        if not line.strip():
            break
        if line[:1] in b" \t" and number:
            continue
        header = _HEADER.match(line)
        if header is None:
            return known  # some programs break the headers of a real mail
        known = known or header[1].lower() in _OF_A_MAIL
    return known


def slices_in(path: Path, refused: Callable[[Path], None]) -> Iterator[Slice]:
    """Mails of a file or folder; files that are none are told to `refused`.

    A folder with cur/new is a Maildir, any other is searched for .eml files.

    Raises:
        Refused: There is nothing of the kind.
    """
    if not path.exists():
        raise Refused(f"没有 {path} 这个文件或文件夹")
    if path.is_dir():
        files = _maildir(path) if (path / "cur").is_dir() else _folder(path)
        if not files:
            raise Refused(f"{path} 里没有邮件（.eml 文件，或 Maildir 的 cur、new）")
    elif path.is_file():
        files = [path]
    else:
        raise Refused(f"{path} 不是普通文件")
    for file in files:
        yield from _slices(file, refused)


def _slices(path: Path, refused: Callable[[Path], None]) -> Iterator[Slice]:
    whole = Slice(path, 0, path.stat().st_size)
    if whole.head().startswith(_MBOX_START):
        yield from _mbox(path)
    elif looks_like_mail(whole.head()):
        yield whole
    else:
        refused(path)


def mails_in(path: Path) -> Iterator[bytes]:
    """Raw mails of a file or folder, each in memory; Refused when there is none."""
    strangers: list[Path] = []
    for mail in slices_in(path, strangers.append):
        yield b"".join(mail.pieces())
    if strangers:
        raise Refused(not_mails(strangers))


def not_mails(paths: Sequence[Path]) -> str:
    """What is said of files that are no mail."""
    more = f"等{len(paths)}个文件" if len(paths) > 1 else ""
    return f"{paths[0]}{more}不是邮件，没有导入。可导入 .eml 文件、mbox 和 Maildir"


def _folder(path: Path) -> list[Path]:
    return sorted(
        file for file in path.rglob("*") if file.suffix.lower() == ".eml" and file.is_file()
    )


def _maildir(path: Path) -> list[Path]:
    found = (file for folder in ("cur", "new") for file in sorted((path / folder).glob("*")))
    return [file for file in found if file.is_file()]


def _mbox(path: Path) -> Iterator[Slice]:
    """A mail begins after a line "From … 10:02:03 …" that follows an empty one (RFC 4155).

    The empty line belongs to the mbox, not to the mail before it.
    """
    start = place = 0
    empty = b""
    with path.open("rb") as file:
        while line := file.readline(_PIECE):
            if place == 0 or (empty and _SEPARATOR.match(line)):
                if place:
                    yield Slice(path, start, place - len(empty))
                start = place + len(line)
            place += len(line)
            empty = line if line in _EMPTY else b""
    yield Slice(path, start, place - len(empty))


def take_in(store: Store, archive: Archive, raw: bytes, now: datetime) -> bool:
    """Archive and record one mail; False when its bytes are on record already.

    Its receipt time is set when it is filed, from the provider's Received header.
    """
    digest = archive.keep(raw)
    with store.work() as uow:
        added = uow.messages.add(_record(digest, len(raw), now))
        uow.commit()
    return added is not None


def take_in_all(
    store: Store, archive: Archive, mails: Iterable[Slice], now: datetime
) -> Iterator[tuple[int, int]]:
    """Archive and record mails in groups; yields (new, known) of each group."""
    group: list[Slice] = []
    for mail in mails:
        group.append(mail)
        if len(group) == _GROUP or sum(one.size for one in group) > _GROUP_BYTES:
            yield _take_in_group(store, archive, group, now)
            group = []
    if group:
        yield _take_in_group(store, archive, group, now)


def _take_in_group(
    store: Store, archive: Archive, group: Sequence[Slice], now: datetime
) -> tuple[int, int]:
    """Bytes durable first, then one transaction."""
    with archive.batch() as batch:
        digests = [(_keep(archive, batch, mail), mail.size) for mail in group]
        batch.sync()
        with store.work() as uow:
            added = [uow.messages.add(_record(digest, size, now)) for digest, size in digests]
            uow.commit()
    new = sum(one is not None for one in added)
    return new, len(group) - new


def _keep(archive: Archive, batch: ArchiveBatch, mail: Slice) -> str:
    path = archive.incoming_path()
    with path.open("wb") as file:
        for piece in mail.pieces():
            file.write(piece)
    return batch.keep_file(path)


def _record(digest: str, size: int, now: datetime) -> MessageRecord:
    return MessageRecord(
        id=0,
        sha256=digest,
        size=size,
        received_at=now,
        fetched_at=now,
        state="received",
        origin="import",
    )
