"""【日报】 and 【周报】 computed from the store: contexts, not letters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.notice import Quota
from mailbot.records.ledger import Ledger
from mailbot.records.letter_lines import (
    BoardCell,
    BoardGroup,
    BoardRow,
    CloudFile,
    DigestDraft,
    DigestEvent,
    DigestNote,
    DigestOverdue,
    DigestTrouble,
    FolderCount,
    Forecast,
    Owed,
)
from mailbot.records.letters import DailyDigest, Overview, OverviewKind
from mailbot.records.obligations import Obligation
from mailbot.rules.calendar import local_day
from mailbot.rules.fulfilment import DELIVERED
from mailbot.rules.quotas import is_unsure
from mailbot.rules.reminders import INSTANT, arrears
from mailbot.rules.same_item_words import in_lists
from mailbot.stages.arrivals import known_addresses
from store.records import DraftRecord, EventRecord, MessageRecord, OutboxRecord
from store.unit_of_work import UnitOfWork

_IGNORED = ("bounce", "auto_reply", "other")
_EXPIRY_WARNING = timedelta(days=3)
_EVENT_STATES = {"open": "处置中", "closed": "已终报", "dismissed": "已排除"}
_LEVELS = {"alert": "突发事件", "review": "疑似突发，请核"}


@dataclass(frozen=True, slots=True)
class Span:
    """What a report covers: [start, end), and whether it is sent late (补发)."""

    start: datetime
    end: datetime
    label: str
    late: bool = False


def owed(duty: Obligation, now: datetime) -> Owed:
    """An obligation as letters show it."""
    due = duty.due or now
    left = (local_day(due - INSTANT) - local_day(now)).days
    return Owed(
        what=duty.what,
        period=duty.period_label,
        needed=int(duty.needed),
        done=int(duty.done),
        due=due,
        state=duty.state,
        days=abs(left),
        clause=duty.clause,
        measure=duty.measure,
        because=duty.cut,
    )


def daily(
    uow: UnitOfWork,
    config: Config,
    duties: Sequence[Obligation],
    ledger: Ledger,
    *,
    span: Span,
    now: datetime,
    notes: Iterable[str] = (),
) -> DailyDigest:
    """The office's digest of [span.start, span.end)."""
    drafts = uow.drafts.between(span.start, span.end)
    lines = [_draft_line(draft) for draft in drafts if draft.kind != "非稿件"]
    mails = uow.messages.between(span.start, span.end)
    counts = uow.outbox.counts()
    waiting = sum(counts.get(state, 0) for state in ("queued", "deferred", "sending", "unknown"))
    expiring = uow.messages.cloud_links_expiring(now, now + _EXPIRY_WARNING)
    return DailyDigest(
        day=shanghai(span.end).date(),
        start=span.start,
        end=span.end,
        late=span.late,
        drafts=tuple(line for line in lines if not line.review),
        review=tuple(line for line in lines if line.review),
        events=tuple(_event_lines(uow, span)),
        overdue=tuple(_overdue(config, duties, ledger)),
        trouble=tuple(_trouble(uow, span)),
        expiring=tuple(CloudFile(link.name, link.size, link.expires_at) for link in expiring),
        folders=tuple(folder_counts(uow)),
        received=len(mails),
        ignored=sum(mail.kind in _IGNORED for mail in mails),
        letters_sent=len(uow.outbox.sent_between(span.start, span.end)),
        letters_waiting=waiting,
        notes=tuple(notes),
        office=config.office.name,
        said=tuple(_said(mails, known_addresses(uow, config))),
    )


def _said(mails: Iterable[MessageRecord], known: Mapping[str, str]) -> Iterable[DigestNote]:
    """Receipts ask units to answer when something is wrong: the office hears of it here."""
    for mail in mails:
        if mail.kind == "other" and mail.summary.get("says") and mail.sender in known:
            yield DigestNote(known[mail.sender], mail.subject, mail.received_at)


