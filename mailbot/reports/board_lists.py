"""The board's lists: drafts by month, emergencies, tasks, overdue duties, ranking."""

from collections.abc import Iterable, Iterator, Sequence

from mailbot.records.obligations import Obligation
from mailbot.records.scores import ScoreSheet
from mailbot.reports.board_facts import (
    Facts,
    done_of,
    due,
    moment,
    number,
    progress,
    state_of_draft,
    state_of_duty,
    state_of_event,
)
from mailbot.reports.board_parts import Block, Cell, Column, Grid, Links, Note, Page
from mailbot.rules.calendar import Window
from store.records import DraftRecord, EventRecord

_LEVELS = {"alert": "突发", "review": "疑似", "none": ""}
_MOST_EVENTS = 1000
_PAPERS = ("task", "pictures", "commission", "activity")


def draft_grid(
    facts: Facts, drafts: Iterable[DraftRecord], *, name: str = "drafts", caption: str
) -> Grid:
    """Drafts in a table with filters."""
    columns = (
        Column("编号", number=True),
        Column("收到", tight=True),
        Column("单位", choose=True),
        Column("标题", wide=True),
        Column("类型", choose=True, tight=True),
        Column("栏"),
        Column("字数", number=True),
        Column("状态", choose=True, tight=True),
        Column("突发", tight=True),
        Column("任务", number=True),
        Column("采用", number=True),
    )
    rows = tuple(_draft_row(facts, draft) for draft in drafts)
    return Grid(name, caption, columns, rows, filters=True, empty="没有稿件")


def _draft_row(facts: Facts, draft: DraftRecord) -> tuple[Cell, ...]:
    row = facts.rows.get(draft.id)
    if row is None:
        row = facts.rows[draft.id] = _new_row(facts, draft)
    return row


def _new_row(facts: Facts, draft: DraftRecord) -> tuple[Cell, ...]:
    joint = Cell("、".join(draft.joint)) if draft.joint else facts.unit(draft.unit)
    late = "，".join(filter(None, (_LEVELS[draft.emergency], _punctuality(draft))))
    adopted = facts.adopted.get(draft.id, 0)
    words = f"{'约' if draft.approximate else ''}{draft.words}"
    return (
        Cell(f"#{draft.id}", key=f"{draft.id}"),
        moment(draft.received_at),
        joint,
        Cell(facts.title(draft.title)),
        Cell(draft.kind, "warn" if draft.kind == "待审" else ""),
        Cell("①②③"[draft.column - 1] if draft.column else ""),
        Cell(words, key=f"{draft.words}"),
        state_of_draft(draft),
        Cell(late, "bad" if draft.late else "warn" if draft.emergency != "none" else ""),
        Cell(f"{draft.task}" if draft.task else ""),
        Cell(f"{adopted}次" if adopted else "", "good", key=f"{adopted}"),
    )


def _punctuality(draft: DraftRecord) -> str:
    return "" if draft.punctuality == "不适用" else draft.punctuality


def draft_pages(facts: Facts) -> Iterator[Page]:
    """The drafts of this month and the last, and those of each earlier month."""
    months = facts.months()
    by_month = {window.code: [*_within(facts.drafts, window)] for window in months}
    recent = [draft for window in months[:2] for draft in by_month[window.code]]
    files = [("近两月", "drafts.html")]
    files += [(w.label, f"drafts-{w.code}.html") for w in months if by_month[w.code]]
    links = Links("months", "按月份查看", tuple(files))
    caption = "近两月收到的稿件"
    grid = draft_grid(facts, recent, caption=caption)
    lead = "新的在前。可按单位、类型、状态筛选，或输入标题中的词语。"
    yield Page("drafts.html", "稿件", "drafts.html", lead, (links, grid))
    for window in months:
        if found := by_month[window.code]:
            file, title = f"drafts-{window.code}.html", f"{window.label}稿件"
            grid = draft_grid(facts, found, caption=title)
            yield Page(file, title, "drafts.html", lead, (links, grid))


