"""Received → filed: each mail becomes what it is, in one transaction with all that follows.

Parsing happens in the reader's worker, outside any transaction. A mail whose
worker dies is read again without its attachments; one that defeats even that is
quarantined with the reason, and the next mail goes on.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailbot import log
from mailbot.config import Config
from mailbot.ports import Papers
from mailbot.records.letter_lines import Progress
from mailbot.records.verdicts import Completeness, Judgement, KindVerdict
from mailbot.rules.duplicates import revive
from mailbot.rules.judgement import RuleBook, fingerprint_of, judge_draft, judge_mail, subject_of
from mailbot.rules.our_letters import as_follow_up, own_words
from mailbot.rules.receipt_time import doubted
from mailbot.stages import alarms, bare_answers, secrecy
from mailbot.stages.arrivals import Arrival, is_history, known_addresses, settle
from mailbot.stages.begun_readings import BegunReadings
from mailbot.stages.bounced import returned
from mailbot.stages.commands import Incoming, carry_out, to_be_obeyed
from mailbot.stages.draft_rows import PICTURES, draft_row, kind_of, pictures_as_draft
from mailbot.stages.file_rows import keep_files
from mailbot.stages.fulfilling import deliver
from mailbot.stages.outward import flagged
from mailbot.stages.post import Post, threading_headers
from mailbot.stages.receipt_times import received, with_reasons
from mailbot.stages.receipts import goes_round, may_answer, receipt
from mailbot.stages.same_item import as_decided
from mailbot.stages.second_readings import ReadMail, SecondReadings
from parsers.facts import DraftText, Message, MessageKind, Reading
from store.records import DraftRecord, MessageRecord
from store.unit_of_work import Store, StoreUnavailable, UnitOfWork

ATTEMPTS = 5
GROUP = 20
_LOOK_BACK = timedelta(days=400)
_NOT_READ = "邮件结构异常，读取程序无法打开，原件已存档，请人工查看"
_NOT_FILED = "登记时程序反复出错，原件已存档，请人工查看"

ProgressOf = Callable[[UnitOfWork, str, datetime], Sequence[Progress]]
Filed = tuple[DraftRecord, Judgement]


@dataclass(frozen=True, slots=True)
class Filing:
    """All that filing needs.

    Attributes:
        read: Reads a mail in the worker; its future raises when the worker died.
        read_bare: The same without opening attachments.
        progress: A unit's quotas after this mail, for the receipt.
        papers: Makes what an order by mail may ask for (台账), and checks what it releases (通报).
        second: Mails that wait until the text in their pictures is recognised.
        begun: Mails being read now, and how often the process died of that.
    """

    store: Store
    config: Config
    book: RuleBook
    post: Post
    read: ReadMail
    read_bare: ReadMail
    progress: ProgressOf
    papers: Papers | None = None
    second: SecondReadings = field(default_factory=SecondReadings)
    begun: BegunReadings = field(default_factory=BegunReadings)

    def file_waiting(
        self,
        now: datetime,
        *,
        receipts: bool = True,
        limit: int = GROUP,
        rank: int | None = None,
        wait: float = 0.0,
    ) -> tuple[int, ...]:
        """File up to `limit` received mails, those of `rank` alone if it is given.

        Where all that is left waits for a second reading, up to `wait` seconds pass until the
        first of these is over.

        Returns the ids of those dealt with.
        """
        done = self._file_new(now, receipts=receipts, limit=limit, rank=rank)
        if rank is None:
            for mail, reading in self.second.ready(0 if done else wait):
                self.begun.returned(mail.id)
                self._one(mail, reading, now, receipts=receipts, noted=False)
                done.append(mail.id)
        return tuple(done)

    def _file_new(
        self, now: datetime, *, receipts: bool, limit: int, rank: int | None
    ) -> list[int]:
        """File what the first reading suffices for, then one mail that may kill us, alone."""
        with self.store.look() as uow:
            self.begun.load(uow)
            apart = self.begun.suspects | self.second.mails
            every = uow.messages.waiting(limit + len(apart), rank=rank)
        new = [mail for mail in every if mail.id not in apart]
        done = self._file_group(new[:limit], now, receipts=receipts)
        suspects = [mail for mail in every if mail.id in self.begun.suspects]
        suspects.sort(key=lambda mail: self.begun.deaths(mail.id))  # the innocent soon come first
        return done + self._file_group(suspects[:1], now, receipts=receipts)

    def _file_group(
        self, waiting: Sequence[MessageRecord], now: datetime, *, receipts: bool
    ) -> list[int]:
        """Read at the same time, filed one by one; what awaits a second reading is left."""
        self._begin(waiting, now)
        futures = [(mail, self._read(mail)) for mail in waiting]
        fresh: frozenset[int] | None = None
        done: list[int] = []
        for mail, future in futures:
            reading = self._reading(mail, future)
            if self._set_aside(mail, reading, noted=mail.id in (fresh or ())):
                continue
            self.begun.returned(mail.id)
            if fresh is None:  # after the wait: a process killed in it blames no mail
                fresh = self._first_tries([m for m in waiting if m.id not in self.second.mails])
            self._one(mail, reading, now, receipts=receipts, noted=mail.id in fresh)
            done.append(mail.id)
        return done

    def _begin(self, waiting: Sequence[MessageRecord], now: datetime) -> None:
        if waiting:
            with self.store.work() as uow:
                self.begun.begin(uow, self.second.mails | {mail.id for mail in waiting}, now)
                uow.commit()

    def _read(self, mail: MessageRecord) -> Future[Reading]:
        return self.read_bare(mail) if self.begun.wants_care(mail.id) else self.read(mail)

    def _set_aside(self, mail: MessageRecord, reading: Reading | None, *, noted: bool) -> bool:
        """Whether it waits for its second reading; that wait is no try."""
        if mail.id in self.begun.suspects:  # recognition may be what kills us
            return False
        try:
            waits = self.second.takes(mail, reading, self.book)
        except Exception:  # noqa: BLE001  ours: it is filed from its first reading
            log.failure("second_reading_failed", mail=mail.id)
            return False
        if waits and noted:
            self._forgive(mail)
        return waits

    def _first_tries(self, waiting: Sequence[MessageRecord]) -> frozenset[int]:
        """Mails never tried are noted together; one that failed before is noted alone."""
        if not waiting:
            return frozenset()
        with self.store.work() as uow:
            fresh = uow.messages.first_attempts([mail.id for mail in waiting])
            uow.commit()
        return fresh

    def _one(
        self,
        mail: MessageRecord,
        reading: Reading | None,
        now: datetime,
        *,
        receipts: bool,
        noted: bool,
    ) -> None:
        try:
            if not noted and self._tries(mail) > ATTEMPTS:
                self._quarantine(mail, _NOT_FILED, reading)
                return
            if reading is None or reading.message is None:
                self._quarantine(mail, _NOT_READ)
                return
            self._file(mail, reading, reading.message, now, receipts=receipts)
        except StoreUnavailable:
            self._forgive(mail)
            raise
        except Exception:  # noqa: BLE001  ours: one poisonous mail never stops the next
            log.failure("filing_failed", mail=mail.id, sha256=mail.sha256[:12])

    def _forgive(self, mail: MessageRecord) -> None:
        """A full disk or a locked database is no fault of the mail: it is not counted."""
        with suppress(StoreUnavailable), self.store.work() as uow:
            uow.messages.forgive(mail.id)
            uow.commit()

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

    def _quarantine(self, mail: MessageRecord, reason: str, reading: Reading | None = None) -> None:
        """Set aside with what is known of it; the next tick tells the office."""
        message = reading.message if reading else None
        known = {"sender": message.sender.address, "subject": message.subject} if message else {}
        with self.store.work() as uow:
            uow.messages.settle(mail.id, "quarantined", "", reason, **known)
            uow.commit()
        log.alarm("quarantined", mail=mail.id, reason=reason)

    def _file(
        self,
        mail: MessageRecord,
        reading: Reading,
        message: Message,
        now: datetime,
        *,
        receipts: bool,
    ) -> None:
        """The one transaction of a mail."""
        with self.store.work() as uow:
            current = uow.messages.get(mail.id)
            if current is None or current.state != "received":
                return
            when = received(mail, message, self.config)
            dated = replace(mail, received_at=when.at)
            known, old = known_addresses(uow, self.config), is_history(uow, self.config, dated)
            arrival = Arrival(dated, reading, message, known, now, when, history=old)
            if (mark := secrecy.found_in(mail, reading)) is not None:
                secrecy.lock(uow, mail, message, mark)
            elif to_be_obeyed(self.config, message, reading):
                self._obey(uow, arrival, acting=receipts and not old and mail.origin == "imap")
            elif message.kind in (MessageKind.DRAFT, MessageKind.COMMAND):
                # An order's form by somebody else is a unit's mail, and may tell an emergency.
                self._file_drafts(uow, arrival, receipts=receipts)
            else:
                self._file_other(uow, arrival)
            uow.commit()

    def _obey(self, uow: UnitOfWork, arrival: Arrival, *, acting: bool) -> None:
        """Orders are carried out as they come in; never from files, nor a second time."""
        mail, now = arrival.mail, arrival.now
        because = "历史邮件或导入的邮件，其中的指令没有执行"
        if acting:
            order = Incoming(arrival.message, mail.sha256, now, mail.received_at)
            because = carry_out(uow, self.config, self.post, order, self.papers)
        settle(uow, arrival, "command", because)

    def _file_other(self, uow: UnitOfWork, arrival: Arrival) -> None:
        """Bounces, robots and lists: recorded; a bounce settles its letter."""
        message = arrival.message
        status, because = message.delivery_status, message.kind_because
        if message.kind is MessageKind.BOUNCE and status is not None:
            because = "；".join(filter(None, (because, returned(uow, status, arrival.now))))
        settle(uow, arrival, str(message.kind), because)

    def _file_drafts(self, uow: UnitOfWork, arrival: Arrival, *, receipts: bool) -> None:
        keep_files(uow, arrival.mail.id, arrival.reading)
        arrival = replace(arrival, reading=own_words(arrival.reading))
        bare = bare_answers.is_bare(self.config, arrival)
        texts = () if bare else arrival.reading.all_drafts
        filed = [self._file_one(uow, arrival, text, at) for at, text in enumerate(texts, 1)]
        if not texts:
            filed = self._emergency_alone(uow, arrival) or self._pictures_alone(uow, arrival)
        if bare and not filed and receipts and not arrival.history:
            bare_answers.explain(uow, self.config, self.post, arrival)
        for record, judgement in filed:
            self._raise_alarm(uow, arrival, record, judgement)
        kind, because = kind_of([record for record, _ in filed], arrival.reading)
        settle(uow, arrival, kind, because)
        if receipts and kind == MessageKind.DRAFT and not arrival.history:
            self._answer(uow, arrival, filed)

    def _file_one(self, uow: UnitOfWork, arrival: Arrival, text: DraftText, ordinal: int) -> Filed:
        mail = arrival.mail
        mark = fingerprint_of(text, subject_of(arrival.reading))
        alike = uow.drafts.sharing_band(mark.bands, since=mail.received_at - _LOOK_BACK)
        judgement = judge_draft(
            text,
            arrival.reading,
            received_at=mail.received_at,
            known_addresses=arrival.known,
            earlier=[old for record in alike if (old := revive(record)) is not None],
            book=self.book,
        )
        judgement = as_decided(uow, judgement)
        judgement = as_follow_up(judgement, arrival.message.subject, text.segments.full)
        record, judgement = self._stored(
            uow, arrival, text, judgement, ordinal=ordinal, bands=mark.bands
        )
        return flagged(uow, record, alike), judgement

    def _emergency_alone(self, uow: UnitOfWork, arrival: Arrival) -> list[Filed]:
        """A mail whose subject or few words report an emergency is a record of its own."""
        judged = judge_mail(
            arrival.reading,
            received_at=arrival.mail.received_at,
            known_addresses=arrival.known,
            book=self.book,
            answering=arrival.message.subject,
        )
        if judged is None:
            return []
        return [self._stored(uow, arrival, *judged)]

    def _pictures_alone(self, uow: UnitOfWork, arrival: Arrival) -> list[Filed]:
        """A mail of pictures without a text (annex 3 no. 26) is a record of its own."""
        if not arrival.reading.images or arrival.reading.message is None:
            return []
        text = pictures_as_draft(arrival.reading, arrival.reading.message)
        judged = judge_draft(
            text,
            arrival.reading,
            received_at=arrival.mail.received_at,
            known_addresses=arrival.known,
            earlier=(),
            book=self.book,
        )
        judgement = replace(
            judged,
            kind=KindVerdict(kind=PICTURES, column=None),
            completeness=Completeness(),
            hints=(),
        )
        return [self._stored(uow, arrival, text, judgement)]

    def _stored(
        self,
        uow: UnitOfWork,
        arrival: Arrival,
        text: DraftText,
        judged: Judgement,
        *,
        ordinal: int = 1,
        bands: Sequence[str] = (),
    ) -> Filed:
        mark = fingerprint_of(text, subject_of(arrival.reading))
        judgement = doubted(judged, arrival.receipt)
        row = draft_row(text, judgement, mail=arrival.mail, ordinal=ordinal, mark=mark)
        row = replace(row, title=row.title or arrival.message.subject)
        stored = uow.drafts.get(uow.drafts.add(with_reasons(row, arrival.receipt), bands))
        assert stored is not None
        log.event("filed", draft=stored.id, kind=stored.kind, emergency=stored.emergency)
        message, stamp = arrival.message, self.post.stamp
        return deliver(uow, stored, arrival.now, came=message, stamp=stamp), judgement

    def _raise_alarm(
        self, uow: UnitOfWork, arrival: Arrival, record: DraftRecord, judgement: Judgement
    ) -> None:
        if record.emergency == "none" or record.relation == "exact" or arrival.history:
            return
        event, opened = alarms.record_event(uow, record, answering=arrival.message.subject)
        alarms.first_alert(
            uow,
            self.post,
            self.config,
            event=event,
            opened=opened,
            draft=record,
            verdict=judgement.emergency,
            sender=arrival.message.sender.address,
            now=arrival.now,
        )

    def _answer(self, uow: UnitOfWork, arrival: Arrival, filed: Sequence[Filed]) -> None:
        message, known, now = arrival.message, arrival.known, arrival.now
        if not may_answer(uow, self.config, message, known, now):
            return
        if goes_round(uow, message, arrival.reading, now):
            return
        named = next((record.unit for record, _ in filed if record.unit), "")
        unit = known.get(message.sender.address) or named
        letter = receipt(
            self.config,
            arrival.reading,
            message,
            filed,
            unit=unit,
            received_at=arrival.mail.received_at,
            progress=self.progress(uow, unit, now) if unit else (),
        )
        self.post.queue(
            uow,
            letter,
            key=f"receipt/{arrival.mail.sha256}",
            lane="receipt",
            to=[message.sender.address],
            now=now,
            headers=threading_headers(message.message_id, message.references),
        )
