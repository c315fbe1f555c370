"""Filing without servers or worker processes: raw mails in, drafts on record out."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from office_samples import CONFIG, POST, opened, watching

from mailbot.config import Config
from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, word_file, write
from mailbot.ports import Envelope
from mailbot.stages.beginnings import FIRST_STARTED
from mailbot.stages.filing import Filing
from mailbot.stages.importing import take_in
from mailbot.stages.intake_records import HEAD_BYTES, record_of
from mailbot.wiring import rule_book
from parsers.facts import Reading
from parsers.sandbox import read_archived
from store.archive import Archive
from store.records import DraftRecord, MessageRecord
from store.unit_of_work import Store


@dataclass(frozen=True)
class FilingDesk:
    """Takes in one raw mail after the other and files it."""

    store: Store
    archive: Archive
    filing: Filing

    def fetch(self, raw: bytes, internal_date: datetime | None, now: datetime) -> list[DraftRecord]:
        """The mail as fetched from the server, filed; its drafts."""
        digest = self.archive.keep(raw)
        envelope = Envelope(1, internal_date, len(raw))
        with self.store.work() as uow:
            record = record_of(envelope, digest, raw[:HEAD_BYTES], len(raw), now)
            number = uow.messages.add(record)
            uow.commit()
        return self._filed(number, now)

    def import_(self, raw: bytes, now: datetime) -> list[DraftRecord]:
        """The mail as imported from a file, filed; its drafts."""
        take_in(self.store, self.archive, raw, now)
        with self.store.look() as uow:
            number = uow.messages.waiting()[0].id
        return self._filed(number, now)

    def _filed(self, number: int | None, now: datetime) -> list[DraftRecord]:
        assert number is not None
        self.filing.file_waiting(now)
        with self.store.look() as uow:
            return list(uow.drafts.of_message(number))


@contextmanager
def filing_desk(folder: Path, config: Config = CONFIG) -> Iterator[FilingDesk]:
    """A desk on a new store; the system first started on New Year 2023."""
    with opened(folder) as store:
        archive = Archive(folder / "archive")

        def read(mail: MessageRecord) -> Future[Reading]:
            done: Future[Reading] = Future()
            done.set_result(read_archived(str(archive.path(mail.sha256)), ()))
            return done

        with store.work() as uow:
            start = datetime.fromisoformat("2023-01-01T00:00:00+08:00")
            uow.facts.put(FIRST_STARTED, start.isoformat(), start)
            uow.commit()
        filing = Filing(
            store=store,
            config=config,
            book=rule_book(config),
            post=POST,
            read=read,
            read_bare=read,
            progress=watching(store, config).progress,
        )
        yield FilingDesk(store, archive, filing)


def draft_mail(
    unit: str,
    title: str,
    sent: datetime,
    *headers: tuple[str, str],
    body: str = texts.SIDEWALK,
    subject: str = "信息稿件",
    provider: datetime | None = None,
    number: str = "Ab1",
) -> bytes:
    """A Word file in a mail; `provider` puts the provider's line on top."""
    tail = f"{unit}\n（撰稿：宣传员　审核：负责人　签发：负责人　联系电话：0000-0000000）"
    file = Attached(f"{title}.docx", word_file(title, body, tail))
    sample = Sample(
        "", sent, f"{len(unit)}@u.example", unit, subject, "现报上。", (file,), headers=headers
    )
    raw = write(sample)
    if provider is None:
        return raw
    stamp = format_datetime(provider)
    top = f"Received: from u.example by mx12 (Coremail) with SMTP id {number}; {stamp}\r\n"
    return f"{top}X-CM-TRANSID: {number}\r\n".encode() + raw