def _within(drafts: Sequence[DraftRecord], window: Window) -> Iterator[DraftRecord]:
    return (draft for draft in drafts if window.start <= draft.received_at < window.end)


def event_grid(facts: Facts, events: Iterable[EventRecord], *, name: str, caption: str) -> Grid:
    """Emergencies in a table."""
    columns = (
        Column("编号", number=True),
        Column("收到", tight=True),
        Column("单位", choose=True),
        Column("事由", wide=True),
        Column("类别"),
        Column("判定", tight=True),
        Column("时效", tight=True),
        Column("状态", choose=True, tight=True),
        Column("稿件"),
    )
    drafts = {draft.id: draft for draft in facts.ledger.drafts}
    rows = tuple(_event_row(facts, event, drafts) for event in events)
    return Grid(name, caption, columns, rows, empty="没有突发事件")


def _event_row(
    facts: Facts, event: EventRecord, drafts: dict[int, DraftRecord]
) -> tuple[Cell, ...]:
    first = drafts.get(event.draft_ids[0]) if event.draft_ids else None
    took = ""
    if first is not None and first.punctuality != "不适用":
        minutes = first.minutes_to_report
        took = first.punctuality + (f"（{minutes}分钟）" if minutes is not None else "")
    return (
        Cell(f"E{event.id}", key=f"{event.id}"),
        moment(event.opened_at),
        facts.unit(event.unit),
        Cell(facts.title(event.title)),
        Cell(event.hazard),
        Cell(_LEVELS.get(event.level, ""), "bad" if event.level == "alert" else "warn"),
        Cell(took, "bad" if first is not None and first.late else ""),
        state_of_event(event),
        Cell("、".join(f"#{number}" for number in event.draft_ids)),
    )


def events_page(facts: Facts) -> Page:
    """Emergencies: those open first, then all."""
    newest = list(reversed(facts.ledger.events))
    running = [event for event in newest if event.state == "open"]
    blocks: list[Block] = []
    if running:
        blocks.append(event_grid(facts, running, name="open", caption="处置中的突发事件"))
    listed = event_grid(facts, newest[:_MOST_EVENTS], name="events", caption="全部突发事件")
    blocks.append(Grid(listed.name, listed.caption, listed.columns, listed.rows, filters=True))
    minutes = facts.config.emergency.report_within_minutes
    lead = f"突发、紧急情况须在{minutes}分钟内报送（通知二·一）。"
    return Page("events.html", "突发事件", "events.html", lead, tuple(blocks))


def duty_grid(
    facts: Facts, duties: Iterable[Obligation], *, name: str, caption: str, one_unit: bool = False
) -> Grid:
    """Duties in a table, in the order of their due times; those of one unit without its name."""
    columns = (
        Column("单位", choose=True),
        Column("事项", wide=True),
        Column("时段"),
        Column("截止", tight=True),
        Column("完成", number=True),
        Column("状态", choose=True, tight=True),
        Column("条款", tight=True),
    )
    ordered = sorted(duties, key=lambda duty: (duty.due is None, duty.due or facts.now, duty.unit))
    rows = tuple(
        (
            facts.unit(duty.unit),
            Cell(discreet_what(facts, duty)),
            Cell(duty.period_label),
            due(duty.due),
            done_of(duty),
            state_of_duty(duty),
            Cell(duty.clause),
        )
        for duty in ordered
    )
    if one_unit:
        return Grid(name, caption, columns[1:], tuple(row[1:] for row in rows))
    return Grid(name, caption, columns, rows, filters=True)


def discreet_what(facts: Facts, duty: Obligation) -> str:
    """What is owed; topics of 约稿, activities and emergencies are words of people."""
    if duty.kind in ("commission", "activity", "emergency"):
        return facts.title(duty.what)
    return duty.what


def tasks_page(facts: Facts) -> Page:
    """Annex 3, 约稿 and activities."""
    papers = [duty for duty in facts.duties if duty.kind in _PAPERS]
    running = [duty for duty in papers if duty.state in ("逾期", "临期", "待确认")]
    rest = [duty for duty in papers if duty.state not in ("逾期", "临期", "待确认")]
    blocks = (
        duty_grid(facts, running, name="running", caption="临期、逾期和待确认的任务"),
        duty_grid(facts, rest, name="others", caption="未到期、已完成和免除的任务"),
    )
    lead = "附件3的任务、约稿和活动次日报送。"
    return Page("tasks.html", "任务", "tasks.html", lead, blocks)


