"""Reading a written notice back: every figure in it must be one of its figures."""

import re
from collections.abc import Iterator
from io import BytesIO

from docx import Document
from docx.table import Table

from mailbot.records.notices import LEVELS, NoticeFigures
from mailbot.reports.bulletin_text import HEADS, body, table_rows

_DRAFTS = re.compile(r"各单位共报送稿件(\d+)篇")
_SHARES = re.compile(r"合计(\d+)篇次")
_ADOPTED = re.compile(r"采用(\d+)篇次")
_FIRST_FIGURE, _PLACES = 2, slice(6, 10)


def differences(paper: bytes, figures: NoticeFigures) -> tuple[str, ...]:
    """What in the paper disagrees with the figures, or with itself; Chinese, empty when nothing."""
    document = Document(BytesIO(paper))
    text = [paragraph.text for paragraph in document.paragraphs]
    tables = [_cells(table) for table in document.tables]
    return (*_text(text, figures), *_tables(tables, figures), *_sums(text, tables))


def _cells(table: Table) -> list[list[str]]:
    return [[cell.text.strip() for cell in row.cells] for row in table.rows][len(HEADS) :]


def _text(found: list[str], figures: NoticeFigures) -> Iterator[str]:
    for block in body(figures):
        if block.text.strip() and block.text not in found:
            yield f"正文缺少或改动了：{block.text[:40]}"


def _tables(found: list[list[list[str]]], figures: NoticeFigures) -> Iterator[str]:
    if len(found) != len(figures.groups):
        yield f"应有{len(figures.groups)}张附表，实有{len(found)}张"
        return
    for group, cells in zip(figures.groups, found, strict=True):
        for row, asked in zip(cells, table_rows(group), strict=False):
            if row != asked:
                yield f"附表“{group.name}”中{asked[1]}的数字与台账不符"
        if len(cells) != len(group.rows) + 1:
            yield f"附表“{group.name}”的行数不对"


def _sums(text: list[str], tables: list[list[list[str]]]) -> Iterator[str]:
    """The paper's own sums: tables against each other and against the text."""
    joined = "\n".join(text)
    sent = taken = 0
    for cells in tables:
        *rows, total = cells
        for at in range(_FIRST_FIGURE, 11):
            column = sum(int(row[at]) for row in rows)
            if str(column) != total[at]:
                yield f"附表第{at + 1}列合计应为{column}，表中写{total[at]}"
        sent += int(total[2]) + int(total[3])
        taken += sum(int(total[at]) for at in range(_PLACES.start, _PLACES.stop))
    drafts, shares = _DRAFTS.search(joined), _SHARES.search(joined)
    told = shares or drafts
    if told is None or int(told[1]) != sent:
        yield f"附表报送合计{sent}篇，与正文不符"
    adopted = _ADOPTED.search(joined)
    if adopted is None or int(adopted[1]) != taken:
        yield f"附表采用合计{taken}篇次，与正文不符"
    assert len(LEVELS) == _PLACES.stop - _PLACES.start
