"""The orders carried out: each calls what the command line calls, in the mail's transaction.

Whatever cannot be done raises Refused with a Chinese sentence that says what to write.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.letters import Memo
from mailbot.rules.calendar import chinese_moment, local_day
from mailbot.rules.obligations import all_obligations
from mailbot.rules.order_dates import BadDate, Direction, When, find_when
from mailbot.rules.orders import FORMS, Order, split_form
from mailbot.stages import acts, corrections, emergencies_by_hand, requests, undoing
from mailbot.stages.corrected_events import Hand
from mailbot.stages.ledgers import gather
from mailbot.stages.post import Post
from mailbot.stages.same_item import heir_said
from store.drafts import DraftFilter
from store.records import ActivityRecord, CommissionRecord, DraftRecord, ExemptionRecord
from store.unit_of_work import UnitOfWork

_ISSUE = re.compile(r"(?:总?第\s?\d{1,6}\s?期|\S{0,16}〔\d{4}〕\s?\d{1,6}\s?号)")
_MARKS = "，,。；;：: 　"
_MOST_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Work:
    """Who orders what, by which mail.

    Attributes:
        said_at: When the order was written; its words (明天, 8时22分) are meant then.
        sha256: Digest of the mail that bore the order.
    """

    uow: UnitOfWork
    config: Config
    post: Post
    by: str
    now: datetime
    said_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in Chinese, and the acts by which it can be undone."""

    said: str
    acts: tuple[int, ...] = ()


def perform(work: Work, order: Order) -> Done:
    """Carry out one order.

    Raises:
        Refused: It cannot be done as written; what it changed so far is to be undone.
    """
    _known_drafts(work.uow, order)
    _known_event(work.uow, order)
    return _VERBS[order.verb](work, order)


# ---- scores


def _adopt(work: Work, order: Order) -> Done:
    entry, words = _entry(work, order.rest)
    publication, form = split_form(words)
    done = acts.adopt(
        work.uow,
        work.config,
        entry,
        drafts=order.drafts,
        publication=publication,
        form=form,
    )
    return _recorded(done)


def _instruct(work: Work, order: Order) -> Done:
    entry, leader = _entry(work, order.rest)
    done = acts.instruct(work.uow, work.config, entry, draft_id=order.drafts[0], leader=leader)
    return _recorded([done])


def _commend(work: Work, order: Order) -> Done:
    good = order.verb == "表扬"
    entry = acts.Entry(work.by, work.now, local_day(work.said_at), order=work.sha256)
    if order.drafts:
        targets = [(f"#{number}", order.rest) for number in order.drafts]
    else:
        unit, _, because = order.rest.partition(" ")
        targets = [(unit, because)]
    return _recorded(
        [
            acts.commend(work.uow, work.config, entry, good=good, target=target, because=because)
            for target, because in targets
        ]
    )


def _credit(work: Work, order: Order) -> Done:
    entry = acts.Entry(work.by, work.now, local_day(work.said_at), order=work.sha256)
    done = acts.credit_emergency(
        work.uow, work.config, entry, event_id=order.event or 0, because=order.rest
    )
    return _recorded([done])


def _blame(work: Work, order: Order) -> Done:
    entry = acts.Entry(work.by, work.now, local_day(work.said_at), order=work.sha256)
    named = [fault for fault in acts.FAULTS if fault in order.rest]
    if len(named) != 1:
        raise Refused(f"扣分原因请写明一种：{'、'.join(acts.FAULTS)}")
    because = order.rest.replace(named[0], "", 1).strip(_MARKS)
    done = acts.blame_emergency(
        work.uow,
        work.config,
        entry,
        event_id=order.event or 0,
        fault=named[0],
        because=because,
    )
    return _recorded([done])


def _entry(work: Work, words: str) -> tuple[acts.Entry, str]:
    """The day and the evidence named in an order, and its other words."""
    issue = _ISSUE.search(words)
    if issue is not None:
        words = f"{words[: issue.start()]} {words[issue.end() :]}"
    when = _when(words, work, "past")
    if when is not None:
        words = f"{words[: when.start]} {words[when.end :]}"
    on = when.day if when is not None else local_day(work.said_at)
    evidence = issue[0].strip() if issue else ""
    return acts.Entry(work.by, work.now, on, evidence, work.sha256), words.strip(_MARKS)


def _recorded(done: Sequence[acts.Recorded]) -> Done:
    return Done("；".join(one.said for one in done), tuple(one.act for one in done))


# ---- drafts


def _send_back(work: Work, order: Order) -> Done:
    draft = _draft(work.uow, order.drafts[0])
    act = corrections.send_back(work.uow, draft.id, order.rest, work.by, work.now)
    told = _tell_unit(
        work,
        draft,
        f"【退回】《{draft.title}》",
        f"贵单位报送的#{draft.id}《{draft.title}》已退回，不计入报送任务，请修改后重报。",
        (f"退回原因：{order.rest}",),
        key=f"returned/{act}",
    )
    said = "已告知单位" if told else "该单位没有登记邮箱，请另行告知"
    said += heir_said(work.uow, act)
    return Done(f"已退回#{draft.id}《{draft.title}》（{draft.unit or '单位待核'}），{said}", (act,))


