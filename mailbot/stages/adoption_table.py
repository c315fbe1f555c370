"""A table of adoptions and 批示: the ledger's own sheet filled in further, or one kept by hand.

Each row stands alone: what can be recorded is recorded, and every row is reported on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.calendar import local_day
from mailbot.rules.publications import CHANNELS
from mailbot.stages.acts import AlreadyRecorded, Entry, Recorded, adopt, instruct
from parsers.documents.table_rows import UnreadableTableError, read_rows
from parsers.mail_dates import parse_date
from store.unit_of_work import UnitOfWork

SHEET = "采用批示"
"""The ledger's sheet that holds them."""
Outcome = Literal["recorded", "known", "refused"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "what": ("事项",),
    "draft": ("稿件编号", "编号", "稿件"),
    "level": ("层级", "级别"),
    "publication": ("刊物", "刊物名称", "采用刊物"),
    "form": ("形式", "采用形式"),
    "leader": ("批示领导", "领导"),
    "day": ("日期", "刊发日期", "采用日期", "批示日期"),
    "evidence": ("依据", "期号", "期数", "文号"),
}
_ADOPTED, _INSTRUCTED = "采用", "批示"
_HEAD_WITHIN = 10
_NUMBER = re.compile(r"[#＃]?(\d{1,9})(?:\.0)?")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row.

    Attributes:
        number: As the spreadsheet counts its rows, from 1.
        outcome: `known`: recorded before, nothing was done.
        said: What was recorded, or why not; Chinese.
        acts: The acts recorded.
    """

    number: int
    outcome: Outcome
    said: str
    acts: tuple[int, ...] = ()


def enter_adoptions(
    uow: UnitOfWork, config: Config, data: bytes, *, by: str, now: datetime
) -> list[Row]:
    """Record the rows of a table, each on its own; blank rows are passed over.

    Raises:
        Refused: No table, or none with the columns 稿件编号 and 刊物 or 批示领导.
    """
    try:
        rows = read_rows(data, SHEET)
    except UnreadableTableError as trouble:
        raise Refused(str(trouble)) from None
    head, places = _heads(rows)
    found = []
    for number, cells in enumerate(rows[head + 1 :], head + 2):
        if not any(cells):
            continue
        row = {name: cells[at] for name, at in places.items() if at < len(cells)}
        try:
            with uow.step():
                done = _enter(uow, config, row, by=by, now=now)
        except AlreadyRecorded as known:
            found.append(Row(number, "known", str(known)))
        except Refused as refusal:
            found.append(Row(number, "refused", str(refusal)))
        else:
            said = "；".join(one.said for one in done)
            found.append(Row(number, "recorded", said, tuple(one.act for one in done)))
    if not found:
        raise Refused("表格里没有内容")
    return found


def _heads(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row that names the columns, and where they stand."""
    for number, row in enumerate(rows[:_HEAD_WITHIN]):
        at = {"".join(cell.split()): place for place, cell in reversed(list(enumerate(row)))}
        places = {
            name: next(at[word] for word in words if word in at)
            for name, words in _NAMES.items()
            if any(word in at for word in words)
        }
        if "draft" in places and {"publication", "leader"} & places.keys():
            return number, places
    raise Refused("表格须有列名：稿件编号、刊物（或批示领导），另可有日期、形式、层级、依据、事项")


def _enter(
    uow: UnitOfWork, config: Config, row: Mapping[str, str], *, by: str, now: datetime
) -> list[Recorded]:
    publication, leader = row.get("publication", ""), row.get("leader", "")
    what = row.get("what", "") or (_INSTRUCTED if leader and not publication else _ADOPTED)
    if what not in (_ADOPTED, _INSTRUCTED):
        raise Refused(f"事项“{what}”不能从表格导入，只能导入采用和批示")
    draft = _draft(row.get("draft", ""))
    day = _day(row.get("day", ""), local_day(now))
    entry = Entry(by, now, day, row.get("evidence", ""))
    level = "" if publication in CHANNELS else row.get("level", "")
    named = f"{level}{publication}" if publication else ""
    if what == _INSTRUCTED:
        done = instruct(uow, config, entry, draft_id=draft, leader=leader, publication=named)
        return [done]
    form = row.get("form", "")
    return adopt(uow, config, entry, drafts=[draft], publication=named, form=form)


def _draft(text: str) -> int:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Refused(f"稿件编号“{text}”看不懂，请写成 12" if text else "没有写稿件编号")
    return int(found[1])


def _day(text: str, today: date) -> date:
    if not text:
        return today
    found = parse_date(f"{text} 12:00")
    if found is None:
        raise Refused(f"日期“{text}”看不懂，请写成 2023-04-19")
    return local_day(found)