def _draft_line(draft: DraftRecord) -> DigestDraft:
    notes = []
    if said := in_lists(draft.relation, draft.same_item_as):
        notes.append(said)
    if draft.state == "not_counted":
        notes.append("不计数")
    if draft.task is not None:
        notes.append(f"附件3第{draft.task}项")
    notes.extend(str(reason["because"]) for reason in draft.reasons if _is_told(reason))
    return DigestDraft(
        number=f"#{draft.id}",
        received_at=draft.received_at,
        unit="、".join(draft.joint) or draft.unit or "单位待核",
        title=draft.title,
        kind=draft.kind,
        words=draft.words,
        approximate=draft.approximate,
        note="；".join(notes),
        review=draft.needs_review,
    )


def _is_told(reason: Mapping[str, object]) -> bool:
    """Reasons of which the office is told without asking: two times of receipt, 约稿 delivered."""
    return reason.get("verdict") in {*DELIVERED, "收到时间"}


def _event_lines(uow: UnitOfWork, span: Span) -> Iterable[DigestEvent]:
    """Those open, and those begun or ended meanwhile: the office hears of the end too."""
    for event in uow.events.all():
        told = (event.opened_at, event.closed_at or event.opened_at)
        if event.state == "open" or any(span.start <= one < span.end for one in told):
            yield event_line(uow, event)


def event_line(uow: UnitOfWork, event: EventRecord) -> DigestEvent:
    """An emergency in one line."""
    first = uow.drafts.get(event.draft_ids[0]) if event.draft_ids else None
    verdict = _LEVELS.get(event.level, "")
    if first is not None and first.punctuality != "不适用":
        took = f"，事发至收到{first.minutes_to_report}分钟" if first.minutes_to_report else ""
        verdict = f"{verdict}，{first.punctuality}{took}"
    state = _EVENT_STATES[event.state]
    if event.state == "open" and event.acknowledged_at is None:
        state = "尚无人确认"
    return DigestEvent(
        event=f"E{event.id}",
        unit=event.unit or "单位待核",
        title=event.title,
        received_at=event.opened_at,
        verdict=verdict,
        state=state,
    )


def _overdue(
    config: Config, duties: Sequence[Obligation], ledger: Ledger
) -> Iterable[DigestOverdue]:
    for owing in arrears(config.notice, config.schedule, duties, ledger):
        yield DigestOverdue(
            unit=owing.unit,
            items=tuple(_owed_words(duty) for duty in owing.obligations),
            reminded=owing.times,
            reachable=owing.reachable,
            escalated=owing.escalated,
        )


def _owed_words(duty: Obligation) -> str:
    return f"{duty.period_label}{duty.what}，欠{duty.missing:g}{duty.measure}"


def _trouble(uow: UnitOfWork, span: Span) -> Iterable[DigestTrouble]:
    for mail, file in uow.messages.unreadable_between(span.start, span.end):
        yield DigestTrouble(f"附件“{file.name}”", mail.sender, mail.received_at, file.reason)
    for mail in uow.messages.quarantined():
        if span.start <= mail.received_at < span.end:
            yield DigestTrouble("整封邮件", mail.sender, mail.received_at, mail.reason)
    for letter in uow.outbox.in_state("failed"):
        if letter.attempted_at is not None and span.start <= letter.attempted_at < span.end:
            yield _undelivered(letter)


def _undelivered(letter: OutboxRecord) -> DigestTrouble:
    what = f"发给{'、'.join(letter.to)}的信《{letter.subject}》"
    return DigestTrouble(what, "本系统", letter.attempted_at or letter.created_at, letter.reason)


def folder_counts(uow: UnitOfWork) -> Iterable[FolderCount]:
    """Per folder: server count against recorded + ignored + quarantined."""
    for cursor in uow.cursors.latest():
        tally = uow.cursors.tally(cursor.folder, cursor.uid_validity)
        yield FolderCount(
            folder=cursor.folder,
            server=cursor.server_count,
            recorded=tally["recorded"],
            ignored=tally["ignored"],
            quarantined=tally["quarantined"],
            agrees=cursor.server_count <= sum(tally.values()),
        )


