"""年度采用任务: adoption asked of every unit per year, shown and never reminded (annex 2)."""

from collections.abc import Iterator

from mailbot.notice import Unit
from mailbot.records.obligations import Obligation
from mailbot.rules.bodies import bodies_of
from mailbot.rules.calendar import Window, periods_between
from mailbot.rules.desk import Desk, state_of
from mailbot.rules.first_period import first_day_of
from mailbot.rules.quotas import CLAUSE, COLUMN_NAMES, is_unsure, sureness


def adoption_obligations(desk: Desk) -> Iterator[Obligation]:
    """年度采用任务 of every unit and column: shown, never reminded (annex 2).

    The year counts in full even where the notice came late in it: adoption is asked per year.
    A draft that several publications took is one 篇.
    """
    adopted: dict[tuple[str, int, int], list[int]] = {}
    for item in desk.ledger.adoptions:
        if item.column is not None:
            drafts = adopted.setdefault((item.unit, item.column, item.on.year), [])
            if item.draft_id is None or item.draft_id not in drafts:
                drafts.append(item.draft_id or 0)
    first = max(desk.since_task, desk.notice.head.effective)
    years = periods_between("year", first, desk.today)
    if not desk.notice.open_questions.quotas_carry_on:
        years = [year for year in years if year.first.year <= desk.notice.head.year]
    for unit in desk.notice.units:
        first_day = first_day_of(desk.notice, unit)
        for column, quota in ((1, unit.short), (2, unit.long)):
            for year in years:
                if quota.adopt_per_year and year.last >= first_day:
                    drafts = adopted.get((unit.name, column, year.first.year), [])
                    yield _adoption(desk, unit, column, year=year, drafts=drafts)


def _adoption(
    desk: Desk, unit: Unit, column: int, *, year: Window, drafts: list[int]
) -> Obligation:
    quota = unit.short if column == 1 else unit.long
    needed = quota.adopt_per_year * bodies_of(unit, desk.notice.open_questions)
    key = f"adoption/{column}/{unit.name}/{year.code}"
    released = desk.exemption(key)
    done = len(drafts)
    unsure = is_unsure(quota)
    fulfilled = done >= needed
    return Obligation(
        key=key,
        unit=unit.name,
        what=f"年度采用{COLUMN_NAMES[column]}{needed}篇",
        column=column,
        period_label=year.label,
        period_start=year.start,
        due=year.end,
        needed=needed,
        done=done,
        state=state_of(
            desk.now, year.end, None, fulfilled=fulfilled, exempt=bool(released), unsure=unsure
        ),
        clause=CLAUSE,
        confidence=sureness(quota),
        fulfilled_by=tuple(draft for draft in drafts if draft),
        explanation=released + ("采用由刊物决定，只列出，不催报。" if not fulfilled else ""),
        kind="adoption",
        period=year.code,
    )