def _tell_unit(
    work: Work, draft: DraftRecord, title: str, intro: str, lines: tuple[str, ...], *, key: str
) -> bool:
    row = work.config.notice.unit_by_name.get(draft.unit)
    to = row.reminder_addresses if row is not None else ()
    letter = Memo(title, intro, lines, (), "", work.config.office.name)
    queued = work.post.queue(work.uow, letter, key=key, lane="answer", to=to, now=work.now)
    return queued is not None


def _correct(work: Work, order: Order) -> Done:
    wanted: dict[str, str] = {}
    for name, value in order.pairs:
        if wanted.setdefault(name, value) != value:
            raise Refused(f"“{name}”写了两个不同的值：{wanted[name]}、{value}，请只写一个")
    hand = Hand(work.config, work.post, work.by, work.now)
    act = corrections.correct(work.uow, order.drafts[0], wanted, hand)
    changed = "，".join(f"{name}＝{value}" for name, value in wanted.items())
    return Done(f"已更正#{order.drafts[0]}：{changed}", (act,))


# ---- requests and emergencies


def _commission(work: Work, order: Order) -> Done:
    unit, when, topic = _unit_time_topic(work, order, "future")
    closing = work.config.schedule.working_hours[1]
    item = CommissionRecord(0, unit, topic, work.now, when.instant(closing))
    number, told = requests.commission(work.uow, work.config, work.post, item, work.by)
    due = chinese_moment(item.due)
    said = f"已登记约稿{number}：{unit}，{due}前，“{topic}”，{_told(told=told)}"
    return Done(said, _last_act(work.uow, f"commission:{number}"))


def _activity(work: Work, order: Order) -> Done:
    unit, when, topic = _unit_time_topic(work, order, "near")
    item = ActivityRecord(0, unit, topic, when.day)
    number, told = requests.activity(
        work.uow, work.config, work.post, item, by=work.by, now=work.now
    )
    day = f"{when.day.month}月{when.day.day}日"
    said = f"已登记活动{number}：{unit}，{day}“{topic}”，次日前报送，{_told(told=told)}"
    return Done(said, _last_act(work.uow, f"activity:{number}"))


def _emergency(work: Work, order: Order) -> Done:
    unit, when, title = _unit_time_topic(work, order, "past")
    if when.clock is None:
        raise Refused(f"没有写事发的时刻，请写成：{FORMS['突发']}")
    happened = when.instant(when.clock)
    if happened > work.said_at:
        raise Refused(f"事发时间{chinese_moment(happened)}还没有到，请核对")
    event_id = emergencies_by_hand.open_event(
        work.uow, unit=unit, title=title, happened=happened, by=work.by, now=work.said_at
    )
    said = f"已登记突发事件E{event_id}：{unit}“{title}”，{chinese_moment(happened)}事发，"
    acts_of = _last_act(work.uow, f"event:{event_id}")
    return Done(f"{said}按电话首报计时；书面报告由系统催报", acts_of)


def _acknowledge(work: Work, order: Order) -> Done:
    event = emergencies_by_hand.acknowledge(work.uow, order.event or 0, work.by, work.now)
    said = f"已确认{event.unit or '单位待核'}“{event.title}”，停止重复提醒；续报、终报仍会继续跟踪"
    return Done(said, _last_act(work.uow, f"event:{event.id}"))


def _told(*, told: bool) -> str:
    return "已通知该单位" if told else "该单位没有登记邮箱，请另行通知"


def _unit_time_topic(work: Work, order: Order, direction: Direction) -> tuple[str, When, str]:
    when = _when(order.rest, work, direction)
    if when is None:
        raise Refused(f"没有写时间，请写成：{FORMS[order.verb]}")
    before, after = (
        part.strip(_MARKS) for part in (order.rest[: when.start], order.rest[when.end :])
    )
    after = after.removeprefix("前").strip(_MARKS) if direction == "future" else after
    name, _, rest = (before or after).partition(" ")
    topic = f"{rest} {after}".strip() if before else rest.strip()
    unit = corrections.unit_or_refuse(name, work.config)
    if not topic:
        raise Refused(
            f"没有写{'事由' if order.verb == '突发' else '主题'}，请写成：{FORMS[order.verb]}"
        )
    return unit, when, topic


def _when(words: str, work: Work, direction: Direction) -> When | None:
    found = find_when(words, work.said_at, direction)
    if isinstance(found, BadDate):
        raise Refused(found.because)
    return found


# ---- duties


