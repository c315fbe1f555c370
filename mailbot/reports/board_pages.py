"""The board's pages: overview, one a unit, and the lists."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from mailbot.records.obligations import Obligation
from mailbot.records.scores import ScoreSheet
from mailbot.reports.board_facts import Facts, done_of, number, progress, state_of_duty
from mailbot.reports.board_lists import (
    draft_grid,
    draft_pages,
    duty_grid,
    event_grid,
    events_page,
    overdue_page,
    ranking_page,
    tasks_page,
)
from mailbot.reports.board_parts import (
    Bar,
    Block,
    Card,
    Cards,
    Cell,
    Chart,
    Column,
    Grid,
    Page,
    discreet,
)
from mailbot.rules.calendar import Window, chinese_day, period_of
from store.records import DraftRecord

_WEEKS = 26
_WORST = 10
_UNIT_DRAFTS = 100


def pages_of(facts: Facts) -> Iterator[Page]:
    """Every page; the overview last, so that it never speaks of pages not yet written."""
    yield from draft_pages(facts)
    yield from (events_page(facts), tasks_page(facts), overdue_page(facts), ranking_page(facts))
    sheets = {sheet.unit: sheet for sheet in facts.sheets}
    for unit in facts.config.units:
        yield unit_page(facts, unit.name, sheets.get(unit.name))
    yield units_page(facts)
    yield overview_page(facts)


def overview_page(facts: Facts) -> Page:
    """Where everything stands, at a glance."""
    running = [event for event in facts.ledger.events if event.state == "open"]
    worst = tuple(
        (facts.unit(owing.unit), Cell(f"{len(owing.obligations)}项"), Cell(f"{owing.times}次"))
        for owing in facts.arrears[:_WORST]
    )
    columns = (Column("单位", wide=True), Column("逾期", number=True), Column("已催", number=True))
    blocks: list[Block] = [_figures(facts, len(running))]
    if running:
        blocks.append(event_grid(facts, running, name="open", caption="处置中的突发事件"))
    blocks += [_weekly(facts), _groups(facts)]
    blocks.append(Grid("worst", "逾期最多的单位", columns, worst, empty="没有逾期事项"))
    lead = f"{facts.config.office.name}信息稿件工作情况"
    return Page("index.html", "总览", "index.html", lead, tuple(blocks))


def _figures(facts: Facts, running: int) -> Cards:
    counted = [draft for draft in facts.drafts if draft.state == "counted"]
    this_month = facts.months()[0]
    year = [draft for draft in counted if _year(facts).start <= draft.received_at]
    waiting = sum(bool(draft.needs_review) for draft in facts.drafts)
    overdue = len(facts.arrears)
    adopted = sum(sheet.adopted for sheet in facts.sheets)
    return Cards(
        "figures",
        "要点",
        (
            Card("本月收稿", f"{sum(_in(this_month, d) for d in counted)}", href="drafts.html"),
            Card("本年收稿", f"{len(year)}", href="drafts.html"),
            Card("待核", f"{waiting}", "warn" if waiting else "muted", "drafts.html"),
            Card("本年采用", f"{adopted}", href="ranking.html"),
            Card("处置中突发", f"{running}", "bad" if running else "muted", "events.html"),
            Card("逾期单位", f"{overdue}", "bad" if overdue else "muted", "overdue.html"),
        ),
    )


def _year(facts: Facts) -> Window:
    return period_of("year", facts.today)


def _in(window: Window, draft: DraftRecord) -> bool:
    return window.start <= draft.received_at < window.end


def _weekly(facts: Facts) -> Chart:
    starts_on = facts.config.open_questions.week_starts_on
    weeks = [period_of("week", facts.today, starts_on)]
    while len(weeks) < _WEEKS:
        weeks.append(period_of("week", weeks[-1].first - timedelta(days=1), starts_on))
    return _chart(facts.drafts, weeks, "weekly", f"近{_WEEKS}周收稿（计入的）")


def _chart(
    drafts: Sequence[DraftRecord], newest_first: Sequence[Window], name: str, caption: str
) -> Chart:
    counts = {window.code: [0, 0] for window in newest_first}
    windows = list(newest_first)
    place = 0
    for draft in drafts:  # newest first, as the windows are
        while place < len(windows) and draft.received_at < windows[place].start:
            place += 1
        if place == len(windows):
            break
        if draft.state == "counted":
            counts[windows[place].code][draft.column == 2] += 1
    bars = tuple(Bar(_label(window), *counts[window.code]) for window in reversed(windows))
    return Chart(name, caption, "第①栏及其他", "第②栏", bars)


def _label(window: Window) -> str:
    first = window.first
    return f"{first.year}年{first.month}月" if window.days > 7 else chinese_day(first)


def _groups(facts: Facts) -> Grid:
    columns = (
        Column("组别", wide=True),
        Column("单位数", number=True),
        Column("报送", number=True),
        Column("采用", number=True),
    )
    rows = []
    for group in dict.fromkeys(sheet.group for sheet in facts.sheets):
        sheets = [sheet for sheet in facts.sheets if sheet.group == group]
        rows.append(
            (
                Cell(group, href="ranking.html"),
                number(len(sheets)),
                progress(sum(s.submitted for s in sheets), sum(s.submit_quota for s in sheets)),
                progress(sum(s.adopted for s in sheets), sum(s.adopt_quota for s in sheets)),
            )
        )
    return Grid("groups", f"{facts.today.year}年各组完成情况", columns, tuple(rows))


def units_page(facts: Facts) -> Page:
    """All units with the way to their pages."""
    columns = (
        Column("单位", wide=True),
        Column("组别", choose=True),
        Column("本年报送", number=True),
        Column("本年采用", number=True),
        Column("逾期", number=True),
        Column("综合得分", number=True),
    )
    overdue = {owing.unit: len(owing.obligations) for owing in facts.arrears}
    rows = tuple(
        (
            facts.unit(sheet.unit),
            Cell(sheet.group),
            progress(sheet.submitted, sheet.submit_quota),
            progress(sheet.adopted, sheet.adopt_quota),
            Cell(f"{overdue.get(sheet.unit, 0)}", "bad" if sheet.unit in overdue else "muted"),
            Cell(f"{sheet.composite:.1f}"),
        )
        for sheet in facts.sheets
    )
    grid = Grid("units", "全部单位", columns, rows, filters=True)
    return Page("units.html", "单位", "units.html", "点单位名称看详情。", (grid,))


def unit_page(facts: Facts, name: str, sheet: ScoreSheet | None) -> Page:
    """One unit: its year, what it owes, its points and its drafts."""
    drafts = facts.by_unit.get(name, [])
    duties = facts.duties_by_unit.get(name, [])
    owed = [duty for duty in duties if duty.open]
    blocks: list[Block] = []
    if sheet is not None:
        blocks.append(_unit_figures(sheet, sum(duty.state == "逾期" for duty in owed)))
    blocks.append(_current(facts, duties))
    if owed:
        blocks.append(duty_grid(facts, owed, name="owed", caption="临期和逾期", one_unit=True))
    blocks.append(_chart(drafts, facts.months(), "monthly", "近13个月报送（计入的）"))
    if sheet is not None:
        blocks.append(_points(sheet))
    caption = f"近13个月的稿件（最多列{_UNIT_DRAFTS}篇）"
    blocks.append(draft_grid(facts, drafts[:_UNIT_DRAFTS], caption=caption))
    group = sheet.group if sheet is not None else ""
    return Page(facts.unit_files[name], name, "units.html", group, tuple(blocks))


def _unit_figures(sheet: ScoreSheet, overdue: int) -> Cards:
    return Cards(
        "figures",
        "要点",
        (
            Card("本年报送", f"{sheet.submitted}/{sheet.submit_quota}"),
            Card("本年采用", f"{sheet.adopted}/{sheet.adopt_quota}"),
            Card("附件1等得分", f"{round(sheet.points, 2):g}"),
            Card("综合得分", f"{sheet.composite:.1f}", note=f"组内第{sheet.rank}名"),
            Card("逾期事项", f"{overdue}", "bad" if overdue else "muted"),
        ),
    )


def _current(facts: Facts, duties: Iterable[Obligation]) -> Grid:
    columns = (
        Column("任务", wide=True),
        Column("时段"),
        Column("完成", number=True),
        Column("状态", tight=True),
    )
    rows = tuple(
        (
            Cell(duty.what),
            Cell(duty.period_label),
            done_of(duty),
            state_of_duty(duty),
        )
        for duty in duties
        if duty.kind in ("quota", "media", "adoption")
        and duty.period_start is not None
        and duty.due is not None
        and duty.period_start <= facts.now < duty.due
    )
    return Grid("current", "本期任务（附件2）", columns, rows, empty="本期没有任务")


def _points(sheet: ScoreSheet) -> Grid:
    columns = (Column("分值", number=True), Column("来由", wide=True), Column("条款", tight=True))
    rows = tuple(
        (
            Cell(f"{round(line.points, 2):+g}", "bad" if line.points < 0 else ""),
            Cell(discreet(line.because)),
            Cell(line.clause),
        )
        for line in (*sheet.base, *sheet.lines)
    )
    return Grid("points", f"{sheet.year}年得分明细", columns, rows)
