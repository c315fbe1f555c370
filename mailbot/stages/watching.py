"""Database + clock → what is due, and the letters that follow: derived anew at every tick."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot import log
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.notice import Task
from mailbot.ports import Papers
from mailbot.records.ledger import Ledger
from mailbot.records.letter_lines import Owed, Progress
from mailbot.records.letters import (
    DailyDigest,
    EmergencyAlert,
    EmergencyChase,
    Letter,
    OfficeList,
    Overview,
    Reminder,
)
from mailbot.records.obligations import Obligation, PlannedLetter
from mailbot.reports.overviews import Span, daily, overview, owed
from mailbot.rules.calendar import local_day, midnight, period_of, working_moment
from mailbot.rules.desk import open_desk, records_since
from mailbot.rules.digests_due import DigestDue, digests_due
from mailbot.rules.emergency_letters import urgent_still_due
from mailbot.rules.forecast import forecast
from mailbot.rules.obligations import all_obligations
from mailbot.rules.persons import persons_of
from mailbot.rules.quotas import quota_obligations
from mailbot.rules.reminders import POLL_IS_FRESH, letters_due, still_due
from mailbot.stages.alarms import alert_letter
from mailbot.stages.beginnings import FIRST_STARTED, since_start
from mailbot.stages.draft_rows import column_label
from mailbot.stages.ledgers import gather
from mailbot.stages.orders_letters import Links, with_links
from mailbot.stages.papers import queue_bulletin
from mailbot.stages.post import Post
from store.records import EventRecord, OutboxRecord
from store.unit_of_work import Store, UnitOfWork

SEEN_UNTIL = "poll.seen_until"
ELEMENTS = ("时间", "地点", "经过", "性质", "伤亡", "损失", "措施", "趋势", "联系人", "签发")
_NOT_BY_MAIL = "③类报工作群，不发到本邮箱，数量由办公室登记；已在群里报过的，请告知办公室登记"
_FULFILLED = "已补报或已办结，不再催"
_BLIND = "收信中断，恢复后核对有无来稿再催"  # cancelled letters are planned anew

Notes = Callable[[UnitOfWork, datetime], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Watching:
    """All that watching needs.

    Attributes:
        notes: Sentences the daily digest adds on the system's own health.
        papers: Makes the notice (通报) that the office reads once a month or quarter has ended.
    """

    store: Store
    config: Config
    post: Post
    notes: Notes
    papers: Papers | None = None

    def watch(self, now: datetime, *, hold_routine: bool = False) -> int:
        """Queue every letter that is due at `now`; returns how many were queued."""
        with self.store.look() as uow:
            ledger = gather(uow, now, for_readers=False)
            seen = _instant(uow.facts.get(SEEN_UNTIL))
            started = _instant(uow.facts.get(FIRST_STARTED))
            silent = [name.partition("/")[2] for name in uow.facts.names("silent/")]
        config = self.config
        duties = all_obligations(config.notice, ledger, now, config.schedule)
        duties = since_start(duties, started)
        planned = letters_due(
            config.notice,
            config.schedule,
            ledger,
            now,
            letters=config.letters,
            obligations=duties,
            seen_until=seen,
        )
        if hold_routine:
            planned = tuple(letter for letter in planned if letter.urgent)
        keys = [nudge.key for nudge in ledger.nudges] + silent
        effective = config.notice.head.effective
        due = digests_due(config.schedule, keys, now, since=started, effective=effective)
        due = () if hold_routine else due
        if not planned and not due:
            return 0
        with self.store.work() as uow:
            queued = sum(self._queue(uow, letter, ledger, now) for letter in planned)
            queued += sum(self._digest(uow, digest, duties, ledger, now=now) for digest in due)
            uow.commit()
        return queued

    def _queue(
        self, uow: UnitOfWork, planned: PlannedLetter, ledger: Ledger, now: datetime
    ) -> bool:
        letter = self._letter(uow, planned, ledger, now)
        office = self.config.office
        fallback = office.duty_addresses if planned.urgent else office.addresses
        queued = self.post.queue(
            uow,
            letter,
            key=planned.key,
            lane="urgent" if planned.urgent else "reminder",
            to=planned.to or fallback,
            now=now,
            concerns=planned.concerns,
        )
        return queued is not None

    def _letter(
        self, uow: UnitOfWork, planned: PlannedLetter, ledger: Ledger, now: datetime
    ) -> Letter:
        if planned.event_id is not None:
            event = next(event for event in ledger.events if event.id == planned.event_id)
            if planned.kind == "alert":
                return self._alert(uow, event, planned, now)
            chase = self._chase(event, planned, now)
            to, office = planned.to or self.config.office.duty_addresses, self.config.office
            if planned.kind != "missed_candidate" or not {*to} & {*office.addresses}:
                return chase  # whether it was missed is the office's to decide
            links = Links(uow, self.config, self.post.stamp, to, now)
            return replace(chase, actions=links.of_missed(event.id))
        if planned.kind == "office_list":
            return self._office_list(planned, now)
        return self._reminder(planned, now)

    def _alert(
        self, uow: UnitOfWork, event: EventRecord, planned: PlannedLetter, now: datetime
    ) -> EmergencyAlert:
        draft = uow.drafts.get(event.draft_ids[0]) if event.draft_ids else None
        mail = uow.messages.get(draft.message_id) if draft else None
        return alert_letter(
            self.config,
            event,
            draft,
            None,
            sender=mail.sender if mail else "",
            repeat=int(planned.key.rpartition("/")[2]),
            now=now,
            stamp=self.post.stamp,
        )

    def _chase(self, event: EventRecord, planned: PlannedLetter, now: datetime) -> EmergencyChase:
        due = next((duty.due for duty in planned.obligations if duty.due), event.opened_at)
        config = self.config
        return EmergencyChase(
            event=f"E{event.id}",
            kind=self._chase_kind(planned, event),
            unit=event.unit or "单位待核",
            title=event.title,
            what=planned.reason,
            opened_at=event.opened_at,
            due=due,
            overdue=now >= due,
            elements=ELEMENTS,
            to_office=not planned.to,
            mailbox=config.smtp.from_,
            office=config.office.name,
            telephone=config.office.telephone,
            points=config.emergency.points_missed,
        )

    def _chase_kind(self, planned: PlannedLetter, event: EventRecord) -> str:
        """Who reported by telephone missed no report, if that counts: the writing is overdue."""
        counts = self.config.notice.open_questions.phone_report_stops_clock
        told = counts and event.phoned_at is not None
        return "written_overdue" if told and planned.kind == "missed_candidate" else planned.kind

    def _reminder(self, planned: PlannedLetter, now: datetime) -> Reminder:
        config = self.config
        lines = [(duty, self._owed(duty, now)) for duty in planned.obligations]
        owners = [name for duty, _ in lines for name in self._owners(duty)]
        return Reminder(
            unit=planned.unit,
            owners=tuple(dict.fromkeys(owners)),
            overdue=tuple(line for duty, line in lines if duty.state == "逾期"),
            soon=tuple(line for duty, line in lines if duty.state != "逾期"),
            unconfirmed=tuple(owed(duty, now) for duty in planned.unconfirmed),
            times=planned.times,
            escalated=planned.escalated,
            written_on=local_day(now),
            mailbox=config.smtp.from_,
            office=config.office.name,
            telephone=config.office.telephone,
            copied=planned.copied,
            pictures=any(line.measure == "张" for _, line in lines),
        )

    def _owed(self, duty: Obligation, now: datetime) -> Owed:
        """An obligation with what the notice asks of it."""
        line = owed(duty, now)
        if duty.kind == "media":
            return replace(line, requirement=_NOT_BY_MAIL)
        task = self._task(duty)
        return line if task is None else replace(line, requirement=task.requirement)

    def _owners(self, duty: Obligation) -> tuple[str, ...]:
        """责任人 of the annex-3 task a duty belongs to, those of this unit only."""
        task = self._task(duty)
        if task is None:
            return ()
        of_unit = persons_of(duty.unit, self.config.notice)
        return tuple(name for name in task.owners if name in of_unit)

    def _task(self, duty: Obligation) -> Task | None:
        """The annex-3 task a duty belongs to."""
        if duty.kind not in ("task", "pictures"):
            return None
        number = duty.key.split("/")[1]
        return next((task for task in self.config.tasks if str(task.no) == number), None)

    def _office_list(self, planned: PlannedLetter, now: datetime) -> OfficeList:
        return OfficeList(
            written_on=local_day(now),
            reason=planned.reason,
            units=tuple((duty.unit, owed(duty, now)) for duty in planned.obligations),
            office=self.config.office.name,
        )

    def _digest(
        self,
        uow: UnitOfWork,
        due: DigestDue,
        duties: Sequence[Obligation],
        ledger: Ledger,
        *,
        now: datetime,
    ) -> bool:
        config = self.config
        span = Span(due.start, due.end, due.label, due.late)
        letter: DailyDigest | Overview
        if due.kind == "daily":
            notes = self.notes(uow, now)
            letter = daily(uow, config, duties, ledger, span=span, now=now, notes=notes)
            letter = with_links(uow, config, self.post.stamp, letter, now)
        else:
            letter = overview(
                uow,
                config,
                duties,
                self._quotas(ledger, due, now),
                kind=due.kind,
                forecasts=forecast(config.notice, config.schedule, ledger, now),
                span=span,
                now=now,
            )
            self._write_notice(uow, due, now)
        # A digest left out because nothing happened is still on record as dealt with.
        silent = isinstance(letter, DailyDigest) and letter.empty
        if silent and not config.schedule.digest_when_empty:
            uow.facts.put(f"silent/{due.key}", "empty", now)
            return False
        queued = self.post.queue(
            uow, letter, key=due.key, lane="report", to=config.office.addresses, now=now
        )
        return queued is not None

    def _quotas(self, ledger: Ledger, due: DigestDue, now: datetime) -> Sequence[Obligation]:
        """The quotas of every period within the days an overview covers."""
        notice, schedule = self.config.notice, self.config.schedule
        desk = open_desk(notice, schedule, ledger, now, local_day(due.start))
        return tuple(quota_obligations(desk))

    def _write_notice(self, uow: UnitOfWork, due: DigestDue, now: datetime) -> None:
        """The notice of a month or quarter that has ended, held until the office releases it."""
        if self.papers is None or due.kind not in ("monthly", "quarterly"):
            return
        ended = period_of("month" if due.kind == "monthly" else "quarter", local_day(due.start))
        try:
            with uow.part():
                queue_bulletin(uow, self.config, self.post, self.papers, ended, now=now)
        except Refused as refusal:
            log.alarm("bulletin_refused", period=ended.code, reason=str(refusal)[:160])

    def still_due(self, uow: UnitOfWork, letter: OutboxRecord, now: datetime) -> str:
        """Why a letter is dropped at the moment of sending; empty when it must go."""
        if letter.lane not in ("urgent", "reminder"):
            return ""
        ledger = gather(uow, now, for_readers=False)
        if letter.lane == "urgent":
            return (
                "" if urgent_still_due(letter.key, self.config.notice, ledger, now) else _FULFILLED
            )
        seen = _instant(uow.facts.get(SEEN_UNTIL))
        if seen is not None and now - seen > POLL_IS_FRESH:
            return _BLIND
        config = self.config
        duties = all_obligations(config.notice, ledger, now, config.schedule)
        # A letter that is partly answered is planned anew for the rest.
        rest = still_due(letter.concerns, duties)
        return "" if len(rest) == len(letter.concerns) else _FULFILLED

    def working(self, now: datetime) -> bool:
        """Whether units may be reminded at this instant."""
        return working_moment(now, self.config.schedule.working_hours)

    def progress(self, uow: UnitOfWork, unit: str, now: datetime) -> Sequence[Progress]:
        """A unit's current quotas, for its receipt: derived for this unit alone."""
        row = self.config.notice.unit_by_name.get(unit)
        if row is None:
            return ()
        alone = self.config.notice.model_copy(update={"units": (row,), "tasks": ()})
        drafts = tuple(uow.drafts.since(midnight(records_since(now)), unit))
        desk = open_desk(alone, self.config.schedule, Ledger(drafts=drafts), now)
        return [
            Progress(
                f"{duty.period_label}{column_label(duty.column)}",
                int(duty.done),
                int(duty.needed),
            )
            for duty in quota_obligations(desk)
            if duty.unit == unit
            and duty.kind == "quota"
            and duty.needed
            and duty.period_start is not None
            and duty.due is not None
            and duty.period_start <= now < duty.due
        ]


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