def overview(
    uow: UnitOfWork,
    config: Config,
    duties: Sequence[Obligation],
    quotas: Sequence[Obligation],
    *,
    kind: OverviewKind,
    forecasts: Sequence[Forecast],
    span: Span,
    now: datetime,
) -> Overview:
    """The quota board of the week, month or quarter, with what may still be missed.

    `duties` are those of the instant, `quotas` the quotas of all periods within the span.
    """
    drafts = [d for d in uow.drafts.between(span.start, span.end) if d.state == "counted"]
    kinds = Counter(draft.kind for draft in drafts)
    wrote = {name for draft in drafts for name in (draft.joint or (draft.unit,))}
    groups = tuple(_groups(config, quotas, span, kind))
    rows = [row for group in groups for row in group.rows]
    open_tasks = [duty for duty in duties if duty.kind in ("task", "pictures") and duty.open]
    return Overview(
        kind=kind,
        label=span.label,
        late=span.late,
        total=len(drafts),
        by_kind=tuple((kind, kinds[kind]) for kind in (*config.kinds, "待审") if kinds[kind]),
        groups=groups,
        forecasts=tuple(forecasts),
        tasks=tuple(_of_unit(duty, now) for duty in open_tasks),
        events=tuple(_event_lines(uow, span)),
        zero_units=tuple(row.unit for row in rows if row.unit not in wrote and _lacks(row)),
        notes=(),
        office=config.office.name,
        upward=tuple(_upward(duties, span, now)),
        unsure=any(cell.unsure for row in rows for cell in (row.short, row.long)),
    )


def _lacks(row: BoardRow) -> bool:
    """Whether the row owes something beyond doubt that did not come."""
    return any(not cell.unsure and cell.done < cell.needed for cell in (row.short, row.long))


def _of_unit(duty: Obligation, now: datetime) -> Owed:
    line = owed(duty, now)
    return replace(line, what=f"{duty.unit} {line.what}")


def _upward(duties: Sequence[Obligation], span: Span, now: datetime) -> Iterable[Owed]:
    """The bureau's own targets: running ones, and those that ended unmet in this span."""
    for duty in duties:
        if duty.kind != "office" or duty.due is None or duty.state in ("已完成", "免除"):
            continue
        running = duty.period_start is None or duty.period_start <= now < duty.due
        if running or span.start < duty.due <= span.end:
            yield owed(duty, now)


def _groups(
    config: Config, quotas: Sequence[Obligation], span: Span, kind: OverviewKind
) -> Iterable[BoardGroup]:
    by_cell: dict[tuple[str, int | None], list[Obligation]] = {}
    for duty in quotas:
        if duty.kind == "quota":
            by_cell.setdefault((duty.unit, duty.column), []).append(duty)
    for name in dict.fromkeys(unit.group for unit in config.units):
        rows = tuple(
            BoardRow(
                unit=unit.name,
                short=_cell(by_cell.get((unit.name, 1), ()), unit.short, span, kind),
                long=_cell(by_cell.get((unit.name, 2), ()), unit.long, span, kind),
            )
            for unit in config.units
            if unit.group == name
        )
        yield BoardGroup(name, rows)


def _cell(duties: Iterable[Obligation], quota: Quota, span: Span, kind: OverviewKind) -> BoardCell:
    """A column's quota: that of the period running at the end of the span.

    In the overview of a month or quarter, the sum of all periods that ended in it, if any did;
    no period makes up for another, and least of all one that was released (免除).
    """
    shown = [duty for duty in duties if _covers(duty, span.end - INSTANT)]
    if kind != "weekly":
        ended = [one for one in duties if one.due and span.start < one.due <= span.end]
        shown = ended or shown
    owed_ones = [one for one in shown if one.state != "免除"]
    return BoardCell(
        done=sum(min(one.done, one.needed) if len(shown) > 1 else one.done for one in owed_ones),
        needed=sum(one.needed for one in owed_ones),
        exempt=bool(shown) and not owed_ones,
        unsure=bool(shown) and is_unsure(quota),
    )


def _covers(duty: Obligation, instant: datetime) -> bool:
    if duty.period_start is None or duty.due is None:
        return False
    return duty.period_start <= instant < duty.due
