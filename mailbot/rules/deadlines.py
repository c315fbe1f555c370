"""Duties with a due time of their own: 约稿 (四（一）) and activities (annex 2 备注)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from mailbot.records.obligations import Obligation
from mailbot.rules.calendar import DAY, at_clock, chinese_day, chinese_moment, local_day, midnight
from mailbot.rules.desk import Desk, state_of, told_before, told_on
from store.records import ActivityRecord, CommissionRecord, DraftRecord


def commission_obligations(desk: Desk) -> Iterator[Obligation]:
    """约稿: due at the set time, that very instant included; late delivery still fulfils it.

    Done and cancelled ones are shown as long as they fell due in the time asked about.
    """
    drafts = _drafts(desk, (item.draft_id for item in desk.ledger.commissions))
    for item in desk.ledger.commissions:
        if item.state == "open" or local_day(item.due) >= desk.since:
            yield _commission(desk, item, drafts.get(item.draft_id or 0))


def activity_obligations(desk: Desk) -> Iterator[Obligation]:
    """重要会议、行程、活动: the section in charge delivers by the next day (次日前)."""
    drafts = _drafts(desk, (item.draft_id for item in desk.ledger.activities))
    for item in desk.ledger.activities:
        if item.state == "open" or item.held_on >= desk.since:
            yield _activity(desk, item, drafts.get(item.draft_id or 0))


def activity_due(item: ActivityRecord, until: str) -> datetime:
    """When the draft on an activity is due; `until` is the time on the next day ("24:00")."""
    following = item.held_on + DAY
    if until == "24:00":
        return midnight(following + DAY)
    return at_clock(following, time.fromisoformat(until))


def _drafts(desk: Desk, wanted: Iterator[int | None]) -> dict[int, DraftRecord]:
    ids = {draft for draft in wanted if draft is not None}
    if not ids:
        return {}
    return {draft.id: draft for draft in desk.ledger.drafts if draft.id in ids}


def _commission(desk: Desk, item: CommissionRecord, draft: DraftRecord | None) -> Obligation:
    asked = local_day(item.asked_at)
    # The last day is the day of the last instant in time: due 24:00 is due the day before.
    last = local_day(item.due - timedelta(microseconds=1))
    told = told_before(
        last, desk.schedule.task_remind_days, desk.schedule.working_hours[0], asked, item.due
    )
    told = tuple(moment for moment in told if moment > item.asked_at)
    duty = Obligation(
        key=f"commission/{item.id}",
        unit=item.unit,
        what=f"约稿：{item.topic}",
        column=None,
        period_label=f"{chinese_moment(item.asked_at)}布置的",
        period_start=item.asked_at,
        due=item.due,
        needed=1,
        done=0,
        state="未到期",
        clause="四（一）",
        kind="commission",
        # Asked at short notice: told once, half-way.
        remind_at=told or (item.asked_at + (item.due - item.asked_at) / 2,),
    )
    return _settled(desk, duty, item, draft)


def _activity(desk: Desk, item: ActivityRecord, draft: DraftRecord | None) -> Obligation:
    due = activity_due(item, desk.notice.open_questions.next_day_until)
    following = item.held_on + DAY
    told = told_on(following, desk.schedule.working_hours[0], following, due)
    duty = Obligation(
        key=f"activity/{item.id}",
        unit=item.unit,
        what=f"活动信息：{item.topic}",
        column=None,
        period_label=f"{chinese_day(item.held_on)}活动",
        period_start=midnight(item.held_on),
        due=due,
        needed=1,
        done=0,
        state="未到期",
        clause="附件2备注",
        kind="activity",
        remind_at=() if told is None else (told,),
    )
    return _settled(desk, duty, item, draft)


def _settled(
    desk: Desk,
    duty: Obligation,
    record: CommissionRecord | ActivityRecord,
    draft: DraftRecord | None,
) -> Obligation:
    """The duty with its state; a draft withdrawn or returned fulfils nothing."""
    assert duty.due is not None
    delivered = record.state == "done"
    if draft is not None:
        delivered = draft.state not in ("withdrawn", "returned")
    released = desk.exemption(duty.key)
    if record.state == "cancelled":
        released = "办公室已取消。"
    near = duty.remind_at[0] if duty.remind_at else midnight(local_day(duty.due) - DAY)
    state = state_of(desk.now, duty.due, near, fulfilled=delivered, exempt=bool(released))
    notes = released
    if delivered and draft is not None and draft.received_at > duty.due:
        notes += f"迟交：{chinese_moment(draft.received_at)}收到，"
        notes += f"期限是{chinese_moment(duty.due)}。"
    return replace(
        duty,
        done=int(delivered),
        state=state,
        fulfilled_by=(draft.id,) if delivered and draft is not None else (),
        explanation=notes,
        remindable=state in ("临期", "逾期"),
    )
