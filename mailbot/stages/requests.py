"""What the office asks of units, and takes back: 约稿 (四（一）) and activities (annex 2 备注).

The unit is told by mail as soon as it is asked. Each act is on record.
"""

from dataclasses import replace
from datetime import date, datetime

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.requests import Request
from mailbot.rules.calendar import midnight
from mailbot.rules.deadlines import activity_due
from mailbot.rules.fulfilment import NAMES, What, doubt_head
from mailbot.stages.fulfilling import deliver
from mailbot.stages.post import Post
from mailbot.stages.request_rows import change, find, request_key, unsend
from store.records import ActivityRecord, CommissionRecord
from store.unit_of_work import UnitOfWork


def commission(
    uow: UnitOfWork, config: Config, post: Post, item: CommissionRecord, by: str
) -> tuple[int, bool]:
    """Ask a unit for a draft and tell it so; its number, and whether it could be written to.

    Raises:
        Refused: The due time has passed, or no topic is given.
    """
    item, now = replace(item, topic=_topic(item.topic)), item.asked_at
    if item.due <= now:
        raise Refused("截止时间已经过去，请写一个将来的时间")
    number = uow.commissions.add(item)
    detail = {"unit": item.unit, "topic": item.topic, "due": item.due.isoformat()}
    uow.acts.add(now, by, "commission", f"commission:{number}", detail)
    letter = _letter(config, item, "约稿", item.due, None)
    return number, _tell(uow, config, post, letter, key=("commission", number), now=now)


def activity(
    uow: UnitOfWork, config: Config, post: Post, item: ActivityRecord, *, by: str, now: datetime
) -> tuple[int, bool]:
    """Register an activity and tell the section in charge; due at the end of the next day.

    A draft that came before the office registered it answers it at once, and nobody is asked.

    Raises:
        Refused: No topic is given.
    """
    item = replace(item, topic=_topic(item.topic))
    number = uow.commissions.add_activity(item)
    detail = {"unit": item.unit, "topic": item.topic, "on": item.held_on.isoformat()}
    uow.acts.add(now, by, "activity", f"activity:{number}", detail)
    if _answered_before(uow, item, number, now):
        return number, True
    due = activity_due(item, config.open_questions.next_day_until)
    letter = _letter(config, item, "活动信息", due, item.held_on)
    return number, _tell(uow, config, post, letter, key=("activity", number), now=now)


def _answered_before(uow: UnitOfWork, item: ActivityRecord, number: int, now: datetime) -> bool:
    for earlier in uow.drafts.since(midnight(item.held_on), item.unit):
        draft = uow.drafts.get(earlier.id)
        if draft is not None:
            deliver(uow, draft, now)
    return find(uow, "activity", number).state == "done"


def _topic(words: str) -> str:
    topic = " ".join(words.split())
    if not topic:
        raise Refused("请写明主题")
    return topic


def _letter(
    config: Config,
    item: CommissionRecord | ActivityRecord,
    kind: str,
    due: datetime,
    held_on: date | None,
) -> Request:
    return Request(
        kind=kind,
        unit=item.unit,
        topic=item.topic,
        due=due,
        held_on=held_on,
        mailbox=config.smtp.from_,
        office=config.office.name,
        telephone=config.office.telephone,
    )


def _tell(
    uow: UnitOfWork,
    config: Config,
    post: Post,
    letter: Request,
    *,
    key: tuple[What, int],
    now: datetime,
) -> bool:
    # The office asks by hand and at its own hour: the letter goes out at once, as answers do.
    to = config.notice.unit(letter.unit).reminder_addresses
    name = request_key(*key)
    return post.queue(uow, letter, key=name, lane="answer", to=to, now=now) is not None


def settle(
    uow: UnitOfWork, what: What, number: int, *, draft: int | None, by: str, now: datetime
) -> str:
    """Close by hand: delivered with `draft`, cancelled without. Returns what became of it.

    Raises:
        Refused: No such request, closed before, or no such draft.
    """
    item = find(uow, what, number)
    if item.state != "open":
        raise Refused(f"没有编号 {number} 的待交{NAMES[what]}")
    if draft is not None:
        _answer_doubt(uow, what, number, draft)
    state = "cancelled" if draft is None else "done"
    change(uow, what, number, state=state, draft_id=draft)
    asked = unsend(uow, what, number)
    uow.acts.add(now, by, f"{what}-{state}", f"{what}:{number}", {"draft": draft})
    if draft is not None:
        return "办结"
    return "取消（通知已经发出，请另行告知该单位）" if asked else "取消"


def _answer_doubt(uow: UnitOfWork, what: What, number: int, draft_id: int) -> None:
    """The office says that this draft is the one: whether it is need not be asked again."""
    draft = uow.drafts.get(draft_id)
    if draft is None:
        raise Refused(f"没有 #{draft_id} 这篇稿件")
    head = doubt_head(what, number)
    rest = [doubt for doubt in draft.needs_review if not doubt.startswith(f"{head}“")]
    if len(rest) < len(draft.needs_review):
        uow.drafts.change(draft_id, needs_review=rest)
