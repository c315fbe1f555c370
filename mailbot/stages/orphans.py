"""Mails whose raw file is archived, but of which the database knows nothing."""

from collections.abc import Iterable
from datetime import datetime

from mailbot.ports import Envelope
from mailbot.stages.intake_folder import UNFETCHED
from mailbot.stages.intake_records import HEAD_BYTES, record_of, stub_record
from store.archive import Archive
from store.records import MessageRecord
from store.unit_of_work import UnitOfWork

_STUB = b"[not fetched: "
_STUB_TAIL = 400


def is_stub(tail: bytes) -> bool:
    """Whether an archived file is what was kept of a mail that could not be fetched."""
    last = tail.rstrip().rpartition(b"\n")[2]
    return last.startswith(_STUB) and last.endswith(b"]")


def record_from_file(archive: Archive, digest: str, now: datetime) -> MessageRecord:
    """What can be told of a mail from its raw file alone; its receipt time from its headers."""
    path = archive.path(digest)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - _STUB_TAIL))
        tail = file.read(_STUB_TAIL)
    envelope = Envelope(0, None, size)
    if is_stub(tail):
        return stub_record(envelope, digest, head, UNFETCHED, now)
    return record_of(envelope, digest, head, size, now)


def take_in(uow: UnitOfWork, archive: Archive, digests: Iterable[str], now: datetime) -> int:
    """Record those of `digests` that are on no record; returns how many there were.

    They wait to be filed like mails just fetched. Whether their receipts left already, the
    hold on sending finds out.
    """
    known = set(uow.messages.all_digests())
    fresh = [record_from_file(archive, digest, now) for digest in digests if digest not in known]
    fresh.sort(key=lambda record: record.received_at)
    return sum(uow.messages.add(record) is not None for record in fresh)