def _exempt(work: Work, order: Order) -> Done:
    name, _, because = order.rest.partition(" ")
    if not because.strip():
        raise Refused(f"没有写免除原因，请写成：{FORMS['免除']}")
    ledger = gather(work.uow, work.now)
    duties = all_obligations(work.config.notice, ledger, work.now, work.config.schedule)
    found = [duty for duty in duties if duty.key == name]
    if not found:
        unit = corrections.unit_or_refuse(name, work.config) if "/" not in name else ""
        open_ones = [duty for duty in duties if duty.unit == unit and duty.open]
        named = [duty for duty in open_ones if duty.period_label.partition("（")[0] in because]
        found = named if len(named) == 1 else open_ones
        if len(found) != 1:
            raise Refused(_which_duty(name, [(duty.key, duty.what) for duty in found]))
    duty = found[0]
    because = because.strip()
    record = ExemptionRecord(0, duty.key, duty.unit, because, work.now, work.by)
    work.uow.acts.exempt(record)
    act = work.uow.acts.add(work.now, work.by, "exempt", f"duty:{duty.key}", {"because": because})
    return Done(f"已免除{duty.unit}{duty.period_label}{duty.what}（{because}）", (act,))


def _which_duty(name: str, duties: Sequence[tuple[str, str]]) -> str:
    if not duties:
        return f"没有编号为“{name}”的任务，也没有以此为名的单位有未完成的任务"
    offered = "；".join(f"免除 {key} 原因（{what}）" for key, what in duties[:_MOST_OFFERED])
    return f"“{name}”有{len(duties)}项未完成的任务，请写明是哪一项：{offered}"


# ---- undoing


def _undo(work: Work, order: Order) -> Done:
    if not order.acts:
        raise Refused(
            f"没有找到要撤销的操作。请直接回复【答复】邮件写“撤销”，或写明操作号{_recent(work)}"
        )
    known = {act.id: act for act in work.uow.acts.all()}
    said = []
    for number in sorted(order.acts, reverse=True):
        if number not in known:
            raise Refused(f"没有操作{number}{_recent(work)}")
        said.append(undoing.undo(work.uow, number, work.by, work.now))
        if known[number].verb == corrections.RETURN:
            _untell(work, number, known[number].subject)
    return Done(f"已撤销：{'、'.join(said)}")


def _untell(work: Work, act: int, subject: str) -> None:
    """The unit is told that its draft counts again, unless it was never told otherwise."""
    for letter in work.uow.outbox.in_state("queued", "deferred", "held"):
        if letter.key == f"returned/{act}":
            work.uow.outbox.settle(letter.id, "cancelled", "退回已撤销")
            return
    if work.uow.outbox.has_key(f"returned/{act}"):
        draft = _draft(work.uow, int(subject.partition(":")[2]))
        intro = f"贵单位报送的#{draft.id}《{draft.title}》的退回已撤销，仍按原稿计，不必重报。"
        _tell_unit(work, draft, f"【退回撤销】《{draft.title}》", intro, (), key=f"kept/{act}")


def _recent(work: Work) -> str:
    """The last acts of this sender that can be undone, as a hint."""
    own = [
        act
        for act in work.uow.acts.all()
        if act.by == work.by and act.undone_by is None and act.verb in undoing.NAMES
    ]
    told = "、".join(f"操作{act.id}（{undoing.NAMES[act.verb]}）" for act in own[-_MOST_OFFERED:])
    return f"；您最近的操作：{told}" if told else ""


def scoring_acts(uow: UnitOfWork, numbers: Sequence[int]) -> bool:
    """Whether one of these acts gave or took points."""
    wanted = set(numbers)
    return any(act.id in wanted and act.verb in acts.VERBS for act in uow.acts.all())


def _last_act(uow: UnitOfWork, subject: str) -> tuple[int, ...]:
    found = uow.acts.of(subject)
    return (found[-1].id,) if found else ()


# ---- numbers that are not on record


def _known_drafts(uow: UnitOfWork, order: Order) -> None:
    for number in order.drafts:
        if uow.drafts.get(number) is None:
            recent = uow.drafts.listing(DraftFilter(limit=_MOST_OFFERED))
            near = "、".join(f"#{draft.id}《{draft.title}》" for draft in recent)
            raise Refused(f"没有#{number}这篇稿件。{'最近的稿件：' + near if near else ''}")


def _known_event(uow: UnitOfWork, order: Order) -> None:
    if order.event is not None and uow.events.get(order.event) is None:
        events = list(uow.events.all())[-_MOST_OFFERED:]
        near = "、".join(f"E{event.id} {event.unit}“{event.title}”" for event in events)
        raise Refused(f"没有E{order.event}这个突发事件。{'现有：' + near if near else ''}")


def _draft(uow: UnitOfWork, number: int) -> DraftRecord:
    return corrections.draft_or_refuse(uow, number)


_VERBS: Mapping[str, Callable[[Work, Order], Done]] = {
    "采用": _adopt,
    "批示": _instruct,
    "表扬": _commend,
    "批评": _commend,
    "加分": _credit,
    "扣分": _blame,
    "退回": _send_back,
    "更正": _correct,
    "约稿": _commission,
    "活动": _activity,
    "突发": _emergency,
    "收到": _acknowledge,
    "免除": _exempt,
    "撤销": _undo,
}