def overdue_page(facts: Facts) -> Page:
    """What units owe past its due time, as the digest has it."""
    columns = (
        Column("单位", choose=True),
        Column("事项", wide=True),
        Column("时段"),
        Column("截止", tight=True),
        Column("尚欠", number=True),
        Column("逾期天数", number=True),
        Column("单位已催", number=True),
        Column("条款", tight=True),
    )
    rows = tuple(
        (
            facts.unit(owing.unit),
            Cell(discreet_what(facts, duty)),
            Cell(duty.period_label),
            due(duty.due),
            Cell(f"{duty.missing:g}{duty.measure}", key=f"{duty.missing}"),
            number((facts.now - duty.due).days + 1 if duty.due else 0),
            _reminded(owing.times, reachable=owing.reachable),
            Cell(duty.clause),
        )
        for owing in facts.arrears
        for duty in owing.obligations
    )
    caption = f"逾期未完成：{len(facts.arrears)}个单位，{len(rows)}项"
    grid = Grid("overdue", caption, columns, rows, filters=True, empty="没有逾期事项")
    note = Note("任务数读表无把握、尚未确认的，以及系统启用前到期的，不列为逾期。")
    return Page("overdue.html", "逾期", "overdue.html", "催得多、欠得多的单位在前。", (grid, note))


def _reminded(times: int, *, reachable: bool) -> Cell:
    return (
        Cell(f"{times}次", key=f"{times}") if reachable else Cell("没有登记邮箱", "warn", key="0")
    )


def ranking_page(facts: Facts) -> Page:
    """The score sheets of the year so far, group by group."""
    groups = dict.fromkeys(sheet.group for sheet in facts.sheets)
    pivot = facts.config.assessment.pivot
    blocks: list[Block] = []
    for place, group in enumerate(groups):
        sheets = [sheet for sheet in facts.sheets if sheet.group == group]
        blocks.append(_ranking(facts, group, sheets, f"group-{place}"))
    blocks.append(
        Note(
            f"综合得分以{pivot:g}分为基准（四（三））：报送完成率、采用完成率按权重合计，"
            "再加附件1得分、突发事件加减分和表扬、批评。每一分的来由见单位页面。"
        )
    )
    year = facts.today.year
    lead = f"{year}年1月1日至今，任务数计到当前时段；组内排名，同分同名次。"
    return Page("ranking.html", f"{year}年考核排名", "ranking.html", lead, tuple(blocks))


def _ranking(facts: Facts, group: str, sheets: Sequence[ScoreSheet], name: str) -> Grid:
    columns = (
        Column("名次", number=True),
        Column("单位", wide=True),
        Column("报送", number=True),
        Column("采用", number=True),
        Column("附件1等得分", number=True),
        Column("综合得分", number=True),
        Column("说明"),
    )
    pivot = facts.config.assessment.pivot
    rows = tuple(
        (
            number(sheet.rank),
            facts.unit(sheet.unit),
            progress(sheet.submitted, sheet.submit_quota),
            progress(sheet.adopted, sheet.adopt_quota),
            number(round(sheet.points, 2)),
            Cell(f"{sheet.composite:.1f}", "good" if sheet.composite >= pivot else ""),
            Cell("；".join(_remarks(sheet))),
        )
        for sheet in sorted(sheets, key=lambda one: one.rank)
    )
    return Grid(name, group, columns, rows)


def _remarks(sheet: ScoreSheet) -> Iterator[str]:
    if sheet.disqualified:
        yield "通报批评，不得评优评先"
    if any(column.unconfirmed for column in sheet.columns):
        yield "任务数待确认"
    if sheet.praised:
        yield f"表扬{sheet.praised}次"
    if sheet.criticised:
        yield f"批评{sheet.criticised}次"
