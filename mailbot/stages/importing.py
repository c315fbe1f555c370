"""Mail from disk: .eml files, mbox, Maildir; the same path as fetched mail."""

import mailbox
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mailbot.errors import Refused
from store.archive import Archive
from store.records import MessageRecord
from store.unit_of_work import Store

_MBOX_START = b"From "


def mails_in(path: Path) -> Iterator[bytes]:
    """Raw mails of a file or folder; Refused when there is nothing of the kind.

    A folder with cur/new is a Maildir, any other is searched for .eml files.
    """
    if not path.exists():
        raise Refused(f"没有 {path} 这个文件或文件夹")
    if path.is_dir():
        files = _maildir(path) if (path / "cur").is_dir() else _folder(path)
        if not files:
            raise Refused(f"{path} 里没有邮件（.eml 文件，或 Maildir 的 cur、new）")
        yield from (file.read_bytes() for file in files)
        return
    with path.open("rb") as file:
        start = file.read(len(_MBOX_START))
    if start == _MBOX_START:
        yield from _mbox(path)
    else:
        yield path.read_bytes()


def _folder(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.suffix.lower() == ".eml")


def _maildir(path: Path) -> list[Path]:
    found = (file for folder in ("cur", "new") for file in sorted((path / folder).glob("*")))
    return [file for file in found if file.is_file()]


def _mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def take_in(store: Store, archive: Archive, raw: bytes, now: datetime) -> bool:
    """Archive and record one mail; False when its bytes are on record already.

    Its receipt time is set when it is filed, from the provider's Received header.
    """
    digest = archive.keep(raw)
    record = MessageRecord(
        id=0,
        sha256=digest,
        size=len(raw),
        received_at=now,
        fetched_at=now,
        state="received",
        origin="import",
    )
    with store.work() as uow:
        added = uow.messages.add(record)
        uow.commit()
    return added is not None
