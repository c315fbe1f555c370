"""Tasks of annex 3: dated by 旬, seasons, monthly tasks, pictures by the 25th, ongoing ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailbot.notice import Confidence, Task, Unit
from mailbot.records.obligations import DutyKind, Obligation
from mailbot.rules.calendar import (
    DAY,
    PeriodKind,
    Window,
    chinese_day,
    chinese_moment,
    midnight,
    periods_between,
    window,
)
from mailbot.rules.desk import LAST_INSTANT, Desk, Timeline, state_of, told_before
from mailbot.rules.first_period import first_day_of, part_of
from mailbot.rules.task_windows import dated_window

UNCLEAR = "通知未写明（{}），待办公室确认，确认前不催报、不通报。"
ONGOING = "常态推进，没有期限，只列出，不催报。"


@dataclass(frozen=True, slots=True)
class _Duty:
    """One task of one unit in one window.

    Attributes:
        window: The window shown; its last day need not be the due day.
        due_day: Last day in time.
        arrivals: What counts towards it.
        counts_from: First instant of arrivals that count: early is no failure.
        late_until: Until when a late delivery still fulfils it.
    """

    task: Task
    unit: Unit
    window: Window
    due_day: date
    arrivals: Timeline
    counts_from: datetime
    late_until: datetime
    amount: int
    measure: str = "篇"
    kind: DutyKind = "task"
    confidence: Confidence = "certain"


def task_obligations(desk: Desk) -> Iterator[Obligation]:
    """Every task of annex 3 for every unit it names (常态推进 without a due time)."""
    for task in desk.notice.tasks:
        for unit in task_units(desk, task):
            if task.kind == "ongoing":
                yield from _ongoing(desk, task, unit)
            else:
                duties = _recurring if task.every is not None else _dated
                for duty in duties(desk, task, unit):
                    yield _obligation(desk, duty)


def task_units(desk: Desk, task: Task) -> tuple[Unit, ...]:
    """The rows of annex 2 a task names, each once."""
    named = {row for name in task.units for row in desk.resolve(name)}
    return tuple(unit for unit in desk.notice.units if unit.name in named)


def _years(desk: Desk, task: Task, first: date, last: date) -> range:
    """Years in which a task stands: its own, and later ones where it carries on."""
    if desk.notice.open_questions.dated_tasks_carry_on:
        return range(max(first.year, (task.start or first).year), last.year + 1)
    return range(desk.notice.head.year, desk.notice.head.year + 1)


def _dated(desk: Desk, task: Task, unit: Unit) -> Iterator[_Duty]:
    carried = desk.notice.open_questions.dated_tasks_carry_on
    for year in _years(desk, task, desk.since_task, desk.today):
        wanted = dated_window(task, year, desk.notice)
        if wanted.last < desk.since_task:
            continue
        yield _Duty(
            task=task,
            unit=unit,
            window=wanted,
            due_day=wanted.last,
            arrivals=desk.index.for_task(unit.name, task.no),
            counts_from=midnight(date(wanted.first.year, 1, 1)),
            late_until=midnight(date(year + 1, 1, 1)) if carried else LAST_INSTANT,
            amount=1,
        )


def _recurring(desk: Desk, task: Task, unit: Unit) -> Iterator[_Duty]:
    """One duty a month (or week), as far as today."""
    every = task.every
    assert every is not None
    first = max(task.start or desk.notice.head.effective, desk.since)
    last = min(desk.today, task.due or date.max)
    if not desk.notice.open_questions.dated_tasks_carry_on:
        last = min(last, date(desk.notice.head.year, 12, 31))
    per: PeriodKind = "month" if every.freq == "monthly" else "week"
    starts_on = desk.notice.open_questions.week_starts_on
    for one in periods_between(per, first, last, starts_on):
        duty = _Duty(
            task=task,
            unit=unit,
            window=one,
            due_day=one.last,
            arrivals=desk.index.for_task(unit.name, task.no),
            counts_from=one.start,
            late_until=one.end,
            amount=every.count or 1,
            confidence="guess" if task.unclear else "certain",
        )
        yield _pictures(desk, duty) if every.min_images else duty


def _pictures(desk: Desk, duty: _Duty) -> _Duty:
    """Distinct pictures by a day of the month (annex 3 no. 26), whichever mail they came in."""
    every, of_unit = duty.task.every, duty.unit.name
    assert every is not None
    fixed = [
        amount
        for name, amount in duty.task.min_images_by_unit.items()
        if of_unit in desk.resolve(name)
    ]
    due_day = duty.window.last
    if every.day is not None and every.freq == "monthly":
        due_day = due_day.replace(day=min(every.day, due_day.day))
    # A number printed beside the unit's name is clear, whatever is said of the others.
    confidence: Confidence = "likely" if fixed and duty.task.unclear else duty.confidence
    return replace(
        duty,
        due_day=due_day,
        arrivals=desk.index.pictures(of_unit),
        amount=fixed[0] if fixed else every.min_images,
        measure="张",
        kind="pictures",
        confidence=confidence,
    )


def _obligation(desk: Desk, duty: _Duty) -> Obligation:
    task, due = duty.task, midnight(duty.due_day + DAY)
    key = f"task/{task.no}/{duty.unit.name}/{duty.window.code}"
    asked = window(duty.window.code, "", duty.window.first, duty.due_day)
    rule = desk.notice.open_questions.first_period
    first_day = first_day_of(desk.notice, duty.unit)
    needed, why = part_of(duty.amount, asked, first_day, rule, measure=duty.measure)
    released = desk.exemption(key)
    in_time, late = _arrived(duty, due, needed)
    done = in_time + late
    unsure = duty.confidence == "guess" and not task.confirmed
    told = told_before(
        duty.due_day,
        desk.schedule.task_remind_days,
        desk.schedule.working_hours[0],
        duty.window.first,
        due,
    )
    state = state_of(
        desk.now,
        due,
        told[0] if told else midnight(duty.due_day),
        fulfilled=done >= needed,
        exempt=bool(released) or not needed,
        unsure=unsure,
    )
    notes = released or why
    remindable = state in ("临期", "逾期")
    if done < needed and unsure and not released:
        notes += UNCLEAR.format(task.unclear)
    if state == "已完成" and late:
        notes += _lateness(duty, needed)
    if state == "逾期":
        later = duty.arrivals.count(duty.late_until)
        if later and later >= needed - done:
            remindable = False
            notes += f"过后又收到{later}{duty.measure}，不再催报；本期仍记未完成。"
    return Obligation(
        key=key,
        unit=duty.unit.name,
        what=f"附件3第{task.no}项：{task.content}",
        column=None,
        period_label=duty.window.label,
        period_start=duty.window.start,
        due=due,
        needed=needed,
        done=done,
        state=state,
        clause=f"附件3第{task.no}项",
        confidence=duty.confidence,
        fulfilled_by=_drafts(duty, due, late),
        explanation=notes,
        remindable=remindable,
        kind=duty.kind,
        period=duty.window.code,
        measure=duty.measure,
        remind_at=told,
        cut=why,
    )


def _arrived(duty: _Duty, due: datetime, needed: int) -> tuple[int, int]:
    """How many came in time, and how many more where that was not enough."""
    in_time = duty.arrivals.count(duty.counts_from, due)
    if in_time >= needed or duty.late_until <= due:
        return in_time, 0
    return in_time, duty.arrivals.count(due, duty.late_until)


def _drafts(duty: _Duty, due: datetime, late: int) -> tuple[int, ...]:
    until = duty.late_until if late else due
    return tuple(dict.fromkeys(duty.arrivals.ids(duty.counts_from, until)))


def _lateness(duty: _Duty, needed: int) -> str:
    completed = duty.arrivals.nth(duty.counts_from, needed)
    assert completed is not None
    return f"迟交：{chinese_moment(completed)}报齐，期限是{chinese_day(duty.due_day)}24时。"


def _ongoing(desk: Desk, task: Task, unit: Unit) -> Iterator[Obligation]:
    for year in _years(desk, task, desk.since_task, desk.today):
        whole = window(f"{year}", f"{year}年", date(year, 1, 1), date(year, 12, 31))
        if whole.last < desk.since_task:
            continue
        ids = desk.index.for_task(unit.name, task.no).ids(whole.start, whole.end)
        yield Obligation(
            key=f"task/{task.no}/{unit.name}/{whole.code}",
            unit=unit.name,
            what=f"附件3第{task.no}项：{task.content}",
            column=None,
            period_label=task.when,
            period_start=whole.start,
            due=None,
            needed=0,
            done=len(ids),
            state="已完成" if ids else "未到期",
            clause=f"附件3第{task.no}项",
            fulfilled_by=ids,
            explanation=ONGOING,
            kind="task",
            period=whole.code,
        )
