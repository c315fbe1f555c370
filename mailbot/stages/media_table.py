"""A table of column ③ items as the office keeps one beside the chat group (annex 2 备注).

All of it is entered, or nothing; the same file is entered once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.calendar import local_day
from mailbot.stages.corrections import unit_or_refuse
from mailbot.stages.entries import MOST, Counted, enter_media
from mailbot.stages.ledgers import MEDIA
from parsers.documents.table_rows import UnreadableTableError, read_rows
from parsers.mail_dates import parse_date
from store.unit_of_work import UnitOfWork

_UNIT, _DAY = ("单位", "报送单位", "责任单位"), ("日期", "刊发日期", "发布日期", "时间")
_COUNT, _EVIDENCE = ("数量", "篇数", "条数"), ("标题", "题目", "依据", "媒体", "备注")
_SHOWN_ERRORS = 5
_HEAD_WITHIN = 10


@dataclass(frozen=True, slots=True)
class _Columns:
    unit: int
    day: int
    count: int | None
    evidence: int | None


def enter_table(
    uow: UnitOfWork, config: Config, data: bytes, *, by: str, now: datetime
) -> list[Counted]:
    """Enter every row of a table; returns what was entered.

    Raises:
        Refused: No table, no columns 单位 and 日期, a row that cannot be read (which, and
            why), or a file entered before.
    """
    digest = hashlib.sha256(data).hexdigest()
    for act in uow.acts.all():
        if act.verb == MEDIA and act.undone_by is None and act.detail.get("file") == digest:
            raise Refused(f"这份表格已经导入过（录入 {act.id} 等），没有重复录入")
    items = items_of(data, config, local_day(now))
    for item in items:
        enter_media(uow, item, by=by, now=now, file=digest)
    return items


def items_of(data: bytes, config: Config, today: date) -> list[Counted]:
    """The rows of a table as entries; blank rows are passed over."""
    try:
        rows = read_rows(data)
    except UnreadableTableError as trouble:
        raise Refused(str(trouble)) from None
    head, columns = _columns(rows)
    items, wrong = [], []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        if not any(row):
            continue
        try:
            items.append(_item(row, columns, config, today))
        except Refused as refusal:
            wrong.append(f"第{number}行：{refusal}")
    if wrong:
        more = f"；另有{len(wrong) - _SHOWN_ERRORS}行" if len(wrong) > _SHOWN_ERRORS else ""
        raise Refused(f"表格有误，没有录入。{'；'.join(wrong[:_SHOWN_ERRORS])}{more}")
    if not items:
        raise Refused("表格里没有内容")
    return items


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, _Columns]:
    """The row that names the columns, and where they stand."""
    for number, row in enumerate(rows[:_HEAD_WITHIN]):
        places = {"".join(cell.split()): place for place, cell in reversed(list(enumerate(row)))}
        unit, day, count, evidence = (
            next((places[name] for name in names if name in places), None)
            for names in (_UNIT, _DAY, _COUNT, _EVIDENCE)
        )
        if unit is not None and day is not None:
            return number, _Columns(unit, day, count, evidence)
    raise Refused("表格第一行须写列名：单位、日期，另可有数量、标题")


def _item(row: Sequence[str], columns: _Columns, config: Config, today: date) -> Counted:
    def cell(place: int | None) -> str:
        return row[place] if place is not None and place < len(row) else ""

    unit = unit_or_refuse(cell(columns.unit), config)
    day = _day(cell(columns.day))
    if day > today:
        raise Refused(f"日期 {day} 还没有到")
    amount = cell(columns.count) or "1"
    if not (amount.isascii() and amount.isdecimal()) or not 1 <= int(amount) <= MOST:
        raise Refused(f"数量“{amount}”看不懂")
    return Counted(unit, day, int(amount), cell(columns.evidence))


def _day(text: str) -> date:
    found = parse_date(f"{text} 12:00")
    if found is None:
        raise Refused(f"日期“{text}”看不懂，请写成 2023-04-19")
    return local_day(found)
