"""What is owed of one folder, and its rows: bytes durable first, then one transaction.

The cursor stays below the lowest UID that is listed and not on record; it moves in
the transaction that records the mails. A crash anywhere repeats a download only.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot import log
from mailbot.config import MailboxConfig
from mailbot.errors import Temporary
from mailbot.ports import Envelope, FolderState, Mailbox
from mailbot.stages import setbacks
from mailbot.stages.intake_order import Order, SoundsUrgent
from mailbot.stages.intake_records import (
    HEAD_BYTES,
    record_of,
    stub_bytes,
    stub_record,
    too_big,
)
from mailbot.stages.setbacks import Setback
from store.archive import Archive, ArchiveBatch
from store.records import Cursor, MessageRecord, Sighting
from store.unit_of_work import Store, UnitOfWork


def _nothing(_subject: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Tools:
    """All that fetching needs."""

    mailbox: Mailbox
    archive: Archive
    store: Store
    config: MailboxConfig
    urgent: SoundsUrgent = _nothing


@dataclass(slots=True)
class Counts:
    """Mails recorded: `new`, seen before elsewhere (`known`), by headers only (`quarantined`)."""

    new: int = 0
    known: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class FolderLedger:
    """Keeps the records of one folder while it is read.

    Attributes:
        owed: UIDs listed by the server and not on record.
        top: The highest UID known to be listed.
        order: Ranks the mails where many wait, None where few do.
    """

    tools: Tools
    state: FolderState
    now: datetime
    setbacks: dict[int, Setback]
    top: int
    order: Order | None = None
    owed: set[int] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)

    def owe(self, listed: Sequence[int], seen: Collection[int]) -> None:
        """What the server lists, less what is on record, is owed."""
        self.owed = set(listed).difference(seen)
        self.top = max(self.top, *listed)

    def forget(self, uid: int) -> None:
        """The server lists this UID no more; that is no deletion (the 30-day window)."""
        self.owed.discard(uid)
        if self.setbacks.pop(uid, None):
            self.save_setbacks()

    def record(self, group: Sequence[Envelope], *, stream_from: int) -> None:
        """Fetch, archive and record these mails; those without an answer stay owed."""
        most = self.tools.config.max_mail_bytes
        for envelope in group:
            if envelope.size > most:
                self.setbacks.pop(envelope.uid, None)  # it did answer; nothing is to be tried again
                self.quarantine(envelope, too_big(envelope.size, most))
        fitting = [envelope for envelope in group if envelope.size <= most]
        with self.tools.archive.batch() as batch:
            fetched = list(self._fetch(batch, fitting, stream_from))
            self._leave_out_gone(batch, [record.sha256 for _uid, record in fetched])
            batch.sync()
            if fetched:
                self._commit(fetched)

    def _leave_out_gone(self, batch: ArchiveBatch, digests: Sequence[str]) -> None:
        """What was purged or erased is still in the mailbox, and is only seen there again."""
        with self.tools.store.look() as uow:
            gone = uow.retention.gone_digests(digests)
        for digest in gone:
            batch.leave_out(digest)

    def _fetch(
        self, batch: ArchiveBatch, group: Sequence[Envelope], stream_from: int
    ) -> Iterator[tuple[int, MessageRecord]]:
        small = {e.uid: e for e in group if e.size <= stream_from}
        for uid, raw in self.tools.mailbox.fetch_many(sorted(small)) if small else ():
            digest = batch.keep(raw)
            yield uid, self._row(small[uid], digest, raw[:HEAD_BYTES], len(raw))
        for envelope in group:
            if envelope.uid not in small:
                yield from self._stream(batch, envelope)

    def _stream(
        self, batch: ArchiveBatch, envelope: Envelope
    ) -> Iterator[tuple[int, MessageRecord]]:
        path = self.tools.archive.incoming_path()
        if not self.tools.mailbox.fetch_to(envelope.uid, path, envelope.size):
            return
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        digest = batch.keep_file(path)
        yield envelope.uid, self._row(envelope, digest, head, size)

    def _row(self, envelope: Envelope, digest: str, head: bytes, size: int) -> MessageRecord:
        record = record_of(envelope, digest, head, size, self.now)
        if self.order is None:
            return record
        return replace(record, rank=self.order.rank(head, record.received_at, self.now))

    def _commit(self, fetched: Sequence[tuple[int, MessageRecord]]) -> None:
        new = 0
        with self.tools.store.work() as uow:
            for uid, record in fetched:
                new += self._see(uow, uid, record)[1]
                self.owed.discard(uid)
            self.put_cursor(uow)
            if [uid for uid, _record in fetched if self.setbacks.pop(uid, None)]:
                self._put_setbacks(uow)
            uow.commit()
        self.counts.new += new
        self.counts.known += len(fetched) - new

    def _see(self, uow: UnitOfWork, uid: int, record: MessageRecord) -> tuple[int, bool]:
        """The mail's id, and whether it was new; the same bytes elsewhere are one mail."""
        added = uow.messages.add(record)
        message_id = uow.messages.id_of(record.sha256) if added is None else added
        assert message_id is not None
        uow.cursors.see(message_id, Sighting(self.state.name, self.state.uid_validity, uid))
        return message_id, added is not None

    def put_cursor(self, uow: UnitOfWork) -> None:
        """How far everything listed is on record."""
        frontier = min(self.owed) - 1 if self.owed else self.top
        state = self.state
        cursor = Cursor(state.name, state.uid_validity, frontier, self.now, state.count)
        uow.cursors.put(cursor)

    def quarantine(self, envelope: Envelope, reason: str) -> None:
        """Record a mail by its headers alone, so that the office knows of it."""
        state, uid = self.state, envelope.uid
        head = self._head(uid)
        digest = self.tools.archive.keep(stub_bytes(head, state.name, state.uid_validity, uid))
        with self.tools.store.work() as uow:
            record = stub_record(envelope, digest, head, reason, self.now)
            stub, is_new = self._see(uow, uid, record)
            self.owed.discard(uid)
            if uid in self.setbacks:
                self.setbacks[uid] = replace(self.setbacks[uid], stub=stub)
            self._put_setbacks(uow)
            self.put_cursor(uow)
            uow.commit()
        self.counts.quarantined += is_new
        log.alarm("quarantined", folder=state.name, uid=uid, size=envelope.size)

    def _head(self, uid: int) -> bytes:
        try:
            return self.tools.mailbox.head(uid, HEAD_BYTES)
        except Temporary:
            self.tools.mailbox.select(self.state.name)
            return b""

    def save_setbacks(self) -> None:
        """Store the setbacks in a transaction of their own."""
        with self.tools.store.work() as uow:
            self._put_setbacks(uow)
            uow.commit()

    def _put_setbacks(self, uow: UnitOfWork) -> None:
        state = self.state
        setbacks.save(uow, state.name, state.uid_validity, self.setbacks, self.now)
