"""Received → filed: each mail becomes what it is, in one transaction with all that follows.

Parsing happens in the reader's worker, outside any transaction. A mail whose
worker dies is read again without its attachments; one that defeats even that is
quarantined with the reason, and the next mail goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot import log
from mailbot.config import Config
from mailbot.records.letters import Progress
from mailbot.records.verdicts import Judgement
from mailbot.rules.duplicates import Fingerprint
from mailbot.rules.judgement import Earlier, RuleBook, fingerprint_of, judge_draft, judge_mail
from mailbot.stages import alarms
from mailbot.stages.draft_rows import NOT_A_DRAFT, draft_row
from mailbot.stages.post import Post, threading_headers
from mailbot.stages.receipts import may_answer, receipt
from parsers.facts import DraftText, Message, MessageKind, Reading, ReadFile, Unreadable
from store.archive import Archive
from store.records import CloudLinkRecord, DraftRecord, FileRecord, MessageRecord
from store.unit_of_work import Store, UnitOfWork

ATTEMPTS = 3
GROUP = 20
_LOOK_BACK = timedelta(days=400)

ReadMail = Callable[[MessageRecord], Future[Reading]]
ProgressOf = Callable[[UnitOfWork, str, datetime], Sequence[Progress]]


@dataclass(frozen=True, slots=True)
class Filing:
    """All that filing needs.

    Attributes:
        read: Reads a mail in the worker; its future raises when the worker died.
        read_bare: The same without opening attachments.
        progress: A unit's quotas after this mail, for the receipt.
    """

    store: Store
    archive: Archive
    config: Config
    book: RuleBook
    post: Post
    read: ReadMail
    read_bare: ReadMail
    progress: ProgressOf

    def file_waiting(self, now: datetime, *, receipts: bool = True, limit: int = GROUP) -> int:
        """File up to `limit` received mails; returns how many were dealt with."""
        with self.store.look() as uow:
            waiting = uow.messages.waiting(limit)
        futures = [(mail, self.read(mail)) for mail in waiting]
        for mail, future in futures:
            self._one(mail, future, now, receipts=receipts)
        return len(futures)

    def _one(
        self, mail: MessageRecord, future: Future[Reading], now: datetime, *, receipts: bool
    ) -> None:
        try:
            if self._tries(mail) > ATTEMPTS:
                self._quarantine(mail, "登记时程序反复出错，原件已存档，请人工查看")
                return
            reading = self._reading(mail, future)
            if reading is None:
                self._quarantine(mail, "邮件结构异常，读取程序无法打开，原件已存档，请人工查看")
                return
            self._file(mail, reading, now, receipts=receipts)
        except Exception:  # noqa: BLE001  ours: one poisonous mail never stops the next
            log.failure("filing_failed", mail=mail.id, sha256=mail.sha256[:12])

    def _tries(self, mail: MessageRecord) -> int:
        with self.store.work() as uow:
            tries = uow.messages.attempt(mail.id)
            uow.commit()
        return tries

    def _reading(self, mail: MessageRecord, future: Future[Reading]) -> Reading | None:
        try:
            return future.result()
        except Exception as death:  # noqa: BLE001  whatever killed the worker, the mail goes on
            log.warning("reader_died", mail=mail.id, reason=str(death)[:120])
        try:
            return self.read_bare(mail).result()
        except Exception as death:  # noqa: BLE001  likewise
            log.alarm("reader_died_twice", mail=mail.id, reason=str(death)[:120])
            return None

    def _quarantine(self, mail: MessageRecord, reason: str) -> None:
        with self.store.work() as uow:
            uow.messages.settle(mail.id, "quarantined", "", reason)
            uow.commit()
        log.alarm("quarantined", mail=mail.id, reason=reason)

    def _file(
        self, mail: MessageRecord, reading: Reading, now: datetime, *, receipts: bool
    ) -> None:
        message = reading.message
        assert message is not None
        with self.store.work() as uow:
            current = uow.messages.get(mail.id)
            if current is None or current.state != "received":
                return
            if message.kind is MessageKind.DRAFT:
                self._file_drafts(uow, mail, reading, message, now, receipts=receipts)
            else:
                self._file_other(uow, mail, message, now)
            uow.commit()

    def _file_other(
        self, uow: UnitOfWork, mail: MessageRecord, message: Message, now: datetime
    ) -> None:
        """Bounces, robots, lists and commands: recorded, and a bounce settles its letter."""
        status = message.delivery_status
        if message.kind is MessageKind.BOUNCE and status is not None:
            letter = uow.outbox.by_message_id(status.original_message_id)
            if letter is not None:
                reason = f"对方服务器退信：{status.diagnostic or status.status}"
                uow.outbox.settle(letter.id, "failed", reason)
                for address in status.recipients or letter.to:
                    uow.contacts.bounced(address, now, status.diagnostic)
                log.alarm("bounced", mail=letter.id)
        self._settle(uow, mail, message, str(message.kind), message.kind_because)

    def _file_drafts(
        self,
        uow: UnitOfWork,
        mail: MessageRecord,
        reading: Reading,
        message: Message,
        now: datetime,
        *,
        receipts: bool,
    ) -> None:
        known = self._known_addresses(uow)
        self._keep_files(uow, mail, reading, message)
        filed = [
            self._file_one(uow, mail, reading, draft, ordinal, known)
            for ordinal, draft in enumerate(reading.all_drafts, 1)
        ]
        if not filed:
            filed = self._emergency_without_draft(uow, mail, reading, known)
        for record, judgement in filed:
            self._raise_alarm(uow, record, judgement, message, now)
        kind, because = _kind_of(filed, reading, message)
        self._settle(uow, mail, message, kind, because)
        if receipts and kind == MessageKind.DRAFT:
            self._answer(uow, mail, reading, message, filed, known, now)

    def _file_one(
        self,
        uow: UnitOfWork,
        mail: MessageRecord,
        reading: Reading,
        draft: DraftText,
        ordinal: int,
        known: Mapping[str, str],
    ) -> tuple[DraftRecord, Judgement]:
        print_of = fingerprint_of(draft)
        since = mail.received_at - _LOOK_BACK
        alike = uow.drafts.resembling(
            print_of.bands, print_of.text_sha256, "", draft.segments.title, since
        )
        judgement = judge_draft(
            draft,
            reading,
            received_at=mail.received_at,
            book=self.book,
            known_addresses=known,
            earlier=[_earlier(record) for record in alike],
        )
        record = draft_row(
            draft,
            judgement,
            message_id=mail.id,
            ordinal=ordinal,
            received_at=mail.received_at,
            fingerprint=print_of.stored,
        )
        draft_id = uow.drafts.add(record, print_of.bands)
        stored = uow.drafts.get(draft_id)
        assert stored is not None
        log.event(
            "filed", mail=mail.id, draft=draft_id, kind=stored.kind, emergency=stored.emergency
        )
        return stored, judgement

    def _emergency_without_draft(
        self,
        uow: UnitOfWork,
        mail: MessageRecord,
        reading: Reading,
        known: Mapping[str, str],
    ) -> list[tuple[DraftRecord, Judgement]]:
        """A mail whose subject or few words report an emergency is a record of its own."""
        judged = judge_mail(
            reading, received_at=mail.received_at, book=self.book, known_addresses=known
        )
        if judged is None:
            return []
        draft, judgement = judged
        record = draft_row(
            draft,
            judgement,
            message_id=mail.id,
            ordinal=1,
            received_at=mail.received_at,
            fingerprint="",
        )
        stored = uow.drafts.get(uow.drafts.add(record))
        assert stored is not None
        return [(stored, judgement)]

    def _raise_alarm(
        self,
        uow: UnitOfWork,
        record: DraftRecord,
        judgement: Judgement,
        message: Message,
        now: datetime,
    ) -> None:
        if record.emergency == "none" or record.relation == "exact":
            return
        event, opened = alarms.record_event(uow, record)
        alarms.first_alert(
            uow,
            self.post,
            self.config,
            event=event,
            opened=opened,
            draft=record,
            verdict=judgement.emergency,
            sender=message.sender.address,
            now=now,
        )

    def _answer(
        self,
        uow: UnitOfWork,
        mail: MessageRecord,
        reading: Reading,
        message: Message,
        filed: Sequence[tuple[DraftRecord, Judgement]],
        known: Mapping[str, str],
        now: datetime,
    ) -> None:
        if not may_answer(uow, self.config, message, known, now):
            return
        unit = known.get(message.sender.address) or next((r.unit for r, _ in filed if r.unit), "")
        letter = receipt(
            self.config,
            reading,
            message,
            filed,
            unit=unit,
            received_at=mail.received_at,
            progress=self.progress(uow, unit, now) if unit else (),
        )
        self.post.queue(
            uow,
            letter,
            key=f"receipt/{mail.sha256}",
            lane="receipt",
            to=[message.sender.address],
            now=now,
            headers=threading_headers(message.message_id, message.references),
        )

    def _known_addresses(self, uow: UnitOfWork) -> Mapping[str, str]:
        learnt = uow.contacts.units_by_address()
        configured = {a.lower(): unit.name for unit in self.config.units for a in unit.addresses}
        return {**learnt, **configured}

    @staticmethod
    def _keep_files(
        uow: UnitOfWork, mail: MessageRecord, reading: Reading, message: Message
    ) -> None:
        for file in _all_files(reading):
            uow.messages.add_file(_file_row(mail.id, file))
        for link in message.cloud_links:
            uow.messages.add_cloud_link(
                CloudLinkRecord(
                    0, mail.id, link.provider, link.name, link.size, link.url, link.expires_at
                )
            )

    @staticmethod
    def _settle(
        uow: UnitOfWork, mail: MessageRecord, message: Message, kind: str, because: str
    ) -> None:
        uow.messages.settle(
            mail.id,
            "filed",
            kind,
            because,
            message_id=message.message_id,
            sender=message.sender.address,
            sender_name=message.sender.name,
            subject=message.subject,
            sent_at=message.sent_at,
            summary={"defects": list(message.defects), "senders": len(message.senders)},
        )


def _kind_of(
    filed: Sequence[tuple[DraftRecord, Judgement]], reading: Reading, message: Message
) -> tuple[str, str]:
    """What a mail from the draft road ends as, with the reason shown to the office."""
    if any(record.kind != NOT_A_DRAFT for record, _ in filed):
        return MessageKind.DRAFT, f"含{len(filed)}篇文稿"
    if reading.unreadable or message.cloud_links:
        return MessageKind.DRAFT, "附件未能读取，已请对方重新发送"
    if filed:
        return MessageKind.OTHER, "内容判为非稿件"
    return MessageKind.OTHER, "没有发现文稿"


def _all_files(reading: Reading) -> list[ReadFile]:
    return [*reading.files, *(file for inner in reading.nested for file in _all_files(inner))]


def _file_row(message_id: int, file: ReadFile) -> FileRecord:
    content = file.content
    unreadable = content if isinstance(content, Unreadable) else None
    return FileRecord(
        id=0,
        message_id=message_id,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        format="" if isinstance(content, Unreadable) else content.format,
        readable=unreadable is None,
        reason=unreadable.reason if unreadable else "",
        remedy=unreadable.remedy if unreadable else "",
        container=file.container,
    )
